"""Tiny captures in the MVSCPS layout, to be spoilt in one way at a time and checked."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.capture.capture import Photograph
from core.capture.images import write_exact, write_png8
from core.capture.synthetic import orbit_cameras
from core.types import Camera, ImageKey
from tests.core.capture.test_silhouettes import mask_of_balls, moved, turned

SIZE = 64


@dataclass
class Folder:
    """A capture folder whose parts may be exchanged before it is written."""

    views: int = 6
    lights: int = 4
    size: int = SIZE
    seed: int = 7
    photographs: dict[ImageKey, Photograph] = field(default_factory=dict)
    cameras: dict[int, Camera] = field(default_factory=dict)
    masks: dict[int, NDArray[np.bool_]] = field(default_factory=dict)
    sphere: tuple[tuple[float, float, float], float] | None = ((12.0, -7.0, 30.0), 1.0)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(self.seed)
        for view, camera in enumerate(orbit_cameras(self.views, self.size)):
            self.cameras[view] = moved(camera)
            self.masks[view] = mask_of_balls(self.cameras[view])
            for light in range(self.lights):
                pixels = rng.integers(3000, 45000, (self.size, self.size, 3)).astype(np.uint16)
                self.photographs[ImageKey(view, light)] = np.where(self.masks[view][..., None], pixels, np.uint16(0))

    def turn(self, view: int, degrees: float) -> None:
        self.cameras[view] = turned(self.cameras[view], degrees)

    def write(self, folder: Path) -> Path:
        (folder / "image").mkdir(parents=True)
        (folder / "mask").mkdir()
        table: dict[str, Any] = {}
        if self.sphere is not None:
            table = {"O2W_scale": self.sphere[1], "O2W_translation": list(self.sphere[0])}
        for key, pixels in self.photographs.items():
            write_exact(folder / "image" / f"{key.name}.png", pixels)
            table[f"K_{key.name}"] = self.cameras[key.view].intrinsics.tolist()
            table[f"C2W_{key.name}"] = self.cameras[key.view].world_from_camera.tolist()
        for view, mask in self.masks.items():
            write_png8(folder / "mask" / f"V{view:02d}.png", mask[..., None].astype(np.float32))
        (folder / "camera_params.json").write_text(json.dumps(table), encoding="utf-8")
        return folder
