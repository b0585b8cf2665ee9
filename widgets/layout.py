"""How the panels share the window: a toolbar, three columns, a status bar, and splitters between them.

`arrange` decides, without a window, which rectangle each panel gets; `Layout` makes one child window a panel and moves
them when the window or a splitter moves.
"""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from dataclasses import dataclass, replace
from typing import Literal

import dearpygui.dearpygui as dpg

from widgets.theme import COLOURS, SPACING, faded, scaled, ui_scale
from widgets.tips import Tips

Region = Literal["toolbar", "fit", "capture", "centre", "lights", "plots", "status"]
Handle = Literal["left", "right", "lights"]

REGIONS: tuple[Region, ...] = ("toolbar", "fit", "capture", "centre", "lights", "plots", "status")
TOOLBAR, STATUS, FIT = 44, 28, 222
"""Heights at UI scale 1."""
_FIXED: tuple[Region, ...] = ("toolbar", "centre", "status")
"""Panels that never scroll; the others do when the window is too small for them."""
_BARS = ("toolbar", "status")
_ROUNDING = 6
"""Radius of the panels' corners at UI scale 1."""
_SIDE_LEAST, _SIDE_MOST = 252, 640
_CENTRE_LEAST = 0.36
_LIGHTS_LEAST, _LIGHTS_MOST = 0.25, 0.75


@dataclass(frozen=True, kw_only=True)
class Rect:
    """Window pixels, origin top left."""

    x: int
    y: int
    width: int
    height: int

    def contains(self, x: float, y: float) -> bool:
        """Whether a window position lies inside."""
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height


@dataclass(frozen=True, kw_only=True)
class Split:
    """Where the splitters are; kept between sessions."""

    left: float = 288.0
    """Width of the left column in pixels at UI scale 1."""
    right: float = 336.0
    lights: float = 0.52
    """Share of the right column's height that the lights get."""


def arrange(width: int, height: int, scale: float, split: Split) -> tuple[dict[Region, Rect], dict[Handle, Rect]]:
    """Rectangles of the panels and of the splitters between them in a window of ``width`` x ``height`` pixels.

    The centre keeps at least a good third of the width, whatever the splitters say.
    """
    gap = round(SPACING.gap * scale)
    top, bottom = round(TOOLBAR * scale), height - round(STATUS * scale)
    left, right = _side_widths(width, scale, split)
    inner = max(bottom - top - 2 * gap, 1)
    centre_x, right_x = left + 2 * gap, width - right - gap
    fit = min(round(FIT * scale), round(inner * 0.45))
    lights = round((inner - gap) * min(max(split.lights, _LIGHTS_LEAST), _LIGHTS_MOST))
    y = top + gap
    panels: dict[Region, Rect] = {
        "toolbar": Rect(x=0, y=0, width=width, height=top),
        "fit": Rect(x=gap, y=y, width=left, height=fit),
        "capture": Rect(x=gap, y=y + fit + gap, width=left, height=inner - fit - gap),
        "centre": Rect(x=centre_x, y=y, width=right_x - gap - centre_x, height=inner),
        "lights": Rect(x=right_x, y=y, width=right, height=lights),
        "plots": Rect(x=right_x, y=y + lights + gap, width=right, height=inner - gap - lights),
        "status": Rect(x=0, y=bottom, width=width, height=height - bottom),
    }
    handles: dict[Handle, Rect] = {
        "left": Rect(x=gap + left, y=y, width=gap, height=inner),
        "right": Rect(x=right_x - gap, y=y, width=gap, height=inner),
        "lights": Rect(x=right_x, y=y + lights, width=right, height=gap),
    }
    return panels, handles


def _side_widths(width: int, scale: float, split: Split) -> tuple[int, int]:
    sides = [min(max(side, _SIDE_LEAST), _SIDE_MOST) * scale for side in (split.left, split.right)]
    room = width * (1.0 - _CENTRE_LEAST) - 4 * SPACING.gap * scale
    shrink = min(1.0, room / sum(sides))
    return round(sides[0] * shrink), round(sides[1] * shrink)


