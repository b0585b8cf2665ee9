"""What the mask editor reports: a mask that is to be made, another view, what is to be saved."""

from collections.abc import Callable
from dataclasses import dataclass

from core.types import BoolArray
from widgets.brush import Marks
from widgets.mask_bars import Way


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How a mask is to be made."""

    view: int
    way: Way
    marks: Marks
    """[height, width] +1 object, -1 background, 0 unknown."""
    start: BoolArray | None
    """[height, width] the mask that is shown."""
    level: float | None
    """Linear, 1 = full range; None finds one."""
    fill_holes: bool


@dataclass(frozen=True, kw_only=True)
class Intents:
    """What the editor reports."""

    view: Callable[[int], object]
    """Another view is wanted."""
    make: Callable[[Wish], object]
    save: Callable[[int, BoolArray, bool], object]
    """(view, mask, whether the next view is wanted after)."""
    use: Callable[[], object]
    """Read the capture again with the masks."""
