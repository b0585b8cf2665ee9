"""The fixed set of textures: made at start-up, never deleted, written through one function.

DearPyGui uploads every raw texture in every frame, changed or not (about 1 ms per 512 x 512), and checks nothing: a
short array is read past its end, float64 is reinterpreted. So a texture is only left in the drawn registry for the few
frames after a change and then parked in a stage, where it keeps its picture at no cost; and ``Texture.show`` is the one
place that writes. The pixels are on screen one frame after they were written, so what is drawn with them goes through
``Texture.draw``, which waits for them: other corners with the pixels from before would show a piece of another picture.
"""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from typing import Any

import dearpygui.dearpygui as dpg
import numpy as np

from core.types import FloatArray

# The upload goes through a pixel buffer that is one frame behind; one more for the frame being built.
_FRAMES_TO_UPLOAD = 3
Corner = tuple[float, float]


class Texture:
    """One square texture; its picture lies in the corner from (0, 0) to ``uv_max``."""

    def __init__(self, pool: "TexturePool", size: int) -> None:
        self._pool = pool
        self._pixels = np.zeros((size, size, 4), np.float32)
        self.size = size
        """Side in pixels."""
        self.shown_size = (0, 0)
        """(width, height) in texels of what is shown; (0, 0) before the first picture."""
        self.source_size = (0, 0)
        """(width, height) of the picture as it was given."""
        self.frames_to_upload = _FRAMES_TO_UPLOAD
        self._written = self._resized = -1
        """The frames after which the GPU has the newest picture, and the newest of another size."""
        pixels: Any = self._pixels  # any buffer is taken; the annotation says list
        self.tag = dpg.add_raw_texture(size, size, pixels, format=dpg.mvFormat_Float_rgba, parent=pool.registry)

    @property
    def uv_max(self) -> tuple[float, float]:
        """The picture's far corner as a fraction of the texture."""
        return (self.shown_size[0] / self.size, self.shown_size[1] / self.size)

    @property
    def landed(self) -> bool:
        """Whether a frame drawn now shows the newest picture."""
        return dpg.get_frame_count() > self._written

    @property
    def fits(self) -> bool:
        """Whether a frame drawn now shows a picture of ``shown_size``, be it the one before the newest."""
        return dpg.get_frame_count() > self._resized

    def draw(self, item: int | str, *, near: Corner, far: Corner, u: float = 0.0) -> None:
        """Draw the picture, to the right of ``u``, between two corners with ``item``, a ``draw_image``.

        From the frame on that has the picture's size; until then the item stays as it is.
        """
        self._pool.draw(item, self, {"pmin": near, "pmax": far, "uv_min": (u, 0.0), "uv_max": self.uv_max})

    def hide(self, item: int | str) -> None:
        """Draw ``item`` no longer."""
        self._pool.hide(item)

    def show(self, picture: FloatArray) -> None:
        """Show [height, width, 3 or 4] float32 display-referred values in [0, 1]; larger ones are area-reduced.

        Raises TypeError for another type and ValueError for another shape: nothing below this would notice.
        """
        check_picture(picture)
        fitted = fit_picture(picture, self.size)
        height, width = fitted.shape[:2]
        self._pixels[:height, :width, : fitted.shape[2]] = fitted
        if fitted.shape[2] == 3:
            self._pixels[:height, :width, 3] = 1.0
        # One texel more on each side, or linear filtering would draw the last picture's edge around a smaller one.
        self._pixels[:height, width : width + 1] = self._pixels[:height, width - 1 : width]
        self._pixels[height : height + 1, : width + 1] = self._pixels[height - 1 : height, : width + 1]
        if self.shown_size != (width, height):
            self._resized = dpg.get_frame_count()
        self.shown_size = (width, height)
        self.source_size = (picture.shape[1], picture.shape[0])
        self._write()

    def _write(self) -> None:
        assert self._pixels.dtype == np.float32
        assert self._pixels.flags.c_contiguous
        assert self._pixels.shape == (self.size, self.size, 4)
        dpg.set_value(self.tag, self._pixels)
        self._written = dpg.get_frame_count()
        self._pool.upload(self)


