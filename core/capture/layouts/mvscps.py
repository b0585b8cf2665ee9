"""The MVSCPS layout, prepared: ``image/VxxLyy.png``, ``mask/Vxx.png``, ``camera_params.json``, optional truth.

Photographs are linear; JPEG files, which are not, are taken for sRGB. Every photograph has its own camera, so captures
whose light turns with the camera, captures with fixed lights and captures where camera and light both move in every
shot (``VxxLxx``) all come through here.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from core.capture.camera_params import CameraParams, read_camera_params
from core.capture.capture import Problem
from core.capture.file_names import CAMERA_PARAMS
from core.capture.folder import JPEG_SUFFIXES, folder_named, inside, photograph_files, view_masks
from core.capture.images import image_size
from core.capture.import_options import ImportOptions
from core.capture.listing import Guess, Layout, Listing, Shot
from core.capture.truth import read_truth
from core.types import Camera, ImageKey, Progress


def _recognise(folder: Path) -> Guess | None:
    if not (folder / CAMERA_PARAMS).is_file():
        return _without_cameras(folder)
    reasons = [f"{CAMERA_PARAMS} is there"]
    if folder_named(folder, ("image",)) is not None:
        reasons.append("photographs lie in image")
    return Guess(layout=MVSCPS.name, certainty=0.5 + 0.25 * len(reasons), reasons=tuple(reasons))


def _without_cameras(folder: Path) -> Guess | None:
    """Folders named as in the layout, so that what is missing can be named."""
    if folder_named(folder, ("image",)) is None or folder_named(folder, ("mask",)) is None:
        return None
    reason = f"image and mask are there, but {CAMERA_PARAMS} is missing"
    return Guess(layout=MVSCPS.name, certainty=0.1, reasons=(reason,))


def _list(folder: Path, _options: ImportOptions, progress: Progress) -> Listing:
    progress("Looking through the folder", 0.0)
    files, strangers = photograph_files(folder)
    params = read_camera_params(inside(folder, folder / CAMERA_PARAMS), files)
    jpegs = any(file.suffix.lower() in JPEG_SUFFIXES for file in files.values())
    shots = tuple(_shot(key, file, params) for key, file in files.items() if key in params.intrinsics)
    return Listing(
        folder=folder,
        layout=MVSCPS.name,
        shots=shots,
        masks=view_masks(folder, "mask"),
        encoding=None if jpegs else "linear",
        camera_file=CAMERA_PARAMS,
        file_frame=params.file_frame,
        truth=partial(read_truth, folder),
        without_camera=_names_without(files, params),
        without_photograph=params.without_photograph,
        problems=(*_jpeg_problems(files, jpegs=jpegs), *_stranger_problems(strangers), *params.problems),
    )


def _shot(key: ImageKey, file: Path, params: CameraParams) -> Shot:
    width, height = image_size(file)
    pose = params.world_from_camera[key]
    camera = Camera(intrinsics=params.intrinsics[key], world_from_camera=pose, width=width, height=height)
    return Shot(key=key, file=file, camera=camera)


def _names_without(files: Mapping[ImageKey, Path], params: CameraParams) -> tuple[str, ...]:
    return tuple(f"{file.parent.name}/{file.name}" for key, file in files.items() if key not in params.intrinsics)


def _jpeg_problems(files: Mapping[ImageKey, Path], *, jpegs: bool) -> list[Problem]:
    text = (
        f"{len(files)} photographs are JPEG files, where this layout has linear light: they are taken for sRGB and "
        "made linear. Export 16-bit linear PNG files from the RAW files if there are any."
    )
    first = next(iter(files.values()))
    return [Problem(file=f"{first.parent.name}/{first.name}", text=text)] if jpegs else []


def _stranger_problems(names: Iterable[str]) -> list[Problem]:
    strangers = list(names)
    if not strangers:
        return []
    more = f" and {len(strangers) - 1} more" if len(strangers) > 1 else ""
    text = f"{strangers[0]}{more}: left out, because the name is not of the form VxxLyy."
    return [Problem(file=f"image/{strangers[0]}", text=text)]


MVSCPS = Layout(
    name="MVSCPS",
    recognise=_recognise,
    list_capture=_list,
    about="image/VxxLyy.png, mask/Vxx.png and camera_params.json",
)
