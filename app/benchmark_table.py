"""The rows of a benchmark as CSV, as Markdown and as a plot."""

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.benchmark_plot import plot
from core.files import replacing

Row = dict[str, Any]

FIGURES: dict[str, tuple[str, str, int]] = {
    "normal_error_deg": ("Normal error", "°", 2),
    "light_error_deg": ("Light error", "°", 2),
    "training_psnr_db": ("PSNR, training", " dB", 2),
    "held_out_psnr_db": ("PSNR, kept out", " dB", 2),
    "training_ssim": ("SSIM, training", "", 4),
    "held_out_ssim": ("SSIM, kept out", "", 4),
    "training_lpips": ("LPIPS, training", "", 4),
    "held_out_lpips": ("LPIPS, kept out", "", 4),
    "test_light_psnr_db": ("PSNR, lights kept out", " dB", 2),
    "intensity_error_percent": ("Intensity error", "%", 2),
    "chamfer_percent": ("Chamfer, of the radius", "%", 3),
    "f_score": ("F-score", "", 3),
}
"""Title, unit and digits of what is compared, by its name in the rows; in order of the columns."""


def write_tables(out: Path, rows: Sequence[Row]) -> None:
    """Write ``benchmark.csv``, ``benchmark.md`` and ``benchmark.svg``. Raises RunError."""
    shown = {name: title for name, (title, _, _) in FIGURES.items() if any(_known(row, name) for row in rows)}
    texts = {"csv": csv_text(rows), "md": markdown_text(rows), "svg": plot(rows, shown)}
    for ending, text in texts.items():
        with replacing(out / f"benchmark.{ending}") as temporary:
            temporary.write_text(text, encoding="utf-8", newline="")


def csv_text(rows: Sequence[Row]) -> str:
    """Every run, a line each, all digits; empty where there is nothing to compare with."""
    target = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(target, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _plain(value) for name, value in row.items()} for row in rows)
    return target.getvalue()


def markdown_text(rows: Sequence[Row]) -> str:
    """Means over the seeds with their spread, then every run."""
    names = [name for name in FIGURES if any(_known(row, name) for row in rows)]
    titles = [FIGURES[name][0] for name in names]
    means = _markdown_table(
        ["Capture", "Preset", "Runs", "Steps", *titles],
        [
            [capture, setup, str(len(group)), _spread(group, "steps"), *(_spread(group, name) for name in names)]
            for (capture, setup), group in grouped(rows).items()
        ],
    )
    every = _markdown_table(
        ["Capture", "Preset", "Seed", "Steps", "Seconds", *titles],
        [
            [
                str(row["capture"]),
                setup_of(row),
                *(str(row[name]) for name in ("seed", "steps")),
                f"{row['seconds']:.1f}",
                *(_figure(row, name) for name in names),
            ]
            for row in rows
        ],
    )
    note = "Mean ± standard deviation over the seeds."
    return f"# Benchmark\n\n{note}\n\n{means}\n\n## Every run\n\n{every}\n"


def grouped(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    """Rows by capture and setup, in order of first appearance."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((str(row["capture"]), setup_of(row)), []).append(row)
    return groups


def setup_of(row: Row) -> str:
    """What a run was made with: its preset, and what is modelled where that is not the default."""
    return f"{row['preset']} {row.get('model') or ''}".strip()


def _spread(rows: Sequence[Row], name: str) -> str:
    values = [float(row[name]) for row in rows if _known(row, name)]
    if not values:
        return "–"
    _, unit, digits = FIGURES.get(name, ("", "", 0))
    spread = f" ± {np.std(values, ddof=1):.{digits}f}" if len(values) > 1 else ""
    return f"{np.mean(values):.{digits}f}{spread}{unit}"


def _figure(row: Row, name: str) -> str:
    _, unit, digits = FIGURES[name]
    return f"{row[name]:.{digits}f}{unit}" if _known(row, name) else "–"


def _known(row: Row, name: str) -> bool:
    value = row.get(name)
    return isinstance(value, int | float) and math.isfinite(value)


def _plain(value: Any) -> Any:
    return "" if value is None else value


def _markdown_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
