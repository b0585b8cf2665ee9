"""The advice a check gives leads somewhere: no fix that ends in the same error, none that spoils a good capture."""

from pathlib import Path

from core.capture.check_capture import check_capture
from core.capture.report import Severity
from tests.core.capture.check_folder import Folder


def test_cameras_that_all_disagree_with_the_masks_must_be_fixed(tmp_path: Path) -> None:
    """Every camera is turned a little, so that no view is odd among the others; what the masks say is worth nothing."""
    folder = Folder(views=8)
    folder.sphere = ((12.0, -7.0, 30.0), 0.2)
    for view in folder.cameras:
        folder.turn(view, 2.5 if view % 2 else -2.5)
    report = check_capture(folder.write(tmp_path / "capture")).report
    assert report.median_agreement is not None
    assert 0.4 < report.median_agreement < 0.6
    assert not report.trainable
    assert any(f.severity is Severity.MUST_FIX and "do not fit together" in f.text for f in report.findings)
    assert not any(fix.argument.startswith("--sphere") for finding in report.findings for fix in finding.fixes)
