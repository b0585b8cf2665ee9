"""Command lines that do what was done in the window."""

import shlex

from app.messages import Export
from app.open_run import OpenedRun
from core.fit.choices import FitChoices
from core.fit.export_options import PLAIN
from core.mesh.options import MeshOptions


def train_line(run: OpenedRun) -> str:
    """The command line that makes this run."""
    trainer = run.trainer
    seconds = round(trainer.planned_seconds or trainer.seconds)
    line = f"chiaro train {trainer.capture.folder} --out {run.folder} --seconds {seconds} --preset {run.preset}"
    return " ".join([line, *choice_options(run.choices)])


def choice_options(choices: FitChoices) -> list[str]:
    """The options of ``train`` that say what is not the default among ``choices``."""
    default, lights = FitChoices(), choices.lights
    options = [] if choices.reflectance == default.reflectance else ["--reflectance", choices.reflectance]
    options += [] if lights.fixed_to == default.lights.fixed_to else ["--lights", lights.fixed_to]
    switches = {"near": lights.near, "falloff": lights.falloff, "exposure": lights.exposure}
    switches |= {"soft-shadows": choices.soft_shadows, "bounce": choices.bounce}
    return options + [f"--{name}" for name, on in switches.items() if on]


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
    words = ["--cells", f"{mesh.cells}"]
    words += ["--format", mesh.format, "--texture", f"{mesh.texture}"] if mesh.textured else []
    words += ["--faces", f"{mesh.faces}"] if mesh.faces is not None else []
    return words + (["--smooth", f"{mesh.smooth}"] if mesh.smooth else [])
