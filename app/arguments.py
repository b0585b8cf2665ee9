"""What the command line takes: one frozen dataclass a command. Every docstring below a field is its help text."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, get_args

import tyro

from app.argument_kinds import choice, number, option, whole_number
from app.import_arguments import ImportArguments, ReadingArguments
from app.model_arguments import ModelArguments
from core.capture.case_names import CaseName
from core.capture.import_options import Axis, Handedness
from core.capture.writers.target import Target
from core.fit.choices import PresetName
from core.fit.export_options import FilmPath, MapFormat
from core.fit.result_names import MESH_CELLS, RESULTS, Result
from core.mesh.options import MeshFormat

Flag = Annotated[bool, tyro.conf.arg(help_behavior_hint="")]
Device = Annotated[str | None, option("NAME")]
File = Annotated[Path | None, option("FILE")]
Folder = Annotated[Path | None, option("FOLDER")]
Importing = Annotated[ImportArguments, tyro.conf.arg(name="")]
Modelling = Annotated[ModelArguments, tyro.conf.arg(name="")]
"""Options without a prefix."""


@dataclass(frozen=True, kw_only=True)
class Studio:
    """Open the studio's window (what happens without a command, too)."""

    capture: Annotated[tyro.conf.Positional[Path | None], option("[CAPTURE]")] = None
    """Capture folder to open; it opens paused."""
    demo: Flag = False
    """Open the demo capture and train at once."""
    run: Annotated[Path | None, option("RUN")] = None
    """Reopen a saved run, paused, exactly where it was."""
    importing: Importing = field(default_factory=ImportArguments)


@dataclass(frozen=True, kw_only=True)
class Train:
    """Fit shape, material and lights to a capture, without a window."""

    capture: Annotated[tyro.conf.Positional[Path | None], option("[CAPTURE]")] = None
    """Capture folder; docs/captures.md lists the layouts. --resume finds it, unless it has moved."""
    demo: Flag = False
    """Train on the demo capture instead."""
    out: Annotated[Path, option("RUN")]
    """Run folder to write; must be new or empty unless --resume or --overwrite."""
    seconds: Annotated[float | None, option("S"), number("S")] = None
    """Optimisation time, set-up left out; by default the preset's own. With --resume: how much longer than planned."""
    steps: Annotated[int | None, option("N"), whole_number("N")] = None
    """Optimisation steps instead of seconds. With --resume: how many more than planned."""
    preset: Annotated[PresetName | None, option("draft|final|ultra"), choice(*get_args(PresetName))] = None
    """draft (default): a minute; final: until converged, at most ten minutes; ultra: up to an hour, finest."""
    index: File = None
    """Index file: train only on the images it names, one VxxLyy a line."""
    holdout: Annotated[float | None, option("FRACTION"), number("FRACTION")] = None
    """Fraction of the images to keep out of training, to be rendered and compared at the end."""
    device: Device = None
    """cpu or cuda; by default the fastest there is."""
    seed: Annotated[int | None, option("N"), whole_number("N")] = None
    """Seed of every random choice; default 0."""
    resume: Flag = False
    """Go on from the run in --out exactly where it stopped."""
    overwrite: Flag = False
    """Replace another run in --out."""
    json: Flag = False
    """Print the result as JSON on standard output."""
    model: Modelling = field(default_factory=ModelArguments)
    importing: Importing = field(default_factory=ImportArguments)


