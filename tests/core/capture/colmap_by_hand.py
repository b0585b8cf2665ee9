"""COLMAP files made from the description of the format alone, so that tests do not trust the code they test."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from core.capture.images import write_png8

NUMBERS = {"SIMPLE_PINHOLE": 0, "PINHOLE": 1, "SIMPLE_RADIAL": 2, "RADIAL": 3, "OPENCV": 4, "OPENCV_FISHEYE": 5}


@dataclass(frozen=True, kw_only=True)
class HandCamera:
    identity: int
    model: str
    width: int
    height: int
    parameters: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class HandImage:
    name: str
    camera: int
    quaternion: tuple[float, float, float, float]
    translation: tuple[float, float, float]
    features: int = 3


def ring(count: int, camera: int = 1, names: Sequence[str] | None = None) -> list[HandImage]:
    """Cameras around the origin, all looking at it from distance 5."""
    images: list[HandImage] = []
    for number in range(count):
        turn = Rotation.from_euler("yx", [360.0 * number / count, 10.0 * number], degrees=True)
        x, y, z, w = turn.as_quat()
        name = names[number] if names else f"photo_{number:03d}.png"
        images.append(
            HandImage(name=name, camera=camera, quaternion=(w, x, y, z), translation=(0.0, 0.0, 5.0), features=number)
        )
    return images


def cloud(count: int = 60) -> np.ndarray:
    return np.random.default_rng(5).normal(size=(count, 3)) * 0.3 + [0.5, 0.0, -0.2]


def write_binary(place: Path, cameras: Sequence[HandCamera], images: Sequence[HandImage], points: np.ndarray) -> None:
    place.mkdir(parents=True, exist_ok=True)
    data = struct.pack("<Q", len(cameras))
    for camera in cameras:
        data += struct.pack("<IiQQ", camera.identity, NUMBERS[camera.model], camera.width, camera.height)
        data += struct.pack(f"<{len(camera.parameters)}d", *camera.parameters)
    (place / "cameras.bin").write_bytes(data)
    data = struct.pack("<Q", len(images))
    for number, image in enumerate(images):
        data += struct.pack("<I4d3dI", number + 1, *image.quaternion, *image.translation, image.camera)
        data += image.name.encode() + b"\0" + struct.pack("<Q", image.features)
        data += b"".join(struct.pack("<ddq", 1.5, 2.5, -1) for _ in range(image.features))
    (place / "images.bin").write_bytes(data)
    data = struct.pack("<Q", len(points))
    for number, point in enumerate(points):
        data += struct.pack("<Q3d3BdQ", number + 1, *point, 9, 8, 7, 0.5, 2) + struct.pack("<IIII", 1, 0, 2, 0)
    (place / "points3D.bin").write_bytes(data)


def write_text(place: Path, cameras: Sequence[HandCamera], images: Sequence[HandImage], points: np.ndarray) -> None:
    place.mkdir(parents=True, exist_ok=True)
    lines = ["# Camera list"]
    lines += [f"{c.identity} {c.model} {c.width} {c.height} {' '.join(map(repr, c.parameters))}" for c in cameras]
    (place / "cameras.txt").write_text("\n".join(lines) + "\n")
    lines = ["# Image list", "#   two lines each", ""]
    for number, i in enumerate(images):
        pose = " ".join(repr(float(entry)) for entry in (*i.quaternion, *i.translation))
        lines.append(f"{number + 1} {pose} {i.camera} {i.name}")
        lines.append(" ".join("1.5 2.5 -1" for _ in range(i.features)))
    (place / "images.txt").write_text("\n".join(lines) + "\n")
    lines = ["# 3D point list"]
    for number, point in enumerate(points):
        position = " ".join(repr(float(entry)) for entry in point)
        lines.append(f"{number + 1} {position} 9 8 7 0.5 1 0 2 0")
    (place / "points3D.txt").write_text("\n".join(lines) + "\n")


def write_photographs(folder: Path, names: Sequence[str], width: int, height: int) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_png8(folder / name, np.full((height, width, 3), 0.5))
