"""DiLiGenT, one view: ``001.png`` and so on, ``filenames.txt``, light files, ``mask.png`` and ``Normal_gt.mat``.

16-bit linear photographs under one far light each (Shi et al., "A Benchmark Dataset and Evaluation for Non-Lambertian
and Uncalibrated Photometric Stereo"). The text files have a row for every light of the set, photographs may be fewer:
light number i is the (i + 1)-th name of ``filenames.txt``. Normals and lights are in the OpenGL camera frame (x right,
y up, z to the viewer), which the truth of its ball confirms: they agree with a sphere's normals there. The release has
no camera; ``K.txt``, three rows of three numbers in pixels (OpenCV: pixel centres at integers), is used when added.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from core.capture.capture import GroundTruth, Problem
from core.capture.chrome_ball import picked_directions
from core.capture.folder import inside
from core.capture.import_options import ImportOptions
from core.capture.layouts.single_view import UP, given_intrinsics, missing_photographs, single_view
from core.capture.light_files import numbered_rows, truth_of_lights, unit_normals
from core.capture.listing import Guess, Layout, Listing, Shot
from core.capture.mat_file import read_mat
from core.capture.naming import NamedFiles, text_lines
from core.capture.raw import photograph_size
from core.errors import CaptureError
from core.types import Camera, FloatArray, ImageKey, Progress

FILENAMES = "filenames.txt"
DIRECTIONS = "light_directions.txt"
INTENSITIES = "light_intensities.txt"
NORMALS = "Normal_gt.mat"
MASK = "mask.png"
_INTRINSICS = "K.txt"


def _recognise(folder: Path) -> Guess | None:
    there = [name for name in (FILENAMES, DIRECTIONS, INTENSITIES, NORMALS, MASK) if (folder / name).is_file()]
    if FILENAMES not in there or DIRECTIONS not in there:
        return None
    reasons = (f"{FILENAMES} lists the photographs", *(f"{name} is there" for name in there[1:]))
    return Guess(layout=DILIGENT.name, certainty=min(1.0, 0.6 + 0.1 * len(there)), reasons=reasons)


def _list(folder: Path, options: ImportOptions, progress: Progress) -> Listing:
    progress("Looking through the folder", 0.0)
    files, missing = listed_photographs(folder)
    mask = inside(folder, folder / MASK) if (folder / MASK).is_file() else None
    size = photograph_size(next(iter(files.values())), options.raw)
    view = single_view(size, mask, given_intrinsics(inside(folder, folder / _INTRINSICS)))
    camera = view.camera
    return Listing(
        folder=folder,
        layout=DILIGENT.name,
        shots=tuple(Shot(key=ImageKey(0, light), file=file, camera=camera) for light, file in files.items()),
        masks={} if mask is None else {0: (mask,)},
        encoding="linear",
        camera_file=_INTRINSICS if (folder / _INTRINSICS).is_file() else "",
        file_frame=view.file_frame,
        up=UP,
        truth=partial(_truth, folder, files, options),
        problems=missing_photographs(missing, FILENAMES),
        assumptions=view.assumptions,
    )


def listed_photographs(folder: Path) -> tuple[dict[int, Path], tuple[str, ...]]:
    """The photographs that ``filenames.txt`` names, by their number in it from 0, and the names of missing ones.

    Raises CaptureError when there is no list, none of its photographs is there, or a name leads out of the folder.
    """
    named = NamedFiles(folder)
    files: dict[int, Path] = {}
    missing: list[str] = []
    for number, name in enumerate(text_lines(inside(folder, folder / FILENAMES))):
        file = named.find(name)
        if file is None:
            missing.append(name)
        else:
            files[number] = file
    if not files:
        raise CaptureError(f"{folder / FILENAMES} names no photograph that is there; put the photographs beside it.")
    return files, tuple(missing)


def _truth(
    folder: Path,
    files: Mapping[int, Path],
    options: ImportOptions,
    cameras: Mapping[int, Camera],
    light_ids: tuple[int, ...],
) -> tuple[GroundTruth, tuple[Problem, ...]]:
    problems: list[Problem] = []
    directions = picked_directions(files, options, problems) or numbered_rows(folder, DIRECTIONS, problems)
    intensities = numbered_rows(folder, INTENSITIES, problems)
    maps = {view: mat_normals(folder, "", camera, problems) for view, camera in cameras.items()}
    normals = {view: found for view, found in maps.items() if found is not None}
    return truth_of_lights(directions, intensities, light_ids, normals_gl=normals), tuple(problems)


def mat_normals(folder: Path, part: str, camera: Camera, problems: list[Problem]) -> FloatArray | None:
    """[height, width, 3] unit normals, OpenGL camera frame, of ``Normal_gt.mat`` in a part of the folder.

    None when there is no such file; when it cannot be used, that is noted.
    """
    file = folder / part / NORMALS
    if not file.is_file():
        return None
    try:
        vectors = read_mat(inside(folder, file), {"Normal_gt"}).get("Normal_gt")
        if vectors is None or vectors.shape != (camera.height, camera.width, 3):
            found = "no Normal_gt" if vectors is None else f"Normal_gt of shape {vectors.shape}"
            raise CaptureError(f"{file} holds {found}, not {camera.height} x {camera.width} x 3 numbers.")
    except CaptureError as error:
        problems.append(Problem(file=(Path(part) / NORMALS).as_posix(), text=f"Ground truth left out: {error}"))
        return None
    return unit_normals(vectors)


DILIGENT = Layout(
    name="DiLiGenT",
    recognise=_recognise,
    list_capture=_list,
    about="one view: 001.png…, filenames.txt, light_directions.txt, mask.png, Normal_gt.mat",
)
