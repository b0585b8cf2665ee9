import numpy as np
import pytest

from widgets.texture import check_picture, fit_picture
from widgets.thumbnail_grid import Atlas, tile_columns


def picture(height: int, width: int, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).random((height, width, channels), np.float32)


@pytest.mark.parametrize(("height", "width"), [(700, 1000), (1000, 700), (513, 512), (2048, 8)])
def test_reducing_keeps_the_mean_and_the_shape(height: int, width: int) -> None:
    source = picture(height, width)
    small = fit_picture(source, 512)
    assert max(small.shape[:2]) == 512
    assert small.shape[1] / small.shape[0] == pytest.approx(width / height, rel=0.3)
    assert small.dtype == np.float32
    assert small.flags.c_contiguous
    assert small.mean() == pytest.approx(source.mean(), abs=1e-4)


def test_halving_averages_four_pixels() -> None:
    source = picture(8, 8)
    expected = source.reshape(4, 2, 4, 2, 3).mean((1, 3))
    np.testing.assert_allclose(fit_picture(source, 4), expected, rtol=1e-5)


def test_small_pictures_are_left_alone() -> None:
    source = picture(20, 30)
    assert fit_picture(source, 512) is source


@pytest.mark.parametrize("wrong", [picture(4, 4).astype(np.float64), [[0.0]], np.zeros((4, 4, 3), np.uint8)])
def test_other_types_are_refused(wrong: object) -> None:
    with pytest.raises(TypeError, match="float32"):
        check_picture(wrong)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 2), (0, 4, 3), (4, 4, 3, 1)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="height, width"):
        check_picture(np.zeros(shape, np.float32))


@pytest.mark.parametrize("count", [1, 8, 20, 96])
def test_thumbnails_share_one_image_without_touching(count: int) -> None:
    pictures = {view: np.full((96, 64, 3), (view + 1) / 100, np.float32) for view in range(count)}
    atlas = Atlas(pictures, 512)
    for view, (left, top, right, bottom) in atlas.boxes.items():
        assert 0 <= left < right <= 512
        assert 0 <= top < bottom <= 512
        np.testing.assert_allclose(atlas.image[top:bottom, left:right], (view + 1) / 100, rtol=1e-5)
        assert (bottom - top) / (right - left) == pytest.approx(1.5, rel=0.1)


def test_at_least_one_tile_fits() -> None:
    assert tile_columns(10.0, 80.0) == 1
    assert tile_columns(250.0, 80.0) == 3
