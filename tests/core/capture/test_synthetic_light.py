"""Light in generated captures: what laws and closed forms say about lamps, materials, bounces and wax."""

from dataclasses import replace

import numpy as np
import pytest

from core.capture.synthetic import orbit_cameras
from core.capture.synthetic_lamps import Lamp
from core.capture.synthetic_lit import LitObject
from core.capture.synthetic_materials import (
    Surface,
    bronze,
    clay,
    dark_metal,
    glazed_owl,
    painted,
    porcelain,
    waxy,
)
from core.capture.synthetic_render import Hits, reflected
from core.capture.synthetic_shape import Mesh, mesh_of
from core.capture.synthetic_transport import blur_over, bounces, vertex_areas
from core.types import Camera

PRESETS = (glazed_owl, painted, porcelain, bronze, dark_metal, waxy, clay)


def lamp(
    to_light=(0.0, 0.0, 1.0),
    *,
    distance: float | None = None,
    falloff: float = 0.0,
    disc: float = 0.0,
    intensity=(1.0, 1.0, 1.0),
) -> Lamp:
    return Lamp(
        to_light=np.array(to_light, np.float32),
        distance=distance,
        intensity=np.array(intensity, np.float32),
        falloff=falloff,
        disc=disc,
    )


def matt(points: int, albedo: float = 1.0) -> Surface:
    return Surface(
        albedo=np.full((points, 3), albedo, np.float32),
        facing=np.zeros((points, 3), np.float32),
        roughness=np.full(points, 1.0, np.float32),
        coat=np.zeros(points, np.float32),
    )


def merged(*meshes: Mesh) -> Mesh:
    starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    return Mesh(
        vertices=np.concatenate([mesh.vertices for mesh in meshes]),
        faces=np.concatenate([mesh.faces + start for mesh, start in zip(meshes, starts, strict=False)]).astype(
            np.int32
        ),
        normals=np.concatenate([mesh.normals for mesh in meshes]),
    )


def disc(height: float, up: float, radius: float = 1.0, rings: int = 40, sectors: int = 64) -> Mesh:
    """A flat disc about the y axis that faces up (1) or down (-1)."""
    r, a = np.meshgrid(np.linspace(0.02, radius, rings), np.linspace(0, 2 * np.pi, sectors, endpoint=False))
    vertices = np.stack([r * np.cos(a), np.full(r.shape, height), r * np.sin(a)], axis=-1).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(sectors), np.arange(rings - 1), indexing="ij")
    corner = [((i + di) % sectors) * rings + j + dj for di, dj in ((0, 0), (0, 1), (1, 1), (1, 0))]
    faces = np.concatenate([np.stack([corner[k].ravel() for k in three], axis=1) for three in ((0, 1, 2), (0, 2, 3))])
    normal = np.cross(vertices[faces[0, 1]] - vertices[faces[0, 0]], vertices[faces[0, 2]] - vertices[faces[0, 0]])
    if normal[1] * up < 0.0:
        faces = faces[:, ::-1]
    return Mesh(
        vertices=vertices.astype(np.float32),
        faces=np.ascontiguousarray(faces).astype(np.int32),
        normals=np.tile(np.float32([0.0, up, 0.0]), (len(vertices), 1)),
    )


def hollow(radius: float = 0.7) -> Mesh:
    """A ball seen from inside."""
    ball = mesh_of(lambda p: np.linalg.norm(p, axis=1) - np.float32(radius), 48)
    return Mesh(vertices=ball.vertices, faces=np.ascontiguousarray(ball.faces[:, ::-1]), normals=-ball.normals)


def lit(mesh: Mesh, *, bounce: bool = False) -> LitObject:
    return LitObject(mesh, matt(len(mesh.vertices)), bounce=bounce, seed=0)


# ---- lamps ----------------------------------------------------------------------------------------------------------


def test_a_near_lamp_falls_off_with_the_square_of_its_distance() -> None:
    points = np.float32([[0, 0, 0], [0, 0, 1.0], [0, 0, -2.0]])
    _, strength, far = lamp(distance=2.0).arriving(points, np.zeros((3, 2), np.float32))
    assert np.allclose(far, [2.0, 1.0, 4.0])
    assert np.allclose(strength, [1.0, 4.0, 0.25])  # 1 at the origin by convention


def test_a_beam_falls_off_with_the_cosine_off_its_axis() -> None:
    aside = np.float32([[2.0 * np.tan(np.radians(30.0)), 0.0, 0.0]])
    wide, narrow = (lamp(distance=2.0, falloff=f).arriving(aside, np.zeros((1, 2), np.float32)) for f in (0.0, 3.0))
    assert narrow[1] / wide[1] == pytest.approx(np.cos(np.radians(30.0)) ** 3, rel=1e-5)
    assert wide[1] == pytest.approx(np.cos(np.radians(30.0)) ** 2, rel=1e-5)


