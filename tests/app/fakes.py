"""A trainer and an engine without torch: the same surface as the real ones, every number known in advance."""

import threading
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from app.messages import CaptureOpened, Evaluated, Export, Lights, Mesh, MeshColour
from app.open_run import OpenedRun
from app.tone import capture_exposure
from core.capture.capture import Capture
from core.capture.import_options import ImportOptions
from core.errors import CaptureError, FitError, RunError, SubsetError
from core.fit.choices import FitChoices
from core.fit.mirrored_lights import MirroredLights
from core.fit.outlier import Outlier
from core.scene.lamp import Lamp
from core.types import Camera, ImageKey
from tests.app.fake_captures import LIGHTS, MASKS_MISSING, SIZE, capture, checked, evaluation, keys
from widgets.check_data import Checked


@dataclass
class FakeTrainer:
    """Counts steps; one hundredth of a second each."""

    capture: Capture
    seed: int = 0
    planned_seconds: float | None = 60.0
    planned_steps: int | None = None
    included: frozenset[ImageKey] = frozenset()
    steps: int = 0
    fail_at: int | None = None
    """The step that ends in ``error`` instead."""
    error: Exception = field(default_factory=lambda: FitError("The loss is not a number; use a lower rate."))
    frame: Any = field(default_factory=lambda: SimpleNamespace(centre=np.zeros(3), scale=1.0))
    config: Any = field(default_factory=lambda: SimpleNamespace(seconds=60.0, steps=None))
    converged: bool = False
    trial_progress: float | None = None
    mirrored_lights: MirroredLights | None = None

    @property
    def seconds(self) -> float:
        return 0.01 * self.steps

    @property
    def finished(self) -> bool:
        return self.seconds >= (self.planned_seconds or np.inf)

    def step(self) -> Any:
        if self.fail_at is not None and self.steps >= self.fail_at:
            self.fail_at = None
            raise self.error
        time.sleep(0.001)
        self.steps += 1
        losses = {"colour": 1.0 / self.steps, "total": 1.5 / self.steps}
        return SimpleNamespace(step=self.steps, losses=losses, seconds=0.01)

    def extend(self, *, seconds: float | None = None, steps: int | None = None) -> None:
        self.planned_seconds = (self.planned_seconds or 0.0) + (seconds or 0.0)

    def include(self, chosen: Iterable[ImageKey]) -> None:
        chosen = frozenset(chosen)
        if len({key.view for key in chosen}) < 2:
            raise SubsetError("Only one view is left; tick at least two.")
        self.included = chosen

    def image_losses(self) -> dict[ImageKey, float]:
        return dict.fromkeys(self.included, 0.1) if self.steps else {}

    def lights(self) -> Any:
        directions = np.tile(np.array([0.0, 0.0, 1.0], np.float32), (LIGHTS, 1))
        return SimpleNamespace(
            light_ids=self.capture.light_ids,
            directions_gl=directions,
            start_gl=directions,
            intensities=np.ones((LIGHTS, 3), np.float32),
        )

    def psnr_db(self) -> float:
        return 20.0 + self.steps / 100.0


class FakeHistory:
    def __init__(self) -> None:
        self.records: list[Any] = []

    def observe(self, trainer: FakeTrainer, stats: Any) -> None:
        """Nothing to compare with."""


