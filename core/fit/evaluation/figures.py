"""The figures of a run. Plain numbers and names, so that they go into JSON as they are; None = nothing to compare."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

Part = Literal["train", "test"]


def _newness(view_part: Part, light_part: Part) -> str:
    """Which of a photograph's view and light no photograph was trained on has; "" for neither."""
    new = [name for name, part in (("view", view_part), ("light", light_part)) if part == "test"]
    return f"new {' and '.join(new)}" if new else ""


@dataclass(frozen=True, kw_only=True)
class ImageFigures:
    """One photograph beside its render."""

    name: str
    view: int
    light: int
    trained: bool
    """Whether this very photograph was trained on."""
    view_part: Part
    """``train`` when any photograph of the view was trained on."""
    light_part: Part
    """``train`` when any photograph under the light was; otherwise it is lit as the ground truth says."""
    psnr_db: float
    """Mask pixels, linear, range 1."""
    ssim: float
    """The mask's bounding box, black outside the mask."""
    lpips: float | None
    """As ``ssim``."""

    @property
    def use(self) -> str:
        """What became of the photograph in training, in words."""
        if self.trained:
            return "trained on"
        return ", ".join(filter(None, ("kept out", _newness(self.view_part, self.light_part))))


@dataclass(frozen=True, kw_only=True)
class GroupFigures:
    """Means over photographs of one kind."""

    trained: bool
    view_part: Part
    light_part: Part
    images: int
    psnr_db: float
    ssim: float
    lpips: float | None

    @property
    def title(self) -> str:
        """What these photographs are, in words."""
        if self.trained:
            return "Trained on"
        return f"Kept out, {_newness(self.view_part, self.light_part) or 'view and light known'}"


@dataclass(frozen=True, kw_only=True)
class ViewFigures:
    """The normals of one view, seen by its first camera."""

    view: int
    part: Part
    images: int
    """Photographs of the view."""
    normal_error_deg: float | None
    """Mean over mask pixels with ground truth; a pixel without an estimate counts 90."""
    normal_median_deg: float | None
    missing_percent: float
    """Mask pixels without an estimate."""


@dataclass(frozen=True, kw_only=True)
class LightFigures:
    """One light as estimated."""

    light: int
    images: int
    """Photographs trained on."""
    direction_gl: tuple[float, float, float] | None
    """Unit vector to the light, OpenGL camera frame; of one that stands in the room, of the first photograph."""
    intensity: tuple[float, float, float] | None
    """Linear RGB; the mean of the trained lights is 1 in every channel."""
    error_deg: float | None
    intensity_error_percent: float | None
    """Mean over the channels, after the scale shared by all lights."""


@dataclass(frozen=True, kw_only=True)
class SurfaceFigures:
    """The visible surface beside the ground truth mesh."""

    chamfer: float
    """(mean distance estimate to truth + mean distance truth to estimate) / 2, world units."""
    chamfer_percent: float
    """The same, of the sphere's radius."""
    threshold: float
    """World units."""
    precision: float
    """Part of the estimate within the threshold of the truth."""
    recall: float
    """Part of the truth within the threshold of the estimate."""
    f_score: float
    points: int
    """Visible points of both surfaces."""
    pixel_step: int
    """1 = a ray through every pixel of every trained view."""
    within: tuple[tuple[float, float, float], ...]
    """(distance in world units, part of the estimate within it, part of the truth within it), by distance."""


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Figures of a run; None where there is nothing to compare with."""

    steps: int
    seconds: float
    """Optimisation time."""
    training_psnr_db: float | None
    """Mean over the photographs trained on, mask pixels."""
    training_ssim: float | None
    training_lpips: float | None
    training_images: int
    held_out_psnr_db: float | None
    """Mean over the photographs kept out whose light is known from others, mask pixels."""
    held_out_ssim: float | None
    held_out_lpips: float | None
    held_out_images: int
    test_light_psnr_db: float | None
    """Mean over the photographs of lights never trained on, lit as the ground truth says, rescaled to the estimate."""
    test_light_images: int
    normal_error_deg: float | None
    """Mean over all mask pixels with ground truth; a pixel without an estimate counts 90."""
    normal_median_deg: float | None
    light_error_deg: float | None
    """Mean over the estimated lights."""
    intensity_error_percent: float | None
    """Mean relative error of the intensities after one scale per channel."""
    surface: SurfaceFigures | None
    notes: tuple[str, ...]
    """What is not reported, and why."""
    groups: tuple[GroupFigures, ...]
    images: tuple[ImageFigures, ...]
    views: tuple[ViewFigures, ...]
    lights: tuple[LightFigures, ...]


def grouped(images: Iterable[ImageFigures]) -> tuple[GroupFigures, ...]:
    """Means over the photographs of each kind there is: trained on first, then the newer the later."""
    kinds: dict[tuple[bool, Part, Part], list[ImageFigures]] = {}
    for image in images:
        # A photograph that was trained on has a trained view and light.
        kinds.setdefault((image.trained, image.view_part, image.light_part), []).append(image)
    order = sorted(kinds, key=lambda kind: (not kind[0], kind[2] == "test", kind[1] == "test"))
    return tuple(_group(kind, kinds[kind]) for kind in order)


def mean_of(images: Iterable[ImageFigures], value: Callable[[ImageFigures], float | None]) -> float | None:
    """Mean of one figure over images; None without any."""
    known = [number for image in images if (number := value(image)) is not None]
    return float(np.mean(known)) if known else None


def _group(kind: tuple[bool, Part, Part], images: list[ImageFigures]) -> GroupFigures:
    return GroupFigures(
        trained=kind[0],
        view_part=kind[1],
        light_part=kind[2],
        images=len(images),
        psnr_db=float(np.mean([image.psnr_db for image in images])),
        ssim=float(np.mean([image.ssim for image in images])),
        lpips=mean_of(images, lambda image: image.lpips),
    )