def dragged(split: Split, handle: Handle, at: tuple[float, float], size: tuple[int, int], scale: float) -> Split:
    """The split after ``handle`` has been dragged to window position ``at`` in a window of ``size``."""
    (x, y), (width, height) = at, size
    if handle == "left":
        return replace(split, left=min(max(x / scale - 1.5 * SPACING.gap, _SIDE_LEAST), _SIDE_MOST))
    if handle == "right":
        return replace(split, right=min(max((width - x) / scale - 1.5 * SPACING.gap, _SIDE_LEAST), _SIDE_MOST))
    top, bottom = TOOLBAR * scale, height - STATUS * scale
    share = (y - top) / max(bottom - top, 1.0)
    return replace(split, lights=min(max(share, _LIGHTS_LEAST), _LIGHTS_MOST))


class Layout:
    """The window's one root and its panels; ``layout.<region>`` are the parents of what goes into them."""

    def __init__(self, split: Split | None = None) -> None:
        self.split = split or Split()
        self._arranged: tuple[int, int, Split] | None = None
        self._dragging: Handle | None = None
        self._handles: dict[Handle, Rect] = {}
        _build_themes()
        # The panels' ground is the cleared viewport, and only the gaps between them are painted: on a software renderer
        # every full-window fill costs 9 ms a frame. (A primary window would be filled whatever its flags say.)
        with dpg.viewport_drawlist(front=False):
            dpg.add_draw_layer(tag="layout.gaps")
        with dpg.window(
            tag="layout.root", no_scrollbar=True, no_scroll_with_mouse=True, no_background=True, no_title_bar=True,
            no_move=True, no_resize=True, no_collapse=True, no_bring_to_front_on_focus=True, pos=(0, 0),
        ):  # fmt: skip
            for region in REGIONS:
                bar = region in _BARS
                dpg.add_child_window(
                    tag=self.parent(region),
                    always_use_window_padding=True,
                    no_scrollbar=region in _FIXED,
                    no_scroll_with_mouse=region in _FIXED,
                )
                # DearPyGui leaves a child window's width to the first item in it, be it a tab; an empty one takes it.
                dpg.add_text("", parent=self.parent(region), pos=(0, 0))
                dpg.bind_item_theme(self.parent(region), "layout.bar" if bar else "layout.panel")
        dpg.bind_item_theme("layout.root", "layout.ground")
        with dpg.viewport_drawlist(front=True):
            dpg.draw_rectangle((0, 0), (0, 0), tag="layout.handle", fill=faded(COLOURS.accent, 0.7), show=False)
        self._tips = Tips()

    @staticmethod
    def parent(region: Region) -> str:
        """Tag of the child window of a region."""
        return f"layout.{region}"

    def handle_rect(self, handle: Handle) -> Rect:
        """Where a splitter is, in window pixels."""
        return self._handles[handle]

    def update(self) -> None:
        """Follow the window's size and the splitters, explain what the mouse rests on; once a frame."""
        self._tips.update()
        size = (dpg.get_viewport_client_width(), dpg.get_viewport_client_height())
        self._follow_mouse(size)
        if min(size) > 0 and self._arranged != (*size, self.split):
            if self._arranged is None:
                dpg.set_viewport_clear_color(list(COLOURS.panel))
            self._arranged = (*size, self.split)
            dpg.configure_item("layout.root", width=size[0], height=size[1])
            panels, self._handles = arrange(*size, ui_scale(), self.split)
            _paint_gaps(panels, size)
            for region, rect in panels.items():
                dpg.configure_item(
                    self.parent(region), pos=(rect.x, rect.y), width=max(rect.width, 1), height=max(rect.height, 1)
                )

    def _follow_mouse(self, size: tuple[int, int]) -> None:
        x, y = dpg.get_mouse_pos(local=False)
        under: Handle | None = next((name for name, rect in self._handles.items() if rect.contains(x, y)), None)
        if not dpg.is_item_hovered("layout.root"):
            under = None
        if under and dpg.is_mouse_button_clicked(dpg.mvMouseButton_Left):
            self._dragging = under
        if not dpg.is_mouse_button_down(dpg.mvMouseButton_Left):
            self._dragging = None
        if self._dragging:
            self.split = dragged(self.split, self._dragging, (x, y), size, ui_scale())
        self._mark(self._dragging or under)

    def _mark(self, handle: Handle | None) -> None:
        if handle is None:
            dpg.configure_item("layout.handle", show=False)
            return
        rect, inset = self._handles[handle], scaled(2)
        dx, dy = (0, inset) if handle == "lights" else (inset, 0)
        near = (rect.x + dx, rect.y + dy)
        far = (rect.x + rect.width - dx, rect.y + rect.height - dy)
        dpg.configure_item("layout.handle", pmin=near, pmax=far, color=(0, 0, 0, 0), show=True)


