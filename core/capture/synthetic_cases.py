"""Test captures: an object of a stated material under stated lamps, with its truth, in the MVSCPS layout.

Where the demo capture shows what Chiaro does, these measure how well it does it. Beside photographs, masks, cameras,
``normal_camera_space_GT`` and ``mesh_Gt.ply`` there are, as far as they say something:

    light_directions.txt        unit vectors from the object's centre to each lamp, OpenGL camera frame, a row an id
    light_intensities.txt       linear RGB on a plane at the object's centre that faces the lamp
    light_positions.txt         of near lamps: OpenGL camera frame, world units
    light_directions_world.txt  of lamps that stand in the room, instead of the first: world frame, a row an id
    light_positions_world.txt   of near lamps that stand in the room
    exposures.txt               ``VxxLyy factor`` a line: the photograph is its scene times this
    spoilt.txt                  ``VxxLyy kind`` a line: photographs gone wrong
    truth.npz                   the mesh with its material: see ``CaseTruth``

The object's centre is the world's origin. Where camera and lamp both move, every photograph is a view of its own with
a light id of its own (VxxLxx). Brightness is chosen so that only the brightest few thousandths of the
object come near the files' limit. The same case and seed give the same pixels.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from core.capture.file_names import CAMERA_PARAMS, DIRECTIONS, INTENSITIES, MESH, NORMALS
from core.capture.images import write_exr, write_png8, write_png16
from core.capture.synthetic import DISTANCE, front_cameras, mesh_cells, orbit_cameras, rig_lights
from core.capture.synthetic_files import write_cameras, write_lines, write_ply, write_rows
from core.capture.synthetic_lamps import Lamp, LampKind, world_directions
from core.capture.synthetic_lit import LitObject
from core.capture.synthetic_materials import MaterialPreset, glazed_owl
from core.capture.synthetic_owl import owl_distance
from core.capture.synthetic_render import Hits
from core.capture.synthetic_shape import Distance, Mesh, mesh_of
from core.capture.synthetic_spoilt import SpoiltKind, choose_spoilt, spoil
from core.capture.synthetic_truth import CaseTruth, write_case_truth
from core.capture.writers.new_folder import new_folder
from core.types import Camera, FloatArray, ImageKey, Progress, gl_from_camera, silent

_BRIGHTEST = 0.95
_BRIGHT_PART = 0.998
"""Of the object's pixels, what is not brighter than that."""
_PROBED = 6
"""Photographs looked at to choose the brightness."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a test capture shows and how it is photographed."""

    shape: Distance = owl_distance
    """Signed distance function; the object lies within 0.9 of the origin."""
    material: MaterialPreset = glazed_owl
    lamps: LampKind = field(default_factory=LampKind)
    moving: Literal["rig", "free"] = "rig"
    """rig: every view under every lamp; free: camera and lamp both move in every shot, and ``views`` counts shots."""
    cone_deg: float | None = None
    """Angle to the z axis within which all cameras stand; None: around the object."""
    bounce: bool = False
    """Whether light that the object reflects onto itself is there, once reflected."""
    exposure_stops: float = 0.0
    """Standard deviation of every photograph's brightness, in stops (factors of two)."""
    spoilt: frozenset[SpoiltKind] = frozenset()
    """What has gone wrong in some photographs."""
    spoilt_share: float = 0.03
    """Part of all photographs that is spoilt, for each kind."""
    views: int = 16
    lights: int = 12
    """Lamps; not used where camera and lamp both move."""
    size: int = 192
    """Height and width of the photographs, pixels."""


