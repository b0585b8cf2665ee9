"""Where unknown lights begin: at the camera if they turn with it, on the object's brighter side if they do not."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from core.capture.capture import Capture
from core.scene.frame import SceneFrame
from core.scene.light_model import LightModel
from core.scene.lights import LightStart
from core.types import Camera, DoubleArray

_PIXELS_OF_EACH = 4096
"""Of every photograph, about, for its mean brightness."""
_RIDGE = 0.1
"""Of the fit below, per photograph: what a light was hardly seen to do is not believed."""


def light_start(capture: Capture, frame: SceneFrame, model: LightModel, *, device: torch.device) -> LightStart:
    """The start of a capture's lights, from its photographs and cameras alone.

    The reference point of a near light is the object's centre: as its own photographs' cameras see it, on average,
    when the light turns with the camera, with the largest deviation from it as its spread; the scene's origin when the
    light stands in the room.
    """
    row = {light: index for index, light in enumerate(capture.light_ids)}
    rows = np.array([row[key.light] for key in capture.keys])
    count = len(capture.light_ids)
    if model.fixed_to == "camera":
        directions = np.tile([0.0, 0.0, -1.0], (count, 1))
        centres, spread = _centres_in_rig(capture, frame, rows, count)
    else:
        directions = brighter_sides(to_cameras(capture.cameras, frame), _brightness(capture), rows)
        centres, spread = np.zeros((count, 3)), np.zeros(count)
    return LightStart(
        directions=torch.tensor(directions, dtype=torch.float32, device=device),
        centres=torch.tensor(centres, dtype=torch.float32, device=device),
        spread=torch.tensor(spread, dtype=torch.float32, device=device),
        image_lights=torch.tensor(rows, device=device),
    )


def brighter_sides(to_cameras: DoubleArray, brightness: DoubleArray, rows: NDArray[np.intp]) -> DoubleArray:
    """[lights, 3] unit vectors toward the side from which the object looks brighter under each light.

    ``to_cameras`` [images, 3] unit vectors from the object to each photograph's camera, ``brightness`` [images], and
    ``rows`` [images] its light. A convex object is the brighter the nearer its camera is to the light, so the gradient
    of brightness over the sphere of cameras points to the light. Without any gradient: the mean camera.
    """
    found = np.empty((int(rows.max()) + 1, 3))
    for light in range(len(found)):
        mine = rows == light
        places, values = to_cameras[mine], brightness[mine]
        middle = places.mean(axis=0)
        across = places - middle
        system = across.T @ across + _RIDGE * len(values) * np.eye(3)
        gradient = np.linalg.solve(system, across.T @ (values / max(values.mean(), 1e-12) - 1.0))
        choices = (gradient, middle, places[np.argmax(values)])
        best = next(vector for vector in choices if np.linalg.norm(vector) > 1e-3)
        found[light] = best / np.linalg.norm(best)
    return found


def _centres_in_rig(
    capture: Capture, frame: SceneFrame, rows: NDArray[np.intp], count: int
) -> tuple[DoubleArray, DoubleArray]:
    """The scene's origin in the camera frames of each light's photographs, scene units.

    Its mean [lights, 3] and the largest distance from that [lights].
    """
    seen = np.stack([camera.rotation.T @ -frame.scene_from_world(camera.centre) for camera in capture.cameras])
    centres = np.stack([seen[rows == light].mean(axis=0) for light in range(count)])
    away = np.linalg.norm(seen - centres[rows], axis=1)
    return centres, np.array([away[rows == light].max() for light in range(count)])


def to_cameras(cameras: Sequence[Camera], frame: SceneFrame) -> DoubleArray:
    """[cameras, 3] unit vectors to each camera from the scene's origin."""
    places = frame.scene_from_world(np.stack([camera.centre for camera in cameras]))
    return places / np.maximum(np.linalg.norm(places, axis=1, keepdims=True), 1e-9)


def _brightness(capture: Capture) -> DoubleArray:
    """[images] mean of each photograph over its mask, relative to the mean over all photographs of its view.

    Some sides of an object are brighter than others by nature, whatever the light.
    """
    means = np.empty(len(capture.keys))
    for image in range(len(means)):
        pixels = capture.object_pixels(image)
        means[image] = pixels[:: 1 + len(pixels) // _PIXELS_OF_EACH].mean(dtype=np.float64)
    views = np.array([key.view for key in capture.keys])
    several = len(capture.light_ids) > 1
    for view in np.unique(views) if several else ():
        means[views == view] /= max(means[views == view].mean(), 1e-12)
    return means
