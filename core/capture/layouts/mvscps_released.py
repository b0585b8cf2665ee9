"""The MVSCPS captures as released: RAW files, with a projection matrix and a mask each.

``CAM/VxxLyy_P.txt`` holds P [3, 4], x_pixel ~ P x_world, OpenCV: pixel centres at integers. Photographs are
``ARW/VxxLyy.ARW`` (or lie in ``image`` or ``images``, developed), masks ``VxxLyy.png`` or ``Vxx.png`` in ``mask`` or
``masks``. ``view_light_idx_all.txt``, where it is there, lists the photographs that belong to the capture, one
``VxxLyy`` a line; ``light_indices.txt`` does so by a row a view, ``count number number ...``, numbers from 1. The
cameras were calibrated on photographs of 9504 x 6336 pixels, an area that LibRaw develops with a frame around it; so
RAW files are cropped to it unless the user has chosen a crop. Light files are optional.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from core.capture.capture import Problem
from core.capture.folder import PHOTOGRAPH_SUFFIXES, image_files, inside, view_masks
from core.capture.import_options import ImportOptions, RawOptions
from core.capture.light_files import read_numbers
from core.capture.listing import Guess, Layout, Listing, Shot
from core.capture.matrices import decomposed
from core.capture.naming import text_lines
from core.capture.raw import MVSCPS_CROP, RAW_SUFFIXES, is_raw_file, photograph_size, raw_size
from core.capture.truth import read_truth
from core.errors import CaptureError
from core.types import Camera, ImageKey, Progress

CAMERAS = "CAM"
SELECTION = "view_light_idx_all.txt"
COUNTED = "light_indices.txt"
_CAMERA_FILE = re.compile(r"(V\d{2,4}L\d{2,4})_P\.txt")
_PHOTOGRAPH_FOLDERS = ("ARW", "RAW", "image", "images")
_MASK_FOLDERS = ("mask", "masks", "MASK")


def _recognise(folder: Path) -> Guess | None:
    cameras = _camera_files(folder)
    if not cameras:
        return None
    reasons = [f"{CAMERAS} holds {len(cameras)} projection matrices named like {cameras[min(cameras)].name}"]
    reasons += [f"photographs lie in {name}" for name in _PHOTOGRAPH_FOLDERS[:1] if (folder / name).is_dir()]
    return Guess(layout=MVSCPS_RELEASED.name, certainty=0.95, reasons=tuple(reasons))


def _camera_files(folder: Path) -> dict[ImageKey, Path]:
    found: dict[ImageKey, Path] = {}
    for file in sorted((folder / CAMERAS).glob("*")):
        match = _CAMERA_FILE.fullmatch(file.name)
        if match:
            found[ImageKey.parse(match[1])] = file
    return found


def _list(folder: Path, options: ImportOptions, progress: Progress) -> Listing:
    progress("Looking through the folder", 0.0)
    cameras = _camera_files(folder)
    if not cameras:
        raise CaptureError(f"{folder / CAMERAS} holds no camera named like V00L00_P.txt; choose the capture's folder.")
    files, strangers = _photographs(folder)
    selected = _selected(folder, files)
    with_camera = sorted(key for key in selected if key in cameras)
    if not with_camera:
        raise CaptureError(f"{folder / CAMERAS} has a camera for none of the photographs; name both VxxLyy.")
    raw = _raw_options(files[with_camera[0]], options.raw)
    shots: list[Shot] = []
    for number, key in enumerate(with_camera):
        progress(f"Reading camera {key.name}", number / len(with_camera))
        shots.append(_shot(key, files[key], inside(folder, cameras[key]), raw))
    return Listing(
        folder=folder,
        layout=MVSCPS_RELEASED.name,
        shots=tuple(shots),
        masks=_masks(folder),
        encoding="linear",
        raw=raw,
        camera_file=CAMERAS,
        truth=partial(read_truth, folder),
        without_camera=tuple(files[key].relative_to(folder).as_posix() for key in selected if key not in cameras),
        without_photograph=tuple(cameras[key].name for key in cameras if key not in files),
        problems=_stranger_problems(strangers),
        assumptions=_crop_sentence(raw, options.raw),
    )


def _photographs(folder: Path) -> tuple[dict[ImageKey, Path], tuple[str, ...]]:
    """The photographs by key, from the first folder that holds any, and files there with other names."""
    for part in _PHOTOGRAPH_FOLDERS:
        if not (folder / part).is_dir():
            continue
        files: dict[ImageKey, Path] = {}
        strangers: list[str] = []
        for file in image_files(folder, part, (*PHOTOGRAPH_SUFFIXES, *RAW_SUFFIXES)):
            try:
                files.setdefault(ImageKey.parse(file.stem), inside(folder, file))
            except ValueError:
                strangers.append(f"{part}/{file.name}")
        if files:
            return files, tuple(strangers)
    raise CaptureError(f"{folder} holds no photograph named like ARW/V00L00.ARW or image/V00L00.png; add them.")


def _selected(folder: Path, files: Mapping[ImageKey, Path]) -> list[ImageKey]:
    """The photographs that belong to the capture: those of the list, where there is one."""
    if (folder / SELECTION).is_file():
        return sorted(_listed_keys(inside(folder, folder / SELECTION)) & files.keys())
    if (folder / COUNTED).is_file():
        views = sorted({key.view for key in files})
        return sorted(_counted_keys(inside(folder, folder / COUNTED), views) & files.keys())
    return sorted(files)


def _listed_keys(file: Path) -> set[ImageKey]:
    try:
        return {ImageKey.parse(word) for line in text_lines(file) for word in line.split()}
    except ValueError as error:
        raise CaptureError(f"{file}: {str(error)[:120]}; write one VxxLyy a line.") from None


def _counted_keys(file: Path, views: Sequence[int]) -> set[ImageKey]:
    """A row a view, in the order of the views: the number of its lights, then their numbers from 1."""
    keys: set[ImageKey] = set()
    for view, line in zip(views, text_lines(file), strict=False):
        try:
            count, *lights = map(int, line.split())
        except ValueError:
            raise CaptureError(f"{file}: {line[:80]!r} is not a count and light numbers; write it again.") from None
        if count != len(lights) or min(lights, default=1) < 1:
            raise CaptureError(f"{file}: {line[:80]!r} does not hold as many light numbers, from 1, as it says.")
        keys |= {ImageKey(view, light - 1) for light in lights}
    return keys


def _raw_options(first: Path, chosen: RawOptions) -> RawOptions:
    """RAW files are cropped to the area that the cameras are for, when they hold it and nothing else is asked for."""
    if chosen.crop is not None or not is_raw_file(first):
        return chosen
    width, height = raw_size(first, chosen)
    left, top, crop_width, crop_height = MVSCPS_CROP
    holds_it = left + crop_width <= width and top + crop_height <= height
    return replace(chosen, crop=MVSCPS_CROP) if holds_it else chosen


def _shot(key: ImageKey, file: Path, camera_file: Path, raw: RawOptions) -> Shot:
    intrinsics, pose = decomposed(read_numbers(camera_file, (3, 4)), str(camera_file))
    width, height = photograph_size(file, raw)
    camera = Camera(intrinsics=intrinsics, world_from_camera=pose, width=width, height=height)
    return Shot(key=key, file=file, camera=camera)


def _masks(folder: Path) -> dict[int, tuple[Path, ...]]:
    return next((masks for part in _MASK_FOLDERS if (masks := view_masks(folder, part))), {})


def _stranger_problems(names: Iterable[str]) -> tuple[Problem, ...]:
    strangers = list(names)
    if not strangers:
        return ()
    more = f" and {len(strangers) - 1} more" if len(strangers) > 1 else ""
    text = f"{strangers[0]}{more}: left out, because the name is not of the form VxxLyy."
    return (Problem(file=strangers[0], text=text),)


def _crop_sentence(raw: RawOptions, chosen: RawOptions) -> tuple[str, ...]:
    if raw == chosen or raw.crop is None:
        return ()
    left, top, width, height = raw.crop
    return (f"RAW files are cropped to {width} x {height} pixels from ({left}, {top}), which the cameras are for.",)


MVSCPS_RELEASED = Layout(
    name="MVSCPS as released",
    recognise=_recognise,
    list_capture=_list,
    aliases=("released", "mvscpsraw"),
    about="CAM/VxxLyy_P.txt, ARW/VxxLyy.ARW or image/VxxLyy.png, mask/VxxLyy.png",
)
