"""Measuring a run in full: every photograph rendered, every view's normals and the visible surface compared."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.errors import CaptureError, RunError
from core.fit.evaluation.figures import Evaluation, ImageFigures, SurfaceFigures, ViewFigures, grouped, mean_of
from core.fit.evaluation.light_figures import light_figures, relative_intensity_errors, unseen_light
from core.fit.evaluation.perceptual import Perceptual, perceptual_metric
from core.fit.evaluation.structure import ssim
from core.fit.known_lights import held_out_keys, known_lights
from core.fit.result_names import MESH_CELLS
from core.fit.sampled_errors import light_error_deg
from core.fit.traced import (
    Rendered,
    TracedPose,
    exact_distances,
    first_images,
    normal_errors,
    render_photograph,
    traced_poses,
)
from core.fit.trainer import Trainer
from core.mesh.extract import extract_mesh
from core.mesh.read import read_triangles
from core.mesh.visible import SurfaceComparison, Triangles, compare_visible
from core.scene.lamp import Lamp
from core.types import Camera, DoubleArray, FloatArray, ImageKey, Progress

THRESHOLD_PER_RADIUS = 0.005
"""Distance that counts as found for the F-score, unless told otherwise: part of the sphere's radius."""
_VIEWS_SHARE = 0.8
_CURVE_POINTS = 48
_CURVE_PART = 0.95
"""Of all points, whose distances the curve covers."""


class Onlooker(Protocol):
    """Sees what is measured while it is at hand, to keep pictures of it."""

    def view_measured(self, pose: TracedPose, figures: ViewFigures) -> None:
        """A view's first pose was traced."""
        ...

    def image_measured(self, rendered: Rendered, figures: ImageFigures) -> None:
        """A photograph was rendered."""
        ...


@dataclass(frozen=True, kw_only=True)
class EvaluationOptions:
    """How to measure."""

    threshold: float | None = None
    """Distance for the F-score, world units; by default 0.5 % of the sphere's radius."""
    mesh_cells: int = MESH_CELLS
    """Of the mesh compared with the ground truth."""


def evaluate_run(
    trainer: Trainer,
    *,
    progress: Progress,
    options: EvaluationOptions | None = None,
    onlooker: Onlooker | None = None,
) -> Evaluation:
    """Render and compare everything. Raises Cancelled from ``progress``."""
    chosen = options or EvaluationOptions()
    pass_over = _ViewPass(trainer, onlooker)
    with exact_distances(trainer):
        pass_over.go(lambda text, done: progress(text, _VIEWS_SHARE * done))
        surface, problem = _surface(trainer, chosen, progress)
    progress("Measured", 1.0)
    return _evaluation(trainer, pass_over, surface, problem)


def _evaluation(trainer: Trainer, measured: "_ViewPass", surface: SurfaceFigures | None, problem: str) -> Evaluation:
    """Everything measured, in one; ``problem``: why there are no figures of the surface, if so."""
    images = sorted(measured.images, key=lambda image: (image.view, image.light))
    trained = [image for image in images if image.trained]
    kept_out = [image for image in images if not image.trained and image.light_part == "train"]
    new_light = [image for image in images if image.light_part == "test"]
    degrees = np.concatenate([np.empty(0), *measured.normal_errors])
    return Evaluation(
        steps=trainer.steps,
        seconds=trainer.seconds,
        training_psnr_db=mean_of(trained, lambda image: image.psnr_db),
        training_ssim=mean_of(trained, lambda image: image.ssim),
        training_lpips=mean_of(trained, lambda image: image.lpips),
        training_images=len(trained),
        held_out_psnr_db=mean_of(kept_out, lambda image: image.psnr_db),
        held_out_ssim=mean_of(kept_out, lambda image: image.ssim),
        held_out_lpips=mean_of(kept_out, lambda image: image.lpips),
        held_out_images=len(kept_out),
        test_light_psnr_db=mean_of(new_light, lambda image: image.psnr_db),
        test_light_images=len(new_light),
        normal_error_deg=float(degrees.mean()) if degrees.size else None,
        normal_median_deg=float(np.median(degrees)) if degrees.size else None,
        light_error_deg=light_error_deg(trainer),
        intensity_error_percent=_intensity_error_percent(trainer),
        surface=surface,
        notes=tuple(note for note in (*measured.notes(), problem) if note),
        groups=grouped(images),
        images=tuple(images),
        views=tuple(sorted(measured.views, key=lambda view: view.view)),
        lights=light_figures(trainer),
    )


