"""When a run is saved unasked, where to, and what becomes of it."""

from pathlib import Path

import pytest

from app.autosave import SAVE_EVERY_SECONDS, Autosave
from app.messages import Message, RunKept
from app.open_run import OpenedRun
from core.errors import RunError
from core.fit.choices import FitChoices
from tests.app.fake_captures import capture
from tests.app.fakes import FakeEngine

STEPS = int(100 * SAVE_EVERY_SECONDS)
"""Of a fake trainer between two saves."""
FULL = RunError("Cannot write the checkpoint: No space left on device; free some space.")


class Saving:
    """A run under way, and what was said and done about saving it."""

    def __init__(self) -> None:
        self.engine = FakeEngine()
        self.said: list[Message] = []
        self.asked: list[Path] = []
        engine: object = self.engine
        self.autosave = Autosave(engine, self.said.append, self._new_folder)  # type: ignore[arg-type]
        self.run = self.opened(1)

    def _new_folder(self, folder: Path) -> Path:
        self.asked.append(folder)
        return Path("data") / f"{folder.name}-{len(self.asked)}"

    def opened(self, number: int) -> OpenedRun:
        read = capture(Path("vase"))
        run = self.engine.new_run(
            read, preset="draft", seconds=1e6, seed=0, choices=FitChoices(), included=None, progress=lambda *_: None
        )
        run.number = number
        self.autosave.tick(run, running=False)
        return run

    def train(self, steps: int) -> None:
        """In one go: what is saved depends on seconds, not on how many steps made them."""
        self.engine.trainers[-1].steps += steps
        self.autosave.tick(self.run, running=True)

    def rest(self) -> None:
        self.autosave.tick(self.run, running=False)


def test_a_run_is_saved_once_a_minute_into_one_folder() -> None:
    saving = Saving()
    saving.train(STEPS - 1)
    assert saving.engine.kept_runs == []
    saving.train(1)
    saving.train(STEPS - 1)
    saving.train(1)
    folder = Path("data/vase-1")
    assert saving.engine.kept_runs == [(folder, STEPS), (folder, 2 * STEPS)]
    assert saving.asked == [Path("vase")]
    assert saving.said[-1] == RunKept(number=1, folder=folder, step=2 * STEPS)


def test_a_run_that_has_come_to_rest_is_saved_once() -> None:
    saving = Saving()
    saving.train(5)
    for _ in range(3):
        saving.rest()
    assert [step for _, step in saving.engine.kept_runs] == [5]
    saving.train(0)
    saving.rest()
    assert len(saving.engine.kept_runs) == 1, "nothing was learnt"


def test_a_run_with_a_place_of_its_own_is_saved_there() -> None:
    saving = Saving()
    saving.run.folder = Path("runs/mine")
    saving.train(5)
    saving.rest()
    assert saving.engine.kept_runs == [(Path("runs/mine"), 5)]
    assert (saving.run.saved_step, saving.run.kept_folder, saving.asked) == (5, None, [])


def test_a_run_that_was_saved_a_moment_ago_is_left_alone() -> None:
    saving = Saving()
    saving.train(5)
    saving.run.folder, saving.run.saved_step = Path("runs/mine"), 5
    saving.rest()
    assert saving.engine.kept_runs == []


def test_a_run_opened_later_begins_its_own_minute_and_its_own_folder() -> None:
    saving = Saving()
    saving.train(STEPS)
    saving.run = saving.opened(2)
    saving.train(STEPS - 1)
    assert len(saving.engine.kept_runs) == 1
    saving.train(1)
    assert saving.engine.kept_runs[-1] == (Path("data/vase-2"), STEPS)


@pytest.mark.parametrize("error", [FULL, RuntimeError("what nobody expected")])
def test_a_failing_save_is_told_once_and_tried_again(error: Exception) -> None:
    saving = Saving()
    saving.engine.fail_keeping = error
    saving.train(2 * STEPS)
    saving.train(1)
    saving.train(2 * STEPS)
    assert [getattr(said, "trouble", None) for said in saving.said] == [str(error)]
    saving.engine.fail_keeping = None
    saving.train(2 * STEPS)
    assert isinstance(told := saving.said[-1], RunKept)
    assert (told.trouble, len(saving.engine.kept_runs)) == ("", 1)
    saving.engine.fail_keeping = error
    saving.train(2 * STEPS)
    assert len(saving.said) == 3, "a new trouble is told anew"


def test_what_was_saved_unasked_goes_when_the_run_is_forgotten_or_has_a_place() -> None:
    saving = Saving()
    saving.autosave.drop(saving.run)
    assert saving.engine.removed == []
    saving.train(STEPS)
    saving.autosave.drop(saving.run)
    assert (saving.engine.removed, saving.run.kept_folder) == ([Path("data/vase-1")], None)
    saving.train(STEPS)
    saving.run.folder = saving.run.kept_folder
    saving.autosave.drop(saving.run)
    assert saving.engine.removed == [Path("data/vase-1")], "it is the run's own place now"
