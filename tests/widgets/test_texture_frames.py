"""Pictures and the corners they are drawn with, frame by frame; no window."""

from collections.abc import Generator

import dearpygui.dearpygui as dpg
import numpy as np
import pytest

from widgets.texture import Texture, TexturePool

FRAMES = [0]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Generator[tuple[TexturePool, Texture], None, None]:
    """A texture, and ``image`` that draws it; ``FRAMES[0]`` is the number of frames so far."""
    dpg.create_context()
    FRAMES[0] = 10
    monkeypatch.setattr(dpg, "get_frame_count", lambda: FRAMES[0])
    pool = TexturePool(slots=1)
    texture = pool.take()
    dpg.add_window(tag="window")
    dpg.add_drawlist(100, 100, tag="canvas", parent="window")
    dpg.draw_image(texture.tag, (0, 0), (1, 1), tag="image", parent="canvas", show=False)
    yield pool, texture
    dpg.destroy_context()


def picture(width: int, height: int) -> np.ndarray:
    return np.ones((height, width, 3), np.float32)


def corners() -> tuple[float, float]:
    u, v = dpg.get_item_configuration("image")["uv_max"][:2]
    return (u, v)


def next_frame(pool: TexturePool) -> None:
    FRAMES[0] += 1
    pool.update()


def test_a_picture_of_another_size_gets_its_corners_with_its_pixels(drawn: tuple[TexturePool, Texture]) -> None:
    pool, texture = drawn
    texture.show(picture(512, 256))
    texture.draw("image", near=(0, 0), far=(50, 25))
    pool.update()
    assert not dpg.get_item_configuration("image")["show"]
    next_frame(pool)
    assert dpg.get_item_configuration("image")["show"]
    assert corners() == (1.0, 0.5)
    texture.show(picture(128, 128))
    texture.draw("image", near=(0, 0), far=(50, 50))
    pool.update()
    assert corners() == (1.0, 0.5)
    next_frame(pool)
    assert corners() == (0.25, 0.25)


def test_what_is_hidden_meanwhile_stays_hidden(drawn: tuple[TexturePool, Texture]) -> None:
    pool, texture = drawn
    texture.show(picture(512, 256))
    texture.draw("image", near=(0, 0), far=(50, 25))
    texture.hide("image")
    next_frame(pool)
    assert not dpg.get_item_configuration("image")["show"]


def test_pictures_of_one_size_need_not_wait_for_each_other(drawn: tuple[TexturePool, Texture]) -> None:
    pool, texture = drawn
    texture.show(picture(512, 256))
    next_frame(pool)
    texture.show(picture(512, 256))
    assert texture.fits
    assert not texture.landed
