"""Painting masks: a photograph, a brush for the object and its surroundings, and ways to make the mask from that."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Mapping
from typing import Literal, cast

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from core.types import BoolArray
from widgets.controls import Tag, room, text_width
from widgets.mask_bars import MaskBars, Presses, Way
from widgets.mask_canvas import MaskCanvas, Tool
from widgets.mask_intents import Intents, Wish
from widgets.mask_picture import Overlay
from widgets.mask_sheet import MaskSheet, Step
from widgets.palette import Rgba
from widgets.texture import TexturePool
from widgets.theme import COLOURS, faded, style

State = Literal["missing", "file", "painted"]
BRUSHES = (1.0, 60.0)
"""Smallest and largest radius, picture pixels."""
_BRUSH = 0.02
"""Radius a capture begins with, as a fraction of the picture's longer side."""
_STATES: dict[State, tuple[str, Rgba]] = {
    "missing": ("no mask yet", (0, 0, 0, 0)),
    "file": ("mask from a file", faded(COLOURS.muted, 0.55)),
    "painted": ("painted mask", faded(COLOURS.running, 0.7)),
}
_GUESSED = "guessed from the colours of the view saved before"


class MaskEditor:
    """See the module. ``update`` once a frame."""

    def __init__(self, parent: Tag, pool: TexturePool, intents: Intents) -> None:
        self._intents = intents
        self._states: dict[int, State] = {}
        self._captures: dict[str, dict[int, MaskSheet]] = {}
        self._sheets: dict[int, MaskSheet] = {}
        """Of the capture at hand, by view."""
        self._handed: dict[int, BoolArray] = {}
        """Masks that are being saved."""
        self._answering: Step | None = None
        """The stroke that the mask being made is Live's answer to; None when the user asked for it."""
        self._unused = False
        """Whether a mask was saved since the capture was read with them."""
        self.view: int | None = None
        """The view that is shown."""
        self._details: dict[int, str] = {}
        self._guessed: set[int] = set()
        self._busy = ""
        self._rooms: object = None
        with dpg.child_window(parent=parent, tag="masks", width=-1, height=-1, no_scrollbar=True):
            self.canvas = MaskCanvas(pool, on_made=self._made)
            self._bars = MaskBars(self._presses())
        dpg.bind_item_theme("masks", "surface.bare")
        self.show_empty("Open a capture to paint the masks of its views here.")

    def _presses(self) -> Presses:
        return Presses(
            step=self.step,
            view=self._intents.view,
            overlay=self._choose_overlay,
            fit=self.canvas.reset,
            tool=self._choose_tool,
            radius=self._set_radius,
            undo=self.undo,
            clear=self._clear,
            make=self._make,
            holes=self._close_holes,
            save=self._save,
            use=self._intents.use,
        )

    # ---- what the studio calls --------------------------------------------------------------------------------------

    def show_views(self, states: Mapping[int, State], *, capture: str) -> None:
        """Show which views there are and which have masks; strokes made before on the same capture are kept."""
        if self._sheets is not self._captures.get(capture):
            self._sheets = self._captures.setdefault(capture, {})
            self.view, self._unused = None, False
        self._states = dict(states)
        self._refresh()

    def show_view(
        self, view: int, picture: NDArray[np.uint8], mask: BoolArray | None, *, guessed: bool, detail: str,
        has_alpha: bool, level: float,
    ) -> None:  # fmt: skip
        """Paint over a view, with what was painted there before."""
        size = (picture.shape[1], picture.shape[0])
        sheet = self._sheets.get(view)
        if sheet is None or sheet.painting.size != size or (sheet.saved and not sheet.shows(mask)):
            if not self._sheets:
                self._set_radius(_BRUSH * max(size))
            sheet = self._sheets[view] = MaskSheet(*size, mask)
            sheet.saved = not guessed
        self.view, self._details[view] = view, detail
        self._guessed = self._guessed | {view} if guessed else self._guessed - {view}
        dpg.set_value("masks.level", min(level, 1.0) ** 0.5)
        dpg.configure_item("masks.alpha", show=has_alpha)
        self.canvas.show(picture, sheet)
        self._refresh()

    def show_mask(self, view: int, mask: BoolArray, *, way: Way, level: float | None) -> None:
        """A mask has been made."""
        sheet = self._sheets.get(view)
        if sheet is None or mask.shape[::-1] != sheet.painting.size:
            return
        if self._answering is None:
            sheet.propose(mask, "level" if way == "threshold" else way)
        elif not sheet.answer(mask, self._answering):
            return  # the stroke was taken back meanwhile
        if level is not None and not dpg.is_item_active("masks.level"):
            dpg.set_value("masks.level", min(level, 1.0) ** 0.5)
        self.canvas.repaint()
        self._refresh()

    def show_saved(self, view: int) -> None:
        """The mask that was handed over is on disk."""
        sheet, handed = self._sheets.get(view), self._handed.pop(view, None)
        if sheet is not None and handed is not None:
            sheet.saved = sheet.shows(handed)  # it may have been painted on since
        self._states[view] = "painted"
        self._guessed, self._unused = self._guessed - {view}, True
        self._refresh()

    def show_used(self) -> None:
        """The capture is being read with the masks that are there."""
        self._unused = False
        self._refresh()

    def show_busy(self, text: str) -> None:
        """Say what is being done; "" when nothing is."""
        self._busy = text
        self._refresh()

    def show_empty(self, text: str) -> None:
        """Say why there is nothing to paint over, and what to do."""
        self._states, self._sheets, self.view = {}, {}, None
        self.canvas.show_empty(text)
        self._refresh()

    @property
    def sheet(self) -> MaskSheet | None:
        """The mask of the view that is shown."""
        return None if self.view is None else self._sheets.get(self.view)

    @property
    def unsaved(self) -> tuple[int, ...]:
        """Views of the capture at hand with a mask that was changed since it was saved."""
        return tuple(view for view, sheet in self._sheets.items() if sheet.at_risk)

    @property
    def unsaved_masks(self) -> dict[str, tuple[int, ...]]:
        """Per capture folder, the views whose masks closing the window would lose."""
        risks = {
            capture: tuple(sorted(view for view, sheet in sheets.items() if sheet.at_risk))
            for capture, sheets in self._captures.items()
        }
        return {capture: views for capture, views in risks.items() if views}

    def missing_after(self, view: int) -> int | None:
        """The next view without a mask, in a circle; None when every view has one."""
        views = list(self._states)
        start = views.index(view) + 1 if view in views else 0
        return next((v for v in views[start:] + views[:start] if self._states[v] == "missing"), None)

    def step(self, by: int) -> None:
        """Go to a neighbouring view."""
        views = list(self._states)
        if self.view in views:
            self._intents.view(views[(views.index(self.view) + by) % len(views)])

    def undo(self) -> None:
        """Take the last step back."""
        if self.sheet is not None and self.sheet.undo():
            self.canvas.repaint()
            self._refresh()

    def resize_brush(self, factor: float) -> None:
        """Make the brush larger or smaller."""
        self._set_radius(self.canvas.radius * factor)

    def update(self) -> None:
        """Follow the panel's size and the mouse; once a frame."""
        if not dpg.is_item_visible("masks.hint"):
            return
        size = room("masks")
        rooms = (size, *self._bars.rooms)
        if rooms != self._rooms and min(size) > 40 and text_width("0"):
            self._rooms = rooms
            self.canvas.place(*self._bars.place(size))
        self._bars.strip.update()
        self.canvas.update()

    # ---- inside -----------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        """Bring words, colours and what can be pressed up to date."""
        sheet, there = self.sheet, bool(self._states)
        self._bars.show(there)
        self._bars.say("" if self.view is None else f"V{self.view:02d}", self._said())
        self.canvas.say(self._busy)
        self._bars.strip.show({view: _STATES[state][1] for view, state in self._states.items()}, self.view)
        shown = sheet is not None and sheet.shown is not None
        ready = there and "missing" not in self._states.values() and not self.unsaved
        for part, enabled in {
            "masks.undo": sheet is not None and sheet.undoable,
            "masks.clear": sheet is not None and (shown or sheet.marked),
            "masks.segment": sheet is not None,
            "masks.otsu": sheet is not None,
            "masks.save": shown,
            "masks.save_next": shown,
            "masks.use": ready,
        }.items():
            dpg.configure_item(part, enabled=enabled)
        dpg.bind_item_theme("masks.use", style("primary" if ready and self._unused else "normal", small=True))

    def _said(self) -> list[str]:
        """How far the view is."""
        sheet = self.sheet
        if self.view is None or sheet is None:
            return []
        words = "not saved yet" if sheet.shown is not None and not sheet.saved else _STATES[self._states[self.view]][0]
        guess = [_GUESSED] if self.view in self._guessed and not sheet.undoable else []
        return [words, *guess, self._details[self.view]]

    def _made(self) -> None:
        self._refresh()
        if dpg.get_value("masks.live"):
            self._make("strokes", None, answering=None if self.sheet is None else self.sheet.last)

    def _make(self, way: Way, level: float | None, *, answering: Step | None = None) -> None:
        sheet = self.sheet
        if sheet is None or self.view is None:
            return
        self._answering = answering
        self._intents.make(
            Wish(
                view=self.view,
                way=way,
                marks=sheet.painting.values.copy(),
                start=sheet.shown,
                level=level,
                fill_holes=bool(dpg.get_value("masks.holes")),
            )
        )

    def _save(self, after: bool) -> None:
        shown = None if self.sheet is None else self.sheet.shown
        if self.view is not None and shown is not None:
            self._handed[self.view] = shown
            self._intents.save(self.view, shown, after)

    def _close_holes(self, close: bool) -> None:
        """Holes are to be closed from now on, those of the mask that is shown first."""
        if close and self.sheet is not None and self.sheet.shown is not None:
            self._make("holes", None)

    def _clear(self) -> None:
        if self.sheet is not None:
            self.sheet.clear()
            self.canvas.repaint()
            self._refresh()

    def _choose_tool(self, name: str) -> None:
        self.canvas.tool = cast(Tool, name)

    def _choose_overlay(self, name: str) -> None:
        self.canvas.overlay = cast(Overlay, name)
        self.canvas.repaint()

    def _set_radius(self, radius: float) -> None:
        self.canvas.radius = min(max(radius, BRUSHES[0]), BRUSHES[1])
        dpg.set_value("masks.size", round(2 * self.canvas.radius))
