"""The names of the test captures that can be asked for (``core.capture.synthetic_presets`` says what they are)."""

from typing import Literal

CaseName = Literal[
    "painted",
    "porcelain",
    "bronze",
    "dark-metal",
    "waxy",
    "clay",
    "near",
    "beam",
    "world",
    "exposure",
    "free",
    "bowl",
    "metal-bowl",
    "urchin",
    "dish",
    "relief",
    "spoilt",
]
"""Materials of the owl; how lamps hang and shine; objects; what goes wrong."""
