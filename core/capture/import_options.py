"""What a user may say about a folder of photographs before it is read; every default looks for itself."""

import math
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Literal, Self, get_args

Axis = Literal["+x", "-x", "+y", "-y", "+z", "-z"]
Encoding = Literal["linear", "srgb"]
Handedness = Literal["right", "left"]
RawCurve = Literal["linear", "bt709"]


class MaskChoice(StrEnum):
    """Where masks come from."""

    FILES = "files"
    """Mask files beside the photographs, or masks painted in the studio; an error when there are none."""
    ALPHA = "alpha"
    """The photographs' alpha channel."""
    THRESHOLD = "threshold"
    """Brighter than a level under any light: for objects in front of black."""
    NONE = "none"
    """No masks: everything inside the sphere counts as the object."""


@dataclass(frozen=True, kw_only=True)
class RawOptions:
    """How camera RAW files are developed."""

    curve: RawCurve = "linear"
    """``bt709`` is the curve under which the photographs of MVSCPS were published; they are not linear."""
    crop: tuple[int, int, int, int] | None = None
    """(left, top, width, height) in pixels of the developed frame; None keeps the camera's own active area."""


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """Choices about one capture folder. Plain values, so that they are written and read as JSON."""

    layout: str | None = None
    """A name from ``core.capture.recognise.LAYOUTS``; None takes the likeliest."""
    cameras: str | None = None
    """The camera file to use, relative to the folder, where there are several; None takes the reader's first choice."""
    encoding: Encoding | None = None
    """How pixel values stand for light; None goes by the files: 8 bits are sRGB, more are linear."""
    masks: MaskChoice = MaskChoice.FILES
    threshold: float | None = None
    """Level of ``MaskChoice.THRESHOLD``, linear, 1 = full range; None finds one (Otsu's method)."""
    fill_holes: bool = False
    """Close holes inside masks."""
    reduce: int | None = None
    """Photographs are made this many times smaller along each side; None as far as memory asks for."""
    up: Axis | None = None
    """The world axis that points up; None as the layout declares, if it does."""
    handedness: Handedness = "right"
    """``left``: camera matrices as engines with left-handed axes write them (x right, y up, z forward)."""
    names: str | None = None
    """Plain folders: file names as a pattern with {view} and {light}, such as ``{view}/{light}.jpg``."""
    table: str | None = None
    """Plain folders: a CSV file in the folder with the columns file, view, light."""
    sphere: tuple[tuple[float, float, float], float] | None = None
    """(centre [3] world, radius) as the user placed the object's sphere."""
    ball: tuple[float, float, float] | None = None
    """(u, v, radius) pixels: a mirror ball in the photographs of a single view, from which lights are measured."""
    raw: RawOptions = field(default_factory=RawOptions)

    def to_json(self) -> dict[str, Any]:
        """What differs from the defaults, as plain JSON values."""
        values: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if value != getattr(_DEFAULTS, item.name):
                values[item.name] = {"curve": value.curve, "crop": value.crop} if item.name == "raw" else value
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """The options in ``values``. Raises ValueError naming the entry that is not one."""
        known = {item.name for item in fields(cls)}
        stranger = next((name for name in values if name not in known), None)
        if stranger is not None:
            raise ValueError(f"{stranger!r} is no import option")
        return cls(**{name: _checked(name, value) for name, value in values.items()})


def _checked(name: str, value: Any) -> Any:
    """``value`` in the form the field ``name`` has. Raises ValueError."""
    try:
        good = _CHECKS[name](value)
    except (AttributeError, TypeError, ValueError, KeyError, OverflowError, IndexError):
        raise ValueError(f"{name} cannot be {value!r}") from None
    return good


def _text(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ValueError
    return value


def _one_of(*allowed: Any) -> Any:
    def check(value: Any) -> Any:
        if value not in allowed:
            raise ValueError
        return value

    return check


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError
    return float(value)


def _numbers(value: Any, count: int) -> tuple[float, ...]:
    rows: list[Any] = list(value)
    if len(rows) != count:
        raise ValueError
    return tuple(_number(item) for item in rows)


def _positive(value: float) -> float:
    if not value > 0.0:
        raise ValueError
    return value


def _reduce(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_REDUCED:
        raise ValueError
    return value


def _sphere(value: Any) -> tuple[tuple[float, ...], float] | None:
    if value is None:
        return None
    centre, radius = value
    return _numbers(centre, 3), _positive(_number(radius))


def _ball(value: Any) -> tuple[float, ...] | None:
    if value is None:
        return None
    u, v, radius = _numbers(value, 3)
    return u, v, _positive(radius)


def _raw(value: Any) -> RawOptions:
    crop = value.get("crop")
    if crop is not None:
        left, top, width, height = (int(_number(item)) for item in crop)
        if min(left, top) < 0 or min(width, height) < 1:
            raise ValueError
        crop = (left, top, width, height)
    return RawOptions(curve=_one_of(*get_args(RawCurve))(value.get("curve", "linear")), crop=crop)


MOST_REDUCED = 64
_CHECKS: dict[str, Any] = {
    "layout": _text,
    "cameras": _text,
    "encoding": _one_of(None, *get_args(Encoding)),
    "masks": MaskChoice,
    "threshold": lambda value: None if value is None else _number(value),
    "fill_holes": _flag,
    "reduce": _reduce,
    "up": _one_of(None, *get_args(Axis)),
    "handedness": _one_of(*get_args(Handedness)),
    "names": _text,
    "table": _text,
    "sphere": _sphere,
    "ball": _ball,
    "raw": _raw,
}
_DEFAULTS = ImportOptions()
