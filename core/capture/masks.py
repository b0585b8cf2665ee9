"""Masks: where the object is in each view."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from core.capture.capture import Problem
from core.capture.folder import mask_files
from core.capture.images import image_size, object_pixels, read_image
from core.errors import CaptureError
from core.types import BoolArray, Camera, ImageKey

MIN_PIXELS = 64
"""An object of fewer pixels has hardly a shape to learn."""


def read_masks(folder: Path, cameras: Mapping[ImageKey, Camera]) -> tuple[dict[int, BoolArray], tuple[Problem, ...]]:
    """One mask [height, width] a view for photographs of these cameras, and what is odd about them.

    ``mask/Vxx.png`` is used, else the majority of masks made per image (``mask/VxxLyy.png``). Raises CaptureError for
    a mask that is missing, empty or of another size than its photographs.
    """
    of_view, of_images = mask_files(folder)
    masks: dict[int, BoolArray] = {}
    problems: list[Problem] = []
    for view in sorted({key.view for key in cameras}):
        files = [of_view[view]] if view in of_view else of_images.get(view, [])
        if not files:
            raise CaptureError(
                f"{folder / 'mask' / f'V{view:02d}.png'} is missing; view V{view:02d} needs a mask of the object."
            )
        _check_sizes(files, {key: camera for key, camera in cameras.items() if key.view == view})
        masks[view] = _majority(files)
        problems += _oddities(f"mask/{files[0].name}", masks[view])
    return masks, tuple(problems)


def _check_sizes(files: Iterable[Path], cameras: Mapping[ImageKey, Camera]) -> None:
    for file in files:
        width, height = image_size(file)
        for key, camera in cameras.items():
            if (camera.width, camera.height) != (width, height):
                other = f"photograph {key.name} is {camera.width} x {camera.height}"
                raise CaptureError(f"{file} is {width} x {height} pixels but {other}; make the mask from it.")


def _majority(files: list[Path]) -> BoolArray:
    """[height, width] true where at least half of the masks have the object."""
    votes = np.mean([object_pixels(read_image(file)) for file in files], axis=0)
    mask: BoolArray = votes >= 0.5
    if not mask.any():
        raise CaptureError(f"{files[0]} is empty: no pixel is marked as the object; paint the object white.")
    return mask


def _oddities(file: str, mask: BoolArray) -> list[Problem]:
    border = mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any()
    found: list[str] = []
    if mask.all():
        found.append("The mask covers the whole photograph; mark only the object, or its outline cannot be learnt.")
    elif border:
        found.append("The object touches the photograph's border; what lies outside cannot be seen in this view.")
    if mask.sum() < MIN_PIXELS:
        found.append(f"The object covers only {int(mask.sum())} pixels; use larger photographs.")
    return [Problem(file=file, text=text) for text in found]
