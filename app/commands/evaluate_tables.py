"""The figures of a run as tables for the terminal."""

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from app.evaluation_words import figures_of
from app.outcome import figure
from app.terminal_tables import quiet_table, rendered
from core.fit.evaluation.figures import Evaluation

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
