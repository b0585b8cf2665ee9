"""What a user chooses about a run, named without loading the optimiser."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self, get_args

from core.fields.reflectance_kind import ReflectanceKind
from core.scene.light_model import LightModel

PresetName = Literal["draft", "final", "ultra"]
PRESET_SECONDS: dict[PresetName, float] = {"draft": 60.0, "final": 600.0, "ultra": 3600.0}
"""How long a run is at most when nobody says otherwise."""

_REFLECTANCE_WORDS: dict[ReflectanceKind, str] = {
    "analytic": "analytic (diffuse and one GGX lobe)",
    "hybrid": "hybrid (diffuse, one GGX lobe, and a network for the rest)",
    "neural": "neural (a network alone)",
}


@dataclass(frozen=True, kw_only=True)
class FitChoices:
    """What a user chooses about the model itself, whatever the preset."""

    reflectance: ReflectanceKind = "hybrid"
    lights: LightModel = field(default_factory=LightModel)
    soft_shadows: bool = True
    """Whether lamps have a size, so that shadows have soft edges."""
    bounce: bool = True
    """Whether light reflected once by the object onto itself is accounted for."""

    @classmethod
    def from_json(cls, values: object) -> Self:
        """What ``values`` holds in the right form; defaults for the rest."""
        known = _object(values)
        lights = _object(known.get("lights"))
        return cls(
            reflectance=known["reflectance"] if known.get("reflectance") in get_args(ReflectanceKind) else "hybrid",
            lights=LightModel(
                fixed_to="world" if lights.get("fixed_to") == "world" else "camera",
                near=lights.get("near") is True,
                falloff=lights.get("falloff") is True,
                exposure=lights.get("exposure") is True,
            ),
            soft_shadows=known.get("soft_shadows") is not False,
            bounce=known.get("bounce") is not False,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values that ``from_json`` reads."""
        return asdict(self)

    def tags(self) -> tuple[str, ...]:
        """A word for everything that is not the default."""
        words = {
            self.reflectance: self.reflectance != "hybrid",
            "world": self.lights.fixed_to == "world",
            "near": self.lights.positioned and not self.lights.falloff,
            "falloff": self.lights.falloff,
            "exposure": self.lights.exposure,
            "sharp": not self.soft_shadows,
            "no bounce": not self.bounce,
        }
        return tuple(word for word, said in words.items() if said)

    def described(self) -> tuple[tuple[str, str], ...]:
        """(what, how) in words, for summaries and reports."""
        return (
            ("Reflectance", _REFLECTANCE_WORDS[self.reflectance]),
            ("Lights", _light_words(self.lights)),
            ("Shadows", "soft" if self.soft_shadows else "sharp"),
            ("Interreflection", "one bounce" if self.bounce else "left out"),
        )


def _light_words(lights: LightModel) -> str:
    words = ["points at a finite distance" if lights.positioned else "distant"]
    words.append("fixed to the camera" if lights.fixed_to == "camera" else "standing in the room")
    if lights.falloff:
        words.append("dimmer away from their axes")
    if lights.exposure:
        words.append("every photograph with a brightness of its own")
    return ", ".join(words)


def _object(values: object) -> dict[str, Any]:
    return values if isinstance(values, dict) else {}
