"""The compiled encoding equals the plain one, and its derivative is the derivative."""

import pytest
import torch

from core.fields import encoding_torch
from core.fields.grid_layout import GridLayout, grid_layout
from core.fields.hash_grid import HashGrid

CPU = torch.device("cpu")


@pytest.fixture
def layout() -> GridLayout:
    """Dense levels and hashed ones."""
    return grid_layout(levels=5, coarsest=4, finest=40, log2_rows=12)


def _grid(layout: GridLayout, kernel: str) -> HashGrid:
    grid = HashGrid(layout, device=CPU, generator=torch.Generator().manual_seed(1))
    grid.table.uniform_(-0.5, 0.5, generator=torch.Generator().manual_seed(2))
    grid.kernel = kernel  # type: ignore[assignment]
    return grid


def _points(count: int = 200) -> torch.Tensor:
    points = torch.rand((count, 3), generator=torch.Generator().manual_seed(3)) * 2.2 - 1.1  # some outside the cube
    points[0], points[1] = torch.tensor([1.0, 1.0, 1.0]), torch.tensor([-1.0, -1.0, -1.0])
    return points


def test_layout_hashes_only_what_does_not_fit(layout: GridLayout) -> None:
    assert layout.resolutions[0] == 4
    assert layout.resolutions[-1] == 40
    for level in range(layout.levels):
        rows = layout.offsets[level + 1] - layout.offsets[level]
        corners = (layout.resolutions[level] + 1) ** 3
        assert layout.hashed[level] == (corners > 4096)
        assert rows == min(corners, 4096)


@pytest.mark.parametrize("levels", [2, 5])
def test_compiled_encoding_equals_plain(layout: GridLayout, levels: int) -> None:
    fast, plain = _grid(layout, "compiled"), _grid(layout, "plain")
    for a, b in zip(fast.encode(_points(), levels), plain.encode(_points(), levels), strict=True):
        torch.testing.assert_close(a, b, atol=2e-5, rtol=1e-5)
    torch.testing.assert_close(fast.values(_points(), levels), plain.values(_points(), levels), atol=1e-5, rtol=1e-5)


def test_compiled_gradient_equals_plain(layout: GridLayout) -> None:
    fast, plain = _grid(layout, "compiled"), _grid(layout, "plain")
    generator = torch.Generator().manual_seed(4)
    a, b = (torch.randn((200, layout.width), generator=generator) for _ in range(2))
    direction = torch.randn((200, 3), generator=generator)
    for grid in (fast, plain):
        grid.add_gradient(_points(), a, b, direction)
    torch.testing.assert_close(fast.gradient, plain.gradient, atol=2e-4, rtol=1e-4)


def test_gradient_is_that_of_the_encoding(layout: GridLayout) -> None:
    """Against autograd through the plain encoding."""
    grid = _grid(layout, "compiled")
    generator = torch.Generator().manual_seed(5)
    a, b = (torch.randn((200, layout.width), generator=generator) for _ in range(2))
    direction = torch.randn((200, 3), generator=generator)
    grid.add_gradient(_points(), a, b, direction)
    table = grid.table.clone().requires_grad_()
    features, jacobian = encoding_torch.encode(_points(), table, layout, layout.levels)
    ((a * features).sum() + (b * (jacobian * direction[:, None]).sum(-1)).sum()).backward()
    assert table.grad is not None
    torch.testing.assert_close(grid.gradient, table.grad, atol=2e-4, rtol=1e-4)


def test_jacobian_is_the_derivative(layout: GridLayout) -> None:
    """Against central differences, at points that stay inside their cells."""
    grid = _grid(layout, "compiled")
    points = _points(400).clamp(-0.99, 0.99)
    _, jacobian = grid.encode(points, layout.levels)
    step = 1e-3
    for axis in range(3):
        shift = torch.zeros(3)
        shift[axis] = step
        difference = (grid.values(points + shift, layout.levels) - grid.values(points - shift, layout.levels)) / (
            2 * step
        )
        close = (difference - jacobian[:, :, axis]).abs() < 0.02
        assert close.float().mean() > 0.9  # the rest lies within a step of a cell's side, where the slope jumps


def test_adam_moves_touched_rows_only_and_alike(layout: GridLayout) -> None:
    fast, plain = _grid(layout, "compiled"), _grid(layout, "plain")
    before = fast.table.clone()
    for turn in range(3):
        for grid in (fast, plain):
            grid.gradient[turn * 10 : turn * 10 + 20] = 0.3
            grid.gradient[5, 1] = 0.0
            grid.adam(rate=0.01, betas=(0.9, 0.99), levels=3)
            assert not grid.gradient.any()
    torch.testing.assert_close(fast.table, plain.table, atol=1e-6, rtol=1e-5)
    assert torch.equal(fast.table[100:], before[100:])
    assert not torch.equal(fast.table[:40], before[:40])


def test_the_first_adam_step_has_the_length_of_the_rate(layout: GridLayout) -> None:
    grid = _grid(layout, "compiled")
    before = grid.table.clone()
    grid.gradient[:8] = torch.tensor([3.0, -0.001])
    grid.adam(rate=0.01, betas=(0.9, 0.99), levels=layout.levels)
    torch.testing.assert_close(
        grid.table[:8] - before[:8], torch.tensor([-0.01, 0.01]).expand(8, 2), atol=1e-6, rtol=1e-3
    )
