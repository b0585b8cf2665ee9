"""Photographs, masks and normal maps as files: exact reading and safe writing, through OpenImageIO.

OpenImageIO hands over 16-bit PNG bit for bit, where imageio, Pillow and scikit-image cut colour to 8 bits. One of its
habits is switched off here: it would multiply colours with alpha. No colour curve is ever applied: what the file holds
is what arrives.
"""

from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio
from numpy.typing import NDArray

from core.capture.capture import Photograph, full_range
from core.errors import CaptureError, RunError
from core.files import replacing

MAX_PIXELS = 300_000_000
"""No photograph has more; a header that claims more is damaged or hostile."""
MAX_CHANNELS = 64
_DEFLATE_LIMIT = 1032
"""Deflate, which PNG uses, never shrinks data by more than this factor."""
_PNG_END = b"IEND"
_TAIL_BYTES, _MOST_CHUNKS = 65_536, 100_000
"""Where the end of a PNG is looked for first, and how many of its parts are gone through otherwise."""
_EXACT = {"uint8": "uint8", "uint16": "uint16"}
_ALPHA_CHANNELS = (2, 4)
_UPRIGHT = 1
"""EXIF orientation of pixels that are shown as they are stored."""


def read_image(file: Path) -> Photograph:
    """Read [height, width, channels] exactly as stored: uint8, uint16, or float32 for every floating format.

    Palettes arrive as colours. Raises CaptureError, naming the file, when it is missing, no image, cut short, or its
    header claims a size that cannot be.
    """
    source, spec = _open(file)
    try:
        if source.format_name() == "png" and _is_cut_png(file):
            raise CaptureError(f"{file} is cut short or damaged (it ends too early); copy it again from its source.")
        pixels: Any = source.read_image(0, 0, 0, spec.nchannels, _EXACT.get(str(spec.format), "float"))
        reason = source.geterror()
    except MemoryError:
        raise CaptureError(f"{file} needs more memory than there is; use a smaller image.") from None
    finally:
        source.close()
    if pixels is None or pixels.shape != (spec.height, spec.width, spec.nchannels):
        raise CaptureError(f"{file} is cut short or damaged ({_first_line(reason)}); copy it again from its source.")
    return pixels


def image_size(file: Path) -> tuple[int, int]:
    """(width, height) from the header alone, with the same checks as ``read_image``."""
    source, spec = _open(file)
    source.close()
    return spec.width, spec.height


def image_depth(file: Path) -> str:
    """``uint8``, ``uint16`` or ``float``: how precisely the file stores its numbers, from the header alone."""
    source, spec = _open(file)
    source.close()
    return str(spec.format) if str(spec.format) in _EXACT else "float"


def has_alpha(file: Path) -> bool:
    """Whether the file has an alpha channel, from the header alone."""
    source, spec = _open(file)
    source.close()
    return spec.nchannels in _ALPHA_CHANNELS


def has_rotation(file: Path) -> bool:
    """Whether the file asks to be shown turned or mirrored (EXIF orientation), from the header alone."""
    source, spec = _open(file)
    source.close()
    return int(spec.get_int_attribute("Orientation", _UPRIGHT)) != _UPRIGHT


def alpha_channel(pixels: Photograph) -> NDArray[np.bool_]:
    """[height, width] of what ``read_image`` returned: true where at least half opaque; everywhere without alpha."""
    if pixels.shape[2] not in _ALPHA_CHANNELS:
        return np.ones(pixels.shape[:2], np.bool_)
    return np.asarray(pixels[..., -1] >= 0.5 * full_range(pixels))


def colour_channels(pixels: Photograph) -> Photograph:
    """[height, width, 3] of what ``read_image`` returned: grey is repeated, alpha and further channels are left out."""
    channels = pixels.shape[2]
    colour: Any = np.repeat(pixels[..., :1], 3, axis=2) if channels < 3 else pixels[..., :3]
    return np.ascontiguousarray(colour)


def object_pixels(pixels: Photograph) -> NDArray[np.bool_]:
    """[height, width] of a mask image: true where a colour is above half of the brightest (and not transparent).

    Masks of two levels may be of any two; of those that were smoothed or stored as JPEG, the ring around the object
    is not taken for it.
    """
    levels = pixels[..., :-1] if pixels.shape[2] in _ALPHA_CHANNELS else pixels
    brightest = np.asarray(levels.max(axis=2), np.float32)
    top = float(brightest.max(initial=0.0))
    held = brightest > 0.5 * top if top > 0.0 else np.zeros(brightest.shape, np.bool_)
    return np.asarray(held & alpha_channel(pixels))


def _open(file: Path) -> tuple[Any, Any]:
    """An open OpenImageIO input and its spec, the claimed size found possible."""
    if not file.is_file():
        raise CaptureError(f"{file} is missing or is not a file; put the image there.")
    keep_colours = oiio.ImageSpec()
    keep_colours.attribute("oiio:UnassociatedAlpha", 1)
    source = oiio.ImageInput.open(str(file), keep_colours)
    if source is None:
        raise CaptureError(f"{file} is not an image that can be read ({_first_line(oiio.geterror())}); replace it.")
    spec = source.spec()
    try:
        _check_size(file, spec, source.format_name())
    except CaptureError:
        source.close()
        raise
    return source, spec


