"""The hash grid: a table of learnt features on a pyramid of grids, with its own optimiser.

The table is not an autograd parameter: the signed distance field computes its gradient in closed form and hands it to
``add_gradient``; ``adam`` then moves the rows that were touched. Which code does the work is decided by where the
table lives: the compiled kernel on the CPU, plain PyTorch elsewhere (or on request, for tests).
"""

from typing import Literal

import torch
from torch import Tensor

from core.fields import encoding_torch
from core.fields.grid_layout import GridLayout

Kernel = Literal["compiled", "plain"]


class HashGrid:
    """Learnt features at points of [-1, 1]^3."""

    def __init__(self, layout: GridLayout, *, device: torch.device, generator: torch.Generator) -> None:
        self.layout = layout
        self.kernel: Kernel = "compiled" if device.type == "cpu" else "plain"
        start = torch.rand((layout.rows, 2), generator=generator) * 2e-4 - 1e-4
        self.table = start.to(device)
        self.gradient = torch.zeros_like(self.table)
        self.mean = torch.zeros_like(self.table)
        self.square = torch.zeros_like(self.table)
        self.updates = 0

    def encode(self, points: Tensor, levels: int) -> tuple[Tensor, Tensor]:
        """Features [points, width] and derivative [points, width, 3]; levels beyond ``levels`` read as zero."""
        if self.kernel == "plain":
            features, jacobian = encoding_torch.encode(points, self.table, self.layout, levels)
            return features, jacobian
        from core.fields import encoding_numba

        features = torch.empty((len(points), 2 * levels))
        jacobian = torch.empty((len(points), 2 * levels, 3))
        encoding_numba.encode(
            points.numpy(),
            self.table.numpy(),
            self.layout.resolutions,
            self.layout.offsets,
            self.layout.hashed,
            features.numpy(),
            jacobian.numpy(),
        )
        return features, jacobian

    def values(self, points: Tensor, levels: int) -> Tensor:
        """Features [points, 2 levels] alone."""
        if self.kernel == "plain":
            return encoding_torch.encode_values(points, self.table, self.layout, levels)
        from core.fields import encoding_numba

        features = torch.empty((len(points), 2 * levels))
        encoding_numba.encode_values(
            points.numpy(),
            self.table.numpy(),
            self.layout.resolutions,
            self.layout.offsets,
            self.layout.hashed,
            features.numpy(),
        )
        return features

    def add_gradient(self, points: Tensor, to_features: Tensor, to_jacobian: Tensor, direction: Tensor) -> None:
        """Add the gradient of sum_k to_features_k features_k + to_jacobian_k (jacobian_k . direction)."""
        if self.kernel == "plain":
            encoding_torch.encode_backward(points, self.layout, to_features, to_jacobian, direction, self.gradient)
            return
        from core.fields import encoding_numba

        encoding_numba.encode_backward(
            points.numpy(),
            self.layout.resolutions,
            self.layout.offsets,
            self.layout.hashed,
            to_features.contiguous().numpy(),
            to_jacobian.contiguous().numpy(),
            direction.contiguous().numpy(),
            self.gradient.numpy(),
        )

    def adam(self, *, rate: float, betas: tuple[float, float], levels: int, epsilon: float = 1e-15) -> None:
        """Move the rows of the first ``levels`` levels that have a gradient, and clear it."""
        self.updates += 1
        rows = int(self.layout.offsets[levels])
        if self.kernel == "plain":
            encoding_torch.adam_rows(
                self.table,
                self.gradient,
                self.mean,
                self.square,
                rate=rate,
                betas=betas,
                step=self.updates,
                epsilon=epsilon,
                rows=rows,
            )
            return
        from core.fields import encoding_numba

        encoding_numba.adam_rows(
            self.table.numpy(),
            self.gradient.numpy(),
            self.mean.numpy(),
            self.square.numpy(),
            rate,
            betas[0],
            betas[1],
            1.0 - betas[0] ** self.updates,
            1.0 - betas[1] ** self.updates,
            epsilon,
            rows,
        )
