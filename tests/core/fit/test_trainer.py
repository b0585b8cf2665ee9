"""The optimiser: it converges, repeats itself exactly, and survives bad steps."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.capture.capture import Capture
from core.errors import Cancelled, FitError, SubsetError
from core.fields import kernels
from core.fit import convergence, metrics
from core.fit.last_good import live_tensors
from core.fit.trainer import Trainer
from core.render.view import trace_view_now
from core.types import ImageKey
from tests.core.fit.small import CPU, SMALL, small_trainer, train


def _normal_error_deg(trainer: Trainer) -> float:
    errors = []
    for group in trainer.capture.pose_groups():
        maps = trace_view_now(trainer.model, group.camera, trainer.frame).images()
        truth = trainer.capture.truth.normals_gl[group.view]
        errors.append(metrics.normal_error_deg(maps.normals_gl, truth, trainer.capture.masks[group.view]))
    return float(np.concatenate(errors).mean())


def test_a_fit_reaches_shape_and_lights_in_a_fixed_number_of_steps(tiny_capture: Capture) -> None:
    """4 views of 48 x 48 pixels under 4 unknown lights, 500 small steps, from a sphere and lights at the camera."""
    trainer = small_trainer(tiny_capture, steps=500)
    truth = tiny_capture.truth.light_directions_gl
    assert truth is not None
    start_light = float(metrics.light_error_deg(trainer.lights().directions_gl, truth).mean())
    start_normal = _normal_error_deg(trainer)
    losses = train(trainer, 500)
    light = float(metrics.light_error_deg(trainer.lights().directions_gl, truth).mean())
    normal = _normal_error_deg(trainer)
    assert start_light > 15.0
    assert start_normal > 35.0
    assert light < 2.5  # 1.3 to 1.4 with seeds 0 to 2
    assert normal < 9.0  # 6.8 to 6.9
    assert np.mean(losses[-50:]) < 0.5 * np.mean(losses[:50])
    assert trainer.psnr_db() > 24.0
    assert trainer.finished


def test_equal_seeds_give_equal_runs_and_others_do_not(tiny_capture: Capture) -> None:
    one, two, other = (small_trainer(tiny_capture, seed=seed) for seed in (3, 3, 4))
    losses = train(one, 25)
    assert train(two, 25) == losses
    assert train(other, 25) != losses
    for name, tensor in live_tensors(one).items():
        assert tensor.equal(live_tensors(two)[name]), name


def test_untrained_lights_are_not_estimated(tiny_capture: Capture) -> None:
    chosen = [key for key in tiny_capture.keys if key.light != tiny_capture.light_ids[1]]
    trainer = Trainer(tiny_capture, SMALL, device=CPU, included=chosen)
    train(trainer, 3)
    lights = trainer.lights()
    assert np.isnan(lights.directions_gl[1]).all()
    assert np.isnan(lights.intensities[1]).all()
    assert np.isfinite(np.delete(lights.directions_gl, 1, 0)).all()
    np.testing.assert_allclose(np.nanmean(lights.intensities, 0), 1.0, atol=1e-5)
    trainer.include(tiny_capture.keys)
    assert np.isfinite(trainer.lights().directions_gl).all()


def test_only_included_images_are_drawn(tiny_capture: Capture) -> None:
    trainer = small_trainer(tiny_capture)
    chosen = frozenset(key for key in tiny_capture.keys if key.view < 2 and key.light == 0)
    trainer.include(chosen)
    train(trainer, 5)
    assert set(trainer.image_losses()) == chosen
    before = trainer.included
    for bad in ([], [key for key in tiny_capture.keys if key.view == 0], [*chosen, ImageKey(99, 99)]):
        with pytest.raises(SubsetError):
            trainer.include(bad)
    assert trainer.included == before


def test_images_of_a_pose_with_fewer_lights_are_not_counted_twice(tiny_capture: Capture) -> None:
    """Uneven choices: some rays are shaded under fewer lights than the batch is wide."""
    trainer = small_trainer(tiny_capture)
    trainer.include([key for key in tiny_capture.keys if key.view < 2 and (key.view == 0 or key.light == 0)])
    batch = trainer.pool.draw(64, 8, 4, trainer.generator)
    assert (~batch.valid).any()
    assert batch.valid.any(1).all()
    train(trainer, 5)
    assert math.isfinite(trainer.psnr_db())


def test_colours_of_a_batch_are_those_of_the_photographs(tiny_capture: Capture) -> None:
    trainer = small_trainer(tiny_capture)
    pool, model = trainer.pool, trainer.model
    batch = pool.draw(50, 10, 4, trainer.generator)
    for ray in range(50):
        for slot in range(4):
            image = int(batch.images[ray, slot])
            camera = tiny_capture.cameras[image]
            point = trainer.frame.world_from_scene((batch.origins[ray] + 3.0 * batch.directions[ray]).double().numpy())
            seen = camera.intrinsics @ (camera.rotation.T @ (point - camera.centre))
            u, v = np.round(seen[:2] / seen[2]).astype(int)
            expected = tiny_capture.linear(image)[v, u] * model.exposure
            np.testing.assert_allclose(batch.colours[ray, slot], expected, rtol=1e-4)
            assert tiny_capture.masks[tiny_capture.keys[image].view][v, u]


def test_a_bad_step_restores_the_last_good_state(tiny_capture: Capture) -> None:
    trainer = small_trainer(tiny_capture)
    train(trainer, 120)
    with torch.no_grad():
        trainer.model.sdf.w1.fill_(float("nan"))
    with pytest.raises(FitError, match="not numbers"):
        trainer.step()
    assert trainer.steps == 100
    assert all(bool(tensor.double().isfinite().all()) for tensor in live_tensors(trainer).values())
    assert all(math.isfinite(loss) for loss in train(trainer, 10))


def test_a_bad_step_at_a_refresh_leaves_the_cache_alive(tiny_capture: Capture) -> None:
    trainer = small_trainer(tiny_capture)
    train(trainer, 113)  # the next step refreshes
    with torch.no_grad():
        trainer.model.sdf.w1.fill_(float("nan"))
    with pytest.raises(FitError, match="not numbers"):
        trainer.step()
    assert math.isfinite(trainer.model.cache.moved)
    assert bool(trainer.model.cache.grid.isfinite().all())


def test_a_damaged_state_is_never_kept_as_the_last_good_one(
    tiny_capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = small_trainer(tiny_capture)
    train(trainer, 199)
    step = trainer.optimiser.step

    def spoil() -> None:
        step()
        with torch.no_grad():
            trainer.model.sdf.w2[1, 0] = math.nan

    monkeypatch.setattr(trainer.optimiser, "step", spoil)
    trainer.step()  # a finite loss, and weights that are not: a multiple of a hundred
    monkeypatch.undo()
    with pytest.raises(FitError, match="not numbers"):
        trainer.step()
    assert trainer.steps == 100
    assert all(math.isfinite(loss) for loss in train(trainer, 3))


def test_lights_ticked_since_the_last_good_state_stay_known(tiny_capture: Capture) -> None:
    some = [key for key in tiny_capture.keys if key.light != tiny_capture.light_ids[1]]
    trainer = Trainer(tiny_capture, SMALL, device=CPU, included=some)
    train(trainer, 5)
    trainer.include(tiny_capture.keys)
    with torch.no_grad():
        trainer.model.sdf.w1.fill_(float("nan"))
    with pytest.raises(FitError, match="not numbers"):
        trainer.step()
    assert bool(trainer.model.lights.trained.all())


def test_a_run_ends_early_once_it_has_converged_and_whoever_asks_for_more_gets_it(
    tiny_capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convergence, "STRETCH_STEPS", 5)
    monkeypatch.setattr(convergence, "LEAST_GAIN", 0.9)  # whatever happens counts as no gain
    config = replace(SMALL, steps=400, until_converged=True, opening_steps=20)
    trainer = Trainer(tiny_capture, config, device=CPU)
    while not trainer.finished:
        trainer.step()
    assert trainer.converged
    assert trainer.steps == trainer.planned_steps == 58  # 20, six stretches of 5 steps, and 15 % more
    trainer.extend(steps=100)
    while not trainer.finished:
        trainer.step()
    assert trainer.steps == 158


def test_lack_of_memory_restores_the_last_good_state(tiny_capture: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = small_trainer(tiny_capture)
    train(trainer, 5)
    before = trainer.model.sdf.w1.detach().clone()

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(trainer.pool, "draw", fail)
        with pytest.raises(FitError, match="memory"):
            trainer.step()
    assert trainer.steps == 0
    assert not trainer.model.sdf.w1.equal(before)  # back at the start, which was the last copy
    train(trainer, 2)


def test_a_run_goes_on_past_its_plan(tiny_capture: Capture) -> None:
    trainer = small_trainer(tiny_capture, steps=20)
    train(trainer, 20)
    assert trainer.finished
    trainer.extend(steps=10)
    assert not trainer.finished
    assert trainer.planned_steps == 30
    train(trainer, 10)
    assert trainer.finished
    train(trainer, 1)


def test_a_plan_in_seconds_can_be_stretched_before_its_end(tiny_capture: Capture) -> None:
    trainer = Trainer(tiny_capture, replace(SMALL, steps=None, seconds=100.0), device=CPU)
    trainer.course.seconds = 50.0
    assert trainer.progress == 0.5
    trainer.extend(seconds=100.0)
    assert trainer.progress == 0.25
    assert trainer.planned_seconds == 200.0


def test_setup_can_be_cancelled(tiny_capture: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "compiled", lambda: False)  # as in a new process

    def cancel(title: str, fraction: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        Trainer(tiny_capture, SMALL, device=CPU, progress=cancel)


def test_the_plain_kernels_train_alike(tiny_capture: Capture) -> None:
    """The first steps with the compiled kernels and with the plain ones, which a GPU uses, go the same way."""
    fast, plain = small_trainer(tiny_capture), small_trainer(tiny_capture)
    plain.model.sdf.grid.kernel = plain.model.cache.kernel = "plain"
    assert train(fast, 3) == pytest.approx(train(plain, 3), rel=2e-3)