def _check_size(file: Path, spec: Any, container: str) -> None:
    """Refuse a header's size before any memory is given to it."""
    width, height, channels = spec.width, spec.height, spec.nchannels
    possible = min(width, height, channels) > 0 and width * height <= MAX_PIXELS and channels <= MAX_CHANNELS
    if possible and container == "png":
        bits = 16 * channels if str(spec.format) == "uint16" else 1  # 8-bit pixels may be stored as single bits
        possible = width * height * bits // 8 <= _DEFLATE_LIMIT * file.stat().st_size
    if not possible or spec.depth > 1:
        claim = f"{width} x {height} pixels with {channels} channels"
        raise CaptureError(f"{file} claims to hold {claim}, which cannot be; the file is damaged, replace it.")


def _is_cut_png(file: Path) -> bool:
    """Whether a PNG ends within one of its chunks: reading it, libpng would print that before we could tell it."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        stream.seek(max(size - _TAIL_BYTES, 0))
        if _PNG_END in stream.read():
            return False
        at = len(b"\x89PNG\r\n\x1a\n")
        for _ in range(_MOST_CHUNKS):
            if at >= size:
                break
            stream.seek(at)
            length, kind = int.from_bytes(stream.read(4), "big"), stream.read(4)
            if kind == _PNG_END:
                return False
            at += length + 12  # with length, kind and check sum
    return at > size


def _first_line(reason: str) -> str:
    return reason.strip().splitlines()[0].rstrip(".") if reason.strip() else "no reason given"


def write_png16(file: Path, linear: NDArray[np.floating]) -> None:
    """Write linear RGB [height, width, 3], 1.0 = full range, as a 16-bit PNG; values outside [0, 1] are clipped."""
    _write(file, _integers(linear, 65535, np.uint16), "uint16")


def write_png8(file: Path, display: NDArray[np.floating]) -> None:
    """Write display values [height, width, 3 or 1] in [0, 1] as an 8-bit PNG; values outside are clipped."""
    _write(file, _integers(display, 255, np.uint8), "uint8")


def write_exr(file: Path, values: NDArray[np.floating]) -> None:
    """Write [height, width, channels] as a 32-bit float OpenEXR file, losslessly compressed."""
    _write(file, np.ascontiguousarray(values, dtype=np.float32), "float")


def write_exact(file: Path, pixels: Photograph) -> None:
    """Write [height, width, channels] as they are: uint8 and uint16 to a PNG, floats to a 32-bit OpenEXR file."""
    if pixels.dtype.kind == "f":
        write_exr(file, np.asarray(pixels, np.float32))
    else:
        _write(file, np.ascontiguousarray(pixels), pixels.dtype.name)


def _integers(values: NDArray[np.floating], full: int, dtype: type[np.unsignedinteger[Any]]) -> NDArray[Any]:
    finite = np.nan_to_num(np.asarray(values, dtype=np.float64), nan=0.0, posinf=1.0, neginf=0.0)
    return np.rint(np.clip(finite, 0.0, 1.0) * full).astype(dtype)


def _write(file: Path, pixels: NDArray[Any], format_name: str) -> None:
    """Write [height, width, channels] under a temporary name, read it back, then give it its own name."""
    with replacing(file) as temporary:
        temporary.touch(exist_ok=False)  # the operating system names its reason; OpenImageIO would not
        height, width, channels = pixels.shape
        spec = oiio.ImageSpec(width, height, channels, format_name)
        if channels > len("RGBA"):
            spec.channelnames = tuple(f"C{channel:02d}" for channel in range(channels))  # OpenEXR keeps them sorted
        spec.attribute("compression", "zip")
        if format_name != "uint8":
            spec.attribute("oiio:ColorSpace", "lin_rec709")  # or else a PNG would be marked as sRGB
        spec.attribute("oiio:UnassociatedAlpha", 1)
        target: Any = oiio.ImageOutput.create(str(temporary))
        if target is None:
            raise RunError(f"Cannot write {file}: images of that kind are not supported; use .png or .exr.")
        written = target.open(str(temporary), spec) and target.write_image(pixels)
        closed = target.close()
        reason = "" if written and closed else _first_line(target.geterror())
        _check_written(file, temporary, pixels, reason)


def _check_written(file: Path, temporary: Path, pixels: NDArray[Any], reason: str) -> None:
    """A full disk may show only as a file cut short, so what was written is read back."""
    try:
        complete = not reason and np.array_equal(read_image(temporary), pixels, equal_nan=pixels.dtype.kind == "f")
    except CaptureError:
        complete = False
    if not complete:
        detail = f" ({reason})" if reason else ""
        raise RunError(f"Cannot write {file}: the file came out cut short{detail}; is the disk full? Free some space.")
