"""What the window sees of the object: previews, relit images and the live mesh, made tile by tile on the fit thread.

Every picture is a generator: one ``tick`` advances it by a tile, a newer request drops it. While training runs, ticks
are paid from a budget, but for a picture just asked for, which comes at once; while it rests, pictures are made in full
size, once for each state of the model, and cost nothing.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from app.budget import Budget
from app.messages import MeshColour, Message, Relight, RelitImage, SetPace, SetShown, Shown
from app.open_run import OpenedRun
from app.tone import Photographed, compose_preview, fitting, shrunk
from core.scene.lamp import Lamp
from core.types import BoolArray, Camera, FloatArray, ImageKey, gl_from_camera

if TYPE_CHECKING:
    from app.engine import Engine
    from core.render.view import SurfaceBuffer

Job = Generator[None, None, None]

FULL_PIXELS = 512
"""Longest side of a picture while training rests: what the window's textures hold."""
RELIGHT_PIXELS = 256
"""Longest side of the relit image: small enough to follow a dragged light."""
_HAND_SECONDS = 0.3
"""A light that was moved no longer ago is being dragged."""
DEFAULT_PACE = SetPace(share=0.1, preview_seconds=0.45, mesh_seconds=3.0)


@dataclass(kw_only=True)
class _Traced:
    """A camera's surface as the model had it at ``step``."""

    key: ImageKey
    step: int
    buffer: "SurfaceBuffer"


@dataclass(kw_only=True)
class _Made:
    """What was last made, so that the same picture is not made twice."""

    preview: tuple[ImageKey, int, int] | None = None
    """(image, step, longest side)"""
    mesh: tuple[int, tuple[MeshColour, ...]] | None = None
    at: dict[Shown, float] = field(default_factory=dict[Shown, float])
    """When the last job of each tab was begun, seconds."""


