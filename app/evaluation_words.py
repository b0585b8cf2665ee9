"""The figures of a run in words, the same for the command line and the window."""

from app.outcome import figure
from core.fit.evaluation.figures import Evaluation, SurfaceFigures


def figures_of(evaluation: Evaluation) -> list[tuple[str, str]]:
    """Names and values for a table."""
    known = evaluation
    kept_out = (f"PSNR, {known.held_out_images} images kept out", figure(known.held_out_psnr_db, "dB"))
    new_light = (f"PSNR, {known.test_light_images} images of new lights", figure(known.test_light_psnr_db, "dB"))
    return [
        ("Optimisation", f"{known.steps:,} steps, {known.seconds:.1f} s"),
        (f"PSNR, {known.training_images} training images", figure(known.training_psnr_db, "dB")),
        *([kept_out] if known.held_out_images else []),
        *([new_light] if known.test_light_images else []),
        ("Normal error, mean", figure(known.normal_error_deg, "°")),
        ("Normal error, median", figure(known.normal_median_deg, "°")),
        ("Light error, mean", figure(known.light_error_deg, "°")),
        ("Intensity error, mean", figure(known.intensity_error_percent, "%")),
        *(_surface_figures_of(known.surface) if known.surface is not None else []),
    ]


def _surface_figures_of(surface: SurfaceFigures) -> list[tuple[str, str]]:
    """Names and values of the comparison with the ground truth mesh."""
    return [
        ("Chamfer distance, world units", f"{surface.chamfer:.4g} ({surface.chamfer_percent:.2f}% of the radius)"),
        (f"F-score at {surface.threshold:.3g} world units", f"{surface.f_score:.3f}"),
    ]
