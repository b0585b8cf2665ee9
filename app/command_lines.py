"""Command lines that do what was done in the window."""

from app.open_run import OpenedRun
from core.fit.choices import FitChoices


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
    switches = {"near": lights.near, "falloff": lights.falloff, "exposure": lights.exposure, "bounce": choices.bounce}
    return options + [f"--{name}" for name, on in switches.items() if on]
