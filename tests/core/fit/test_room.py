"""Whether there is room for a run is known before it begins."""

from collections import namedtuple
from pathlib import Path

import pytest

from core.capture.capture import Capture
from core.errors import RunError
from core.fit.checkpoint import TENSOR_FILE, save_checkpoint
from core.fit.room import check_room, saved_bytes
from core.fit.saved_tensors import least_bytes
from tests.core.fit.small import small_trainer, train

Usage = namedtuple("Usage", "total used free")
CHECKPOINT = 30_000_000


def disk(monkeypatch: pytest.MonkeyPatch, free: int, total: int = 10**12) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(total, total - free, free))


def test_a_checkpoint_is_at_least_as_large_as_was_said_before_there_was_a_model(
    tiny_capture: Capture, tmp_path: Path
) -> None:
    trainer = small_trainer(tiny_capture)
    train(trainer, 1)
    save_checkpoint(trainer, tmp_path)
    assert 0 < least_bytes(trainer.config.model) <= saved_bytes(tmp_path)


def test_room_for_two_checkpoints_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk(monkeypatch, free=2 * CHECKPOINT)
    check_room(tmp_path / "new" / "run", CHECKPOINT)
    disk(monkeypatch, free=2 * CHECKPOINT - 1)
    with pytest.raises(RunError, match=r"needs 60\.0 MB and 60\.0 MB are free; free some space or choose another"):
        check_room(tmp_path / "new" / "run", CHECKPOINT)


def test_the_checkpoint_that_is_replaced_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / TENSOR_FILE).open("wb") as file:
        file.truncate(CHECKPOINT)
    disk(monkeypatch, free=CHECKPOINT)
    check_room(tmp_path, CHECKPOINT)
    disk(monkeypatch, free=CHECKPOINT - 1)
    with pytest.raises(RunError, match="no room"):
        check_room(tmp_path, CHECKPOINT)


def test_however_much_is_replaced_a_whole_checkpoint_must_fit_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / TENSOR_FILE).open("wb") as file:
        file.truncate(10 * CHECKPOINT)
    disk(monkeypatch, free=CHECKPOINT - 1)
    with pytest.raises(RunError, match="no room"):
        check_room(tmp_path, CHECKPOINT)


def test_a_disk_that_does_not_say_is_not_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk(monkeypatch, free=0, total=0)
    check_room(tmp_path, CHECKPOINT)

    def silent(_: Path) -> None:
        raise OSError

    monkeypatch.setattr("shutil.disk_usage", silent)
    check_room(tmp_path, CHECKPOINT)
