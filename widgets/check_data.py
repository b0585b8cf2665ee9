"""What the check view shows of a capture: plain values and small pictures, however large the capture is."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.capture.import_options import ImportOptions
from core.types import BoolArray, Camera, DoubleArray, FloatArray, ImageKey
from widgets.orbit import Axis

if TYPE_CHECKING:
    from core.capture.report import (  # at run time this would load the readers before the window is there
        Finding,
        Report,
    )

_LEVEL = 1e-6
_FAR, _NEARER = 20.0, 6.0
"""An only camera more than so many radii of the sphere away is drawn that many radii away: the scene would be a dot."""
_PART = 0.25
"""Radius of a suggested sphere in distances of the cameras."""


@dataclass(frozen=True, kw_only=True)
class Sphere:
    """The sphere around the object."""

    centre: tuple[float, float, float]
    """World units."""
    radius: float
    """World units; positive."""

    @property
    def middle(self) -> DoubleArray:
        """[3] the centre as an array, world."""
        return np.asarray(self.centre, dtype=np.float64)

    @classmethod
    def of(cls, centre: DoubleArray, radius: float) -> "Sphere":
        """From an array [3], world."""
        return cls(centre=(float(centre[0]), float(centre[1]), float(centre[2])), radius=float(radius))


@dataclass(frozen=True, kw_only=True)
class CheckedView:
    """One view of a capture."""

    camera: Camera
    """Of the view's first photograph, at the size of ``picture``."""
    picture: NDArray[np.uint8]
    """[height, width, 3] display-referred; black where the photograph could not be read."""
    mask: BoolArray | None
    """[height, width] as ``picture``; None when there is no mask."""
    photographs: int
    """How many photographs the view has, one a light."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A capture as it has been read and checked."""

    folder: Path
    report: "Report"
    options: ImportOptions
    """The choices it was read with."""
    layouts: tuple[tuple[str, str], ...]
    """Every layout that can be read: (name, what it consists of)."""
    trainable: bool
    """Whether there is something to train on."""
    complete: bool = True
    """False after a first look only: what takes longer is still to come."""
    camera_file: str = ""
    """Where the cameras came from, relative to the folder."""
    raw: bool = False
    """Whether there are camera RAW files."""
    camera_choices: tuple[str, ...] = ()
    """Other files that cameras could be taken from."""
    views: dict[int, CheckedView] = field(default_factory=dict[int, CheckedView])
    """By view id; empty when not even the cameras could be read."""
    sphere: Sphere | None = None
    """The sphere that training uses."""
    masks_sphere: Sphere | None = None
    """The sphere that follows from masks and cameras alone."""
    points: FloatArray | None = None
    """[points, 3] sparse points, world."""
    up: Axis = "z"
    """The world axis that points up, declared or the likeliest."""

    def suggested_sphere(self) -> Sphere | None:
        """The sphere in use or, where there is none yet, one around the place that the cameras look at."""
        if self.sphere is not None or not self.views:
            return self.sphere
        cameras = [view.camera for view in self.views.values()]
        equations, targets = np.zeros((3, 3)), np.zeros(3)
        for camera in cameras:
            axis = camera.rotation[:, 2]
            across = np.eye(3) - np.outer(axis, axis) + _LEVEL * np.eye(3)  # parallel cameras meet nowhere else
            equations += across
            targets += across @ camera.centre
        centre = np.asarray(np.linalg.solve(equations, targets), dtype=np.float64)
        away = float(np.median([np.linalg.norm(camera.centre - centre) for camera in cameras]))
        return Sphere.of(centre, max(_PART * away, 1e-6))

    def drawn_views(self) -> dict[int, CheckedView]:
        """The views as they are drawn around the sphere: a camera that is alone and far away, as one that stands for
        parallel rays, is drawn nearer, with a wider lens that sees as much of the object.
        """
        ground = self.suggested_sphere()
        return (
            dict(self.views)
            if ground is None or len(self.views) > 1
            else {name: _nearer(view, ground) for name, view in self.views.items()}
        )

    @property
    def far_away(self) -> bool:
        """Whether a camera is drawn nearer than it is."""
        drawn = self.drawn_views()
        return any(drawn[name] is not view for name, view in self.views.items())


def _nearer(view: CheckedView, ground: Sphere) -> CheckedView:
    camera = view.camera
    away = float(np.linalg.norm(camera.centre - ground.middle))
    if away <= _FAR * ground.radius:
        return view
    share = _NEARER * ground.radius / away
    world_from_camera, intrinsics = camera.world_from_camera.copy(), camera.intrinsics.copy()
    world_from_camera[:3, 3] = ground.middle + share * (camera.centre - ground.middle)
    intrinsics[[0, 1], [0, 1]] *= share
    return replace(view, camera=replace(camera, world_from_camera=world_from_camera, intrinsics=intrinsics))


def open_findings(checked: Checked, left_out: frozenset[ImageKey]) -> "list[Finding]":
    """What was found but for that which leaving photographs out has mended already."""
    return [
        finding
        for finding in checked.report.findings
        if not any(fix.keys and left_out.issuperset(fix.keys) for fix in finding.fixes)
    ]
