"""Photographs that show another view's outline are named; shadows, noise and lit surroundings are no sign of that."""

from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.capture.capture import Photograph
from core.capture.check_capture import check_capture
from core.capture.check_outlines import misfits
from core.capture.read import read_capture
from core.types import ImageKey
from tests.core.capture.check_folder import SIZE, Folder
from tests.core.capture.findings import one, texts

_WORDS = ("mask of view", "masks of their views")


def _told(folder: Folder, path: Path) -> str:
    return texts(check_capture(folder.write(path / "capture")))


def _swap(folder: Folder, first: ImageKey, second: ImageKey) -> None:
    photographs = folder.photographs
    photographs[first], photographs[second] = photographs[second], photographs[first]


@pytest.mark.parametrize(("one_view", "other_view"), [(0, 1), (1, 4), (5, 2)])
def test_two_swapped_photographs_are_named_together(tmp_path: Path, one_view: int, other_view: int) -> None:
    folder, first, second = Folder(), ImageKey(one_view, 2), ImageKey(other_view, 3)
    _swap(folder, first, second)
    finding = one(check_capture(folder.write(tmp_path / "capture")), "swapped?")
    assert first.name in finding.text
    assert second.name in finding.text
    assert f"V{one_view:02d}" in finding.text
    assert finding.fixes[0].keys == tuple(sorted((first, second)))


def test_every_swap_of_two_views_is_found_from_both_sides(tmp_path: Path) -> None:
    folder = Folder(views=4)
    for number, (a, b) in enumerate(permutations(range(4), 2)):
        first, second = ImageKey(a, 0), ImageKey(b, 1)
        _swap(folder, first, second)
        found = {each.key: each for each in misfits(read_capture(folder.write(tmp_path / str(number))))}
        assert set(found) == {first, second}
        assert (found[first].fits, found[second].fits) == (b, a)
        assert (found[first].partner, found[second].partner) == (second, first)
        _swap(folder, first, second)


