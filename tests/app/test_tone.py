from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.tone import Exposure, Photographed, capture_exposure, compose_preview, fitting, shrunk
from core.color import ERROR_COLOURS, linear_from_srgb
from core.types import ImageKey
from tests.app.fake_captures import camera, capture

EXPOSURE = Exposure(gain=2.0, error_limit=0.1)
SHAPE = (6, 8)


def view(*, render: float = 0.2, opacity: float = 1.0) -> tuple[Any, Any]:
    flat = np.full(SHAPE, 0.5, np.float32)
    colour = np.full((*SHAPE, 3), 0.2, np.float32)
    maps = SimpleNamespace(
        normals_gl=np.tile(np.array([0, 0, 1], np.float32), (*SHAPE, 1)), albedo=colour, specular=colour,
        roughness=flat, depth=np.full(SHAPE, 4.0, np.float32), opacity=np.full(SHAPE, opacity, np.float32),
    )  # fmt: skip
    picture = np.full((*SHAPE, 3), render, np.float32)
    return maps, SimpleNamespace(render=picture, unshadowed=picture, shading=picture, shadow=np.ones(SHAPE, np.float32))


def photographed(value: float = 0.2, *, mask: bool = True) -> Photographed:
    linear = np.full((*SHAPE, 3), value, np.float32)
    return Photographed(key=ImageKey(0, 0), linear=linear, mask=np.full(SHAPE, mask), depths=(3.0, 5.0))


def preview(photo: Photographed, maps: Any, shaded: Any) -> Any:
    return compose_preview(photo, maps, shaded, ceiling=1.0, exposure=EXPOSURE, step=3, psnr_db=30.0)


def test_photograph_and_render_share_one_exposure() -> None:
    shown = preview(photographed(), *view())
    assert shown.photograph == pytest.approx(shown.render)
    assert linear_from_srgb(shown.render) == pytest.approx(0.4, abs=1e-4)


def test_every_picture_is_in_the_range_of_a_display() -> None:
    shown = preview(photographed(3.0), *view(render=7.0))
    for name in ("photograph", "render", "error", "normals", "albedo", "shading", "roughness", "shadow", "depth"):
        picture = getattr(shown, name)
        assert picture.shape == (*SHAPE, 3)
        assert picture.dtype == np.float32
        assert picture.min() >= 0.0
        assert picture.max() <= 1.0


def test_no_error_and_the_limit_have_the_ends_of_the_colour_map() -> None:
    assert preview(photographed(0.2), *view()).error[0, 0] == pytest.approx(ERROR_COLOURS[0])
    assert preview(photographed(0.3), *view()).error[0, 0] == pytest.approx(ERROR_COLOURS[-1])


def test_outside_mask_and_object_there_is_no_error_and_no_map() -> None:
    shown = preview(photographed(0.9, mask=False), *view(render=0.0, opacity=0.1))
    assert shown.error[0, 0] == pytest.approx(ERROR_COLOURS[0])
    assert not shown.normals.any()
    assert not shown.roughness.any()


def test_where_the_photograph_is_saturated_a_brighter_render_is_no_error() -> None:
    shown = preview(photographed(1.0), *view(render=3.0))
    assert shown.error[0, 0] == pytest.approx(ERROR_COLOURS[0])
    assert preview(photographed(0.5), *view(render=3.0)).error[0, 0] != pytest.approx(ERROR_COLOURS[0])


def test_near_is_brighter_than_far() -> None:
    maps, shaded = view()
    maps.depth[:, :4] = 3.2
    maps.depth[0, 0] = 0.0
    depth = preview(photographed(), maps, shaded).depth[..., 0]
    assert depth[1, 0] > depth[1, 7] > 0.0
    assert depth[0, 0] == 0.0


def test_the_exposure_shows_bright_pixels_bright_and_its_error_scale_is_a_round_number() -> None:
    exposure = capture_exposure(capture())
    assert exposure.gain == pytest.approx(0.86, abs=0.05)
    digits = f"{exposure.error_limit:.12g}".replace("0", "").replace(".", "")
    assert digits in {"1", "2", "5"}


def test_a_black_capture_has_an_exposure_too() -> None:
    black = capture()
    dark = tuple(np.zeros_like(photo) for photo in black.photographs)
    assert np.isfinite(capture_exposure(type(black)(**{**vars(black), "photographs": dark})).gain)


def test_shrinking_keeps_the_mean_and_a_constant() -> None:
    image = np.random.default_rng(0).random((30, 50, 3)).astype(np.float32)
    small = shrunk(image, 20, 12)
    assert small.shape == (12, 20, 3)
    assert small.mean() == pytest.approx(image.mean(), abs=1e-3)
    assert shrunk(np.ones((7, 9, 1), np.float32), 4, 3) == pytest.approx(1.0)


def test_a_preview_camera_fits_and_is_never_larger() -> None:
    view_camera = camera(size=96)
    assert fitting(view_camera, 400) is view_camera
    small = fitting(view_camera, 48)
    assert (small.width, small.height) == (48, 48)
    assert small.intrinsics[0, 0] == pytest.approx(view_camera.intrinsics[0, 0] / 2)
