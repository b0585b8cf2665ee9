"""A hollow object that lights itself, and photographs gone wrong: with what answers them off and on."""

from core.capture.case_names import CaseName
from core.fit.choices import FitChoices
from tests.benchmarks.cases import Job, case_folder, measured, shown

ERRORS = ("normal_mae_deg", "light_mae_deg", "albedo_error")
FINDS = ("spoilt_found_percent", "false_alarms")
STEPS = 800


def measure_bounce() -> dict[str, float]:
    """The bowl of clay, whose hollow is lit by its own walls, without and with a bounce in the model."""
    return _bounced("bounce", "bowl")


def measure_mirror() -> dict[str, float]:
    """The same of bronze, whose hollow is lit by what it mirrors."""
    return _bounced("mirror", "metal-bowl")


def _bounced(suite: str, case: CaseName) -> dict[str, float]:
    folder = str(case_folder(case))
    jobs = {
        state: Job(capture=folder, choices=FitChoices(bounce=state == "on"), steps=STEPS) for state in ("off", "on")
    }
    return _compared(suite, jobs)


def measure_outliers() -> dict[str, float]:
    """The owl with one photograph in eight spoilt: all counting in full, and as far as the optimiser believes them."""
    folder = str(case_folder("spoilt"))
    jobs = {state: Job(capture=folder, outliers=state == "on", steps=STEPS) for state in ("off", "on")}
    return _compared("outliers", jobs, FINDS)


def _compared(suite: str, jobs: dict[str, Job], only_on: tuple[str, ...] = ()) -> dict[str, float]:
    found: dict[str, float] = {}
    for state, job in jobs.items():
        errors = measured(job)
        shown(f"{suite} {state}", errors)
        found |= {f"{suite}.{state}.{error}": errors[error] for error in ERRORS}
        if state == "on":
            found |= {f"{suite}.on.{name}": errors[name] for name in only_on}
    return found
