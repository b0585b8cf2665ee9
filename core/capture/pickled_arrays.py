"""The numbers in an object array that NumPy has pickled, found without ever unpickling.

A pickle is a program for a small stack machine, and opening one calls whatever it names. This module walks through the
program and understands only what NumPy writes for an array of arrays of numbers: a few kinds of literals, lists and
tuples, and the names ``ndarray``, ``dtype``, ``_reconstruct`` and ``_codecs.encode``. Nothing is imported or called:
the names are matched as text and what they would do is done here, on records of our own. Anything else is refused.
"""

import math
import pickletools
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import CaptureError

MAX_STEPS = 2_000_000
"""Instructions: about 25 for an array, one or two for a number by itself."""
MAX_ARRAYS = 100_000
MAX_DIMENSIONS = 8
_KINDS = "biuf"
_ORDERS = ("<", ">", "|", "=")
_RECONSTRUCT = {"numpy._core.multiarray _reconstruct", "numpy.core.multiarray _reconstruct"}
_NDARRAY = "numpy ndarray"
_DTYPE = "numpy dtype"
_ENCODE = "_codecs encode"
_NAMES = {*_RECONSTRUCT, _NDARRAY, _DTYPE, _ENCODE}


class _Refused(Exception):  # noqa: N818 - never leaves this module
    """The pickle holds something else."""


class _Mark:
    """Where a list or tuple begins on the stack."""


@dataclass(frozen=True)
class _Name:
    """A name that was looked up; only ever compared."""

    text: str


@dataclass
class _Type:
    """A dtype in the making."""

    code: str
    order: str = "|"


@dataclass
class _Array:
    """An array in the making."""

    shape: tuple[int, ...] = ()
    kind: _Type | None = None
    fortran_order: bool = False
    content: bytes | list[Any] | None = None


@dataclass
class _Machine:
    """The stack machine's state."""

    budget: int
    """Bytes that texts may still be turned into."""
    stack: list[Any] = field(default_factory=list)
    memory: dict[int, Any] = field(default_factory=dict)


def arrays_in_pickle(pickled: bytes, shape: tuple[int, ...], what: str) -> list[NDArray[Any]]:
    """The M arrays of numbers in a pickled object array of that shape, [M] or, of equal arrays, [M, ...].

    Raises CaptureError, naming ``what``, for anything that is not such an array.
    """
    try:
        outer = _walked(pickled)
        if outer.shape != shape or not isinstance(outer.content, list) or outer.fortran_order:
            raise _Refused("it is not the array that its header declares")
        return _parts(outer.content, shape)
    except _Refused as refused:
        raise CaptureError(f"{what} does not hold arrays of numbers only: {refused}; write it again.") from None
    except (ValueError, TypeError, IndexError, KeyError, OverflowError, MemoryError, RecursionError) as error:
        reason = (str(error) or type(error).__name__).partition("\n")[0][:120]
        raise CaptureError(f"{what} is damaged ({reason}); write it again.") from None


def _walked(pickled: bytes) -> _Array:
    """The array that the program leaves on the stack."""
    machine = _Machine(budget=len(pickled))
    for step, (opcode, argument, _) in enumerate(pickletools.genops(pickled)):
        if step > MAX_STEPS:
            raise _Refused("it is too long")
        if opcode.name == "STOP":
            break
        _step(machine, opcode.name, argument)
    (result,) = machine.stack
    if not isinstance(result, _Array):
        raise _Refused("it is no array")
    return result


_NOTHING = {"PROTO", "FRAME"}
_LITERALS = {
    "BININT", "BININT1", "BININT2", "BINFLOAT", "SHORT_BINBYTES", "BINBYTES", "BINBYTES8", "SHORT_BINUNICODE",
    "BINUNICODE", "BINUNICODE8", "LONG1",
}  # fmt: skip
_CONSTANTS: dict[str, Any] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_STORES = {"BINPUT", "LONG_BINPUT", "PUT", "MEMOIZE"}
_LOADS = {"BINGET", "LONG_BINGET", "GET"}


def _step(machine: _Machine, name: str, argument: Any) -> None:
    """Do what one instruction says, if it is among those that NumPy's arrays need."""
    stack = machine.stack
    if name in _NOTHING:
        return
    if name in _LITERALS:
        stack.append(argument)
    elif name in _CONSTANTS:
        stack.append(_CONSTANTS[name])
    elif name in _STORES:
        machine.memory[len(machine.memory) if name == "MEMOIZE" else int(argument)] = stack[-1]
    elif name in _LOADS:
        stack.append(machine.memory[int(argument)])
    elif name in _TUPLES:
        count = _TUPLES[name]
        stack[-count:] = [tuple(_several(stack, count))]
    else:
        _collect(machine, name, argument)


def _collect(machine: _Machine, name: str, argument: Any) -> None:
    """Instructions that make lists and tuples."""
    stack = machine.stack
    match name:
        case "MARK":
            stack.append(_Mark())
        case "EMPTY_LIST":
            stack.append([])
        case "TUPLE":
            stack.append(tuple(_since_mark(stack)))
        case "APPENDS":
            items = _since_mark(stack)
            _list_on(stack).extend(items)
        case "APPEND":
            item = stack.pop()
            _list_on(stack).append(item)
        case _:
            _make(machine, name, argument)