def write_case_capture(folder: Path, case: Case, *, seed: int = 0, progress: Progress | None = None) -> None:
    """Write a test capture into ``folder``, which must not exist or be empty. Complete or not at all.

    Raises RunError when it cannot be written, Cancelled when ``progress`` does, and ValueError when lamps infinitely
    far away are given a beam, lamps that stand in the room are to move in every shot, or photographs are to be swapped
    that have no other of their view.
    """
    if case.lamps.falloff > 0.0 and case.lamps.distance is None:
        raise ValueError("a lamp infinitely far away has no beam; give it a distance")
    if case.moving == "free" and case.lamps.fixed_to == "world":
        raise ValueError("lamps that stand in the room do not move in every shot")
    report = progress or silent
    with new_folder(folder) as unfinished:
        report("Modelling the object", 0.0)
        _Writing(unfinished, _plan(case, seed), report).go()
        report("Capture written", 1.0)


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """Everything about a capture but its pixels."""

    case: Case
    seed: int
    cameras: tuple[Camera, ...]
    """A view each."""
    directions: FloatArray
    """[ids, 3] unit vectors to the lamps: OpenGL camera frame, or world where lamps stand in the room."""
    distances: FloatArray
    """[ids] from the origin to near lamps, world units."""
    intensities: FloatArray
    """[ids, 3]"""
    exposures: dict[ImageKey, float]
    spoilt: dict[ImageKey, SpoiltKind]

    def keys(self, view: int) -> list[ImageKey]:
        """The photographs of a view."""
        lights = (view,) if self.case.moving == "free" else range(len(self.directions))
        return [ImageKey(view, light) for light in lights]

    def lamp(self, key: ImageKey) -> Lamp:
        """The lamp of a photograph, world frame."""
        kind, direction = self.case.lamps, self.directions[key.light]
        if kind.fixed_to == "camera":
            direction = self.cameras[key.view].rotation @ gl_from_camera(direction)
        return Lamp(
            to_light=direction.astype(np.float32),
            distance=None if kind.distance is None else float(self.distances[key.light]),
            intensity=self.intensities[key.light],
            falloff=kind.falloff,
            disc=kind.disc,
        )


def _plan(case: Case, seed: int) -> _Plan:
    """Cameras, lamps, exposures and what goes wrong; each from random numbers of its own."""
    draw = [np.random.default_rng((seed, part)) for part in range(5)]
    free, kind = case.moving == "free", case.lamps
    count = case.views if free else case.lights
    directions, intensities = rig_lights(count, draw[0])
    if kind.fixed_to == "world":
        directions = world_directions(count, draw[0])
    if free:  # neighbouring views should not have neighbouring lamps
        directions = directions[draw[1].permutation(count)]
    plan = _Plan(
        case=case,
        seed=seed,
        cameras=_cameras(case),
        directions=directions,
        distances=np.float32(kind.distance or 0.0) * draw[2].uniform(0.88, 1.15, count).astype(np.float32),
        intensities=intensities,
        exposures={},
        spoilt={},
    )
    keys = [key for view in range(case.views) for key in plan.keys(view)]
    stops = case.exposure_stops * draw[3].standard_normal(len(keys))
    exposures = dict(zip(keys, np.exp2(stops).tolist(), strict=True)) if case.exposure_stops > 0.0 else {}
    spoilt = choose_spoilt(keys, case.spoilt, case.spoilt_share, draw[4]) if case.spoilt else {}
    return replace(plan, exposures=exposures, spoilt=spoilt)


def _cameras(case: Case) -> tuple[Camera, ...]:
    if case.cone_deg is None:
        return orbit_cameras(case.views, case.size)
    return front_cameras(case.views, case.size, case.cone_deg)


