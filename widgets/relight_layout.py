"""How ball, settings and picture share the relight panel; no window."""

from dataclasses import dataclass

from widgets.palette import SPACING

Rect = tuple[int, int, int, int]
"""(x, y, width, height) in the panel's pixels."""
SIDE = 248
"""Width of the settings at UI scale 1, the padding included."""
BALL_HEAD = 26
"""Height of the heading over the ball at UI scale 1."""
_BALL_LEAST, _SETTINGS, _SCROLL_BAR = 90, 250, 12
"""The ball's least side, and the height of all settings but the note on the frame."""


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where the parts of the panel lie."""

    ball: Rect
    """With its heading."""
    side: Rect
    """The settings."""
    image: Rect


def arranged(size: tuple[int, int], scale: float) -> Places:
    """Where ball, settings and image lie in a panel of ``size`` pixels; the image gets at least half of it.

    Ball and settings stand beside the image, one above the other; in a narrow panel they lie below it, side by side.
    """
    side, gap = round(SIDE * scale), round(SPACING.normal * scale)
    width, height = max(size[0], 1), max(size[1], 1)
    inner = round((SIDE - 2 * SPACING.panel) * scale)
    if 2 * side <= width:
        top = min(inner + round(BALL_HEAD * scale), height)
        return Places(
            ball=(0, 0, inner, top),
            side=(0, top, side, max(height - top, 1)),
            image=(side, 0, width - side, height),
        )
    low = min(round(_SETTINGS * scale), height // 2 - gap)
    bar = round(_SCROLL_BAR * scale)
    ball = min(max(width - inner - gap - bar, round(_BALL_LEAST * scale)), low - round(BALL_HEAD * scale), width // 2)
    top = height - low
    return Places(
        ball=(0, top, max(ball, 1), low),
        side=(ball + gap, top, max(width - ball - gap, 1), low),
        image=(0, 0, width, max(top - gap, 1)),
    )