def test_a_lamp_very_far_away_is_a_distant_one() -> None:
    points = np.float32(np.random.default_rng(0).uniform(-0.9, 0.9, (50, 3)))
    centre = np.zeros((50, 2), np.float32)
    near = lamp((0.6, 0.0, 0.8), distance=5000.0, falloff=2.0).arriving(points, centre)
    distant = lamp((0.6, 0.0, 0.8)).arriving(points, centre)
    assert np.allclose(near[0], distant[0], atol=1e-3)
    assert np.allclose(near[1], distant[1], atol=1e-3)


def test_irradiance_is_the_cosine_law_and_scales_with_intensity() -> None:
    up = disc(0.0, 1.0)
    tilt = np.radians(40.0)
    light = lamp((0.0, np.cos(tilt), np.sin(tilt)), intensity=(1.0, 2.0, 0.5))
    arriving = lit(up).irradiance(light, np.random.default_rng(0))
    assert np.allclose(arriving, np.cos(tilt) * np.float32([1.0, 2.0, 0.5]), rtol=1e-5)
    below = lit(up).irradiance(lamp((0.0, -1.0, 0.0)), np.random.default_rng(0))
    assert not below.any()


def test_a_disc_softens_the_edge_of_a_shadow_as_far_as_it_is_wide() -> None:
    """Half of a lamp's disc is seen at the edge of its hard shadow, all of it beyond the penumbra."""
    ground, roof = disc(0.0, 1.0, radius=0.9, rings=90), disc(0.5, -1.0, radius=0.4)
    both = merged(ground, roof)
    light = lamp((0.0, 1.0, 0.0), disc=0.1)
    arriving = lit(both).irradiance(light, np.random.default_rng(0))[: len(ground.vertices), 0]
    off_axis = np.linalg.norm(ground.vertices[:, [0, 2]], axis=1)
    # The roof's rim is 0.5 above the ground, so the penumbra reaches 0.05 to either side of it.
    assert not arriving[(off_axis > 0.08) & (off_axis < 0.34)].any()  # the roof has a hole at its centre
    assert np.allclose(arriving[off_axis > 0.46], 1.0, atol=0.01)
    assert arriving[(off_axis > 0.385) & (off_axis < 0.415)].mean() == pytest.approx(0.5, abs=0.1)


# ---- materials ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", PRESETS)
def test_no_material_returns_more_light_than_arrives(preset) -> None:
    rng = np.random.default_rng(1)
    points = rng.uniform(-0.6, 0.6, (40, 3)).astype(np.float32)
    surface = preset(points)
    up = np.tile(np.float32([0, 0, 1]), (40, 1))
    uniform = rng.random((1500, 2))
    height, angle = uniform[:, 0], 2 * np.pi * uniform[:, 1]
    flat = np.sqrt(1 - height**2)
    around = np.stack([flat * np.cos(angle), flat * np.sin(angle), height], axis=1).astype(np.float32)
    for eye in ([0.0, 0.0, 1.0], [0.7, 0.0, np.sqrt(0.51)]):
        to_eye = np.tile(np.float32(eye), (40, 1))
        # Directions are spread evenly over the hemisphere: reflected light is 2 pi times the mean.
        total = np.mean([surface.leaving(up, to_eye, np.tile(light, (40, 1))) for light in around], axis=0)
        leaving = 2.0 * np.pi * total + (surface.diffuse() if surface.scatter else 0.0)
        assert leaving.max() < 1.03
        assert leaving.min() > 0.003


@pytest.mark.parametrize("preset", PRESETS)
def test_light_and_eye_may_be_exchanged(preset) -> None:
    rng = np.random.default_rng(2)
    points = rng.uniform(-0.6, 0.6, (200, 3)).astype(np.float32)
    up = np.tile(np.float32([0, 0, 1]), (200, 1))
    a, b = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in rng.normal(size=(2, 200, 3)).astype(np.float32))
    a[:, 2], b[:, 2] = np.abs(a[:, 2]) + 0.05, np.abs(b[:, 2]) + 0.05
    a, b = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (a, b))
    surface = preset(points)
    there = surface.leaving(up, a, b) / b[:, 2:]
    back = surface.leaving(up, b, a) / a[:, 2:]
    assert np.allclose(there, back, rtol=1e-3, atol=1e-6)


