"""PoRF: several sets of poses for the same photographs, and no masks."""

from pathlib import Path

import numpy as np
import pytest

from core.capture.colmap_matches import Matches, write_matches
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.layouts.porf import PORF
from core.capture.listing import Listing
from core.capture.masks import MasksMissing
from core.capture.read import read_capture
from core.capture.recognise import guesses
from core.errors import CaptureError
from tests.core.capture.npz_by_hand import COUNT, assert_same_camera, matrices, some_camera, write_images


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_images(tmp_path / "image", [f"{number:03d}.png" for number in range(COUNT)])
    np.savez(tmp_path / "cameras.npz", **matrices(radius=3.0))
    np.savez(tmp_path / "cameras_colmap.npz", **matrices(radius=2.0))
    np.savez(tmp_path / "cameras_arkit.npz", **matrices(radius=4.0))
    return tmp_path


def listing(folder: Path, cameras: str | None = None) -> Listing:
    return PORF.list_capture(folder, ImportOptions(cameras=cameras), lambda _what, _fraction: None)


def test_first_poses_are_preferred_and_others_offered(folder: Path) -> None:
    found = listing(folder)
    assert found.camera_file == "cameras_colmap.npz"
    assert found.camera_choices == ("cameras_arkit.npz", "cameras.npz")
    for number, shot in enumerate(found.shots):
        assert_same_camera(shot.camera, some_camera(number))
    chosen = listing(folder, "cameras.npz").file_frame
    assert chosen is not None
    assert chosen[1] == pytest.approx(3.0)


def test_refined_poses_come_first(folder: Path) -> None:
    np.savez(folder / "cameras_refine_porf.npz", **matrices())
    assert listing(folder).camera_file == "cameras_refine_porf.npz"


def test_opens_without_masks_when_told_so(folder: Path) -> None:
    with pytest.raises(MasksMissing):
        read_capture(folder)
    capture = read_capture(folder, options=ImportOptions(masks=MaskChoice.NONE))
    assert (capture.layout, capture.masked, len(capture.keys)) == ("PoRF", False, COUNT)


def test_recognised_by_poses_or_matches(folder: Path) -> None:
    guess = guesses(folder)[0]
    assert (guess.layout, guess.reasons[0]) == ("PoRF", "cameras_colmap.npz is there")
    (folder / "cameras_colmap.npz").unlink()
    (folder / "cameras_arkit.npz").unlink()
    assert guesses(folder)[0].layout == "IDR / NeuS"
    (folder / "colmap_matches").mkdir()
    write_matches(folder / "colmap_matches" / "000000.npz", Matches(sources=np.array([1]), points=(np.ones((2, 4)),)))
    guess = guesses(folder)[0]
    assert (guess.layout, guess.reasons[-1]) == ("PoRF", "matches lie in colmap_matches")


def test_no_photographs(folder: Path) -> None:
    for file in (folder / "image").iterdir():
        file.unlink()
    with pytest.raises(CaptureError, match="no photograph"):
        listing(folder)