class _ViewPass:
    """Everything that needs a traced camera, measured in one pass over the poses."""

    def __init__(self, trainer: Trainer, onlooker: Onlooker | None) -> None:
        self._trainer = trainer
        self._onlooker = onlooker
        self._lights = trainer.lights()
        self._first = {image: view for view, image in first_images(trainer).items()}
        self._new_lights = _new_light_keys(trainer)
        self._wanted = trainer.included | set(held_out_keys(trainer)) | self._new_lights.keys()
        self._views = {key.view for key in trainer.included}
        self._perceptual: Perceptual | None
        self._perceptual, self._why_not = perceptual_metric()
        self.images: list[ImageFigures] = []
        self.views: list[ViewFigures] = []
        self.normal_errors: list[DoubleArray | FloatArray] = []

    def go(self, progress: Progress) -> None:
        keys = self._trainer.capture.keys
        for pose in traced_poses(self._trainer, self._wanted | {keys[image] for image in self._first}, progress):
            for image in pose.images:
                if image in self._first:
                    self._measure_view(pose, self._first[image])
                if keys[image] in self._wanted:
                    self._measure_image(pose, image)

    def notes(self) -> list[str]:
        """What could not be measured of the photographs."""
        capture, wanted = self._trainer.capture, self._wanted
        known = known_lights(self._lights)
        dark = sum(key not in wanted and key.light not in known for key in capture.keys)
        text = f"{dark} photographs are not measured: their lights were never trained on and are not in the truth."
        far = len(self._new_lights) if self._lights.model.positioned else 0
        afar = f"{far} photographs under lights never trained on are lit from afar: the truth has no places of lamps."
        return [self._why_not, *([text] if dark else []), *([afar] if far else [])]

    def _measure_view(self, pose: TracedPose, view: int) -> None:
        capture = self._trainer.capture
        errors = normal_errors(self._trainer, view, pose.maps.normals_gl)
        self.normal_errors.append(errors)
        mask = capture.masks[view]
        missing = mask & ~pose.maps.normals_gl.any(axis=-1)
        figures = ViewFigures(
            view=view,
            part="train" if view in self._views else "test",
            images=sum(key.view == view for key in capture.keys),
            normal_error_deg=float(errors.mean()) if errors.size else None,
            normal_median_deg=float(np.median(errors)) if errors.size else None,
            missing_percent=100.0 * float(missing.sum()) / max(1, int(mask.sum())),
        )
        self.views.append(figures)
        if self._onlooker is not None:
            self._onlooker.view_measured(pose, figures)

    def _measure_image(self, pose: TracedPose, image: int) -> None:
        trainer, key = self._trainer, self._trainer.capture.keys[image]
        lamp = self._new_lights.get(key)
        rendered = render_photograph(trainer, pose, image, lamp=lamp)
        beside = (rendered.render, rendered.photograph, rendered.mask)
        figures = ImageFigures(
            name=key.name,
            view=key.view,
            light=key.light,
            trained=key in trainer.included,
            view_part="train" if key.view in self._views else "test",
            light_part="train" if lamp is None else "test",
            psnr_db=rendered.psnr_db,
            ssim=ssim(*beside),
            lpips=None if self._perceptual is None else self._perceptual(*beside),
        )
        self.images.append(figures)
        if self._onlooker is not None:
            self._onlooker.image_measured(rendered, figures)


def _new_light_keys(trainer: Trainer) -> dict[ImageKey, Lamp]:
    """Images whose light was never trained on but is in the ground truth, each with that light."""
    lights = trainer.lights()
    known = known_lights(lights)
    new: dict[ImageKey, Lamp] = {}
    for key in trainer.capture.keys:
        lamp = None if key.light in known else unseen_light(trainer.capture, lights, key)
        if lamp is not None:
            new[key] = lamp
    return new


def _surface(trainer: Trainer, options: EvaluationOptions, progress: Progress) -> tuple[SurfaceFigures | None, str]:
    """Figures of the surface, or None and why there are none."""
    truth_file = trainer.capture.truth.mesh
    if truth_file is None:
        return None, ""

    def part(text: str, done: float) -> None:
        progress(text, _VIEWS_SHARE + 0.1 * done)

    try:
        truth = read_triangles(truth_file)
        mesh = extract_mesh(trainer.model, trainer.frame, cells=options.mesh_cells, colours=False, progress=part)
    except (CaptureError, RunError) as error:
        return None, f"The surface is not compared with the ground truth: {error}"
    progress("Comparing the surface", 0.92)
    estimate = Triangles(vertices=mesh.vertices, faces=mesh.faces)
    comparison = compare_visible(estimate, truth, trained_cameras(trainer))
    threshold = options.threshold or THRESHOLD_PER_RADIUS * trainer.frame.scale
    return _surface_figures(comparison, threshold, trainer.frame.scale), ""


def trained_cameras(trainer: Trainer) -> list[Camera]:
    """Every camera pose that a photograph was trained on from, once."""
    keys, capture = trainer.capture.keys, trainer.capture
    groups = capture.pose_groups()
    return [group.camera for group in groups if any(keys[image] in trainer.included for image in group.images)]


def _surface_figures(comparison: SurfaceComparison, threshold: float, radius: float) -> SurfaceFigures:
    both = np.concatenate([comparison.to_truth, comparison.to_estimate])
    common = float(np.quantile(both, _CURVE_PART)) if np.isfinite(both).all() and both.size else 0.0
    distances = np.linspace(0.0, max(2.0 * threshold, common), _CURVE_POINTS)
    return SurfaceFigures(
        chamfer=comparison.chamfer,
        chamfer_percent=100.0 * comparison.chamfer / radius,
        threshold=threshold,
        precision=comparison.precision(threshold),
        recall=comparison.recall(threshold),
        f_score=comparison.f_score(threshold),
        points=len(comparison.to_truth) + len(comparison.to_estimate),
        pixel_step=comparison.pixel_step,
        within=tuple((float(d), comparison.precision(d), comparison.recall(d)) for d in distances),
    )


def _intensity_error_percent(trainer: Trainer) -> float | None:
    """Mean relative error over the estimated lights and the channels, percent."""
    truth, estimate = trainer.capture.truth.light_intensities, trainer.lights().intensities
    known = np.isfinite(estimate).all(axis=1)
    if truth is None or not known.any():
        return None
    return float(100.0 * relative_intensity_errors(estimate, truth)[known].mean())
