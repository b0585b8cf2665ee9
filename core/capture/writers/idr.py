"""Writing a capture in the layout of IDR and NeuS: ``image/``, ``mask/``, ``cameras_sphere.npz`` and ``cameras.npz``.

Conventions as in ``core.capture.layouts.idr_neus_cameras``. ``world_mat_i`` is K [R | t] in double precision, with K
and the pose beside it, so that the cameras come back exactly; ``scale_mat_i`` is the capture's sphere, the same for all
i, or the unit sphere and a note that it means nothing. IDR reads ``cameras.npz``, NeuS ``cameras_sphere.npz``; both are
written, with the same content. Photographs are linear: 16-bit PNG, or OpenEXR for floats; there is one mask an image,
as both systems expect.
"""

from functools import partial
from pathlib import Path

import numpy as np

from core.capture.capture import Capture, Photograph
from core.capture.choices import save_choices
from core.capture.images import write_exact
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.layouts.idr_neus_cameras import EXACT_INTRINSICS, EXACT_POSE, UNKNOWN_SPHERE
from core.capture.writers.new_folder import new_folder
from core.capture.writers.photographs import photograph_name, run_all, write_mask
from core.types import Camera, DoubleArray, Progress, silent

CAMERA_FILES = ("cameras_sphere.npz", "cameras.npz")
_UNIT_SPHERE = ((0.0, 0.0, 0.0), 1.0)
"""Written for a capture that declares none."""


def write_idr(capture: Capture, folder: Path, *, progress: Progress | None = None) -> None:
    """Write ``capture`` as it is: names ``VxxLyy``, the world of its cameras, linear pixels.

    A capture without masks gets white ones, as NeuS wants it. What the layout has no place for (that there are no
    masks, which axis is up) is kept as import choices beside it. Raises RunError when ``folder`` exists and is not
    empty or cannot be written, and Cancelled when the progress does; then nothing is left behind.
    """
    report = progress or silent
    with new_folder(folder) as place:
        (place / "image").mkdir()
        (place / "mask").mkdir()
        tasks = [partial(_write_image, capture, image, place) for image in range(len(capture.keys))]
        run_all(tasks, [f"Writing photograph {key.name}" for key in capture.keys], report)
        matrices = _matrices(capture)
        for name in CAMERA_FILES:
            np.savez(place / name, allow_pickle=False, **matrices)
        choices = ImportOptions(masks=MaskChoice.FILES if capture.masked else MaskChoice.NONE, up=capture.up)
        if choices != ImportOptions():
            save_choices(place, choices)
    report("Capture written", 1.0)


def _write_image(capture: Capture, image: int, place: Path) -> None:
    """One photograph and its mask, both under the same name."""
    key = capture.keys[image]
    write_exact(place / "image" / photograph_name(capture, image), _sixteen_bits(capture.photographs[image]))
    write_mask(place / "mask" / f"{key.name}.png", capture.masks[key.view])


def _sixteen_bits(pixels: Photograph) -> Photograph:
    """The same light in 16 bits where it came in 8: elsewhere, files of 8 bits are taken for sRGB."""
    return pixels.astype(np.uint16) * np.uint16(257) if pixels.dtype == np.uint8 else pixels


def _matrices(capture: Capture) -> dict[str, DoubleArray]:
    """Everything in a camera file; i counts the photographs in the sorted order of their names."""
    names = [photograph_name(capture, image) for image in range(len(capture.keys))]
    in_order = sorted(range(len(names)), key=names.__getitem__)
    scale = _scale_matrix(*(capture.file_frame or _UNIT_SPHERE))
    matrices: dict[str, DoubleArray] = {} if capture.file_frame else {UNKNOWN_SPHERE: np.ones(1)}
    for number, image in enumerate(in_order):
        camera = capture.cameras[image]
        matrices[f"world_mat_{number}"] = _projection(camera)
        matrices[f"{EXACT_INTRINSICS}{number}"] = camera.intrinsics
        matrices[f"{EXACT_POSE}{number}"] = camera.world_from_camera
        matrices[f"scale_mat_{number}"] = scale
    return matrices


def _projection(camera: Camera) -> DoubleArray:
    """[4, 4] pixels from world: K [R | t] and a last row 0, 0, 0, 1."""
    intrinsics = np.eye(4)
    intrinsics[:3, :3] = camera.intrinsics
    return intrinsics @ np.linalg.inv(camera.world_from_camera)


def _scale_matrix(centre: tuple[float, float, float], radius: float) -> DoubleArray:
    """[4, 4] world from the frame in which the sphere is the unit sphere."""
    matrix = np.diag([radius, radius, radius, 1.0])
    matrix[:3, 3] = centre
    return matrix
