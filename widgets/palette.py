"""Chiaro's colours and distances: the one place they are chosen.

Greys are slightly blue and ordered by height: the further a surface is from the desk, the lighter. One accent marks
what is selected or is the next thing to press; green, amber and red mean running, paused and failed and nothing else.
"""

from dataclasses import dataclass

Rgba = tuple[int, int, int, int]


@dataclass(frozen=True, kw_only=True)
class Colours:
    """Display (sRGB) colours, 0-255 with opacity."""

    desk: Rgba = (15, 16, 18, 255)
    """Between panels."""
    panel: Rgba = (24, 25, 28, 255)
    well: Rgba = (18, 19, 21, 255)
    """Where images and plots lie: darker than the panel."""
    raised: Rgba = (35, 37, 42, 255)
    """Popups, headers."""
    control: Rgba = (43, 45, 51, 255)
    """Buttons and fields."""
    control_hovered: Rgba = (54, 57, 64, 255)
    control_pressed: Rgba = (64, 67, 75, 255)
    line: Rgba = (45, 47, 53, 255)
    line_strong: Rgba = (66, 69, 77, 255)
    text: Rgba = (228, 230, 234, 255)
    muted: Rgba = (156, 160, 169, 255)
    """Labels and explanations."""
    faint: Rgba = (104, 108, 117, 255)
    """What cannot be pressed, grids."""
    accent: Rgba = (72, 134, 240, 255)
    accent_hovered: Rgba = (94, 150, 246, 255)
    accent_pressed: Rgba = (58, 116, 216, 255)
    accent_quiet: Rgba = (72, 134, 240, 60)
    on_accent: Rgba = (255, 255, 255, 255)
    running: Rgba = (78, 190, 120, 255)
    paused: Rgba = (232, 176, 72, 255)
    failed: Rgba = (236, 96, 92, 255)
    truth: Rgba = (96, 208, 200, 255)
    """Ground truth, wherever it is drawn."""
    light: Rgba = (255, 206, 112, 255)
    """The light being dragged."""
    series: tuple[Rgba, ...] = (
        (96, 156, 255, 255),
        (244, 162, 84, 255),
        (120, 206, 140, 255),
        (214, 128, 220, 255),
        (240, 214, 96, 255),
    )
    """Lines of a plot, told apart also by people who see red and green alike."""


@dataclass(frozen=True, kw_only=True)
class Spacing:
    """Distances in pixels at UI scale 1."""

    hair: int = 2
    small: int = 4
    normal: int = 8
    panel: int = 12
    """Between a panel's edge and what is in it."""
    gap: int = 6
    """Between two panels; also where they are dragged."""
    row: int = 28
    """Height of a button or field."""
    body: int = 16
    small_text: int = 14
    tiny_text: int = 12
    """Numbers in drawings."""
    mono: int = 14
    heading: int = 16
    title: int = 21


COLOURS = Colours()
SPACING = Spacing()


def faded(colour: Rgba, opacity: float) -> Rgba:
    """The same colour, ``opacity`` in [0, 1] times as opaque."""
    return (colour[0], colour[1], colour[2], round(colour[3] * opacity))
