"""What a benchmark consists of: one job a capture, preset and seed, each with a run folder and a file for its row."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from app.arguments import Benchmark
from core.errors import CaptureError, RunError
from core.files import replacing
from core.fit.choices import FitChoices, PresetName
from core.json_text import json_text

RUNS = "runs"
"""Folder of the runs inside the benchmark's folder."""
_FORMAT = 1
_MAX_LIST_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Job:
    """One run to make and to measure."""

    name: str
    """Of its run folder and, with endings, of its files."""
    capture: str
    """Absolute path of the capture folder."""
    preset: PresetName
    seed: int
    seconds: float | None
    """Optimisation time; None = as the preset or ``steps`` say."""
    steps: int | None
    holdout: float | None
    """Fraction of the images kept out of training."""
    device: str | None
    choices: FitChoices
    """What is modelled."""

    @classmethod
    def read(cls, file: Path) -> Self:
        """The job that ``write`` wrote."""
        values = json.loads(file.read_text(encoding="utf-8"))
        return cls(**(values | {"choices": FitChoices.from_json(values["choices"])}))

    def write(self, file: Path) -> None:
        """Write the job for the process that does it. Raises RunError."""
        with replacing(file) as temporary:
            temporary.write_text(json_text(asdict(self)), encoding="utf-8")

    @property
    def label(self) -> str:
        """The capture's own name."""
        return Path(self.capture).name


def plan(arguments: Benchmark) -> list[Job]:
    """Every capture under every preset with every seed, in this order. Raises CaptureError and RunError."""
    choices, suffix = arguments.model.chosen(), _suffix(arguments)
    return [
        Job(
            name=f"{folder.name}-{preset}{suffix}-seed{seed}",
            capture=str(folder),
            preset=preset,
            seed=seed,
            seconds=arguments.seconds,
            steps=arguments.steps,
            holdout=arguments.holdout,
            device=arguments.device,
            choices=choices,
        )
        for folder in _captures(arguments)
        for preset in dict.fromkeys(arguments.presets)
        for seed in dict.fromkeys(arguments.seeds)
    ]


def _captures(arguments: Benchmark) -> list[Path]:
    """The capture folders, no two of one name: runs are named after them."""
    captures = [folder for given in arguments.captures for folder in _folders(given)]
    names = [folder.name for folder in captures]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CaptureError(f"Two captures are named {twice[0]}; benchmark them into different folders.")
    return captures


def _suffix(arguments: Benchmark) -> str:
    """What a run's name says of how it is made, where that is not as the preset says."""
    parts = (
        *(tag.replace(" ", "-") for tag in arguments.model.chosen().tags()),
        f"{arguments.seconds:g}s" if arguments.seconds is not None else "",
        f"{arguments.steps}steps" if arguments.steps is not None else "",
        f"without{arguments.holdout:g}" if arguments.holdout else "",
    )
    return "".join(f"-{part}" for part in parts if part)


def row_file(out: Path, job: Job) -> Path:
    """Where a job's row is written once it is finished."""
    return out / RUNS / f"{job.name}.json"


def write_row(file: Path, job: Job, row: dict[str, Any]) -> None:
    """Write a job's row, or ``{"error": sentence}`` for one that failed. Raises RunError."""
    with replacing(file) as temporary:
        content = {"format": _FORMAT, "job": asdict(job), "row": row}
        temporary.write_text(json_text(content), encoding="utf-8", newline="\n")


def finished_row(out: Path, job: Job) -> dict[str, Any] | None:
    """The row of a job that is done; None when it has yet to be made. Raises RunError when another run has its name."""
    found = _read_row(row_file(out, job))
    if found is None:
        return None
    if found["job"].get("capture") != job.capture:
        raise RunError(f"{out} holds the run {job.name} of another capture; choose another folder.")
    return None if "error" in found["row"] else found["row"]


def all_rows(out: Path) -> list[dict[str, Any]]:
    """The rows of every finished run in a benchmark's folder, this benchmark's and earlier ones', in order of names."""
    found = [_read_row(file) for file in sorted((out / RUNS).glob("*.json"))]
    return [content["row"] for content in found if content is not None and "error" not in content["row"]]


def error_of(out: Path, job: Job) -> str:
    """Why a job failed, one sentence; empty when it did not."""
    found = _read_row(row_file(out, job))
    return str(found["row"].get("error", "")) if found is not None else ""


def _read_row(file: Path) -> dict[str, Any] | None:
    """What ``write_row`` wrote; None for anything else."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    complete = isinstance(found, dict) and isinstance(found.get("row"), dict) and isinstance(found.get("job"), dict)
    return found if complete and found.get("format") == _FORMAT else None


def _folders(given: Path) -> Sequence[Path]:
    """A capture folder, or those that a text file names, one a line; relative ones lie beside the file."""
    if given.is_dir():
        return [given.resolve()]
    if not given.is_file():
        raise CaptureError(f"{given} does not exist; name capture folders, or a text file with one a line.")
    try:
        if given.stat().st_size > _MAX_LIST_BYTES:
            raise CaptureError(f"{given} is too large for a list of captures; name one folder a line.")
        lines = given.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CaptureError(f"{given} is not a text file that can be read; name one capture folder a line.") from error
    folders = [given.parent / line.partition("#")[0].strip() for line in lines if line.partition("#")[0].strip()]
    missing = next((folder for folder in folders if not folder.is_dir()), None)
    if missing is not None:
        raise CaptureError(f"{given} names {missing}, which is no folder; correct the line.")
    if not folders:
        raise CaptureError(f"{given} names no capture; write one folder a line.")
    return [folder.resolve() for folder in folders]
