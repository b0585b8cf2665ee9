"""The same object from few and many photographs: the error should fall with every step to a denser capture.

One generated capture of 20 views x 96 lamps; smaller ones are nested in it, spread as evenly as they go, and a run
knows nothing of what is left out, masks included. Normals are compared in the same views of the full set, and in
every second one that the run has seen.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.capture.synthetic import orbit_cameras, rig_lights
from core.capture.synthetic_cases import Case
from core.types import ImageKey
from tests.benchmarks.cases import Job, ensured, measured, shown

VIEWS, LIGHTS, SIZE = 20, 96, 128
GRIDS = ((2, 4), (4, 6), (6, 6), (8, 8), (12, 12), (16, 24), (20, 96))
ERRORS = ("normal_mae_deg", "seen_normal_mae_deg", "light_mae_deg")
STEPS = 4_800
"""Enough for a dense capture: what a step sees of it is a smaller part than of a sparse one."""


def measure_density() -> dict[str, float]:
    """Errors at equal steps, from sparse to dense; and by how much the worst step to a denser capture fails."""
    folder = ensured("dense", lambda: Case(views=VIEWS, lights=LIGHTS, size=SIZE))
    places = np.array([camera.centre for camera in orbit_cameras(VIEWS, SIZE)])
    directions, _ = rig_lights(LIGHTS, np.random.default_rng((0, 0)))
    views, lights = evenly_first(places), evenly_first(directions)
    found: dict[str, float] = {}
    normals: list[float] = []
    for columns, rows in GRIDS:
        keys = tuple(ImageKey(view, light).name for view in views[:columns] for light in lights[:rows])
        errors = measured(Job(capture=str(folder), steps=STEPS, keys=keys))
        shown(f"{columns} views x {rows} lights", errors)
        found |= {f"density.{columns}x{rows}.{error}": errors[error] for error in ERRORS}
        normals.append(errors["normal_mae_deg"])
    return found | {"density.worst_step_back_deg": max(after - before for before, after in pairwise(normals))}


def evenly_first(points: NDArray[np.floating]) -> list[int]:
    """Row numbers of ``points`` [points, 3] in an order whose every beginning is well spread: the farthest next."""
    order = [0]
    nearest = np.linalg.norm(points - points[0], axis=1)
    while len(order) < len(points):
        order.append(int(np.argmax(nearest)))
        nearest = np.minimum(nearest, np.linalg.norm(points - points[order[-1]], axis=1))
    return order
