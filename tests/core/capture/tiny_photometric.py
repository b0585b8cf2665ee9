"""The ball in the layouts of photometric stereo: many lights, one or many views."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io

from tests.core.capture.tiny_ball import (
    BALL,
    CENTRE,
    FLIP,
    HEIGHT,
    LIGHTS,
    RADIUS,
    TO_LIGHT_GL,
    VIEWS,
    WIDTH,
    K,
    light_files,
    many_lights,
    mask_picture,
    picture,
)

# ---- photometric stereo ---------------------------------------------------------------------------------------------


def mvscps(folder: Path) -> None:
    many_lights(folder, "image")
    table: dict[str, Any] = {"O2W_scale": 2.0 * RADIUS, "O2W_translation": CENTRE.tolist()}
    for number, view in enumerate(BALL):
        mask_picture(folder / "mask" / f"V{number:02d}.png", view.mask)
        for light in range(LIGHTS):
            table[f"K_V{number:02d}L{light:02d}"] = K.tolist()
            table[f"C2W_V{number:02d}L{light:02d}"] = view.world_from_camera.tolist()
    (folder / "camera_params.json").write_text(json.dumps(table))
    light_files(folder)


def mvscps_released(folder: Path) -> None:
    many_lights(folder, "image")
    (folder / "CAM").mkdir()
    names: list[str] = []
    for number, view in enumerate(BALL):
        for light in range(LIGHTS):
            names.append(f"V{number:02d}L{light:02d}")
            np.savetxt(folder / "CAM" / f"{names[-1]}_P.txt", view.projection)
            mask_picture(folder / "mask" / f"{names[-1]}.png", view.mask)
    (folder / "view_light_idx_all.txt").write_text("\n".join(names) + "\n")


def diligent_mv(folder: Path) -> None:
    calibration: dict[str, Any] = {"KK": K}
    for number, view in enumerate(BALL, start=1):
        place = folder / f"view_{number:02d}"
        calibration[f"Rc_{number}"] = view.camera_from_world[:3, :3]
        calibration[f"Tc_{number}"] = view.camera_from_world[:3, 3:]
        for light in range(LIGHTS):
            picture(place / f"{light + 1:03d}.png", view.photographs[light], bits=16)
        mask_picture(place / "mask.png", view.mask)
        scipy.io.savemat(place / "Normal_gt.mat", {"Normal_gt": view.normals_gl})
        light_files(place)
        (place / "filenames.txt").write_text("".join(f"{light + 1:03d}.png\n" for light in range(LIGHTS)))
    scipy.io.savemat(folder / "Calib_Results.mat", calibration)


def diligent(folder: Path) -> None:
    view = BALL[0]
    for light in range(LIGHTS):
        picture(folder / f"{light + 1:03d}.png", view.photographs[light], bits=16)
    mask_picture(folder / "mask.png", view.mask)
    scipy.io.savemat(folder / "Normal_gt.mat", {"Normal_gt": view.normals_gl})
    (folder / "filenames.txt").write_text("001.png\n002.png\n")
    light_files(folder)


def light_list(folder: Path) -> None:
    lines = [f"{LIGHTS}"]
    for light, direction in enumerate(TO_LIGHT_GL):
        picture(folder / f"image{light:02d}.png", BALL[0].photographs[light])
        lines.append(f"image{light:02d}.png " + " ".join(f"{value:.6f}" for value in direction))
    (folder / "dirs.lp").write_text("\n".join(lines) + "\n")
    mask_picture(folder / "mask.png", BALL[0].mask)


def chrome_ball(folder: Path) -> None:
    mask = BALL[0].mask
    for light, direction in enumerate(TO_LIGHT_GL / np.linalg.norm(TO_LIGHT_GL, axis=1, keepdims=True)):
        half = direction + np.array([0.0, 0.0, 1.0])
        shine = np.maximum(BALL[0].normals_gl @ (half / np.linalg.norm(half)), 0.0) ** 400
        picture(folder / "chrome" / f"chrome.{light}.png", (shine * mask)[..., None] * [1.0, 1.0, 1.0], bits=16)
        picture(folder / "owl" / f"owl.{light}.png", BALL[0].photographs[light], bits=16)
    mask_picture(folder / "chrome" / "chrome.mask.png", mask)
    mask_picture(folder / "owl" / "owl.mask.png", mask)


def ps_nerf(folder: Path) -> None:
    for number, view in enumerate(BALL, start=1):
        for light in range(LIGHTS):
            picture(folder / "img" / f"view_{number:02d}" / f"{light + 1:03d}.png", view.photographs[light])
        mask_picture(folder / "mask" / f"view_{number:02d}.png", view.mask)
    params = {
        "n_view": VIEWS,
        "imhw": [HEIGHT, WIDTH],
        "K": K.tolist(),
        "pose_c2w": [(view.world_from_camera @ FLIP).tolist() for view in BALL],
        "view_train": [1, 2, 3],
        "view_test": [4],
        "light_is_same": True,
        "light_direction": TO_LIGHT_GL.tolist(),
        "light_intensity": np.ones((LIGHTS, 3)).tolist(),
    }
    (folder / "params.json").write_text(json.dumps(params))
