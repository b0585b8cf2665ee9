"""Someone in front of the screen: clicks and keys by xdotool, pixels by ImageMagick, patience instead of clocks."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 300.0
"""Far longer than anything takes on a busy machine: a test fails by it, it does not measure with it."""
_ANSWERED_FRAMES = 3
"""An event is read in one frame, answered by a callback in the next, and what that has changed is drawn in a third."""
_REST_FRAMES = 2
"""What is laid out in one frame is placed in the next: what stands still for so many does not move any more."""
_CORNER = ("1", "718")
"""Where the mouse waits: over nothing that explains itself."""

Pair = tuple[float, float]


class Person:
    """Runs one studio at a time on a display of its own."""

    def __init__(self, display: str, home: Path) -> None:
        self._home = home
        self._probe = home / "probe.json"
        self._process: subprocess.Popen[str] | None = None
        folders = {name: str(home / name.lower()) for name in ("CONFIG", "STATE", "DATA", "CACHE")}
        self.environment = {
            **os.environ,
            "DISPLAY": display,
            **{f"XDG_{name}_HOME": folder for name, folder in folders.items()},
        }
        self._prepare("config", "settings.json", {"width": 1280, "height": 720})
        # No test is to reach the planned end, however slow the machine: a length that was typed, not the preset's.
        self._prepare("state", "session.json", {"seconds": 3600.0, "own_seconds": True})

    def _prepare(self, kind: str, name: str, values: dict[str, float]) -> None:
        file = self._home / kind / "chiaro" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), encoding="utf-8")

    # ---- the studio -------------------------------------------------------------------------------------------------

    def open_studio(self, *arguments: object) -> None:
        """Start the studio and wait for its first frames."""
        self._probe.unlink(missing_ok=True)
        # Nothing depends on where the test before has left the mouse.
        subprocess.run(["xdotool", "mousemove", *_CORNER], check=True, env=self.environment)
        command = [sys.executable, "-m", "tests.window.studio_process", str(self._probe), *map(str, arguments)]
        log = (self._home / "studio.txt").open("a", encoding="utf-8")
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT, text=True
        )
        log.close()
        self.wait("the window", lambda seen: seen["frame"] > 3)

    def ended(self) -> int:
        """Wait for the studio to end; its exit code."""
        assert self._process is not None
        return self._process.wait(PATIENCE_SECONDS)

    def abandon(self) -> None:
        """End a studio that a failed test left behind, and let go of what it held down."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
            let_go = ["keyup", "ctrl", "keyup", "shift", "keyup", "alt", "mouseup", "1", "mouseup", "3"]
            subprocess.run(["xdotool", *let_go], check=False, env=self.environment)

    @property
    def said(self) -> str:
        """What the studio wrote to its terminal and its log."""
        log = self._home / "state" / "chiaro" / "log" / "studio.log"
        texts = [file.read_text(encoding="utf-8") for file in (self._home / "studio.txt", log) if file.is_file()]
        return "\n".join(texts)

    # ---- looking ----------------------------------------------------------------------------------------------------

    def look(self) -> dict[str, Any]:
        """What the studio shows."""
        if not self._probe.is_file():
            return {"frame": 0}
        return json.loads(self._probe.read_text(encoding="utf-8"))

    def wait(self, what: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Look until something holds."""
        for _ in _patiently():
            assert self._process is not None
            if self._process.poll() is not None:
                raise AssertionError(f"the studio ended while waiting for {what}:\n{self.said}")
            seen = self.look()
            if seen["frame"] and holds(seen):
                return seen
            time.sleep(0.05)
        raise self._in_vain(what)

    def _in_vain(self, what: str) -> AssertionError:
        return AssertionError(f"waited in vain for {what}; {_brief(self.look())}\n{self.said}")

    def wait_for_change(self, what: str, tag: str, before: np.ndarray, *, least: float = 1.0) -> None:
        """Look at a widget until its pixels differ from ``before`` by ``least`` grey values on average."""
        self.wait(f"{what} to change", lambda _: difference(self.pixels(tag), before) > least)

    def pixels(self, tag: str) -> np.ndarray:
        """[height, width, 3] of a widget as it is on the screen."""
        x, y, width, height = (round(value) for value in self.rect(tag))
        command = ["import", "-window", "root", "-crop", f"{width}x{height}+{x}+{y}", "-depth", "8", "rgb:-"]
        raw = subprocess.run(command, check=True, capture_output=True, env=self.environment).stdout
        return np.frombuffer(raw, np.uint8).reshape(height, width, 3).astype(np.int16)

    def rect(self, tag: str) -> tuple[float, float, float, float]:
        """(x, y, width, height) of a visible widget that has come to rest: dialogs settle for some frames."""
        return self.settled(tag, lambda seen: seen["rects"].get(tag))

    def settled(self, what: str, read: Callable[[dict[str, Any]], Any]) -> Any:
        """What ``read`` finds in what the studio shows, once it finds something and it no longer changes."""
        seen = self.wait(f"{what} to be there", read)
        for _ in _patiently():
            frame, value = seen["frame"], read(seen)
            seen = self.wait(f"{what} to rest", lambda seen, f=frame: seen["frame"] >= f + _REST_FRAMES)
            if value and read(seen) == value:
                return value
        raise self._in_vain(f"{what} to rest")

    def still(self, tag: str) -> np.ndarray:
        """[height, width, 3] of a widget whose picture has come to rest: pictures come some frames after their titles.

        Not for one that shows something moving.
        """
        for _ in _patiently():
            before = self.pixels(tag)
            self.notice()
            if difference(self.pixels(tag), before) == 0.0:
                return before
        raise self._in_vain(f"the picture of {tag} to rest")

    def notice(self, frames: int = _ANSWERED_FRAMES) -> dict[str, Any]:
        """Wait for so many frames that were begun after all that was done so far; what the studio shows then.

        What it wrote a moment ago may tell of a frame that was begun before.
        """
        now = time.monotonic()
        begun = self.wait("a frame after that", lambda seen: seen["begun"] > now)["frame"]
        return self.wait("the next frames", lambda seen: seen["frame"] >= begun + frames - 1)

    # ---- hands ------------------------------------------------------------------------------------------------------

    def hand(self, *words: object, frames: int = _ANSWERED_FRAMES) -> dict[str, Any]:
        """Do something with mouse or keyboard, and let the window notice; what it shows then."""
        subprocess.run(["xdotool", *map(str, words)], check=True, env=self.environment)
        return self.notice(frames)

    def point(self, at: Pair) -> dict[str, Any]:
        """Bring the mouse to a screen position; a frame has seen it there."""
        return self.hand("mousemove", round(at[0]), round(at[1]), frames=1)

    def _hold(self, button: int) -> None:
        """Press a button of the mouse; a frame has seen it down."""
        self.hand("mousedown", button, frames=1)

    def click_at(self, at: Pair, button: int = 1) -> None:
        """Click at a screen position."""
        self.point(at)
        self._hold(button)
        self.hand("mouseup", button)

    def click(self, tag: str) -> None:
        """Click the middle of a widget."""
        self.click_on(tag, lambda seen: _middle(seen["rects"].get(tag)))

    def click_on(self, what: str, place: Callable[[dict[str, Any]], Pair | None], button: int = 1) -> None:
        """Click where ``place`` finds something in what the studio shows."""
        self._point_at(what, place)
        self._hold(button)
        self.hand("mouseup", button)

    def click_to_leave(self, tag: str) -> None:
        """Click what ends the studio: it may be gone before another frame is drawn."""
        self._point_at(tag, lambda seen: _middle(seen["rects"].get(tag)))
        self._hold(1)
        subprocess.run(["xdotool", "mouseup", "1"], check=True, env=self.environment)

    def _point_at(self, what: str, place: Callable[[dict[str, Any]], Pair | None]) -> None:
        """Bring the mouse there, and again when the place has moved meanwhile."""
        for _ in _patiently():
            at = self.settled(what, place)
            if place(self.point(at)) == at:
                return
        raise self._in_vain(f"{what} to stay under the mouse")

    def middle(self, tag: str, right: float = 0.5, down: float = 0.5) -> Pair:
        """A point of a widget, as fractions of its width and height."""
        return _middle(self.rect(tag), right, down)

    def drag(self, start: Pair, end: Pair, button: int = 1) -> None:
        """Press, move in strides, release."""
        self.point(start)
        self._hold(button)
        for part in (0.25, 0.5, 0.75, 1.0):
            x, y = (a + part * (b - a) for a, b in zip(start, end, strict=True))
            self.point((x, y))
        self.hand("mouseup", button)

    def press(self, keys: str) -> None:
        """Press a key or a combination."""
        self.hand("key", keys)

    def quit(self) -> None:
        """Close the window by its key; it may be gone before another frame is drawn."""
        subprocess.run(["xdotool", "key", "ctrl+q"], check=True, env=self.environment)

    def write(self, text: str) -> None:
        """Replace what is in the path dialog's field and accept it."""
        self.click("dialog.path.text")
        self.hand("keydown", "ctrl")
        self.hand("key", "a")
        self.hand("keyup", "ctrl")
        self.hand("type", "--delay", "30", text)
        self.wait(f"the letters of {text}", lambda seen: seen["path"] == text)
        self.click("dialog.path.ok")


def _patiently() -> Iterator[None]:
    """Again and again, but not for ever."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        yield


def _middle(rect: Any, right: float = 0.5, down: float = 0.5) -> Any:
    return None if rect is None else (rect[0] + right * rect[2], rect[1] + down * rect[3])


def difference(first: np.ndarray, second: np.ndarray) -> float:
    """Mean absolute difference in grey values; of pictures of unlike size, infinite."""
    return float(np.abs(first - second).mean()) if first.shape == second.shape else np.inf


def _brief(seen: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in seen.items() if name not in ("rects", "cells", "headers")}
