"""What ``run.json`` says of a run, held to what a run can have before anything is made of it."""

from collections.abc import Mapping
from typing import Any

from core.fit.history import History
from core.fit.outlier import outliers_from_json
from core.fit.saved_settings import saved_config
from core.fit.saved_values import MOST, saved_entries, saved_number, saved_text


def check_run(run: Mapping[str, Any]) -> None:
    """Raises ValueError naming what no run can have; what is missing is not known."""
    History.from_json(run.get("metrics") or [], up_to_step=int(MOST))
    outliers_from_json(run.get("outliers") or [])
    saved_text("preset", run.get("preset") or "")
    saved_number("setup_seconds", run.get("setup_seconds") or 0.0)
    for package, version in saved_entries("versions", run.get("versions") or {}).items():
        saved_text(package, version)
    if run.get("config"):
        saved_config(run["config"])