class TexturePool:
    """Every texture of the window; ``update`` once a frame, before rendering it."""

    def __init__(self, slots: int, size: int = 512) -> None:
        self.registry = dpg.add_texture_registry()
        self._stage = dpg.add_stage()
        self._slots = slots
        self._size = size
        self._textures: list[Texture] = []
        self._uploading: list[Texture] = []
        self._waiting: dict[int | str, tuple[Texture, dict[str, Any]]] = {}
        """By item: what it will be drawn with as soon as the pixels are there."""

    def take(self, size: int | None = None) -> Texture:
        """A texture of ``size`` (the pool's own when None) texels a side, for the life of the window."""
        if len(self._textures) >= self._slots:
            raise RuntimeError(f"all {self._slots} textures of the pool are taken")
        texture = Texture(self, size or self._size)
        self._textures.append(texture)
        self._uploading.append(texture)
        return texture

    def upload(self, texture: Texture) -> None:
        """Leave ``texture`` in the drawn registry until its new picture has reached the GPU."""
        texture.frames_to_upload = _FRAMES_TO_UPLOAD
        if texture not in self._uploading:
            dpg.move_item(texture.tag, parent=self.registry)
            self._uploading.append(texture)

    def draw(self, item: int | str, texture: Texture, look: dict[str, Any]) -> None:
        """Draw ``item`` like this once the GPU has a picture of the size that ``texture`` has now."""
        if texture.fits:
            self._waiting.pop(item, None)
            dpg.configure_item(item, texture_tag=texture.tag, show=True, **look)
        else:
            self._waiting[item] = (texture, look)

    def hide(self, item: int | str) -> None:
        """Draw ``item`` no longer."""
        self._waiting.pop(item, None)
        dpg.configure_item(item, show=False)

    def update(self) -> None:
        """Draw what has waited for its pixels, park the textures that have been uploaded."""
        for item, (texture, look) in tuple(self._waiting.items()):
            if texture.fits:
                self.draw(item, texture, look)
        for texture in tuple(self._uploading):
            if texture.frames_to_upload == 0:
                dpg.move_item(texture.tag, parent=self._stage)
                self._uploading.remove(texture)
            texture.frames_to_upload -= 1

    @property
    def uploading(self) -> int:
        """How many textures are being uploaded in this frame."""
        return len(self._uploading)


def check_picture(picture: object) -> None:
    """Raise TypeError or ValueError unless ``picture`` is [height, width, 3 or 4] float32 and not empty."""
    if not isinstance(picture, np.ndarray) or picture.dtype != np.float32:
        raise TypeError(f"a texture takes float32 arrays, not {getattr(picture, 'dtype', type(picture))}")
    if picture.ndim != 3 or picture.shape[2] not in (3, 4) or 0 in picture.shape:
        raise ValueError(f"a texture takes [height, width, 3 or 4], not {picture.shape}")


def fit_picture(picture: FloatArray, size: int) -> FloatArray:
    """``picture`` reduced by area averaging until its longest side is at most ``size``; smaller ones as they are."""
    height, width = picture.shape[:2]
    if max(height, width) <= size:
        return picture
    factor = size / max(height, width)
    rows = _averaging(height, max(1, round(height * factor)))
    columns = _averaging(width, max(1, round(width * factor)))
    reduced = np.tensordot(rows, picture, axes=(1, 0))
    return np.ascontiguousarray(np.einsum("hwc,xw->hxc", reduced, columns, optimize=True), dtype=np.float32)


def _averaging(source: int, target: int) -> FloatArray:
    """[target, source] rows that average the source cells each target cell covers; each row sums to 1."""
    edges = np.linspace(0.0, source, target + 1)
    cells = np.arange(source)
    overlap = np.minimum(edges[1:, None], cells + 1.0) - np.maximum(edges[:-1, None], cells)
    weights = np.clip(overlap, 0.0, None)
    return (weights / weights.sum(1, keepdims=True)).astype(np.float32)
