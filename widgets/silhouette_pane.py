"""One view's photograph with what the sphere covers of it: grey around the object, red where the object leaves it."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

import dearpygui.dearpygui as dpg

from core.types import FloatArray
from widgets.check_data import CheckedView, Sphere
from widgets.controls import Tag, canvas, caption, place_canvas, text_width
from widgets.silhouette import Cover, cover, pixel_rays
from widgets.surround import Surround
from widgets.texture import TexturePool
from widgets.theme import COLOURS, SPACING, font, scaled
from widgets.thumbnail_grid import LEFT_OUT

_HEAD, _KEY = 28, 22
_TEXELS = 512
_GREY, _RED = (158, 158, 158, 255), (224, 62, 56, 255)
_WORDS = ((_GREY, "in the sphere, not the object", "not the object"), (_RED, "object outside the sphere", "outside it"))


class SilhouettePane:
    """``show_view`` for another view, ``show_sphere`` as often as the sphere moves, ``update`` once a frame while it is
    on screen: what nobody sees is not worked out.
    """

    def __init__(self, parent: Tag, pool: TexturePool) -> None:
        self._texture = pool.take(_TEXELS)
        self._view: CheckedView | None = None
        self._rays: FloatArray | None = None
        self._sphere: Sphere | None = None
        self._size = (1, 1)
        self._name: int | None = None
        self._left_out: frozenset[int] = frozenset()
        self._words = ""
        self._stale = False
        caption("", tag="check.outline.title", parent=parent)
        view = canvas("check.outline", parent=parent)
        self._surround = Surround("check.outline.ground", view)
        dpg.draw_image(self._texture.tag, (0, 0), (1, 1), tag=f"{view}.image", parent=view, show=False)
        dpg.add_draw_layer(tag=f"{view}.key", parent=view)

    def show_view(self, name: int | None, view: CheckedView | None) -> None:
        """Show another view; None for none."""
        if view is self._view and name == self._name:
            return
        self._name, self._view, self._rays = name, view, None
        self._stale = True

    def show_left_out(self, views: frozenset[int]) -> None:
        """Say which views are not used."""
        if views != self._left_out:
            self._left_out = views
            self._stale = True

    def show_sphere(self, sphere: Sphere | None) -> None:
        """The sphere is here now."""
        self._sphere = sphere
        self._stale = True

    def update(self) -> None:
        """Show what has changed."""
        if self._stale:
            self._stale = False
            self._refresh()

    def place(self, at: tuple[int, int], size: tuple[int, int]) -> None:
        """Put the picture and the line above it at a position and size in the panel's pixels."""
        head = scaled(_HEAD)
        dpg.set_item_pos("check.outline.title", [at[0], at[1] + scaled(5)])
        self._size = (max(size[0], 1), max(size[1] - head, 1))
        place_canvas("check.outline", (at[0], at[1] + head), self._size)
        if self._view is not None:
            self._show_title()
        self._draw()

    def _refresh(self) -> None:
        if self._view is None:
            dpg.set_value("check.outline.title", "")
        else:
            if self._rays is None:
                self._rays = pixel_rays(self._view.camera)
            covered = cover(self._view, self._rays, self._sphere)
            self._texture.show(covered.picture)
            used = f"{LEFT_OUT}   " if self._name in self._left_out else ""
            self._words = f"V{self._name:02d}   {used}{_words(covered, self._view)}"
            self._show_title()
        self._draw()

    def _show_title(self) -> None:
        """As much of the words as there is room for."""
        roomy = text_width(self._words, font("small")) <= self._size[0]
        dpg.set_value("check.outline.title", self._words if roomy else self._words.partition(",")[0])

    def _draw(self) -> None:
        shown = self._view is not None
        dpg.delete_item("check.outline.key", children_only=True)
        if not shown:
            self._texture.hide("check.outline.image")
            self._surround.show((float(self._size[0]), float(self._size[1])))
            return
        width, height = self._texture.shown_size
        room = (self._size[0], max(self._size[1] - scaled(_KEY), 1))
        factor = min(room[0] / max(width, 1), room[1] / max(height, 1))
        near = ((room[0] - factor * width) / 2, (room[1] - factor * height) / 2)
        far = (near[0] + factor * width, near[1] + factor * height)
        self._texture.draw("check.outline.image", near=near, far=far)
        self._surround.show((float(self._size[0]), float(self._size[1])), (near, far))
        if self._view is not None and self._view.mask is not None:
            self._draw_key()

    def _draw_key(self) -> None:
        """What the two tints mean, as far as there is room to say it."""
        layer, size, x = "check.outline.key", scaled(13), float(scaled(SPACING.normal))
        y = self._size[1] - scaled(_KEY) + scaled(4)
        needed = sum(text_width(words, font("small")) + scaled(34) for _, words, _ in _WORDS)
        for colour, words, brief in _WORDS:
            text = words if x + needed <= self._size[0] else brief
            box = ((x, y + scaled(2)), (x + scaled(10), y + scaled(12)))
            dpg.draw_rectangle(*box, fill=colour, color=colour, parent=layer)
            dpg.draw_text((x + scaled(16), y), text, size=size, color=COLOURS.muted, parent=layer)
            x += text_width(text, font("small")) * 13 / SPACING.small_text + scaled(34)


def _words(covered: Cover, view: CheckedView) -> str:
    if view.mask is None:
        return "no mask"
    if covered.held is None or covered.times is None:
        return "no sphere yet" if view.mask.any() else "the mask is empty"
    return f"{covered.held:.1%} inside, the sphere {covered.times:.1f} × as large"
