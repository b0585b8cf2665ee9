"""The signed distance field: closed-form derivatives against autograd, and the sphere it starts as."""

import pytest
import torch
from torch import nn

from core.fields import encoding_torch
from core.fields.sdf import SdfConfig, SdfField

CONFIG = SdfConfig(levels=4, coarsest_cells=4, finest_cells=24, log2_rows=11, hidden=32, features=5)


def _field(*, start: bool = False) -> SdfField:
    generator = torch.Generator().manual_seed(0)
    field = SdfField(CONFIG, device=torch.device("cpu"), generator=generator)
    if not start:
        field.grid.table.uniform_(-0.2, 0.2, generator=generator)
        with torch.no_grad():
            field.w1 += 0.1 * torch.randn(field.w1.shape, generator=generator)
    return field


def _points(count: int = 60) -> torch.Tensor:
    return torch.rand((count, 3), generator=torch.Generator().manual_seed(7)) * 1.8 - 0.9


def test_starts_as_a_sphere() -> None:
    field = _field(start=True)
    points = _points(500)
    distance, _, gradient = field(points)
    radius = points.norm(dim=1)
    assert (distance - (radius - 0.5)).abs().max() < 0.1
    outward = (gradient * points).sum(1) / radius
    assert outward[radius > 0.2].min() > 0.8


def test_distance_without_derivatives_is_the_same() -> None:
    field = _field()
    torch.testing.assert_close(field.distance(_points()), field(_points())[0], atol=1e-5, rtol=1e-5)


def test_quick_distance_is_good_to_a_ten_thousandth() -> None:
    field = _field()
    points = _points(2000)
    assert (field.quick_distance(points) - field.distance(points)).abs().max() < 2e-4


@pytest.mark.parametrize("kernel", ["compiled", "plain"])
@pytest.mark.parametrize("levels", [2, 4])
def test_all_derivatives_equal_autograd(kernel: str, levels: int) -> None:
    """Loss through value, features and gradient; autograd differentiates the plain field twice."""
    field = _field()
    field.grid.kernel = kernel  # type: ignore[assignment]
    field.active_levels = levels

    def loss(f: torch.Tensor, features: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
        return (f**2).sum() + (features**3).sum() + ((gradient.norm(dim=1) - 1) ** 2).sum() + gradient[:, 1].sum()

    loss(*field(_points())).backward()
    table = field.grid.table.clone().requires_grad_()
    points = _points().requires_grad_()
    encoded = encoding_torch.encode_values(points, table, field.grid.layout, levels)
    x = torch.cat([points, encoded], 1)
    hidden = x @ field.w1[:, : x.shape[1]].T + field.b1
    out = nn.functional.softplus(hidden, beta=100.0) @ field.w2.T + field.b2
    (gradient,) = torch.autograd.grad(out[:, 0].sum(), points, create_graph=True)
    parameters = [table, field.w1, field.b1, field.w2, field.b2]
    gain = field.config.feature_gain
    expected = torch.autograd.grad(loss(out[:, 0], gain * out[:, 1:], gradient), parameters)
    mine = [field.grid.gradient, field.w1.grad, field.b1.grad, field.w2.grad, field.b2.grad]
    for a, b in zip(mine, expected, strict=True):
        assert a is not None
        torch.testing.assert_close(a, b, atol=2e-4, rtol=1e-3)
