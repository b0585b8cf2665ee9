"""Made captures as files: the same again, all or nothing, and the demo once for all."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.capture import synthetic
from core.capture.read import read_capture
from core.capture.synthetic import ensure_demo_capture, write_demo_capture
from core.errors import Cancelled, RunError


def test_the_same_seed_makes_the_same_capture(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_demo_capture(tmp_path / name, seed=seed, views=1, lights=1, size=16)
    first, again, other = (read_capture(tmp_path / name) for name in "abc")
    assert np.array_equal(first.photographs[0], again.photographs[0])
    assert not np.array_equal(first.photographs[0], other.photographs[0])


def test_cancelling_leaves_nothing(tmp_path: Path) -> None:
    def cancel(what: str, fraction: float) -> None:
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_demo_capture(tmp_path / "demo", views=4, lights=1, size=16, progress=cancel)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(synthetic, "write_ply", full)
    with pytest.raises(RunError, match=r"Cannot write .*demo: the disk is full"):
        write_demo_capture(tmp_path / "demo", views=1, lights=1, size=16)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "letter.txt").write_text("keep me")
    with pytest.raises(RunError, match="already exists and is not empty"):
        write_demo_capture(tmp_path / "demo", views=1, lights=1, size=16)
    (tmp_path / "file").write_text("keep me too")
    with pytest.raises(RunError, match="already exists"):
        write_demo_capture(tmp_path / "file", views=1, lights=1, size=16)
    assert sorted(f.name for f in tmp_path.iterdir()) == ["demo", "file"]
    assert (tmp_path / "demo" / "letter.txt").read_text() == "keep me"


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    write_demo_capture(tmp_path / "demo", views=1, lights=1, size=16)
    assert len(read_capture(tmp_path / "demo").keys) == 1


def test_the_demo_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cache" / "demo"
    made: list[Path] = []

    def write(target: Path, **_: object) -> None:
        made.append(target)
        write_demo_capture(target, views=1, lights=1, size=16)

    monkeypatch.setattr(synthetic, "demo_capture_folder", lambda: folder)
    monkeypatch.setattr(synthetic, "write_demo_capture", write)
    assert ensure_demo_capture() == folder
    assert ensure_demo_capture() == folder
    (folder / "camera_params.json").unlink()  # an older, incomplete one
    assert ensure_demo_capture() == folder
    assert made == [folder, folder]
    assert len(read_capture(folder).keys) == 1


def test_what_a_killed_run_left_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = tmp_path / ".demo.aaa", tmp_path / ".demo.bbb"
    old.mkdir()
    new.mkdir()
    os.utime(old, (0, 0))
    monkeypatch.setattr(synthetic, "demo_capture_folder", lambda: tmp_path / "demo")
    monkeypatch.setattr(synthetic, "write_demo_capture", lambda folder, progress: folder.mkdir())
    ensure_demo_capture()
    assert sorted(f.name for f in tmp_path.iterdir()) == [".demo.bbb", "demo"]


def test_a_demo_made_meanwhile_by_another_window_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "demo"

    def too_late(target: Path, **_: object) -> None:
        write_demo_capture(target, views=1, lights=1, size=16)
        raise RunError("already there")

    monkeypatch.setattr(synthetic, "demo_capture_folder", lambda: folder)
    monkeypatch.setattr(synthetic, "write_demo_capture", too_late)
    assert ensure_demo_capture() == folder


def test_reading_and_making_captures_load_no_large_library_before_they_need_it() -> None:
    names = "core.capture.read, core.capture.subset, core.capture.thumbnails, core.capture.synthetic"
    check = f"import sys, {names}; print({{'open3d', 'vtkmodules', 'torch', 'pyvista'}} & set(sys.modules))"
    root = Path(__file__).parents[3]
    result = subprocess.run([sys.executable, "-c", check], cwd=root, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"
