"""Shadows are believed as far as photographs bear them out."""

import numpy as np
import pytest
import torch

from core.capture.capture import Capture
from core.fit.shadow_trust import LEAST, largest_ratio, shadow_trust
from core.render.shade import Shaded
from core.scene.pixels import RayBatch
from tests.core.fit.small import small_trainer, train

INF = float("inf")


def batch_of(colours: torch.Tensor, valid: torch.Tensor) -> RayBatch:
    nothing = torch.zeros(0)
    return RayBatch(
        origins=nothing,
        directions=nothing,
        world_from_rig=nothing,
        images=nothing,
        lights=nothing,
        edge=nothing,
        clear=nothing,
        valid=valid,
        colours=colours,
    )


def shaded_with(visibility: torch.Tensor, strength: float) -> Shaded:
    lit = torch.full((*visibility.shape, 3), 0.8)
    seen = 1.0 - strength * (1.0 - visibility)
    return Shaded(radiance=lit * seen[..., None], unshadowed=lit, visibility=seen)


@pytest.mark.parametrize("strength", [1.0, 0.3, LEAST])
@pytest.mark.parametrize("shadowed", [True, False])
def test_the_photographs_decide(strength: float, shadowed: bool) -> None:
    visibility = (torch.rand((200, 3), generator=torch.Generator().manual_seed(1)) > 0.3).float()
    photographed = 0.8 * (visibility if shadowed else torch.ones_like(visibility))
    batch = batch_of(photographed[..., None].expand(-1, -1, 3), torch.ones((200, 3), dtype=torch.bool))
    trust = 0.5
    for _ in range(60):
        trust = shadow_trust(trust, shaded_with(visibility, strength), batch, strength=strength, ceiling=INF, stage=0.4)
    assert trust == (1.0 if shadowed else LEAST)


def test_what_is_no_photograph_does_not_count() -> None:
    visibility = torch.zeros((50, 2))
    colours = torch.zeros((50, 2, 3))
    colours[:, 1] = 0.8  # beside the valid ones: lit although the model says shadow
    valid = torch.tensor([[True, False]]).expand(50, 2)
    assert (
        shadow_trust(0.5, shaded_with(visibility, 1.0), batch_of(colours, valid), strength=1.0, ceiling=INF, stage=0.4)
        > 0.5
    )


def test_without_shadows_nothing_is_learnt_about_them() -> None:
    visibility = torch.ones((5, 1))
    batch = batch_of(torch.zeros((5, 1, 3)), torch.ones((5, 1), dtype=torch.bool))
    assert shadow_trust(0.7, shaded_with(visibility, 0.0), batch, strength=0.0, ceiling=INF, stage=0.4) == 0.7


def test_a_rough_shape_is_given_time() -> None:
    ratios = [largest_ratio(progress) for progress in np.linspace(0.0, 0.5, 26)]
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[0] > 1.5
    assert 1.0 < ratios[-1] < 1.2


def test_lamps_keep_their_shadows(tiny_capture: Capture) -> None:
    lamp = small_trainer(tiny_capture, steps=200)
    train(lamp, 200)
    assert lamp.model.shadow_trust == 1.0
