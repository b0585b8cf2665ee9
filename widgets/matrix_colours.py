"""The colours of the matrix's cells and of what is written on them."""

from core.color import ERROR_COLOURS
from widgets.palette import COLOURS, Rgba

_FIRST_COLOUR = 70
"""Where in the error colours the matrix begins: the first ones are as dark as an empty cell."""
_COLOURS: list[Rgba] = [
    (round(float(r) * 255), round(float(g) * 255), round(float(b) * 255), 255)
    for r, g, b in ERROR_COLOURS[_FIRST_COLOUR:]
]


def ink(ground: Rgba) -> Rgba:
    """A text colour that can be read on ``ground``."""
    red, green, blue, opacity = ground
    if opacity == 0:
        return COLOURS.faint
    return COLOURS.desk if 0.3 * red + 0.59 * green + 0.11 * blue > 140 else COLOURS.text


def loss_colour(loss: float, limit: float) -> Rgba:
    """The colour of a loss; the map's dark end is left out."""
    return _COLOURS[round(min(max(loss / limit, 0.0), 1.0) * (len(_COLOURS) - 1))]
