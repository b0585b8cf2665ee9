"""Runs in which more than directions is estimated of the lights: found, saved, written, shown."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.capture.capture import Capture
from core.fit.checkpoint import NUMBER_FILE, load_trainer, save_checkpoint
from core.fit.choices import FitChoices
from core.fit.config import with_choices
from core.fit.known_lights import light_of
from core.fit.light_tables import LIGHT_TABLES, write_lights
from core.fit.light_truth import light_errors_deg, seen_lights
from core.fit.trainer import Trainer
from core.render.view import incident_from, trace_view_now
from core.scene.light_model import LightFrame, LightModel
from core.types import gl_from_camera
from tests.core.fit.lit_ball import DISTANCE, ball_capture
from tests.core.fit.small import CPU, SMALL, assert_resumes_as_if_never_stopped, small_trainer, train

FRAMES: tuple[LightFrame, ...] = ("camera", "world")


def _trainer(capture: Capture, model: LightModel, *, steps: int = 40) -> Trainer:
    return Trainer(capture, replace(with_choices(SMALL, FitChoices(lights=model)), steps=steps), device=CPU)


def _everything(fixed_to: LightFrame) -> LightModel:
    return LightModel(fixed_to=fixed_to, near=True, falloff=True, exposure=True)


def _shaken(trainer: Trainer) -> Trainer:
    """The same with lights that are somewhere."""
    generator = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for parameter in trainer.model.lights.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape, generator=generator))
        trainer.model.lights.shared_nearness.fill_(-1.0)
    return trainer


def test_training_finds_where_near_lights_are() -> None:
    rng = np.random.default_rng(2)
    tilt, around = np.radians([15.0, 28.0, 40.0, 22.0, 35.0]), np.arange(5) * 2.4
    directions = np.stack([np.sin(tilt) * np.cos(around), np.sin(tilt) * np.sin(around), -np.cos(tilt)], 1)
    distances = rng.uniform(1.4, 2.4, 5)
    places = np.array([0.0, 0.0, DISTANCE]) + distances[:, None] * directions
    capture = ball_capture(places, views=6, size=40)
    trainer = _trainer(capture, LightModel(near=True), steps=250)
    train(trainer, 250)
    lights = trainer.lights()
    away = np.linalg.norm(gl_from_camera(lights.positions) - places, axis=1)
    assert (away / distances).mean() < 0.1
    errors = light_errors_deg(lights, capture)
    assert errors is not None
    assert errors.mean() < 1.0
    np.testing.assert_allclose(lights.intensities, 1.0, atol=0.05)


@pytest.mark.parametrize("fixed_to", FRAMES)
def test_a_resumed_run_equals_a_straight_one_with_everything_on(
    tiny_capture: Capture, tmp_path: Path, fixed_to: LightFrame
) -> None:
    straight = _trainer(tiny_capture, _everything(fixed_to))
    assert_resumes_as_if_never_stopped(straight, tmp_path, steps=30)


def test_runs_saved_before_lights_could_be_chosen_still_open(tiny_capture: Capture, tmp_path: Path) -> None:
    trainer = small_trainer(tiny_capture, steps=10)
    train(trainer, 5)
    save_checkpoint(trainer, tmp_path)
    numbers = json.loads((tmp_path / NUMBER_FILE).read_text())
    del numbers["config"]["model"]["lights"]
    del numbers["config"]["rates"]["light_shapes"], numbers["config"]["rates"]["exposures"]
    (tmp_path / NUMBER_FILE).write_text(json.dumps(numbers))
    assert load_trainer(tmp_path, capture=tiny_capture, device=CPU).config == trainer.config


@pytest.mark.parametrize("fixed_to", FRAMES)
def test_a_lamp_lights_a_view_as_the_photograph_was_lit(tiny_capture: Capture, fixed_to: LightFrame) -> None:
    trainer = _shaken(_trainer(tiny_capture, _everything(fixed_to)))
    image = 5
    key, camera = tiny_capture.keys[image], tiny_capture.cameras[image]
    buffer = trace_view_now(trainer.model, camera, trainer.frame)
    shown = incident_from(light_of(trainer, key), buffer)
    count = len(buffer.pixels)
    assert count > 100
    centre = torch.tensor(trainer.frame.scene_from_world(camera.centre), dtype=torch.float32)
    with torch.no_grad():
        trained = trainer.model.lights.incident(
            trainer.model.lights.image_lights[image].expand(count, 1),
            torch.full((count, 1), image),
            buffer.hits.points,
            world_from_rig=torch.tensor(camera.rotation, dtype=torch.float32).expand(count, 3, 3),
            camera_centres=centre.expand(count, 3),
        )
    torch.testing.assert_close(shown.to_light, trained.to_light, atol=1e-4, rtol=1e-4)
    relative = trained.intensity / trainer.model.mean_intensity()
    torch.testing.assert_close(shown.intensity, relative.detach(), atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("fixed_to", FRAMES)
def test_positions_falloff_and_exposures_are_written(
    tiny_capture: Capture, tmp_path: Path, fixed_to: LightFrame
) -> None:
    trainer = _shaken(_trainer(tiny_capture, _everything(fixed_to)))
    write_lights(trainer, tmp_path)
    suffix = "" if fixed_to == "camera" else "_world"
    written = {file.name for file in tmp_path.iterdir()}
    assert written == {f"light_{what}{suffix}.txt" for what in ("directions", "positions", "centres")} | {
        "light_intensities.txt",
        "light_falloff.txt",
        "exposures.txt",
    }
    assert written < set(LIGHT_TABLES)
    positions = np.loadtxt(tmp_path / f"light_positions{suffix}.txt")
    directions = np.loadtxt(tmp_path / f"light_directions{suffix}.txt")
    # The centre of the demo's object is the frame's centre, straight before every camera at one distance.
    camera = tiny_capture.cameras[0]
    centre = trainer.frame.centre
    if fixed_to == "camera":
        centre = gl_from_camera(camera.rotation.T @ (centre - camera.centre))
    centres = np.loadtxt(tmp_path / f"light_centres{suffix}.txt")
    np.testing.assert_allclose(centres, np.broadcast_to(centre, centres.shape), atol=2e-3 * trainer.frame.scale)
    away = positions - centres
    distance = np.linalg.norm(away, axis=1)
    np.testing.assert_allclose(away / distance[:, None], directions, atol=2e-3)
    nearness = trainer.model.lights.nearness().detach().numpy()
    np.testing.assert_allclose(distance, trainer.frame.scale / nearness, rtol=2e-3)
    falloff = np.loadtxt(tmp_path / "light_falloff.txt")
    assert falloff.shape == (len(tiny_capture.light_ids), 4)
    assert ((falloff[:, :3] * directions).sum(1) < 0.0).all()  # axes leave the light toward the object
    lines = [line.split() for line in (tmp_path / "exposures.txt").read_text().splitlines()[1:]]
    assert [name for name, _ in lines] == [key.name for key in tiny_capture.keys]
    logs = np.log([float(value) for _, value in lines])
    lights = np.array([key.light for key in tiny_capture.keys])
    for light in tiny_capture.light_ids:
        assert logs[lights == light].mean() == pytest.approx(0.0, abs=1e-5)
    for name in written - {"light_intensities.txt", "light_directions.txt"}:
        assert (tmp_path / name).read_text().startswith("# "), name


def test_a_light_never_trained_on_has_no_place(tiny_capture: Capture, tmp_path: Path) -> None:
    trainer = _trainer(tiny_capture, _everything("camera"))
    trainer.model.lights.trained[1] = False
    write_lights(trainer, tmp_path)
    for name in ("light_directions.txt", "light_positions.txt", "light_centres.txt", "light_falloff.txt"):
        rows = np.loadtxt(tmp_path / name)
        assert np.isnan(rows[1]).all(), name
        assert np.isfinite(np.delete(rows, 1, 0)).all(), name


def test_directional_lights_have_neither_place_nor_falloff(tiny_capture: Capture, tmp_path: Path) -> None:
    trainer = small_trainer(tiny_capture)
    lights = trainer.lights()
    assert np.isnan(lights.positions).all()
    assert np.isnan(lights.axes).all()
    assert np.isnan(lights.exposures).all()
    write_lights(trainer, tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"light_directions.txt", "light_intensities.txt"}


def test_lights_in_the_room_are_compared_in_their_own_frame(tiny_capture: Capture) -> None:
    """With a truth in the world frame directly; with one in the camera frame photograph by photograph."""
    trainer = _shaken(_trainer(tiny_capture, LightModel(fixed_to="world", near=True)))
    lights = trainer.lights()
    truth = replace(tiny_capture.truth, light_directions_world=lights.directions_gl)
    same = light_errors_deg(lights, replace(tiny_capture, truth=truth))
    assert same is not None
    assert same.max() < 0.05
    seen = seen_lights(lights, replace(tiny_capture, truth=truth))
    assert seen.standing
    assert seen.truth_gl is not None
    np.testing.assert_allclose(seen.estimate_gl, seen.truth_gl, atol=1e-6)
    camera = tiny_capture.cameras[0]
    np.testing.assert_allclose(
        gl_from_camera(seen.estimate_gl) @ camera.rotation.T, lights.directions_gl, atol=1e-5
    )  # back in the world
    # The true lights turn with the camera, so none in the room can be right in all photographs ...
    turning = light_errors_deg(lights, tiny_capture)
    assert turning is not None
    assert turning.min() > 1.0
    # ... but where there is one photograph of each, both frames say the same.
    keys = tiny_capture.keys[: len(tiny_capture.light_ids)]
    assert len({key.light for key in keys}) == len(keys)
    in_camera = gl_from_camera(lights.directions_gl @ camera.rotation).astype(np.float32)
    one_view = replace(
        tiny_capture,
        keys=keys,
        cameras=tiny_capture.cameras[: len(keys)],
        truth=replace(tiny_capture.truth, light_directions_gl=in_camera),
    )
    alone = light_errors_deg(lights, one_view)
    assert alone is not None
    assert alone.max() < 0.05
