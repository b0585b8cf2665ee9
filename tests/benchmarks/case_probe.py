"""Train on a generated capture by steps and compare with its truth, in a process of its own; prints JSON."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from core.capture.capture import Capture
from core.capture.read import read_capture
from core.capture.synthetic_render import Stage
from core.capture.synthetic_truth import read_case_truth
from core.device import default_threads, set_threads
from core.fit.config import draft, with_choices
from core.fit.metrics import normal_error_deg
from core.fit.outliers import find_outliers
from core.fit.sampled_errors import light_error_deg
from core.fit.traced import exact_distances
from core.fit.trainer import Trainer
from core.render.view import ViewMaps, trace_view_now
from core.types import Camera, FloatArray, ImageKey
from tests.benchmarks.cases import Job, job_from
from tests.benchmarks.material_errors import MaterialErrors, true_maps


def probe(job: Job) -> dict[str, float]:
    """Errors after the job's steps; what the capture's truth does not know is left out."""
    set_threads(default_threads(window_open=False))
    whole = read_capture(Path(job.capture))
    capture = whole if job.keys is None else restricted(whole, {ImageKey.parse(name) for name in job.keys})
    trainer = _trained(capture, job)
    found = {"steps_per_second": trainer.steps / trainer.seconds}
    light = light_error_deg(trainer)
    found |= {} if light is None else {"light_mae_deg": light}
    found |= _position_error(trainer) | _exposure_error(trainer) | _found_spoilt(trainer)
    if job.keys is not None:
        found |= {"seen_normal_mae_deg": _normal_errors(trainer, whole, sorted(capture.views)[:: job.every]).mean()}
    if trainer.one_sided:
        found |= {"mirrored": float(trainer.mirrored_lights is not None and trainer.mirrored_lights.taken)}
    return _surface_errors(trainer, whole, job.every) | found


def restricted(capture: Capture, keys: set[ImageKey]) -> Capture:
    """As if only these photographs had been taken: nothing of the others, masks and lights included, is left."""
    kept = [image for image, key in enumerate(capture.keys) if key in keys]
    views = {capture.keys[image].view for image in kept}
    lights = sorted({capture.keys[image].light for image in kept})
    rows = [capture.light_ids.index(light) for light in lights]
    truth = capture.truth
    return replace(
        capture,
        keys=tuple(capture.keys[image] for image in kept),
        photographs=tuple(capture.photographs[image] for image in kept),
        cameras=tuple(capture.cameras[image] for image in kept),
        masks={view: mask for view, mask in capture.masks.items() if view in views},
        light_ids=tuple(lights),
        truth=replace(
            truth,
            normals_gl={view: normals for view, normals in truth.normals_gl.items() if view in views},
            **{
                name: table[rows]
                for name, table in vars(truth).items()
                if name.startswith("light_") and table is not None
            },
        ),
    )


def _trained(capture: Capture, job: Job) -> Trainer:
    config = with_choices(replace(draft(), seconds=None, steps=job.steps), job.choices)
    trainer = Trainer(capture, config, device=torch.device("cpu"), seed=job.seed)
    if not job.outliers:
        trainer.images.weigh = lambda: None  # every photograph goes on counting in full
    while not trainer.finished:
        trainer.step()
    return trainer


def _surface_errors(trainer: Trainer, whole: Capture, every: int) -> dict[str, float]:
    """Normal and material errors over every n-th view of the whole capture, trained on or not."""
    truth = read_case_truth(whole.folder)
    stage = Stage(truth.mesh, truth.surface.albedo, truth.surface.roughness)
    intensities = trainer.capture.truth.light_intensities
    assert intensities is not None
    materials = MaterialErrors(intensities.mean(axis=0))
    degrees: list[FloatArray] = []
    with exact_distances(trainer):
        for view in whole.views[::every]:
            maps, camera = _maps(trainer, whole, view)
            mask = whole.masks[view]
            degrees.append(normal_error_deg(maps.normals_gl, whole.truth.normals_gl[view], mask))
            materials.add(maps, true_maps(stage, truth.surface, camera), mask)
    errors = np.concatenate(degrees)
    return {
        "normal_mae_deg": float(errors.mean()),
        "normal_median_deg": float(np.median(errors)),
        **materials.errors(),
    }


def _normal_errors(trainer: Trainer, whole: Capture, views: Sequence[int]) -> FloatArray:
    """Over all mask pixels of these views, degrees."""
    with exact_distances(trainer):
        return np.concatenate(
            [
                normal_error_deg(_maps(trainer, whole, view)[0].normals_gl, whole.truth.normals_gl[view], mask)
                for view in views
                for mask in [whole.masks[view]]
            ]
        )


def _maps(trainer: Trainer, whole: Capture, view: int) -> tuple[ViewMaps, Camera]:
    camera = next(camera for key, camera in zip(whole.keys, whole.cameras, strict=True) if key.view == view)
    return trace_view_now(trainer.model, camera, trainer.frame).images(), camera


def _position_error(trainer: Trainer) -> dict[str, float]:
    """Distance between estimated and true places of near lamps over their distance from the object, percent."""
    lights, folder = trainer.lights(), trainer.capture.folder
    standing = lights.model.fixed_to == "world"
    file = folder / ("light_positions_world.txt" if standing else "light_positions.txt")
    if not file.is_file() or not np.isfinite(lights.positions).any():
        return {}
    true = np.loadtxt(file, ndmin=2)[list(lights.light_ids)]
    # Every camera of a generated capture sees the object's centre straight ahead at one distance.
    distance = float(np.linalg.norm(trainer.capture.cameras[0].centre))
    centre = np.zeros(3) if standing else np.array([0.0, 0.0, -distance])
    apart = np.linalg.norm(lights.positions - true, axis=1) / np.linalg.norm(true - centre, axis=1)
    return {"position_error_percent": 100.0 * float(np.nanmean(apart))}


def _exposure_error(trainer: Trainer) -> dict[str, float]:
    """Mean absolute difference between estimated and true exposures, stops; the mean over a light's photographs is
    taken away, because it cannot be told from the light's intensity.
    """
    file, capture, exposures = trainer.capture.folder / "exposures.txt", trainer.capture, trainer.lights().exposures
    if not file.is_file() or not np.isfinite(exposures).all():
        return {}
    listed = dict(line.split() for line in file.read_text(encoding="utf-8").splitlines())
    stops = np.log2(exposures) - np.log2([float(listed[key.name]) for key in capture.keys])
    row = np.array([capture.light_ids.index(key.light) for key in capture.keys])
    stops = stops - (np.bincount(row, weights=stops) / np.bincount(row))[row]
    return {"exposure_error_stops": float(np.abs(stops).mean())}


def _found_spoilt(trainer: Trainer) -> dict[str, float]:
    """Which part of the spoilt photographs stands out, percent, and how many good ones do."""
    file = trainer.capture.folder / "spoilt.txt"
    if not file.is_file():
        return {}
    spoilt = {line.split()[0] for line in file.read_text(encoding="utf-8").splitlines()}
    named = {outlier.key.name for outlier in find_outliers(trainer)}
    return {
        "spoilt_found_percent": 100.0 * len(spoilt & named) / len(spoilt),
        "false_alarms": float(len(named - spoilt)),
    }


if __name__ == "__main__":
    began = time.perf_counter()
    result = probe(job_from(json.loads(sys.argv[1])))
    print(json.dumps(result | {"wall_seconds": time.perf_counter() - began}))
