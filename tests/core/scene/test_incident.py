"""Light from a finite distance: the inverse-square law, the limit of distant lights, gradients, frames."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from core.scene.incident import arriving, beam_of, falloff
from core.scene.light_model import LightModel
from core.scene.lights import LightStart, LightTable

CPU = torch.device("cpu")
COUNT, IMAGES = 3, 6


def _start(*, centre: tuple[float, float, float] = (0.0, 0.0, 4.0)) -> LightStart:
    generator = torch.Generator().manual_seed(3)
    directions = torch.randn((COUNT, 3), generator=generator)
    return LightStart(
        directions=directions / directions.norm(dim=1, keepdim=True),
        centres=torch.tensor(centre).expand(COUNT, 3).clone(),
        spread=torch.zeros(COUNT),
        image_lights=torch.arange(IMAGES) % COUNT,
    )


def _table(model: LightModel, *, centre: tuple[float, float, float] = (0.0, 0.0, 4.0)) -> LightTable:
    table = LightTable(COUNT, device=CPU, model=model, start=_start(centre=centre))
    table.include(list(range(IMAGES)))
    return table


def _turns(count: int, seed: int) -> Tensor:
    """[count, 3, 3] random rotations."""
    q, r = torch.linalg.qr(torch.randn((count, 3, 3), generator=torch.Generator().manual_seed(seed)))
    q = q * torch.sign(torch.diagonal(r, dim1=1, dim2=2))[:, None]
    return q * torch.linalg.det(q)[:, None, None]


def _scene(points: int = 5) -> dict[str, Tensor]:
    """Points near the origin, seen by cameras four units away that look at it."""
    generator = torch.Generator().manual_seed(7)
    turn = _turns(points, 1)
    return {
        "rows": torch.randint(COUNT, (points, 2), generator=generator),
        "points": 0.4 * torch.randn((points, 3), generator=generator),
        "world_from_rig": turn,
        "camera_centres": -4.0 * turn[:, :, 2],
    }


def _incident(table: LightTable, scene: dict[str, Tensor], images: Tensor | None = None) -> tuple[Tensor, Tensor]:
    light = table.incident(
        scene["rows"],
        scene["rows"] if images is None else images,
        scene["points"],
        world_from_rig=scene["world_from_rig"],
        camera_centres=scene["camera_centres"],
    )
    return light.to_light, light.intensity


@pytest.mark.parametrize("fixed_to", ["camera", "world"])
def test_an_infinitely_far_light_is_a_directional_one(fixed_to: str) -> None:
    frame = "camera" if fixed_to == "camera" else "world"
    scene = _scene()
    near = _table(LightModel(fixed_to=frame, near=True, falloff=True))
    with torch.no_grad():
        near.shared_nearness.fill_(-40.0)
    plain = _table(LightModel(fixed_to=frame))
    for ours, theirs in zip(_incident(near, scene), _incident(plain, scene), strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=1e-6)


def test_inverse_square_law() -> None:
    """A point twice as far from the light receives a quarter, from straight ahead."""
    to_light, nearness = torch.tensor([[0.0, 0.0, 1.0]]), torch.tensor([[0.5]])  # two units above the reference point
    below = torch.tensor([[0.0, 0.0, 2.0]])  # c - x: the point lies two units below c, four from the light
    direction, share = arriving(to_light, nearness, below)
    torch.testing.assert_close(share, torch.tensor([[0.25]]))
    torch.testing.assert_close(direction, to_light)


def test_directions_meet_at_the_light() -> None:
    table = _table(LightModel(near=True))
    scene = _scene(40)
    to_light, intensity = _incident(table, scene)
    distance = 1.0 / table.nearness()[scene["rows"]][..., None]
    in_rig = table.centres[scene["rows"]] + distance * table.to_light()[scene["rows"]]
    place = torch.bmm(in_rig, scene["world_from_rig"].transpose(1, 2)) + scene["camera_centres"][:, None]
    away = place - scene["points"][:, None]
    torch.testing.assert_close(to_light, away / away.norm(dim=-1, keepdim=True), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(intensity[..., :1], (distance / away.norm(dim=-1, keepdim=True)) ** 2)


def test_both_frames_agree_while_the_camera_does_not_turn() -> None:
    scene = _scene()
    still = torch.eye(3).expand(5, 3, 3)
    scene |= {"world_from_rig": still, "camera_centres": torch.tensor([0.0, 0.0, -4.0]).expand(5, 3)}
    rig = _table(LightModel(near=True, falloff=True), centre=(0.0, 0.0, 4.0))
    room = _table(LightModel(fixed_to="world", near=True, falloff=True), centre=(0.0, 0.0, 0.0))
    for ours, theirs in zip(_incident(rig, scene), _incident(room, scene), strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=1e-5)


def test_falloff_follows_the_angle_to_the_axis() -> None:
    """cos^m of the angle at the light between its axis and the point, as a part of that toward the reference point."""
    direction, tilt = torch.tensor([[0.0, 0.0, 1.0]]), torch.tensor([[0.3, -0.2, 5.0]])  # the part along d is no tilt
    beam, exponent = beam_of(direction, tilt), torch.tensor([[3.0]])
    offset = torch.tensor([[-0.3, 0.1, 0.2]])
    to_light, _ = arriving(direction, torch.tensor([[0.5]]), offset)
    axis = -beam / beam.norm()
    expected = ((-to_light * axis).sum() / (-direction * axis).sum()) ** 3.0
    torch.testing.assert_close(falloff(beam, exponent, to_light), expected.reshape(1, 1))
    torch.testing.assert_close(falloff(beam, exponent, direction), torch.ones((1, 1)))
    torch.testing.assert_close(falloff(beam, torch.zeros((1, 1)), to_light), torch.ones((1, 1)))


@pytest.mark.parametrize("fixed_to", ["camera", "world"])
def test_gradients_are_those_of_finite_differences(fixed_to: str) -> None:
    frame = "camera" if fixed_to == "camera" else "world"
    table = _table(LightModel(fixed_to=frame, near=True, falloff=True, exposure=True)).double()
    table.centres = table.centres.double() if frame == "camera" else torch.zeros((COUNT, 3), dtype=torch.float64)
    with torch.no_grad():
        for parameter in table.parameters():
            parameter.add_(0.2 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(5)))
        table.shared_nearness.fill_(math.log(0.5))
    scene = {name: value.double() if value.is_floating_point() else value for name, value in _scene().items()}
    images = torch.tensor([[0, 4], [1, 5], [2, 0], [3, 1], [5, 2]])
    weights = torch.randn((5, 2, 3), generator=torch.Generator().manual_seed(9), dtype=torch.float64)

    def value() -> Tensor:
        to_light, intensity = _incident(table, scene, images)
        return (to_light * weights).sum() + (intensity * weights.roll(1, 0)).sum()

    table.zero_grad()
    value().backward()
    step = 1e-6
    for name, parameter in table.named_parameters():
        gradient = torch.zeros(1, dtype=torch.float64) if parameter.grad is None else parameter.grad.reshape(-1)
        flat = parameter.data.view(-1)
        for place in range(len(flat)):
            before = float(flat[place])
            flat[place] = before + step
            above = float(value().detach())
            flat[place] = before - step
            below = float(value().detach())
            flat[place] = before
            assert float(gradient[place]) == pytest.approx((above - below) / (2 * step), abs=1e-6), (name, place)
    for name in ("direction", "own_nearness", "tilt", "log_exponent", "log_exposure"):
        assert float(getattr(table, name).grad.abs().max()) > 1e-3, name


def test_exposures_have_mean_one_for_every_light() -> None:
    table = _table(LightModel(exposure=True))
    with torch.no_grad():
        table.log_exposure.add_(torch.randn(IMAGES, generator=torch.Generator().manual_seed(1)) + 0.7)
    logs = table.exposure().log().detach()
    for light in range(COUNT):
        assert float(logs[table.image_lights == light].mean()) == pytest.approx(0.0, abs=1e-6)
    assert float(logs.abs().max()) > 0.1
    table.exposed[0] = False
    assert float(table.exposure()[0].detach()) == 1.0  # never trained on: as its light's others on average
    assert float(table.exposure()[3].detach()) == pytest.approx(1.0)  # now the only one of its light


def test_where_every_photograph_has_its_own_light_exposures_change_nothing() -> None:
    start = _start()
    alone = replace(start, image_lights=torch.arange(COUNT))
    table = LightTable(COUNT, device=CPU, model=LightModel(exposure=True), start=alone)
    table.include([0, 1, 2])
    with torch.no_grad():
        table.log_exposure.copy_(torch.tensor([1.0, -2.0, 0.5]))
    torch.testing.assert_close(table.exposure(), torch.ones(COUNT))


def test_a_light_never_comes_nearer_than_the_sphere() -> None:
    table = _table(LightModel(near=True))
    with torch.no_grad():
        table.shared_nearness.fill_(50.0)
    nearness = table.nearness().detach()
    assert float((1.0 / nearness).min()) > 1.0
    edge = torch.tensor([[0.0, 0.0, -1.0]])  # the point of the sphere under the light
    _, share = arriving(torch.tensor([[0.0, 0.0, 1.0]]), nearness[:1, None], edge)
    assert bool(share.isfinite().all())


@pytest.mark.parametrize("distance", [0.05, 1e-3])
def test_beside_a_light_directions_stay_unit_and_its_light_stays_finite(distance: float) -> None:
    """Nearer than a tenth of its distance from the reference point (two) no more arrives than there."""
    direction, nearness = torch.tensor([[0.0, 0.0, 1.0]]), torch.tensor([[0.5]])
    aside = torch.tensor([[0.6, 0.0, 0.8]])
    offset = distance * aside - 2.0 * direction  # c - x for x = p - distance * aside
    to_light, share = arriving(direction, nearness, offset)
    torch.testing.assert_close(to_light, aside, atol=1e-3, rtol=0.0)
    assert float(to_light.norm()) == pytest.approx(1.0, abs=1e-4)
    torch.testing.assert_close(share, torch.tensor([[100.0]]))


def _falloff_at(degrees: float, exponent: float) -> tuple[float, float]:
    """Value, and gradient by the axis' tilt toward the point, of a light overhead whose axis is ``degrees`` off it."""
    up = torch.tensor([[0.0, 0.0, 1.0]])
    tilt = torch.zeros((1, 3), requires_grad=True)
    angle = math.radians(degrees)
    to_light = torch.tensor([[math.sin(angle), 0.0, math.cos(angle)]])
    value = falloff(beam_of(up, tilt), torch.tensor([[exponent]]), to_light)
    value.sum().backward()
    assert tilt.grad is not None
    return float(value.detach()), float(tilt.grad[0, 0])


