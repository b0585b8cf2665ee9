"""The same captures with ten seeds: how much of a result is luck, and whether any run collapses."""

import numpy as np

from core.capture.case_names import CaseName
from tests.benchmarks.cases import Job, case_folder, measured, shown

CAPTURES: tuple[CaseName, ...] = ("painted", "bronze")
SEEDS = range(10)
ERRORS = ("normal_mae_deg", "light_mae_deg")
STEPS = 500


def measure_seeds() -> dict[str, float]:
    """Mean, standard deviation and worst of ten runs."""
    found: dict[str, float] = {}
    for case in CAPTURES:
        runs: list[dict[str, float]] = []
        for seed in SEEDS:
            runs.append(measured(Job(capture=str(case_folder(case)), steps=STEPS, seed=seed, every=4)))
            shown(f"{case}, seed {seed}", runs[-1])
        for error in ERRORS:
            values = np.array([run[error] for run in runs])
            found[f"seeds.{case}.{error}.mean"] = float(values.mean())
            found[f"seeds.{case}.{error}.spread"] = float(values.std(ddof=1))
            found[f"seeds.{case}.{error}.worst"] = float(values.max())
    return found
