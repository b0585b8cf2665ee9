"""Curves that grow without end, kept short enough to draw: decimation without a window."""

import math


class Series:
    """Points (x, y) of one curve, thinned to at most ``limit`` while keeping the newest.

    When full, every other point goes and from then on only every second arrival is kept, and so on: the points stay
    evenly spread over the whole run. Not-a-number and infinite values are left out.
    """

    def __init__(self, limit: int = 2000) -> None:
        self._limit = limit
        self.clear()

    def clear(self) -> None:
        """Forget all points."""
        self._x: list[float] = []
        self._y: list[float] = []
        self._stride = 1
        self._arrivals = 0
        self._newest: tuple[float, float] | None = None

    def add(self, x: float, y: float | None) -> None:
        """Append a point; None means there is nothing to show for this x."""
        if y is None or not math.isfinite(y):
            return
        self._newest = (float(x), float(y))
        if self._arrivals % self._stride == 0:
            self._x.append(float(x))
            self._y.append(float(y))
        self._arrivals += 1
        if len(self._x) >= self._limit:
            self._x, self._y = self._x[::2], self._y[::2]
            self._stride *= 2

    @property
    def newest(self) -> float | None:
        """The last finite value."""
        return None if self._newest is None else self._newest[1]

    @property
    def points(self) -> tuple[list[float], list[float]]:
        """(x, y) as plain lists, which is all DearPyGui's plots take; the newest point is always the last."""
        if self._newest is None or self._newest[0] == self._x[-1]:
            return self._x, self._y
        return [*self._x, self._newest[0]], [*self._y, self._newest[1]]
