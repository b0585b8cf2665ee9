"""What is modelled, as options of the command line; shared by the commands that train."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Annotated, Self, get_args

import tyro

from app.argument_kinds import choice, option
from core.fields.reflectance_kind import ReflectanceKind
from core.fit.choices import FitChoices
from core.scene.light_model import LightFrame, LightModel

_Switch = Annotated[bool, tyro.conf.arg(help_behavior_hint="")]


@dataclass(frozen=True, kw_only=True)
class ModelArguments:
    """What the photographs are explained by. Everything that is switched on is estimated from them."""

    reflectance: Annotated[
        ReflectanceKind | None, option("analytic|hybrid|neural"), choice(*get_args(ReflectanceKind))
    ] = None
    """hybrid (default): a diffuse term, one highlight and a network for the rest; analytic: without the network, for
    few photographs or plain surfaces; neural: a network alone, for surfaces that the others do not fit."""
    lights: Annotated[LightFrame | None, option("camera|world"), choice(*get_args(LightFrame))] = None
    """What lights are fixed to. camera (default): they turn with it, or every shot has its own; world: they stand in
    the room while the camera goes round."""
    near: _Switch = False
    """Lamps close to the object: points with a place of their own, dimmer with the square of the distance."""
    falloff: _Switch = False
    """Lamps with a beam: dimmer away from their axes; means --near, too."""
    exposure: _Switch = False
    """Every photograph has a brightness of its own: a flash that varies, automatic exposure."""
    soft_shadows: _Switch = True
    """Take lamps for points. By default they have a size, so that shadows have soft edges. Without soft shadows and
    bounced light a step takes about a third less time: for weak machines, or light from all around."""
    bounce: _Switch = True
    """Leave out light that the object reflects onto itself, once; it fills hollows and folds."""

    def chosen(self) -> FitChoices:
        """The choices, defaults where nothing was said."""
        default = FitChoices()
        lights = LightModel(
            fixed_to=self.lights or default.lights.fixed_to,
            near=self.near,
            falloff=self.falloff,
            exposure=self.exposure,
        )
        return FitChoices(
            reflectance=self.reflectance or default.reflectance,
            lights=lights,
            soft_shadows=self.soft_shadows,
            bounce=self.bounce,
        )

    @classmethod
    def of(cls, choices: FitChoices) -> Self:
        """The options that say ``choices``."""
        lights = choices.lights
        return cls(
            reflectance=choices.reflectance,
            lights=lights.fixed_to,
            near=lights.near,
            falloff=lights.falloff,
            exposure=lights.exposure,
            soft_shadows=choices.soft_shadows,
            bounce=choices.bounce,
        )

    def given(self) -> Sequence[str]:
        """The options that were given, as they are written."""
        changed = [each for each in fields(self) if getattr(self, each.name) != each.default]
        return [f"--{'no-' if each.default is True else ''}{each.name.replace('_', '-')}" for each in changed]
