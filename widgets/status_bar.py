"""The line at the window's foot: what is running, how far it is, how fast, on what.

Every number has its own place, so nothing moves while it changes; the least important ones go first when the window is
too narrow.
"""

from dataclasses import dataclass

import dearpygui.dearpygui as dpg

from widgets.controls import Tag, canvas, place_canvas, room, text_width
from widgets.theme import COLOURS, SPACING, font, scaled

STATE_COLOURS = {
    "running": COLOURS.running,
    "paused": COLOURS.paused,
    "failed": COLOURS.failed,
    "loading": COLOURS.accent,
    "finished": COLOURS.accent,
}
STATE_WORDS = {
    "empty": "No capture",
    "loading": "Loading",
    "ready": "Ready",
    "running": "Training",
    "paused": "Paused",
    "finished": "Finished",
    "failed": "Failed",
}
_READINGS, _GAP = 100, 22
"""Where the first reading stands unless the word before it is longer, and the room between them."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One labelled number of the bar."""

    name: str
    text: str
    widest: str
    """A text as wide as this number ever gets; reserves the room."""
    right: bool = False
    """Whether it stands at the right end."""


def duration(seconds: float | None) -> str:
    """``m:ss`` or ``h:mm:ss``; a dash when unknown."""
    if seconds is None:
        return "–"
    whole = max(0, round(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def memory(size_bytes: int | None) -> str:
    """Megabytes below 1,000 MB, else gigabytes; a dash when unknown."""
    if not size_bytes:
        return "–"
    megabytes = size_bytes / 1e6
    return f"{megabytes:,.0f} MB" if megabytes < 1000 else f"{megabytes / 1000:.2f} GB"


def fitting(readings: list[Reading], widths: list[int], room_px: int) -> list[int]:
    """Indices of the readings that fit side by side into ``room_px``, the first ones being the most important."""
    kept: list[int] = []
    used = 0
    for index in range(len(readings)):
        used += widths[index]
        if used > room_px:
            break
        kept.append(index)
    return kept


class StatusBar:
    """See the module; everything is drawn in one drawlist."""

    def __init__(self, parent: Tag) -> None:
        self._parent = parent
        self._readings: list[Reading] = []
        self._state = "empty"
        self._word = STATE_WORDS["empty"]
        self._drawn: object = None
        canvas("status.bar", parent=parent)
        self.fraction: float | None = None
        """How much of the planned time has passed."""

    @property
    def text(self) -> str:
        """Everything the bar says, for tests and screen readers."""
        return f"{self._word} · " + " · ".join(f"{r.name} {r.text}" for r in self._readings)

    def show(
        self,
        *,
        state: str,
        word: str = "",
        step: int | None = None,
        steps_per_second: float | None = None,
        ui_fps: float | None = None,
        device: str = "",
        memory_bytes: int | None = None,
        elapsed: float | None = None,
        remaining: float | None = None,
        saved: str = "",
    ) -> None:
        """Show these numbers; None is drawn as a dash.

        ``word`` says more precisely how the run stands, ``saved`` at what time of day it was saved last.
        """
        self._state = state
        self._word = word or STATE_WORDS[state]
        self.fraction = None
        if elapsed is not None and remaining is not None and elapsed + remaining > 0:
            self.fraction = min(elapsed / (elapsed + remaining), 1.0)
        speed = "–" if steps_per_second is None else f"{steps_per_second:.1f}"
        self._readings = [
            Reading(name="Step", text="–" if step is None else f"{step:,}", widest="000,000"),
            Reading(name="Speed", text=f"{speed} steps/s", widest="000.0 steps/s"),
            Reading(name="Elapsed", text=duration(elapsed), widest="00:00"),
            Reading(name="Remaining", text=duration(remaining), widest="00:00"),
            Reading(name="Saved", text=saved or "–", widest="00:00"),
            Reading(name="Memory", text=memory(memory_bytes), widest="000 MB", right=True),
            Reading(name="Device", text=device or "–", widest=max(device, "cuda", key=len), right=True),
            Reading(name="Window", text="–" if ui_fps is None else f"{ui_fps:.0f} fps", widest="00 fps", right=True),
        ]
        self.update()

    def update(self) -> None:
        """Draw again when a number or the width has changed; once a frame."""
        width, height = room(self._parent)
        state = (width, height, self._state, self._word, self.fraction, tuple(self._readings))
        if width > 0 and state != self._drawn and text_width("0"):
            self._drawn = state
            self._draw(width, height)

    def _draw(self, width: int, height: int) -> None:
        x_pad = scaled(SPACING.panel)
        place_canvas("status.bar", (x_pad, 0), (width - 2 * x_pad, height))
        dpg.delete_item("status.bar", children_only=True)
        end = width - 2 * x_pad
        middle = height / 2
        size = scaled(SPACING.small_text)
        colour = STATE_COLOURS.get(self._state, COLOURS.faint)
        dpg.draw_circle((scaled(5), middle), scaled(4.5), fill=colour, color=(0, 0, 0, 0), parent="status.bar")
        self._text(scaled(16), middle, self._word, COLOURS.text, size)
        self._draw_progress(end)
        word_end = scaled(16) + int(text_width(self._word, font("small"))) + scaled(_GAP)
        self._draw_readings(max(scaled(_READINGS), word_end), end, middle, size)

    def _draw_progress(self, end: int) -> None:
        if self.fraction is not None and self._state in ("running", "paused"):
            colour = STATE_COLOURS[self._state]
            dpg.draw_line((0, 1), (end * self.fraction, 1), color=colour, thickness=scaled(2), parent="status.bar")

    def _draw_readings(self, start: int, end: int, middle: float, size: int) -> None:
        gap = scaled(_GAP)
        widths = [
            int(text_width(r.name, font("small")) + scaled(6) + text_width(r.widest, font("small")) + gap)
            for r in self._readings
        ]
        left, right = start, end
        for index in fitting(self._readings, widths, end - start):
            reading = self._readings[index]
            if reading.right:
                right -= widths[index]
            x = right + gap if reading.right else left
            if not reading.right:
                left += widths[index]
            self._text(x, middle, reading.name, COLOURS.muted, size)
            name = text_width(reading.name, font("small"))
            self._text(x + name + scaled(6), middle, reading.text, COLOURS.text, size)

    @staticmethod
    def _text(x: float, middle: float, text: str, colour: tuple[int, int, int, int], size: int) -> None:
        dpg.draw_text((x, middle - size / 2), text, color=colour, size=size, parent="status.bar")
