"""What tests ask of a report: the finding that says so, its fix, all its texts."""

from core.capture.check_capture import CheckedCapture
from core.capture.report import Finding, Fix


def one(checked: CheckedCapture, words: str) -> Finding:
    """The only finding that says ``words``."""
    found = [finding for finding in checked.report.findings if words in finding.text]
    assert len(found) == 1, [finding.text for finding in checked.report.findings]
    return found[0]


def fix_of(finding: Finding, argument: str) -> Fix:
    return next(fix for fix in finding.fixes if fix.argument == argument)


def texts(checked: CheckedCapture) -> str:
    return "\n".join(finding.text for finding in checked.report.findings)
