"""How the levels of the hash grid lie in one table (Müller et al. 2022, "Instant neural graphics primitives").

A level of resolution N divides the cube [-1, 1]^3 into N^3 cells with (N + 1)^3 corners. Levels whose corners fit
into the table are stored densely, in x-fastest order; finer ones share entries by the spatial hash
(x * 1) xor (y * 2654435761) xor (z * 805459861), modulo the table size (a power of two).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEATURES_PER_LEVEL = 2


@dataclass(frozen=True, kw_only=True)
class GridLayout:
    """Where each level's corners are stored."""

    resolutions: NDArray[np.int64]
    """[levels] cells along a side."""
    offsets: NDArray[np.int64]
    """[levels + 1] first table row of each level."""
    hashed: NDArray[np.bool_]
    """[levels] whether rows are shared by hash."""

    @property
    def levels(self) -> int:
        """Number of levels."""
        return len(self.resolutions)

    @property
    def rows(self) -> int:
        """Rows of the table."""
        return int(self.offsets[-1])

    @property
    def width(self) -> int:
        """Numbers an encoded point has."""
        return self.levels * FEATURES_PER_LEVEL


def grid_layout(*, levels: int, coarsest: int, finest: int, log2_rows: int) -> GridLayout:
    """Levels in geometric progression from ``coarsest`` to ``finest`` cells a side, at most 2**log2_rows rows each."""
    growth = (finest / coarsest) ** (1.0 / max(levels - 1, 1))
    resolutions = np.round(coarsest * growth ** np.arange(levels)).astype(np.int64)
    corners = (resolutions + 1) ** 3
    limit = 1 << log2_rows
    rows = np.minimum(corners, limit)
    offsets = np.concatenate([[0], np.cumsum(rows)]).astype(np.int64)
    return GridLayout(resolutions=resolutions, offsets=offsets, hashed=corners > limit)