def test_light_that_fills_just_another_mask_is_a_sign_though_none_lies_outside(tmp_path: Path) -> None:
    folder = Folder()
    folder.masks[0] = cv2.dilate(folder.masks[3].astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    for light in range(folder.lights):
        folder.photographs[ImageKey(0, light)] = _within(folder.masks[0])
    folder.photographs[ImageKey(0, 2)] = folder.photographs[ImageKey(3, 1)]
    found = misfits(read_capture(folder.write(tmp_path / "capture")))
    assert [(each.key, each.fits, each.outside) for each in found] == [(ImageKey(0, 2), 3, 0.0)]


def _within(mask: NDArray[np.bool_]) -> Photograph:
    return np.where(mask[..., None], np.uint16(20000), np.uint16(0)).repeat(3, axis=2)


def test_what_fits_no_view_is_named_without_one(tmp_path: Path) -> None:
    folder, key = Folder(), ImageKey(2, 1)
    folder.photographs[key] = np.roll(folder.photographs[key], SIZE // 3, axis=1)
    finding = one(check_capture(folder.write(tmp_path / "capture")), _WORDS[0])
    assert key.name in finding.text
    assert "move" in finding.text
    assert finding.fixes[0].keys == (key,)


def test_photographs_that_all_go_by_other_numbers_are_one_finding(tmp_path: Path) -> None:
    folder = Folder()
    shown = dict(folder.photographs)
    for key in shown:
        folder.photographs[key] = shown[ImageKey((key.view + 1) % folder.views, key.light)]
    assert "same view numbers" in one(check_capture(folder.write(tmp_path / "capture")), _WORDS[1]).text


def test_many_are_told_in_few_findings(tmp_path: Path) -> None:
    folder = Folder(views=12, lights=4)
    for view in range(0, 12, 2):
        _swap(folder, ImageKey(view, 0), ImageKey(view + 1, 1))
    told = check_capture(folder.write(tmp_path / "capture")).report.findings
    assert len([finding for finding in told if any(words in finding.text for words in _WORDS)]) == 5


Spoil = Callable[[Folder, np.random.Generator], None]


def _added(folder: Folder, light: Callable[[ImageKey], NDArray[np.float64]]) -> None:
    """Light [height, width] in [0, 1] beside the object."""
    for key, pixels in folder.photographs.items():
        beside = np.where(folder.masks[key.view], 0.0, light(key))[..., None]
        folder.photographs[key] = np.clip(pixels + 65535.0 * beside, 0.0, 65535.0).astype(np.uint16)


def _noise(folder: Folder, rng: np.random.Generator) -> None:
    _added(folder, lambda _: rng.normal(0.0, 0.05, (SIZE, SIZE)).clip(0.0))


def _hard_shadows(folder: Folder, rng: np.random.Generator) -> None:
    for key in folder.photographs:
        u = np.arange(SIZE)[None, :, None] - SIZE / 2 + rng.integers(-5, 5)
        folder.photographs[key] = np.where(u * (-1) ** key.light > 0, folder.photographs[key], 0).astype(np.uint16)


def _table(folder: Folder, rng: np.random.Generator) -> None:
    rows = np.where(np.arange(SIZE)[:, None] > 0.6 * SIZE, 1.0, 0.0)
    _added(folder, lambda _: rows * np.full((1, SIZE), rng.uniform(0.02, 0.5)))


def _room(folder: Folder, rng: np.random.Generator) -> None:
    _added(folder, lambda _: rng.uniform(0.1, 0.8, (SIZE, SIZE)))


def _lamp_in_the_frame(folder: Folder, rng: np.random.Generator) -> None:
    spot = np.zeros((SIZE, SIZE))
    spot[:8, :8] = 1.0
    _added(folder, lambda _: np.roll(spot, tuple(rng.integers(-3, 3, 2)), axis=(0, 1)))


def _one_lamp_lights_the_wall(folder: Folder, rng: np.random.Generator) -> None:
    _added(folder, lambda key: np.full((SIZE, SIZE), rng.uniform(0.1, 0.3) if key.light == 2 else 0.0))


def _light_from_behind(folder: Folder, rng: np.random.Generator) -> None:
    """Only a rim of the object is bright, and glows beyond the mask."""
    for key in [key for key in folder.photographs if key.light == 1]:
        mask = folder.masks[key.view].astype(np.float32)
        rim = mask - cv2.erode(mask, np.ones((5, 5), np.uint8))
        glow = np.maximum(rim, 0.3 * cv2.GaussianBlur(rim, (0, 0), 2.0)) * rng.uniform(0.5, 1.0)
        folder.photographs[key] = (65535.0 * glow[..., None]).repeat(3, axis=2).astype(np.uint16)


def _almost_black(folder: Folder, rng: np.random.Generator) -> None:
    folder.photographs[ImageKey(1, 1)] = rng.integers(0, 60, (SIZE, SIZE, 3)).astype(np.uint16)


@pytest.mark.parametrize(
    "spoil",
    [
        _noise,
        _hard_shadows,
        _table,
        _room,
        _lamp_in_the_frame,
        _one_lamp_lights_the_wall,
        _light_from_behind,
        _almost_black,
    ],
)
@pytest.mark.parametrize("lights", [1, 4])
def test_what_is_no_sign_of_another_view_is_not_told(tmp_path: Path, spoil: Spoil, lights: int) -> None:
    folder = Folder(lights=lights)
    spoil(folder, np.random.default_rng(3))
    told = _told(folder, tmp_path)
    assert not any(words in told for words in _WORDS)


def test_a_swap_is_found_in_noise(tmp_path: Path) -> None:
    folder = Folder()
    _noise(folder, np.random.default_rng(4))
    first, second = ImageKey(0, 2), ImageKey(3, 1)
    _swap(folder, first, second)
    assert {each.key for each in misfits(read_capture(folder.write(tmp_path / "capture")))} == {first, second}


def test_one_view_and_captures_without_masks_have_none(tmp_path: Path) -> None:
    assert misfits(read_capture(Folder(views=1).write(tmp_path / "one"))) == []
    folder = Folder()
    folder.masks = {view: np.ones_like(mask) for view, mask in folder.masks.items()}
    assert misfits(read_capture(folder.write(tmp_path / "white"))) == []
