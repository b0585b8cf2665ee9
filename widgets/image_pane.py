"""One pane: a title to choose its content by, a picture under the shared zoom, the error's legend where it belongs."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Iterable, Mapping

import dearpygui.dearpygui as dpg
import numpy as np

from core.color import ERROR_COLOURS
from core.types import FloatArray
from widgets.controls import Chip, canvas, place_canvas, text_width
from widgets.pane_contents import CONTENTS, NAMES, TITLES, values_text
from widgets.surround import Surround
from widgets.texture import Texture, check_picture
from widgets.theme import COLOURS, SPACING, faded, font, scaled
from widgets.zoom import Frame, Pair, View

TITLE = 26
"""Height of the title line at UI scale 1."""
_LEGEND_STEPS = 32


class Pictures:
    """The newest picture of each kind and the texture it is drawn from."""

    def __init__(self, textures: dict[str, Texture]) -> None:
        self.textures = textures
        self.arrays: dict[str, FloatArray] = {}
        self.error_limit = 1.0
        self._unwritten: set[str] = set()

    def replace(self, arrays: Mapping[str, FloatArray], error_limit: float) -> None:
        """Take over new pictures; they are written to their textures by ``upload``."""
        for array in arrays.values():
            check_picture(array)
        self.arrays = dict(arrays)
        self.error_limit = error_limit
        self._unwritten = set(arrays)

    def clear(self) -> None:
        """Forget all pictures."""
        self.arrays, self._unwritten = {}, set()

    def upload(self, names: Iterable[str], *, most: int) -> None:
        """Write at most ``most`` of the new pictures among ``names``."""
        for name in [name for name in names if name in self._unwritten][:most]:
            self.textures[name].show(np.ascontiguousarray(self.arrays[name]))
            self._unwritten.discard(name)

    def drawable(self, name: str) -> Texture | None:
        """The texture of a picture that is there and has been written at least once."""
        texture = self.textures[name]
        return texture if name in self.arrays and texture.shown_size[0] else None


class ImagePane:
    """One of the six panes."""

    def __init__(self, tag: str, name: str, pictures: Pictures) -> None:
        self._tag = tag
        self.name = name
        self.canvas = f"{tag}.canvas"
        self._pictures = pictures
        self._size: Pair = (10.0, 10.0)
        self._drawn: object = None
        self._shown = True
        self._marked: Pair | None = None
        dpg.add_combo(
            [content.title for content in CONTENTS], default_value=TITLES[name], tag=f"{tag}.title",
            callback=lambda _sender, title: self._choose(NAMES[title]), height_mode=dpg.mvComboHeight_Large,
        )  # fmt: skip
        dpg.bind_item_theme(f"{tag}.title", "style.title_combo")
        dpg.bind_item_font(f"{tag}.title", font("small"))
        to = canvas(self.canvas)
        self._surround = Surround(f"{tag}.ground", to)
        texture = pictures.textures[name].tag
        dpg.draw_image(texture, (0, 0), (1, 1), tag=f"{tag}.image", show=False, parent=to)
        dpg.add_draw_layer(tag=f"{tag}.legend", show=False, parent=to)
        dpg.draw_circle((0, 0), scaled(4), tag=f"{tag}.mark", color=(255, 255, 255, 200), show=False, parent=to)
        self._chip = Chip(f"{tag}.values", to)

    def choose(self, name: str) -> None:
        """Show another kind of picture."""
        dpg.set_value(f"{self._tag}.title", TITLES[name])
        self._choose(name)

    def _choose(self, name: str) -> None:
        self.name = name
        self._drawn = None
        self._fit_title()

    def _fit_title(self) -> None:
        """The title's field is as wide as its word and arrow."""
        wanted = text_width(TITLES[self.name], font("small")) + scaled(6 + 26)
        dpg.configure_item(f"{self._tag}.title", width=max(min(int(wanted), int(self._size[0])), 1))

    def show(self, shown: bool) -> None:
        """Show or hide the pane."""
        for part in (f"{self._tag}.title", f"{self.canvas}.place"):
            dpg.configure_item(part, show=shown)
        self._shown = shown

    def place(self, at: tuple[int, int], size: tuple[int, int]) -> None:
        """Put the pane at a position and size in its panel's pixels."""
        title = scaled(TITLE)
        self._size = (float(max(size[0], 1)), float(max(size[1] - title, 1)))
        dpg.configure_item(f"{self._tag}.title", pos=at)
        self._fit_title()
        place_canvas(self.canvas, (at[0], at[1] + title), (int(self._size[0]), int(self._size[1])), show=self._shown)
        self._surround.show(self._size)
        self._drawn = None

    @property
    def centre(self) -> Pair:
        """The middle of the picture area in window pixels."""
        x, y = dpg.get_item_rect_min(self.canvas)
        return (x + self._size[0] / 2, y + self._size[1] / 2)

    def local(self, mouse: Pair) -> Pair:
        """A window position in the picture area's pixels."""
        x, y = dpg.get_item_rect_min(self.canvas)
        return (mouse[0] - x, mouse[1] - y)

    def frame(self, view: View) -> Frame | None:
        """How the picture lies in the pane, or None when there is none."""
        texture = self._pictures.drawable(self.name)
        return None if texture is None else Frame(picture=texture.source_size, pane=self._size, view=view)

    def mark(self, fraction: Pair | None) -> None:
        """Mark the point that is under the mouse in one of the panes."""
        self._marked = fraction

    def draw(self, view: View) -> None:
        """Bring the drawing up to date."""
        frame = self.frame(view)
        texture = self._pictures.drawable(self.name)
        if texture is not None and not texture.fits:
            return  # its picture comes with the next frame
        limit = self._pictures.error_limit if self.name == "error" else None
        state = (frame, self.name, limit, self._marked, texture and texture.shown_size)
        if state == self._drawn:
            return
        self._drawn = state
        self._surround.show(self._size, (frame.near, frame.far) if frame else None)
        dpg.configure_item(f"{self._tag}.image", show=frame is not None)
        dpg.configure_item(f"{self._tag}.mark", show=frame is not None and self._marked is not None)
        self._draw_legend(limit if frame else None)
        self._chip.show(self._values(), (scaled(SPACING.small), scaled(SPACING.small)))
        if frame is None or texture is None:
            return
        dpg.configure_item(
            f"{self._tag}.image", texture_tag=texture.tag, pmin=frame.near, pmax=frame.far, uv_max=texture.uv_max
        )
        if self._marked is not None:
            dpg.configure_item(f"{self._tag}.mark", center=frame.position_of(self._marked))

    def _values(self) -> str:
        """The marked pixel in numbers."""
        known = self._marked is not None and self.name in self._pictures.arrays
        return values_text(self._pictures.arrays, self.name, self._marked) if known and self._marked else ""

    def _draw_legend(self, limit: float | None) -> None:
        layer = f"{self._tag}.legend"
        dpg.configure_item(layer, show=limit is not None)
        if limit is not None:
            dpg.delete_item(layer, children_only=True)
            draw_error_legend(layer, self._size, limit)