def test_materials_are_what_their_names_say() -> None:
    points = np.random.default_rng(3).uniform(-0.8, 0.8, (3000, 3)).astype(np.float32)
    assert bronze(points).facing.max() > 0.5
    assert dark_metal(points).albedo.max() < 0.05
    assert porcelain(points).roughness.max() < 0.3
    assert clay(points).roughness.min() > 0.8
    assert waxy(points).scatter is not None
    for preset in PRESETS:
        surface = preset(points)
        assert np.array_equal(surface.unstacked(surface.stacked()).facing, surface.facing)
        assert (surface.albedo >= 0.0).all()
        assert ((surface.albedo + surface.facing) < 1.0).all()


# ---- light once reflected -------------------------------------------------------------------------------------------


def test_inside_a_ball_every_point_receives_the_mean_of_all() -> None:
    """In a hollow sphere the form factor between two points does not depend on where they are."""
    mesh = hollow()
    factors = bounces(lit(mesh).stage, mesh, seed=0)
    assert np.allclose(np.asarray(factors.sum(axis=1)).ravel(), 1.0, atol=0.02)  # a closed furnace
    source = (mesh.vertices[:, 0] > 0.2).astype(np.float32)
    area = vertex_areas(mesh)
    expected = (source * area).sum() / area.sum()
    arriving = factors @ source
    assert arriving.mean() == pytest.approx(expected, rel=0.02)
    assert arriving.std() < 0.2 * expected


def test_between_two_plates_the_form_factor_is_the_closed_form() -> None:
    """From the centre of a plate, a facing disc of radius R at distance d fills R² / (R² + d²) of the hemisphere."""
    ground, roof = disc(0.0, 1.0, radius=0.3), disc(0.5, -1.0, radius=0.8)
    both = merged(ground, roof)
    factors = bounces(lit(both).stage, both, seed=0, strata=40)
    centre = np.linalg.norm(ground.vertices[:, [0, 2]], axis=1) < 0.03
    filled = np.asarray(factors.sum(axis=1)).ravel()[: len(ground.vertices)][centre]
    assert filled.mean() == pytest.approx(0.8**2 / (0.8**2 + 0.5**2), rel=0.01)


def test_what_a_lit_plate_sends_to_a_dark_one() -> None:
    """A plate lit from above sends its albedo, times the form factor, up to the plate above it."""
    ground, roof = disc(0.0, 1.0, radius=0.8), disc(0.4, -1.0, radius=0.1)
    both = merged(ground, roof)
    lit_plates = LitObject(both, matt(len(both.vertices), 0.6), bounce=True, seed=0)
    light = lamp((np.sin(1.0), np.cos(1.0), 0.0))
    stored = lit_plates.stored([light], (0, 0))
    assert stored is not None
    above = stored[0, len(ground.vertices) :, 0].mean() * np.pi / 0.6  # irradiance on the roof
    factor = 0.8**2 / (0.8**2 + 0.4**2)
    # A hundredth of the ground lies in the roof's shadow, aside.
    assert above == pytest.approx(0.6 * np.cos(1.0) * factor, rel=0.04)


def test_a_ball_does_not_light_itself() -> None:
    ball = mesh_of(lambda p: np.linalg.norm(p, axis=1) - np.float32(0.7), 48)
    factors = bounces(lit(ball).stage, ball, seed=0, strata=8)
    assert factors.sum() < 1e-3 * len(ball.vertices)


def test_the_same_seed_traces_the_same_paths() -> None:
    mesh = hollow()
    one, same, other = (bounces(lit(mesh).stage, mesh, seed=seed, strata=4) for seed in (5, 5, 6))
    assert (one != same).nnz == 0
    assert (one != other).nnz > 0


# ---- wax ------------------------------------------------------------------------------------------------------------


def test_a_blur_keeps_what_is_even_and_spreads_what_is_not() -> None:
    flat = disc(0.0, 1.0, rings=120, sectors=240)
    width = 0.08
    out_of, into = blur_over(flat, width)
    even = out_of @ (into @ np.ones(len(flat.vertices), np.float32))
    assert np.allclose(even, 1.0, atol=1e-5)
    x = flat.vertices[:, 0]
    step = (x > 0.0).astype(np.float32)
    blurred = out_of @ (into @ step)
    middle = np.abs(flat.vertices[:, 2]) < 0.3
    assert blurred[middle & (x < -3 * width)].max(initial=0.0) < 0.02
    assert blurred[middle & (x > 3 * width)].min(initial=1.0) > 0.98
    edge = middle & (np.abs(x - width) < 0.1 * width)
    assert blurred[edge].mean() == pytest.approx(0.841, abs=0.05)  # the normal distribution at one sigma


