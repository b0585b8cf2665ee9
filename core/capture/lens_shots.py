"""Photographs and the lenses they were taken through, brought together where their sizes differ."""

from pathlib import Path

from core.capture.capture import Problem
from core.capture.images import image_size
from core.capture.lens import Lens, is_pinhole, undistorted_camera
from core.capture.listing import Shot
from core.types import DoubleArray, ImageKey

_NO_REDUCTION = 0.005
"""A photograph that is nearly, but not quite, of its camera's size was cropped, not made smaller."""


def fitted_lens(lens: Lens, width: int, height: int) -> Lens | None:
    """The lens before photographs of this size; None when they are not the same photographs made smaller or larger.

    Sizes may be rounded by a pixel.
    """
    if (width, height) == (lens.width, lens.height):
        return lens
    scale = 0.5 * (width / lens.width + height / lens.height)
    rounded = abs(lens.width * scale - width) <= 1.0 and abs(lens.height * scale - height) <= 1.0
    if not rounded or abs(scale - 1.0) < _NO_REDUCTION:
        return None
    return lens.resized(width, height)


def shot_through(lens: Lens, key: ImageKey, file: Path, world_from_camera: DoubleArray) -> Shot:
    """The photograph with its pinhole camera, and the lens where it distorts."""
    camera = undistorted_camera(lens, world_from_camera)
    return Shot(key=key, file=file, camera=camera, lens=None if is_pinhole(lens) else lens)


class Fitting:
    """Fits lenses to photographs, and remembers what had to be changed or left out."""

    def __init__(self, folder: Path, camera_file: str) -> None:
        self._folder = folder
        self._camera_file = camera_file
        self._scaled: list[str] = []
        self._misfits: list[Problem] = []
        self._fitted: dict[tuple[Lens, int, int], Lens | None] = {}

    def shot(self, lens: Lens, key: ImageKey, file: Path, world_from_camera: DoubleArray) -> Shot | None:
        """The photograph through the lens at the file's size; None, and a problem, when they do not belong together."""
        width, height = image_size(file)
        asked = (lens, width, height)
        fitted = self._fitted.setdefault(asked, fitted_lens(lens, width, height))
        name = file.relative_to(self._folder).as_posix()
        if fitted is None:
            sizes = f"The photograph is {width} x {height} pixels but its camera {lens.width} x {lens.height}"
            self._misfits.append(Problem(file=name, text=f"{sizes}; left out. Use the photographs of these cameras."))
            return None
        if (fitted.width, fitted.height) != (lens.width, lens.height):
            self._scaled.append(f"{width / lens.width:.4g}")
        return shot_through(fitted, key, file, world_from_camera)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """One for each photograph that was left out, and one for all that were scaled."""
        if not self._scaled:
            return tuple(self._misfits)
        times = " or ".join(sorted(set(self._scaled))[:4])
        text = (
            f"{len(self._scaled)} photographs have {times} times the size their cameras were estimated at; "
            "focal lengths and principal points are scaled with them."
        )
        return (*self._misfits, Problem(file=self._camera_file, text=text))
