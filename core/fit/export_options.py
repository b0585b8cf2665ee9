"""How results are written, named without loading the optimiser."""

from dataclasses import dataclass, field
from typing import Literal

from core.errors import RunError
from core.mesh.options import MeshOptions

MapFormat = Literal["png", "exr"]
FilmPath = Literal["light", "camera", "both"]

FILM_FRAMES = (2, 3600)
"""Fewest and most frames of one turn."""
FILM_RATES = (1, 120)
"""Fewest and most frames a second."""
PICTURE_SIZES = (16, 8192)
"""Fewest and most pixels along the longer side of a relit picture."""
FILM_PICTURE_SIDE = 640
"""Pixels along the longer side of each picture of a film, unless asked for otherwise; fewer where the photographs have
fewer."""
FILM_SIDE = 4096
"""Most pixels along either side of a whole film: more than that few players show."""


def _check(what: str, value: int, allowed: tuple[int, int]) -> None:
    if not allowed[0] <= value <= allowed[1]:
        raise RunError(f"A film of {value} {what} is not possible; choose {allowed[0]} to {allowed[1]}.")


@dataclass(frozen=True, kw_only=True)
class FilmOptions:
    """How a relighting film is made. Raises RunError for what is not possible."""

    path: FilmPath = "light"
    """light: the light goes once round; camera: the camera goes once round the object; both: one after the other."""
    beside: bool = False
    """Whether normals and albedo are shown to the left of the relit object."""
    frames: int = 120
    """Of one turn."""
    rate: int = 30
    """Frames a second."""
    size: int | None = None
    """Pixels along the longer side of each picture; None: as the photographs have, at most ``FILM_PICTURE_SIDE``."""

    def __post_init__(self) -> None:
        _check("frames a turn", self.frames, FILM_FRAMES)
        _check("frames a second", self.rate, FILM_RATES)
        if self.size is not None:
            _check("pixels along its longer side", self.size, PICTURE_SIZES)

    @property
    def count(self) -> int:
        """Frames in all."""
        return self.frames * (2 if self.path == "both" else 1)

    @property
    def pictures(self) -> int:
        """Beside each other in every frame."""
        return 3 if self.beside else 1


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """How each kind of result is written; what is not among those chosen does not matter."""

    mesh: MeshOptions = field(default_factory=MeshOptions)
    maps: MapFormat = "png"
    """png: 16 bits, with what a number stands for in maps.json; exr: 32-bit floats."""
    all_shadows: bool = False
    """Whether there is a shadow map of every photograph, or only of each view's first."""
    features: bool = False
    """Whether the surface features behind the latent maps are written as well, as 32-bit floats."""
    film: FilmOptions = field(default_factory=lambda: FilmOptions(path="both", beside=True))


PLAIN = ExportOptions()
"""The results of a run folder."""
