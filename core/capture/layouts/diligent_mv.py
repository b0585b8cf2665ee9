"""DiLiGenT-MV as released: ``view_01/001.png`` and so on, ``Calib_Results.mat``, ``mesh_Gt.ply``.

One object on a turntable, 20 views under the same 96 lights, 16-bit linear photographs (Li et al., "Multi-View
Photometric Stereo: A Robust Solution and Benchmark Dataset for Spatially Varying Isotropic Materials"). In the file of
the Camera Calibration Toolbox for MATLAB: ``KK`` [3, 3] pixels, for view i ``Rc_i`` [3, 3] and ``Tc_i`` [3, 1] with
x_camera = Rc x_world + Tc, OpenCV axes, millimetres; the toolbox puts the centre of the first pixel at (0, 0). Its
lens coefficients ``kc`` are left alone, as in every published use of the photographs. In each view's folder (or above
them): ``mask.png``, ``filenames.txt``, ``Normal_gt.mat`` and the light files, in the OpenGL camera frame like those of
``diligent``. Views and lights count from 1 on disk and from 0 here, as MVSCPS names them.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from core.capture.capture import GroundTruth, Problem
from core.capture.file_names import MESH
from core.capture.folder import image_files, inside
from core.capture.import_options import ImportOptions
from core.capture.layouts.diligent import (
    DIRECTIONS,
    FILENAMES,
    INTENSITIES,
    MASK,
    NORMALS,
    listed_photographs,
    mat_normals,
)
from core.capture.layouts.single_view import missing_photographs
from core.capture.light_files import Rows, numbered_rows, truth_of_lights
from core.capture.listing import Guess, Layout, Listing, Shot
from core.capture.mat_file import matrix, read_mat
from core.capture.matrices import checked_intrinsics, pose_of
from core.capture.raw import photograph_size
from core.capture.truth import MAX_NORMAL_PIXELS
from core.errors import CaptureError
from core.types import Camera, DoubleArray, FloatArray, ImageKey, Progress

CALIBRATION = "Calib_Results.mat"
_VIEW_FOLDER = re.compile(r"view_?(\d{1,3})", re.IGNORECASE)
_NUMBERED = re.compile(r"\d{1,4}")
_SAME_LIGHT_DEG = 1.0
"""Directions of one light in two views' files that differ by more are not the same light."""


def _recognise(folder: Path) -> Guess | None:
    views = _view_folders(folder)
    if not views or not (folder / CALIBRATION).is_file():
        return None
    reasons = (f"{CALIBRATION} holds cameras", f"photographs lie in {len(views)} folders like {views[min(views)].name}")
    return Guess(layout=DILIGENT_MV.name, certainty=1.0, reasons=reasons)


def _view_folders(folder: Path) -> dict[int, Path]:
    """The folders of the views by view id, from 0."""
    found: dict[int, Path] = {}
    for entry in sorted(folder.glob("*")):
        match = _VIEW_FOLDER.fullmatch(entry.name)
        if match and int(match[1]) > 0 and entry.is_dir():
            found.setdefault(int(match[1]) - 1, entry)
    return dict(sorted(found.items()))


def _list(folder: Path, options: ImportOptions, progress: Progress) -> Listing:
    folders = _view_folders(folder)
    if not folders:
        raise CaptureError(f"{folder} has no folder of photographs named like view_01; choose the folder above them.")
    calibration = inside(folder, folder / CALIBRATION)
    wanted = {"KK", "kc", *(f"{name}_{view + 1}" for view in folders for name in ("Rc", "Tc"))}
    found = read_mat(calibration, wanted)
    shots: list[Shot] = []
    problems: list[Problem] = []
    without: list[str] = []
    for number, (view, place) in enumerate(folders.items()):
        progress(f"Looking through {place.name}", number / len(folders))
        files, missing = _photographs(folder, inside(folder, place))
        problems += missing_photographs(missing, f"{place.name}/{FILENAMES}")
        if f"Rc_{view + 1}" not in found:
            without += [file.relative_to(folder).as_posix() for file in files.values()]
            continue
        camera = _camera(found, view, photograph_size(next(iter(files.values())), options.raw), calibration)
        shots += [Shot(key=ImageKey(view, light), file=file, camera=camera) for light, file in files.items()]
    if not shots:
        raise CaptureError(f"{calibration} has a camera for none of the views; add Rc_1, Tc_1 and so on.")
    return Listing(
        folder=folder,
        layout=DILIGENT_MV.name,
        shots=tuple(shots),
        masks=_masks(folder, folders),
        encoding="linear",
        camera_file=CALIBRATION,
        truth=partial(_truth, folder, {view: place.name for view, place in folders.items()}),
        without_camera=tuple(without),
        problems=tuple(problems),
        assumptions=_lens_sentence(found),
    )


