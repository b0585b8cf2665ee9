"""The run folder: everything a run learnt, under names other tools know.

    run.json                    capture, configuration, device, versions, steps, seconds, figures over time
    checkpoint.safetensors      what the optimiser needs to go on from exactly there, with checkpoint.json
    light_directions.txt        one row per light id, OpenGL camera frame, nan where never estimated
    light_intensities.txt       likewise, linear RGB; where they are estimated, also positions, angular falloff and
                                exposures (core.fit.light_tables)
    lights/                     the same for other programs (core.fit.light_lists)
    normals/Vxx.exr             OpenGL camera frame, seen by the view's first camera
    mesh.ply                    world frame, vertex colours = albedo; on demand mesh.glb, or mesh.obj with mesh.mtl and
                                textures mesh_*.png
    renders/VxxLyy.png          16-bit linear RGB of photographs kept out of training
    contact_sheet.png           all of it at a glance
    maps/ spheres/ latent/      on demand: maps of each view, material spheres, latent maps (core.fit.view_maps,
                                sphere_files, latent_maps)
    relighting.mp4              on demand: the object under a light that goes round, and from all sides

A run is written quickly (``results=False``: run.json, checkpoint, lights) while it lasts, and completely at its end.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.capture.capture import Capture
from core.errors import RunError
from core.fit.checkpoint import NUMBER_FILE, TENSOR_FILE, save_checkpoint
from core.fit.config import choices_of
from core.fit.export_options import PLAIN, ExportOptions
from core.fit.history import History, Record
from core.fit.light_tables import LIGHT_TABLES, write_lights
from core.fit.outlier import outliers_to_json
from core.fit.outliers import find_outliers
from core.fit.result_names import RESULTS, Result
from core.fit.results import FILM_FILE, Figures, write_results
from core.fit.saved_file import read_saved_file
from core.fit.saved_run import check_run
from core.fit.staging import check_writable, entries, staged_folder
from core.fit.trainer import Trainer
from core.json_text import json_text
from core.mesh.options import MESH_FILES
from core.types import Progress
from core.versions import versions

RUN_FORMAT = 1
"""Grows when an older Chiaro could not read what a newer one writes."""
RUN_FILE = "run.json"
SHEET_FILE = "contact_sheet.png"
RESULT_FILES: dict[Result, tuple[str, ...]] = {
    "mesh": tuple(pattern for patterns in MESH_FILES.values() for pattern in patterns),
    "normals": ("normals/V*.exr",),
    "lights": (*LIGHT_TABLES, "lights/directions_*.txt", "lights/V*.lp"),
    "renders": ("renders/V*L*.png",),
    "sheet": (SHEET_FILE,),
    "maps": ("maps/maps.json", "maps/*/V*.png", "maps/*/V*.exr"),
    "spheres": ("spheres/object.png", "spheres/V*.png"),
    "latent": ("latent/latent.json", "latent/V*.png", "latent/features/V*.exr"),
    "film": (FILM_FILE,),
}
"""Patterns of each result's files inside a run folder, in every format."""


def result_files(what: Collection[Result], options: ExportOptions) -> tuple[str, ...]:
    """Patterns of the files that writing these results makes, the mesh in the format chosen."""
    return tuple(
        pattern
        for result in what
        for pattern in (MESH_FILES[options.mesh.format] if result == "mesh" else RESULT_FILES[result])
    )


def check_run_folder(folder: Path, *, overwrite: bool) -> None:
    """Raise RunError when a run could not be written to ``folder``: found before training rather than after it.

    A folder that holds a run is only replaced when ``overwrite``; one that holds anything else never is.
    """
    if folder.exists() and not folder.is_dir():
        raise RunError(f"{folder} is a file, not a folder; choose another name for the run.")
    if entries(folder):
        if not (folder / RUN_FILE).is_file():
            raise RunError(f"{folder} holds files that are not a run; choose an empty or a new folder.")
        if not overwrite:
            raise RunError(
                f"{folder} already holds a run; choose another folder, go on from it (--resume) or replace it "
                "(--overwrite)."
            )
    check_writable(folder)


def write_run(
    trainer: Trainer,
    folder: Path,
    *,
    history: History,
    preset: str,
    setup_seconds: float,
    overwrite: bool = False,
    own: bool = False,
    results: bool = True,
    progress: Progress | None = None,
) -> Figures | None:
    """Write the run: all files arrive, or the folder stays as it was. Returns the figures of the results, if written.

    ``own`` says that the folder was last written by this very run; ``overwrite`` that another run may be replaced.
    With ``results`` false, results this run wrote earlier stay, and ``figures`` in ``run.json`` tells of which step
    they are. Raises RunError, and Cancelled from ``progress``.
    """
    check_run_folder(folder, overwrite=overwrite or own)
    run = describe_run(trainer, history, preset=preset, setup_seconds=setup_seconds)
    figures = None
    with staged_folder(folder, last=RUN_FILE) as stage:
        if results:
            figures = write_results(trainer, stage, records=history.records, progress=progress)
            run["figures"] = {"steps": trainer.steps, **asdict(figures)}
        else:
            write_lights(trainer, stage)
            run["figures"] = read_run(folder).get("figures") if own and (folder / RUN_FILE).is_file() else None
        save_checkpoint(trainer, stage)
        _write_run_file(stage, run)
        written = _files(stage)
    if not own:  # nothing of another run may stay
        _remove_stale(folder, written, [pattern for patterns in RESULT_FILES.values() for pattern in patterns])
    elif results:  # what the user exported beside them stays
        _remove_stale(folder, written, result_files(RESULTS, PLAIN))
    return figures


