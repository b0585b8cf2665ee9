"""NumPy's ``.npy`` and ``.npz`` files from elsewhere, read without pickle and without trusting a size they claim.

A ``.npy`` file is a magic number, a version, a header in the form of a Python dictionary, and the values. A ``.npz``
file is a zip archive of them. NumPy evaluates the header and believes its shape; here the header has to look exactly as
NumPy writes it, and its shape has to account for every byte that follows. A zip archive is believed neither: an entry
has to be possible for its compressed size, and all of them together have to stay under a limit, before one is opened.
"""

import math
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import CaptureError

MAX_ENTRIES = 100_000
"""In one archive: six matrices a camera make 16,000 cameras."""
_MAGIC = b"\x93NUMPY"
_MAX_HEADER = 4096
_HEADER = re.compile(
    r"\s*\{\s*'descr': '([<>|=]?)([a-zA-Z?])(\d{0,8})',\s*"
    r"'fortran_order': (True|False),\s*'shape': \(((?:\d{1,18}L?,?\s*)*)\),?\s*\}\s*"
)
_NUMBERS = "biuf?"
"""Kinds of values that are numbers: signed, unsigned, floating, and the two spellings of true and false."""
_OBJECTS = "O"
_DEFLATE_LIMIT = 1032
"""Deflate never shrinks data by more than this factor."""
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError, OverflowError)
"""What ``zipfile`` raises for archives that are damaged, encrypted or packed in an unknown way."""


@dataclass(frozen=True, kw_only=True)
class NpyEntry:
    """An array as a file holds it, its header checked, its values not looked at yet."""

    kind: str
    """NumPy's letter: one of ``biuf?``, or ``O`` for Python objects."""
    dtype: np.dtype[Any] | None
    """None for Python objects."""
    shape: tuple[int, ...]
    fortran_order: bool
    values: bytes
    """Everything behind the header. For numbers exactly as many bytes as the shape needs; for objects a pickle."""
    what: str
    """File and entry, for messages."""


def read_npy(file: Path, *, max_bytes: int) -> NDArray[Any]:
    """The array of numbers in a ``.npy`` file; read-only.

    Raises CaptureError, naming the file, when it is missing, damaged, larger than ``max_bytes``, or holds anything but
    numbers.
    """
    return array_of(_entry(_bytes_of(file, max_bytes), str(file)))


def read_npz(
    file: Path, *, max_bytes: int, wanted: Callable[[str], bool] = lambda _name: True
) -> dict[str, NDArray[Any]]:
    """The arrays of numbers in a ``.npz`` file by name, those that ``wanted`` asks for; read-only.

    Raises CaptureError, naming file and entry, when one of them is damaged or holds anything but numbers, or all of
    them together would need more than ``max_bytes``.
    """
    return {name: array_of(entry) for name, entry in read_entries(file, max_bytes=max_bytes, wanted=wanted).items()}


def read_entries(
    file: Path, *, max_bytes: int, wanted: Callable[[str], bool] = lambda _name: True
) -> dict[str, NpyEntry]:
    """As ``read_npz``, but with Python objects among them as the bytes they are: nothing is ever unpickled."""
    if not file.is_file():
        raise CaptureError(f"{file} is missing or is not a file; put it there.")
    try:
        with zipfile.ZipFile(file) as archive:
            members = _checked_members(file, archive, max_bytes, wanted)
            return {name: _entry(_unpacked(archive, member), f"{file}: {name}") for name, member in members.items()}
    except _DAMAGE as error:
        raise CaptureError(f"{file} is damaged or no .npz file ({_reason(error)}); copy or write it again.") from None
    except OSError as error:
        raise CaptureError(f"{file} cannot be read: {error.strerror or error}; check its permissions.") from error


def array_of(entry: NpyEntry) -> NDArray[Any]:
    """The array an entry holds; read-only. Raises CaptureError, naming it, when it holds no numbers."""
    if entry.dtype is None:
        raise CaptureError(f"{entry.what} holds Python objects, which are not opened because they can run code.")
    values = np.frombuffer(entry.values, dtype=entry.dtype)
    return values.reshape(entry.shape, order="F" if entry.fortran_order else "C")


