"""Test captures by name: a function each, so that two who name one measure on the same photographs."""

from collections.abc import Callable

from core.capture.case_names import CaseName
from core.capture.synthetic_cases import Case
from core.capture.synthetic_lamps import LampKind
from core.capture.synthetic_materials import MaterialPreset, bronze, clay, dark_metal, painted, porcelain, waxy
from core.capture.synthetic_objects import bowl_distance, dish_distance, relief_distance, urchin_distance
from core.capture.synthetic_spoilt import SpoiltKind

_LAMP_DISTANCE = 2.5
"""Of near lamps, in radii of the object: the near side receives four times as much light as the far side."""
_FRONT_DEG = 25.0
"""Of captures from the front alone."""
_ALL_SPOILT: frozenset[SpoiltKind] = frozenset({"hand", "dark", "swapped", "blurred"})


def of_material(material: MaterialPreset) -> Case:
    """The owl, made of it, under distant lamps that turn with the camera."""
    return Case(material=material)


def of_metal(material: MaterialPreset) -> Case:
    """As ``of_material``; the metal mirrors the owl's ears, beak and feet in each other and in its body."""
    return Case(material=material, bounce=True)


def near() -> Case:
    """The glazed owl under near lamps that turn with the camera."""
    return Case(lamps=LampKind(distance=_LAMP_DISTANCE))


def beam() -> Case:
    """As ``near``, the lamps with a beam: dimmer away from their axes."""
    return Case(lamps=LampKind(distance=_LAMP_DISTANCE, falloff=6.0))


def world() -> Case:
    """The glazed owl under distant lamps that stand in the room."""
    return Case(lamps=LampKind(fixed_to="world"))


def exposure() -> Case:
    """The glazed owl, every photograph with a brightness of its own: a third of a stop up or down."""
    return Case(exposure_stops=0.33)


def free() -> Case:
    """The glazed owl in 96 shots, camera and lamp both moved in every one."""
    return Case(moving="free", views=96)


def bowl() -> Case:
    """A bowl of clay with deep hollows, which light themselves, under lamps that are discs."""
    return Case(shape=bowl_distance, material=clay, bounce=True, lamps=LampKind(disc=0.03))


def metal_bowl() -> Case:
    """The same bowl of bronze: its hollow is lit by what it mirrors."""
    return Case(shape=bowl_distance, material=bronze, bounce=True)


def urchin() -> Case:
    """Thin spikes of painted clay."""
    return Case(shape=urchin_distance, material=painted)


def dish() -> Case:
    """A dish of clay from the front alone, so that its hollow may be taken for a bump."""
    return Case(shape=dish_distance, material=clay, bounce=True, cone_deg=_FRONT_DEG, views=6, lights=8)


def relief() -> Case:
    """Bumps and dents of clay from the front alone."""
    return Case(shape=relief_distance, material=clay, bounce=True, cone_deg=_FRONT_DEG, views=6, lights=8)


def spoilt() -> Case:
    """The glazed owl, three photographs in a hundred spoilt in each of four ways."""
    return Case(spoilt=_ALL_SPOILT)


CASES: dict[CaseName, Callable[[], Case]] = {
    "painted": lambda: of_material(painted),
    "porcelain": lambda: of_material(porcelain),
    "bronze": lambda: of_metal(bronze),
    "dark-metal": lambda: of_metal(dark_metal),
    "waxy": lambda: of_material(waxy),
    "clay": lambda: of_material(clay),
    "near": near,
    "beam": beam,
    "world": world,
    "exposure": exposure,
    "free": free,
    "bowl": bowl,
    "metal-bowl": metal_bowl,
    "urchin": urchin,
    "dish": dish,
    "relief": relief,
    "spoilt": spoilt,
}
"""By the names that the command line shows."""
