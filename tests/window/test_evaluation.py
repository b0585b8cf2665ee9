"""Measuring a run by hand in the real window: figures, the worst photograph, the report."""

from pathlib import Path
from typing import Any

from tests.core.fit.evaluation.pages import check_self_contained
from tests.window.person import Person
from tests.window.test_studio import pause, train_demo


def photographs(seen: dict[str, Any]) -> list[str]:
    """The photographs in the table of the evaluation, from above."""
    heights = {name: rect[1] for name, rect in seen["rects"].items() if name.startswith("evaluation.V")}
    return [name.removeprefix("evaluation.") for name in sorted(heights, key=heights.__getitem__)]


def test_a_run_is_measured_and_reported(person: Person, tmp_path: Path) -> None:
    train_demo(person, steps=240)  # long enough for curves
    step = pause(person)
    person.press("5")
    person.wait("the evaluation", lambda seen: seen["tab"] == "evaluation" and "Not measured" in seen["evaluation"])
    person.click("evaluation.measure")
    seen = person.wait("the figures", lambda seen: seen["evaluation"] == f"Measured at step {step:,}")
    before = seen["selected"]
    worst, *others = person.settled("the table", photographs)
    other = next(name for name in others if name != before)
    person.click(f"evaluation.{other}")
    person.wait("that photograph", lambda seen: seen["selected"] == other)
    person.click("evaluation.report")
    person.wait("the question where to", lambda seen: seen["dialog"] == "path")
    person.write(str(tmp_path / "run.html"))
    person.wait("word of the report", lambda seen: "chiaro eval" in seen["message"])
    page = check_self_contained((tmp_path / "run.html").read_text(encoding="utf-8"))
    assert worst in page.shown
    assert {"convergence", "surface", "material"} <= page.places
    assert "Traceback" not in person.said
