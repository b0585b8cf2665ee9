"""What a photograph's file says about its colour curve, and how finely it really stores light."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio

from core.capture.images import read_image
from core.errors import CaptureError

_PNG_MARK = b"\x89PNG\r\n\x1a\n"
_MOST_CHUNKS = 64
_LONGEST_NAME = 79
_LINEAR_GAMMA = 0.9
"""A gAMA chunk (in units of the file gamma, 1 = linear) at least this large says that the numbers are linear."""
_EXIF_SRGB = 1
_DISGUISE = 257
"""8-bit values stretched to 16 bits are multiples of it: 65535 = 257 x 255."""


def declared_curve(file: Path) -> str | None:
    """What in the file says that its numbers are not linear light, in a few words; None when nothing does.

    PNG: its sRGB, gAMA and iCCP chunks (PNG specification, third edition, section 11.3.2), read here because a
    library's word on colour space does not tell what the file says from what is usual. Others: EXIF colour space and
    the name of an ICC profile. A file that cannot be read says nothing; reading it tells why.
    """
    try:
        return _png_curve(file) if file.suffix.lower() == ".png" else _metadata_curve(file)
    except (OSError, struct.error):
        return None


def _png_curve(file: Path) -> str | None:
    chunks = _png_chunks(file)
    if b"sRGB" in chunks:
        return "an sRGB mark"
    if b"iCCP" in chunks:
        return _profile(chunks[b"iCCP"].partition(b"\0")[0].decode("latin-1"))
    if len(chunks.get(b"gAMA", b"")) < 4:
        return None
    gamma = struct.unpack(">I", chunks[b"gAMA"][:4])[0] / 100_000
    return f"a gamma of {1.0 / gamma:.1f}" if 0.0 < gamma < _LINEAR_GAMMA else None


def _png_chunks(file: Path) -> dict[bytes, bytes]:
    """The beginnings of the chunks before the pixels, by type; empty when it is no PNG."""
    chunks: dict[bytes, bytes] = {}
    with file.open("rb") as source:
        if source.read(8) != _PNG_MARK:
            return chunks
        while len(chunks) < _MOST_CHUNKS:
            length, kind = struct.unpack(">I4s", source.read(8))
            if kind in {b"IDAT", b"IEND"}:
                break
            start = source.read(min(length, _LONGEST_NAME))
            chunks[kind] = start
            source.seek(length - len(start) + 4, 1)
    return chunks


def _metadata_curve(file: Path) -> str | None:
    source = oiio.ImageInput.open(str(file))
    if source is None:
        oiio.geterror()  # said again, with its reason, by whoever reads the pixels
        return None
    spec: Any = source.spec()
    source.close()
    if spec.get_int_attribute("Exif:ColorSpace", 0) == _EXIF_SRGB:
        return "sRGB in its EXIF data"
    return _profile(str(spec.get_string_attribute("ICCProfile:profile_description", "")))


def _profile(name: str) -> str | None:
    """An ICC profile by its name: all but those called linear have a curve."""
    plain = "".join(letter for letter in name if letter.isprintable()).strip()
    return f"the colour profile {plain}" if plain and "linear" not in plain.lower() else None


def is_eight_bits_in_disguise(file: Path) -> bool:
    """Whether a 16-bit file holds stretched 8-bit values only (an all but constant photograph says nothing)."""
    try:
        pixels = read_image(file)
    except CaptureError:  # said, with its reason, by whoever reads all photographs
        return False
    if pixels.dtype != np.uint16:
        return False
    values = np.unique(pixels)
    return len(values) > 2 and not np.any(values % _DISGUISE)
