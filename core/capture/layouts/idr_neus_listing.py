"""What IDR, NeuS, PoRF, RNb-NeuS and SuperNormal share: photographs and masks in sorted order, cameras by number.

Camera i belongs to the i-th photograph in sorted order. The files lay that down by convention only, so where the
numbers of photographs and cameras differ, photographs whose names are numbers go by these, and a problem says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.capture.capture import Problem
from core.capture.folder import PHOTOGRAPH_SUFFIXES, folder_named, image_files, inside, once_each
from core.capture.images import image_size, object_pixels, read_image
from core.capture.import_options import ImportOptions
from core.capture.layouts.idr_neus_cameras import NumberedCameras, read_numbered_cameras
from core.capture.listing import Listing, Shot
from core.capture.naming import keys_by_name
from core.errors import CaptureError, OptionError
from core.types import Camera, ImageKey, Progress

LINEAR_INIT = "cameras_linear_init.npz"
"""Poses from a linear solution, as IDR starts pose refinement from; its intrinsics are not to be trusted."""
MEASURED = ("cameras.npz", "cameras_sphere.npz", "cameras_large.npz")
"""Files whose intrinsics are those of the real camera."""
IMAGE_FOLDERS = ("image", "images")
MASK_FOLDERS = ("mask", "masks")
_BYTES_PER_WHITE_PIXEL = 0.02
"""A larger file is not looked at: an image of one colour packs into less."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Which files of a folder to read."""

    layout: str
    photographs: tuple[Path, ...]
    """Sorted; known to lie inside the folder."""
    camera_files: tuple[str, ...]
    """Names of camera files, the preferred one first; those that are not there are passed over."""
    mask_folders: tuple[str, ...] = MASK_FOLDERS


def photographs_of(folder: Path, names: Sequence[str]) -> tuple[Path, ...]:
    """The photographs in the first of the folders that is there, sorted.

    Raises CaptureError when there is no such folder, there are none, or one is there twice.
    """
    part = folder_named(folder, names)
    if part is None:
        raise CaptureError(_no_folder(folder, names))
    files = once_each(folder, image_files(folder, part, PHOTOGRAPH_SUFFIXES))
    found = tuple(inside(folder, file) for file in files)
    if not found:
        raise CaptureError(f"{folder / part} holds no photograph that can be read; put them there.")
    return found


def _no_folder(folder: Path, names: Sequence[str]) -> str:
    """What is there instead: a camera file, and folders that may be the one with another name."""
    present = sorted(folder.glob("cameras*.npz"), key=lambda file: (file.name != "cameras_sphere.npz", file.name))
    others = sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    wanted = " or ".join(names)
    start = f"{present[0]} is there, but no folder named {wanted}" if present else f"{folder} has no folder {wanted}"
    there = f" (there {'is' if len(others) == 1 else 'are'} {', '.join(name[:40] for name in others[:4])})"
    return f"{start}{there if others else ''}; name the folder of the photographs {names[0]}."


def numbered_listing(folder: Path, sources: Sources, options: ImportOptions, progress: Progress) -> Listing:
    """The capture these files make. Raises CaptureError and Cancelled."""
    progress("Reading the cameras", 0.0)
    name, others = _chosen(folder, sources.camera_files, options.cameras)
    cameras, assumptions = _cameras(folder, name)
    numbers, order_problems = _numbers(sources.photographs, cameras, name)
    keys = keys_by_name([file.name for file in sources.photographs])
    shots = _shots(zip(keys, sources.photographs, numbers, strict=True), cameras, progress)
    if not shots:
        raise CaptureError(f"{folder / name} has a camera for none of the photographs; choose another camera file.")
    masks, mask_problems = _masks(folder, sources, keys)
    used = {shot.file for shot in shots}
    return Listing(
        folder=folder,
        layout=sources.layout,
        shots=shots,
        masks=masks,
        camera_file=name,
        camera_choices=others,
        file_frame=cameras.file_frame,
        without_camera=tuple(f"{file.parent.name}/{file.name}" for file in sources.photographs if file not in used),
        without_photograph=tuple(f"world_mat_{number}" for number in sorted(set(cameras.intrinsics) - set(numbers))),
        problems=(*cameras.problems, *order_problems, *mask_problems),
        assumptions=assumptions,
    )


def _chosen(folder: Path, names: Sequence[str], wish: str | None) -> tuple[str, tuple[str, ...]]:
    """The camera file to read and the others that could be. Raises CaptureError when it is not there."""
    present = [name for name in names if (folder / name).is_file()]
    if not present:
        raise CaptureError(f"{folder} has no camera file; put one of {', '.join(names)} there.")
    if wish is not None and wish not in present:
        raise OptionError(f"{folder / wish} is no camera file of this layout; choose one of {', '.join(present)}.")
    name = present[0] if wish is None else wish
    return name, tuple(other for other in present if other != name)