@dataclass(frozen=True, kw_only=True)
class Eval:
    """Measure a run against its photographs and, where there is one, the ground truth."""

    run: Annotated[tyro.conf.Positional[Path], option("RUN")]
    """Run folder."""
    report: File = None
    """HTML file to write: all figures with plots, pictures and error maps; opens without a network."""
    threshold: Annotated[float | None, option("DISTANCE"), number("DISTANCE")] = None
    """Distance in world units that counts as found for the F-score; default: 0.5 % of the sphere's radius."""
    cells: Annotated[int, tyro.conf.arg(metavar="N"), whole_number("N")] = MESH_CELLS
    """Cells along the longest side of the mesh that is compared with the ground truth."""
    capture: Folder = None
    """Capture folder, if it is no longer where the run found it."""
    device: Device = None
    """cpu or cuda; by default the fastest there is."""
    json: Flag = False
    """Print the result as JSON on standard output."""


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """Train and measure captures x presets x seeds into one table; started again, it goes on with what is missing."""

    captures: Annotated[tyro.conf.Positional[tuple[Path, ...]], option("CAPTURE ...")]
    """Capture folders, or text files that name one a line."""
    out: Annotated[Path, option("FOLDER")]
    """Folder for the runs, the rows and the table (CSV, Markdown, SVG); new, empty, or of an earlier benchmark."""
    presets: Annotated[tuple[PresetName, ...], tyro.conf.arg(metavar="PRESET ...")] = ("draft",)
    """Presets to compare: draft, final, ultra."""
    seeds: Annotated[tuple[int, ...], tyro.conf.arg(metavar="N ...")] = (0,)
    """Seeds to run each with; the table tells mean and spread."""
    seconds: Annotated[float | None, option("S"), number("S")] = None
    """Optimisation time of every run; by default the preset's own."""
    steps: Annotated[int | None, option("N"), whole_number("N")] = None
    """Optimisation steps instead of seconds."""
    holdout: Annotated[float | None, option("FRACTION"), number("FRACTION")] = None
    """Fraction of the images to keep out of training and to measure on."""
    processes: Annotated[int | None, option("N"), whole_number("N")] = None
    """Runs side by side, each with its share of the cores; default: one for every four cores."""
    device: Device = None
    """cpu or cuda; by default the fastest there is."""
    json: Flag = False
    """Print the result as JSON on standard output."""
    model: Modelling = field(default_factory=ModelArguments)


@dataclass(frozen=True, kw_only=True)
class Export:
    """Write a run's results: mesh, normal maps, lights, renders, contact sheet; further maps and a film on request."""

    run: Annotated[tyro.conf.Positional[Path], option("RUN")]
    """Run folder."""
    out: Folder = None
    """Folder to write to; by default the run folder itself, which brings its results up to date."""
    what: Annotated[tuple[Result, ...], tyro.conf.arg(metavar="RESULT ...")] = RESULTS
    """Results to write: mesh, normals, lights, renders, sheet, maps, spheres (of the material), latent (maps), film.
    A film takes minutes."""
    cells: Annotated[int | None, option("N"), whole_number("N")] = None
    """Cells along the longest side of the mesh's grid: more is finer and slower; by default 256, of ultra runs 512."""
    format: Annotated[MeshFormat | None, option("ply|glb|obj"), choice(*get_args(MeshFormat))] = None
    """Of the mesh. ply (default): vertex colours; glb (glTF 2.0), obj: colour, metallic, roughness, normal textures."""
    faces: Annotated[int | None, option("N"), whole_number("N")] = None
    """Triangles to reduce the mesh to; by default all for ply, 50000 for glb and obj."""
    texture: Annotated[int | None, option("N"), whole_number("N")] = None
    """Texels a side of each texture; default 2048."""
    smooth: Annotated[int | None, option("N"), whole_number("N")] = None
    """Smoothing passes over the mesh, which keep its volume; default 0, 20 take away small bumps."""
    map_format: Annotated[MapFormat | None, option("png|exr"), choice(*get_args(MapFormat))] = None
    """Of maps. png (default): 16 bits, with what the numbers mean in maps.json; exr: 32-bit floats."""
    all_shadows: Flag = False
    """Write a shadow map of every photograph instead of each view's first."""
    features: Flag = False
    """With latent maps, also write the surface features they show, as 32-bit EXR."""
    film: Annotated[FilmPath | None, option("light|camera|both"), choice(*get_args(FilmPath))] = None
    """What goes round in the film; by default both, one after the other."""
    capture: Folder = None
    """Capture folder, if it is no longer where the run found it."""
    device: Device = None
    """cpu or cuda; by default the fastest there is."""
    overwrite: Flag = False
    """Replace results already in --out."""
    json: Flag = False
    """Print the result as JSON on standard output."""


