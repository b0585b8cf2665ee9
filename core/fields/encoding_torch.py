"""The hash-grid encoding in plain PyTorch: the reference the compiled kernel is tested against, and the CUDA path.

For a point in a cell with fractions f = (fx, fy, fz) and corner values v_c, trilinear interpolation is
sum_c w_c(f) v_c with w_c a product of f or 1 - f per axis. Its derivative uses the same eight corners with one factor
replaced by +-1 and the chain factor N / 2 (N cells on [-1, 1]), so value and derivative need one gather.
"""

import torch
from torch import Tensor

from core.fields.grid_layout import GridLayout

_PRIME_Y = 2654435761
_PRIME_Z = 805459861


def _corners(points: Tensor, layout: GridLayout, level: int) -> tuple[Tensor, Tensor, Tensor]:
    """Rows [points, 8], weights [points, 8] and weight derivatives [points, 8, 3] of one level."""
    resolution = int(layout.resolutions[level])
    offset, end = int(layout.offsets[level]), int(layout.offsets[level + 1])
    scaled = (points + 1.0) * (0.5 * resolution)
    cell = scaled.detach().floor().clamp(0, resolution - 1)
    fraction = (scaled - cell).clamp(0.0, 1.0)
    ones = torch.tensor([[x, y, z] for z in (0, 1) for y in (0, 1) for x in (0, 1)], device=points.device)
    corner = cell.long()[:, None, :] + ones
    if layout.hashed[level]:
        mixed = corner[..., 0] ^ (corner[..., 1] * _PRIME_Y) ^ (corner[..., 2] * _PRIME_Z)
        row = offset + (mixed & (end - offset - 1))
    else:
        side = resolution + 1
        row = offset + corner[..., 0] + side * (corner[..., 1] + side * corner[..., 2])
    axis = torch.where(ones.bool(), fraction[:, None, :], 1.0 - fraction[:, None, :])
    sign = (2 * ones - 1).to(points.dtype) * (0.5 * resolution)
    x, y, z = axis.unbind(-1)
    slope = torch.stack([sign[:, 0] * y * z, sign[:, 1] * x * z, sign[:, 2] * x * y], -1)
    return row, x * y * z, slope


def encode(points: Tensor, table: Tensor, layout: GridLayout, levels: int) -> tuple[Tensor, Tensor]:
    """Features [points, 2 levels] and their derivative [points, 2 levels, 3] at points [points, 3] in [-1, 1]."""
    features: list[Tensor] = []
    jacobians: list[Tensor] = []
    for level in range(levels):
        row, weight, slope = _corners(points, layout, level)
        values = table[row]
        features.append((weight[..., None] * values).sum(1))
        jacobians.append(torch.einsum("pcd,pcf->pfd", slope, values))
    return torch.cat(features, 1), torch.cat(jacobians, 1)


def encode_values(points: Tensor, table: Tensor, layout: GridLayout, levels: int) -> Tensor:
    """Features [points, 2 levels] alone."""
    features: list[Tensor] = []
    for level in range(levels):
        row, weight, _ = _corners(points, layout, level)
        features.append((weight[..., None] * table[row]).sum(1))
    return torch.cat(features, 1)


def encode_backward(
    points: Tensor, layout: GridLayout, to_features: Tensor, to_jacobian: Tensor, direction: Tensor, gradient: Tensor
) -> None:
    """Add to ``gradient`` [rows, 2] the table's gradient of sum_k a_k features_k + b_k (jacobian_k . direction)."""
    for level in range(to_features.shape[1] // 2):
        row, weight, slope = _corners(points, layout, level)
        along = (slope * direction[:, None, :]).sum(-1)
        a = to_features[:, None, 2 * level : 2 * level + 2]
        b = to_jacobian[:, None, 2 * level : 2 * level + 2]
        update = weight[..., None] * a + along[..., None] * b
        gradient.index_add_(0, row.reshape(-1), update.reshape(-1, 2))


def adam_rows(
    table: Tensor,
    gradient: Tensor,
    mean: Tensor,
    square: Tensor,
    *,
    rate: float,
    betas: tuple[float, float],
    step: int,
    epsilon: float,
    rows: int,
) -> None:
    """Adam (Kingma and Ba 2015) on the rows that have a gradient; clears the gradient."""
    grad, m, v = gradient[:rows], mean[:rows], square[:rows]
    touched = (grad != 0).any(1, keepdim=True)
    m.copy_(torch.where(touched, betas[0] * m + (1 - betas[0]) * grad, m))
    v.copy_(torch.where(touched, betas[1] * v + (1 - betas[1]) * grad * grad, v))
    change = rate / (1 - betas[0] ** step) * m / ((v / (1 - betas[1] ** step)).sqrt() + epsilon)
    table[:rows] -= torch.where(touched, change, torch.zeros_like(change))
    grad.zero_()