def _cameras(folder: Path, name: str) -> tuple[NumberedCameras, tuple[str, ...]]:
    """The cameras of a file; of a linear initialisation with the intrinsics of a measured one, as IDR does."""
    cameras = read_numbered_cameras(inside(folder, folder / name))
    if name != LINEAR_INIT:
        return cameras, ()
    measured = next((other for other in MEASURED if (folder / other).is_file()), None)
    if measured is None:
        text = f"The intrinsics are those of {name}, a rough first guess, because there is no other camera file."
        return cameras, (text,)
    intrinsics = read_numbered_cameras(inside(folder, folder / measured)).intrinsics
    both = {number: intrinsics[number] for number in cameras.intrinsics if number in intrinsics}
    poses = {number: cameras.world_from_camera[number] for number in both}
    text = f"Poses are a rough first guess ({name}); the intrinsics come from {measured}."
    frame = cameras.file_frame
    return NumberedCameras(
        intrinsics=both, world_from_camera=poses, file_frame=frame, problems=cameras.problems
    ), (text,)  # fmt: skip


def _numbers(
    photographs: Sequence[Path], cameras: NumberedCameras, name: str
) -> tuple[tuple[int, ...], tuple[Problem, ...]]:
    """The number of each photograph's camera."""
    in_order = tuple(range(len(photographs)))
    if set(cameras.intrinsics) == set(in_order):
        return in_order, ()
    counts = f"{len(cameras.intrinsics)} cameras for {len(photographs)} photographs"
    named = [int(file.stem) for file in photographs if file.stem.isascii() and file.stem.isdigit()]
    if len(set(named)) == len(photographs) and set(named) & set(cameras.intrinsics):
        text = f"{counts}: each photograph takes the camera of the number in its name."
        return tuple(named), (Problem(file=name, text=text),)
    text = f"{counts}: camera i was taken for the i-th photograph in sorted order; remove what has no partner."
    return in_order, (Problem(file=name, text=text),)


def _shots(
    photographs: Iterable[tuple[ImageKey, Path, int]], cameras: NumberedCameras, progress: Progress
) -> tuple[Shot, ...]:
    """The photographs that have a camera, sorted by key."""
    known = [photograph for photograph in photographs if photograph[2] in cameras.intrinsics]
    shots: list[Shot] = []
    for index, (key, file, number) in enumerate(known):
        progress("Looking through the folder", index / len(known))
        width, height = image_size(file)
        intrinsics, pose = cameras.intrinsics[number], cameras.world_from_camera[number]
        camera = Camera(intrinsics=intrinsics, world_from_camera=pose, width=width, height=height)
        shots.append(Shot(key=key, file=file, camera=camera))
    return tuple(sorted(shots, key=lambda shot: shot.key))


def _masks(
    folder: Path, sources: Sources, keys: Sequence[ImageKey]
) -> tuple[Mapping[int, tuple[Path, ...]], tuple[Problem, ...]]:
    """Mask files by view; none when all of them are wholly white, which says nothing about the object."""
    part = folder_named(folder, sources.mask_folders)
    if part is None:
        return {}, ()
    found = once_each(folder, image_files(folder, part, PHOTOGRAPH_SUFFIXES))
    files = [inside(folder, file) for file in found]
    of_view = _masks_by_view(files, sources.photographs, keys)
    if of_view and all(_is_white(file) for masks in of_view.values() for file in masks):
        text = "Every mask is wholly white, as a stand-in for having none; they are left out. Choose another mask."
        return {}, (Problem(file=part, text=text),)
    return of_view, ()


def _masks_by_view(
    files: Sequence[Path], photographs: Sequence[Path], keys: Sequence[ImageKey]
) -> dict[int, tuple[Path, ...]]:
    """Masks named as their photograph or its view (``Vxx``); without any such name, in sorted order if all have one."""
    by_name = {file.stem: file for file in files}
    pairs = [
        (key.view, mask)
        for key, file in zip(keys, photographs, strict=True)
        if (mask := by_name.get(file.stem) or by_name.get(f"V{key.view:02d}")) is not None
    ]
    if not pairs and len(files) == len(photographs):
        pairs = [(key.view, mask) for key, mask in zip(keys, files, strict=True)]
    of_view: dict[int, tuple[Path, ...]] = {}
    for view, mask in pairs:
        if mask not in of_view.get(view, ()):
            of_view[view] = (*of_view.get(view, ()), mask)
    return of_view


def _is_white(file: Path) -> bool:
    """Whether every pixel belongs to the object; files that must have more than one colour are not decoded."""
    try:
        width, height = image_size(file)
        if file.stat().st_size > 4096 + _BYTES_PER_WHITE_PIXEL * width * height:
            return False
        return bool(object_pixels(read_image(file)).all())
    except (CaptureError, OSError):
        return False  # whoever reads the masks says what is wrong with it
