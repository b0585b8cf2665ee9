"""Masks that are painted: what is saved is what was shown, at the photographs' size, along their edges."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.capture.choices import painted_mask_file
from core.capture.colour_model import ColourModel
from core.capture.images import object_pixels, read_image
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.lens import Lens, undistort, undistorted_camera
from core.capture.listing import Listing
from core.capture.mask_editing import (
    EditedView,
    alpha_mask,
    edited_view,
    full_mask,
    has_mask,
    known_mask,
    save_mask,
    without_specks,
)
from core.capture.masks import MasksMissing, read_masks
from core.capture.read import read_capture
from core.capture.recognise import list_capture
from core.errors import CaptureError
from core.types import BoolArray


def quiet(_what: str, _fraction: float) -> None:
    """Nobody looks."""


@pytest.fixture
def folder(tiny_capture_folder: Path, tmp_path: Path) -> Path:
    """A capture that lost its masks."""
    copy = tmp_path / "vase"
    shutil.copytree(tiny_capture_folder, copy)
    shutil.rmtree(copy / "mask")
    return copy


def listed(folder: Path) -> Listing:
    return list_capture(folder, ImportOptions(), quiet)


def edited(listing: Listing, view: int = 0, longest: int = 1200) -> EditedView:
    return edited_view(listing, view, ImportOptions(), quiet, longest=longest)


def disc(width: int, height: int, radius: float) -> BoolArray:
    y, x = np.mgrid[0:height, 0:width]
    return (x - width / 2) ** 2 + (y - height / 2) ** 2 <= radius**2


def test_a_saved_mask_is_the_mask_that_was_shown(folder: Path) -> None:
    listing = listed(folder)
    view = edited(listing)
    mask = np.random.default_rng(0).random(view.picture.shape[:2]) > 0.7
    file = save_mask(listing, view, mask)
    assert file == painted_mask_file(folder, 0)
    stored = read_image(file)
    assert stored.dtype == np.uint8
    assert set(np.unique(stored)) == {0, 255}
    assert np.array_equal(object_pixels(stored), mask)
    again = known_mask(listing, view, ImportOptions(), quiet)
    assert again is not None
    assert np.array_equal(again, mask)


def test_painted_masks_make_a_capture_readable(folder: Path) -> None:
    listing = listed(folder)
    with pytest.raises(MasksMissing):
        read_capture(folder)
    masks: dict[int, BoolArray] = {}
    for number in sorted({shot.key.view for shot in listing.shots}):
        view = edited(listing, number)
        masks[number] = disc(*view.size, 9.0 + number)
        save_mask(listing, view, masks[number])
    capture = read_capture(folder, options=ImportOptions(masks=MaskChoice.FILES))
    for number, mask in masks.items():
        assert np.array_equal(capture.masks[number], mask)


def test_the_user_s_own_masks_stay_as_they_are(tiny_capture_folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "own"
    shutil.copytree(tiny_capture_folder, copy)
    before = {file.name: file.read_bytes() for file in (copy / "mask").iterdir()}
    listing = listed(copy)
    view = edited(listing)
    own = known_mask(listing, view, ImportOptions(), quiet)
    painted = disc(*view.size, 6.0)
    save_mask(listing, view, painted)
    assert {file.name: file.read_bytes() for file in (copy / "mask").iterdir()} == before
    shown = known_mask(listing, view, ImportOptions(), quiet)
    assert own is not None
    assert shown is not None
    assert not np.array_equal(own, painted)
    assert np.array_equal(shown, painted)


def test_an_empty_mask_is_refused(folder: Path) -> None:
    listing = listed(folder)
    view = edited(listing)
    with pytest.raises(CaptureError, match="V00 is empty"):
        save_mask(listing, view, np.zeros(view.picture.shape[:2], bool))
    assert not has_mask(listing, 0)


def test_a_link_out_of_the_capture_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "chiaro").symlink_to(tmp_path / "elsewhere")
    listing = listed(folder)
    view = edited(listing)
    with pytest.raises(CaptureError, match="outside"):
        save_mask(listing, view, disc(*view.size, 5.0))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_large_photograph_is_painted_over_small(folder: Path) -> None:
    listing = listed(folder)
    small = edited(listing, longest=20)
    assert max(small.size) == 20
    assert small.brightness.shape == small.picture.shape[:2]
    assert (
        small.full_size == edited(listing).full_size == (listing.shots[0].camera.width, listing.shots[0].camera.height)
    )


@pytest.mark.parametrize("times", [2, 3, 5])
def test_an_enlarged_mask_follows_the_photograph_s_edge(times: int) -> None:
    """A bright disc on black: the small mask is its reduction, the large one must find the disc's own outline."""
    width, height = 60 * times, 44 * times
    truth = disc(width, height, 15.3 * times)
    guide = np.where(truth, 200, 20).astype(np.uint8)
    small = disc(60, 44, 15.3)
    found = full_mask(small, guide)
    assert found.shape == truth.shape
    naive = np.kron(small, np.ones((times, times))) > 0
    assert (found != truth).sum() < 0.35 * (naive != truth).sum()