def remove_run(folder: Path) -> None:
    """Remove what ``write_run`` writes quickly, as far as possible; the folder goes when nothing else is in it."""
    with suppress(OSError):
        _remove_stale(folder, set(), (RUN_FILE, NUMBER_FILE, TENSOR_FILE, *RESULT_FILES["lights"]))
        if (folder / "lights").is_dir() and not any((folder / "lights").iterdir()):
            (folder / "lights").rmdir()
        if not any(folder.iterdir()):
            folder.rmdir()


def refresh_results(
    trainer: Trainer,
    folder: Path,
    *,
    what: Collection[Result] = RESULTS,
    options: ExportOptions = PLAIN,
    progress: Progress | None = None,
) -> Figures:
    """Write the chosen results of a run opened from ``folder`` into that folder, replacing older ones."""
    check_run_folder(folder, overwrite=True)
    with staged_folder(folder, last=RUN_FILE) as stage:
        run = read_run(folder)
        records = History.from_json(run.get("metrics") or [], up_to_step=trainer.steps).records
        figures = write_results(trainer, stage, what=what, options=options, records=records, progress=progress)
        if {"normals", "renders"}.issubset(what):
            run |= {"figures": {"steps": trainer.steps, **asdict(figures)}}
            _write_run_file(stage, run)
        written = _files(stage)
    _remove_stale(folder, written, result_files(what, options))
    return figures


def export_results(
    trainer: Trainer,
    folder: Path,
    *,
    what: Collection[Result] = RESULTS,
    options: ExportOptions = PLAIN,
    records: Sequence[Record] = (),
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Figures:
    """Write the chosen results into any folder; ``records`` are drawn on the contact sheet.

    Raises RunError when one of them is there already and not ``overwrite``.
    """
    check_export_folder(folder, what=what, options=options, overwrite=overwrite)
    with staged_folder(folder) as stage:
        return write_results(trainer, stage, what=what, options=options, records=records, progress=progress)


def check_export_folder(
    folder: Path, *, what: Collection[Result], options: ExportOptions = PLAIN, overwrite: bool
) -> None:
    """Raise RunError when the chosen results could not be written to ``folder``."""
    if folder.exists() and not folder.is_dir():
        raise RunError(f"{folder} is a file, not a folder; choose another name for the export.")
    present = [file for pattern in result_files(what, options) for file in folder.glob(pattern)]
    if present and not overwrite:
        raise RunError(f"{min(present)} exists already; choose another folder or replace it (--overwrite).")
    check_writable(folder)


def read_run(folder: Path) -> dict[str, Any]:
    """``run.json`` as written. Raises RunError when the folder holds no run, a damaged one or a newer one."""
    file = folder / RUN_FILE
    run = read_saved_file(file, newest=RUN_FORMAT)
    try:
        check_run(run)
    except ValueError as error:
        raise RunError(f"{file} holds what no run can have ({error}); use another save of the run.") from error
    return run


def describe_run(trainer: Trainer, history: History, *, preset: str, setup_seconds: float) -> dict[str, Any]:
    """What ``run.json`` says about a run as it stands."""
    return {
        "format": RUN_FORMAT,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "capture": _describe_capture(trainer.capture),
        "world": {"handedness": "right", "up": trainer.capture.up, "camera": "x right, y down, z forward"},
        "included": [key.name for key in sorted(trainer.included)],
        "preset": preset,
        "choices": choices_of(trainer.config).to_json(),
        "converged": trainer.converged,
        "mirrored_lights": None if trainer.mirrored_lights is None else trainer.mirrored_lights.to_json(),
        "outliers": outliers_to_json(find_outliers(trainer)),
        "config": asdict(trainer.config),
        "seed": trainer.seed,
        "device": str(trainer.device),
        "versions": versions(),
        "steps": trainer.steps,
        "seconds": round(trainer.seconds, 3),
        "setup_seconds": round(setup_seconds, 3),
        "metrics": history.to_json(),
    }


def _describe_capture(capture: Capture) -> dict[str, Any]:
    return {
        "folder": str(capture.folder.absolute()),
        "images": len(capture.keys),
        "views": len(capture.views),
        "light_ids": list(capture.light_ids),
        "layout": capture.layout,
        "import": capture.options.to_json(),
        "reduced": capture.reduced,
    }


def _write_run_file(folder: Path, run: dict[str, Any]) -> None:
    (folder / RUN_FILE).write_text(json_text(run), encoding="utf-8", newline="\n")


def _files(folder: Path) -> set[Path]:
    return {file.relative_to(folder) for file in folder.rglob("*") if file.is_file()}


def _remove_stale(folder: Path, written: set[Path], patterns: Collection[str]) -> None:
    """Remove results of an earlier save that this one did not write: another run's, or of images no longer there."""
    for pattern in patterns:
        for file in folder.glob(pattern):
            if file.relative_to(folder) not in written:
                file.unlink(missing_ok=True)
