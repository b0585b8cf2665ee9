"""How a capture is to be read, as options of the command line; shared by every command that reads one."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import tyro

from app.argument_kinds import choice, number, option, whole_number
from core.capture.choices import load_choices
from core.capture.import_options import (
    MOST_REDUCED,
    Axis,
    Encoding,
    Handedness,
    ImportOptions,
    MaskChoice,
    RawCurve,
)
from core.errors import CaptureError

_Masks = Literal["files", "alpha", "threshold", "none"]


@dataclass(frozen=True, kw_only=True)
class ReadingArguments:
    """How to read the capture, but for its axes. What is not said is taken from saved choices, else found out."""

    layout: Annotated[str | None, option("NAME")] = None
    """Layout of the folder, such as COLMAP; docs/captures.md lists them."""
    cameras: Annotated[str | None, option("FILE")] = None
    """Camera file, relative to the folder, where there are several."""
    encoding: Annotated[Encoding | None, option("linear|srgb"), choice(*get_args(Encoding))] = None
    """How pixel values stand for light; by default 8 bits are sRGB, more are linear."""
    masks: Annotated[_Masks | None, option("files|alpha|threshold|none"), choice(*get_args(_Masks))] = None
    """Where masks come from; none takes everything inside the sphere for the object."""
    threshold: Annotated[float | None, option("LEVEL"), number("LEVEL")] = None
    """Brightness above which a pixel is the object, linear, 1 = full range; means --masks threshold."""
    fill_holes: Annotated[bool, tyro.conf.arg(help_behavior_hint="")] = False
    """Close holes inside masks."""
    reduce: Annotated[int | None, option("N"), whole_number("N")] = None
    """Make photographs N times smaller along each side; by default as far as memory asks for."""
    names: Annotated[str | None, option("PATTERN")] = None
    """Plain folders: file names with {view} and {light}, such as {view}/{light}.jpg."""
    table: Annotated[str | None, option("FILE")] = None
    """Plain folders: CSV file in the folder with the columns file, view, light."""
    raw_curve: Annotated[RawCurve | None, option("linear|bt709"), choice(*get_args(RawCurve))] = None
    """How RAW files are developed; bt709 is the curve of MVSCPS's own pictures."""
    raw_crop: Annotated[str | None, option("L,T,W,H")] = None
    """Left, top, width, height of what is kept of RAW files, in pixels."""
    sphere: Annotated[str | None, option("X,Y,Z,R")] = None
    """Sphere around the object: centre and radius in world units."""
    ball: Annotated[str | None, option("U,V,R")] = None
    """Mirror ball in the photographs of a single view: centre and radius in pixels."""

    def options(
        self, folder: Path, *, up: Axis | None = None, handedness: Handedness | None = None
    ) -> ImportOptions | None:
        """The options for the capture in ``folder``: None when nothing was said, so that its saved choices count.

        What was said, the axes included, goes over what is saved. Raises CaptureError for values that cannot be.
        """
        said, raw = self._said(), self._said_of_raw()
        if up is not None:
            said["up"] = up
        if handedness is not None:
            said["handedness"] = handedness
        if not said and not raw:
            return None
        saved = load_choices(folder)
        return replace(saved, **said, raw=replace(saved.raw, **raw))

    def _said(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            name: value
            for name in ("layout", "cameras", "encoding", "names", "table")
            if (value := getattr(self, name)) is not None
        }
        if self.fill_holes:
            said["fill_holes"] = True
        if self.reduce is not None:
            said["reduce"] = _between(self.reduce, 1, MOST_REDUCED, "--reduce")
        return said | self._said_of_masks() | self._said_of_places()

    def _said_of_raw(self) -> dict[str, Any]:
        said: dict[str, Any] = {} if self.raw_curve is None else {"curve": self.raw_curve}
        return said if self.raw_crop is None else said | {"crop": _crop(self.raw_crop)}

    def _said_of_masks(self) -> dict[str, Any]:
        said: dict[str, Any] = {} if self.masks is None else {"masks": MaskChoice(self.masks)}
        if self.threshold is None:
            return said
        if said.get("masks", MaskChoice.THRESHOLD) is not MaskChoice.THRESHOLD:
            raise CaptureError(f"--threshold goes with --masks threshold, not with --masks {self.masks}.")
        if not 0.0 <= self.threshold < 1.0:
            raise CaptureError(f"--threshold must lie between 0 and 1, but is {self.threshold:g}.")
        return {"masks": MaskChoice.THRESHOLD, "threshold": self.threshold}

    def _said_of_places(self) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if self.sphere is not None:
            x, y, z, radius = _numbers(self.sphere, 4, "--sphere", "0,0,0.5,1.2")
            said["sphere"] = ((x, y, z), _positive(radius, "--sphere"))
        if self.ball is not None:
            u, v, radius = _numbers(self.ball, 3, "--ball", "410,322,55")
            said["ball"] = (u, v, _positive(radius, "--ball"))
        return said


@dataclass(frozen=True, kw_only=True)
class ImportArguments(ReadingArguments):
    """How to read the capture. What is not said is taken from choices saved beside it, else found out."""

    up: Annotated[Axis | None, option("AXIS"), choice(*get_args(Axis))] = None
    """World axis that points up: +x, -x, +y, -y, +z or -z."""
    handedness: Annotated[Handedness | None, option("right|left"), choice(*get_args(Handedness))] = None
    """left: camera matrices of an engine with left-handed axes."""

    def chosen(self, folder: Path) -> ImportOptions | None:
        """As ``options``, with the axes that were said."""
        return self.options(folder, up=self.up, handedness=self.handedness)


def _numbers(text: str, count: int, name: str, example: str) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) != count or not all(math.isfinite(number) for number in numbers):
        words = {3: "three", 4: "four"}[count]
        raise CaptureError(f"{name} takes {words} numbers with commas between them, such as {example}, not {text!r}.")
    return numbers


def _positive(radius: float, name: str) -> float:
    if not radius > 0.0:
        raise CaptureError(f"The radius of {name} must be positive, but is {radius:g}.")
    return radius


def _crop(text: str) -> tuple[int, int, int, int]:
    left, top, width, height = (round(value) for value in _numbers(text, 4, "--raw-crop", "12,8,4000,3000"))
    if min(left, top) < 0 or min(width, height) < 1:
        raise CaptureError(
            f"--raw-crop takes left, top, width, height in pixels, such as 12,8,4000,3000, not {text!r}."
        )
    return left, top, width, height


def _between(value: int, low: int, high: int, name: str) -> int:
    if not low <= value <= high:
        raise CaptureError(f"{name} must lie between {low} and {high}, not {value}.")
    return value
