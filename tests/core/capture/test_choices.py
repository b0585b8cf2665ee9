"""What the user has decided about a capture is kept beside it, comes back, and is checked when it does."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from core.capture.choices import choices_file, load_choices, save_choices
from core.capture.import_options import ImportOptions, MaskChoice, RawOptions
from core.capture.read import read_capture
from core.errors import CaptureError

CHOSEN = ImportOptions(
    layout="MVSCPS",
    encoding="srgb",
    masks=MaskChoice.THRESHOLD,
    threshold=0.25,
    fill_holes=True,
    reduce=2,
    up="-y",
    sphere=((0.5, 0.0, -1.0), 2.0),
    raw=RawOptions(curve="bt709", crop=(1, 2, 30, 40)),
)


@pytest.fixture
def folder(tmp_path: Path, tiny_capture_folder: Path) -> Path:
    """A copy of the tiny capture to change."""
    return Path(shutil.copytree(tiny_capture_folder, tmp_path / "capture"))


def test_choices_come_back(folder: Path) -> None:
    save_choices(folder, CHOSEN)
    assert load_choices(folder) == CHOSEN
    assert ImportOptions.from_json(json.loads(json.dumps(CHOSEN.to_json()))) == CHOSEN
    assert ImportOptions().to_json() == {}


def test_reading_without_options_takes_the_saved_ones(folder: Path) -> None:
    save_choices(folder, ImportOptions(reduce=2))
    assert read_capture(folder).cameras[0].width == 24
    assert read_capture(folder, options=ImportOptions()).cameras[0].width == 48


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reduce", 0),
        ("reduce", True),
        ("sphere", [[0, 0, 0], -1]),
        ("sphere", [[0, 0], 1]),
        ("sphere", "far"),
        ("ball", [1, 2, 0]),
        ("masks", "white"),
        ("masks", None),
        ("encoding", 3),
        ("raw", {"crop": [0, 0, 0, 5]}),
        ("raw", []),
        ("threshold", float("nan")),
        ("fill_holes", 1),
        ("up", "z"),
        ("colour", 1),
    ],
)
def test_bad_choices_are_named(folder: Path, name: str, value: object) -> None:
    choices_file(folder).parent.mkdir()
    choices_file(folder).write_text(json.dumps({name: value}), encoding="utf-8")
    with pytest.raises(CaptureError, match=rf"import\.json: .*{name}"):
        read_capture(folder)


def test_saved_choices_replace_nothing_else(folder: Path) -> None:
    before = sorted(file.relative_to(folder) for file in folder.rglob("*"))
    save_choices(folder, CHOSEN)
    save_choices(folder, replace(CHOSEN, up=None))
    after = sorted(file.relative_to(folder) for file in folder.rglob("*"))
    assert set(after) - set(before) == {Path("chiaro"), Path("chiaro/import.json")}