def test_light_bleeds_into_shadows_of_wax_and_not_of_clay() -> None:
    ball = mesh_of(lambda p: np.linalg.norm(p, axis=1) - np.float32(0.7), 96)
    dark_side = (ball.normals[:, 2] < -0.02) & (ball.normals[:, 2] > -0.06)
    light = lamp((0.0, 0.0, 1.0))
    wax = LitObject(ball, waxy(ball.vertices), bounce=False, seed=0).stored([light], (0, 0))
    assert wax is not None
    ratio = wax[0] / waxy(ball.vertices).diffuse()
    assert ratio[dark_side, 0].mean() > ratio[dark_side, 2].mean() > 1e-4  # red the farthest
    assert LitObject(ball, clay(ball.vertices), bounce=False, seed=0).stored([light], (0, 0)) is None


# ---- metal ----------------------------------------------------------------------------------------------------------


def _seen_inside(ball: LitObject, eye: np.ndarray, count: int) -> Hits:
    """Hits inside a hollow ball, in the middle of triangles, looked at from ``eye``."""
    triangles = np.linspace(0, len(ball.mesh.faces) - 1, count).astype(int)
    places = np.full((count, 2), 1 / 3, np.float32)
    positions = ball.stage.inside(ball.mesh.vertices, triangles, places)
    to_eye = eye - positions
    return Hits(
        camera=Camera(intrinsics=np.eye(3), world_from_camera=np.eye(4), width=1, height=1),
        pixels=np.zeros(count, np.intp),
        positions=positions,
        normals=-positions / np.linalg.norm(positions, axis=1, keepdims=True),
        to_eye=to_eye / np.linalg.norm(to_eye, axis=1, keepdims=True),
        albedo=np.zeros((count, 3), np.float32),
        roughness=np.zeros(count, np.float32),
        triangles=triangles,
        places=places,
    )


def test_metal_inside_a_ball_mirrors_what_the_sum_over_the_ball_says() -> None:
    """A ray that leaves the ball's inside at an angle of cosine c to the normal is a chord of length 2 r c."""
    radius, rough = 0.7, 0.55
    mesh = hollow(radius)
    points = len(mesh.vertices)
    facing = np.tile(np.float32([0.9, 0.6, 0.3]), (points, 1))
    surface = replace(matt(points, 0.1), facing=facing, roughness=np.full(points, rough, np.float32))
    lit_ball, plain = (LitObject(mesh, surface, bounce=bounce, seed=0) for bounce in (True, False))
    light, hits = lamp(distance=0.25), _seen_inside(lit_ball, np.float32([0.2, 0.1, -0.1]), 40)
    # Many looks at each place are averaged.
    looks = [lit_ball.radiance(hits, light, None, np.random.default_rng(i)) for i in range(150)]
    found = np.mean(looks, axis=0) - plain.radiance(hits, light, None, np.random.default_rng(0))
    ways = np.random.default_rng(1).standard_normal((20_000, 3)).astype(np.float32)
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    for at in range(40):
        normal, eye = hits.normals[at], hits.to_eye[at]
        over = np.where((ways @ normal)[:, None] > 0.0, ways, -ways)
        far = hits.positions[at] + 2.0 * radius * (over @ normal)[:, None] * over
        inward = -far / radius
        to_light, strength, _ = light.arriving(far, np.zeros((len(far), 2), np.float32))
        columns = np.repeat(surface.stacked()[:1], len(far), axis=0)
        sent = strength[:, None] * surface.unstacked(columns).leaving(inward, -over, to_light)
        sent *= (np.einsum("ij,ij->i", inward, to_light) > 0.0)[:, None]
        ones = np.ones((len(far), 3), np.float32)
        mirror = reflected(normal * ones, eye * ones, over, 0.0 * ones, rough * ones[:, 0], facing[:1] * ones)
        assert np.allclose(found[at], 2.0 * np.pi * (mirror * sent).mean(axis=0), rtol=0.15, atol=2e-3)


def test_a_ball_of_metal_mirrors_nothing_of_itself() -> None:
    ball = mesh_of(lambda p: np.linalg.norm(p, axis=1) - np.float32(0.7), 48)
    surface = replace(matt(len(ball.vertices), 0.0), facing=np.full((len(ball.vertices), 3), 0.7, np.float32))
    both, plain = (LitObject(ball, surface, bounce=bounce, seed=0) for bounce in (True, False))
    hits = both.stage.seen_by(orbit_cameras(4, 40)[1])
    renders = [each.radiance(hits, lamp(), None, np.random.default_rng(0)) for each in (both, plain)]
    assert np.array_equal(*renders)
