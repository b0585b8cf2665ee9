"""Findings about cameras: what they look at, where they stand, and which way is up."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from core.capture.capture import Capture
from core.capture.duplicates import same_cameras
from core.capture.import_options import Axis
from core.capture.listing import Listing
from core.capture.report import Finding, Fix, Severity
from core.types import Camera, DoubleArray, ImageKey

_FAR_OFF = 6.0
"""So many times further from the object than is usual: a wrong pose rather than a long lens."""
_AXES: Mapping[Axis, DoubleArray] = {
    "+x": np.array([1.0, 0.0, 0.0]),
    "-x": np.array([-1.0, 0.0, 0.0]),
    "+y": np.array([0.0, 1.0, 0.0]),
    "-y": np.array([0.0, -1.0, 0.0]),
    "+z": np.array([0.0, 0.0, 1.0]),
    "-z": np.array([0.0, 0.0, -1.0]),
}
_NAMED = 4


def camera_findings(capture: Capture, listing: Listing, centre: DoubleArray | None) -> list[Finding]:
    """What is odd about the cameras; ``centre`` [3] is where the object is, world, where that is known."""
    cameras = {key.view: camera for key, camera in zip(capture.keys, capture.cameras, strict=True)}
    place = centre if centre is not None else _declared_centre(capture)
    findings = _axis_outside(capture, listing.camera_file)
    if place is not None and len(cameras) > 1:
        findings += _looking_elsewhere(cameras, capture, place)
        findings += _far_off(cameras, capture, place)
    findings += _same(cameras, capture, place)
    if capture.up is None:
        findings.append(_up_unknown(capture, cameras))
    return findings


def likely_up(cameras: Sequence[Camera]) -> Axis:
    """The world axis nearest to the mean up direction of the pictures."""
    up = -np.mean([camera.rotation[:, 1] for camera in cameras], axis=0)
    return max(_AXES, key=lambda axis: float(_AXES[axis] @ up))


def _declared_centre(capture: Capture) -> DoubleArray | None:
    return None if capture.file_frame is None else np.array(capture.file_frame[0])


def _axis_outside(capture: Capture, camera_file: str) -> list[Finding]:
    outside = [key for key, camera in zip(capture.keys, capture.cameras, strict=True) if not _axis_inside(camera)]
    if not outside:
        return []
    text = (
        f"The optical axis of {_keys(outside)} lies outside the photograph. Check cx and cy: they are in pixels of the "
        "photograph that is there."
    )
    return [Finding(severity=Severity.LOOK, topic="Cameras", file=camera_file, text=text, view=outside[0].view)]


def _axis_inside(camera: Camera) -> bool:
    u, v = camera.intrinsics[0, 2], camera.intrinsics[1, 2]
    return bool(-0.5 <= u <= camera.width - 0.5 and -0.5 <= v <= camera.height - 0.5)


def _looking_elsewhere(cameras: Mapping[int, Camera], capture: Capture, centre: DoubleArray) -> list[Finding]:
    views = [view for view, camera in cameras.items() if not _sees(camera, centre)]
    if not views:
        return []
    behind = "or stands behind it" if len(views) == 1 else "or stand behind it"
    text = f"{_views(views)} not at the object {behind}. The pose or its convention is wrong."
    return [_untick(text, views, capture)]


def _sees(camera: Camera, place: DoubleArray) -> bool:
    image = camera.intrinsics @ (camera.rotation.T @ (place - camera.centre))
    if image[2] <= 0.0:
        return False
    u, v = image[:2] / image[2]
    return bool(-0.5 <= u <= camera.width - 0.5 and -0.5 <= v <= camera.height - 0.5)


def _far_off(cameras: Mapping[int, Camera], capture: Capture, centre: DoubleArray) -> list[Finding]:
    distance = {view: float(np.linalg.norm(camera.centre - centre)) for view, camera in cameras.items()}
    usual = float(np.median(list(distance.values())))
    far = [view for view, length in distance.items() if length > _FAR_OFF * usual]
    if not far:
        return []
    worst = max(far, key=lambda view: distance[view])
    names = ", ".join(f"V{view:02d}" for view in far[:_NAMED])
    text = f"{names}: {distance[worst] / usual:.0f} times further from the object than is usual. Its pose may be wrong."
    return [_untick(text, far, capture)]


def _untick(text: str, views: Sequence[int], capture: Capture) -> Finding:
    keys = tuple(key for key in capture.keys if key.view in views)
    label = f"Leave out V{views[0]:02d}" if len(views) == 1 else f"Leave out {len(views)} views"
    fix = Fix(label=label, action="untick", keys=keys)
    return Finding(
        severity=Severity.LOOK, topic="Cameras", file=f"V{views[0]:02d}", text=text, fixes=(fix,), view=views[0]
    )


def _same(cameras: Mapping[int, Camera], capture: Capture, centre: DoubleArray | None) -> list[Finding]:
    pairs = same_cameras(cameras, centre) if len(cameras) > 1 else []
    if not pairs:
        return []
    (first, second), more = pairs[0], len(pairs) - 1
    others = f", and so have {more} more pairs" if more > 1 else ", and so has one more pair" if more else ""
    text = (
        f"V{first:02d} and V{second:02d} have practically the same camera{others}. Photographs of one view under "
        "several lights need one view id; otherwise a view is there twice."
    )
    severity = Severity.NOTE if len(pairs) * 2 < len(cameras) else Severity.LOOK
    keys = tuple(key for key in capture.keys if key.view in {view for _, view in pairs})
    fix = Fix(label=f"Leave out {len(pairs)} views" if more else f"Leave out V{second:02d}", action="untick", keys=keys)
    return [Finding(severity=severity, topic="Cameras", file=f"V{second:02d}", text=text, fixes=(fix,), view=second)]


def _up_unknown(capture: Capture, cameras: Mapping[int, Camera]) -> Finding:
    axis = likely_up(tuple(cameras.values()))
    text = f"The up axis is not known; by the photographs it is {axis}. It matters for the 3D view and on export only."
    fix = Fix(
        label=f"Take {axis} as up", action="options", options=replace(capture.options, up=axis), argument=f"--up {axis}"
    )
    return Finding(severity=Severity.NOTE, topic="Axes", file="", text=text, fixes=(fix,))


def _keys(keys: Sequence[ImageKey]) -> str:
    names = ", ".join(key.name for key in keys[:_NAMED])
    return names if len(keys) <= _NAMED else f"{names} and {len(keys) - _NAMED} more"


def _views(views: Sequence[int]) -> str:
    names = ", ".join(f"V{view:02d}" for view in views[:_NAMED])
    more = f" and {len(views) - _NAMED} more" if len(views) > _NAMED else ""
    return f"The camera of {names} looks" if len(views) == 1 else f"The cameras of {names}{more} look"