@pytest.mark.parametrize("degrees", [20.0, 60.0, 78.0])
def test_inside_the_beam_the_soft_edge_changes_nothing(degrees: float) -> None:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    assert _falloff_at(degrees, 2.0) == pytest.approx((cosine**2, 2.0 * cosine * sine), rel=1e-5)


def test_a_point_just_outside_the_beam_is_dark_and_keeps_a_gradient() -> None:
    """As finite differences say, of a function that falls from the edge on."""
    values = [_falloff_at(degrees, 1.0)[0] for degrees in (90.0, 91.0, 92.0, 94.0)]
    assert values == sorted(values, reverse=True)
    assert values[-1] < 1e-4
    for degrees in (91.0, 92.0, 94.0):
        angle = math.radians(degrees)
        value, slope = _falloff_at(degrees, 1.0)
        share = 1.0 / (1.0 + math.exp(-100.0 * math.cos(angle)))  # slope of softplus(100 c) / 100
        assert slope == pytest.approx(share * math.sin(angle), rel=1e-3)
        assert slope > 5.0 * value


@pytest.mark.parametrize("exponent", [0.0, 0.5, 30.0])
def test_behind_the_beam_there_is_neither_light_nor_anything_undefined(exponent: float) -> None:
    value, slope = _falloff_at(180.0, exponent)
    assert value == (1.0 if exponent == 0.0 else pytest.approx(0.0, abs=1e-15))
    assert slope == pytest.approx(0.0, abs=1e-12)


