"""How alike a run's GLB in VTK and the run in the studio look; prints JSON."""

import json
import sys
from pathlib import Path

import numpy as np
import torch

from core.fit.checkpoint import load_trainer
from core.fit.sampled_errors import spread
from core.fit.traced import exact_distances, first_images
from tests.core.mesh.drawn_by_vtk import alike, drawn_by_the_studio, drawn_by_vtk
from tests.core.mesh.glb_by_hand import read_glb

_VIEWS = 3
_TO_LIGHT = np.array([0.45, -0.45, -0.77])
"""From the upper right, OpenCV camera frame."""


def probe(run: Path, glb: Path) -> dict[str, float]:
    """The mean over a few views."""
    trainer = load_trainer(run, device=torch.device("cpu"))
    factor = read_glb(glb).document["asset"]["extras"]["colour_factor"]
    to_light = _TO_LIGHT / np.linalg.norm(_TO_LIGHT)
    found: list[tuple[float, float, float]] = []
    with exact_distances(trainer):
        for image in spread([image for _, image in sorted(first_images(trainer).items())], _VIEWS):
            camera = trainer.capture.cameras[image]
            ours = drawn_by_the_studio(trainer.model, trainer.frame, camera, to_light, factor)
            found.append(alike(ours, drawn_by_vtk(glb, camera, camera.rotation @ to_light)))
    whole_db, inside_db, _ = np.mean(found, axis=0)
    return {"whole_db": float(whole_db), "inside_db": float(inside_db)}


if __name__ == "__main__":
    print(json.dumps(probe(Path(sys.argv[1]), Path(sys.argv[2]))))
