"""The figures of a run as tables for the terminal."""

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from app.outcome import figure
from app.terminal_tables import quiet_table, rendered
from core.fit.evaluation.figures import Evaluation, SurfaceFigures

_WORST = 5
"""Photographs listed one by one; the report lists all."""


def evaluation_lines(evaluation: Evaluation) -> list[str]:
    """The figures, the kinds of photographs, the worst of them, and what is not reported."""
    parts: list[RenderableType] = [_summary(evaluation), "", _groups(evaluation)]
    if len(evaluation.images) > _WORST:
        parts += ["", _worst(evaluation)]
    if evaluation.notes:
        parts += ["", *(Text(note, style="dim") for note in evaluation.notes)]
    return rendered(parts)


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
        *(surface_figures_of(known.surface) if known.surface is not None else []),
    ]


def surface_figures_of(surface: SurfaceFigures) -> list[tuple[str, str]]:
    """Names and values of the comparison with the ground truth mesh."""
    return [
        ("Chamfer distance", f"{surface.chamfer:.4g} world units, {surface.chamfer_percent:.2f}% of the radius"),
        (f"F-score at {surface.threshold:.3g} world units", f"{surface.f_score:.3f}"),
    ]


def _summary(evaluation: Evaluation) -> Table:
    table = quiet_table()
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in figures_of(evaluation):
        table.add_row(name, value)
    return table


def _groups(evaluation: Evaluation) -> Table:
    with_lpips = any(group.lpips is not None for group in evaluation.groups)
    table = _numbers("Photographs", "Images", "PSNR", "SSIM", *(["LPIPS"] if with_lpips else []))
    for group in evaluation.groups:
        lpips = [figure(group.lpips, "", digits=4)] if with_lpips else []
        table.add_row(group.title, str(group.images), figure(group.psnr_db, "dB"), f"{group.ssim:.4f}", *lpips)
    return table


def _worst(evaluation: Evaluation) -> Table:
    table = _numbers("Worst photographs", "PSNR", "SSIM")
    for image in sorted(evaluation.images, key=lambda image: image.psnr_db)[:_WORST]:
        name = f"{image.name}, trained on" if image.trained else f"{image.name}, kept out"
        table.add_row(name, figure(image.psnr_db, "dB"), f"{image.ssim:.4f}")
    return table


def _numbers(first: str, *titles: str) -> Table:
    """A table whose columns but the first are numbers."""
    table = quiet_table(first)
    for title in titles:
        table.add_column(title, justify="right")
    return table