def _checked_members(
    file: Path, archive: zipfile.ZipFile, max_bytes: int, wanted: Callable[[str], bool]
) -> dict[str, zipfile.ZipInfo]:
    """Directory entries by array name, their sizes found possible before one is unpacked."""
    directory = archive.infolist()
    if len(directory) > MAX_ENTRIES:
        raise CaptureError(f"{file} has more than {MAX_ENTRIES} entries, which cannot be; write it again.")
    members: dict[str, zipfile.ZipInfo] = {}
    for member in directory:
        name = member.filename.removesuffix(".npy")
        if name == member.filename or not wanted(name):
            continue
        if name in members:
            raise CaptureError(f"{file} has two entries named {name}; write it again.")
        if member.file_size > _DEFLATE_LIMIT * member.compress_size + _MAX_HEADER:
            raise CaptureError(f"{file}: {name} claims a size that cannot be; the file is damaged, write it again.")
        members[name] = member
    total = sum(member.file_size for member in members.values())
    if total > max_bytes:
        raise CaptureError(f"{file} would need {total / 1e6:.0f} MB, and {max_bytes / 1e6:.0f} MB is the most it can.")
    return members


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The bytes of one entry, never more than its directory entry claims; its checksum is verified."""
    with archive.open(member) as stream:
        content = stream.read(member.file_size)
        if len(content) != member.file_size or stream.read(1):
            raise zipfile.BadZipFile(f"{member.filename} is cut short")
    return content


def _bytes_of(file: Path, max_bytes: int) -> bytes:
    if not file.is_file():
        raise CaptureError(f"{file} is missing or is not a file; put it there.")
    try:
        size = file.stat().st_size
        if size > max_bytes:
            raise CaptureError(f"{file} has {size / 1e6:.0f} MB, and {max_bytes / 1e6:.0f} MB is the most it can.")
        return file.read_bytes()
    except OSError as error:
        raise CaptureError(f"{file} cannot be read: {error.strerror or error}; check its permissions.") from error


def _entry(content: bytes, what: str) -> NpyEntry:
    """Header and values of ``.npy`` content. Raises CaptureError, naming ``what``, unless they fit each other."""
    start = _header_start(content, what)
    end = start + int.from_bytes(content[start - (2 if content[6] == 1 else 4) : start], "little")
    match = None if end - start > _MAX_HEADER else _HEADER.fullmatch(content[start:end].decode("latin1"))
    if match is None or end > len(content):
        raise CaptureError(f"{what} has no header that can be read; write the file again.")
    order, kind, size, fortran, numbers = match.groups()
    shape = tuple(int(number.strip().rstrip("L")) for number in numbers.split(",") if number.strip())
    dtype = None if kind == _OBJECTS else _dtype(order, kind, size, what)
    if dtype is not None and (len(shape) > 8 or math.prod(shape) * dtype.itemsize != len(content) - end):
        raise CaptureError(f"{what} is cut short or damaged: {shape} values do not fit; write the file again.")
    values = content[end:]
    return NpyEntry(
        kind=kind, dtype=dtype, shape=shape, fortran_order=fortran == "True", values=values, what=what
    )  # fmt: skip


def _header_start(content: bytes, what: str) -> int:
    """Where the header begins, behind its length: 2 bytes in version 1 of the format, 4 in version 2."""
    if not content.startswith(_MAGIC) or len(content) < 12 or content[6] not in {1, 2}:
        raise CaptureError(f"{what} is no array of NumPy (.npy, version 1 or 2); write the file again.")
    return 10 if content[6] == 1 else 12


def _dtype(order: str, kind: str, size: str, what: str) -> np.dtype[Any]:
    if kind not in _NUMBERS:
        raise CaptureError(f"{what} does not hold numbers; write them as numbers.")
    try:
        return np.dtype(f"{order}{kind}{size}")
    except (TypeError, ValueError):
        raise CaptureError(f"{what} holds numbers of an unknown kind ({order}{kind}{size}); write it again.") from None


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__).partition("\n")[0].rstrip(".")
