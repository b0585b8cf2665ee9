"""The ball in the layouts of structure from motion, and in plain folders."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

from tests.core.capture.tiny_ball import (
    BALL,
    CENTRE,
    FOCAL,
    HEIGHT,
    LIGHTS,
    RADIUS,
    VIEWS,
    WIDTH,
    K,
    mask_picture,
    one_light,
    picture,
)
from tests.core.capture.tiny_posed import frames

# ---- structure from motion ------------------------------------------------------------------------------------------


def quaternion(rotation: np.ndarray) -> np.ndarray:
    """(w, x, y, z), by the eigenvector of Bar-Itzhack's matrix."""
    r = rotation
    n = np.array(
        [
            [r[0, 0] + r[1, 1] + r[2, 2], r[2, 1] - r[1, 2], r[0, 2] - r[2, 0], r[1, 0] - r[0, 1]],
            [r[2, 1] - r[1, 2], r[0, 0] - r[1, 1] - r[2, 2], r[0, 1] + r[1, 0], r[0, 2] + r[2, 0]],
            [r[0, 2] - r[2, 0], r[0, 1] + r[1, 0], r[1, 1] - r[0, 0] - r[2, 2], r[1, 2] + r[2, 1]],
            [r[1, 0] - r[0, 1], r[0, 2] + r[2, 0], r[1, 2] + r[2, 1], r[2, 2] - r[0, 0] - r[1, 1]],
        ]
    )
    return np.linalg.eigh(n)[1][:, -1]


def colmap_pictures(folder: Path) -> None:
    one_light(folder, "images", None)
    for number, view in enumerate(BALL):
        mask_picture(folder / "masks" / f"{number:03d}.png.png", view.mask)


def colmap_text(folder: Path) -> None:
    colmap_pictures(folder)
    place = folder / "sparse" / "0"
    place.mkdir(parents=True)
    (place / "cameras.txt").write_text(
        f"# Camera list\n1 PINHOLE {WIDTH} {HEIGHT} {FOCAL} {FOCAL} {K[0, 2] + 0.5} {K[1, 2] + 0.5}\n"
    )
    lines: list[str] = []
    for number, view in enumerate(BALL, start=1):
        w2c = view.camera_from_world
        values = " ".join(repr(float(value)) for value in (*quaternion(w2c[:3, :3]), *w2c[:3, 3]))
        lines += [f"{number} {values} 1 {number - 1:03d}.png", "10.0 12.0 1 11.5 3.25 -1"]
    (place / "images.txt").write_text("# Image list\n" + "\n".join(lines) + "\n")
    points = "\n".join(f"{i + 1} {p[0]} {p[1]} {p[2]} 200 100 50 0.5 1 0 2 0" for i, p in enumerate(ball_points(30)))
    (place / "points3D.txt").write_text(points + "\n")


def ball_points(count: int) -> np.ndarray:
    directions = np.random.default_rng(1).normal(size=(count, 3))
    return CENTRE + RADIUS * directions / np.linalg.norm(directions, axis=1, keepdims=True)


def colmap_binary(folder: Path) -> None:
    colmap_pictures(folder)
    place = folder / "sparse" / "0"
    place.mkdir(parents=True)
    parameters = (FOCAL, K[0, 2] + 0.5, K[1, 2] + 0.5, 0.0)
    (place / "cameras.bin").write_bytes(
        struct.pack("<Q", 1) + struct.pack("<iiQQ", 1, 2, WIDTH, HEIGHT) + struct.pack("<4d", *parameters)
    )
    images = struct.pack("<Q", VIEWS)
    for number, view in enumerate(BALL, start=1):
        w2c = view.camera_from_world
        images += struct.pack("<i7di", number, *quaternion(w2c[:3, :3]), *w2c[:3, 3], 1)
        images += f"{number - 1:03d}.png".encode() + b"\0"
        images += struct.pack("<Q", 2) + struct.pack("<ddq", 10.0, 12.0, 1) + struct.pack("<ddq", 3.0, 4.0, -1)
    (place / "images.bin").write_bytes(images)
    points = struct.pack("<Q", 30)
    for number, point in enumerate(ball_points(30), start=1):
        points += struct.pack("<Q3d3BdQ", number, *point, 200, 100, 50, 0.5, 2) + struct.pack("<4i", 1, 0, 2, 0)
    (place / "points3D.bin").write_bytes(points)


