"""Generated captures to measure on, and runs on them: each in a process of its own, by steps, with a fixed seed.

Captures lie in the user's cache under a hash of the generator's sources, so that what is measured on is always what
the sources say; generating one takes up to a minute or two on two quiet cores, once.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import platformdirs

from core.capture.case_names import CaseName
from core.capture.synthetic_cases import Case, write_case_capture
from core.capture.synthetic_presets import CASES
from core.fit.choices import FitChoices
from tests.benchmarks.headless import ROOT

SIZE = 160
"""Pixels a side of the photographs measured on."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One run and what of it is measured."""

    capture: str
    """Folder."""
    choices: FitChoices = field(default_factory=FitChoices)
    steps: int = 800
    seed: int = 0
    keys: tuple[str, ...] | None = None
    """Names of the photographs that the run knows of, all others unknown to it; None: all."""
    outliers: bool = True
    """Whether photographs that do not fit count less."""
    every: int = 2
    """Normals and materials are compared in every n-th view of the whole capture."""


def case_folder(name: CaseName) -> Path:
    """The capture of that name, written first when it is not there yet."""
    return ensured(name, lambda: replace(CASES[name](), size=SIZE))


def ensured(name: str, case: Callable[[], Case]) -> Path:
    """The folder of a generated capture; those of earlier sources make room."""
    caches = platformdirs.user_cache_path("chiaro", appauthor=False)
    folder = caches / f"benchmark-case-{name}-{_sources()}"
    if (folder / "camera_params.json").is_file():
        return folder
    for old in caches.glob(f"benchmark-case-{name}-{10 * '?'}"):
        shutil.rmtree(old, ignore_errors=True)
    print(f"generating {name} ...", file=sys.stderr, flush=True)
    write_case_capture(folder, case())
    return folder


def measured(job: Job) -> dict[str, float]:
    """What ``case_probe`` finds, in a process of its own."""
    line = [sys.executable, "-m", "tests.benchmarks.case_probe", json.dumps(asdict(job))]
    done = subprocess.run(line, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def job_from(values: dict[str, Any]) -> Job:
    """The job that ``measured`` wrote."""
    keys = values["keys"]
    return Job(**values | {"choices": FitChoices.from_json(values["choices"]), "keys": keys and tuple(keys)})


def shown(title: str, found: dict[str, float]) -> None:
    """Print one run's figures as a row."""
    print(f"{title:28s} " + "  ".join(f"{name} {value:.4g}" for name, value in found.items()), flush=True)


def _sources() -> str:
    digest = hashlib.sha256()
    for file in sorted((ROOT / "core" / "capture").glob("synthetic*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:10]
