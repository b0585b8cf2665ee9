"""One view's mask while it is made: what was proposed, what is painted over it, and every step back; no window."""

from collections.abc import Callable

import numpy as np

from core.types import BoolArray
from widgets.brush import OBJECT, UNKNOWN, Box, Mark, Painting, Point

_MOST_UNDONE = 100


class MaskSheet:
    """What the marks say is certain, whatever was proposed: they lie over the proposal in what is shown and saved."""

    def __init__(self, width: int, height: int, mask: BoolArray | None = None) -> None:
        self.painting = Painting(width, height)
        self.proposal = mask
        """[height, width] as it was read, guessed or made; None before."""
        self.saved = True
        """Whether what is shown is what is on disk, or nothing was done yet."""
        self._steps: list[tuple[str, Callable[[], object]]] = []
        """(name, how to take it back)"""

    @property
    def shown(self) -> BoolArray | None:
        """[height, width] the mask with the marks laid over it; None while there is nothing to show."""
        if self.proposal is None:
            return None
        marks = self.painting.values
        return np.where(marks == UNKNOWN, self.proposal, marks == OBJECT)

    @property
    def at_risk(self) -> bool:
        """Whether there is a mask that somebody made and that is not on disk."""
        return not self.saved and self.undoable and self.shown is not None

    def shows(self, mask: BoolArray | None) -> bool:
        """Whether exactly this mask is shown."""
        shown = self.shown
        return shown is mask or (shown is not None and mask is not None and np.array_equal(shown, mask))

    @property
    def undoable(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._steps)

    @property
    def marked(self) -> bool:
        """Whether anything is painted."""
        return bool(self.painting.values.any())

    def begin(self, at: Point, radius: float, mark: Mark) -> Box:
        """Put the brush down; the pixels that may have changed."""
        self.end()
        return self.painting.begin(at, radius, mark)

    def move(self, at: Point) -> Box:
        """Draw on; the pixels that may have changed."""
        return self.painting.move(at)

    def end(self) -> bool:
        """Lift the brush; whether a stroke was made."""
        made = self.painting.end()
        if made:
            self._remember("stroke", self.painting.undo)
        return made

    def frame(self, corner: Point, other: Point) -> None:
        """The object lies inside this rectangle."""
        self.end()
        self.painting.frame(corner, other)
        self._remember("rectangle", self.painting.undo)

    def propose(self, mask: BoolArray, step: str) -> None:
        """Take over a mask that was made; several in a row of the step ``level`` are taken back as one."""
        self.end()
        before = self.proposal
        self.proposal = mask
        if not (step == "level" and self._steps and self._steps[-1][0] == "level"):
            self._remember(step, lambda: setattr(self, "proposal", before))
        self.saved = False

    def clear(self) -> None:
        """Begin anew; can be taken back like any other step."""
        self.end()
        if self.proposal is None and not self.marked:
            return
        before = self.proposal
        self.proposal = None
        self.painting.clear()

        def back() -> None:
            self.painting.undo()
            self.proposal = before

        self._remember("clear", back)

    def undo(self) -> bool:
        """Take the last step back; whether there was one."""
        self.end()
        if not self._steps:
            return False
        self._steps.pop()[1]()
        self.saved = False
        return True

    def _remember(self, step: str, back: Callable[[], object]) -> None:
        self._steps.append((step, back))
        del self._steps[:-_MOST_UNDONE]
        self.saved = False
