"""A mask while it is made: marks are certain, and every step can be taken back."""

import numpy as np
import pytest

from widgets.brush import BACKGROUND, OBJECT, UNKNOWN, Box
from widgets.mask_picture import composed, outline
from widgets.mask_sheet import MaskSheet

WIDTH, HEIGHT = 40, 30
WHOLE = Box(left=0, top=0, right=WIDTH, bottom=HEIGHT)


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random((HEIGHT, WIDTH)) > 0.5


def stroke(sheet: MaskSheet, start: tuple[float, float], end: tuple[float, float], mark: int) -> None:
    sheet.begin(start, 3.0, mark)  # type: ignore[arg-type]
    sheet.move(end)
    assert sheet.end()


def test_marks_win_over_what_was_proposed() -> None:
    sheet, mask = MaskSheet(WIDTH, HEIGHT), noise(0)
    stroke(sheet, (5.0, 5.0), (30.0, 8.0), OBJECT)
    stroke(sheet, (5.0, 20.0), (30.0, 25.0), BACKGROUND)
    assert sheet.shown is None
    sheet.propose(mask, "strokes")
    shown, marks = sheet.shown, sheet.painting.values
    assert shown is not None
    assert shown[marks == OBJECT].all()
    assert not shown[marks == BACKGROUND].any()
    assert np.array_equal(shown[marks == UNKNOWN], mask[marks == UNKNOWN])


def test_every_step_can_be_taken_back() -> None:
    sheet = MaskSheet(WIDTH, HEIGHT, noise(1))
    states = []

    def remember() -> None:
        states.append((sheet.painting.values.copy(), None if sheet.shown is None else sheet.shown.copy()))

    for step in (
        lambda: stroke(sheet, (2.0, 2.0), (20.0, 20.0), OBJECT),
        lambda: sheet.propose(noise(2), "strokes"),
        lambda: sheet.frame((4.0, 4.0), (30.0, 22.0)),
        sheet.clear,
        lambda: stroke(sheet, (9.0, 2.0), (9.0, 28.0), BACKGROUND),
        lambda: sheet.propose(noise(3), "threshold"),
    ):
        remember()
        step()
    for marks, shown in reversed(states):
        assert sheet.undo()
        assert np.array_equal(sheet.painting.values, marks)
        assert (sheet.shown is None) == (shown is None)
        assert shown is None or np.array_equal(sheet.shown, shown)
    assert not sheet.undoable


def test_a_stroke_and_the_mask_made_of_it_are_one_step() -> None:
    sheet, before = MaskSheet(WIDTH, HEIGHT, noise(1)), noise(1)
    stroke(sheet, (2.0, 2.0), (20.0, 20.0), OBJECT)
    first = sheet.last
    assert first is not None
    assert sheet.answer(noise(2), first)
    marks, shown = sheet.painting.values.copy(), sheet.shown
    stroke(sheet, (9.0, 2.0), (9.0, 28.0), BACKGROUND)
    assert sheet.last is not None
    assert sheet.answer(noise(3), sheet.last)
    assert sheet.undo()
    assert np.array_equal(sheet.painting.values, marks)
    assert sheet.shown is not None
    assert np.array_equal(sheet.shown, shown)
    assert sheet.undo()
    assert not sheet.marked
    assert np.array_equal(sheet.shown, before)
    assert not sheet.undoable


def test_what_is_made_of_a_stroke_that_was_taken_back_comes_to_nothing() -> None:
    sheet = MaskSheet(WIDTH, HEIGHT)
    stroke(sheet, (2.0, 2.0), (20.0, 20.0), OBJECT)
    taken_back = sheet.last
    assert taken_back is not None
    sheet.undo()
    assert not sheet.answer(noise(2), taken_back)
    assert sheet.shown is None
    assert not sheet.undoable


def test_a_mask_that_arrives_during_a_stroke_leaves_the_stroke_alone() -> None:
    """A hand that paints on while the mask of the stroke before is made must not lose what it paints."""
    sheet = MaskSheet(WIDTH, HEIGHT)
    stroke(sheet, (2.0, 2.0), (20.0, 20.0), OBJECT)
    marks, first = sheet.painting.values.copy(), sheet.last
    assert first is not None
    sheet.begin((4.0, 25.0), 2.0, BACKGROUND)
    assert sheet.answer(noise(2), first)
    sheet.move((30.0, 25.0))
    assert sheet.end()
    assert sheet.undo()
    assert np.array_equal(sheet.painting.values, marks)
    assert sheet.shown is not None
    assert sheet.undo()
    assert sheet.shown is None


def test_a_dragged_level_is_one_step() -> None:
    first = noise(1)
    sheet = MaskSheet(WIDTH, HEIGHT, first)
    for seed in range(2, 9):
        sheet.propose(noise(seed), "level")
    sheet.undo()
    assert sheet.shown is not None
    assert np.array_equal(sheet.shown, first)


def test_what_was_saved_is_known() -> None:
    sheet = MaskSheet(WIDTH, HEIGHT, noise(1))
    assert sheet.saved
    assert sheet.shows(noise(1))
    assert not sheet.at_risk
    stroke(sheet, (2.0, 2.0), (20.0, 20.0), OBJECT)
    assert sheet.at_risk
    assert not sheet.shows(noise(1))
    sheet.saved = True
    assert not sheet.at_risk


def test_strokes_without_a_mask_are_no_loss() -> None:
    sheet = MaskSheet(WIDTH, HEIGHT)
    stroke(sheet, (2.0, 2.0), (20.0, 20.0), OBJECT)
    assert not sheet.at_risk
    assert sheet.shows(None)


@pytest.mark.parametrize("seed", range(4))
def test_a_part_of_the_picture_is_drawn_as_the_whole_is(seed: int) -> None:
    """So that after a stroke only what it touched has to be drawn."""
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    marks = rng.integers(-1, 2, (HEIGHT, WIDTH)).astype(np.int8)
    mask = noise(seed)
    left, right = sorted(int(v) for v in rng.choice(WIDTH + 1, 2, replace=False))
    top, bottom = sorted(int(v) for v in rng.choice(HEIGHT + 1, 2, replace=False))
    box = Box(left=left, top=top, right=right, bottom=bottom)
    for overlay in ("over", "photograph", "mask"):
        whole = composed(picture, mask, marks, overlay, WHOLE)
        assert whole.dtype == np.float32
        assert np.array_equal(composed(picture, mask, marks, overlay, box), whole[box.part])


def test_the_outline_lies_on_both_sides_of_the_edge() -> None:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[5:20, 8:31] = True
    expected = np.zeros_like(mask)
    expected[4:21, 8:31] = expected[5:20, 7:32] = True
    expected[6:19, 9:30] = False
    assert np.array_equal(outline(mask, WHOLE), expected)
    assert not outline(np.ones((HEIGHT, WIDTH), bool), WHOLE).any()


def test_the_mask_alone_is_black_and_white() -> None:
    mask = noise(5)
    picture = np.full((HEIGHT, WIDTH, 3), 77, np.uint8)
    drawn = composed(picture, mask, np.zeros((HEIGHT, WIDTH), np.int8), "mask", WHOLE)
    assert np.array_equal(drawn[..., 0] == 1.0, mask)
    assert np.array_equal(drawn[..., 1] == 0.0, ~mask)
