"""The results of a fit as files: normals, mesh, lights, renders of held-out photographs, contact sheet, and on request
maps, material spheres, latent maps and a relighting film.

The layout is MVSCPS's own, so that its tools and other scorers read it: normals and lights in the OpenGL camera frame,
the mesh in the world frame, renders as 16-bit linear RGB.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from core.capture.images import write_exr, write_png8, write_png16
from core.fit.contact_sheet import SheetFacts, SheetLights, SheetRow, compose_sheet
from core.fit.export_options import PLAIN, ExportOptions
from core.fit.film import corner_lamp, film_camera, write_film
from core.fit.gltf_factor import gltf_factor
from core.fit.history import Record
from core.fit.known_lights import held_out_keys, known_lights
from core.fit.latent_maps import LatentWriter
from core.fit.lattice_psnr import lattice_psnr_db
from core.fit.light_lists import write_light_lists
from core.fit.light_tables import write_lights
from core.fit.light_truth import seen_lights
from core.fit.result_names import RESULTS, Result
from core.fit.sampled_errors import light_error_deg, spread
from core.fit.sphere_files import SphereWriter
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
from core.fit.view_maps import MapWriter
from core.mesh.bake import textured
from core.mesh.extract import extract_mesh
from core.mesh.glb import write_glb
from core.mesh.obj import write_obj
from core.mesh.options import MeshOptions
from core.mesh.write import write_ply
from core.types import Camera, DoubleArray, FloatArray, ImageKey, Progress, silent

_SHEET_ROWS = 4
_SAMPLED_IMAGES = 48
FILM_FILE = "relighting.mp4"
_VIEWS_SHARE = 0.7
"""Of the whole work, what tracing the views takes; the mesh takes most of the rest."""
_FILM_SHARE = 0.5
"""Of the whole work, what the film takes when there is one."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What writing the results showed about them; None where there is nothing to compare with."""

    normal_error_deg: float | None
    """Mean over all mask pixels with ground truth; a pixel without an estimate counts 90."""
    light_error_deg: float | None
    """Mean over the estimated lights."""
    training_psnr_db: float | None
    """Mean over a sample of the photographs trained on, mask pixels; within 0.05 dB (``lattice_psnr``)."""
    held_out_psnr_db: float | None
    """Mean over the held-out photographs, mask pixels."""
    held_out_images: int


def write_results(
    trainer: Trainer,
    folder: Path,
    *,
    what: Collection[Result] = RESULTS,
    options: ExportOptions = PLAIN,
    records: Sequence[Record] = (),
    progress: Progress | None = None,
) -> Figures:
    """Write the chosen results into an existing folder; ``records`` are drawn on the contact sheet.

    Raises RunError, and Cancelled from ``progress``.
    """
    report = progress or silent
    if "film" in what:
        film_camera(_film_start(trainer), options.film)  # too large a film is told before anything slow begins
        report = _first_part(report, 1.0 - _FILM_SHARE)
    if "lights" in what:
        write_lights(trainer, folder)
        write_light_lists(trainer, folder)
    with exact_distances(trainer):
        views = _ViewResults(trainer, folder, what, options)
        views.write(lambda text, done: report(text, _VIEWS_SHARE * done))
        if "mesh" in what:
            _write_mesh(trainer, folder, options.mesh, report)
        if "film" in what:
            _write_film(trainer, folder, options, progress or silent)
    if "sheet" in what:
        report("Drawing the contact sheet", 0.97)
        sheet = compose_sheet(views.rows, _sheet_lights(trainer), _sheet_facts(trainer, views.figures(), records))
        write_png8(folder / "contact_sheet.png", sheet)
    (progress or silent)("Results written", 1.0)
    return views.figures()


def _first_part(progress: Progress, share: float) -> Progress:
    """Progress of the first ``share`` of a task."""
    return lambda text, done: progress(text, share * done)


def _write_film(trainer: Trainer, folder: Path, options: ExportOptions, progress: Progress) -> None:
    def part(text: str, done: float) -> None:
        progress(text, 1.0 - _FILM_SHARE * (1.0 - 0.99 * done))

    camera = _film_start(trainer)
    write_film(trainer, folder / FILM_FILE, options=options.film, lamp=corner_lamp(), camera=camera, progress=part)


def _film_start(trainer: Trainer) -> Camera:
    return trainer.capture.pose_groups()[0].camera