def _make(machine: _Machine, name: str, argument: Any) -> None:
    """Instructions that look names up and make arrays of them."""
    stack = machine.stack
    match name:
        case "GLOBAL":
            stack.append(_name(str(argument)))
        case "STACK_GLOBAL":
            module, text = _several(stack, 2)
            if not isinstance(module, str) or not isinstance(text, str):
                raise _Refused("it names something that is no text")
            stack[-2:] = [_name(f"{module} {text}")]
        case "REDUCE":
            name_on, arguments = _several(stack, 2)
            stack[-2:] = [_called(machine, name_on, arguments)]
        case "BUILD":
            target, state = _several(stack, 2)
            stack.pop()
            _set_state(target, state)
        case _:
            raise _Refused(f"it has the instruction {name}")


def _name(text: str) -> _Name:
    if text not in _NAMES:
        raise _Refused(f"it names {text[:60]!r}")
    return _Name(text)


def _several(stack: list[Any], count: int) -> list[Any]:
    """The topmost values, all of them above the last mark."""
    top = stack[-count:]
    if len(top) < count or any(isinstance(item, _Mark) for item in top):
        raise _Refused("its stack runs empty")
    return top


def _since_mark(stack: list[Any]) -> list[Any]:
    """Take off the stack what lies above the last mark, and the mark."""
    place = next((i for i in range(len(stack) - 1, -1, -1) if isinstance(stack[i], _Mark)), None)
    if place is None:
        raise _Refused("its stack runs empty")
    items = stack[place + 1 :]
    del stack[place:]
    return items


def _list_on(stack: list[Any]) -> list[Any]:
    if not stack or not isinstance(stack[-1], list):
        raise _Refused("it appends to something else than a list")
    return stack[-1]


def _called(machine: _Machine, name: Any, arguments: Any) -> Any:
    """What a call of one of the known names gives."""
    if not isinstance(name, _Name) or not isinstance(arguments, tuple):
        raise _Refused("it calls something else than a known name")
    if name.text in _RECONSTRUCT and len(arguments) == 3 and arguments[0] == _Name(_NDARRAY):
        return _Array()
    if name.text == _DTYPE and arguments and isinstance(arguments[0], str):
        return _Type(arguments[0])
    if name.text == _ENCODE and len(arguments) == 2 and isinstance(arguments[0], str) and arguments[1] == "latin1":
        machine.budget -= len(arguments[0])
        if machine.budget < 0:
            raise _Refused("it is longer inside than outside")
        return arguments[0].encode("latin1")
    raise _Refused("it calls a known name in an unknown way")


def _set_state(target: Any, state: Any) -> None:
    """Complete a dtype with (version, byte order, ...) or an array with (version, shape, dtype, order, content).

    Values are asked for their type before anything else: comparing or printing tuples in tuples could take forever.
    """
    if isinstance(target, _Type) and isinstance(state, tuple) and len(state) >= 2 and isinstance(state[1], str):
        target.order = state[1]
        return
    if not (isinstance(target, _Array) and isinstance(state, tuple) and len(state) == 5):
        raise _Refused("it completes something else than an array")
    _, shape, kind, fortran_order, content = state
    sizes = shape if isinstance(shape, tuple) else (-1,)
    if len(sizes) > MAX_DIMENSIONS or not all(type(size) is int and 0 <= size < 2**40 for size in sizes):
        raise _Refused("it has an array of an impossible shape")
    if not isinstance(kind, _Type) or type(fortran_order) is not bool or not isinstance(content, bytes | list):
        raise _Refused("it has an array of an unknown kind")
    target.shape, target.kind, target.fortran_order, target.content = sizes, kind, fortran_order, content


def _parts(items: list[Any], shape: tuple[int, ...]) -> list[NDArray[Any]]:
    """The M arrays: as such, or as single numbers where an array of equal arrays was taken apart."""
    if len(items) != math.prod(shape) or not shape or shape[0] > MAX_ARRAYS:
        raise _Refused("it is not the array that its header declares")
    if len(shape) == 1:
        return [_numbers(item) for item in items]
    if not all(type(item) in {float, int} for item in items):
        raise _Refused("it mixes arrays and numbers")
    return list(np.array(items, dtype=np.float64).reshape(shape))


def _numbers(item: Any) -> NDArray[Any]:
    """The array of numbers; a view of the pickle's own bytes, so that repeating one takes no memory."""
    if not isinstance(item, _Array) or item.kind is None or not isinstance(item.content, bytes):
        raise _Refused("it has something else than an array of numbers")
    code, order = item.kind.code, item.kind.order
    if len(code) != 2 or code[0] not in _KINDS or code[1] not in "1248" or order not in _ORDERS:
        raise _Refused(f"it has an array of {code[:20]!r}")
    dtype = np.dtype(f"{order}{code}")
    if math.prod(item.shape) * dtype.itemsize != len(item.content):
        raise _Refused("it has an array of the wrong length")
    return np.frombuffer(item.content, dtype=dtype).reshape(item.shape, order="F" if item.fortran_order else "C")
