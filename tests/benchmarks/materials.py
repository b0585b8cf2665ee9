"""The owl made of five materials: how well its shape, its lights and the material itself are found."""

from typing import get_args

from core.capture.case_names import CaseName
from core.fields.reflectance_kind import ReflectanceKind
from core.fit.choices import FitChoices
from tests.benchmarks.cases import Job, case_folder, measured, shown

MATERIALS: tuple[CaseName, ...] = ("painted", "porcelain", "bronze", "dark-metal", "waxy")
ERRORS = ("normal_mae_deg", "light_mae_deg", "colour_error", "albedo_error", "specular_error", "roughness_error")
STEPS = 800


def measure_materials(reflectance: ReflectanceKind = "hybrid") -> dict[str, float]:
    """Errors of every material with one kind of reflectance."""
    found: dict[str, float] = {}
    suite = "materials" if reflectance == "hybrid" else f"materials_{reflectance}"
    for material in MATERIALS:
        choices = FitChoices(reflectance=reflectance)
        errors = measured(Job(capture=str(case_folder(material)), choices=choices, steps=STEPS))
        shown(f"{material}, {reflectance}", errors)
        found |= {f"{suite}.{material}.{error}": errors[error] for error in ERRORS}
    return found


SUITES = {
    "materials" if kind == "hybrid" else f"materials_{kind}": (lambda kind=kind: measure_materials(kind))
    for kind in get_args(ReflectanceKind)
}
"""One a kind of reflectance; those beside the default are measured on request."""