class _Writing:
    """Photographs a plan into a folder, views side by side."""

    def __init__(self, folder: Path, plan: _Plan, report: Progress) -> None:
        self._folder = folder
        self._report = report
        case = plan.case
        mesh: Mesh = mesh_of(case.shape, mesh_cells(case.size))
        report("Preparing the material", 0.1)
        self._object = LitObject(mesh, case.material(mesh.vertices), bounce=case.bounce, seed=plan.seed)
        report("Choosing the exposure", 0.2)
        self._plan = replace(plan, intensities=plan.intensities * self._brightness(plan))
        self._standing = self._stored(self._plan, 0) if case.lamps.fixed_to == "world" else None

    def go(self) -> None:
        """Write everything."""
        for part in ("image", "mask", NORMALS):
            (self._folder / part).mkdir()
        views = len(self._plan.cameras)
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1), thread_name_prefix="case") as pool:
            tasks = [pool.submit(self._photograph, view) for view in range(views)]
            try:
                for view, task in enumerate(tasks):
                    self._report(f"Photographing view {view + 1} of {views}", 0.25 + 0.7 * view / views)
                    task.result()
            finally:
                pool.shutdown(cancel_futures=True)
        self._report("Writing the ground truth", 0.95)
        self._write_truth()

    def _photograph(self, view: int) -> None:
        plan = self._plan
        hits = self._object.stage.seen_by(plan.cameras[view])
        mask, name = hits.mask(), f"V{view:02d}"
        write_png8(self._folder / "mask" / f"{name}.png", mask[..., None].astype(np.float32))
        write_exr(self._folder / NORMALS / f"{name}.exr", hits.normals_gl())
        stored = self._standing if self._standing is not None else self._stored(plan, view)
        photographs = {
            key: self._seen(plan, hits, key, stored) * np.float32(plan.exposures.get(key, 1.0))
            for key in plan.keys(view)
        }
        for key, photograph in spoil(photographs, plan.spoilt, mask, plan.seed).items():
            write_png16(self._folder / "image" / f"{key.name}.png", photograph)

    def _seen(self, plan: _Plan, hits: Hits, key: ImageKey, stored: FloatArray | None) -> FloatArray:
        """One photograph [height, width, 3] before anything that happens in the camera."""
        row = None if stored is None else stored[0 if len(stored) == 1 else key.light]
        rng = np.random.default_rng((plan.seed, key.view, key.light))
        return hits.mean(self._object.radiance(hits, plan.lamp(key), row, rng))

    def _stored(self, plan: _Plan, view: int) -> FloatArray | None:
        """Indirect light under the lamps of a view, see ``LitObject.stored``."""
        return self._object.stored([plan.lamp(key) for key in plan.keys(view)], (plan.seed, view))

    def _brightness(self, plan: _Plan) -> np.float32:
        """Factor on all intensities: direct light in a few photographs decides."""
        keys = [key for view in range(len(plan.cameras)) for key in plan.keys(view)]
        chosen = [keys[i] for i in np.linspace(0, len(keys) - 1, min(_PROBED, len(keys))).astype(int)]
        seen: list[FloatArray] = []
        for key in chosen:
            hits = self._object.stage.seen_by(plan.cameras[key.view])
            stored = self._object.stored([plan.lamp(key)], (plan.seed, key.view))
            seen.append(self._seen(plan, hits, key, stored)[hits.mask()].max(axis=1))
        bright = float(np.quantile(np.concatenate(seen), _BRIGHT_PART))
        spread = float(np.exp2(plan.case.exposure_stops))
        return np.float32(_BRIGHTEST / (max(bright, 1e-6) * spread))

    def _write_truth(self) -> None:
        folder, plan = self._folder, self._plan
        shots = {key: camera for view, camera in enumerate(plan.cameras) for key in plan.keys(view)}
        write_cameras(folder / CAMERA_PARAMS, shots)
        write_rows(folder / INTENSITIES, plan.intensities)
        _write_lamps(folder, plan)
        write_ply(folder / MESH, self._object.mesh, self._object.surface.albedo)
        write_case_truth(folder, CaseTruth(mesh=self._object.mesh, surface=self._object.surface))
        if plan.exposures:
            write_lines(folder / "exposures.txt", {key: f"{value:.9g}" for key, value in plan.exposures.items()})
        if plan.spoilt:
            write_lines(folder / "spoilt.txt", plan.spoilt)


def _write_lamps(folder: Path, plan: _Plan) -> None:
    """Directions and, of near lamps, positions; see the module."""
    kind = plan.case.lamps
    positions = plan.distances[:, None] * plan.directions
    if kind.fixed_to == "world":
        write_rows(folder / "light_directions_world.txt", plan.directions)
        if kind.distance is not None:
            write_rows(folder / "light_positions_world.txt", positions)
        return
    write_rows(folder / DIRECTIONS, plan.directions)
    if kind.distance is not None:
        # Every camera sees the origin straight ahead at the same distance.
        write_rows(folder / "light_positions.txt", positions - np.array([0.0, 0.0, DISTANCE], np.float32))
