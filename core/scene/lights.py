"""The unknown lights: per light id a direction and an RGB intensity, and what else the light model asks for.

A light that turns with the camera is described in the rig frame, the OpenCV camera frame of the photograph it belongs
to: it has one direction whatever the view. Where camera and light both move in every shot, every shot has its own
light id and the same table serves. A light that stands in the room is described in the scene's axes.

A near light's intensity is what arrives at its reference point, where the object is, so that intensities mean the same
for all models. Its position is that point plus direction / nearness (``core.scene.incident``).

Cameras at different distances see the object at different places of the rig, so the reference point of a light that
turns with them is a mean, and a position that is well outside the object's sphere in one view may be inside it in
another. With s, the spread, the largest distance from the reference point to where a photograph of this light sees the
object, a light at least s + 1 / NEAREST away is outside in every view, whatever its direction. Hence

    nearness = k / (1 + s k),    1 / nearness = 1 / k + s,    0 < k < NEAREST.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.scene.incident import NEAREST, Incident, arriving, beam_of, falloff
from core.scene.light_model import LightModel

START_NEARNESS = 0.2
"""k of all near lights, 1 / scene units: five radii of the object's sphere away, and the spread."""
START_EXPONENT = 0.5
"""Of all lights' angular falloff: a little, so that the axes feel the photographs."""


@dataclass(frozen=True, kw_only=True)
class LightStart:
    """Where the lights begin, and what the photographs say about which light belongs where."""

    directions: Tensor
    """[lights, 3] unit, in the lights' frame."""
    centres: Tensor
    """[lights, 3] reference points of near lights in the lights' frame, scene units."""
    spread: Tensor
    """[lights] largest distance from the reference point to the object's centre as the light's photographs see it,
    scene units; 0 for lights that stand in the room."""
    image_lights: Tensor
    """[images] row in the light table of every photograph."""


def at_the_camera(count: int, *, device: torch.device) -> LightStart:
    """Lights of a rig, all at the camera, of one photograph each; the object's centre at the camera too."""
    directions = torch.zeros((count, 3), device=device)
    directions[:, 2] = -1.0
    return LightStart(
        directions=directions,
        centres=torch.zeros((count, 3), device=device),
        spread=torch.zeros(count, device=device),
        image_lights=torch.arange(count, device=device),
    )


