"""A crop that is drawn and dragged with the mouse; plain numbers, no window.

Positions are in pixels of the developed frame, measured from its top left corner: pixel (0, 0) reaches from 0 to 1.
"""

from dataclasses import dataclass

from widgets.raw_data import Crop
from widgets.zoom import Pair

LEAST = 16
"""Pixels along each side of a crop, as far as the frame has them."""


@dataclass(frozen=True, kw_only=True)
class Grip:
    """Which edges of a crop a drag moves."""

    x: int = 0
    """-1 the left edge, +1 the right, 0 neither."""
    y: int = 0
    """-1 the upper edge, +1 the lower, 0 neither."""


def spanned(first: Pair, second: Pair, size: tuple[int, int]) -> Crop:
    """The crop between two corners in a frame of ``size`` (width, height): whole pixels, inside it, not too small."""
    left, width = _side(first[0], second[0], size[0])
    top, height = _side(first[1], second[1], size[1])
    return (left, top, width, height)


def kept_in(crop: Crop, size: tuple[int, int]) -> Crop:
    """The nearest crop of the same size inside the frame; cut where the frame is smaller."""
    left, top, width, height = crop
    width, height = min(max(width, min(LEAST, size[0])), size[0]), min(max(height, min(LEAST, size[1])), size[1])
    return (min(max(left, 0), size[0] - width), min(max(top, 0), size[1] - height), width, height)


def grip_at(crop: Crop, at: Pair, reach: float) -> Grip | None:
    """What a press at ``at`` takes hold of: an edge or a corner within ``reach``, else nothing."""
    left, top, width, height = crop
    if not (left - reach <= at[0] <= left + width + reach and top - reach <= at[1] <= top + height + reach):
        return None
    x, y = _near(at[0], left, left + width, reach), _near(at[1], top, top + height, reach)
    return Grip(x=x, y=y) if x or y else None


def pulled(crop: Crop, grip: Grip, at: Pair, size: tuple[int, int]) -> Crop:
    """The crop after the edges of ``grip`` have been dragged to ``at``; the others stay."""
    left, top, width, height = crop
    x = (at[0], left + width) if grip.x < 0 else (left, at[0]) if grip.x > 0 else (left, left + width)
    y = (at[1], top + height) if grip.y < 0 else (top, at[1]) if grip.y > 0 else (top, top + height)
    return spanned((x[0], y[0]), (x[1], y[1]), size)


def _side(one: float, other: float, length: int) -> tuple[int, int]:
    low, high = sorted((min(max(round(one), 0), length), min(max(round(other), 0), length)))
    least = min(LEAST, length)
    if high - low < least:
        low = min(low, length - least)
        high = low + least
    return low, high - low


def _near(at: float, low: float, high: float, reach: float) -> int:
    if abs(at - low) <= reach:
        return -1
    return 1 if abs(at - high) <= reach else 0
