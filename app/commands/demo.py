"""``demo``: write the demo capture."""

from app.arguments import Demo
from app.outcome import Outcome
from app.progress import progress_bar
from core.capture.synthetic import write_demo_capture
from core.errors import CaptureError
from core.fit.staging import check_writable, entries


def demo(arguments: Demo) -> Outcome:
    """Write the demo capture into a new or empty folder."""
    folder = arguments.folder
    if folder.exists() and not folder.is_dir():
        raise CaptureError(f"{folder} is a file, not a folder; choose another name for the demo capture.")
    if entries(folder):
        raise CaptureError(f"{folder} is not empty; choose a new folder for the demo capture.")
    check_writable(folder)
    with progress_bar("Demo capture") as progress:
        write_demo_capture(folder, seed=arguments.seed, progress=progress)
    return Outcome(lines=[f"Demo capture written to {folder}."])
