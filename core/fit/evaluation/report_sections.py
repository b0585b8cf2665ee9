"""The parts of a run's report; None where a part has nothing to show."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from core.capture.capture import Capture
from core.fit.choices import FitChoices
from core.fit.evaluation.figures import Evaluation, GroupFigures, ImageFigures, SurfaceFigures
from core.fit.evaluation.markup import Markup, element
from core.fit.evaluation.page import Section
from core.fit.evaluation.picture_book import PictureBook
from core.fit.evaluation.pictures_html import image_sheet, picture, sphere_picture, view_sheet
from core.fit.evaluation.plots import Line, image_matrix, light_plot, line_chart, psnr_scale
from core.fit.evaluation.tables import facts_table, number, numbers_table
from core.fit.history import Record
from core.fit.light_truth import SeenLights
from core.fit.outlier import Outlier

_MOST_ROWS = 2000
"""Photographs in the table, the worst ones; more would make the file slow to open."""
_HOW_MEASURED = (
    "PSNR: mask pixels, linear, range 1, renders cut off where photographs are. SSIM and LPIPS: the mask's bounding "
    "box on black. Normals: mask pixels with ground truth; a pixel without an estimate counts 90°. Intensities: "
    "relative, after one scale a channel. Photographs of new lights are lit as the ground truth says, scaled to the "
    "estimated lights."
)


def figures_section(evaluation: Evaluation) -> Section | None:
    """Means over each kind of photograph, and the errors against the ground truth."""
    errors = [
        ("Normal error, mean", number(evaluation.normal_error_deg, "°").text),
        ("Normal error, median", number(evaluation.normal_median_deg, "°").text),
        ("Light error, mean", number(evaluation.light_error_deg, "°").text),
        ("Intensity error, mean", number(evaluation.intensity_error_percent, "%").text),
        *_surface_facts(evaluation.surface),
    ]
    return _section(
        "figures",
        "Figures",
        _groups_table(evaluation.groups),
        element("h3", "Against the ground truth"),
        facts_table(errors),
        element("p", _HOW_MEASURED, class_="dim"),
    )


def _groups_table(groups: Sequence[GroupFigures]) -> Markup:
    with_lpips = any(group.lpips is not None for group in groups)
    titles = ["Photographs", "Images", "PSNR", "SSIM", *(["LPIPS"] if with_lpips else [])]
    rows = [
        [
            group.title,
            number(group.images, digits=0),
            number(group.psnr_db, "dB"),
            number(group.ssim, digits=4),
            *([number(group.lpips, digits=4)] if with_lpips else []),
        ]
        for group in groups
    ]
    return numbers_table(titles, rows, sortable=False)


def convergence_section(records: Sequence[Record]) -> Section | None:
    """How the run got where it is."""
    quality = [_curve(records, "training", "psnr_db"), _curve(records, "kept out", "held_out_psnr_db")]
    errors = [_curve(records, "normals", "normal_error_deg"), _curve(records, "lights", "light_error_deg")]
    charts = [
        line_chart(quality, title="PSNR", x_unit=" s", y_unit=" dB"),
        line_chart(errors, title="Errors", x_unit=" s", y_unit="°", log=True),
        line_chart(_loss_curves(records), title="Losses", x_unit=" s", y_unit="", log=True),
    ]
    if not any(charts):
        return None
    note = (
        "While training, PSNR is a running one over all pixels of the last few hundred steps, often lower than the "
        "mean over photographs; errors are sampled from a few views."
    )
    plots = element("div", *charts, class_="plots")
    return _section("convergence", "Convergence", plots, element("p", note, class_="dim"))


def _curve(records: Sequence[Record], name: str, value: str) -> Line:
    return _line(name, [(record.seconds, getattr(record, value)) for record in records])


def _loss_curves(records: Sequence[Record]) -> list[Line]:
    """The terms that the last record has."""
    terms = list(records[-1].losses or {}) if records else []
    return [
        _line(term, [(record.seconds, (record.losses or {}).get(term)) for record in records]) for term in terms[:4]
    ]


def photographs_section(evaluation: Evaluation, book: PictureBook) -> Section | None:
    """The matrix of all photographs, sheets of the worst and of typical ones, and the table."""
    images = evaluation.images
    shown = sorted(images, key=lambda image: image.psnr_db)[:_MOST_ROWS]
    left_out = f" The {len(shown):,} worst of {len(images):,} are shown." if len(shown) < len(images) else ""
    text = f"PSNR of every photograph: views down, lights across; a white ring marks those kept out.{left_out}"
    return _section(
        "photographs",
        "Photographs",
        element("p", text),
        *([element("div", part) for part in (image_matrix(shown), psnr_scale(shown))] if shown else []),
        *_sheets(book),
        element("h3", "All photographs"),
        _photographs_table(shown),
    )


def _sheets(book: PictureBook) -> list[Markup]:
    sheets = [
        ("Kept out of training, worst first", book.worst_kept_out),
        ("Trained on, worst first", book.worst_trained),
        ("Trained on, evenly spread", book.typical),
    ]
    return [part for title, kept in sheets if kept for part in (element("h3", title), image_sheet(kept))]


def _photographs_table(images: Sequence[ImageFigures]) -> Markup:
    with_lpips = any(image.lpips is not None for image in images)
    titles = ["Photograph", "Use", "PSNR", "SSIM", *(["LPIPS"] if with_lpips else [])]
    rows = [
        [
            image.name,
            image.use,
            number(image.psnr_db, "dB"),
            number(image.ssim, digits=4),
            *([number(image.lpips, digits=4)] if with_lpips else []),
        ]
        for image in images
    ]
    return numbers_table(titles, rows)


def views_section(evaluation: Evaluation, book: PictureBook) -> Section | None:
    """Normals and material of some views, and a table of all."""
    rows = [
        [
            f"V{view.view:02d}",
            "trained on" if view.part == "train" else "kept out",
            number(view.images, digits=0),
            number(view.normal_error_deg, "°"),
            number(view.normal_median_deg, "°"),
            number(view.missing_percent, "%"),
        ]
        for view in evaluation.views
    ]
    titles = ["View", "Use", "Photographs", "Normal error", "Median", "Without estimate"]
    sheet = view_sheet(book.views) if book.views else Markup()
    return _section("views", "Views", sheet, element("h3", "All views"), numbers_table(titles, rows))


def lights_section(evaluation: Evaluation, seen: SeenLights) -> Section | None:
    """Where the lights are, and how strong."""
    lights = evaluation.lights
    rows = [
        [
            f"L{light.light:02d}",
            number(light.images, digits=0),
            *(number(value, digits=4) for value in light.direction_gl or (None,) * 3),
            *(number(value, digits=3) for value in light.intensity or (None,) * 3),
            number(light.error_deg, "°"),
            number(light.intensity_error_percent, "%"),
        ]
        for light in lights
    ]
    titles = ["Light", "Photographs", "x", "y", "z", "Red", "Green", "Blue", "Direction error", "Intensity error"]
    crosses = " Crosses are the ground truth." if seen.truth_gl is not None else ""
    camera = "the first photograph's camera; the lights stand in the room" if seen.standing else "the camera"
    text = (
        f"Seen from {camera}: the middle is a light at the camera, the rings are angles to it; dots have the colour "
        f"of the light.{crosses} Directions point to the light: x right, y up, z to the viewer."
    )
    beside = element("div", light_plot(lights, seen.truth_gl), numbers_table(titles, rows), class_="plots")
    return _section("lights", "Lights", element("p", text, class_="dim"), beside)


def material_section(book: PictureBook) -> Section | None:
    """Spheres of the material at places of one view, and of the materials there are."""
    if book.spheres is None:
        return None
    text = (
        f"Each sphere has the material of its place in view {book.spheres_view} and is lit from the upper left by the "
        "mean light."
    )
    parts = [element("p", text, class_="dim"), sphere_picture(book.spheres)]
    if book.materials is not None:
        covers = "The materials that differ most, the commonest first, and the part of the surface each covers."
        parts += [element("p", covers, class_="dim"), picture(book.materials, "The object's materials")]
    return _section("material", "Material", *parts)


def surface_section(surface: SurfaceFigures | None) -> Section | None:
    """The visible surface against the ground truth mesh."""
    if surface is None:
        return None
    curves = [
        Line(name="estimate", points=[(distance, 100.0 * found) for distance, found, _ in surface.within]),
        Line(name="truth", points=[(distance, 100.0 * true) for distance, _, true in surface.within]),
    ]
    every = "every pixel" if surface.pixel_step == 1 else f"one pixel in {surface.pixel_step} along each side"
    text = (
        f"First hits of the rays through {every} of the trained views, {surface.points:,} points in all. The plot "
        "tells which part of each surface lies within a distance, in world units, of the other."
    )
    return _section(
        "surface",
        "Surface",
        element("p", text, class_="dim"),
        facts_table(_surface_facts(surface)),
        line_chart(curves, title="Part of the surface within a distance", x_unit="", y_unit=" %"),
    )


def problems_section(
    problems: Sequence[tuple[str, str]], outliers: Sequence[Outlier], notes: Sequence[str]
) -> Section | None:
    """What is known to be wrong with the capture, which photographs do not fit, and what could not be measured."""
    said = [
        *(f"{what}: {text}" for what, text in problems),
        *(f"{outlier.key.name} does not fit. {outlier.sentence}" for outlier in outliers),
        *notes,
    ]
    items = [element("li", text) for text in said]
    if not items:
        items = [element("li", "None found when the capture was read.")]
    return _section("problems", "Problems and notes", element("ul", *items))


def run_section(run: Mapping[str, Any], capture: Capture) -> Section | None:
    """What made these figures: capture, configuration, versions."""
    facts = [
        ("Capture", str(capture.folder)),
        ("Layout", capture.layout),
        ("Photographs", f"{len(capture.keys)} of {len(capture.views)} views and {len(capture.light_ids)} lights"),
        ("Reduced", f"{capture.reduced} times" if capture.reduced > 1 else "no"),
        ("Up axis", capture.up or "not known"),
        *FitChoices.from_json(run.get("choices")).described(),
        *((name, str(run.get(key, "unknown"))) for name, key in (("Written", "written"), ("Device", "device"))),
    ]
    config = [(name, str(value)) for name, value in _flat(run.get("config") or {})]
    versions = [(name, str(value)) for name, value in (run.get("versions") or {}).items()]
    return _section(
        "run",
        "Run",
        facts_table(facts),
        element("h3", "Configuration"),
        facts_table(config),
        element("h3", "Versions"),
        facts_table(versions),
    )


def _line(name: str, points: Sequence[tuple[float, float | None]]) -> Line:
    """A curve through the points that are known."""
    return Line(name=name, points=[(x, y) for x, y in points if y is not None and math.isfinite(y)])


def _section(name: str, title: str, *parts: Markup) -> Section:
    return Section(name=name, title=title, parts=parts)


def _flat(config: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """Names and values, those of nested parts after their part's name and a dot."""
    rows: list[tuple[str, Any]] = []
    for name, value in config.items():
        rows += _flat(value, f"{before}{name}.") if isinstance(value, Mapping) else [(before + name, value)]
    return rows


def _surface_facts(surface: SurfaceFigures | None) -> list[tuple[str, str]]:
    if surface is None:
        return []
    chamfer = f"{surface.chamfer:.4g} world units, {number(surface.chamfer_percent, '%').text} of the sphere's radius"
    parts = f"precision {surface.precision:.3f}, recall {surface.recall:.3f}"
    return [
        ("Chamfer distance", chamfer),
        (f"F-score at {surface.threshold:.3g} world units", f"{surface.f_score:.3f} ({parts})"),
    ]
