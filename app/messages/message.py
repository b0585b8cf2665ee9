"""What every message between the studio's three threads has in common, and the words they share."""

from dataclasses import dataclass
from typing import Literal

RunState = Literal["empty", "loading", "ready", "running", "paused", "finished", "failed"]
MeshColour = Literal["shaded", "normal", "albedo", "error"]
Axis = Literal["x", "y", "z", "-x", "-y", "-z"]
Shown = Literal["check", "images", "scene", "relight", "masks", "raw", "evaluation"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """A frozen message; arrays inside are never written after sending."""

    @property
    def slot(self) -> str:
        """Messages of one slot replace each other while unread; by default one slot a type."""
        return type(self).__name__