@dataclass(frozen=True, kw_only=True)
class Relight:
    """Show the object of a run under a light of your choice: a picture, or a film of light or camera going round."""

    run: Annotated[tyro.conf.Positional[Path], option("RUN")]
    """Run folder."""
    light: Annotated[str | None, option("X,Y,Z")] = None
    """Direction toward the light; only films do without, and then start from the upper right."""
    frame: Annotated[Literal["camera", "world"], tyro.conf.arg(metavar="camera|world")] = "camera"
    """camera: x right, y up, z to the viewer, the light goes with the camera; world: the capture's own, it stands."""
    view: Annotated[int | None, option("ID"), whole_number("ID")] = None
    """View id to look from; by default the first."""
    orbit: Flag = False
    """Write a film: the light goes once round the viewing direction (camera) or what is up in the capture (world).
    A film takes minutes."""
    turn: Flag = False
    """Write a film: the camera goes once round the object; with --orbit after the light has gone round."""
    beside: Flag = False
    """Show normals and albedo to the left of the relit object."""
    frames: Annotated[int | None, option("N"), whole_number("N")] = None
    """Frames of each time round; default 120."""
    fps: Annotated[int | None, option("N"), whole_number("N")] = None
    """Frames of a film a second; default 30."""
    intensity: Annotated[float, tyro.conf.arg(metavar="FACTOR"), number("FACTOR")] = 1.0
    """1 = as bright as the capture's lights on average."""
    colour: Annotated[str, tyro.conf.arg(metavar="R,G,B")] = "1,1,1"
    """Linear colour of the light."""
    no_shadows: Flag = False
    """Leave out cast shadows."""
    size: Annotated[int | None, option("N"), whole_number("N")] = None
    """Pixels along the longer side; by default those of the photographs, in films at most 640."""
    out: File = None
    """PNG or MP4 to write; by default relit.png or relit.mp4 in the run folder."""
    capture: Folder = None
    """Capture folder, if it is no longer where the run found it."""
    device: Device = None
    """cpu or cuda; by default the fastest there is."""
    overwrite: Flag = False
    """Replace the file given by --out."""
    json: Flag = False
    """Print the result as JSON on standard output."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """Say what a capture is, what is wrong with it and how to mend it; exit code 1 when something must be fixed."""

    capture: Annotated[tyro.conf.Positional[Path], option("CAPTURE")]
    """Capture folder; docs/captures.md lists the layouts."""
    json: Flag = False
    """Print the report as JSON on standard output."""
    importing: Importing = field(default_factory=ImportArguments)


@dataclass(frozen=True, kw_only=True)
class Convert:
    """Write a capture in another layout: linear 16-bit photographs, masks and cameras."""

    capture: Annotated[tyro.conf.Positional[Path], option("CAPTURE")]
    """Capture folder; docs/captures.md lists the layouts."""
    out: Annotated[tyro.conf.Positional[Path], option("FOLDER")]
    """New or empty folder."""
    to: Annotated[Target, tyro.conf.arg(metavar="mvscps|idr|transforms|colmap")]
    """Layout to write."""
    up: Annotated[Axis | None, option("AXIS"), choice(*get_args(Axis))] = None
    """World axis that points up in what is written; by default the axes stay as they are."""
    handedness: Annotated[Handedness, tyro.conf.arg(metavar="right|left", help_behavior_hint="")] = "right"
    """left: camera matrices for engines with left-handed axes (transforms only)."""
    from_up: Annotated[Axis | None, option("AXIS"), choice(*get_args(Axis))] = None
    """World axis that points up in CAPTURE, where its files do not tell."""
    from_handedness: Annotated[Handedness | None, option("right|left"), choice(*get_args(Handedness))] = None
    """left: the camera matrices of CAPTURE are those of an engine with left-handed axes."""
    json: Flag = False
    """Print the result as JSON on standard output."""
    reading: Annotated[ReadingArguments, tyro.conf.arg(name="")] = field(default_factory=ReadingArguments)


@dataclass(frozen=True, kw_only=True)
class Cache:
    """List the prepared pixels of large captures in the cache folder."""

    clear: Flag = False
    """Empty it; captures are prepared again when they are opened next."""
    json: Flag = False
    """Print the result as JSON on standard output."""


@dataclass(frozen=True, kw_only=True)
class Demo:
    """Write the demo capture or a test capture, with ground truth, into a folder."""

    folder: Annotated[tyro.conf.Positional[Path], option("FOLDER")]
    """New or empty folder."""
    case: Annotated[CaseName | None, option("NAME"), choice(*get_args(CaseName))] = None
    """Write a test capture instead. Materials: painted, porcelain, bronze, dark-metal, waxy, clay. Lamps: near, beam,
    world, exposure, free. Objects: bowl, metal-bowl, urchin, dish, relief. With bad photographs: spoilt."""
    seed: Annotated[int, tyro.conf.arg(metavar="N"), whole_number("N")] = 0
    """Seed of every random choice."""


@dataclass(frozen=True, kw_only=True)
class Doctor:
    """Tell what Chiaro finds on this machine: versions, devices, accelerators, display, memory."""

    json: Flag = False
    """Print the result as JSON on standard output."""


Command = Studio | Train | Check | Convert | Eval | Benchmark | Export | Relight | Demo | Cache | Doctor
