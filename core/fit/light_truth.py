"""Estimated lights beside the true ones, whichever frame either is known in, and as one camera sees them.

Lights that turn with the camera have one direction in the OpenGL camera frame; lights that stand in the room have one
in the world frame. Where estimate and truth are of one kind they are compared as they are. Otherwise both are turned
into the camera of every photograph of the light and the mean angle over these photographs counts: a light can agree
with a truth of the other kind in all of them only where they show the same turn of the camera.
"""

from dataclasses import dataclass

import numpy as np

from core.capture.capture import Capture
from core.fit.light_estimate import LightEstimate
from core.fit.metrics import angles_deg
from core.scene.light_model import LightFrame
from core.types import DoubleArray, FloatArray, gl_from_camera


@dataclass(frozen=True, kw_only=True)
class SeenLights:
    """Directions to lights as a camera sees them: OpenGL camera frame, [lights, 3], nan where unknown."""

    estimate_gl: FloatArray
    start_gl: FloatArray
    truth_gl: FloatArray | None
    standing: bool
    """Whether the lights stand in the room: these are their directions in the capture's first photograph."""


def light_errors_deg(lights: LightEstimate, capture: Capture) -> DoubleArray | None:
    """Angle [lights] between estimated and true directions, degrees, nan where not estimated; None without truth."""
    known = _truth(capture, lights.model.fixed_to)
    if known is None:
        return None
    truth, frame = known
    if frame == lights.model.fixed_to:
        return angles_deg(lights.directions_gl, truth)
    row = {light: index for index, light in enumerate(lights.light_ids)}
    rows = np.array([row[key.light] for key in capture.keys])
    estimate = _in_photographs(lights.directions_gl[rows], capture, lights.model.fixed_to)
    angles = angles_deg(estimate, _in_photographs(truth[rows], capture, frame))
    total = np.bincount(rows, weights=angles, minlength=len(row))
    return total / np.bincount(rows, minlength=len(row))


def true_direction(capture: Capture, image: int, preferred: LightFrame) -> FloatArray | None:
    """True direction to the light of photograph number ``image``: [3] unit vector, OpenCV camera frame.

    Where the truth is known in both frames the ``preferred`` one counts; None without truth.
    """
    known = _truth(capture, preferred)
    if known is None:
        return None
    directions, frame = known
    direction = directions[capture.light_ids.index(capture.keys[image].light)]
    if frame == "camera":
        return gl_from_camera(direction).astype(np.float32)
    return (capture.cameras[image].rotation.T @ direction).astype(np.float32)


def seen_lights(lights: LightEstimate, capture: Capture) -> SeenLights:
    """The lights as drawn on a hemisphere before a camera."""
    known = _truth(capture, lights.model.fixed_to)
    standing = lights.model.fixed_to == "world"
    return SeenLights(
        estimate_gl=_by_first(lights.directions_gl, capture, lights.model.fixed_to),
        start_gl=_by_first(lights.start_gl, capture, lights.model.fixed_to),
        truth_gl=None if known is None else _by_first(known[0], capture, known[1]),
        standing=standing,
    )


def _truth(capture: Capture, preferred: LightFrame) -> tuple[FloatArray, LightFrame] | None:
    """True directions [lights, 3] and the frame they are in; of two kinds the preferred one."""
    found: dict[LightFrame, FloatArray] = {}
    if capture.truth.light_directions_gl is not None:
        found["camera"] = capture.truth.light_directions_gl
    if capture.truth.light_directions_world is not None:
        found["world"] = capture.truth.light_directions_world
    frame = preferred if preferred in found else next(iter(found), None)
    return None if frame is None else (found[frame], frame)


def _in_photographs(directions: FloatArray, capture: Capture, frame: LightFrame) -> FloatArray:
    """[images, 3] one direction a photograph, turned into its OpenGL camera frame."""
    if frame == "camera":
        return directions
    rotations = np.stack([camera.rotation for camera in capture.cameras])
    return gl_from_camera(np.einsum("iwc,iw->ic", rotations, directions)).astype(np.float32)


def _by_first(directions: FloatArray, capture: Capture, frame: LightFrame) -> FloatArray:
    if frame == "camera":
        return directions
    return gl_from_camera(directions @ capture.cameras[0].rotation).astype(np.float32)
