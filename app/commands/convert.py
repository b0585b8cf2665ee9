"""``convert``: write a capture in another layout."""

from app.arguments import Convert
from app.commands.opening import open_capture
from app.outcome import Outcome, table
from app.progress import progress_bar
from core.capture.capture import Capture
from core.capture.writers.write import left_out, write_capture
from core.errors import CaptureError
from core.fit.staging import check_writable, entries
from core.types import Progress


def convert(arguments: Convert) -> Outcome:
    """Read a capture and write it again; nothing is left behind when that fails."""
    _check(arguments)
    options = arguments.reading.options(arguments.capture, up=arguments.from_up, handedness=arguments.from_handedness)
    with progress_bar("Converting") as progress:
        capture = open_capture(arguments.capture, _part(progress, 0.0, 0.5), options=options)
        axes = write_capture(
            capture,
            arguments.out,
            to=arguments.to,
            up=arguments.up,
            handedness=arguments.handedness,
            progress=_part(progress, 0.5, 1.0),
        )
    return Outcome(lines=_lines(arguments, capture, axes), data=_data(arguments, capture, axes))


def _check(arguments: Convert) -> None:
    """Find out whether the folder can be written before anything slow begins."""
    folder = arguments.out
    if folder.exists() and not folder.is_dir():
        raise CaptureError(f"{folder} is a file, not a folder; choose another name for the converted capture.")
    if entries(folder):
        raise CaptureError(f"{folder} is not empty; choose a new folder for the converted capture.")
    if folder.resolve().is_relative_to(arguments.capture.resolve()):
        raise CaptureError(f"{folder} lies inside the capture itself; choose a folder elsewhere.")
    check_writable(folder)


def _lines(arguments: Convert, capture: Capture, axes: str) -> list[str]:
    rows = [
        ("Read", f"{capture.layout}: {len(capture.keys)} photographs, {len(capture.views)} views"),
        ("Written", f"{arguments.to} in {arguments.out}"),
        ("Pixels", "linear light, masks beside them" if capture.masked else "linear light, no masks"),
        *(("Left out", f"the {what}") for what in left_out(capture, to=arguments.to, up=arguments.up)),
    ]
    return [*table(rows), axes]


def _data(arguments: Convert, capture: Capture, axes: str) -> dict[str, object]:
    return {
        "folder": str(arguments.out),
        "from": capture.layout,
        "to": arguments.to,
        "photographs": len(capture.keys),
        "views": len(capture.views),
        "lights": len(capture.light_ids),
        "up": arguments.up or capture.up,
        "handedness": arguments.handedness,
        "axes": axes,
        "left_out": list(left_out(capture, to=arguments.to, up=arguments.up)),
    }


def _part(progress: Progress, begin: float, end: float) -> Progress:
    def report(text: str, fraction: float) -> None:
        progress(text, begin + (end - begin) * fraction)

    return report
