"""Without masks nothing but the photographs holds the shape: it must neither thin out nor shrink from its shadow."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.capture.capture import Capture
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.read import read_capture
from core.fit.config import Weights
from core.fit.losses import batch_losses
from core.fit.trainer import Trainer
from core.scene.frame import scene_frame
from tests.core.fit.small import CPU, SMALL, train


@pytest.fixture(scope="module")
def maskless(tiny_capture_folder: Path, tiny_capture: Capture) -> Capture:
    frame = scene_frame(tiny_capture)
    x, y, z = frame.centre.tolist()
    options = ImportOptions(masks=MaskChoice.NONE, sphere=((x, y, z), frame.scale))
    return read_capture(tiny_capture_folder, options=options)


def _opacity_loss(opacity: list[float], *, solid: float) -> tuple[float, list[float]]:
    """Loss of rays whose colours are right, and its gradient by their opacities."""
    opacities = torch.tensor(opacity, requires_grad=True)
    count = len(opacity)
    losses = batch_losses(
        radiance=torch.ones((count, 1, 3)),
        colours=torch.ones((count, 1, 3)),
        valid=torch.ones((count, 1), dtype=torch.bool),
        belief=torch.ones((count, 1)),
        opacity=opacities,
        clear=torch.zeros(0, dtype=torch.bool),
        gradient=torch.tensor([[[0.0, 0.0, 1.0]]]).expand(count, 1, 3),
        weights=Weights(solid=solid),
        colour_floor=0.05,
        mask_weight=0.0,
    )
    losses.total.backward()
    assert opacities.grad is not None
    return losses.total.item(), opacities.grad.tolist()


def test_a_half_transparent_ray_costs_one_bit_and_moves_to_the_nearer_end() -> None:
    cost, _ = _opacity_loss([0.5, 0.5], solid=0.3)
    assert cost == pytest.approx(0.3 * math.log(2.0), rel=1e-5)
    through, stopped = _opacity_loss([0.2, 0.8], solid=0.3)[1]
    assert through > 0.0 > stopped
    assert through == pytest.approx(-stopped, rel=1e-5)
    assert _opacity_loss([0.0, 1.0], solid=0.3)[0] < 0.01


@pytest.mark.parametrize("masked", [True, False])
def test_shadows_move_the_shape_only_where_masks_hold_it(
    tiny_capture: Capture, maskless: Capture, masked: bool
) -> None:
    capture = tiny_capture if masked else maskless
    losses = [
        train(Trainer(capture, replace(SMALL, steps=60, shadow_gradients_from=start), device=CPU, seed=0), 40)
        for start in (0.2, None)
    ]
    assert (losses[0] != losses[1]) is masked
