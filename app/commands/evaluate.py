"""``eval``: how good a run is, over every photograph of its capture."""

import math
from dataclasses import asdict

from app.arguments import Eval
from app.commands.evaluate_tables import evaluation_lines
from app.commands.opening import opened_run
from app.outcome import Outcome
from app.progress import progress_bar
from core.errors import RunError
from core.fit.evaluation.evaluate import EvaluationOptions, evaluate_run


def evaluate(arguments: Eval) -> Outcome:
    """Measure a run."""
    _check(arguments)
    trainer = opened_run(arguments.run, capture=arguments.capture, device=arguments.device)
    options = EvaluationOptions(threshold=arguments.threshold, mesh_cells=arguments.cells)
    with progress_bar("Measuring") as progress:
        evaluation = evaluate_run(trainer, progress=progress, options=options)
    data = {"run": str(arguments.run), "capture": str(trainer.capture.folder), **asdict(evaluation)}
    return Outcome(lines=evaluation_lines(evaluation), data=data)


def _check(arguments: Eval) -> None:
    """Find what is wrong with the arguments before anything slow begins."""
    if arguments.threshold is not None and not 0.0 < arguments.threshold < math.inf:
        raise RunError(f"The threshold of the F-score must be a positive distance, not {arguments.threshold:g}.")
