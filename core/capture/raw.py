"""Camera RAW files: developed to linear light through LibRaw.

What is done to the sensor's numbers: black level, the camera's own white balance, demosaicing, the camera's colours
turned into those of sRGB (primaries only), 16 bits. What is not done, unless the user asks for it: any curve and any
brightening. So a photograph is proportional to the light that fell on the sensor. Orientation tags are left alone,
because cameras are calibrated in the sensor's own rows and columns.
"""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.capture.folder import RAW_SUFFIXES
from core.capture.images import image_size
from core.capture.import_options import RawOptions
from core.errors import CaptureError

MVSCPS_CROP = (33, 20, 9504, 6336)
"""(left, top, width, height) of the photographs of MVSCPS inside their developed RAW files: rows 20 to 6355 and
columns 33 to 9536, the area that its cameras were calibrated for."""
MAX_RAW_PIXELS = 250_000_000
"""More than any camera's sensor has."""
_PIXELS_A_BYTE = 64
"""Lossless JPEG, the strongest compression of RAW files, needs a bit a pixel at the very least."""
_SMALL = 1_000_000
"""Frames of so few pixels are harmless whatever the file's size."""
_LINEAR = (1.0, 1.0)
_BT709 = (2.222, 4.5)
"""(power, slope at black) of ITU-R BT.709, which dcraw and LibRaw take unless told otherwise."""


def read_raw(file: Path, options: RawOptions) -> NDArray[np.uint16]:
    """The developed photograph [height, width, 3], linear RGB unless the options ask for the BT.709 curve.

    Raises CaptureError, naming the file, when it is damaged or no RAW file, and when the crop leaves its frame.
    """
    import rawpy

    with _opened(file) as raw:
        pixels: NDArray[np.uint16] = raw.postprocess(
            gamma=_BT709 if options.curve == "bt709" else _LINEAR,
            no_auto_bright=True,
            use_camera_wb=True,
            output_bps=16,
            user_flip=0,
            output_color=rawpy.ColorSpace.sRGB,
            adjust_maximum_thr=_PUBLISHED_ADJUSTMENT if options.curve == "bt709" else 0.0,
        )
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint16:
        raise CaptureError(f"{file} is not a colour photograph; develop it with the camera's own program.")
    left, top, width, height = _area(file, options, pixels.shape[1], pixels.shape[0])
    return np.ascontiguousarray(pixels[top : top + height, left : left + width])


def raw_size(file: Path, options: RawOptions) -> tuple[int, int]:
    """(width, height) of what ``read_raw`` returns, from the header alone. Raises CaptureError as it does."""
    with _opened(file) as raw:
        frame = _developed_size(raw)
    return _area(file, options, *frame)[2:]


def embedded_jpeg(file: Path) -> NDArray[np.uint8]:
    """The camera's own picture [height, width, 3], sRGB, as it lies in the file: only for looking at.

    Raises CaptureError when the file holds none or is damaged.
    """
    import rawpy

    with _opened(file) as raw:
        thumbnail: Any = raw.extract_thumb()
    if thumbnail.format == rawpy.ThumbFormat.BITMAP:
        return np.ascontiguousarray(thumbnail.data)
    return _decoded_jpeg(file, thumbnail.data)


def photograph_size(file: Path, options: RawOptions) -> tuple[int, int]:
    """(width, height) of a photograph of any kind, from its header alone. Raises CaptureError naming the file."""
    return raw_size(file, options) if is_raw_file(file) else image_size(file)


def is_raw_file(file: Path) -> bool:
    """Whether the name is that of a camera's RAW file."""
    return file.suffix.lower() in RAW_SUFFIXES


@contextmanager
def _opened(file: Path) -> Generator[Any]:
    """The file opened by LibRaw, its claimed size found possible; whatever goes wrong with it becomes one sentence."""
    import rawpy  # LibRaw loads for RAW photographs

    if not file.is_file():
        raise CaptureError(f"{file} is missing or is not a file; put the photograph there.")
    try:
        with rawpy.imread(str(file)) as raw:
            _check_claim(file, raw)
            yield raw
    except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError):
        raise CaptureError(f"{file} holds no picture of the camera's own that can be shown.") from None
    except (rawpy.LibRawError, rawpy.NotSupportedError, ValueError, RuntimeError, OverflowError) as error:
        raise CaptureError(f"{file} is no RAW photograph that can be read ({_reason(error)}); copy it again.") from None
    except MemoryError:
        raise CaptureError(f"{file} needs more memory than there is; develop it to a smaller image.") from None
    except OSError as error:
        raise CaptureError(f"{file} cannot be read: {error.strerror or error}; check its permissions.") from error


def _check_claim(file: Path, raw: Any) -> None:
    """Refuse a header's size before any memory is given to it."""
    sizes = raw.sizes
    pixels = max(sizes.raw_width * sizes.raw_height, sizes.width * sizes.height)
    most = max(_SMALL, _PIXELS_A_BYTE * file.stat().st_size)
    if min(sizes.width, sizes.height) < 1 or pixels > min(MAX_RAW_PIXELS, most):
        claim = f"{sizes.raw_width} x {sizes.raw_height} pixels"
        raise CaptureError(f"{file} claims to hold {claim}, which cannot be; the file is damaged, replace it.")


def _developed_size(raw: Any) -> tuple[int, int]:
    """(width, height) of the developed frame: pixels that are not square are stretched along their short side."""
    width, height, aspect = raw.sizes.width, raw.sizes.height, raw.sizes.pixel_aspect
    if 0.0 < aspect < 1.0 - _SQUARE:
        height = int(height / aspect + 0.5)
    elif aspect > 1.0 + _SQUARE:
        width = int(width * aspect + 0.5)
    return width, height


def _area(file: Path, options: RawOptions, width: int, height: int) -> tuple[int, int, int, int]:
    """(left, top, width, height) of what is kept of a developed frame."""
    if options.crop is None:
        return 0, 0, width, height
    left, top, wanted_width, wanted_height = options.crop
    if left + wanted_width > width or top + wanted_height > height:
        crop = f"the crop of {wanted_width} x {wanted_height} pixels from ({left}, {top})"
        raise CaptureError(f"{file} is {width} x {height} pixels, so {crop} leaves it; choose a smaller crop.")
    return options.crop


def _decoded_jpeg(file: Path, data: bytes) -> NDArray[np.uint8]:
    """[height, width, 3]; OpenCV itself refuses absurd sizes."""
    import cv2

    decoded: Any = None
    try:
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error:
        decoded = None
    if decoded is None:
        raise CaptureError(f"{file} holds a damaged picture of the camera's own; look at the developed one.")
    return np.ascontiguousarray(decoded)


def _reason(error: Exception) -> str:
    """LibRaw's own words, which rawpy hands over as bytes."""
    first: Any = error.args[0] if error.args else "no reason given"
    text = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
    return text.strip().rstrip(".") or "no reason given"


_PUBLISHED_ADJUSTMENT = 0.75
"""LibRaw's own choice: a photograph whose brightest pixel is above this part of the sensor's range is scaled up until
that pixel is white. Each photograph would have its own scale, so linear light goes without."""
_SQUARE = 0.005
"""LibRaw takes pixels for square when their sides differ by less."""
