"""The ball in the layouts of surfaces and radiance fields from posed images."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from tests.core.capture.tiny_ball import (
    BALL,
    CENTRE,
    FLIP,
    FOCAL,
    HEIGHT,
    RADIUS,
    VIEWS,
    WIDTH,
    K,
    View,
    ball,
    mask_picture,
    normal_picture,
    one_light,
    picture,
    rgba,
)

# ---- surfaces from posed images -------------------------------------------------------------------------------------


def scale_mat() -> np.ndarray:
    matrix = np.diag([2.0 * RADIUS] * 3 + [1.0])
    matrix[:3, 3] = CENTRE
    return matrix


def npz_cameras(file: Path) -> None:
    matrices: dict[str, np.ndarray] = {}
    for number, view in enumerate(BALL):
        world = np.eye(4)
        world[:3] = view.projection
        matrices |= {f"world_mat_{number}": world, f"scale_mat_{number}": scale_mat()}
    np.savez(file, **matrices)


def idr(folder: Path) -> None:
    one_light(folder, "image", "mask")
    npz_cameras(folder / "cameras.npz")


def neus(folder: Path) -> None:
    one_light(folder, "images", "masks")
    npz_cameras(folder / "cameras_sphere.npz")


def porf(folder: Path) -> None:
    one_light(folder, "image", None)
    npz_cameras(folder / "cameras_colmap.npz")
    npz_cameras(folder / "cameras.npz")
    (folder / "colmap_matches").mkdir()
    for number in range(VIEWS):
        others = [other for other in range(VIEWS) if other != number]
        rows = np.empty(len(others), dtype=object)
        rows[:] = [np.full((5 + other, 4), 2.0) for other in others]
        np.savez(folder / "colmap_matches" / f"{number:06d}.npz", src_idx=np.array(others), match=rows)


def rnb_neus(folder: Path) -> None:
    for number, view in enumerate(BALL):
        normal_picture(folder / "normal" / f"{number:03d}.png", view.normals_gl)
        picture(folder / "albedo" / f"{number:03d}.png", view.mask[..., None] * np.array([0.8, 0.6, 0.4]))
        mask_picture(folder / "mask" / f"{number:03d}.png", view.mask)
    npz_cameras(folder / "cameras.npz")


def supernormal(folder: Path) -> None:
    for number, view in enumerate(BALL):
        normal_picture(folder / "normal_camera_space_GT" / f"{number:03d}.png", view.normals_gl)
        mask_picture(folder / "mask" / f"{number:03d}.png", view.mask)
        picture(folder / "image" / f"{number:03d}.png", view.photographs[0])
    npz_cameras(folder / "cameras_sphere.npz")


def middlebury(folder: Path) -> None:
    lines = [f"{VIEWS}"]
    for number, view in enumerate(BALL):
        picture(folder / f"ball{number:04d}.png", view.photographs[0])
        mask_picture(folder / "mask" / f"ball{number:04d}.png", view.mask)
        w2c = view.camera_from_world
        values = [*K.ravel(), *w2c[:3, :3].ravel(), *w2c[:3, 3]]
        lines.append(f"ball{number:04d}.png " + " ".join(repr(float(value)) for value in values))
    (folder / "ball_par.txt").write_text("\n".join(lines) + "\n")


# ---- radiance fields ------------------------------------------------------------------------------------------------


def frames(name: str) -> list[dict[str, Any]]:
    gl = [(view.world_from_camera @ FLIP).tolist() for view in BALL]
    return [{"file_path": name.format(number), "transform_matrix": gl[number]} for number in range(VIEWS)]


def nerf_synthetic(folder: Path) -> None:
    """Principal point in the middle, as the format can only say; the ball is rendered again for it."""
    for number, view in enumerate(BALL):
        rgba(folder / "train" / f"r_{number}.png", centred(view))
    table = {"camera_angle_x": 2.0 * math.atan(0.5 * WIDTH / FOCAL), "frames": frames("./train/r_{}")}
    (folder / "transforms_train.json").write_text(json.dumps(table))


def centred(view: View) -> View:
    """The same view with the principal point in the middle of the photograph."""
    middle = np.array([[FOCAL, 0.0, WIDTH / 2 - 0.5], [0.0, FOCAL, HEIGHT / 2 - 0.5], [0.0, 0.0, 1.0]])
    return ball(view.world_from_camera, middle)


def instant_ngp(folder: Path) -> None:
    for number, view in enumerate(BALL):
        rgba(folder / "images" / f"{number:04d}.png", view)
    table = {
        "fl_x": FOCAL,
        "fl_y": FOCAL,
        "cx": K[0, 2] + 0.5,
        "cy": K[1, 2] + 0.5,
        "w": WIDTH,
        "h": HEIGHT,
        "k1": 0.0,
        "k2": 0.0,
        "p1": 0.0,
        "p2": 0.0,
        "aabb_scale": 2,
        "frames": frames("images/{:04d}.png"),
    }
    (folder / "transforms.json").write_text(json.dumps(table))


def llff(folder: Path) -> None:
    rows: list[np.ndarray] = []
    for number, view in enumerate(BALL):
        picture(folder / "images" / f"{number:03d}.png", centred(view).photographs[0])
        mask_picture(folder / "masks" / f"{number:03d}.png", centred(view).mask)
        gl = (view.world_from_camera @ FLIP)[:3]
        columns = np.concatenate([-gl[:, 1:2], gl[:, 0:1], gl[:, 2:4], [[HEIGHT], [WIDTH], [FOCAL]]], 1)
        rows.append(np.concatenate([columns.ravel(), [1.5, 4.0]]))
    np.save(folder / "poses_bounds.npy", np.stack(rows))
