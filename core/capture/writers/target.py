"""The layouts a capture can be written in."""

from typing import Literal

Target = Literal["mvscps", "idr", "transforms", "colmap"]
