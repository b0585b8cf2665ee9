"""Intensities are compared after a scale, because their own is not known."""

from dataclasses import replace

import numpy as np
import pytest

from core.capture.capture import Capture
from core.fit.evaluation.light_figures import intensity_scale, light_figures, relative_intensity_errors, unseen_light
from core.types import ImageKey, gl_from_camera
from tests.core.fit.small import small_trainer


def test_a_scale_per_channel_costs_nothing() -> None:
    truth = np.array([[1.0, 2.0, 3.0], [2.0, 1.0, 4.0]], np.float32)
    errors = relative_intensity_errors(truth / np.array([2.0, 5.0, 0.1], np.float32), truth)
    np.testing.assert_allclose(errors, 0.0, atol=1e-6)


def test_relative_error_by_hand() -> None:
    truth = np.array([[1.0] * 3, [2.0] * 3, [5.0] * 3], np.float32)
    estimate = np.array([[1.0] * 3, [1.0] * 3, [np.nan] * 3], np.float32)
    errors = relative_intensity_errors(estimate, truth)
    # k = (1 + 2) / (1 + 1) = 1.5: |1 - 1.5| / 1 and |2 - 1.5| / 2; the third light was never estimated.
    np.testing.assert_allclose(errors[:2], [[0.5] * 3, [0.25] * 3])
    assert np.isnan(errors[2]).all()


def test_rescaling_by_the_mean_ratio() -> None:
    truth = np.array([[1.0, 1.0, 2.0], [2.0, 4.0, 2.0], [9.0, 9.0, 9.0]], np.float32)
    estimate = np.array([[2.0, 1.0, 1.0], [2.0, 8.0, 3.0], [np.nan] * 3], np.float32)
    scale = intensity_scale(estimate, truth)
    assert scale is not None
    np.testing.assert_allclose(scale, [1.5, 1.5, 1.0])
    assert intensity_scale(np.full((3, 3), np.nan, np.float32), truth) is None


def test_every_light_has_its_figures(tiny_capture: Capture) -> None:
    trainer = small_trainer(tiny_capture)
    trainer.include(key for key in tiny_capture.keys if key.light != 2)
    figures = light_figures(trainer)
    truth = tiny_capture.truth.light_directions_gl
    assert truth is not None
    assert [light.light for light in figures] == list(tiny_capture.light_ids)
    # All lights start at the camera, with one intensity.
    assert figures[0].direction_gl == pytest.approx((0.0, 0.0, 1.0))
    assert figures[0].error_deg == pytest.approx(np.degrees(np.arccos(truth[0, 2])), abs=1e-3)
    assert figures[0].images == sum(key.light == 0 for key in tiny_capture.keys)


def test_a_light_never_trained_on_is_taken_from_the_truth(tiny_capture: Capture) -> None:
    kept = frozenset(key for key in tiny_capture.keys if key.light != 3)
    trainer = small_trainer(tiny_capture)
    trainer.model.lights.trained[:] = False
    trainer.include(kept)
    found = unseen_light(tiny_capture, trainer.lights(), ImageKey(0, 3))
    directions, intensities = tiny_capture.truth.light_directions_gl, tiny_capture.truth.light_intensities
    assert found is not None
    assert directions is not None
    assert intensities is not None
    np.testing.assert_allclose(found.to_light, gl_from_camera(directions[3]))
    # Every estimate is 1 as yet.
    np.testing.assert_allclose(found.intensity, intensities[3] * (1.0 / intensities[:3]).mean(axis=0), rtol=1e-5)
    without = replace(tiny_capture, truth=replace(tiny_capture.truth, light_intensities=None))
    assert unseen_light(without, trainer.lights(), ImageKey(0, 3)) is None
    assert ImageKey(0, 3) not in trainer.included


def test_a_light_never_trained_on_that_stands_in_the_room_is_turned_into_each_camera(tiny_capture: Capture) -> None:
    lights = small_trainer(tiny_capture).lights()
    old = tiny_capture.truth.light_directions_gl
    assert old is not None
    truth = replace(tiny_capture.truth, light_directions_gl=None, light_directions_world=old)
    standing = replace(tiny_capture, truth=truth)
    keys = [key for key in tiny_capture.keys if key.light == 3]
    seen = []
    for key in keys:
        found = unseen_light(standing, lights, key)
        assert found is not None
        rotation = tiny_capture.cameras[tiny_capture.keys.index(key)].rotation
        np.testing.assert_allclose(rotation @ found.to_light, old[3], atol=1e-6)
        seen.append(found.to_light)
    assert np.ptp(seen, axis=0).max() > 0.1, "every camera sees it elsewhere"
    gone = replace(truth, light_directions_world=None)
    assert unseen_light(replace(tiny_capture, truth=gone), lights, keys[0]) is None
