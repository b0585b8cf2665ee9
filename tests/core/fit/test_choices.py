import subprocess
import sys
from pathlib import Path

import pytest

from core.fit.choices import PRESET_SECONDS, FitChoices
from core.fit.config import PRESETS, choices_of, draft, with_choices
from core.scene.light_model import LightModel

CHOSEN = FitChoices(
    reflectance="neural",
    lights=LightModel(fixed_to="world", near=True, falloff=True, exposure=True),
    soft_shadows=False,
    bounce=False,
)


@pytest.mark.parametrize("choices", [FitChoices(), CHOSEN])
def test_choices_come_back_from_a_file_and_from_a_configuration(choices: FitChoices) -> None:
    assert FitChoices.from_json(choices.to_json()) == choices
    assert choices_of(with_choices(draft(), choices)) == choices


@pytest.mark.parametrize("values", [None, [], {}, {"reflectance": "wooden", "lights": "near", "bounce": 1}])
def test_damaged_choices_are_the_defaults(values: object) -> None:
    assert FitChoices.from_json(values) == FitChoices()


def test_words_tell_every_choice_apart() -> None:
    assert {name for name, _ in CHOSEN.described()} == {"Reflectance", "Lights", "Shadows", "Interreflection"}
    words = dict(CHOSEN.described())
    assert words["Lights"].startswith("points at a finite distance, standing in the room")
    assert all(words[name] != text for name, text in FitChoices().described())


def test_what_is_not_the_default_is_tagged() -> None:
    assert FitChoices().tags() == ()
    assert CHOSEN.tags() == ("neural", "world", "falloff", "exposure", "sharp", "no bounce")


def test_each_preset_is_as_long_as_is_said() -> None:
    assert {name: make(PRESET_SECONDS[name]).seconds for name, make in PRESETS.items()} == PRESET_SECONDS


def test_choices_are_named_without_the_optimiser() -> None:
    code = "import core.fit.choices, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False).returncode == 0
