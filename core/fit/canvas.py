"""A picture to draw tiles, dots, lines and lettering on, without a window.

Coordinates are pixels, x to the right and y down. Lettering is OpenImageIO's, in the font that comes with it.
"""

from typing import Literal

import numpy as np
import OpenImageIO as oiio
from numpy.typing import NDArray

from core.types import FloatArray

Align = Literal["left", "center", "right"]
Colour = tuple[float, float, float]
"""Display-referred RGB in [0, 1]."""


class Canvas:
    """Display-referred picture [height, width, 3]."""

    def __init__(self, width: int, height: int, background: Colour) -> None:
        self.pixels: FloatArray = np.empty((height, width, 3), dtype=np.float32)
        self.pixels[:] = background

    def picture(self, x: int, y: int, display: FloatArray) -> None:
        """Copy [h, w, 3] with its top left corner at (x, y)."""
        height, width = display.shape[:2]
        self.pixels[y : y + height, x : x + width] = np.clip(display, 0.0, 1.0)

    def fill(self, x: int, y: int, width: int, height: int, colour: Colour) -> None:
        """A filled rectangle."""
        self.pixels[y : y + height, x : x + width] = colour

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """A filled circle with a smooth edge."""
        window, rows, columns = self._around(x - radius, y - radius, x + radius, y + radius)
        distance = np.hypot(columns - x, rows - y)
        _blend(window, np.clip(radius + 0.5 - distance, 0.0, 1.0), colour)

    def ring(self, x: float, y: float, radius: float, colour: Colour, thickness: float = 1.5) -> None:
        """A circle's line."""
        outer = radius + thickness
        window, rows, columns = self._around(x - outer, y - outer, x + outer, y + outer)
        distance = np.abs(np.hypot(columns - x, rows - y) - radius)
        _blend(window, np.clip(0.5 * thickness + 0.5 - distance, 0.0, 1.0), colour)

    def line(
        self, start: tuple[float, float], end: tuple[float, float], colour: Colour, thickness: float = 1.5
    ) -> None:
        """A straight line from one (x, y) to another."""
        a, b = np.array(start), np.array(end)
        low, high = np.minimum(a, b) - thickness, np.maximum(a, b) + thickness
        window, rows, columns = self._around(low[0], low[1], high[0], high[1])
        along = b - a
        place = ((columns - a[0]) * along[0] + (rows - a[1]) * along[1]) / max(float(along @ along), 1e-9)
        place = np.clip(place, 0.0, 1.0)
        distance = np.hypot(columns - a[0] - place * along[0], rows - a[1] - place * along[1])
        _blend(window, np.clip(0.5 * thickness + 0.5 - distance, 0.0, 1.0), colour)

    def text(
        self,
        x: int,
        y: int,
        text: str,
        colour: Colour,
        *,
        size: int = 17,
        bold: bool = False,
        align: Align = "left",
    ) -> None:
        """One line of lettering whose baseline starts, is centred or ends at (x, y)."""
        top, bottom = max(0, y - 2 * size), min(self.pixels.shape[0], y + size)
        band = oiio.ImageBuf(np.ascontiguousarray(self.pixels[top:bottom]))
        font = "Droid Sans Bold" if bold else "Droid Sans"
        oiio.ImageBufAlgo.render_text(band, x, y - top, text, size, font, colour, align, "baseline")
        self.pixels[top:bottom] = np.asarray(band.get_pixels(oiio.FLOAT))

    def _around(
        self, left: float, top: float, right: float, bottom: float
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The pixels of a rectangle (a view) and the rows and columns of their centres."""
        height, width = self.pixels.shape[:2]
        x0, x1 = max(0, int(left) - 1), min(width, int(right) + 3)
        y0, y1 = max(0, int(top) - 1), min(height, int(bottom) + 3)
        rows, columns = np.mgrid[y0:y1, x0:x1].astype(np.float32)
        return self.pixels[y0:y1, x0:x1], rows, columns


def resized(picture: FloatArray, width: int, height: int) -> FloatArray:
    """[h, w, channels] filtered to another size."""
    source = oiio.ImageBuf(np.ascontiguousarray(picture, dtype=np.float32))
    target = oiio.ImageBufAlgo.resize(source, roi=oiio.ROI(0, width, 0, height, 0, 1, 0, picture.shape[2]))
    return np.asarray(target.get_pixels(oiio.FLOAT), dtype=np.float32).reshape(height, width, picture.shape[2])


def _blend(window: FloatArray, coverage: NDArray[np.floating], colour: Colour) -> None:
    window += coverage[..., None].astype(np.float32) * (np.array(colour, dtype=np.float32) - window)