def draw_error_legend(layer: str, size: Pair, limit: float, *, unit: str = "linear") -> None:
    """The error's colours with numbers along the lower edge of an area of ``size`` pixels."""
    pad, bar, letters = scaled(SPACING.normal), scaled(6), scaled(12)
    width = size[0] - 2 * pad
    top = size[1] - pad - bar
    ground = (0, top - letters - pad)
    dpg.draw_rectangle(ground, size, fill=faded(COLOURS.well, 0.8), color=(0, 0, 0, 0), parent=layer)
    for step in range(_LEGEND_STEPS):
        colour = ERROR_COLOURS[round(step / (_LEGEND_STEPS - 1) * (len(ERROR_COLOURS) - 1))]
        fill = [round(float(c) * 255) for c in colour]
        near = (pad + width * step / _LEGEND_STEPS, top)
        far = (pad + width * (step + 1) / _LEGEND_STEPS + 1, top + bar)
        dpg.draw_rectangle(near, far, fill=fill, color=(0, 0, 0, 0), parent=layer)
    roomy = width >= scaled(150)
    texts = ("0", f"{limit / 2:.3g}" if roomy else "", f"≥ {limit:.3g} {unit}")
    for text, anchor in zip(texts, (0.0, 0.5, 1.0), strict=True):
        x = pad + anchor * (width - text_width(text, font("tiny")))
        dpg.draw_text((x, top - letters - 2), text, size=letters, color=COLOURS.muted, parent=layer)
