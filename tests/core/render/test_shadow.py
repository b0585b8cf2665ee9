"""Cast shadows against geometry."""

import torch

from core.fields.sdf import SdfField
from core.render.shadow import visibility
from tests.core.render.analytic import OneSphere, TwoSpheres, model_of

UP = torch.tensor([0.0, 0.0, 1.0])


def _cap(count: int = 400) -> torch.Tensor:
    """Points on the upper part of the big sphere."""
    points = torch.randn((count, 3), generator=torch.Generator().manual_seed(1))
    points[:, 2] = points[:, 2].abs() + 0.6
    return 0.5 * torch.nn.functional.normalize(points, dim=1)


def test_a_convex_body_casts_no_shadow_on_its_lit_side() -> None:
    points = _cap()
    normals = points / 0.5
    seen = visibility(model_of(OneSphere), points, normals, UP.expand(len(points), 1, 3))
    assert seen.min() > 0.9


def test_a_sphere_in_the_light_casts_a_round_shadow() -> None:
    points = _cap()
    normals = points / 0.5
    seen = visibility(model_of(TwoSpheres), points, normals, UP.expand(len(points), 1, 3))[:, 0]
    from_axis = points[:, :2].norm(dim=1)
    assert seen[from_axis < 0.12].max() < 0.05
    assert seen[from_axis > 0.18].min() > 0.95
    assert ((from_axis > 0.12) & (from_axis < 0.18)).any()


def test_a_light_from_behind_is_left_to_the_cosine() -> None:
    points = _cap(20)
    seen = visibility(model_of(TwoSpheres), points, points / 0.5, -UP.expand(20, 1, 3))
    assert torch.equal(seen, torch.ones((20, 1)))


def test_learnt_shadows_have_the_same_values_and_move_the_shape() -> None:
    """Against the field that casts them: a real one, so that there are weights to receive a gradient."""
    model = model_of(SdfField)
    points = 0.5 * torch.nn.functional.normalize(
        torch.randn((300, 3), generator=torch.Generator().manual_seed(2)), dim=1
    )
    normals = points / 0.5
    to_light = torch.nn.functional.normalize(torch.tensor([1.0, 0.2, 0.1]), dim=0).expand(300, 1, 3)
    plain = visibility(model, points, normals, to_light)
    learnt = visibility(model, points, normals, to_light, learn=True)
    assert (plain - learnt).abs().mean() < 0.02
    learnt.sum().backward()
    assert model.sdf.w2.grad is not None
    assert model.sdf.w2.grad.abs().sum() > 0
