"""Axes of charts: round numbers, and where values lie between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_MOST_TICKS = 6
_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, kw_only=True)
class Axis:
    """Round numbers around some values."""

    marks: list[float]
    """At least two, growing."""
    log: bool

    def share(self, value: float) -> float:
        """How far ``value`` lies from the first mark to the last one, 0 to 1."""
        low, high = self.marks[0], self.marks[-1]
        share = np.log(max(value, low) / low) / np.log(high / low) if self.log else (value - low) / (high - low)
        return min(max(float(share), 0.0), 1.0)


def axis(values: Sequence[float], *, log: bool) -> Axis:
    """An axis with all of ``values`` on it."""
    return Axis(marks=log_ticks(values) if log else ticks(values), log=log)


def ticks(values: Sequence[float]) -> list[float]:
    """Round numbers at equal distances around the values."""
    low, high = min(values), max(values)
    rough = max(high - low, 0.05 * abs(high), 1e-6) / 3.0
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(step for step in _STEPS if step * power >= rough * 0.999) * power
    first = np.floor(low / step)
    last = max(np.ceil(high / step), first + 1)
    return [float(f"{tick:.12g}") for tick in np.arange(first, last + 1) * step]


def log_ticks(values: Sequence[float]) -> list[float]:
    """1, 2 and 5 times powers of ten around the values; powers of ten alone when that would be too many."""
    low = max(min(values), 1e-3)
    high = max(*values, low)
    powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    candidates = [float(f"{step * power:.12g}") for power in powers for step in (1.0, 2.0, 5.0)]
    first = max(index for index, tick in enumerate(candidates) if tick <= low)
    last = next((index for index, tick in enumerate(candidates) if tick >= high), len(candidates) - 1)
    found = candidates[first : max(last, first + 1) + 1]
    if len(found) <= _MOST_TICKS:
        return found
    return [float(tick) for tick in powers if 0.1 * low < tick < 10.0 * high]
