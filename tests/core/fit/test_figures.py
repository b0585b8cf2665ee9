"""Losses, schedule and metrics against values worked out by hand."""

import math

import numpy as np
import pytest
import torch

from core.fit import metrics, schedule
from core.fit.config import PRESETS, Weights
from core.fit.error_volume import ErrorVolume
from core.fit.losses import batch_losses


def test_losses_of_a_hand_made_batch() -> None:
    radiance = torch.tensor([[[0.2, 0.2, 0.2], [1.0, 1.0, 1.0]]], requires_grad=True)
    losses = batch_losses(
        radiance=radiance,
        colours=torch.tensor([[[0.1, 0.2, 0.3], [9.0, 9.0, 9.0]]]),
        valid=torch.tensor([[True, False]]),
        opacity=torch.tensor([0.75, 0.25], requires_grad=True),
        gradient=torch.tensor([[[2.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]]]),
        weights=Weights(eikonal=0.1, colour_floor=0.05),
        mask_weight=0.5,
    )
    assert losses.colour.item() == pytest.approx(0.2 / 3 / 0.25)
    assert losses.mask.item() == pytest.approx(-math.log(0.75))
    assert losses.eikonal.item() == pytest.approx(0.5)
    assert losses.total.item() == pytest.approx(0.2 / 3 / 0.25 - 0.5 * math.log(0.75) + 0.05)
    losses.total.backward()
    assert radiance.grad is not None
    assert not radiance.grad[0, 1].any()  # a slot without a photograph teaches nothing


def test_the_schedule_starts_gently_and_ends_slowly() -> None:
    assert schedule.rate_factor(0.0, extension=False) == schedule.rate_factor(0.4, extension=False) == 1.0
    assert schedule.rate_factor(1.0, extension=False) == pytest.approx(0.05)
    assert schedule.rate_factor(0.0, extension=True) == pytest.approx(0.3)
    assert schedule.rate_factor(1.0, extension=True) == pytest.approx(0.05)
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
