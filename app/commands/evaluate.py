"""``eval``: how good a run is, over every photograph of its capture."""

from dataclasses import asdict

from app.arguments import Eval
from app.commands.opening import opened_run
from app.outcome import Outcome, figure, table
from app.progress import progress_bar
from core.fit.evaluate import Evaluation, evaluate_run


def evaluate(arguments: Eval) -> Outcome:
    """Measure a run."""
    trainer = opened_run(arguments.run, capture=arguments.capture, device=arguments.device)
    with progress_bar("Measuring") as progress:
        evaluation = evaluate_run(trainer, progress=progress)
    data = {"run": str(arguments.run), "capture": str(trainer.capture.folder), **asdict(evaluation)}
    return Outcome(lines=table(figures_of(evaluation)), data=data)


def figures_of(evaluation: Evaluation) -> list[tuple[str, str]]:
    """Names and values for a table."""
    known = evaluation
    kept_out = (f"PSNR, {known.held_out_images} images kept out", figure(known.held_out_psnr_db, "dB"))
    return [
        ("Optimisation", f"{known.steps:,} steps, {known.seconds:.1f} s"),
        (f"PSNR, {known.training_images} training images", figure(known.training_psnr_db, "dB")),
        *([kept_out] if known.held_out_images else []),
        ("Normal error, mean", figure(known.normal_error_deg, "°")),
        ("Normal error, median", figure(known.normal_median_deg, "°")),
        ("Light error, mean", figure(known.light_error_deg, "°")),
        ("Intensity error, mean", figure(known.intensity_error_percent, "%")),
    ]
