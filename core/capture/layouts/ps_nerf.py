"""The layout of PS-NeRF: ``img/view_01/001.png``, ``mask/view_01.png`` and ``params.json``.

Views and lights keep the numbers of their folders and files. Where the lights differ from view to view
(``light_is_same`` is false), each light of each view gets an id of its own, counted through all views. PS-NeRF takes
the numbers in its 8-bit files as proportional to light, and so does this reader.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from core.capture.archives import read_npy
from core.capture.capture import GroundTruth, Problem
from core.capture.folder import PHOTOGRAPH_SUFFIXES, image_files, inside
from core.capture.images import image_size
from core.capture.import_options import ImportOptions
from core.capture.layouts.ps_nerf_params import PARAMS, Lights, PsNerfParams, read_ps_nerf_params
from core.capture.light_files import truth_of_lights, unit_normals
from core.capture.listing import Guess, Layout, Listing, Shot
from core.errors import CaptureError
from core.types import Camera, FloatArray, ImageKey, Progress

_VIEW = re.compile(r"view_([0-9]{1,4})")
_LIGHT = re.compile(r"[0-9]{1,4}")
_MOST_LIGHTS = 9999
"""Ids of lights have up to four digits."""
_NORMALS = "normal/npy"
_MAX_NORMAL_BYTES = 1_000_000_000
"""A map of 40 megapixels in double precision."""
_FRAME = 4096
"""More than the header of a ``.npy`` file."""


def _recognise(folder: Path) -> Guess | None:
    if not (folder / PARAMS).is_file() or not (folder / "img").is_dir():
        return None
    reasons = [f"{PARAMS} is there", "photographs lie in img"]
    if (folder / "img" / "view_01").is_dir():
        reasons.append("img holds a folder for each view (view_01)")
    return Guess(layout=PS_NERF.name, certainty=0.3 + 0.2 * len(reasons), reasons=tuple(reasons))


def _list(folder: Path, _options: ImportOptions, progress: Progress) -> Listing:
    progress("Reading the cameras", 0.0)
    params = read_ps_nerf_params(inside(folder, folder / PARAMS))
    views = _view_folders(folder)
    found = _found(folder, params, views, progress)
    if not found.shots:
        raise CaptureError(f"{folder / 'img'} holds no photograph like view_01/001.png with a camera in {PARAMS}.")
    if _most(found.rows) > _MOST_LIGHTS:
        raise CaptureError(f"{folder} has more than {_MOST_LIGHTS} lights; take some photographs out.")
    return Listing(
        folder=folder,
        layout=PS_NERF.name,
        shots=tuple(sorted(found.shots, key=lambda shot: shot.key)),
        masks=_masks(folder, views),
        encoding="linear",
        camera_file=PARAMS,
        truth=partial(_truth, folder, params, found.rows),
        without_camera=tuple(found.without_camera),
        without_photograph=tuple(f"view_{n:02d}" for n in range(1, len(params.intrinsics) + 1) if n not in views),
        problems=params.problems,
        assumptions=("Pixel values are proportional to light, as PS-NeRF takes them.",),
    )


@dataclass(frozen=True, kw_only=True)
class _Found:
    """Photographs, and where in the tables their lights stand."""

    shots: list[Shot] = field(default_factory=list[Shot])
    without_camera: list[str] = field(default_factory=list[str])
    rows: dict[int, tuple[int, int]] = field(default_factory=dict[int, tuple[int, int]])
    """(table, row) of each light id; there is one table for all views, or one a view."""


def _found(folder: Path, params: PsNerfParams, views: Mapping[int, str], progress: Progress) -> _Found:
    found = _Found()
    for number, (view, place) in enumerate(sorted(views.items())):
        progress(f"Looking through {place}", number / len(views))
        files = _photographs(folder, place)
        if not 1 <= view <= len(params.intrinsics):
            found.without_camera.extend(file.relative_to(folder).as_posix() for file in files.values())
            continue
        table, first = (0, 0) if params.light_is_same else (view - 1, _most(found.rows))
        for light, file in files.items():
            found.rows[first + light] = (table, light - 1)
            found.shots.append(_shot(ImageKey(view, first + light), file, params))
    return found


def _most(rows: Mapping[int, tuple[int, int]]) -> int:
    return max(rows, default=0)


def _view_folders(folder: Path) -> dict[int, str]:
    """Folders of photographs, relative to the capture, by the number in their name."""
    try:
        entries = sorted(inside(folder, folder / "img").iterdir())
    except OSError as error:
        reason = error.strerror or error
        raise CaptureError(f"{folder / 'img'} cannot be opened: {reason}; check its permissions.") from error
    matches = ((_VIEW.fullmatch(entry.name), entry) for entry in entries)
    views: dict[int, str] = {}
    for match, entry in matches:
        if match is None or not entry.is_dir():
            continue
        view = int(match[1])
        if view in views:
            raise CaptureError(f"{entry} and {views[view]} are both view {view}; rename one of them.")
        views[view] = f"img/{entry.name}"
    return views


def _photographs(folder: Path, place: str) -> dict[int, Path]:
    """Photographs by the number of their light."""
    files: dict[int, Path] = {}
    for file in image_files(folder, place, PHOTOGRAPH_SUFFIXES):
        if not _LIGHT.fullmatch(file.stem) or int(file.stem) == 0:
            continue
        light = int(file.stem)
        if light in files:
            raise CaptureError(f"{file} and {files[light].name} are both light {light}; remove one of them.")
        files[light] = inside(folder, file)
    return files


def _shot(key: ImageKey, file: Path, params: PsNerfParams) -> Shot:
    width, height = image_size(file)
    index = key.view - 1
    pose = params.world_from_camera[index]
    camera = Camera(intrinsics=params.intrinsics[index], world_from_camera=pose, width=width, height=height)
    return Shot(key=key, file=file, camera=camera)


def _masks(folder: Path, views: Mapping[int, str]) -> dict[int, tuple[Path, ...]]:
    if not (folder / "mask").is_dir():
        return {}
    by_name = {file.stem: inside(folder, file) for file in image_files(folder, "mask", PHOTOGRAPH_SUFFIXES)}
    named = {view: by_name.get(place.removeprefix("img/")) for view, place in views.items()}
    return {view: (file,) for view, file in named.items() if file is not None}


def _truth(
    folder: Path,
    params: PsNerfParams,
    rows: Mapping[int, tuple[int, int]],
    cameras: Mapping[int, Camera],
    light_ids: tuple[int, ...],
) -> tuple[GroundTruth, tuple[Problem, ...]]:
    """Lights from the parameters, normals from ``normal/npy``."""
    problems: list[Problem] = []
    normals: dict[int, FloatArray] = {}
    for view, camera in cameras.items():
        name = f"{_NORMALS}/view_{view:02d}.npy"
        if (folder / name).is_file():
            try:
                normals[view] = _normal_map(inside(folder, folder / name), camera, params.normals_in_world)
            except CaptureError as error:
                problems.append(Problem(file=name, text=f"Ground truth left out: {error}"))
    directions = _of_ids(params.directions_gl, rows)
    return truth_of_lights(directions, _of_ids(params.intensities, rows), light_ids, normals_gl=normals), tuple(
        problems
    )


def _of_ids(lights: Lights | None, rows: Mapping[int, tuple[int, int]]) -> dict[int, tuple[float, ...]]:
    """Table rows by light id."""
    if lights is None:
        return {}
    return {
        light: tuple(lights[part][row].tolist())
        for light, (part, row) in rows.items()
        if part < len(lights) and row < len(lights[part])
    }


def _normal_map(file: Path, camera: Camera, in_world: bool) -> FloatArray:
    """[height, width, 3] unit normals, OpenGL camera frame."""
    shape = (camera.height, camera.width, 3)
    most = min(_MAX_NORMAL_BYTES, 8 * camera.height * camera.width * 3 + _FRAME)
    vectors = read_npy(file, max_bytes=most)
    if vectors.shape != shape:
        raise CaptureError(f"{file} has the shape {vectors.shape} and not {shape}, that of its photographs.")
    normals = unit_normals(vectors.astype(np.float32))
    if not in_world:
        return normals
    gl_from_world = np.diag([1.0, -1.0, -1.0]) @ camera.rotation.T
    return np.asarray(normals @ gl_from_world.T.astype(np.float32), dtype=np.float32)


PS_NERF = Layout(
    name="PS-NeRF",
    recognise=_recognise,
    list_capture=_list,
    about="img/view_01/001.png, mask/view_01.png and params.json",
)