def metashape(folder: Path) -> None:
    one_light(folder, "images", "masks")
    cameras = "".join(
        f'<camera id="{number}" sensor_id="0" label="{number:03d}"><transform>'
        + " ".join(repr(float(value)) for value in view.world_from_camera.ravel())
        + "</transform></camera>"
        for number, view in enumerate(BALL)
    )
    cx, cy = K[0, 2] + 0.5 - WIDTH / 2, K[1, 2] + 0.5 - HEIGHT / 2
    (folder / "cameras.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><document version="1.5.0"><chunk label="Chunk 1"><sensors>'
        f'<sensor id="0" label="unknown" type="frame"><resolution width="{WIDTH}" height="{HEIGHT}"/>'
        f'<calibration type="frame" class="adjusted"><resolution width="{WIDTH}" height="{HEIGHT}"/>'
        f"<f>{FOCAL}</f><cx>{cx}</cx><cy>{cy}</cy></calibration></sensor></sensors>"
        f"<cameras>{cameras}</cameras></chunk></document>"
    )


def meshroom(folder: Path) -> None:
    one_light(folder, "images", "masks")
    views, poses = [], []
    for number, view in enumerate(BALL):
        views.append(
            {
                "viewId": str(100 + number),
                "poseId": str(100 + number),
                "intrinsicId": "7",
                "path": f"images/{number:03d}.png",
                "width": str(WIDTH),
                "height": str(HEIGHT),
            }
        )
        # AliceVision keeps the rotation world to camera, column after column, and the camera's centre.
        rotation = [repr(float(value)) for value in view.world_from_camera[:3, :3].ravel()]
        centre = [repr(float(value)) for value in view.world_from_camera[:3, 3]]
        transform = {"rotation": rotation, "center": centre}
        poses.append({"poseId": str(100 + number), "pose": {"transform": transform, "locked": "0"}})
    intrinsics = [
        {
            "intrinsicId": "7",
            "width": str(WIDTH),
            "height": str(HEIGHT),
            "type": "pinhole",
            "pxFocalLength": str(FOCAL),
            # AliceVision's pixels have their centres at integers: it undistorts by sampling at (x, y) itself.
            "principalPoint": [str(K[0, 2]), str(K[1, 2])],
            "distortionParams": [],
        }
    ]
    table = {"version": ["1", "0", "0"], "views": views, "intrinsics": intrinsics, "poses": poses}
    (folder / "cameras.sfm").write_text(json.dumps(table))


# ---- plain folders --------------------------------------------------------------------------------------------------


def plain_folders(folder: Path) -> None:
    """A folder for each view, a file for each light, cameras of the first light from transforms.json."""
    for number, view in enumerate(BALL):
        for light in range(LIGHTS):
            picture(folder / f"view{number:02d}" / f"light{light:02d}.png", view.photographs[light])
        mask_picture(folder / "mask" / f"V{number:02d}.png", view.mask)
    table = {"fl_x": FOCAL, "fl_y": FOCAL, "cx": K[0, 2] + 0.5, "cy": K[1, 2] + 0.5, "w": WIDTH, "h": HEIGHT}
    (folder / "transforms.json").write_text(json.dumps(table | {"frames": frames("view{:02d}/light00.png")}))


def plain_table(folder: Path) -> None:
    """Names that say nothing, and a list of them."""
    lines = ["file,view,light"]
    named: list[dict[str, Any]] = []
    for number, view in enumerate(BALL):
        for light in range(LIGHTS):
            name = f"DSC_{5000 + 7 * number + light}.png"
            picture(folder / "photos" / name, view.photographs[light])
            lines.append(f"photos/{name},{number},{light}")
            named.append(frames(f"photos/{name}")[number])
        mask_picture(folder / "mask" / f"V{number:02d}.png", view.mask)
    (folder / "photos.csv").write_text("\n".join(lines) + "\n")
    table = {"fl_x": FOCAL, "fl_y": FOCAL, "cx": K[0, 2] + 0.5, "cy": K[1, 2] + 0.5, "w": WIDTH, "h": HEIGHT}
    (folder / "transforms.json").write_text(json.dumps(table | {"frames": named}))
