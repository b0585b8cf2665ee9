"""Photographs of a large capture: the object and a rim around it in a file, mapped into memory as it is needed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from core.types import BoolArray

RIM = 0.04
"""Width of the rim around an object, as a part of the photograph's longer side."""
_SMALLEST_RIM = 3


def rim_width(shape: tuple[int, ...]) -> int:
    """Pixels beside the object that belong to its rim, in a photograph of [height, width] pixels."""
    return max(_SMALLEST_RIM, round(RIM * max(shape)))


@dataclass(frozen=True)
class KeptView:
    """Which pixels of a view's photographs are kept."""

    mask: BoolArray
    """[height, width] the object."""
    kept: BoolArray
    """[height, width] the object and its rim."""

    @property
    def count(self) -> int:
        """Kept pixels of one photograph."""
        return int(self.kept.sum())

    @property
    def object_order(self) -> NDArray[np.int32]:
        """[object pixels] their places among the kept pixels, both in row-major order."""
        return np.flatnonzero(self.mask[self.kept]).astype(np.int32)


class MappedPhotographs(Sequence[NDArray[Any]]):
    """Photographs out of one mapped table of pixels; each is put together, black around the rim, when asked for."""

    def __init__(self, table: NDArray[Any], *, views: Mapping[int, KeptView], view_of_image: Sequence[int]) -> None:
        self.table = table
        """[rows, 3] linear RGB; photograph after photograph, its kept pixels in row-major order."""
        self.views = views
        self.view_of_image = tuple(view_of_image)
        counts = [views[view].count for view in self.view_of_image]
        self.starts: NDArray[np.int64] = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        """[photographs + 1] the first row of each photograph, then the number of rows."""
        if self.starts[-1] != len(table):
            raise ValueError(f"{len(table)} rows for {self.starts[-1]} kept pixels")

    def __len__(self) -> int:
        return len(self.view_of_image)

    @overload
    def __getitem__(self, index: int) -> NDArray[Any]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[NDArray[Any]]: ...
    def __getitem__(self, index: int | slice) -> NDArray[Any] | Sequence[NDArray[Any]]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        number = range(len(self))[index]
        view = self.views[self.view_of_image[number]]
        image = np.zeros((*view.kept.shape, 3), self.table.dtype)
        image[view.kept] = self._rows(number)
        return image

    def object_pixels(self, index: int) -> NDArray[Any]:
        """[object pixels, 3] of one photograph, in row-major order."""
        return np.asarray(self._rows(index)[self.views[self.view_of_image[index]].object_order])

    def _rows(self, index: int) -> NDArray[Any]:
        return self.table[self.starts[index] : self.starts[index + 1]]
