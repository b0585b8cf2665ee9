"""A capture written in any of the layouts that can be written, in axes of the user's choice."""

from pathlib import Path

from core.capture.capture import Capture
from core.capture.import_options import Axis, Handedness
from core.capture.mapped import MappedPhotographs
from core.capture.writers.axes import with_up
from core.capture.writers.colmap import loses_sphere, write_colmap
from core.capture.writers.idr import write_idr
from core.capture.writers.mvscps import write_mvscps
from core.capture.writers.target import Target
from core.capture.writers.transforms import write_transforms
from core.errors import CaptureError
from core.types import Progress


def write_capture(
    capture: Capture,
    folder: Path,
    *,
    to: Target,
    up: Axis | None = None,
    handedness: Handedness = "right",
    progress: Progress | None = None,
) -> str:
    """Write ``capture`` into the new or empty ``folder``; returns what its axes are, as a sentence.

    ``up``: turn the world so that this axis points up; None leaves it. Raises CaptureError when the capture's own up
    axis is not known or the layout has no left-handed form, RunError when the folder cannot be written, and Cancelled
    when ``progress`` does; then nothing is left behind.
    """
    if handedness == "left" and to != "transforms":
        raise CaptureError(f"Only transforms can be written with left-handed axes, not {to}; leave out --handedness.")
    written = capture if up is None else with_up(capture, up)
    match to:
        case "mvscps":
            write_mvscps(written, folder, progress=progress)
        case "idr":
            write_idr(written, folder, progress=progress)
        case "transforms":
            write_transforms(written, folder, handedness=handedness, progress=progress)
        case "colmap":
            write_colmap(written, folder, progress=progress)
    return axes_sentence(written, handedness)


def left_out(capture: Capture, *, to: Target, up: Axis | None = None) -> tuple[str, ...]:
    """What of ``capture`` is not in what ``write_capture`` writes with the same arguments, in a few words each."""
    truth = capture.truth
    turned = up is not None and up != capture.up
    no_truth = to != "mvscps"
    parts = [
        ("ground truth normals", no_truth and bool(truth.normals_gl)),
        ("ground truth light directions", no_truth and truth.knows_directions),
        ("ground truth light intensities", no_truth and truth.light_intensities is not None),
        ("ground truth mesh", no_truth and truth.mesh is not None),
        ("ground truth mesh, which stays in the old axes", not no_truth and turned and truth.mesh is not None),
        ("sparse points", to != "colmap" and capture.points is not None and len(capture.points) > 0),
        ("sphere, which cuts through the masks", to == "colmap" and loses_sphere(capture)),
        ("photographs away from the object", isinstance(capture.photographs, MappedPhotographs)),
    ]
    return tuple(what for what, missing in parts if missing)


def axes_sentence(capture: Capture, handedness: Handedness) -> str:
    """The world that was written, such as ``World: right-handed, +y up.``"""
    up = "up axis not known" if capture.up is None else f"{capture.up} up"
    return f"World: {handedness}-handed, {up}."
