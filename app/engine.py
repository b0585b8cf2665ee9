"""The optimiser and its outputs, as the fit thread uses them. Importing this module imports torch: fit thread only."""

from collections.abc import Generator
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray

from app.checking import ReadCapture, first_look, full_check, listed_again, read_folder, unreadable, with_up
from app.command_lines import export_line, train_line
from app.messages import CaptureOpened, Evaluated, Export, Lights, Mesh, MeshColour
from app.open_run import OpenedRun
from app.told_lights import told_lights
from app.tone import capture_exposure
from core.capture.capture import Capture
from core.capture.choices import save_choices
from core.capture.import_options import Axis, ImportOptions
from core.capture.synthetic import ensure_demo_capture
from core.capture.thumbnails import thumbnails
from core.device import default_threads, pick_device, set_threads
from core.errors import ChiaroError
from core.fit import metrics
from core.fit.checkpoint import load_trainer
from core.fit.choices import FitChoices, PresetName
from core.fit.config import PRESETS, choices_of, with_choices
from core.fit.evaluation.evaluate import evaluate_run
from core.fit.evaluation.picture_book import PictureBook
from core.fit.evaluation.report import write_report
from core.fit.history import History
from core.fit.known_lights import known_lights, light_of
from core.fit.outlier import Outlier
from core.fit.outliers import OutlierWatch
from core.fit.run_folder import describe_run, export_results, read_run, remove_run, write_run
from core.fit.traced import as_photographed, photographed_ceiling
from core.fit.trainer import Trainer
from core.mesh.colour import vertex_colours
from core.mesh.extract import live_mesh
from core.mesh.triangles import TriangleMesh
from core.render.view import ShadedView, SurfaceBuffer, shade, trace_view
from core.scene.frame import scene_frame
from core.scene.lamp import Lamp
from core.types import BoolArray, Camera, FloatArray, ImageKey, Progress
from widgets.check_data import Checked

MESH_ERROR_LIMIT = 0.3
"""Relative photograph error drawn in the last colour on the mesh."""
_PREVIEW_BOUNCE_RAYS = 8
_PREVIEW_SECTIONS = 6
"""Field evaluations along a ray of a picture on screen: indistinguishable from more, and quicker."""
_STRAIGHT_BACK = np.array([0.0, 0.0, -1.0], np.float32)
"""A light at the camera, OpenCV camera frame: what stands in for one that was never trained."""