class Pictures:
    """Makes what the window shows of ``run``; on the fit thread only."""

    def __init__(
        self, engine: "Engine", send: Callable[[Message], None], clock: Callable[[], float] = perf_counter
    ) -> None:
        self._engine = engine
        self._send = send
        self._clock = clock
        self._pace = DEFAULT_PACE
        self._shown = SetShown(tab="images", mesh_colours=("shaded",))
        self._run: OpenedRun | None = None
        self._key: ImageKey | None = None
        self._relight: Relight | None = None
        self._traced: _Traced | None = None
        self._made = _Made()
        self._job: Job | None = None
        self._full: tuple[ImageKey, FloatArray] | None = None
        """The photograph shown last, in full size."""
        self._asked_at = -np.inf
        """When a relit image was last asked for, seconds."""
        self._pixel_seconds = 4e-6
        """Running estimate of the time to trace one pixel."""
        self._running = False
        """Whether training ran at the last tick."""
        self._asked = False
        """Whether the user waits for a picture: it is not kept waiting for training."""
        self.budget = Budget(DEFAULT_PACE.share)

    def open(self, run: OpenedRun | None) -> None:
        """Show another run, or nothing; a fresh run of the same capture is seen as the last one was."""
        same = run is not None and self._run is not None and run.capture is self._run.capture
        self._run = run
        if not same:
            self._key, self._relight, self._full = None, None, None
        self.forget()

    def forget(self) -> None:
        """Make everything anew: the model is another one."""
        self._job, self._traced, self._made, self._asked = None, None, _Made(), False
        self.budget.reset()

    def abandon(self) -> None:
        """Drop what is being made, and do not try it again until something is asked for."""
        self._job, self._key, self._relight, self._asked = None, None, None, False
        self._shown = SetShown(tab="images", mesh_colours=())

    def set_pace(self, pace: SetPace) -> None:
        """How much the window may take from training."""
        self._pace = pace
        self.budget.set_share(pace.share)

    def set_shown(self, shown: SetShown) -> None:
        """Which tab is on screen."""
        if shown.tab != self._shown.tab:
            self._job = None
        self._shown = shown

    def show_image(self, key: ImageKey) -> None:
        """Preview this photograph from now on."""
        if key != self._key:
            self._job, self._asked = None, True
            self._made.at.pop("images", None)
        self._key = key

    def relight(self, wanted: Relight) -> None:
        """Shade the relight view under another light, at once when its camera has been traced."""
        self._relight, self._asked_at = wanted, self._clock()
        if self._traced is not None and self._traced.key == wanted.key:
            self._shade()

    def tick(self, *, running: bool) -> bool:
        """Do one small part of a picture if there is one to make and time for it; whether anything was done."""
        self._follow_training(running=running)
        if self._run is None or (running and (self._follows_hand() or not (self._asked or self.budget.affords()))):
            return False
        began = self._clock()
        if self._job is None:
            self._job = self._next_job(self._run, running)
        if self._job is None:
            self._asked = False
            return False
        try:
            next(self._job)
        except StopIteration:
            self._job, self._asked = None, False
        if running:
            self.budget.spend(self._clock() - began)
        return True

    def _follow_training(self, *, running: bool) -> None:
        """When training starts: what was made in full size is dropped, or it would take the share of many pictures."""
        if running and not self._running:
            self._job = None
        self._running = running

    def _follows_hand(self) -> bool:
        """Whether a light is being dragged over a traced camera: shading it comes first, a fresher trace can wait."""
        fits = self._traced is not None and self._relight is not None and self._traced.key == self._relight.key
        return fits and self._clock() - self._asked_at < _HAND_SECONDS

    def _next_job(self, run: OpenedRun, running: bool) -> Job | None:
        tab = self._shown.tab
        every = self._pace.mesh_seconds if tab == "scene" else self._pace.preview_seconds
        if running and self._clock() - self._made.at.get(tab, -np.inf) < every:
            return None
        make = {"images": self._next_preview, "scene": self._next_mesh, "relight": self._next_trace}.get(tab)
        job = None if make is None else make(run, running)  # other tabs show nothing of the model
        if job is not None:
            self._made.at[tab] = self._clock()
        return job

    def _next_preview(self, run: OpenedRun, running: bool) -> Job | None:
        if self._key is None:
            return None
        wanted = (self._key, run.trainer.steps, self._preview_pixels(run, self._key, running))
        if wanted == self._made.preview:
            return None
        return self._preview(run, *wanted)

    def _preview_pixels(self, run: OpenedRun, key: ImageKey, running: bool) -> int:
        """Longest side of the next preview: full while training rests, else what its share of the time allows."""
        camera = _camera(run, key)
        full = min(FULL_PIXELS, max(camera.width, camera.height))
        if not running:
            return full
        pixels = self._pace.share * self._pace.preview_seconds / self._pixel_seconds
        side = np.sqrt(pixels * max(camera.width, camera.height) / min(camera.width, camera.height))
        return int(np.clip(16 * round(float(side) / 16), min(96, full), full))

    def _preview(self, run: OpenedRun, key: ImageKey, step: int, longest: int) -> Job:
        camera = fitting(_camera(run, key), longest)
        buffer = yield from self._trace(run, camera)
        lamp = self._engine.light_of(run.trainer, key)
        shaded = self._engine.shade(run.trainer, buffer, lamp, shadows=True)
        yield
        photo = _photographed(run, key, camera)
        preview = compose_preview(
            photo,
            buffer.images(),
            shaded,
            ceiling=self._engine.ceiling(run.trainer),
            exposure=run.exposure,
            step=step,
            psnr_db=self._engine.psnr_db(run.trainer, shaded.render, photo.linear, photo.mask),
        )
        self._made.preview = (key, step, longest)
        self._send(replace(preview, photograph=self._photograph(run, key)))

    def _photograph(self, run: OpenedRun, key: ImageKey) -> FloatArray:
        """The photograph as the window can show it best, however coarse the pictures beside it are."""
        if self._full is None or self._full[0] != key:
            camera = fitting(_camera(run, key), FULL_PIXELS)
            linear = run.capture.linear(run.capture.keys.index(key))
            self._full = (key, run.exposure.shown(shrunk(linear, camera.width, camera.height)))
        return self._full[1]

    def _next_mesh(self, run: OpenedRun, running: bool) -> Job | None:
        del running
        wanted = (run.trainer.steps, self._shown.mesh_colours)
        return None if wanted == self._made.mesh or not wanted[1] else self._mesh(run, wanted)

    def _mesh(self, run: OpenedRun, wanted: tuple[int, tuple[MeshColour, ...]]) -> Job:
        mesh = yield from self._engine.mesh(run, wanted[1])
        self._made.mesh = wanted
        self._send(mesh)

    def _next_trace(self, run: OpenedRun, running: bool) -> Job | None:
        del running
        if self._relight is None:
            return None
        key = self._relight.key
        fresh = self._traced is not None and (self._traced.key, self._traced.step) == (key, run.trainer.steps)
        return None if fresh else self._retrace(run, key)

    def _retrace(self, run: OpenedRun, key: ImageKey) -> Job:
        step = run.trainer.steps
        buffer = yield from self._trace(run, fitting(_camera(run, key), RELIGHT_PIXELS))
        self._traced = _Traced(key=key, step=step, buffer=buffer)
        self._shade()

    def _shade(self) -> None:
        """Send the relit image of the traced camera under the light asked for last."""
        run, wanted, traced = self._run, self._relight, self._traced
        if run is None or wanted is None or traced is None or traced.key != wanted.key:
            return
        began = self._clock()
        light = wanted.light
        to_light = np.asarray(light.to_light, np.float32)
        if light.frame == "camera":
            to_light = gl_from_camera(to_light)
        else:
            to_light = _camera(run, wanted.key).rotation.T @ to_light
        intensity = light.intensity * np.asarray(light.colour, np.float32)
        lamp = Lamp(to_light=to_light.astype(np.float32), intensity=intensity)
        shaded = self._engine.shade(run.trainer, traced.buffer, lamp, shadows=light.shadows, relit=True)
        image = run.exposure.shown(shaded.render)
        self._send(RelitImage(image=image, light=light, seconds=self._clock() - began))

    def _trace(self, run: OpenedRun, camera: Camera) -> Generator[None, None, "SurfaceBuffer"]:
        """Trace a camera a tile at a time, learning how long a pixel takes."""
        tiles = self._engine.trace(run.trainer, camera)
        spent = 0.0
        while True:
            began = self._clock()
            try:
                next(tiles)
            except StopIteration as end:
                seconds = (spent + self._clock() - began) / (camera.width * camera.height)
                self._pixel_seconds += 0.5 * (seconds - self._pixel_seconds)
                return end.value
            spent += self._clock() - began
            yield


def _camera(run: OpenedRun, key: ImageKey) -> Camera:
    return run.capture.cameras[run.capture.keys.index(key)]


def _photographed(run: OpenedRun, key: ImageKey, camera: Camera) -> Photographed:
    """The photograph of ``key`` at the size of ``camera``."""
    capture = run.capture
    size = (camera.width, camera.height)
    linear: FloatArray = shrunk(capture.linear(capture.keys.index(key)), *size)
    mask: BoolArray = shrunk(capture.masks[key.view][..., None].astype(np.float32), *size)[..., 0] > 0.5
    frame = run.trainer.frame
    radius = float(frame.scale)
    distance = float((frame.centre - camera.centre) @ camera.rotation[:, 2])
    return Photographed(
        key=key,
        linear=linear,
        mask=mask,
        depths=(distance - radius, distance + radius),
    )
