"""The report of a run: one HTML file with all figures, plots and pictures, which opens from disk without a network."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core import __version__
from core.files import replacing
from core.fit.evaluation import report_sections as sections
from core.fit.evaluation.figures import Evaluation
from core.fit.evaluation.markup import Markup, element
from core.fit.evaluation.page import navigation, page, section_markup
from core.fit.evaluation.picture_book import PictureBook
from core.fit.evaluation.tables import Cell, number
from core.fit.history import History
from core.fit.light_truth import seen_lights
from core.fit.outlier import outliers_from_json
from core.fit.trainer import Trainer


def write_report(
    file: Path, *, trainer: Trainer, run: Mapping[str, Any], evaluation: Evaluation, book: PictureBook
) -> None:
    """Write the report of a run; ``run`` is its ``run.json``. Raises RunError."""
    text = report_text(trainer=trainer, run=run, evaluation=evaluation, book=book)
    with replacing(file) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def report_text(*, trainer: Trainer, run: Mapping[str, Any], evaluation: Evaluation, book: PictureBook) -> str:
    """The report as HTML."""
    capture = trainer.capture
    name = capture.folder.name
    records = History.from_json(run.get("metrics") or [], up_to_step=trainer.steps).records
    problems = [*capture.problems, *([trainer.frame.problem] if trainer.frame.problem else [])]
    parts = [
        sections.figures_section(evaluation),
        sections.convergence_section(records),
        sections.photographs_section(evaluation, book),
        sections.views_section(evaluation, book),
        sections.lights_section(evaluation, seen_lights(trainer.lights(), capture)),
        sections.material_section(book),
        sections.surface_section(evaluation.surface),
        sections.problems_section(
            [(problem.file, problem.text) for problem in problems],
            outliers_from_json(run.get("outliers") or []),
            evaluation.notes,
        ),
        sections.run_section(run, capture),
    ]
    shown = [part for part in parts if part is not None]
    head = [_head(name, trainer, run), _cards(evaluation), navigation(shown)]
    return page(f"{name}: report", [*head, *(section_markup(part) for part in shown)])


def _head(name: str, trainer: Trainer, run: Mapping[str, Any]) -> Markup:
    views, lights = len({key.view for key in trainer.included}), len({key.light for key in trainer.included})
    what = f"{len(trainer.included)} photographs of {views} views and {lights} lights"
    how = f"{trainer.steps:,} steps in {trainer.seconds:.0f} s, preset {run.get('preset') or 'unknown'}"
    how += ", converged" if run.get("converged") else ""
    how += ", lights mirrored after a trial" if trainer.mirrored_lights and trainer.mirrored_lights.taken else ""
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return element(
        "header",
        element("h1", name),
        element("p", f"{what} · {how} · seed {trainer.seed}"),
        element("p", f"Report of {when}, Chiaro {__version__}", class_="dim"),
    )


def _cards(evaluation: Evaluation) -> Markup:
    """The figures most people look for first."""
    surface = evaluation.surface
    cards = [
        ("PSNR, training", number(evaluation.training_psnr_db, "dB")),
        ("PSNR, kept out", number(evaluation.held_out_psnr_db, "dB")),
        ("Normal error", number(evaluation.normal_error_deg, "°")),
        ("Light error", number(evaluation.light_error_deg, "°")),
        ("Intensity error", number(evaluation.intensity_error_percent, "%")),
        ("Chamfer, of the radius", number(surface.chamfer_percent if surface else None, "%")),
        ("F-score", number(surface.f_score if surface else None, digits=3)),
    ]
    return element("div", *(_card(title, cell) for title, cell in cards if cell.value is not None), class_="cards")


def _card(title: str, cell: Cell) -> Markup:
    return element("div", element("b", cell.text), element("span", title), class_="card")
