"""Zoom and pan of a picture in a pane, without a window.

A ``View`` is independent of any pane's size, so that one view drives several panes and survives resizing: ``zoom`` is
relative to the size that just fits, ``centre`` is the point of the picture, as fractions, in the middle of the pane.
"""

from dataclasses import dataclass, replace

Pair = tuple[float, float]
_MOST = 40.0


@dataclass(frozen=True, kw_only=True)
class View:
    """What part of a picture is seen."""

    zoom: float = 1.0
    """1 = the whole picture just fits."""
    centre: Pair = (0.5, 0.5)
    """Fractions of the picture's width and height, in the pane's middle."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A picture of ``picture`` pixels (width, height) in a pane of ``pane`` window pixels, seen through ``view``."""

    picture: Pair
    pane: Pair
    view: View

    @property
    def pixels_per_pixel(self) -> float:
        """Window pixels a picture pixel covers."""
        fit = min(self.pane[0] / self.picture[0], self.pane[1] / self.picture[1])
        return fit * self.view.zoom

    @property
    def near(self) -> Pair:
        """Where the picture's top left corner lies in the pane."""
        scale = self.pixels_per_pixel
        return (
            self.pane[0] / 2 - self.view.centre[0] * self.picture[0] * scale,
            self.pane[1] / 2 - self.view.centre[1] * self.picture[1] * scale,
        )

    @property
    def far(self) -> Pair:
        """Where the picture's bottom right corner lies in the pane."""
        scale, near = self.pixels_per_pixel, self.near
        return (near[0] + self.picture[0] * scale, near[1] + self.picture[1] * scale)

    def fraction_at(self, at: Pair) -> Pair:
        """The point of the picture under pane position ``at``, as fractions; outside the picture beyond [0, 1]."""
        scale, near = self.pixels_per_pixel, self.near
        return ((at[0] - near[0]) / (self.picture[0] * scale), (at[1] - near[1]) / (self.picture[1] * scale))

    def position_of(self, fraction: Pair) -> Pair:
        """Pane position of a point of the picture; the inverse of ``fraction_at``."""
        near, far = self.near, self.far
        return (near[0] + fraction[0] * (far[0] - near[0]), near[1] + fraction[1] * (far[1] - near[1]))

    def pixel_at(self, at: Pair) -> tuple[int, int] | None:
        """(x, y) of the picture's pixel under pane position ``at``, or None beside the picture."""
        u, v = self.fraction_at(at)
        if not (0.0 <= u < 1.0 and 0.0 <= v < 1.0):
            return None
        return (int(u * self.picture[0]), int(v * self.picture[1]))

    def zoomed(self, factor: float, at: Pair) -> View:
        """The view after zooming by ``factor`` with the point under ``at`` staying where it is."""
        zoom = min(max(self.view.zoom * factor, 1.0), _MOST)
        held = self.fraction_at(at)
        after = replace(self, view=replace(self.view, zoom=zoom))
        moved = after.fraction_at(at)
        centre = (self.view.centre[0] + held[0] - moved[0], self.view.centre[1] + held[1] - moved[1])
        return kept_in(View(zoom=zoom, centre=centre))

    def panned(self, by: Pair) -> View:
        """The view after the picture has been dragged by this many window pixels."""
        scale = self.pixels_per_pixel
        x = self.view.centre[0] - by[0] / (self.picture[0] * scale)
        y = self.view.centre[1] - by[1] / (self.picture[1] * scale)
        return kept_in(replace(self.view, centre=(x, y)))


def kept_in(view: View) -> View:
    """The nearest view whose middle shows the picture; an unzoomed view is always centred."""
    reach = 0.5 - 0.5 / view.zoom
    x, y = (min(max(c, 0.5 - reach), 0.5 + reach) for c in view.centre)
    return replace(view, centre=(x, y))