class _ViewResults:
    """Everything that needs a traced camera, written in one pass over the poses."""

    def __init__(self, trainer: Trainer, folder: Path, what: Collection[Result], options: ExportOptions) -> None:
        keys = trainer.capture.keys
        self._trainer = trainer
        self._folder = folder
        self._what = frozenset(what)
        self._maps = self._spheres = self._latent = None
        if "maps" in what:
            self._maps = MapWriter(trainer, folder, kind=options.maps, all_shadows=options.all_shadows)
        if "spheres" in what:
            self._spheres = SphereWriter(trainer, folder)
        if "latent" in what:
            count = trainer.model.config.sdf.features
            self._latent = LatentWriter(folder, features=count, keep=options.features)
        by_view = {"normals", "maps", "spheres", "latent"} & self._what
        self._first = {image: view for view, image in first_images(trainer).items()} if by_view else {}
        self._held_out = set(held_out_keys(trainer)) if "renders" in what else set[ImageKey]()
        self._sheet = set(_sheet_keys(trainer)) if "sheet" in what else set[ImageKey]()
        self._sample = set(spread(sorted(trainer.included), _SAMPLED_IMAGES)) if "renders" in what else set[ImageKey]()
        self._wanted = self._sample | {keys[image] for image in self._first} | self._held_out | self._sheet
        self._wanted |= self._maps.keys if self._maps else set[ImageKey]()
        self._normal_errors: list[DoubleArray | FloatArray] = []
        self._held_out_db: list[float] = []
        self._training_db: list[float] = []
        self.rows: list[SheetRow] = []

    def write(self, progress: Progress) -> None:
        for name, wanted in (("normals", "normals" in self._what), ("renders", self._held_out)):
            if wanted:
                (self._folder / name).mkdir()
        for pose in traced_poses(self._trainer, self._wanted, progress):
            for image in pose.images:
                if image in self._first:
                    self._write_view(pose, image)
                self._write_image(pose, image)
        for writer in (self._maps, self._latent):
            if writer is not None:
                writer.finish()

    def _write_view(self, pose: TracedPose, image: int) -> None:
        view, key = self._first[image], self._trainer.capture.keys[image]
        if "normals" in self._what:
            write_exr(self._folder / "normals" / f"V{view:02d}.exr", pose.maps.normals_gl)
            self._normal_errors.append(normal_errors(self._trainer, view, pose.maps.normals_gl))
        if self._maps is not None:
            self._maps.write_view(pose, view, key)
        for writer in (self._spheres, self._latent):
            if writer is not None:
                writer.write_view(pose, view)

    def _write_image(self, pose: TracedPose, image: int) -> None:
        key = self._trainer.capture.keys[image]
        if self._maps is not None and key in self._maps.keys:
            self._maps.write_image(pose, key)
        if key in self._sample:
            self._training_db.append(lattice_psnr_db(self._trainer, pose, image))
        if key not in self._held_out | self._sheet:
            return
        rendered = render_photograph(self._trainer, pose, image)
        if key in self._held_out:
            write_png16(self._folder / "renders" / f"{key.name}.png", rendered.render)
            self._held_out_db.append(rendered.psnr_db)
        if key in self._sheet:
            self.rows.append(self._row(pose, rendered))

    def _row(self, pose: TracedPose, rendered: Rendered) -> SheetRow:
        held_out = rendered.key not in self._trainer.included
        maps = pose.maps
        seen = (maps.opacity > 0.5)[..., None]
        return SheetRow(
            rendered=rendered,
            normals_gl=np.where(seen, maps.normals_gl, np.float32(0.0)),
            albedo=maps.albedo,
            specular=maps.specular,
            held_out=held_out,
        )

    def figures(self) -> Figures:
        errors = np.concatenate([np.empty(0), *self._normal_errors])
        return Figures(
            normal_error_deg=float(errors.mean()) if errors.size else None,
            light_error_deg=light_error_deg(self._trainer),
            training_psnr_db=float(np.mean(self._training_db)) if self._training_db else None,
            held_out_psnr_db=float(np.mean(self._held_out_db)) if self._held_out_db else None,
            held_out_images=len(self._held_out_db),
        )


def _write_mesh(trainer: Trainer, folder: Path, options: MeshOptions, report: Progress) -> None:
    share = 0.5 if options.textured else 1.0

    def part(text: str, done: float, *, after: float = 0.0) -> None:
        report(text, _VIEWS_SHARE + (0.95 - _VIEWS_SHARE) * (after + share * done))

    model, frame, up = trainer.model, trainer.frame, trainer.capture.up
    mesh = extract_mesh(
        model,
        frame,
        cells=options.cells or trainer.config.mesh_cells,
        smooth=options.smooth,
        faces=options.target,
        colours=not options.textured,
        progress=part,
    )
    if not options.textured:
        write_ply(folder / "mesh.ply", mesh, up=up)
        return
    factor = gltf_factor(trainer)
    with_textures = textured(
        model, frame, mesh, size=options.texture, factor=factor, progress=partial(part, after=share)
    )
    if options.format == "glb":
        write_glb(folder / "mesh.glb", with_textures, up=up)
    else:
        write_obj(folder / "mesh.obj", with_textures, up=up)


def _sheet_keys(trainer: Trainer) -> list[ImageKey]:
    """A few photographs for the contact sheet: different views, different lights, one held out if there is one."""
    known = known_lights(trainer.lights())
    held_out = held_out_keys(trainer)
    held_out = [held_out[2 * len(held_out) // 3]] if held_out else []
    trained = sorted(key for key in trainer.included if key.light in known)
    views = spread(sorted({key.view for key in trained}), _SHEET_ROWS - len(held_out))
    chosen: list[ImageKey] = []
    for row, view in enumerate(views):
        images = [key for key in trained if key.view == view]
        chosen.append(images[(2 * row + 1) * len(images) // (2 * len(views))])
    return chosen + held_out


def _sheet_lights(trainer: Trainer) -> SheetLights:
    lights = trainer.lights()
    seen = seen_lights(lights, trainer.capture)
    return SheetLights(
        light_ids=lights.light_ids,
        estimate_gl=seen.estimate_gl,
        intensities=lights.intensities,
        truth_gl=seen.truth_gl,
    )


def _sheet_facts(trainer: Trainer, figures: Figures, records: Sequence[Record]) -> SheetFacts:
    return SheetFacts(
        title=trainer.capture.folder.name,
        images=len(trainer.included),
        steps=trainer.steps,
        seconds=trainer.seconds,
        training_psnr_db=figures.training_psnr_db,
        held_out_psnr_db=figures.held_out_psnr_db,
        normal_error_deg=figures.normal_error_deg,
        light_error_deg=figures.light_error_deg,
        records=records,
    )
