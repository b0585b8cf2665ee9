"""What the command line takes: one frozen dataclass a command. Every docstring below a field is its help text."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from app.messages import Preset
from core.fit.result_names import MESH_CELLS, RESULTS, Result


@dataclass(frozen=True, kw_only=True)
class Studio:
    """Open the studio's window (what happens without a command, too)."""

    capture: tyro.conf.Positional[Path | None] = None
    """Capture folder to open; it opens paused."""
    demo: bool = False
    """Open the demo capture and train at once."""
    run: Path | None = None
    """Reopen a saved run, paused, exactly where it was."""


@dataclass(frozen=True, kw_only=True)
class Train:
    """Fit shape, material and lights to a capture, without a window."""

    capture: tyro.conf.Positional[Path | None] = None
    """Capture folder in the MVSCPS layout."""
    demo: bool = False
    """Train on the demo capture instead."""
    out: Path
    """Run folder to write; must be new or empty unless --resume or --overwrite."""
    seconds: float | None = None
    """Optimisation time, set-up left out; by default the preset's own. With --resume: how much longer than planned."""
    steps: int | None = None
    """Optimisation steps instead of seconds. With --resume: how many more than planned."""
    preset: Preset | None = None
    """draft (default): a minute; final: ten minutes, finer."""
    index: Path | None = None
    """Index file: train only on the images it names, one VxxLyy a line."""
    holdout: float | None = None
    """Fraction of the images to keep out of training, to be rendered and compared at the end."""
    device: str | None = None
    """cpu or cuda; by default the fastest there is."""
    seed: int | None = None
    """Seed of every random choice; default 0."""
    resume: bool = False
    """Go on from the run in --out exactly where it stopped."""
    overwrite: bool = False
    """Replace another run in --out."""
    json: bool = False
    """Print the result as JSON on standard output."""


@dataclass(frozen=True, kw_only=True)
class Eval:
    """Measure a run against its photographs and, where there is one, the ground truth."""

    run: tyro.conf.Positional[Path]
    """Run folder."""
    capture: Path | None = None
    """Capture folder, if it is no longer where the run found it."""
    device: str | None = None
    """cpu or cuda; by default the fastest there is."""
    json: bool = False
    """Print the result as JSON on standard output."""


@dataclass(frozen=True, kw_only=True)
class Export:
    """Write a run's results: mesh, normal maps, lights, renders, contact sheet."""

    run: tyro.conf.Positional[Path]
    """Run folder."""
    out: Path | None = None
    """Folder to write to; by default the run folder itself, which brings its results up to date."""
    what: tuple[Result, ...] = RESULTS
    """Which results to write."""
    cells: int = MESH_CELLS
    """Cells along the longest side of the mesh's grid: more is finer and slower."""
    capture: Path | None = None
    """Capture folder, if it is no longer where the run found it."""
    device: str | None = None
    """cpu or cuda; by default the fastest there is."""
    overwrite: bool = False
    """Replace results already in --out."""
    json: bool = False
    """Print the result as JSON on standard output."""


@dataclass(frozen=True, kw_only=True)
class Relight:
    """Show the object of a run under a light of your choice: a picture, or a film of the light going round."""

    run: tyro.conf.Positional[Path]
    """Run folder."""
    light: Annotated[str, tyro.conf.arg(metavar="X,Y,Z")]
    """Direction toward the light."""
    frame: Literal["camera", "world"] = "camera"
    """camera: x right, y up, z to the viewer; world: the frame of the capture's cameras."""
    view: int | None = None
    """View id to look from; by default the first."""
    orbit: bool = False
    """Write a film: the light goes once round the viewing direction (camera) or the z axis (world)."""
    intensity: float = 1.0
    """1 = as bright as the capture's lights on average."""
    colour: Annotated[str, tyro.conf.arg(metavar="R,G,B")] = "1,1,1"
    """Linear colour of the light."""
    no_shadows: bool = False
    """Leave out cast shadows."""
    size: int | None = None
    """Pixels along the longer side; by default those of the photographs."""
    out: Path | None = None
    """PNG or MP4 to write; by default relit.png or relit.mp4 in the run folder."""
    capture: Path | None = None
    """Capture folder, if it is no longer where the run found it."""
    device: str | None = None
    """cpu or cuda; by default the fastest there is."""
    overwrite: bool = False
    """Replace the file given by --out."""
    json: bool = False
    """Print the result as JSON on standard output."""


@dataclass(frozen=True, kw_only=True)
class Demo:
    """Write the demo capture, with ground truth, into a folder."""

    folder: tyro.conf.Positional[Path]
    """New or empty folder."""
    seed: int = 0
    """Seed of every random choice."""


@dataclass(frozen=True, kw_only=True)
class Doctor:
    """Tell what Chiaro finds on this machine: versions, devices, accelerators, display, memory."""

    json: bool = False
    """Print the result as JSON on standard output."""


Command = Studio | Train | Eval | Export | Relight | Demo | Doctor
