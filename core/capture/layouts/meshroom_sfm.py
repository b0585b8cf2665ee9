"""Scene files of Meshroom (AliceVision), ``.sfm`` or ``.json``: views, intrinsics and poses.

Facts, from AliceVision's sfmDataIO and camera folders. Numbers are written as text. ``rotation`` are the nine entries
of R in x_camera = R (X_world - center), column by column, so that read row by row they are world from camera; camera
axes are OpenCV's. The first pixel's centre is at 0 (undistortion samples the photograph at integers), while the middle
of the photograph lies at (width / 2, height / 2); ``principalPoint`` counts from there since version 1.2.1, before from
the corner. Focal lengths: pixels (``pxFocalLength``) before version 1.2.2, since then millimetres on a sensor
``sensorWidth`` wide, with fy = fx / ``pixelRatio`` up to version 1.2.4 and fy = fx ``pixelRatio`` from then on.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from core.capture.json_file import read_json_object
from core.capture.layouts.named_photographs import NamedCamera
from core.capture.lens import Lens, checked_lens
from core.capture.matrices import checked_pose
from core.errors import CaptureError
from core.types import DoubleArray, FloatArray

_MOST = 1_000_000
"""Views and points."""
_DISTORTIONS = {"none": 0, "pinhole": 0, "radial1": 1, "radialk1": 1, "radial3": 3, "radialk3": 3, "radialk3pt": 3}
"""Number of radial terms by the name of the model; ``brown`` has three and two tangential ones."""
_BROWN = "brown"


@dataclass(frozen=True, kw_only=True)
class MeshroomScene:
    """What one file says."""

    cameras: tuple[NamedCamera, ...]
    """Those of views that were not reconstructed have no pose. The other name is the view's id."""
    points: FloatArray | None
    """[points, 3] of the reconstruction, world."""


def read_meshroom(file: Path) -> MeshroomScene:
    """Every view in ``file``. Raises CaptureError, naming it and the view, for what is damaged or unsupported."""
    scene = read_json_object(file, missing="export the cameras of Meshroom there", holds="a scene of Meshroom")
    version = _version(scene.get("version"))
    lenses: dict[str, Lens] = {}
    poses = {str(entry.get("poseId")): entry for entry in _objects(scene, "poses", file)}
    intrinsics = {str(entry.get("intrinsicId")): entry for entry in _objects(scene, "intrinsics", file)}
    cameras: list[NamedCamera] = []
    for view in _objects(scene, "views", file):
        name, number, which = str(view.get("path", "")), str(view.get("viewId", "")), str(view.get("intrinsicId"))
        what = f"{file}: view {number[:20]}"
        if which not in intrinsics:
            continue  # Meshroom knows nothing about this photograph
        if which not in lenses:
            lenses[which] = _lens(intrinsics[which], version, f"{file}: intrinsic {which[:20]}")
        pose = None if _moves_with_a_rig(view) else _pose(poses.get(str(view.get("poseId"))), what)
        cameras.append(NamedCamera(name=name, other_name=number, lens=lenses[which], world_from_camera=pose))
    if not cameras:
        raise CaptureError(f"{file} has no view with intrinsics; export the scene of StructureFromMotion.")
    return MeshroomScene(cameras=tuple(cameras), points=_points(scene))


def _moves_with_a_rig(view: dict[str, Any]) -> bool:
    """Such a view's pose is that of the rig and not its own."""
    return "rigId" in view and str(view.get("isPoseIndependant", "true")).lower() in {"false", "0"}


def _lens(entry: dict[str, Any], version: tuple[int, ...], what: str) -> Lens:
    width, height = (_pixels(entry.get(side)) for side in ("width", "height"))
    fx, fy = _focals(entry, version, width, what)
    offset = _floats(entry.get("principalPoint"), 2)
    if offset is None:
        raise CaptureError(f"{what}: principalPoint is not two finite numbers; export the scene again.")
    cx, cy = offset if version < (1, 2, 1) else (offset[0] + 0.5 * width, offset[1] + 0.5 * height)
    radial, tangential = _distortion(entry, what)
    if str(entry.get("distortionType", "")).lower() == "radialk3pt":  # scaled to leave radius 1 where it is
        whole = 1.0 + sum(radial)
        fx, fy = (fx / whole, fy / whole) if whole > 0.0 else (0.0, 0.0)
    terms = (0.0, *radial, *(0.0,) * (4 - len(radial)), *tangential)
    return checked_lens("BROWN", (fx, fy, cx + 0.5, cy + 0.5, *terms), width, height, what)