class LightTable(nn.Module):
    """All lights, of unit intensity at the start; nothing about them is known."""

    def __init__(
        self, count: int, *, device: torch.device, model: LightModel | None = None, start: LightStart | None = None
    ) -> None:
        super().__init__()
        begin = start or at_the_camera(count, device=device)
        self.model = model or LightModel()
        self.start, self.image_lights = begin.directions, begin.image_lights
        self.centres, self.spread = begin.centres, begin.spread
        self.direction = nn.Parameter(begin.directions.clone())
        self.trained = torch.zeros(count, dtype=torch.bool, device=device)
        """[lights] whether any photograph of this light has been trained on."""
        self.log_intensity = nn.Parameter(torch.zeros((count, 3), device=device))
        if self.model.positioned:
            share = torch.tensor(START_NEARNESS / NEAREST, device=device)
            self.shared_nearness = nn.Parameter(torch.logit(share))
            self.own_nearness = nn.Parameter(torch.zeros(count, device=device))
        if self.model.falloff:
            self.tilt = nn.Parameter(torch.zeros((count, 3), device=device))
            self.log_exponent = nn.Parameter(torch.full((count,), START_EXPONENT, device=device).log())
        if self.model.exposure:
            self.log_exposure = nn.Parameter(torch.zeros(len(self.image_lights), device=device))
            self.exposed = torch.zeros(len(self.image_lights), dtype=torch.bool, device=device)
            """[images] whether this photograph has been trained on."""

    def include(self, images: list[int]) -> None:
        """Note that these photographs, and so their lights, are trained on from now on."""
        self.trained[self.image_lights[images]] = True
        if self.model.exposure:
            self.exposed[images] = True

    def to_light(self) -> Tensor:
        """[lights, 3] unit vectors toward each light from its reference point, in the lights' frame."""
        return nn.functional.normalize(self.direction, dim=1)

    def intensity(self) -> Tensor:
        """[lights, 3] linear RGB, positive; as it arrives at the reference point."""
        return self.log_intensity.exp()

    def nearness(self) -> Tensor:
        """[lights] 1 / distance from the reference point, 1 / scene units; 0 where lights are distant."""
        if not self.model.positioned:
            return torch.zeros(len(self.trained), device=self.trained.device)
        # One number that all lights follow, and how far each differs from it, in steps of equal ratio.
        nearness = NEAREST * torch.sigmoid(self.shared_nearness + self.own_nearness)
        return nearness / (1.0 + self.spread * nearness)

    def beam(self) -> Tensor:
        """[lights, 3] axes pointing back at the lights, as ``beam_of`` scales them."""
        direction = self.to_light()
        return beam_of(direction, self.tilt) if self.model.falloff else direction

    def exponent(self) -> Tensor:
        """[lights] power of the cosine to the axis; 0 where lights shine evenly."""
        return self.log_exponent.exp() if self.model.falloff else torch.zeros_like(self.nearness())

    def exposure(self) -> Tensor:
        """[images] brightness of each photograph relative to its light's others; their geometric mean is 1."""
        if not self.model.exposure:
            return torch.ones(len(self.image_lights), device=self.trained.device)
        known = self.exposed.to(self.log_exposure.dtype)
        nothing = torch.zeros(len(self.trained), dtype=known.dtype, device=known.device)
        total = nothing.index_add(0, self.image_lights, self.log_exposure * known)
        count = nothing.index_add(0, self.image_lights, known).clamp_min(1.0)
        return ((self.log_exposure - (total / count)[self.image_lights]) * known).exp()

    def incident(
        self, rows: Tensor, images: Tensor, points: Tensor, *, world_from_rig: Tensor, camera_centres: Tensor
    ) -> Incident:
        """What arrives at ``points`` [R, 3] from the lights in ``rows`` [R, K] in photographs ``images`` [R, K].

        ``world_from_rig`` [R, 3, 3] and ``camera_centres`` [R, 3] of each point's camera; all in the scene frame.
        Carries gradients into the lights, not through the points.
        """
        in_rig = self.model.fixed_to == "camera"
        to_light = self.to_light()[rows]
        intensity = self.intensity()[rows]
        if self.model.positioned:
            place = torch.bmm((points - camera_centres)[:, None], world_from_rig) if in_rig else points[:, None]
            to_light, share = self._from_positions(rows, to_light, place)
            intensity = intensity * share
        if in_rig:
            to_light = torch.bmm(to_light, world_from_rig.transpose(1, 2))
        if self.model.exposure:
            intensity = intensity * self.exposure()[images][..., None]
        return Incident(to_light=to_light, intensity=intensity)

    def _from_positions(self, rows: Tensor, direction: Tensor, place: Tensor) -> tuple[Tensor, Tensor]:
        """Unit vectors [R, K, 3] and relative irradiance [R, K, 1] at ``place`` [R, 1, 3] in the lights' frame."""
        offset = self.centres[rows] - place.detach()
        to_light, share = arriving(direction, self.nearness()[rows][..., None], offset)
        if self.model.falloff:
            share = share * falloff(self.beam()[rows], self.exponent()[rows][..., None], to_light)
        return to_light, share

    def shape_parameters(self) -> list[nn.Parameter]:
        """What says how far away the lights are and how unevenly they shine; empty where neither is estimated."""
        near = [self.shared_nearness, self.own_nearness] if self.model.positioned else []
        return [*near, self.tilt, self.log_exponent] if self.model.falloff else near