def test_away_from_the_outline_an_enlarged_mask_is_the_small_one() -> None:
    rng = np.random.default_rng(4)
    small = disc(50, 40, 12.0)
    guide = rng.integers(0, 256, (700, 875)).astype(np.uint8)  # 17.5 times larger, edges everywhere
    found = full_mask(small, guide)
    assert found[disc(875, 700, 17.5 * 9.0)].all()
    assert not found[~disc(875, 700, 17.5 * 15.0)].any()


def test_a_large_mask_is_the_same_in_one_band_or_many(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    small, guide = disc(40, 30, 11.0), rng.integers(0, 256, (150, 200)).astype(np.uint8)
    whole = full_mask(small, guide)
    monkeypatch.setattr("core.capture.mask_editing._BAND", 37)
    assert np.array_equal(full_mask(small, guide), whole)


def test_specks_go_but_what_was_marked_stays() -> None:
    mask = disc(80, 60, 20.0)
    specks = np.zeros_like(mask)
    specks[2:4, 2:4] = specks[50:53, 70:72] = True
    marked = np.zeros_like(mask)
    marked[2, 3] = True
    assert np.array_equal(without_specks(mask | specks, np.zeros_like(mask)), mask)
    kept = mask.copy()
    kept[2:4, 2:4] = True
    assert np.array_equal(without_specks(mask | specks, marked), kept)


def test_a_mask_of_one_piece_or_of_two_large_ones_stays() -> None:
    mask = disc(80, 60, 10.0)
    none = np.zeros_like(mask)
    two = mask | np.roll(mask, 25, axis=1)
    for each in (none, mask, two, ~none):
        assert np.array_equal(without_specks(each, none), each)


def test_photographs_without_alpha_have_no_alpha_mask(folder: Path) -> None:
    listing = listed(folder)
    view = edited(listing)
    assert not view.has_alpha
    with pytest.raises(CaptureError, match="no alpha channel"):
        alpha_mask(listing, view, ImportOptions(), quiet)


def test_masks_are_painted_over_the_photograph_as_it_is_on_disk(folder: Path) -> None:
    """A distorted photograph keeps its distortion and size while it is painted over; reading straightens both."""
    listing = listed(folder)
    shots = []
    for shot in listing.shots:
        width, height = shot.camera.width, shot.camera.height
        focal, middle = float(shot.camera.intrinsics[0, 0]), (width / 2, height / 2)
        lens = Lens(model="SIMPLE_RADIAL", parameters=(focal, *middle, -0.2), width=width, height=height)
        shots.append(replace(shot, lens=lens, camera=undistorted_camera(lens, shot.camera.world_from_camera)))
    distorted = replace(listing, shots=tuple(shots))
    assert np.array_equal(edited(distorted).picture, edited(listing).picture)
    mask = disc(*edited(distorted).size, 12.0)
    for view in range(4):
        save_mask(distorted, edited(distorted, view), mask)
    read = read_masks(distorted, ImportOptions(), quiet).of_view[0]
    camera = distorted.shots[0].camera
    straight = undistort(shots[0].lens, camera, mask.astype(np.uint8)[..., None], nearest=True)[..., 0] > 0
    assert np.array_equal(read, straight)
    shown = known_mask(distorted, edited(distorted), ImportOptions(), quiet)
    assert shown is not None
    assert np.array_equal(shown, mask)


def test_the_chosen_sphere_does_not_cut_what_is_painted_over(folder: Path) -> None:
    listing = listed(folder)
    view = edited(listing)
    mask = disc(*view.size, 14.0)
    save_mask(listing, view, mask)
    options = replace(ImportOptions(), sphere=((0.0, 0.0, 0.0), 0.05))
    shown = known_mask(listing, view, options, quiet)
    assert shown is not None
    assert np.array_equal(shown, mask)


def test_a_view_is_guessed_from_the_colours_of_another() -> None:
    rng = np.random.default_rng(0)
    background = rng.integers(0, 60, (120, 160, 3)).astype(np.uint8)
    first, second = disc(160, 120, 30.0), np.roll(disc(160, 120, 24.0), (12, -30), (0, 1))
    pictures = []
    for mask in (first, second):
        picture = background.copy()
        picture[mask] += np.array([130, 90, 60], np.uint8)
        pictures.append(picture)
    model = ColourModel.of(pictures[0], first)
    assert model is not None
    guess = model.guess(pictures[1])
    assert guess is not None
    assert (guess != second).mean() < 0.01
    assert model.guess(background) is None


def test_no_model_without_object_or_background() -> None:
    picture = np.zeros((8, 8, 3), np.uint8)
    assert ColourModel.of(picture, np.ones((8, 8), bool)) is None
    assert ColourModel.of(picture, np.zeros((8, 8), bool)) is None
