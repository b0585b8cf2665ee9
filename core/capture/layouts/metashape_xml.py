"""``cameras.xml`` of Agisoft Metashape: cameras with their lenses, in the world that the chunk declares.

Facts, from the Metashape manual (Appendix C, frame cameras) and exported files:

- A camera's ``transform`` [4, 4] takes points of its frame (x right, y down, z forward, as in OpenCV) to the chunk. The
  chunk's, or in newer exports the component's, ``transform`` (rotation R, translation T, scale s) takes those to the
  world: X_world = s R X_chunk + T. Cameras that were not aligned have no transform.
- ``cx``, ``cy`` count from the middle of the photograph, which lies at (w / 2, h / 2): the first pixel's centre is at
  0.5. With (x, y) on the image plane at focal length 1 and (x', y') after distortion, u = w/2 + cx + x' (f + b1) +
  y' b2 and v = h/2 + cy + y' f. Radial terms are k1 ... k4; p1 and p2 are those of OpenCV with their names swapped.
- ``region`` is the box that the user has drawn around the object, in the chunk's frame.
"""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from core.capture.layouts.named_photographs import NamedCamera
from core.capture.lens import Lens, checked_lens
from core.capture.matrices import checked_pose
from core.errors import CaptureError
from core.types import DoubleArray

