"""How the mouse moves the eye of a 3D viewport: drag to turn, pan and zoom, click to choose a photograph."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.messages import ViewMouse
from core.types import Camera, DoubleArray
from widgets.orbit import Axis, Orbit, Pose, camera_pose, orbit_from_camera

_CLICK_PIXELS = 4.0
"""A press that moves less than this is a click."""
_DRAG_ZOOM_CLICKS = 20.0
"""Wheel clicks that a drag over the whole height with the right button is worth."""


@dataclass(frozen=True, kw_only=True)
class Gesture:
    """What the mouse did since the last look."""

    kind: Literal["turn", "pan", "zoom", "click"]
    right: float = 0.0
    """Fraction of the viewport's height."""
    down: float = 0.0
    clicks: float = 0.0
    """Wheel clicks nearer."""


class Hand:
    """Reads gestures from the mouse reports of one viewport, of which any may be missing."""

    def __init__(self, viewport: int) -> None:
        self._last = ViewMouse(viewport=viewport, x=0, y=0, button="none", shift=False, press=0, wheel=0)
        self._from: tuple[float, float] | None = None
        """Where the press began, or how far its drag has been followed; None when nothing is pressed."""
        self._dragged = False

    def follow(self, mouse: ViewMouse, height: int) -> list[Gesture]:
        """What happened up to this report, over a viewport ``height`` pixels high."""
        before, self._last = self._last, mouse
        gestures: list[Gesture] = []
        if mouse.wheel != before.wheel:
            gestures.append(Gesture(kind="zoom", clicks=mouse.wheel - before.wheel))
        if mouse.press != before.press:
            self._from, self._dragged = mouse.pressed_at or (mouse.x, mouse.y), False
        if self._from is None:
            return gestures
        gestures += self._drag(mouse, self._from, height)  # the report of a release may be the only one of its drag
        if mouse.button == "none":
            if not self._dragged:
                gestures.append(Gesture(kind="click"))
            self._from = None
        return gestures

    def _drag(self, mouse: ViewMouse, start: tuple[float, float], height: int) -> list[Gesture]:
        x, y = mouse.x - start[0], mouse.y - start[1]
        if x == y == 0.0 or (not self._dragged and np.hypot(x, y) < _CLICK_PIXELS):
            return []
        self._from, self._dragged = (mouse.x, mouse.y), True
        right, down = x / height, y / height
        if mouse.dragging_with == "right":
            return [Gesture(kind="zoom", clicks=-_DRAG_ZOOM_CLICKS * down)]
        pans = mouse.dragging_with == "middle" or mouse.shift
        return [Gesture(kind="pan" if pans else "turn", right=right, down=down)]


class Eye:
    """A free orbit, or a photograph's camera until a gesture moves it."""

    def __init__(self, centre: DoubleArray, radius: float, *, towards: DoubleArray, up: Axis) -> None:
        self._centre = centre
        self._radius = radius
        self._towards = towards
        self._orbit = Orbit.looking_at(centre, radius, towards=towards, up=up)
        self._through: Camera | None = None

    def reset(self) -> None:
        """See the object whole, as at the beginning."""
        self._through = None
        self._orbit = Orbit.looking_at(self._centre, self._radius, towards=self._towards, up=self._orbit.up)

    def retreat(self, reach: float) -> None:
        """See everything within ``reach`` world units of the object, from the present side."""
        self._through = None
        self._orbit = Orbit.looking_at(self._centre, reach, towards=self._orbit.towards, up=self._orbit.up)

    def approach(self, centre: DoubleArray, reach: float) -> None:
        """See everything within ``reach`` world units of ``centre``, from the present side."""
        self._through = None
        self._orbit = Orbit.looking_at(centre, reach, towards=self._orbit.towards, up=self._orbit.up)

    def set_up(self, up: Axis) -> None:
        """Hold another world axis upright."""
        self._orbit = self._orbit.with_up(up)

    def look_through(self, camera: Camera) -> None:
        """See what a photograph's camera saw."""
        self._through = camera

    def pose(self, aspect: float) -> Pose:
        """Where the eye is, for a viewport of ``aspect`` = width / height."""
        if self._through is not None:
            return camera_pose(self._through, target=self._centre, aspect=aspect)
        return self._orbit.pose

    def move(self, gesture: Gesture) -> None:
        """Follow a gesture of the mouse."""
        if self._through is not None:
            self._orbit = orbit_from_camera(self._through, target=self._centre, up=self._orbit.up)
            self._through = None
        if gesture.kind == "turn":
            self._orbit = self._orbit.turned(gesture.right, gesture.down)
        elif gesture.kind == "pan":
            self._orbit = self._orbit.panned(gesture.right, gesture.down)
        else:
            self._orbit = self._orbit.zoomed(gesture.clicks)
