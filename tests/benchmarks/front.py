"""Captures from one side, whose hollows may be taken for bumps: found out by trying all lights on the other side."""

from core.capture.case_names import CaseName
from tests.benchmarks.cases import Job, case_folder, measured, shown

CAPTURES: tuple[CaseName, ...] = ("dish", "relief")
ERRORS = ("normal_mae_deg", "light_mae_deg")
STEPS = 1_200


def measure_front() -> dict[str, float]:
    """Errors of each, and whether its lights were moved to the other side (1) or not (0)."""
    found: dict[str, float] = {}
    for case in CAPTURES:
        errors = measured(Job(capture=str(case_folder(case)), steps=STEPS, every=1))
        shown(case, errors)
        found |= {f"front.{case}.{name}": errors[name] for name in (*ERRORS, "mirrored")}
    return found
