"""``eval``: how good a run is, over every photograph of its capture; with a report to look at when asked for."""

import math
from dataclasses import asdict
from pathlib import Path

from app.arguments import Eval
from app.commands.evaluate_tables import evaluation_lines
from app.commands.opening import opened_run
from app.outcome import Outcome
from app.progress import progress_bar
from core.errors import RunError
from core.fit.evaluation.evaluate import EvaluationOptions, evaluate_run
from core.fit.evaluation.picture_book import PictureBook
from core.fit.evaluation.report import write_report
from core.fit.run_folder import read_run


def evaluate(arguments: Eval) -> Outcome:
    """Measure a run."""
    _check(arguments)
    run = read_run(arguments.run)
    trainer = opened_run(arguments.run, capture=arguments.capture, device=arguments.device)
    book = PictureBook(trainer) if arguments.report is not None else None
    options = EvaluationOptions(threshold=arguments.threshold, mesh_cells=arguments.cells)
    with progress_bar("Measuring") as progress:
        evaluation = evaluate_run(trainer, progress=progress, options=options, onlooker=book)
        if arguments.report is not None and book is not None:
            progress("Writing the report", 1.0)
            write_report(arguments.report, trainer=trainer, run=run, evaluation=evaluation, book=book)
    data = {"run": str(arguments.run), "capture": str(trainer.capture.folder), **asdict(evaluation)}
    report = [] if arguments.report is None else [f"Report: {arguments.report.absolute()}"]
    return Outcome(lines=[*evaluation_lines(evaluation), *report], data=data | _report_entry(arguments.report))


def _report_entry(report: Path | None) -> dict[str, str]:
    return {} if report is None else {"report": str(report)}


def _check(arguments: Eval) -> None:
    """Find what is wrong with the arguments before anything slow begins."""
    if arguments.threshold is not None and not 0.0 < arguments.threshold < math.inf:
        raise RunError(f"The threshold of the F-score must be a positive distance, not {arguments.threshold:g}.")
    report = arguments.report
    if report is None:
        return
    if report.suffix.lower() not in {".html", ".htm"}:
        raise RunError(f"The report is an HTML file; give {report.name} the ending .html.")
    if not report.absolute().parent.is_dir():
        raise RunError(f"The folder of {report} does not exist; create it or choose another.")
