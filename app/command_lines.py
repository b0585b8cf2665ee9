"""Command lines that do what was done in the window."""

import shlex

from app.messages import Export
from app.open_run import OpenedRun
from core.capture.import_options import ImportOptions
from core.fit.choices import FitChoices
from core.fit.export_options import PLAIN
from core.mesh.options import MeshOptions

_NAMED = 6
"""How many photographs that are left out are told by name."""


def train_line(run: OpenedRun) -> str:
    """The command line that makes this run; photographs left out are told in a comment behind it."""
    trainer = run.trainer
    line = ["chiaro", "train", str(trainer.capture.folder), "--out", str(run.folder or "RUN")]
    line += [*_length(run), "--preset", run.preset, "--seed", f"{trainer.seed}"]
    line += choice_options(run.choices) + reading_options(trainer.capture.options)
    return shlex.join(line) + _left_out(run)


def _length(run: OpenedRun) -> list[str]:
    planned, asked = run.trainer.planned_steps, run.trainer.config.steps
    if run.asked_seconds == 0.0 and planned is not None:
        return ["--steps", f"{max(planned, asked or 0)}"]
    return ["--seconds", f"{run.asked_seconds:g}"]


def _left_out(run: OpenedRun) -> str:
    names = [key.name for key in run.capture.keys if key not in run.trainer.included]
    told = ", ".join(names) if len(names) <= _NAMED else f"{len(names)} photographs"
    return f"  # without {told}: --index FILE names those to use" if names else ""


def choice_options(choices: FitChoices) -> list[str]:
    """The options of ``train`` that say what is not the default among ``choices``."""
    default, lights = FitChoices(), choices.lights
    options = [] if choices.reflectance == default.reflectance else ["--reflectance", choices.reflectance]
    options += [] if lights.fixed_to == default.lights.fixed_to else ["--lights", lights.fixed_to]
    switches = {"near": lights.near, "falloff": lights.falloff, "exposure": lights.exposure}
    switches |= {"no-soft-shadows": not choices.soft_shadows, "no-bounce": not choices.bounce}
    return options + [f"--{name}" for name, on in switches.items() if on]


def reading_options(options: ImportOptions) -> list[str]:
    """The options that say how a capture was read, as far as that was said."""
    default, words = ImportOptions(), list[str]()
    raw, ball, masks = options.raw, options.ball, options.masks
    said = {
        "layout": options.layout,
        "cameras": options.cameras,
        "encoding": options.encoding,
        "masks": None if masks == default.masks else masks.value,
        "threshold": None if options.threshold is None else repr(options.threshold),
        "reduce": None if options.reduce is None else f"{options.reduce}",
        "names": options.names,
        "table": options.table,
        "raw-curve": None if raw.curve == default.raw.curve else raw.curve,
        "raw-crop": None if raw.crop is None else ",".join(map(str, raw.crop)),
        "sphere": None if options.sphere is None else ",".join(map(repr, (*options.sphere[0], options.sphere[1]))),
        "ball": None if ball is None else ",".join(map(repr, ball)),
        "up": options.up,
        "handedness": None if options.handedness == default.handedness else options.handedness,
    }
    for name, value in said.items():
        words += [] if value is None else [f"--{name}", value]
    return words + (["--fill-holes"] if options.fill_holes else [])


def export_line(run: OpenedRun, command: Export) -> str:
    """The command line that writes the same results."""
    what, options = command.what, command.options
    line = ["chiaro", "export", str(run.folder or "RUN"), "--out", str(command.folder), "--what", *what]
    line += _mesh_words(options.mesh) if "mesh" in what else []
    if "maps" in what:
        line += ["--map-format", options.maps, *(["--all-shadows"] if options.all_shadows else [])]
    line += ["--features"] if "latent" in what and options.features else []
    line += ["--film", options.film.path] if "film" in what and options.film != PLAIN.film else []
    return shlex.join(line)


def _mesh_words(mesh: MeshOptions) -> list[str]:
    words = ["--cells", f"{mesh.cells}"] if mesh.cells is not None else []
    words += ["--format", mesh.format, "--texture", f"{mesh.texture}"] if mesh.textured else []
    words += ["--faces", f"{mesh.faces}"] if mesh.faces is not None else []
    return words + (["--smooth", f"{mesh.smooth}"] if mesh.smooth else [])
