"""The fields of the check view with DearPyGui's items, but without a window."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import dearpygui.dearpygui as dpg
import pytest

from core.capture.import_options import ImportOptions, MaskChoice, RawOptions
from core.capture.listing import Guess
from core.capture.report import Report
from tests.app.fake_captures import checked
from widgets.capture_facts import lights_in_short
from widgets.check_data import Checked
from widgets.import_form import ImportForm
from widgets.theme import build_theme

ODD = ImportOptions(
    layout="COLMAP",
    cameras="b.json",
    encoding="srgb",
    masks=MaskChoice.THRESHOLD,
    threshold=0.1,
    fill_holes=True,
    reduce=5,
    up="-y",
    handedness="left",
    names="{view}/{light}.jpg",
    table="list.csv",
    sphere=((1.0, 2.0, 3.0), 4.0),
    ball=(5.0, 6.0, 7.0),
    raw=RawOptions(curve="bt709", crop=(1, 2, 3, 4)),
)


@pytest.fixture
def form() -> Generator[tuple[ImportForm, list[str]], None, None]:
    dpg.create_context()
    build_theme(1.0)
    changes: list[str] = []
    with dpg.window(tag="window"):
        made = ImportForm(
            "window", on_change=lambda: changes.append("changed"), on_paint=lambda: changes.append("paint")
        )
    yield made, changes
    dpg.destroy_context()


def shown(options: ImportOptions, **more: Any) -> Checked:
    return replace(checked(options=options), camera_file="a.json", camera_choices=("b.json", "c.json"), **more)


@pytest.mark.parametrize("options", [ImportOptions(), ODD, ImportOptions(layout="colmap", reduce=2)])
def test_what_is_shown_is_what_is_read_with(form: tuple[ImportForm, list[str]], options: ImportOptions) -> None:
    form[0].show(shown(options))
    assert not form[0].changed or options.layout == "colmap"  # the same layout, spelt as it is
    assert replace(form[0].options, layout=options.layout) == options


@pytest.mark.parametrize(("field", "value", "changed"), [
    ("layout", "COLMAP", {"layout": "COLMAP"}),
    ("cameras", "c.json", {"cameras": "c.json"}),
    ("encoding", "Linear", {"encoding": "linear"}),
    ("masks", "Alpha channel", {"masks": "alpha"}),
    ("threshold", 0.25, {"threshold": 0.25}),
    ("holes", True, {"fill_holes": True}),
    ("reduce", "4 times smaller", {"reduce": 4}),
    ("up", "-z", {"up": "-z"}),
    ("hand", "Left-handed", {"handedness": "left"}),
    ("names", " {view}_{light}.png ", {"names": "{view}_{light}.png"}),
    ("table", "list.csv", {"table": "list.csv"}),
    ("curve", "BT.709 (as MVSCPS)", {"raw": {"curve": "bt709", "crop": None}}),
])  # fmt: skip
def test_each_field_is_one_choice(
    form: tuple[ImportForm, list[str]], field: str, value: object, changed: dict[str, object]
) -> None:
    form[0].show(shown(ImportOptions()))
    dpg.set_value(f"check.import.{field}", value)
    assert form[0].changed
    assert form[0].options.to_json() == changed


def test_the_first_choice_of_cameras_is_no_choice(form: tuple[ImportForm, list[str]]) -> None:
    form[0].show(shown(ImportOptions()))
    dpg.set_value("check.import.cameras", "b.json")
    dpg.set_value("check.import.cameras", "a.json")
    assert not form[0].changed


def test_the_guess_is_told_with_its_reasons(form: tuple[ImportForm, list[str]]) -> None:
    known = checked()
    names = (("MVSCPS", "a file is there"), ("LLFF", "so"))
    guesses = tuple(Guess(layout=name, certainty=1.0, reasons=(reason,)) for name, reason in names)
    report: Report = replace(known.report, guesses=guesses)
    form[0].show(replace(known, report=report))
    assert dpg.get_value("check.import.reasons") == "Read as MVSCPS: a file is there. It could also be LLFF."
    form[0].show(replace(known, report=report, options=ImportOptions(layout="COLMAP")))
    assert dpg.get_value("check.import.reasons").startswith("It looks like MVSCPS")
    form[0].show(replace(known, report=replace(report, guesses=())))
    assert "choose one" in dpg.get_value("check.import.reasons")


def test_lights_are_told_in_short() -> None:
    views = checked(Path("vase")).views
    assert lights_in_short({}) == "–"
    assert lights_in_short(views) == "4 in each view"
    fewer = {**views, 1: replace(views[1], photographs=2)}
    assert lights_in_short(fewer) == "2 to 4 a view; fewest in V01"


def test_a_level_that_is_found_is_not_shown_as_nought(form: tuple[ImportForm, list[str]]) -> None:
    form[0].show(shown(ImportOptions(masks=MaskChoice.THRESHOLD)))
    assert dpg.get_item_configuration("check.import.threshold")["format"] == "automatic"
    form[0].show(shown(ODD))
    assert dpg.get_item_configuration("check.import.threshold")["format"] == "%.3f"


def test_only_what_the_capture_has_is_asked_for_and_by_its_name(form: tuple[ImportForm, list[str]]) -> None:
    form[0].show(shown(ImportOptions()))
    assert not dpg.get_item_configuration("check.import.curve.row")["show"]
    assert dpg.get_item_label("check.import.cameras.label") == "Cameras"
    balls = replace(shown(ImportOptions()).report, layout="Chrome ball")
    form[0].show(shown(ImportOptions(), raw=True, report=balls))
    assert dpg.get_item_configuration("check.import.curve.row")["show"]
    assert dpg.get_item_label("check.import.cameras.label") == "Object"
