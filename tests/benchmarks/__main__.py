"""``python -m tests.benchmarks [--gate] [--only SUITE ...] [--save]``: measure, compare, print."""

import json
import platform
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import tyro

from core.files import replacing
from core.versions import versions
from tests.benchmarks import materials
from tests.benchmarks.accuracy import CAPTURES, measure_draft, measure_final
from tests.benchmarks.density import measure_density
from tests.benchmarks.export import measure_export
from tests.benchmarks.figures import FIGURES
from tests.benchmarks.front import measure_front
from tests.benchmarks.headless import measure_headless
from tests.benchmarks.large import measure_large
from tests.benchmarks.light_models import measure_light_models
from tests.benchmarks.looks import measure_looks
from tests.benchmarks.robustness import measure_bounce, measure_mirror, measure_outliers
from tests.benchmarks.roundtrip import measure_roundtrip
from tests.benchmarks.seeds import measure_seeds
from tests.benchmarks.studio import measure_studio

_ON_REQUEST = ("materials_analytic", "materials_neural", *(f"final_{capture}" for capture in CAPTURES))
BASELINE = Path(__file__).with_name("baseline.json")


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """Measure Chiaro and compare with the committed baseline."""

    gate: bool = False
    """End with exit code 1 when a figure has regressed against the baseline or misses its goal."""
    only: tuple[str, ...] = ()
    """Suites: headless, studio, export, looks, large, roundtrip, bunny, nefertiti_free, spot_sparse, horse_metal,
    materials, light_models, density, front, seeds, bounce, mirror, outliers; and, only when named, materials_analytic,
    materials_neural, final_bunny, final_nefertiti_free, final_spot_sparse, final_horse_metal. Default: all that need
    not be named."""
    save: bool = False
    """Write what was measured into the baseline."""
    table: bool = False
    """Measure nothing; print the baseline as the table in docs/benchmarks.md."""


def main(arguments: Arguments) -> int:
    """Measure, print, and tell whether the gate holds."""
    if arguments.table:
        _print_table(_read_baseline().get("figures", {}))
        return 0
    suites = {"headless": measure_headless, "studio": measure_studio, "large": measure_large}
    suites |= {"export": measure_export, "looks": measure_looks, "roundtrip": measure_roundtrip}
    suites |= {
        "light_models": measure_light_models,
        "density": measure_density,
        "front": measure_front,
        "seeds": measure_seeds,
    }
    suites |= {"bounce": measure_bounce, "mirror": measure_mirror, "outliers": measure_outliers} | materials.SUITES
    suites |= {capture: partial(measure_draft, capture) for capture in CAPTURES}
    suites |= {f"final_{capture}": partial(measure_final, capture) for capture in CAPTURES}
    unknown = set(arguments.only) - suites.keys()
    if unknown:
        sys.exit(f"no such suite: {', '.join(sorted(unknown))}; there are {', '.join(suites)}")
    baseline = _read_baseline()
    faults: list[str] = []
    measured: dict[str, float] = {}
    for name in arguments.only or tuple(suite for suite in suites if suite not in _ON_REQUEST):
        print(f"{name} ...", file=sys.stderr, flush=True)
        values = suites[name]()
        measured |= values
        faults += [fault for figure, value in values.items() if (fault := _report(figure, value, baseline))]
    if arguments.save:
        _save(measured)
    for fault in faults:
        print(fault)
    return 1 if arguments.gate and faults else 0


def _report(name: str, value: float, baseline: dict[str, Any]) -> str:
    """Print one figure; the sentence on what is wrong with it, or nothing."""
    figure = FIGURES[name]
    before = baseline.get("figures", {}).get(name)
    goal = _goal(name)
    shown = "new" if before is None else f"{before:.4g}"
    print(f"{name:38s} {value:10.4g} {figure.unit:10s} baseline {shown:>8s}   goal {goal}", flush=True)
    if before is not None and figure.regressed(value, before):
        return f"REGRESSED {name}: {value:.4g} against {before:.4g}"
    return "" if figure.meets_goal(value) else f"MISSED {name}: {value:.4g}, goal {goal}"


def _goal(name: str) -> str:
    figure = FIGURES[name]
    return "" if figure.goal is None else f"{'>=' if figure.better == 'higher' else '<='} {figure.goal:g}"


def _print_table(figures: dict[str, float]) -> None:
    print("| figure | measured | goal |\n|---|---|---|")
    for name in (name for name in FIGURES if name in figures):
        print(f"| `{name}` | {figures[name]:.4g} {FIGURES[name].unit} | {_goal(name)} |")


def _read_baseline() -> dict[str, Any]:
    return json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.is_file() else {}


def _save(measured: dict[str, float]) -> None:
    """Replace the measured figures in the baseline; figures not measured now stay."""
    figures = _read_baseline().get("figures", {}) | measured
    content = {
        "measured": datetime.now(UTC).date().isoformat(),
        "machine": {
            "cores": psutil.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 1e9),
            "system": platform.system(),
            "processor": _processor(),
        },
        "versions": versions(),
        "figures": {name: float(f"{figures[name]:.4g}") for name in FIGURES if name in figures},
    }
    with replacing(BASELINE) as temporary:
        temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    sys.exit(main(tyro.cli(Arguments, config=(tyro.conf.FlagCreatePairsOff,))))
