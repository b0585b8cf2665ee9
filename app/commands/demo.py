"""``demo``: write the demo capture, or a test capture."""

from app.arguments import Demo
from app.outcome import Outcome
from app.progress import progress_bar
from core.capture.synthetic import write_demo_capture
from core.capture.synthetic_cases import write_case_capture
from core.capture.synthetic_presets import CASES
from core.errors import CaptureError
from core.fit.staging import check_writable, entries


def demo(arguments: Demo) -> Outcome:
    """Write the demo capture, or the test capture asked for, into a new or empty folder."""
    folder = arguments.folder
    if folder.exists() and not folder.is_dir():
        raise CaptureError(f"{folder} is a file, not a folder; choose another name for the capture.")
    if entries(folder):
        raise CaptureError(f"{folder} is not empty; choose a new folder for the capture.")
    check_writable(folder)
    what = "Demo capture" if arguments.case is None else f"Test capture {arguments.case}"
    with progress_bar(what) as progress:
        if arguments.case is None:
            write_demo_capture(folder, seed=arguments.seed, progress=progress)
        else:
            write_case_capture(folder, CASES[arguments.case](), seed=arguments.seed, progress=progress)
    return Outcome(lines=[f"{what} written to {folder}."])
