"""Photograph against render: one large picture with a line to drag between the two."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

import dearpygui.dearpygui as dpg

from widgets.controls import canvas, place_canvas, text_width
from widgets.image_pane import Pictures
from widgets.theme import COLOURS, SPACING, faded, scaled
from widgets.zoom import Frame, Pair, View

_GRAB = 10


class WipePane:
    """Left of the line the photograph, right of it the render, under the panes' shared zoom."""

    def __init__(self, tag: str, pictures: Pictures) -> None:
        self._tag = tag
        self.canvas = f"{tag}.canvas"
        self._pictures = pictures
        self._size: Pair = (10.0, 10.0)
        self._shown = False
        self.split = 0.5
        """The line's place as a fraction of the pane's width."""
        to, white = canvas(self.canvas), (255, 255, 255, 230)
        dpg.draw_rectangle((0, 0), (10, 10), tag=f"{tag}.ground", fill=COLOURS.well, color=(0, 0, 0, 0), parent=to)
        for side in ("photograph", "render"):
            dpg.draw_image(pictures.textures[side].tag, (0, 0), (1, 1), tag=f"{tag}.{side}", show=False, parent=to)
        dpg.draw_line((0, 0), (0, 1), tag=f"{tag}.line", color=white, thickness=scaled(2), parent=to)
        dpg.draw_circle((0, 0), scaled(9), tag=f"{tag}.grip", fill=COLOURS.accent, color=white, parent=to)
        dpg.add_draw_layer(tag=f"{tag}.words", parent=to)

    def show(self, shown: bool) -> None:
        """Show or hide the pane."""
        dpg.configure_item(f"{self.canvas}.place", show=shown)
        self._shown = shown

    def place(self, at: tuple[int, int], size: tuple[int, int]) -> None:
        """Put the pane at a position and size in its panel's pixels."""
        self._size = (float(max(size[0], 1)), float(max(size[1], 1)))
        place_canvas(self.canvas, at, size, show=self._shown)
        dpg.configure_item(f"{self._tag}.ground", pmax=self._size)
        self._draw_words()

    def local(self, mouse: Pair) -> Pair:
        """A window position in the pane's pixels."""
        x, y = dpg.get_item_rect_min(self.canvas)
        return (mouse[0] - x, mouse[1] - y)

    @property
    def handle(self) -> Pair:
        """Window position of the line's grip."""
        x, y = dpg.get_item_rect_min(self.canvas)
        return (x + self.split * self._size[0], y + self._size[1] / 2)

    def grabs(self, at: Pair) -> bool:
        """Whether a press at this pane position takes hold of the line."""
        return abs(at[0] - self.split * self._size[0]) <= scaled(_GRAB)

    def drag_to(self, at: Pair) -> None:
        """Move the line."""
        self.split = min(max(at[0] / self._size[0], 0.02), 0.98)

    def mark(self, fraction: Pair | None) -> None:
        """The line is mark enough."""

    def frame(self, view: View) -> Frame | None:
        """How the pictures lie in the pane, or None when there are none."""
        texture = self._pictures.drawable("photograph")
        return None if texture is None else Frame(picture=texture.source_size, pane=self._size, view=view)

    def draw(self, view: View) -> None:
        """Bring the drawing up to date."""
        x = self.split * self._size[0]
        dpg.configure_item(f"{self._tag}.line", p1=(x, 0), p2=(x, self._size[1]))
        dpg.configure_item(f"{self._tag}.grip", center=(x, self._size[1] / 2))
        frame = self.frame(view)
        for side, (start, end) in {"photograph": (0.0, x), "render": (x, self._size[0])}.items():
            texture = self._pictures.drawable(side)
            item = f"{self._tag}.{side}"
            if frame is None or texture is None:
                dpg.configure_item(item, show=False)
                continue
            if not texture.fits:
                continue  # its picture comes with the next frame
            near_x = min(max(start, frame.near[0]), frame.far[0])
            far_x = min(max(end, frame.near[0]), frame.far[0])
            us = [
                (edge - frame.near[0]) / (frame.far[0] - frame.near[0]) * texture.uv_max[0] for edge in (near_x, far_x)
            ]
            dpg.configure_item(
                item, show=far_x > near_x, pmin=(near_x, frame.near[1]), pmax=(far_x, frame.far[1]),
                uv_min=(us[0], 0.0), uv_max=(us[1], texture.uv_max[1]),
            )  # fmt: skip

    def _draw_words(self) -> None:
        layer, size, pad = f"{self._tag}.words", scaled(SPACING.small_text), scaled(SPACING.normal)
        dpg.delete_item(layer, children_only=True)
        for word, right in (("Photograph", False), ("Render", True)):
            width = text_width(word, "font.small")
            x = self._size[0] - pad - width if right else pad
            near, far = (x - pad / 2, pad - 2), (x + width + pad / 2, pad + size + 4)
            dpg.draw_rectangle(near, far, fill=faded(COLOURS.desk, 0.75), color=(0, 0, 0, 0), rounding=4, parent=layer)
            dpg.draw_text((x, pad), word, size=size, color=COLOURS.text, parent=layer)