def _focals(entry: dict[str, Any], version: tuple[int, ...], width: int, what: str) -> tuple[float, float]:
    """(fx, fy) pixels."""
    if version < (1, 2, 2):
        given = entry.get("pxFocalLength")
        both = _floats(given if isinstance(given, list) else [given, given], 2)
        if both is not None:
            return both[0], both[1]
    else:
        sensor = _floats([entry.get("sensorWidth", 36.0), entry.get("focalLength"), entry.get("pixelRatio", 1.0)], 3)
        if sensor is not None and min(sensor) > 0.0:
            fx = sensor[1] / sensor[0] * width
            return fx, fx / sensor[2] if version < (1, 2, 5) else fx * sensor[2]
    raise CaptureError(f"{what} has no focal length that is positive; export the scene again.")


def _distortion(entry: dict[str, Any], what: str) -> tuple[tuple[float, ...], tuple[float, float]]:
    """(radial, tangential) terms, those after an explicit ``distortionType`` or after the ``type`` itself."""
    kind = str(entry.get("type", "pinhole")).lower()
    kind = str(entry.get("distortionType", "none")).lower() if kind == "pinhole" else kind
    given = entry.get("distortionParams")
    count = 5 if kind == _BROWN else _DISTORTIONS.get(kind)
    if count is None:
        raise CaptureError(
            f"{what} is of the type {kind[:30]!r}, which is not read (fisheye, panorama or anamorphic); "
            "undistort the photographs in Meshroom and use those."
        )
    if count == 0 or given in ("", None, []):
        return (), (0.0, 0.0)
    terms = _floats(given, count)
    if terms is None:
        raise CaptureError(f"{what}: distortionParams are not {count} finite numbers; export the scene again.")
    return terms[:3], ((terms[3], terms[4]) if kind == _BROWN else (0.0, 0.0))


def _pose(entry: dict[str, Any] | None, what: str) -> DoubleArray | None:
    """[4, 4] world from camera; None for a view without one."""
    inner = None if entry is None else entry.get("pose")
    if not isinstance(inner, dict):
        return None
    pose = cast(dict[str, Any], inner)
    if str(pose.get("valid", "1")) == "0" or not isinstance(pose.get("transform"), dict):
        return None
    transform = cast(dict[str, Any], pose["transform"])
    rotation, centre = _floats(transform.get("rotation"), 9), _floats(transform.get("center"), 3)
    if rotation is None or centre is None:
        return checked_pose(None, f"{what}: its pose")
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = np.array(rotation).reshape(3, 3), centre
    return checked_pose(matrix, f"{what}: its pose")


def _points(scene: dict[str, Any]) -> FloatArray | None:
    """The landmarks that have a place; None when there are none."""
    listed = scene.get("structure")
    entries = cast(list[Any], listed)[:_MOST] if isinstance(listed, list) else []
    places = [_floats(cast(dict[str, Any], entry).get("X"), 3) for entry in entries if isinstance(entry, dict)]
    known = np.array([place for place in places if place is not None])
    if not len(known):
        return None
    with np.errstate(over="ignore"):  # too far for 32 bits: left out
        points = known.astype(np.float32)
    return points[np.isfinite(points).all(axis=1)]


def _objects(scene: dict[str, Any], name: str, file: Path) -> list[dict[str, Any]]:
    listed = scene.get(name, [])
    entries = cast(list[Any], listed) if isinstance(listed, list) else [None]
    if len(entries) > _MOST or not all(isinstance(entry, dict) for entry in entries):
        raise CaptureError(f"{file}: {name} is no list of objects; export the scene again.")
    return cast(list[dict[str, Any]], entries)


def _version(given: Any) -> tuple[int, ...]:
    """(major, minor, revision); files without one are of the first kind."""
    numbers = _floats(given, 3)
    return (1, 0, 0) if numbers is None else tuple(int(number) for number in numbers)


def _pixels(given: Any) -> int:
    """0, which no lens has, for anything but a positive whole number."""
    number = _floats([given], 1)
    return int(number[0]) if number is not None and 0.0 < number[0] < 1e9 else 0


def _floats(given: Any, count: int) -> tuple[float, ...] | None:
    """Finite numbers, written as such or as text; None when they are not exactly as many."""
    if not isinstance(given, list) or len(cast(list[Any], given)) != count:
        return None
    try:
        numbers = tuple(float(item) for item in cast(list[Any], given))
    except (TypeError, ValueError, OverflowError):
        return None
    return numbers if all(math.isfinite(number) for number in numbers) else None
