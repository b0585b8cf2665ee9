"""A capture as a COLMAP project in text form: ``sparse/0``, ``images`` and ``masks``.

Formats: ``core.capture.colmap_model``. Cameras are PINHOLE, one for all photographs of the same intrinsics and size;
numbers have all their digits. A pose is a quaternion, so a rotation that is only nearly one becomes the nearest that
is; the camera's centre stays. What COLMAP has no place for (the sphere, which axis is up, that there are no masks) is
kept as import choices beside it.
"""

from functools import partial
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from core.capture.capture import Capture
from core.capture.choices import save_choices
from core.capture.colmap_model import rotation_of
from core.capture.images import write_exact
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.sphere import outline
from core.capture.writers.new_folder import new_folder
from core.capture.writers.photographs import photograph_name, run_all, write_mask
from core.capture.writers.pinhole_cameras import PinholeNumbers, numbers_of, sixteen_bits
from core.types import DoubleArray, Progress, silent

_GREY = "128 128 128"
_NO_ERROR = "0"


def write_colmap(capture: Capture, folder: Path, *, progress: Progress | None = None) -> None:
    """Write ``sparse/0/{cameras,images,points3D}.txt``, ``images/VxxLyy.png`` and ``masks/VxxLyy.png.png``.

    Raises RunError when the folder exists and is not empty or cannot be written, or a camera is skewed, and Cancelled
    when the progress does; then nothing is left behind.
    """
    report = progress or silent
    numbers = numbers_of(capture)
    with new_folder(folder) as place:
        for part in ("images", "sparse/0", *(("masks",) if capture.masked else ())):
            (place / part).mkdir(parents=True)
        tasks = [partial(_write_photograph, capture, place, image) for image in range(len(capture.keys))]
        run_all(tasks, [f"Writing photograph {key.name}" for key in capture.keys], report)
        ids = {camera: number for number, camera in enumerate(dict.fromkeys(numbers), start=1)}
        _write_lines(place / "sparse/0/cameras.txt", [_camera_line(number, camera) for camera, number in ids.items()])
        _write_lines(place / "sparse/0/images.txt", _image_lines(capture, [ids[camera] for camera in numbers]))
        _write_lines(place / "sparse/0/points3D.txt", _point_lines(capture))
        _write_choices(capture, place)
    report("Capture written", 1.0)


def _camera_line(number: int, camera: PinholeNumbers) -> str:
    """CAMERA_ID MODEL WIDTH HEIGHT FX FY CX CY"""
    parameters = " ".join(repr(entry) for entry in (camera.fx, camera.fy, camera.cx, camera.cy))
    return f"{number} PINHOLE {camera.width} {camera.height} {parameters}"


def _image_lines(capture: Capture, cameras: list[int]) -> list[str]:
    """IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME, and an empty line: there are no features."""
    lines: list[str] = []
    for image, camera in enumerate(cameras):
        quaternion, translation = _pose(capture.cameras[image].world_from_camera)
        pose = " ".join(repr(float(entry)) for entry in (*quaternion, *translation))
        lines += [f"{image + 1} {pose} {camera} {photograph_name(capture, image)}", ""]
    return lines


def _pose(world_from_camera: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """Quaternion (w, x, y, z) and t of x_camera = R x_world + t, with t for the very rotation that will be read."""
    x, y, z, w = Rotation.from_matrix(world_from_camera[:3, :3].T).as_quat()
    quaternion = np.array([w, x, y, z])
    return quaternion, -rotation_of(quaternion) @ world_from_camera[:3, 3]


def _point_lines(capture: Capture) -> list[str]:
    """POINT3D_ID X Y Z R G B ERROR, without a track: which photographs show a point is not known any more."""
    points = () if capture.points is None else capture.points
    return [
        f"{number} {' '.join(repr(float(entry)) for entry in point)} {_GREY} {_NO_ERROR}"
        for number, point in enumerate(points, start=1)
    ]


def _write_lines(file: Path, lines: list[str]) -> None:
    file.write_text("".join(f"{line}\n" for line in ["# Written by Chiaro", *lines]), encoding="utf-8")


def _write_photograph(capture: Capture, place: Path, image: int) -> None:
    name = photograph_name(capture, image)
    write_exact(place / "images" / name, sixteen_bits(capture.photographs[image]))
    if capture.masked:
        write_mask(place / "masks" / f"{name}.png", capture.masks[capture.keys[image].view])


def _write_choices(capture: Capture, place: Path) -> None:
    choices = ImportOptions(
        masks=MaskChoice.FILES if capture.masked else MaskChoice.NONE,
        sphere=capture.file_frame if _sphere_holds_masks(capture) else None,
        up=capture.up,
    )
    if choices != ImportOptions():
        save_choices(place, choices)


def loses_sphere(capture: Capture) -> bool:
    """Whether the capture has a sphere that is not kept: as import choice it would cut into masks."""
    return capture.file_frame is not None and not _sphere_holds_masks(capture)


def _sphere_holds_masks(capture: Capture) -> bool:
    """Whether the sphere can be kept as the user's own, which would cut off what of a mask lies outside it."""
    if capture.file_frame is None:
        return False
    centre, radius = np.array(capture.file_frame[0]), capture.file_frame[1]
    cameras = {key.view: camera for key, camera in zip(capture.keys, capture.cameras, strict=True)}
    masked = capture.masks.items() if capture.masked else ()
    return not any(bool(np.any(mask & ~outline(cameras[view], centre, radius))) for view, mask in masked)