class FakeEngine:
    """Fit thread's engine; ``gate`` holds back long tasks until the test lets them go."""

    device_name = "fake"

    def __init__(self) -> None:
        self.trainers: list[FakeTrainer] = []
        self.gate = threading.Event()
        self.gate.set()
        self.waiting = threading.Event()
        self.saved: list[tuple[Path, int, bool]] = []
        self.fail_saving: Exception | None = None
        self.kept_runs: list[tuple[Path, int]] = []
        """Where runs were saved unasked, and at which step."""
        self.fail_keeping: Exception | None = None
        self.removed: list[Path] = []
        self.fail_tracing: Exception | None = None
        self.fail_at: int | None = None
        self.error: Exception = FitError("The loss is not a number; use a lower rate.")
        self.threads: set[int] = set()
        self.records: list[Any] = []
        self.shaded: list[tuple[tuple[float, ...], bool]] = []
        self.options: list[ImportOptions | None] = []
        """What captures were read with."""
        self.unfit: tuple[Outlier, ...] = ()
        """What is said not to fit."""
        self.kept: dict[Path, ImportOptions] = {}
        self.checks = 0
        """How often a capture was looked over to the end."""
        self.check_parts = 3

    def ensure_demo(self, progress: Any) -> Path:
        progress("Writing the demo capture", 0.5)
        return Path("cache/demo")

    def read_capture(self, folder: Path, options: ImportOptions | None, progress: Any) -> Any:
        self.options.append(options)
        self.threads.add(threading.get_ident())
        if "missing" in folder.name:
            raise CaptureError(f"{folder} does not exist; choose another folder.")
        self.waiting.set()
        while not self.gate.wait(0.005):
            progress("Reading photographs", 0.5)
        progress("Reading photographs", 1.0)
        if "broken" in folder.name and options is None:
            raise CaptureError(f"{folder} has no masks; paint some.")
        return SimpleNamespace(capture=capture(folder), listing=None, options=options or ImportOptions())

    def listed_again(self, read: Capture) -> Any:
        return SimpleNamespace(capture=read, listing=None, options=ImportOptions())

    def first_look(self, read: Any) -> Checked:
        return checked(read.capture.folder, options=read.options, complete=False)

    def full_check(self, read: Any, first: Checked, progress: Any) -> Checked:
        for part in range(self.check_parts):
            progress("Comparing masks", part / self.check_parts)
            time.sleep(0.002)
        self.checks += 1
        return checked(first.folder, options=first.options)

    def unreadable(self, folder: Path, options: ImportOptions | None, progress: Any) -> Checked:
        known = "broken" in folder.name
        return checked(
            folder, options=options or ImportOptions(), findings=(MASKS_MISSING,), readable=False, known=known
        )

    def with_up(self, read: Any, known: Checked, up: Any) -> tuple[Any, Checked]:
        options = replace(known.options, up=up)
        turned = replace(read.capture, up=up, options=options)
        return SimpleNamespace(capture=turned, listing=None, options=options), replace(known, options=options)

    def keep_choices(self, folder: Path, options: ImportOptions) -> bool:
        self.kept[folder] = options
        return "locked" not in folder.name

    def describe(self, read: Capture, known: Checked | None = None) -> CaptureOpened:
        return CaptureOpened(
            folder=read.folder,
            keys=read.keys,
            cameras=read.cameras,
            thumbnails={view: np.zeros((8, 8, 3), np.float32) for view in read.views},
            light_ids=read.light_ids,
            has_truth=False,
            problems=(),
            image_size=(SIZE, SIZE),
            scene_centre=(0.0, 0.0, 0.0),
            scene_radius=1.0,
        )

    def new_run(
        self, read: Capture, *, preset: Any, seconds: float, seed: int, choices: Any, included: Any, progress: Any
    ) -> OpenedRun:
        progress("Compiling the CPU kernels", 0.5)
        trainer = FakeTrainer(
            capture=read,
            seed=seed,
            planned_seconds=seconds,
            included=frozenset(read.keys if included is None else included),
            fail_at=self.fail_at,
            error=self.error,
        )
        return self._opened(trainer, preset, choices)

    def load_run(self, folder: Path, progress: Any) -> OpenedRun:
        progress("Reading the checkpoint", 0.5)
        if "missing" in folder.name:
            raise RunError(f"{folder} holds no run; choose another folder.")
        trainer = FakeTrainer(capture=capture(), included=frozenset(keys()), steps=120)
        run = self._opened(trainer, "draft", FitChoices(bounce=False))
        run.folder, run.saved_step = folder, 120
        return run

    def _opened(self, trainer: FakeTrainer, preset: Any, choices: FitChoices) -> OpenedRun:
        self.trainers.append(trainer)
        exposure = capture_exposure(trainer.capture)
        history: Any = FakeHistory()
        history.records = list(self.records) if trainer.steps else []
        fake: Any = trainer
        return OpenedRun(trainer=fake, history=history, preset=preset, choices=choices, exposure=exposure)

    def save(self, run: OpenedRun, folder: Path, *, overwrite: bool, results: bool, progress: Any) -> None:
        progress("Writing the checkpoint", 0.5)
        if self.fail_saving is not None:
            raise self.fail_saving
        self.waiting.set()
        while not self.gate.wait(0.005):
            progress("Writing the mesh", 0.7)
        self.saved.append((folder, run.trainer.steps, results))
        run.folder, run.saved_step = folder, run.trainer.steps

    def keep(self, run: OpenedRun, folder: Path) -> None:
        self.threads.add(threading.get_ident())
        if self.fail_keeping is not None:
            raise self.fail_keeping
        self.kept_runs.append((folder, run.trainer.steps))
        if folder == run.folder:
            run.saved_step = run.trainer.steps
        else:
            run.kept_folder, run.kept_step = folder, run.trainer.steps

    def remove(self, folder: Path) -> None:
        self.removed.append(folder)

    def save_command(self, run: OpenedRun) -> str:
        return "train"

    def export(self, run: OpenedRun, command: Export, progress: Any) -> None:
        self.saved.append((command.folder, run.trainer.steps, "mesh" in command.what))

    def export_command(self, run: OpenedRun, command: Export) -> str:
        return "export"

    def evaluate(self, run: OpenedRun, report: Path | None, progress: Any) -> Evaluated:
        progress("Rendering view 1 of 1", 0.5)
        if report is not None:
            report.write_text("<!DOCTYPE html>", encoding="utf-8")
        return Evaluated(evaluation=evaluation(run.trainer.steps), report=report, command="chiaro eval RUN")

    def lights(self, trainer: Any) -> Lights:
        known = trainer.lights()
        return Lights(
            light_ids=known.light_ids,
            estimate_gl=known.directions_gl,
            start_gl=known.start_gl,
            truth_gl=None,
            intensities=known.intensities,
            error_deg=None,
        )

    def outliers(self, run: OpenedRun) -> tuple[Outlier, ...]:
        return self.unfit

    def light_of(self, trainer: Any, key: ImageKey) -> Lamp:
        return Lamp(to_light=np.array([0.0, 0.0, -1.0], np.float32), intensity=np.ones(3, np.float32))

    def trace(self, trainer: Any, view: Camera) -> Generator[float, None, Any]:
        for part in range(4):
            if self.fail_tracing is not None:
                raise self.fail_tracing
            yield (part + 1) / 4
        return SimpleNamespace(camera=view, images=lambda: _maps(view, trainer.steps))

    def shade(self, trainer: Any, buffer: Any, lamp: Lamp, *, shadows: bool, relit: bool = False) -> Any:
        self.shaded.append((tuple(float(v) for v in lamp.to_light), shadows))
        size = (buffer.camera.height, buffer.camera.width)
        render = np.full((*size, 3), 0.3, np.float32)
        return SimpleNamespace(render=render, unshadowed=render, shading=render, shadow=np.ones(size, np.float32))

    def ceiling(self, trainer: Any) -> float:
        return 1.0

    def psnr_db(self, trainer: Any, render: Any, photograph: Any, mask: Any) -> float:
        return 30.0

    def mesh(self, run: OpenedRun, colours: tuple[MeshColour, ...]) -> Generator[None, None, Mesh]:
        yield
        corners = np.eye(3, dtype=np.float32)
        return Mesh(
            step=run.trainer.steps,
            vertices=corners,
            faces=np.array([[0, 1, 2]], np.int32),
            normals=corners,
            colours={name: np.zeros((3, 3), np.uint8) for name in colours if name != "shaded"},
            error_limit=0.1 if "error" in colours else None,
        )


def _maps(view: Camera, steps: int) -> Any:
    size = (view.height, view.width)
    flat = np.full(size, 0.5, np.float32)
    colour = np.full((*size, 3), min(steps / 1000.0, 1.0), np.float32)
    return SimpleNamespace(
        normals_gl=np.tile(np.array([0, 0, 1], np.float32), (*size, 1)),
        albedo=colour,
        specular=colour,
        roughness=flat,
        depth=4.0 * np.ones(size, np.float32),
        opacity=np.ones(size, np.float32),
    )
