"""MATLAB files from elsewhere: the real matrices of a version 5 file, read with a limit on every size.

A file is a header of 128 bytes and a row of elements, each a tag (type, bytes) and data padded to 8 bytes; an element
may be another one compressed by zlib; a matrix is an element made of elements: flags, dimensions, name, numbers
(MathWorks, "MAT-File Format"). Numbers lie column by column, as the smallest type that holds them all. Cells,
structures, text, sparse and complex matrices are passed over. No size that a file claims is given memory before the
bytes for it are there: a general reader would allocate what a damaged tag asks for.
"""

import math
import struct
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import CaptureError
from core.types import DoubleArray

MAX_BYTES = 256_000_000
"""Of the file, and of what is unpacked from it: the normals of a photograph of ten megapixels."""
_HEADER_BYTES = 128
_HDF5 = b"\x89HDF\r\n\x1a\n"
_COMPRESSED, _MATRIX, _INT8, _INT32, _UINT32 = 15, 14, 1, 5, 6
_NUMBER_TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_NUMERIC_CLASSES = range(6, 16)
"""Classes of matrices of numbers: double, single and the integers."""
_COMPLEX_FLAG = 0x0800
_MAX_DIMENSIONS = 32
_NAME_BYTES = 512
"""What is unpacked of an element to see its name."""


@dataclass(frozen=True, kw_only=True)
class _Element:
    kind: int
    data: memoryview


class _Damaged(Exception):  # noqa: N818 - it never leaves this module
    """What is wrong with the file, as part of a sentence."""


def read_mat(file: Path, names: Collection[str] | None = None, *, max_bytes: int = MAX_BYTES) -> dict[str, DoubleArray]:
    """The real matrices of ``file`` by name (those in ``names``, where it is given), each with its own shape.

    Raises CaptureError, naming the file, when it is missing, damaged, too large or of another version.
    """
    data = _contents(file, max_bytes)
    try:
        order = _byte_order(data)
        found = dict(_matrices(memoryview(data)[_HEADER_BYTES:], order, names, max_bytes))
    except _Damaged as error:
        raise CaptureError(f"{file} is no MATLAB file that can be read ({error}); save it again with -v6.") from None
    except MemoryError:
        raise CaptureError(f"{file} needs more memory than there is.") from None
    return found


def matrix(found: dict[str, DoubleArray], name: str, shape: tuple[int, ...], file: Path) -> DoubleArray:
    """The matrix ``name`` of that shape with finite numbers. Raises CaptureError, naming the file and the matrix."""
    if name not in found:
        raise CaptureError(f"{file} has no matrix {name}; take the file as it was released.")
    values = found[name]
    if values.shape != shape or not np.isfinite(values).all():
        wanted = " x ".join(map(str, shape))
        raise CaptureError(f"{file}: {name} is not {wanted} finite numbers; take the file as it was released.")
    return values


def _contents(file: Path, max_bytes: int) -> bytes:
    if not file.is_file():
        raise CaptureError(f"{file} is missing or is not a file; put it there.")
    try:
        if file.stat().st_size > max_bytes:
            raise CaptureError(f"{file} is larger than {max_bytes // 1_000_000} MB; it is not what it should be.")
        return file.read_bytes()
    except OSError as error:
        raise CaptureError(f"{file} cannot be read: {error.strerror or error}; check its permissions.") from error


def _byte_order(data: bytes) -> str:
    """``<`` or ``>`` by the mark that ends the header."""
    if data.startswith(_HDF5) or data[:10] == b"MATLAB 7.3" or data[512:520] == _HDF5:
        raise _Damaged("it is of version 7.3, which is HDF5")
    mark = data[126:128]
    if len(data) < _HEADER_BYTES or mark not in (b"IM", b"MI"):
        raise _Damaged("it is not of version 5")
    return "<" if mark == b"IM" else ">"