def _photographs(folder: Path, place: Path) -> tuple[dict[int, Path], tuple[str, ...]]:
    """The photographs of one view by light id, and the names of those that are listed and missing."""
    if (place / FILENAMES).is_file():
        return listed_photographs(place)
    files = {
        int(file.stem) - 1: inside(folder, file)
        for file in image_files(folder, place.name)
        if _NUMBERED.fullmatch(file.stem) and int(file.stem) > 0
    }
    if not files:
        raise CaptureError(f"{place} holds no photograph named like 001.png; name the photographs by their light.")
    return dict(sorted(files.items())), ()


def _camera(found: dict[str, DoubleArray], view: int, size: tuple[int, int], file: Path) -> Camera:
    intrinsics = checked_intrinsics(matrix(found, "KK", (3, 3), file), f"{file}: KK")
    rotation = matrix(found, f"Rc_{view + 1}", (3, 3), file)
    translation = matrix(found, f"Tc_{view + 1}", (3, 1), file)[:, 0]
    pose = pose_of(rotation, translation, f"{file}: Rc_{view + 1}")
    return Camera(intrinsics=intrinsics, world_from_camera=pose, width=size[0], height=size[1])


def _masks(folder: Path, folders: Mapping[int, Path]) -> dict[int, tuple[Path, ...]]:
    return {view: (inside(folder, place / MASK),) for view, place in folders.items() if (place / MASK).is_file()}


def _lens_sentence(found: dict[str, DoubleArray]) -> tuple[str, ...]:
    kc = found.get("kc")
    if kc is None or not np.any(kc):
        return ()
    return (f"The lens coefficients kc in {CALIBRATION} are left alone: the photographs are used as they are.",)


def _truth(
    folder: Path, names: Mapping[int, str], cameras: Mapping[int, Camera], light_ids: tuple[int, ...]
) -> tuple[GroundTruth, tuple[Problem, ...]]:
    problems: list[Problem] = []
    maps = _normals(folder, names, cameras, problems)
    places = ["", *(f"{names[view]}/" for view in cameras)]
    directions = [rows for part in places if (rows := numbered_rows(folder, part + DIRECTIONS, problems))]
    intensities = [rows for part in places if (rows := numbered_rows(folder, part + INTENSITIES, problems))]
    problems += _light_problems(directions)
    mesh = folder / MESH
    truth = truth_of_lights(
        directions[0] if directions else {},
        intensities[0] if intensities else {},
        light_ids,
        normals_gl=maps,
        mesh=inside(folder, mesh) if mesh.is_file() else None,
    )
    return truth, tuple(problems)


def _normals(
    folder: Path, names: Mapping[int, str], cameras: Mapping[int, Camera], problems: list[Problem]
) -> dict[int, FloatArray]:
    if sum(camera.width * camera.height for camera in cameras.values()) > MAX_NORMAL_PIXELS:
        problems.append(Problem(file=NORMALS, text="Ground truth left out: too many pixels to hold in memory."))
        return {}
    maps = {view: mat_normals(folder, names[view], camera, problems) for view, camera in cameras.items()}
    return {view: normals for view, normals in maps.items() if normals is not None}


def _light_problems(tables: Sequence[Rows]) -> list[Problem]:
    """A word about views whose lights are not those of the first: the truth holds one direction a light."""
    worst = 0.0
    for rows in tables[1:]:
        for light in rows.keys() & tables[0].keys():
            first, other = np.array(tables[0][light]), np.array(rows[light])
            lengths = float(np.linalg.norm(first) * np.linalg.norm(other))
            if lengths > 0.0:
                cosine = float(first @ other) / lengths
                worst = max(worst, float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))))
    if worst <= _SAME_LIGHT_DEG:
        return []
    text = f"The views' light directions differ by up to {worst:.1f} degrees; those of the first view are compared."
    return [Problem(file=DIRECTIONS, text=text)]


DILIGENT_MV = Layout(
    name="DiLiGenT-MV",
    recognise=_recognise,
    list_capture=_list,
    about="as released: view_01/001.png…, Calib_Results.mat, mask.png and Normal_gt.mat a view, mesh_Gt.ply",
)
