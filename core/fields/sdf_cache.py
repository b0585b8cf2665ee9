"""A cached grid of signed distances: cheap answers to "where along this ray" and "is this light blocked".

The grid is refreshed a part at a time: every refresh evaluates the nodes near the surface (where it matters and where
the field moves) and a rolling share of all others, so a fine grid costs little. Lookups carry no gradients.
"""

import torch
from torch import Tensor

from core.fields import tracing_torch
from core.fields.hash_grid import Kernel
from core.fields.sdf import SdfField
from core.types import FloatArray


class SdfCache:
    """Signed distances at the nodes of a lattice over [-1, 1]^3, indexed [z, y, x]."""

    def __init__(self, field: SdfField, *, cells: int, device: torch.device) -> None:
        self.kernel: Kernel = "compiled" if device.type == "cpu" else "plain"
        self.cells = cells
        self.cell_size = 2.0 / cells
        axis = torch.linspace(-1.0, 1.0, cells + 1, device=device)
        self._axis = axis
        self.turn = 0
        """Refreshes made; decides which nodes are next."""
        self.grid = torch.zeros((cells + 1,) * 3, device=device)
        self.moved = 0.0
        """How far the field has travelled in all, scene units, estimated."""
        self.moved_before = torch.zeros((cells + 1) ** 3, device=device)
        """[nodes] ``moved`` when each node was last evaluated."""
        self.refresh_all(field)

    def _points(self, flat: Tensor) -> Tensor:
        nodes = self.cells + 1
        x, y, z = flat % nodes, (flat // nodes) % nodes, flat // (nodes * nodes)
        return torch.stack([self._axis[x], self._axis[y], self._axis[z]], 1)

    @torch.no_grad()
    def refresh_all(self, field: SdfField) -> None:
        """Evaluate every node."""
        flat = self.grid.view(-1)
        for part in torch.arange(flat.numel(), device=flat.device).split(1 << 18):
            flat[part] = field.quick_distance(self._points(part))
        self.moved_before.fill_(self.moved)

    @torch.no_grad()
    def refresh(self, field: SdfField, *, shares: int) -> None:
        """Evaluate every node that the surface may have come close to, and one ``shares``-th of all nodes.

        How far the field has moved is learnt from the nodes evaluated: each keeps the distance travelled when it was
        last looked at, and is looked at again once its old value less the distance travelled since is small.
        """
        flat = self.grid.view(-1)
        close = flat.abs() + self.moved_before < 2.5 * self.cell_size + self.moved
        close[self.turn % shares :: shares] = True
        self.turn += 1
        nodes = close.nonzero()[:, 0]
        fresh = field.quick_distance(self._points(nodes))
        # Twice the mean change is taken for the largest; a travelling surface changes all nodes about it alike.
        self.moved += 2.0 * float((fresh - flat[nodes]).abs().mean())
        flat[nodes] = fresh
        self.moved_before[nodes] = self.moved

    def lookup(self, points: Tensor) -> Tensor:
        """Signed distance [points] at ``points`` [points, 3]."""
        if self.kernel == "plain":
            return tracing_torch.lookup(points, self.grid)
        from core.fields import tracing_numba

        out = torch.empty(len(points))
        tracing_numba.lookup(points.contiguous().numpy(), self.grid.numpy(), out.numpy())
        return out

    def sections(
        self,
        origins: Tensor,
        directions: Tensor,
        near: Tensor,
        far: Tensor,
        jitter: Tensor,
        *,
        sharpness: float,
        count: int,
    ) -> Tensor:
        """Edges [rays, count + 1] of the sections to evaluate along each ray; distances along unit ``directions``."""
        lookups, pieces, floor = 48, 8, 0.05
        if self.kernel == "plain":
            return tracing_torch.sample_sections(
                origins,
                directions,
                near,
                far,
                jitter,
                self.grid,
                sharpness=sharpness,
                lookups=lookups,
                pieces=pieces,
                floor=floor,
                sections=count,
            )
        from core.fields import tracing_numba

        rays = (_array(origins), _array(directions), _array(near), _array(far), _array(jitter))
        edges = torch.empty((len(origins), count + 1))
        tracing_numba.sample_sections(*rays, self.grid.numpy(), sharpness, lookups, pieces, floor, edges.numpy())
        return edges

    def closest_approach(self, origins: Tensor, directions: Tensor, *, start: float) -> tuple[Tensor, Tensor]:
        """Smallest distance met along each ray beyond ``start``, [rays], and how far along, [rays]."""
        step_min, steps = 0.5 * self.cell_size, 64
        if self.kernel == "plain":
            return tracing_torch.closest_approach(
                origins, directions, self.grid, start=start, step_min=step_min, steps=steps
            )
        from core.fields import tracing_numba

        rays = (_array(origins), _array(directions))
        least, where = torch.empty(len(origins)), torch.empty(len(origins))
        tracing_numba.closest_approach(*rays, self.grid.numpy(), start, step_min, steps, least.numpy(), where.numpy())
        return least, where

    def first_hit(self, origins: Tensor, normals: Tensor, directions: Tensor, *, start: float, floor: float) -> Tensor:
        """Distance [rays] beyond ``start`` at which each ray enters the object; -1 where it never does.

        A ray is kept ``floor`` above the tangent plane of its origin (unit ``normals`` [rays, 3]) until it has risen
        so far.
        """
        step_min, steps = 0.5 * self.cell_size, 64
        if self.kernel == "plain":
            return tracing_torch.first_hit(
                origins, normals, directions, self.grid, start=start, floor=floor, step_min=step_min, steps=steps
            )
        from core.fields import tracing_numba

        rays = (_array(origins), _array(normals), _array(directions))
        where = torch.empty(len(origins))
        tracing_numba.first_hit(*rays, self.grid.numpy(), start, floor, step_min, steps, where.numpy())
        return where

    def narrowest_pass(
        self, origins: Tensor, normals: Tensor, directions: Tensor, spread: Tensor, *, start: float, floor: float
    ) -> tuple[Tensor, Tensor]:
        """Smallest distance met along each ray beyond ``start`` in units of a cone's radius, and how far along.

        [rays] each. The cone has the radius max(``floor``, ``spread`` [rays] times the distance travelled). Kept
        ``floor`` above the tangent plane as in ``first_hit``.
        """
        step_min, steps = 0.5 * self.cell_size, 64
        if self.kernel == "plain":
            return tracing_torch.narrowest_pass(
                origins,
                normals,
                directions,
                spread,
                self.grid,
                start=start,
                floor=floor,
                step_min=step_min,
                steps=steps,
            )
        from core.fields import tracing_numba

        rays = (_array(origins), _array(normals), _array(directions), _array(spread))
        least, where = torch.empty(len(origins)), torch.empty(len(origins))
        tracing_numba.narrowest_pass(
            *rays, self.grid.numpy(), start, floor, step_min, steps, least.numpy(), where.numpy()
        )
        return least, where


def _array(tensor: Tensor) -> FloatArray:
    """As the compiled kernels take it."""
    return tensor.contiguous().numpy()
