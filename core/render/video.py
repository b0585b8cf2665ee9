"""Films as MP4 (H.264), through the ffmpeg that comes with imageio-ffmpeg."""

from collections.abc import Iterable
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from core.errors import RunError
from core.files import replacing
from core.types import FloatArray

FRAMES_PER_SECOND = 30


def write_mp4(file: Path, frames: Iterable[FloatArray], *, rate: int = FRAMES_PER_SECOND) -> None:
    """Write display-referred frames [height, width, 3] in [0, 1], all of one size, as an MP4 that plays everywhere.

    ``rate``: frames a second.
    Odd sizes lose their last row or column, which the format cannot hold. Raises RunError when it cannot be written.
    """
    with replacing(file) as temporary:
        try:
            _encode(temporary, frames, rate)
        except OSError as error:
            # The encoder's own log comes along, many lines of it, the reason among the last.
            raise RunError(_encoder_failure(file, str(error))) from error
        if not temporary.is_file() or temporary.stat().st_size == 0:
            raise RunError(_encoder_failure(file, ""))


def _encode(file: Path, frames: Iterable[FloatArray], rate: int) -> None:
    writer = None
    try:
        for frame in frames:
            height, width = frame.shape[0] // 2 * 2, frame.shape[1] // 2 * 2
            if writer is None:
                writer = imageio_ffmpeg.write_frames(
                    str(file), (width, height), fps=rate, quality=8, macro_block_size=2
                )
                writer.send(None)
            pixels = np.rint(np.clip(frame[:height, :width], 0.0, 1.0) * 255.0).astype(np.uint8)
            writer.send(np.ascontiguousarray(pixels))
    finally:
        if writer is not None:
            writer.close()


def _encoder_failure(file: Path, log: str) -> str:
    full = "No space left" in log
    reason = "the disk is full; free some space" if full else "the encoder stopped; is the disk full? Free some space"
    return f"Cannot write {file}: {reason} or choose another folder."