def _matrices(
    data: memoryview, order: str, names: Collection[str] | None, max_bytes: int
) -> Iterator[tuple[str, DoubleArray]]:
    budget = max_bytes
    for element in _elements(data, order, padded=False):
        if element.kind == _COMPRESSED:
            name = _name_of(_unpacked(element.data, _NAME_BYTES), order)
            if names is not None and name not in names:
                continue
            whole = _unpacked(element.data, budget + 1)
            budget -= len(whole)
            if budget < 0:
                raise _Damaged(f"it unpacks to more than {max_bytes // 1_000_000} MB")
            inner = list(_elements(memoryview(whole), order, padded=False))
        else:
            inner = [element]
        for item in inner:
            found = _matrix(item, order) if item.kind == _MATRIX else None
            if found is not None and (names is None or found[0] in names):
                yield found


def _elements(data: memoryview, order: str, *, padded: bool) -> Iterator[_Element]:
    """The elements in ``data``, one after the other; those inside a matrix start at multiples of 8 bytes."""
    at = 0
    while at + 8 <= len(data):
        first, second = struct.unpack_from(f"{order}II", data, at)
        small = first >> 16
        if small:  # up to 4 bytes of data sit in the tag itself
            if small > 4:
                raise _Damaged("a small element is too long")
            yield _Element(kind=first & 0xFFFF, data=data[at + 4 : at + 4 + small])
            at += 8
            continue
        if second > len(data) - at - 8:
            raise _Damaged("it is cut short")
        yield _Element(kind=first, data=data[at + 8 : at + 8 + second])
        at += 8 + second + (-second % 8 if padded else 0)


def _unpacked(data: memoryview, most: int) -> bytes:
    """The first ``most`` bytes of what is compressed in ``data``."""
    try:
        return zlib.decompressobj().decompress(data, most)
    except zlib.error as error:
        raise _Damaged(f"a compressed part is damaged: {error}") from None


def _name_of(start: bytes, order: str) -> str | None:
    """The name of the matrix whose element begins with ``start``, or None when it has none."""
    if len(start) < 16 or struct.unpack_from(f"{order}I", start)[0] != _MATRIX:
        return None
    parts: list[_Element] = []
    try:
        for part in _elements(memoryview(start)[8:], order, padded=True):
            parts.append(part)
            if len(parts) == 3:
                return _text(parts[2])
    except _Damaged:  # the numbers after the name are not all there, nor need they be
        return None
    return None


def _matrix(element: _Element, order: str) -> tuple[str, DoubleArray] | None:
    """(name, numbers) of a matrix element, or None for one that does not hold real numbers."""
    parts = _elements(element.data, order, padded=True)
    flags, dimensions, name = next(parts, None), next(parts, None), next(parts, None)
    if flags is None or dimensions is None or name is None or flags.kind != _UINT32 or len(flags.data) < 4:
        raise _Damaged("a matrix has no flags, dimensions and name")
    flag: int = struct.unpack_from(f"{order}I", flags.data)[0]
    if flag & 0xFF not in _NUMERIC_CLASSES or flag & _COMPLEX_FLAG:
        return None
    numbers = next(parts, None)
    if numbers is None:
        raise _Damaged(f"{_text(name)} has no numbers")
    return _text(name), _array(numbers, _shape(dimensions, order), order)


def _shape(dimensions: _Element, order: str) -> tuple[int, ...]:
    if dimensions.kind != _INT32 or not 2 <= len(dimensions.data) // 4 <= _MAX_DIMENSIONS:
        raise _Damaged("the dimensions of a matrix are none")
    count = len(dimensions.data) // 4
    shape: tuple[int, ...] = struct.unpack_from(f"{order}{count}i", dimensions.data)
    if min(shape) < 0:
        raise _Damaged("a matrix has negative dimensions")
    return shape


def _array(numbers: _Element, shape: tuple[int, ...], order: str) -> DoubleArray:
    """[...] float64 of as many numbers as there are, once their count is found to agree with the shape."""
    if numbers.kind not in _NUMBER_TYPES:
        raise _Damaged("a matrix holds numbers of an unknown type")
    kind = np.dtype(order + _NUMBER_TYPES[numbers.kind])
    if len(numbers.data) != kind.itemsize * math.prod(shape):
        raise _Damaged("the numbers of a matrix do not fill its dimensions")
    return np.frombuffer(numbers.data, kind).astype(np.float64).reshape(shape, order="F")


def _text(element: _Element) -> str:
    if element.kind != _INT8:
        raise _Damaged("the name of a matrix is none")
    return bytes(element.data[:_NAME_BYTES]).decode("ascii", "replace")