class Engine:
    """Plain calls into ``core`` with the device and the thread count at hand."""

    def __init__(self, device: str | None = None) -> None:
        self._device: torch.device = pick_device(device)
        set_threads(default_threads(window_open=True))

    @property
    def device_name(self) -> str:
        """What training runs on."""
        return str(self._device)

    # ---- opening ----------------------------------------------------------------------------------------------------

    def ensure_demo(self, progress: Progress) -> Path:
        """The demo capture's folder, written first when it is not there yet."""
        return ensure_demo_capture(progress=progress)

    def read_capture(self, folder: Path, options: ImportOptions | None, progress: Progress) -> ReadCapture:
        """Read a capture folder. Raises CaptureError and Cancelled."""
        return read_folder(folder, options, progress)

    def listed_again(self, capture: Capture) -> ReadCapture | None:
        """What looking over an open capture needs; None when its folder has changed."""
        return listed_again(capture)

    def first_look(self, read: ReadCapture) -> Checked:
        """What can be said about a capture at once."""
        return first_look(read)

    def full_check(self, read: ReadCapture, first: Checked, progress: Progress) -> Checked:
        """Everything that can be said about a capture. Raises Cancelled."""
        return full_check(read, first, progress)

    def unreadable(self, folder: Path, options: ImportOptions | None, progress: Progress) -> Checked:
        """What can be said about a folder that could not be read. Raises Cancelled."""
        return unreadable(folder, options, progress)

    def with_up(self, read: ReadCapture, checked: Checked, up: Axis | None) -> tuple[ReadCapture, Checked]:
        """An open capture and what is known about it with another axis up."""
        return with_up(read, checked, up)

    def keep_choices(self, folder: Path, options: ImportOptions) -> bool:
        """Keep the user's choices beside the capture; whether that was possible."""
        try:
            save_choices(folder, options)
        except ChiaroError:
            return False
        return True

    def describe(self, capture: Capture, checked: Checked | None = None) -> CaptureOpened:
        """What the window needs to know about a capture; pictures that have been made of its views are used again."""
        frame, truth = scene_frame(capture), capture.truth
        problems = [*capture.problems, *([frame.problem] if frame.problem else [])]
        centre = frame.centre
        return CaptureOpened(
            folder=capture.folder,
            keys=capture.keys,
            cameras=capture.cameras,
            thumbnails=thumbnails(capture) if checked is None else _pictures(checked),
            light_ids=capture.light_ids,
            has_truth=bool(truth.normals_gl) or truth.knows_directions,
            problems=tuple((problem.file, problem.text) for problem in problems),
            image_size=(capture.cameras[0].width, capture.cameras[0].height),
            scene_centre=(float(centre[0]), float(centre[1]), float(centre[2])),
            scene_radius=frame.scale,
        )

    def new_run(
        self,
        capture: Capture,
        *,
        preset: PresetName,
        seconds: float,
        seed: int,
        choices: FitChoices,
        included: tuple[ImageKey, ...] | None,
        progress: Progress,
    ) -> OpenedRun:
        """A trainer that has learnt nothing yet."""
        began = perf_counter()
        config = with_choices(PRESETS[preset](seconds), choices)
        trainer = Trainer(capture, config, device=self._device, seed=seed, included=included, progress=progress)
        return OpenedRun(
            trainer=trainer,
            history=History(),
            preset=preset,
            choices=choices,
            exposure=capture_exposure(capture),
            setup_seconds=perf_counter() - began,
        )

    def load_run(self, folder: Path, progress: Progress) -> OpenedRun:
        """The trainer of a saved run, exactly where it was."""
        saved = read_run(folder)
        trainer = load_trainer(folder, device=self._device, progress=progress)
        return OpenedRun(
            trainer=trainer,
            history=History.from_json(saved.get("metrics") or [], up_to_step=trainer.steps),
            preset=saved["preset"] if saved.get("preset") in PRESETS else "draft",
            choices=choices_of(trainer.config),
            exposure=capture_exposure(trainer.capture),
            setup_seconds=float(saved.get("setup_seconds") or 0.0),
            folder=folder,
            saved_step=trainer.steps,
        )

    # ---- writing ----------------------------------------------------------------------------------------------------

    def save(
        self, run: OpenedRun, folder: Path, *, overwrite: bool, results: bool, progress: Progress | None = None
    ) -> None:
        """Write the run folder; ``results`` also writes what takes seconds (mesh, normals, contact sheet)."""
        step = run.trainer.steps
        write_run(
            run.trainer,
            folder,
            history=run.history,
            preset=run.preset,
            setup_seconds=run.setup_seconds,
            overwrite=overwrite,
            own=folder in (run.folder, run.kept_folder),
            results=results,
            progress=progress,
        )
        run.folder, run.saved_step = folder, step

    def keep(self, run: OpenedRun, folder: Path) -> None:
        """Save quickly and unasked: into the run's own place, or into one that it has until it is given one."""
        place, saved_step = run.folder, run.saved_step
        self.save(run, folder, overwrite=False, results=False)
        if folder != place:
            run.folder, run.saved_step = place, saved_step
            run.kept_folder, run.kept_step = folder, run.trainer.steps

    def remove(self, folder: Path) -> None:
        """Remove a run that was saved unasked."""
        remove_run(folder)

    def save_command(self, run: OpenedRun) -> str:
        """The command line that makes this run."""
        return train_line(run)

    def export(self, run: OpenedRun, command: Export, progress: Progress) -> None:
        """Write the chosen results into a folder of the user's choice."""
        export_results(
            run.trainer,
            command.folder,
            what=command.what,
            options=command.options,
            records=run.history.records,
            overwrite=command.overwrite,
            progress=progress,
        )

    def export_command(self, run: OpenedRun, command: Export) -> str:
        """The command line that writes the same results."""
        return export_line(run, command)

    def evaluate(self, run: OpenedRun, report: Path | None, progress: Progress) -> Evaluated:
        """Measure the run; with ``report`` write that file, too. Raises RunError and Cancelled."""
        book = None if report is None else PictureBook(run.trainer)
        evaluation = evaluate_run(run.trainer, progress=progress, onlooker=book)
        if report is not None and book is not None:
            written = describe_run(run.trainer, run.history, preset=run.preset, setup_seconds=run.setup_seconds)
            write_report(report, trainer=run.trainer, run=written, evaluation=evaluation, book=book)
        what = "" if report is None else f" --report {report}"
        return Evaluated(evaluation=evaluation, report=report, command=f"chiaro eval {run.folder or 'RUN'}{what}")

    # ---- pictures ---------------------------------------------------------------------------------------------------

    def lights(self, trainer: Trainer) -> Lights:
        """All lights, compared with the truth where there is one."""
        return told_lights(trainer)

    def outliers(self, run: OpenedRun) -> tuple[Outlier, ...]:
        """The photographs that do not fit, and what seems wrong with each, as far as that has been looked into."""
        if run.watch is None:
            run.watch = OutlierWatch(run.trainer)
        return run.watch.look()

    def light_of(self, trainer: Trainer, key: ImageKey) -> Lamp:
        """The light of a photograph; one at the camera stands in for an untrained light."""
        if key.light not in known_lights(trainer.lights()):
            return Lamp(to_light=_STRAIGHT_BACK, intensity=np.ones(3, np.float32))
        return light_of(trainer, key)

    def trace(self, trainer: Trainer, camera: Camera) -> Generator[float, None, SurfaceBuffer]:
        """Trace a camera a tile at a time; yields the fraction done."""
        return (yield from trace_view(trainer.model, camera, trainer.frame, sections=_PREVIEW_SECTIONS))

    def shade(
        self,
        trainer: Trainer,
        buffer: SurfaceBuffer,
        lamp: Lamp,
        *,
        shadows: bool,
        relit: bool = False,
    ) -> ShadedView:
        """Light a traced camera as its photograph was, or (``relit``) by a lamp of its own."""
        # A lamp that is dragged must follow the hand; a photograph's preview can wait a little for what is bounced.
        rays = 0 if relit else _PREVIEW_BOUNCE_RAYS
        return shade(trainer.model, buffer, lamp, shadows=shadows, relit=relit, bounce_rays=rays)

    def psnr_db(self, trainer: Trainer, render: FloatArray, photograph: FloatArray, mask: BoolArray) -> float:
        """Over mask pixels of linear images, the render cut off where photographs are."""
        return metrics.psnr_db(as_photographed(trainer, render), photograph, mask)

    def ceiling(self, trainer: Trainer) -> float:
        """The most linear light that a photograph can show."""
        return photographed_ceiling(trainer)

    def mesh(self, run: OpenedRun, colours: tuple[MeshColour, ...]) -> Generator[None, None, Mesh]:
        """The live mesh with these colourings."""
        trainer = run.trainer
        mesh = live_mesh(
            trainer.model,
            trainer.frame,
            error_at=trainer.errors.at if "error" in colours else None,
            albedo="albedo" in colours,
        )
        yield
        return Mesh(
            step=trainer.steps,
            vertices=mesh.vertices,
            faces=mesh.faces,
            normals=mesh.normals,
            colours=_painted(mesh, colours),
            error_limit=MESH_ERROR_LIMIT if "error" in colours else None,
        )


def _pictures(checked: Checked) -> dict[int, FloatArray]:
    return {view: each.picture.astype(np.float32) / np.float32(255) for view, each in checked.views.items()}


def _painted(mesh: TriangleMesh, colours: tuple[MeshColour, ...]) -> dict[MeshColour, NDArray[np.uint8]]:
    painted: dict[MeshColour, NDArray[np.uint8]] = {}
    for colour in colours:
        values = vertex_colours(mesh, colour, error_limit=MESH_ERROR_LIMIT)
        if values is not None:
            painted[colour] = values
    return painted
