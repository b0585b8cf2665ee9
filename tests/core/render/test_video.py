"""Films have the frames they were given, and fail in one sentence."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from core.errors import RunError
from core.render import video
from core.render.video import FRAMES_PER_SECOND, write_mp4


def test_a_film_keeps_its_frames_size_and_colours(tmp_path: Path) -> None:
    colours = np.array([[0.9, 0.1, 0.1], [0.1, 0.9, 0.1], [0.1, 0.1, 0.9]], dtype=np.float32)
    frames = [np.broadcast_to(colour, (49, 65, 3)).astype(np.float32) for colour in colours for _ in range(10)]
    write_mp4(tmp_path / "film.mp4", frames)
    assert imageio_ffmpeg.count_frames_and_secs(str(tmp_path / "film.mp4")) == (30, 30 / FRAMES_PER_SECOND)
    decode = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", tmp_path / "film.mp4", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    pixels = np.frombuffer(subprocess.run(decode, capture_output=True, check=True).stdout, dtype=np.uint8)
    read = pixels.reshape(30, 48, 64, 3)  # odd sizes lose a row and a column
    for number, colour in enumerate(colours):
        assert np.abs(read[10 * number + 5] / 255.0 - colour).max() < 0.06


def test_an_encoder_that_stops_is_told_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise OSError("ffmpeg log\nframe= 3\nav_interleaved_write_frame(): No space left on device\n")

    monkeypatch.setattr(video, "_encode", stop)
    with pytest.raises(RunError) as caught:
        write_mp4(tmp_path / "film.mp4", [])
    assert "disk is full" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_no_frames_make_no_film(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="Cannot write"):
        write_mp4(tmp_path / "film.mp4", [])
    assert list(tmp_path.iterdir()) == []
