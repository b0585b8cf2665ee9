"""What is assumed about the lights: where they hang, how far away they are, how evenly they shine."""

from dataclasses import dataclass
from typing import Literal

LightFrame = Literal["camera", "world"]
"""What a light is fixed to: it turns with the camera (or every shot has its own light), or it stands in the room."""


@dataclass(frozen=True, kw_only=True)
class LightModel:
    """How lights are modelled; everything that is switched on is estimated, nothing about it is known before."""

    fixed_to: LightFrame = "camera"
    near: bool = False
    """Whether lights are points at a finite distance, with inverse-square falloff, instead of directions."""
    falloff: bool = False
    """Whether each light's intensity falls off with the angle to its axis. Only a light at a finite distance is seen
    under different angles, so this implies ``near``."""
    exposure: bool = False
    """Whether every photograph has a brightness of its own: a flash that varies, automatic exposure. The mean of its
    logarithm over a light's photographs is 0, so where every photograph has a light of its own it changes nothing."""

    @property
    def positioned(self) -> bool:
        """Whether lights have a position rather than a direction alone."""
        return self.near or self.falloff
