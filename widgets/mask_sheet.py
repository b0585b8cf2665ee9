"""One view's mask while it is made: what was proposed, what is painted over it, and every step back; no window."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.types import BoolArray
from widgets.brush import OBJECT, UNKNOWN, Box, Mark, Painting, Point

_MOST_UNDONE = 100


@dataclass(eq=False)
class Step:
    """One thing that can be taken back; the mask that was made of a stroke joins the stroke's own."""

    name: str
    back: Callable[[], object]


class MaskSheet:
    """What the marks say is certain, whatever was proposed: they lie over the proposal in what is shown and saved."""

    def __init__(self, width: int, height: int, mask: BoolArray | None = None) -> None:
        self.painting = Painting(width, height)
        self.proposal = mask
        """[height, width] as it was read, guessed or made; None before."""
        self.saved = True
        """Whether what is shown is what is on disk, or nothing was done yet."""
        self._steps: list[Step] = []

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
    def last(self) -> Step | None:
        """What ``undo`` takes back next, strokes under way left out."""
        return self._steps[-1] if self._steps else None

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
        """Take over a mask that was made; several in a row of the step ``level`` are taken back as one.

        A stroke under way goes on: its marks lie over whatever is proposed.
        """
        if not (step == "level" and self.last is not None and self.last.name == "level"):
            self._remember(step, self._proposing())
        self.proposal, self.saved = mask, False

    def answer(self, mask: BoolArray, to: Step) -> bool:
        """Take over what was made of the marks as they were after a step, as a part of that step.

        Returns False, and changes nothing, when it is not the last step any more: the marks are others by now.
        """
        if self.last is not to:
            return False
        painted, proposed = to.back, self._proposing()

        def back() -> None:
            proposed()
            painted()

        to.back = back
        self.proposal, self.saved = mask, False
        return True

    def _proposing(self) -> Callable[[], None]:
        """How to come back to what is proposed now."""
        before = self.proposal

        def back() -> None:
            self.proposal = before

        return back

    def clear(self) -> None:
        """Begin anew; can be taken back like any other step."""
        self.end()
        if self.proposal is None and not self.marked:
            return
        proposed = self._proposing()
        self.proposal = None
        self.painting.clear()

        def back() -> None:
            self.painting.undo()
            proposed()

        self._remember("clear", back)

    def undo(self) -> bool:
        """Take the last step back; whether there was one."""
        self.end()
        if not self._steps:
            return False
        self._steps.pop().back()
        self.saved = False
        return True

    def _remember(self, step: str, back: Callable[[], object]) -> None:
        self._steps.append(Step(step, back))
        del self._steps[:-_MOST_UNDONE]
        self.saved = False