def gaps(panels: dict[Region, Rect], size: tuple[int, int]) -> list[Rect]:
    """What the panels leave of a window of ``size`` pixels, as few rectangles."""
    fit, capture, centre = panels["fit"], panels["capture"], panels["centre"]
    lights, plots = panels["lights"], panels["plots"]
    top, bottom = panels["toolbar"].height, panels["status"].y
    low = centre.y + centre.height
    across = [(0, fit.x), (fit.x + fit.width, centre.x), (centre.x + centre.width, lights.x)]
    columns = [*across, (lights.x + lights.width, size[0])]
    rows = [(fit, capture), (lights, plots)]
    return [
        Rect(x=0, y=top, width=size[0], height=centre.y - top),
        Rect(x=0, y=low, width=size[0], height=bottom - low),
        *(Rect(x=near, y=centre.y, width=far - near, height=centre.height) for near, far in columns),
        *(
            Rect(x=above.x, y=above.y + above.height, width=above.width, height=below.y - above.y - above.height)
            for above, below in rows
        ),
    ]


def _paint_gaps(panels: dict[Region, Rect], size: tuple[int, int]) -> None:
    """Paint what lies between the panels, and round their corners."""
    layer, clear = "layout.gaps", (0, 0, 0, 0)
    dpg.delete_item(layer, children_only=True)
    for gap in gaps(panels, size):
        far = (gap.x + gap.width, gap.y + gap.height)
        dpg.draw_rectangle((gap.x, gap.y), far, fill=COLOURS.desk, color=clear, parent=layer)
    radius = scaled(_ROUNDING)
    for region, rect in panels.items():
        if region in _BARS:
            continue
        for x, inner_x in ((rect.x, rect.x + radius), (rect.x + rect.width, rect.x + rect.width - radius)):
            for y, inner_y in ((rect.y, rect.y + radius), (rect.y + rect.height, rect.y + rect.height - radius)):
                near, far = (min(x, inner_x), min(y, inner_y)), (max(x, inner_x), max(y, inner_y))
                dpg.draw_rectangle(near, far, fill=COLOURS.desk, color=clear, parent=layer)
                dpg.draw_circle((inner_x, inner_y), radius, fill=COLOURS.panel, color=clear, parent=layer)


def _build_themes() -> None:
    pad = scaled(SPACING.panel)
    with dpg.theme(tag="layout.panel"), dpg.theme_component(dpg.mvChildWindow):
        dpg.add_theme_color(dpg.mvThemeCol_ChildBg, (0, 0, 0, 0))
        dpg.add_theme_style(dpg.mvStyleVar_WindowPadding, pad, pad)
    with dpg.theme(tag="layout.bar"), dpg.theme_component(dpg.mvChildWindow):
        dpg.add_theme_color(dpg.mvThemeCol_ChildBg, (0, 0, 0, 0))
        dpg.add_theme_style(dpg.mvStyleVar_ChildRounding, 0)
        dpg.add_theme_style(dpg.mvStyleVar_WindowPadding, pad, scaled(SPACING.normal))
    with dpg.theme(tag="layout.ground"), dpg.theme_component(dpg.mvWindowAppItem):
        dpg.add_theme_color(dpg.mvThemeCol_WindowBg, COLOURS.desk)
        dpg.add_theme_style(dpg.mvStyleVar_WindowPadding, 0, 0)
        dpg.add_theme_style(dpg.mvStyleVar_WindowRounding, 0)
