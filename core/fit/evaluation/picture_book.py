"""Pictures kept while a run is measured: the worst photographs and some typical ones, views, and material spheres.

Only squares around the object are kept, small ones, so that a capture of any size stays small to look at.
"""

from dataclasses import dataclass, replace

import numpy as np

from core.color import normal_colours
from core.fit import metrics
from core.fit.contact_sheet import object_square
from core.fit.evaluation.figures import ImageFigures, ViewFigures
from core.fit.sampled_errors import spread
from core.fit.sphere_files import object_materials
from core.fit.sphere_map import sphere_map
from core.fit.traced import Rendered, TracedPose
from core.fit.trainer import Trainer
from core.types import BoolArray, FloatArray

TILE = 176
"""Pixels along a side of every picture."""
_WORST = 6
_TYPICAL = 6
_VIEWS = 12


@dataclass(frozen=True, kw_only=True)
class ImagePicture:
    """A photograph, its render and where they differ; squares of ``TILE`` pixels."""

    figures: ImageFigures
    photograph: FloatArray
    """[TILE, TILE, 3] linear."""
    render: FloatArray
    """[TILE, TILE, 3] linear."""
    error: FloatArray
    """[TILE, TILE] mean difference of linear values over the channels."""
    inside: BoolArray
    """[TILE, TILE] on the object."""


@dataclass(frozen=True, kw_only=True)
class ViewPicture:
    """What was found in one view; squares of ``TILE`` pixels."""

    figures: ViewFigures
    normals: FloatArray
    """[TILE, TILE, 3] display colours."""
    true_normals: FloatArray | None
    """[TILE, TILE, 3] display colours."""
    error_deg: FloatArray | None
    """[TILE, TILE] of the normals; 0 where there is no ground truth."""
    albedo: FloatArray
    """[TILE, TILE, 3] linear."""
    specular: FloatArray
    """[TILE, TILE, 3] linear reflectance at normal incidence."""
    roughness: FloatArray
    """[TILE, TILE] in [0, 1]."""
    inside: BoolArray
    """[TILE, TILE] on the object."""
    difference: FloatArray | None = None
    """[TILE, TILE] of renders and photographs: mean over the view's photographs and the channels, linear."""


class PictureBook:
    """Keeps pictures of what ``evaluate_run`` measures."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._typical_names = {key.name for key in spread(sorted(trainer.included), _TYPICAL)}
        self._views = set(spread(trainer.capture.views, _VIEWS))
        self.typical: list[ImagePicture] = []
        """Photographs trained on, evenly spread over the capture."""
        self.worst_trained: list[ImagePicture] = []
        """Of those trained on, the worst first."""
        self.worst_kept_out: list[ImagePicture] = []
        """Of those kept out of training, the worst first."""
        self._pictured: list[ViewPicture] = []
        self._differences: dict[int, tuple[FloatArray, int]] = {}
        """By view: sum and number of the error maps of its photographs."""
        self.spheres: FloatArray | None = None
        """[height, width, 4] linear and cover: the material spheres of ``spheres_view``."""
        self.spheres_view = 0
        self.materials: FloatArray | None = None
        """[height, width, 3] display colours: the object's materials and the parts of the surface they cover."""

    @property
    def views(self) -> list[ViewPicture]:
        """A dozen views evenly spread over the capture, in order of their ids."""
        kept = sorted(self._pictured, key=lambda picture: picture.figures.view)
        return [replace(picture, difference=self._difference(picture.figures.view)) for picture in kept]

    def view_measured(self, pose: TracedPose, figures: ViewFigures) -> None:
        """Keep the pictures of a view if it is one of those shown."""
        if figures.view not in self._views:
            return
        mask = self._trainer.capture.masks[figures.view]
        if self.spheres is None:
            self.spheres, self.spheres_view = sphere_map(self._trainer.model, pose.buffer, mask), figures.view
            self.materials, _ = object_materials(self._trainer.model)
        self._pictured.append(self._view_picture(pose, figures, mask))

    def image_measured(self, rendered: Rendered, figures: ImageFigures) -> None:
        """Keep the picture of a photograph if it is among the worst so far, or a typical one; count it for its view."""
        worst = self.worst_trained if figures.trained else self.worst_kept_out
        among_worst = len(worst) < _WORST or figures.psnr_db < worst[-1].figures.psnr_db
        typical = figures.name in self._typical_names
        of_view = figures.view in self._views
        if not (among_worst or typical or of_view):
            return
        picture = _image_picture(rendered, figures)
        if of_view:
            total, count = self._differences.get(figures.view, (np.zeros_like(picture.error), 0))
            self._differences[figures.view] = (total + picture.error, count + 1)
        if typical:
            self.typical.append(picture)
            self.typical.sort(key=lambda kept: (kept.figures.view, kept.figures.light))
        if among_worst:
            worst.append(picture)
            worst.sort(key=lambda kept: kept.figures.psnr_db)
            del worst[_WORST:]

    def _difference(self, view: int) -> FloatArray | None:
        total, count = self._differences.get(view, (np.zeros(0, np.float32), 0))
        return total / np.float32(count) if count else None

    def _view_picture(self, pose: TracedPose, figures: ViewFigures, mask: BoolArray) -> ViewPicture:
        truth = self._trainer.capture.truth.normals_gl.get(figures.view)
        found = np.where(mask[..., None], pose.maps.normals_gl, np.float32(0.0))
        error = None if truth is None else _normal_error_map(found, truth, mask)
        return ViewPicture(
            figures=figures,
            normals=_square(normal_colours(found), mask),
            true_normals=None if truth is None else _square(normal_colours(truth), mask),
            error_deg=None if error is None else _square(error[..., None], mask)[..., 0],
            albedo=_square(pose.maps.albedo, mask),
            specular=_square(pose.maps.specular, mask),
            roughness=_square(pose.maps.roughness[..., None], mask)[..., 0],
            inside=_inside(mask),
        )


def _image_picture(rendered: Rendered, figures: ImageFigures) -> ImagePicture:
    error = np.abs(rendered.render - rendered.photograph).mean(axis=-1, keepdims=True)
    return ImagePicture(
        figures=figures,
        photograph=_square(rendered.photograph, rendered.mask),
        render=_square(rendered.render, rendered.mask),
        error=_square(error, rendered.mask)[..., 0],
        inside=_inside(rendered.mask),
    )


def _normal_error_map(found: FloatArray, truth: FloatArray, mask: BoolArray) -> FloatArray:
    """[height, width] degrees at mask pixels with a true normal, 90 where none was found; 0 elsewhere."""
    valid = mask & (np.linalg.norm(truth, axis=-1) > 0.9)
    error = np.zeros(mask.shape, np.float32)
    error[valid] = metrics.normal_error_deg(found, truth, mask)
    return error


def _square(picture: FloatArray, mask: BoolArray) -> FloatArray:
    """Filtering overshoots at edges: values stay within what the picture holds."""
    return np.clip(object_square(picture, mask, TILE), picture.min(), picture.max())


def _inside(mask: BoolArray) -> BoolArray:
    return object_square(mask[..., None].astype(np.float32), mask, TILE)[..., 0] > 0.5