def test_lights_seen_from_varying_distances_stay_outside_the_sphere_of_every_view() -> None:
    """One light on the camera, which saw the object at two to six units: the mean alone would let it in."""
    seen = torch.tensor([[0.0, 0.0, 2.0], [0.1, 0.0, 3.0], [0.0, -0.2, 6.0]])
    centre = seen.mean(0)
    spread = (seen - centre).norm(dim=1).max()
    ways = torch.nn.functional.normalize(torch.randn((400, 3), generator=torch.Generator().manual_seed(2)), dim=1)
    ways = torch.cat([ways, torch.nn.functional.normalize(seen - centre, dim=1)])
    start = LightStart(
        directions=ways,
        centres=centre.expand(len(ways), 3),
        spread=spread.expand(len(ways)),
        image_lights=torch.arange(len(ways)),
    )

    def nearest(begin: LightStart) -> float:
        table = LightTable(len(ways), device=CPU, model=LightModel(near=True), start=begin)
        with torch.no_grad():
            table.shared_nearness.fill_(50.0)
        places = table.centres + table.to_light() / table.nearness()[:, None]
        return float(torch.cdist(places.detach(), seen).min())

    assert nearest(start) == pytest.approx(1.0 / 0.9, abs=1e-3)  # reached behind the farthest, and no nearer
    assert nearest(replace(start, spread=torch.zeros(len(ways)))) < 0.5


def test_the_default_has_directions_and_intensities_alone() -> None:
    table = LightTable(2, device=CPU)
    assert [name for name, _ in table.named_parameters()] == ["direction", "log_intensity"]
    assert table.shape_parameters() == []
