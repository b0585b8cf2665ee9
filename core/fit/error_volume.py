"""Where on the object the photographs are not yet explained: a coarse grid of running colour errors."""

import torch
from torch import Tensor


class ErrorVolume:
    """Running mean of the relative colour error at surface points, on a lattice over [-1, 1]^3."""

    def __init__(self, *, cells: int = 48, device: torch.device) -> None:
        self._cells = cells
        self._sum = torch.zeros(cells**3, device=device)
        self._count = torch.zeros(cells**3, device=device)

    @property
    def sums(self) -> tuple[Tensor, Tensor]:
        """Error sum and count of every cell, [cells^3] each, for checkpoints."""
        return self._sum, self._count

    def _index(self, points: Tensor) -> Tensor:
        cell = ((points + 1.0) * (0.5 * self._cells)).long().clamp(0, self._cells - 1)
        return (cell[:, 2] * self._cells + cell[:, 1]) * self._cells + cell[:, 0]

    def add(self, points: Tensor, errors: Tensor) -> None:
        """Take note of ``errors`` [points] met at ``points`` [points, 3], scene frame."""
        index = self._index(points)
        self._sum.index_add_(0, index, errors)
        self._count.index_add_(0, index, torch.ones_like(errors))

    def fade(self, factor: float) -> None:
        """Forget a share of the past."""
        self._sum *= factor
        self._count *= factor

    def at(self, points: Tensor) -> Tensor:
        """Mean error [points]; zero where nothing was met."""
        index = self._index(points)
        return self._sum[index] / self._count[index].clamp_min(1e-6)
