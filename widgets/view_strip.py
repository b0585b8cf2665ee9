"""The views of a capture as a row of small cells, coloured by how far each is; a click chooses one."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable, Mapping

import dearpygui.dearpygui as dpg

from widgets.controls import Tag, canvas, place_canvas, text_width, tooltip
from widgets.palette import Rgba
from widgets.theme import COLOURS, SPACING, font, scaled

HEIGHT = 20
"""At UI scale 1."""
_CELL = 34
_CLEAR: Rgba = (0, 0, 0, 0)


class ViewStrip:
    """``update`` once a frame."""

    def __init__(self, tag: str, parent: Tag, *, on_choose: Callable[[int], object], tip: str) -> None:
        self.tag = tag
        self._on_choose = on_choose
        self._colours: dict[int, Rgba] = {}
        self._chosen: int | None = None
        self._width = 100
        canvas(tag, parent=parent)
        tooltip(tag, tip)

    def show(self, colours: Mapping[int, Rgba], chosen: int | None) -> None:
        """Show these views; transparent ones are drawn hollow."""
        self._colours, self._chosen = dict(colours), chosen
        self._draw()

    def place(self, at: tuple[int, int], width: int) -> None:
        """Put the strip at a position in its panel's pixels."""
        place_canvas(self.tag, at, (width, scaled(HEIGHT)))
        self._width = width
        self._draw()

    def centre(self, view: int) -> tuple[float, float]:
        """Window position of a view's cell."""
        x, y = dpg.get_item_rect_min(self.tag)
        return (x + (list(self._colours).index(view) + 0.5) * self._pitch, y + scaled(HEIGHT) / 2)

    def update(self) -> None:
        """Follow the mouse."""
        if dpg.is_item_hovered(self.tag) and dpg.is_mouse_button_clicked(dpg.mvMouseButton_Left):
            x = dpg.get_mouse_pos(local=False)[0] - dpg.get_item_rect_min(self.tag)[0]
            number = int(x // self._pitch)
            if number < len(self._colours):
                self._on_choose(list(self._colours)[number])

    @property
    def _pitch(self) -> float:
        return min(scaled(_CELL), self._width / max(len(self._colours), 1))

    def _draw(self) -> None:
        dpg.delete_item(self.tag, children_only=True)
        height, gap = scaled(HEIGHT), 1 if self._pitch < scaled(10) else scaled(SPACING.hair)
        for number, (view, colour) in enumerate(self._colours.items()):
            near, far = (number * self._pitch, 1.0), ((number + 1) * self._pitch - gap, height - 1.0)
            chosen = view == self._chosen
            dpg.draw_rectangle(
                near, far, parent=self.tag, rounding=scaled(3), fill=colour, thickness=scaled(2) if chosen else 1,
                color=COLOURS.text if chosen else COLOURS.line_strong if colour == _CLEAR else colour,
            )  # fmt: skip
            text, size = f"{view:02d}", scaled(SPACING.tiny_text)
            width = text_width(text, font("tiny"))
            if width + scaled(4) < self._pitch:
                x = (near[0] + far[0] - width) / 2
                dpg.draw_text((x, (height - size) / 2), text, size=size, color=COLOURS.text, parent=self.tag)
