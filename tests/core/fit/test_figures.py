"""Losses, schedule and metrics against values worked out by hand."""

import math

import numpy as np
import pytest
import torch

from core.fit import metrics, schedule
from core.fit.config import PRESETS, Weights
from core.fit.convergence import STRETCH_STEPS, Convergence
from core.fit.error_volume import ErrorVolume
from core.fit.losses import Losses, batch_losses


def test_losses_of_a_hand_made_batch() -> None:
    radiance = torch.tensor([[[0.2, 0.2, 0.2], [1.0, 1.0, 1.0]]], requires_grad=True)
    losses = batch_losses(
        radiance=radiance,
        colours=torch.tensor([[[0.1, 0.2, 0.3], [9.0, 9.0, 9.0]]]),
        valid=torch.tensor([[True, False]]),
        belief=torch.tensor([[0.5, 1.0]]),
        opacity=torch.tensor([0.75, 0.25], requires_grad=True),
        clear=torch.tensor([False]),
        gradient=torch.tensor([[[2.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]]]),
        weights=Weights(eikonal=0.1),
        colour_floor=0.05,
        mask_weight=0.5,
    )
    assert losses.colour.item() == pytest.approx(0.2 / 3 / 0.25)
    assert losses.mask.item() == pytest.approx(-math.log(0.75))
    assert losses.eikonal.item() == pytest.approx(0.5)
    assert losses.total.item() == pytest.approx(0.2 / 3 / 0.25 - 0.5 * math.log(0.75) + 0.05)
    losses.total.backward()
    assert radiance.grad is not None
    assert not radiance.grad[0, 1].any()  # a slot without a photograph teaches nothing


@pytest.mark.parametrize(("evenness", "floor"), [(1.2, 0.05), (1.0, 0.05), (0.8, 0.04), (0.5, 0.025), (0.05, 0.025)])
def test_dark_pixels_count_more_where_most_are_dark(evenness: float, floor: float) -> None:
    assert Weights().floor_at(evenness) == pytest.approx(floor)


def test_a_photograph_believed_half_moves_the_mean_half_as_much() -> None:
    def colour(belief: float) -> float:
        losses = batch_losses(
            radiance=torch.ones((1, 2, 3)),
            colours=torch.tensor([[[1.0, 1.0, 1.0], [2.05, 2.05, 2.05]]]),
            valid=torch.ones((1, 2), dtype=torch.bool),
            belief=torch.tensor([[1.0, belief]]),
            opacity=torch.tensor([0.5]),
            clear=torch.zeros(0, dtype=torch.bool),
            gradient=torch.ones((1, 1, 3)),
            weights=Weights(),
            colour_floor=0.05,
            mask_weight=0.0,
        )
        return losses.colour.item()

    assert colour(1.0) == pytest.approx(1.0 / 2)
    assert colour(0.5) == pytest.approx(0.5 / 1.5)


def _beside(opacity: list[float], *, mask_weight: float, clear: bool = True) -> tuple[Losses, torch.Tensor]:
    """Losses of one object ray, opaque, and of background rays; and the opacities, with their gradients."""
    opacities = torch.tensor([1.0, *opacity], requires_grad=True)
    losses = batch_losses(
        radiance=torch.ones((1, 1, 3)),
        colours=torch.ones((1, 1, 3)),
        valid=torch.ones((1, 1), dtype=torch.bool),
        belief=torch.ones((1, 1)),
        opacity=opacities,
        clear=torch.full((len(opacity),), clear),
        gradient=torch.tensor([[[0.0, 0.0, 1.0]]]).expand(len(opacities), 1, 3),
        weights=Weights(clear=3.0),
        colour_floor=0.05,
        mask_weight=mask_weight,
    )
    losses.total.backward()
    return losses, opacities


def test_mist_clear_of_the_object_counts_for_more() -> None:
    close, clear = (_beside([0.5], mask_weight=0.5, clear=where)[0].total.item() for where in (False, True))
    assert close == pytest.approx(0.5 * math.log(2.0) / 2, abs=1e-3)
    assert clear == pytest.approx(3.5 * math.log(2.0) / 2, abs=1e-3)
    # Without masks no ray is clear of anything.
    assert (
        _beside([0.5], mask_weight=0.0)[0].total.item() == _beside([0.5], mask_weight=0.0, clear=False)[0].total.item()
    )


def test_a_body_is_not_carved_away_as_mist() -> None:
    gradients = {}
    for where in (False, True):
        _, opacities = _beside([0.97, 0.6], mask_weight=0.5, clear=where)
        assert opacities.grad is not None
        gradients[where] = opacities.grad[1:].tolist()
    assert gradients[True][0] == pytest.approx(gradients[False][0])
    assert gradients[True][1] == pytest.approx(7.0 * gradients[False][1])


def test_the_schedule_starts_gently_and_ends_slowly() -> None:
    assert schedule.rate_factor(0.0) == schedule.rate_factor(schedule.OPENING) == 1.0
    assert schedule.rate_factor(1.0) == pytest.approx(0.05)
    assert schedule.extension_rate_factor(0.0) == pytest.approx(0.3)
    assert schedule.extension_rate_factor(1.0) == pytest.approx(0.05)
    assert [schedule.active_levels(p, 10) for p in (0.0, 0.25, 0.5, 1.0)] == [4, 7, 10, 10]
    assert schedule.shadow_strength(0.05) == 0.0
    assert schedule.mask_weight(0.1, 0.5, 0.08) == 0.5
    assert schedule.mask_weight(0.9, 0.5, 0.08) == pytest.approx(0.08)
    assert schedule.shadow_strength(0.3) == 1.0


