"""LLFF: ``poses_bounds.npy``, ``images`` and sometimes ``masks``.

Row i of the file [N, 17] belongs to the i-th photograph in sorted order: a 3 x 5 matrix and the nearest and farthest
depth. Columns of the matrix: the camera's down, right and backward axes in the world, its position, and (height,
width, focal length) in pixels (https://github.com/Fyusion/LLFF, "Using your own poses without running COLMAP"). The
principal point is the middle of the photograph; distortion was taken out or is not known. ``images_4`` and the like
hold the photographs made smaller. Masks that have other names than their photographs go by sorted order, as in
nvdiffrec. The depths are not used.
"""

from pathlib import Path

import numpy as np

from core.capture.archives import read_npy
from core.capture.folder import PHOTOGRAPH_SUFFIXES, folder_named, image_files, inside, once_each
from core.capture.import_options import ImportOptions
from core.capture.layouts.beside import mask_files
from core.capture.lens import Lens, checked_lens
from core.capture.lens_shots import Fitting
from core.capture.listing import Guess, Layout, Listing, Shot
from core.capture.matrices import camera_of_gl, checked_pose
from core.capture.naming import keys_by_name
from core.errors import CaptureError
from core.types import DoubleArray, Progress

_FILE = "poses_bounds.npy"
_PHOTOGRAPHS = ("images", "images_2", "images_4", "images_8")
_MASKS = ("masks", "mask")
_COLUMNS = 17
_MAX_BYTES = 16_000_000
"""Of the file: 100,000 cameras."""


def _recognise(folder: Path) -> Guess | None:
    if not (folder / _FILE).is_file():
        return None
    reasons = [f"{_FILE} is there"]
    place = folder_named(folder, _PHOTOGRAPHS)
    if place is not None:
        reasons.append(f"photographs lie in {place}")
    return Guess(layout=LLFF.name, certainty=0.6 + 0.1 * len(reasons), reasons=tuple(reasons))


def _list(folder: Path, _options: ImportOptions, progress: Progress) -> Listing:
    progress("Looking through the folder", 0.0)
    rows = _rows(inside(folder, folder / _FILE))
    place, files = _photographs(folder, len(rows))
    fitting = Fitting(folder, _FILE)
    keys = keys_by_name([file.name for file in files])
    shots: list[Shot] = []
    for number, (key, file, row) in enumerate(zip(keys, files, rows, strict=True)):
        progress("Looking through the folder", number / len(files))
        what = f"{folder / _FILE}: row {number}"
        shot = fitting.shot(_lens(row, what), key, inside(folder, file), _pose(row, what))
        if shot is not None:
            shots.append(shot)
    if not shots:
        first = fitting.problems[0]
        raise CaptureError(f"{folder / first.file}: {first.text}")
    return Listing(
        folder=folder,
        layout=LLFF.name,
        shots=tuple(sorted(shots, key=lambda shot: shot.key)),
        masks=_masks(folder, place, files, shots),
        camera_file=_FILE,
        problems=fitting.problems,
        assumptions=("The principal point is the middle of the photographs, as LLFF has it.",),
    )


def _rows(file: Path) -> DoubleArray:
    """[N, 17] finite numbers. Raises CaptureError naming the file."""
    table = read_npy(file, max_bytes=_MAX_BYTES)
    if table.ndim != 2 or table.shape[1] != _COLUMNS or len(table) == 0 or table.dtype.kind not in "fiu":
        raise CaptureError(f"{file} is no table of {_COLUMNS} numbers a photograph; write it again.")
    return table.astype(np.float64)


def _photographs(folder: Path, count: int) -> tuple[str, list[Path]]:
    """The folder of the photographs and its files in sorted order: one for each row."""
    found: dict[str, int] = {}
    for place in filter(None, (folder_named(folder, (name,)) for name in _PHOTOGRAPHS)):
        files = once_each(folder, image_files(folder, place, PHOTOGRAPH_SUFFIXES))
        if len(files) == count:
            return place, files
        found[place] = len(files)
    if not found:
        raise CaptureError(f"{folder} has no folder named images; put the photographs there.")
    place, number = next(iter(found.items()))
    raise CaptureError(
        f"{folder / _FILE} has {count} cameras but {place} holds {number} photographs, so it is not known which belong "
        "together; put exactly those there, or open COLMAP's own files."
    )


def _lens(row: DoubleArray, what: str) -> Lens:
    height, width, focal = row[:15].reshape(3, 5)[:, 4].tolist()
    if not (np.isfinite([width, height]).all() and width == np.rint(width) and height == np.rint(height)):
        raise CaptureError(f"{what}: {width:g} x {height:g} is no size of a photograph; write the table again.")
    parameters = (focal, width / 2.0, height / 2.0)
    return checked_lens("SIMPLE_PINHOLE", parameters, int(width), int(height), what)


def _pose(row: DoubleArray, what: str) -> DoubleArray:
    """[4, 4] world from camera, OpenCV axes."""
    matrix = row[:15].reshape(3, 5)
    gl = np.eye(4)
    gl[:3, 0], gl[:3, 1], gl[:3, 2], gl[:3, 3] = matrix[:, 1], -matrix[:, 0], matrix[:, 2], matrix[:, 3]
    return camera_of_gl(checked_pose(gl, what))


def _masks(folder: Path, place: str, files: list[Path], shots: list[Shot]) -> dict[int, tuple[Path, ...]]:
    """By name; those that share no name with the photographs, but their number, by order."""
    named = mask_files(folder, place, {shot.file.name: shot.key for shot in shots})
    if named:
        return named
    numbers = {file: number for number, file in enumerate(files)}
    for part in _MASKS:
        if folder_named(folder, (part,)) is not None:
            masks = once_each(folder, image_files(folder, part, PHOTOGRAPH_SUFFIXES))
            if len(masks) == len(files):
                by_view: dict[int, tuple[Path, ...]] = {}
                for shot in shots:
                    mask = inside(folder, masks[numbers[shot.file]])
                    by_view[shot.key.view] = (*by_view.get(shot.key.view, ()), mask)
                return by_view
    return {}


LLFF = Layout(
    name="LLFF",
    recognise=_recognise,
    list_capture=_list,
    about="poses_bounds.npy, images/ and masks/",
)
