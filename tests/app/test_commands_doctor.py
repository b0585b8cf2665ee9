"""What the doctor says, also of installations that are half broken."""

import json
from pathlib import Path

import pytest

from app.cli import main


def found(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, str]]:
    assert main(["doctor", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_doctor_tells_of_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    report = found(capsys)
    assert report.keys() == {"versions", "system", "devices", "accelerators", "cache", "display"}
    assert "usable" in report["devices"]["cpu"]
    assert report["versions"]["torch"].startswith("2.13.0")
    main(["doctor"])
    printed = capsys.readouterr().out
    for word in ("Cores", "Memory", "Display", "Disk cache", "cuda", "tinycudann", "dearpygui"):
        assert word in printed


def test_accelerators_that_fail_on_import_are_told_with_their_reason(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tinycudann.py").write_text(
        "raise EnvironmentError('Unknown compute capability. Set an architecture.')"
    )
    (tmp_path / "nerfacc.py").write_text("import no_such_extension")
    monkeypatch.syspath_prepend(tmp_path)
    report = found(capsys)["accelerators"]
    assert "unusable" in report["tinycudann"]
    assert "Unknown compute capability" in report["tinycudann"]
    assert "unusable" in report["nerfacc"]
    assert "no_such_extension" in report["nerfacc"]


def test_a_cache_that_cannot_be_written_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    report = found(capsys)["cache"]
    assert report["problem"] is None
    assert report["folder"].startswith(str(tmp_path))
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert "set XDG_CACHE_HOME" in found(capsys)["cache"]["problem"]
