"""The fit thread's answers to the mask editor, on a real capture that lost its masks."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import messages as msg
from app.fit_desk import FitDesk
from app.mailbox import Mailbox
from app.mask_desk import MaskDesk
from core.capture.choices import painted_mask_file
from core.capture.images import object_pixels, read_image, write_exact
from core.capture.import_options import ImportOptions, MaskChoice
from core.errors import Cancelled, CaptureError
from tests.app.fakes import FakeEngine


class Bench:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inbox, self.outbox = Mailbox(), Mailbox()
        engine: Any = FakeEngine()
        desk = FitDesk(engine, self.inbox, self.outbox, lambda capture: folder.parent / "runs" / capture.name)
        self.masks = MaskDesk(desk)

    def heard(self, kind: type[msg.Message]) -> Any:
        return [message for message in self.outbox.take() if isinstance(message, kind)][-1]

    def edit(self) -> Any:
        self.masks.edit(msg.EditMasks(folder=self.folder))
        return self.heard(msg.MaskViews)

    def show(self, view: int) -> Any:
        self.masks.show(msg.ShowMaskView(view=view))
        return self.heard(msg.MaskPhotograph)

    def make(self, view: int, way: msg.MaskWay, marks: np.ndarray, **more: Any) -> Any:
        self.masks.make(msg.MakeMask(view=view, ticket=7, way=way, marks=marks, **more))
        return self.heard(msg.MaskMade)


@pytest.fixture
def bench(tiny_capture_folder: Path, tmp_path: Path) -> Bench:
    folder = tmp_path / "vase"
    shutil.copytree(tiny_capture_folder, folder)
    shutil.rmtree(folder / "mask")
    return Bench(folder)


def strokes(truth: np.ndarray) -> np.ndarray:
    """A stroke in the middle of the object and one along the picture's edge."""
    marks = np.zeros(truth.shape, np.int8)
    y, x = (round(float(v.mean())) for v in np.nonzero(truth))
    marks[y - 3 : y + 4, x - 1 : x + 2] = 1
    marks[:2] = -1
    return marks


def true_mask(tiny_capture_folder: Path, view: int) -> np.ndarray:
    return object_pixels(read_image(tiny_capture_folder / "mask" / f"V{view:02d}.png"))


def iou(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


def test_from_no_masks_to_a_saved_one(bench: Bench, tiny_capture_folder: Path) -> None:
    assert bench.edit().states == dict.fromkeys(range(4), "missing")
    shown = bench.show(1)
    assert shown.mask is None
    assert not shown.guessed
    truth = true_mask(tiny_capture_folder, 1)
    made = bench.make(1, "strokes", strokes(truth))
    assert made.ticket == 7
    assert iou(made.mask, truth) > 0.9
    bench.masks.save(msg.SaveMask(view=1, mask=made.mask))
    saved = bench.heard(msg.MaskSaved)
    assert saved.file == painted_mask_file(bench.folder, 1)
    assert np.array_equal(object_pixels(read_image(saved.file)), made.mask)
    assert bench.edit().states == {0: "missing", 1: "painted", 2: "missing", 3: "missing"}


def test_the_next_view_begins_with_a_guess(bench: Bench, tiny_capture_folder: Path) -> None:
    bench.edit()
    bench.show(0)
    bench.masks.save(msg.SaveMask(view=0, mask=true_mask(tiny_capture_folder, 0)))
    following = bench.show(1)
    assert following.guessed
    assert iou(following.mask, true_mask(tiny_capture_folder, 1)) > 0.8


def test_a_rectangle_is_enough_to_begin_with(bench: Bench, tiny_capture_folder: Path) -> None:
    bench.edit()
    bench.show(2)
    truth = true_mask(tiny_capture_folder, 2)
    rows, columns = np.nonzero(truth.any(1))[0], np.nonzero(truth.any(0))[0]
    marks = np.full(truth.shape, -1, np.int8)
    marks[rows[0] - 1 : rows[-1] + 2, columns[0] - 1 : columns[-1] + 2] = 0
    assert iou(bench.make(2, "strokes", marks).mask, truth) > 0.9


def test_a_threshold_finds_its_level(bench: Bench, tiny_capture_folder: Path) -> None:
    bench.edit()
    level = bench.show(3).level
    none = np.zeros((48, 48), np.int8)
    made = bench.make(3, "threshold", none)
    assert made.level == level
    assert iou(made.mask, true_mask(tiny_capture_folder, 3)) > 0.75
    higher = bench.make(3, "threshold", none, level=4.0 * level)
    assert higher.level == 4.0 * level
    assert higher.mask.sum() < made.mask.sum()


def test_holes_are_closed_on_request(bench: Bench) -> None:
    bench.edit()
    bench.show(0)
    ring = np.zeros((48, 48), bool)
    ring[10:30, 10:30] = True
    ring[15:20, 15:20] = False
    made = bench.make(0, "holes", np.zeros((48, 48), np.int8), start=ring)
    assert made.mask.sum() == 400


def test_photographs_without_alpha_are_told(bench: Bench) -> None:
    bench.edit()
    assert not bench.show(0).has_alpha
    with pytest.raises(CaptureError, match="no alpha"):
        bench.masks.make(msg.MakeMask(view=0, ticket=1, way="alpha", marks=np.zeros((48, 48), np.int8)))


def test_the_alpha_channel_is_a_mask(bench: Bench, tiny_capture_folder: Path) -> None:
    for file in (bench.folder / "image").iterdir():
        colours = read_image(file)
        mask = true_mask(tiny_capture_folder, int(file.stem[1:3]))
        alpha = np.where(mask[..., None], 65535, 0).astype(colours.dtype)
        write_exact(file, np.concatenate([colours, alpha], axis=2))
    bench.edit()
    assert bench.show(1).has_alpha
    made = bench.make(1, "alpha", np.zeros((48, 48), np.int8))
    assert np.array_equal(made.mask, true_mask(tiny_capture_folder, 1))


def test_a_mask_that_cannot_be_read_can_be_painted_anew(bench: Bench) -> None:
    (bench.folder / "mask").mkdir()
    (bench.folder / "mask" / "V00.png").write_bytes(b"no image")
    assert bench.edit().states[0] == "file"
    shown = bench.show(0)
    assert shown.mask is None
    assert "V00.png" in shown.trouble


def test_a_folder_that_holds_no_capture_is_told_in_the_editor(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    views = Bench(tmp_path / "empty").edit()
    assert views.states == {}
    assert "empty" in views.trouble


def test_another_view_that_is_wanted_stops_the_reading(bench: Bench) -> None:
    bench.edit()
    bench.inbox.send(msg.ShowMaskView(view=2))
    with pytest.raises(Cancelled):
        bench.masks.show(msg.ShowMaskView(view=1))
    assert bench.heard(msg.MaskReading).text == ""


def test_the_options_the_capture_was_read_with_count(bench: Bench) -> None:
    bench.masks.edit(msg.EditMasks(folder=bench.folder, options=ImportOptions(masks=MaskChoice.THRESHOLD)))
    assert bench.heard(msg.MaskViews).options.masks is MaskChoice.THRESHOLD