def test_a_plan_ends_by_steps_or_by_seconds_whichever_comes_first() -> None:
    plan = schedule.Plan(first_step=0, first_second=0.0, last_step=100, last_second=10.0, extension=False)
    assert plan.progress(50, 1.0) == 0.5
    assert plan.progress(10, 9.0) == 0.9
    assert plan.progress(500, 99.0) == 1.0


def _plan(*, last_step: int = 10_000, extension: bool = False) -> schedule.Plan:
    return schedule.Plan(first_step=0, first_second=0.0, last_step=last_step, last_second=None, extension=extension)


def test_a_long_run_opens_in_as_many_steps_as_a_short_one_and_settles_for_the_rest() -> None:
    plan = _plan()
    assert plan.stage(400, 0.0, 800) == pytest.approx(schedule.OPENING / 2)
    assert plan.open_share(800, 0.0, 800) == 1.0
    settling = plan.settled_from(800, 0.0, schedule.OPENING)
    assert settling.stage(800, 0.0, 800) == pytest.approx(schedule.OPENING)
    assert settling.stage(10_000, 0.0, 800) == 1.0
    assert settling.stage(5_400, 0.0, 800) == pytest.approx((1.0 + schedule.OPENING) / 2)


def test_a_short_run_opens_for_part_of_its_plan() -> None:
    plan = _plan(last_step=100)
    assert plan.open_share(40, 0.0, 800) == pytest.approx(1.0)
    assert plan.stage(20, 0.0, 800) == pytest.approx(0.2)
    assert plan.settled_from(40, 0.0, schedule.OPENING).stage(70, 0.0, 800) == pytest.approx(0.7)


def test_a_continued_run_does_not_open_again() -> None:
    assert _plan(extension=True).stage(5, 0.0, 800) == 1.0


def test_a_converged_run_ends_soon_and_smoothly() -> None:
    settling = _plan().settled_from(800, 0.0, schedule.OPENING)
    stage = settling.stage(4_000, 0.0, 800)
    short = settling.shortened(4_000, 0.0, stage)
    assert short.converged
    assert short.stage(4_000, 0.0, 800) == pytest.approx(stage)
    assert short.last_step == 4_600
    assert short.stage(4_600, 0.0, 800) == 1.0
    assert stage < short.stage(4_300, 0.0, 800) < 1.0


def test_a_run_has_converged_once_its_error_hardly_falls() -> None:
    watch = Convergence()
    falling = [0.2 * 0.98**stretch for stretch in range(12)]
    for error in falling:
        for _ in range(STRETCH_STEPS):
            watch.add(error)
            assert not watch.reached
    for _ in range(3 * STRETCH_STEPS):
        watch.add(falling[-1])
        assert not watch.reached
    for _ in range(STRETCH_STEPS):
        watch.add(falling[-1])
    assert watch.reached


def test_presets_keep_the_length_asked_for() -> None:
    for preset in PRESETS.values():
        assert preset(12.5).seconds == 12.5


def test_psnr_of_a_known_difference() -> None:
    photo = np.zeros((2, 2, 3), np.float32)
    render = np.full((2, 2, 3), 0.1, np.float32)
    render[0, 0] = 0.9
    mask = np.array([[False, True], [True, True]])
    assert metrics.psnr_db(render, photo, mask) == pytest.approx(20.0, abs=1e-4)
    assert metrics.psnr_db(photo, photo, mask) == math.inf


def test_angles() -> None:
    a = np.array([[0, 0, 2.0], [1, 0, 0], [0, 0, 0]], np.float32)
    b = np.array([[0, 1, 1.0], [-1, 0, 0], [1, 0, 0]], np.float32)
    np.testing.assert_allclose(metrics.angles_deg(a, b), [45.0, 180.0, np.nan], atol=1e-4)


def test_a_missing_normal_counts_ninety_degrees() -> None:
    truth = np.zeros((1, 3, 3), np.float32)
    truth[0, :2] = [0, 0, 1]
    estimate = truth.copy()
    estimate[0, 1] = 0
    errors = metrics.normal_error_deg(estimate, truth, np.array([[True, True, True]]))
    np.testing.assert_allclose(errors, [0.0, 90.0], atol=1e-4)


def test_the_error_volume_remembers_where() -> None:
    volume = ErrorVolume(cells=4, device=torch.device("cpu"))
    here, there = torch.tensor([[0.6, 0.6, 0.6]]), torch.tensor([[-0.6, -0.6, -0.6]])
    volume.add(here.expand(2, 3), torch.tensor([1.0, 3.0]))
    assert volume.at(here).item() == pytest.approx(2.0)
    assert volume.at(there).item() == 0.0
    volume.fade(0.5)
    volume.add(here, torch.tensor([5.0]))
    assert volume.at(here).item() == pytest.approx(3.5)