MAX_BYTES = 64_000_000
MAX_TAGS = 1_000_000
"""A camera takes about ten."""
_FORBIDDEN = re.compile(r"<!\s*(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
_COEFFICIENTS = ("k1", "k2", "k3", "k4", "p2", "p1")
"""In the order of the lens model: the tangential ones swapped."""


@dataclass(frozen=True, kw_only=True)
class MetashapeCameras:
    """What one file says."""

    cameras: tuple[NamedCamera, ...]
    """Those that were not aligned have no pose."""
    file_frame: tuple[tuple[float, float, float], float] | None
    """(centre [3] world, radius) of the sphere around the region, or None."""
    referenced: bool
    """Whether a transform to a world is declared; without one the chunk's frame is arbitrary."""


@dataclass(frozen=True, kw_only=True)
class _Similarity:
    """X_world = scale * rotation X + translation."""

    rotation: DoubleArray
    translation: DoubleArray
    scale: float
    declared: bool


_IDENTITY = _Similarity(rotation=np.eye(3), translation=np.zeros(3), scale=1.0, declared=False)


def read_metashape(file: Path) -> MetashapeCameras:
    """Every camera in ``file``. Raises CaptureError, naming it and the camera, for what is damaged or unsupported."""
    chunk = _chunk(file)
    whole = _similarity(chunk.find("transform"), file)
    components = {
        component.get("id", ""): _similarity(component.find("transform"), file)
        for component in chunk.findall("components/component")
    }
    lenses = {sensor.get("id", ""): sensor for sensor in chunk.findall("sensors/sensor")}
    known: dict[str, Lens] = {}
    cameras: list[NamedCamera] = []
    for camera in chunk.findall("cameras//camera"):
        label, sensor = camera.get("label", ""), camera.get("sensor_id", "")
        if not label or sensor not in lenses:
            raise CaptureError(f"{file}: camera {label[:80]!r} has no label or no sensor; export the cameras again.")
        if sensor not in known:
            known[sensor] = _lens(lenses[sensor], f"{file}: sensor {sensor[:20]}")
        to_world = components.get(camera.get("component_id", ""), _IDENTITY)
        pose = _pose(camera, to_world if to_world.declared else whole, f"{file}: camera {label[:80]!r}")
        cameras.append(NamedCamera(name=label, lens=known[sensor], world_from_camera=pose))
    only = next(iter(components.values())) if len(components) == 1 else _IDENTITY
    to_world = only if only.declared else whole
    frame = _region(chunk.find("region"), to_world)
    return MetashapeCameras(cameras=tuple(cameras), file_frame=frame, referenced=to_world.declared)


def _chunk(file: Path) -> ElementTree.Element:
    """The element with the cameras, of text that can be parsed without danger."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise CaptureError(f"{file} is larger than {MAX_BYTES // 1_000_000} MB; it is no list of cameras.")
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeError:
        raise CaptureError(f"{file} is not text in UTF-8; export the cameras again.") from None
    except OSError as error:
        raise CaptureError(f"{file} cannot be read: {error.strerror or error}; check its permissions.") from error
    if _FORBIDDEN.search(text) or text.count("<") > MAX_TAGS:
        raise CaptureError(f"{file} declares entities or is too long, which no list of cameras does; export it again.")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise CaptureError(f"{file} is not valid XML ({error}); export the cameras again.") from None
    chunk = root if root.tag == "chunk" else root.find("chunk")
    if chunk is None or chunk.find("cameras") is None:
        raise CaptureError(f"{file} has no chunk with cameras; export the cameras of Metashape in its own XML format.")
    return chunk


def _lens(sensor: ElementTree.Element, what: str) -> Lens:
    """The adjusted calibration of a sensor, else the one it began with."""
    found = sensor.findall("calibration")
    calibration = next((one for one in found if one.get("class") == "adjusted"), found[0] if found else None)
    if calibration is None:
        raise CaptureError(f"{what} has no calibration; align the photographs and export the cameras again.")
    kind = calibration.get("type", "frame")
    if kind != "frame":
        raise CaptureError(f"{what} is of type {kind[:20]!r}; only frame cameras are read, so undistort in Metashape.")
    resolution = calibration.find("resolution")
    resolution = sensor.find("resolution") if resolution is None else resolution
    width, height = (0, 0) if resolution is None else (_whole(resolution.get(name)) for name in ("width", "height"))
    values = {name: _number(calibration, name, what) for name in ("f", "cx", "cy", "b1", "b2", *_COEFFICIENTS)}
    if any(_number(calibration, name, what) != 0.0 for name in ("p3", "p4")):
        raise CaptureError(f"{what} has the terms p3 and p4, which are not read; undistort in Metashape.")
    fx, fy = values["f"] + values["b1"], values["f"]
    if not (fx > 0.0 and fy > 0.0):
        raise CaptureError(f"{what} has no positive focal length f; export the cameras with Metashape 1.5 or newer.")
    middle = (0.5 * width + values["cx"], 0.5 * height + values["cy"])
    bends = tuple(values[name] for name in _COEFFICIENTS)
    return checked_lens("BROWN", (fx, fy, *middle, values["b2"] / fx, *bends), width, height, what)


def _pose(camera: ElementTree.Element, to_world: _Similarity, what: str) -> DoubleArray | None:
    element = camera.find("transform")
    if element is None:
        return None
    in_chunk = checked_pose(_numbers(element, (4, 4)), f"{what}: its transform")
    pose = np.eye(4)
    pose[:3, :3] = to_world.rotation @ in_chunk[:3, :3]
    pose[:3, 3] = _moved(in_chunk[:3, 3], to_world)
    return checked_pose(pose, f"{what}: its transform")


def _similarity(element: ElementTree.Element | None, file: Path) -> _Similarity:
    if element is None or element.find("rotation") is None:
        return _IDENTITY
    pose: DoubleArray | None = None
    rotation, translation = _numbers(element.find("rotation"), (3, 3)), _numbers(element.find("translation"), (3,))
    if rotation is not None and translation is not None:
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = rotation, translation
    checked = checked_pose(pose, f"{file}: the chunk's transform")
    scale = 1.0 if element.find("scale") is None else _number(element, "scale", f"{file}: the chunk's transform")
    if not scale > 0.0:
        raise CaptureError(f"{file}: the chunk's transform has no positive scale; export the cameras again.")
    return _Similarity(rotation=checked[:3, :3], translation=checked[:3, 3], scale=scale, declared=True)


def _region(
    element: ElementTree.Element | None, to_world: _Similarity
) -> tuple[tuple[float, float, float], float] | None:
    """The sphere around the box; None when there is none that makes sense."""
    if element is None:
        return None
    centre, size = _numbers(element.find("center"), (3,)), _numbers(element.find("size"), (3,))
    if centre is None or size is None or not (size > 0.0).all():
        return None
    x, y, z = _moved(centre, to_world).tolist()
    radius = 0.5 * to_world.scale * math.hypot(*size.tolist())
    return ((x, y, z), radius) if math.isfinite(x + y + z + radius) else None


def _moved(point: DoubleArray, to_world: _Similarity) -> DoubleArray:
    """A point [3] of the chunk in the world; not finite for numbers that are too large."""
    with np.errstate(all="ignore"):
        return to_world.scale * (to_world.rotation @ point) + to_world.translation


def _number(parent: ElementTree.Element, name: str, what: str) -> float:
    """The number in the child of that name; 0 when there is no such child, as Metashape leaves out zeros."""
    child = parent.find(name)
    if child is None:
        return 0.0
    values = _numbers(child, (1,))
    if values is None:
        raise CaptureError(f"{what}: {name} is no finite number; export the cameras again.")
    return float(values[0])


def _numbers(element: ElementTree.Element | None, shape: tuple[int, ...]) -> DoubleArray | None:
    """The finite numbers in an element's text, or None when it does not hold exactly as many."""
    words = [] if element is None else (element.text or "").split(maxsplit=math.prod(shape))
    if len(words) != math.prod(shape):
        return None
    try:
        values = np.array([float(word) for word in words]).reshape(shape)
    except ValueError:
        return None
    return values if np.isfinite(values).all() else None


def _whole(text: str | None) -> int:
    """The pixels in an attribute; 0, which no lens has, for anything else."""
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,9}", text) else 0
