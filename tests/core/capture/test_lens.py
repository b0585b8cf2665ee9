"""Camera models against their published formulas and COLMAP's own numbers, and photographs made straight."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import optimize

from core.capture.lens import (
    Lens,
    checked_lens,
    is_pinhole,
    pinhole_intrinsics,
    project,
    undistort,
    undistorted_camera,
)
from core.capture.lens_models import BY_NAME, BY_NUMBER, MODELS
from core.errors import CaptureError

WIDTH, HEIGHT = 640, 480
POINTS = np.array([[0.6, -0.8, 2.0], [-0.45, 0.2, 0.9]])
Two = tuple[float, float]

# What pycolmap 4.2.1 returns for POINTS, in its own pixels (the first centre at 0.5, 0.5).
COLMAP: dict[str, tuple[tuple[float, ...], tuple[Two, Two]]] = {
    "SIMPLE_PINHOLE": ((500, 320.5, 240.25), ((470.5, 40.25), (70.5, 351.3611111111111))),
    "PINHOLE": ((500, 510, 320.5, 240.25), ((470.5, 36.25), (70.5, 353.5833333333333))),
    "SIMPLE_RADIAL": ((500, 320.5, 240.25, -0.12), ((466.0, 46.25), (79.48148148148147, 347.369341563786))),
    "RADIAL": ((500, 320.5, 240.25, -0.12, 0.03), ((466.28125, 45.875), (78.80925640146319, 347.66810826601636))),
    "OPENCV": (
        (500, 510, 320.5, 240.25, -0.12, 0.03, 0.002, -0.003),
        ((465.39625, 42.93609999999998), (77.38796010516691, 350.5625815424478)),
    ),
    "OPENCV_FISHEYE": (
        (500, 510, 320.5, 240.25, -0.02, 0.003, -0.001, 0.0004),
        ((459.0142836269323, 51.870574267372035), (92.85282095142014, 343.4500545020229)),
    ),
    "FULL_OPENCV": (
        (500, 510, 320.5, 240.25, -0.12, 0.03, 0.002, -0.003, 0.01, 0.05, -0.02, 0.004),
        ((463.78872226685615, 45.122337717075595), (80.49025393526748, 349.1562083394689)),
    ),
    "FOV": ((500, 510, 320.5, 240.25, 0.8), ((470.5, 36.25), (73.00543348354202, 352.4475368207943))),
    "SIMPLE_RADIAL_FISHEYE": (
        (500, 320.5, 240.25, -0.03),
        ((458.69725349497514, 55.98699534003316), (93.46609178212253, 341.15395920794555)),
    ),
    "RADIAL_FISHEYE": (
        (500, 320.5, 240.25, -0.03, 0.006),
        ((458.73582020811773, 55.93557305584301), (93.3798557012546, 341.192286354998)),
    ),
    "THIN_PRISM_FISHEYE": (
        (500, 510, 320.5, 240.25, -0.02, 0.003, 0.002, -0.003, -0.001, 0.0004, 0.0015, -0.0025),
        ((458.41451982305557, 52.41216743134592), (91.85082834289102, 343.755148653734)),
    ),
    "RAD_TAN_THIN_PRISM_FISHEYE": (
        (500, 510, 320.5, 240.25, -0.02, 0.003, -0.001, 4e-4, 2e-4, -1e-4, 0.002, -0.003, 0.0015, -0.0025, 5e-4, 7e-4),
        ((459.7910220570682, 50.988740369353536), (93.90114899928699, 342.8423233309844)),
    ),
    "SIMPLE_DIVISION": (
        (500, 320.5, 240.25, -0.15),
        ((465.26105895272167, 47.23525472970445), (80.81916578198184, 346.7748152080081)),
    ),
    "DIVISION": (
        (500, 510, 320.5, 240.25, -0.15),
        ((465.26105895272167, 43.37495982429854), (80.81916578198184, 348.9053115121682)),
    ),
    "SIMPLE_FISHEYE": (
        (500, 320.5, 240.25),
        ((459.5942827002418, 54.790956399677555), (91.7459091, 341.91848484)),
    ),
    "FISHEYE": ((500, 510, 320.5, 240.25), ((459.5942827002418, 51.08177552767111), (91.74590910513973, 343.9518545))),
    "EUCM": (
        (500, 510, 320.5, 240.25, 0.6, 1.1),
        ((459.7117328285148, 50.922043353219834), (91.51553047089212, 344.0562928531956)),
    ),
}
BROWN = (500.0, 510.0, 320.5, 240.25, 0.004, -0.12, 0.03, 0.01, -0.005, 0.002, -0.003)


def lens_of(name: str) -> Lens:
    numbers = BROWN if name == "BROWN" else COLMAP[name][0]
    return checked_lens(name, numbers, WIDTH, HEIGHT, "cameras.txt: camera 1")


def brown_by_hand(u: float, v: float) -> Two:
    r2 = u**2 + v**2
    factor = 1 - 0.12 * r2 + 0.03 * r2**2 + 0.01 * r2**3 - 0.005 * r2**4
    x = u * factor + 2 * 0.002 * u * v - 0.003 * (r2 + 2 * u**2)
    y = v * factor + 0.002 * (r2 + 2 * v**2) - 2 * 0.003 * u * v
    return x + 0.004 * y, y


def opencv_by_hand(u: float, v: float) -> Two:
    r2 = u**2 + v**2
    x = u * (1 - 0.12 * r2 + 0.03 * r2**2) + 2 * 0.002 * u * v - 0.003 * (r2 + 2 * u**2)
    y = v * (1 - 0.12 * r2 + 0.03 * r2**2) + 0.002 * (r2 + 2 * v**2) - 2 * 0.003 * u * v
    return x, y


def fisheye_by_hand(u: float, v: float) -> Two:
    theta = math.atan(math.hypot(u, v))
    bent = theta * (1 - 0.02 * theta**2 + 0.003 * theta**4 - 0.001 * theta**6 + 0.0004 * theta**8)
    return bent * u / math.hypot(u, v), bent * v / math.hypot(u, v)


def field_of_view_by_hand(u: float, v: float) -> Two:
    r = math.hypot(u, v)
    bent = math.atan(2 * r * math.tan(0.4)) / 0.8
    return bent * u / r, bent * v / r


@pytest.mark.parametrize("name", COLMAP)
def test_models_agree_with_colmap(name: str) -> None:
    np.testing.assert_allclose(project(lens_of(name), POINTS) + 0.5, COLMAP[name][1], atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    ("name", "by_hand"),
    [
        ("OPENCV", opencv_by_hand),
        ("OPENCV_FISHEYE", fisheye_by_hand),
        ("FOV", field_of_view_by_hand),
        ("BROWN", brown_by_hand),
    ],
)
def test_models_follow_their_formulas(name: str, by_hand: Callable[[float, float], Two]) -> None:
    for point in POINTS:
        u, v = by_hand(point[0] / point[2], point[1] / point[2])
        expected = (500 * u + 320.5 - 0.5, 510 * v + 240.25 - 0.5)
        np.testing.assert_allclose(project(lens_of(name), point), expected, atol=1e-9)


def test_the_division_model_undoes_its_division() -> None:
    pixels = project(lens_of("DIVISION"), POINTS)
    u, v = (pixels[:, 0] + 0.5 - 320.5) / 500, (pixels[:, 1] + 0.5 - 240.25) / 510
    divisor = 1 - 0.15 * (u**2 + v**2)
    np.testing.assert_allclose(u / divisor, POINTS[:, 0] / POINTS[:, 2], atol=1e-12)
    np.testing.assert_allclose(v / divisor, POINTS[:, 1] / POINTS[:, 2], atol=1e-12)


def test_every_model_has_its_own_number() -> None:
    assert sorted(BY_NUMBER) == list(range(17))
    assert {model.name for model in MODELS} == {*COLMAP, "BROWN"}
    assert all(BY_NAME[name].count == len(numbers) for name, (numbers, _) in COLMAP.items())


@pytest.mark.parametrize("name", BY_NAME)
def test_the_axis_meets_the_principal_point(name: str) -> None:
    on_axis = project(lens_of(name), np.array([0.0, 0.0, 3.0]))
    np.testing.assert_allclose(on_axis, pinhole_intrinsics(lens_of(name))[:2, 2], atol=1e-12)
    nearly = project(lens_of(name), np.array([1e-7, 2e-7, 3.0]))
    np.testing.assert_allclose(nearly, on_axis, atol=1e-3)


@pytest.mark.parametrize("name", ["PINHOLE", "RADIAL", "DIVISION", "EUCM"])
def test_what_is_behind_the_camera_is_not_shown(name: str) -> None:
    assert np.isnan(project(lens_of(name), np.array([0.1, 0.1, -1.0]))).all()


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize(("width", "height"), [(320, 240), (321, 240)])
def test_a_smaller_photograph_shows_the_same_in_fewer_pixels(name: str, width: int, height: int) -> None:
    small = lens_of(name).resized(width, height)
    full = project(lens_of(name), POINTS) + 0.5
    np.testing.assert_allclose(project(small, POINTS) + 0.5, full * [width / WIDTH, height / HEIGHT], atol=1e-9)
    assert (small.width, small.height) == (width, height)


def small_lens(name: str) -> Lens:
    return lens_of(name).resized(160, 120)


def pattern(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """A smooth checker of the direction (u, v, 1)."""
    checker = 0.5 + 0.4 * np.sin(9.0 * u) * np.sin(9.0 * v)
    return np.stack([checker, checker**2, 0.3 + 0.2 * u], axis=-1).astype(np.float32)


def photographed(lens: Lens) -> np.ndarray:
    """What the lens shows of the pattern: each pixel's direction is found by searching, not by the code tested."""
    v, u = np.mgrid[0 : lens.height, 0 : lens.width].astype(float)
    wanted = np.stack([u, v], axis=-1).reshape(-1, 2)
    matrix = pinhole_intrinsics(lens)
    start = (wanted - matrix[:2, 2]) / [matrix[0, 0], matrix[1, 1]]

    def miss(flat: np.ndarray) -> np.ndarray:
        rays = np.concatenate([flat.reshape(-1, 2), np.ones((len(wanted), 1))], axis=-1)
        return project(lens, rays) - wanted

    found, step = start, 1e-6
    across_step, down_step = np.array([step, 0.0]), np.array([0.0, step])
    for _ in range(40):
        error = miss(found)
        across = (miss(found + across_step) - error) / step
        down = (miss(found + down_step) - error) / step
        determinant = across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0]
        du = (error[:, 0] * down[:, 1] - error[:, 1] * down[:, 0]) / determinant
        dv = (across[:, 0] * error[:, 1] - across[:, 1] * error[:, 0]) / determinant
        found = found - np.stack([du, dv], axis=-1)
    assert np.abs(miss(found)).max() < 1e-6
    return pattern(found[:, 0], found[:, 1]).reshape(lens.height, lens.width, 3)


@pytest.mark.parametrize("name", BY_NAME)
def test_an_undistorted_photograph_is_that_of_a_pinhole(name: str) -> None:
    lens = small_lens(name)
    camera = undistorted_camera(lens, np.eye(4))
    straight = undistort(lens, camera, photographed(lens))
    v, u = np.mgrid[0 : camera.height, 0 : camera.width].astype(float)
    rays = np.stack([u, v, np.ones_like(u)], axis=-1) @ np.linalg.inv(camera.intrinsics).T
    seen = project(lens, rays)
    inner = np.all((seen >= 1.0) & (seen <= np.array([lens.width, lens.height]) - 2.0), axis=-1)
    assert inner.mean() > 0.6
    difference = np.abs(straight - pattern(rays[..., 0], rays[..., 1]))[inner]
    assert difference.max() < 0.01  # between pixels the photograph is only interpolated
    assert difference.mean() < 0.002


def test_what_the_photograph_does_not_reach_is_black() -> None:
    lens = Lens(model="SIMPLE_RADIAL", parameters=(100.0, 80.0, 60.0, 0.3), width=160, height=120)  # a pincushion
    straight = undistort(lens, undistorted_camera(lens, np.eye(4)), np.ones((120, 160, 3), np.float32))
    assert np.all(straight[0, 0] == 0.0)
    assert np.all(straight[60, 80] == 1.0)


def test_a_polynomial_that_turns_back_shows_nothing_twice() -> None:
    lens = Lens(model="SIMPLE_RADIAL", parameters=(60.0, 80.0, 60.0, -0.5), width=160, height=120)
    turn = optimize.minimize_scalar(lambda r: -(r - 0.5 * r**3), bounds=(0.0, 1.5), method="bounded").x
    straight = undistort(lens, undistorted_camera(lens, np.eye(4)), np.ones((120, 160, 1), np.uint8))
    v, u = np.mgrid[0:120, 0:160]
    radius = np.hypot(u - 79.5, v - 59.5) / 60.0
    assert np.all(straight[radius > turn + 0.02] == 0)
    assert np.all(straight[radius < turn - 0.02] == 1)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.bool_])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_nearest_invents_no_values(dtype: type, channels: int) -> None:
    lens = small_lens("OPENCV")
    pixels = (np.random.default_rng(3).random((120, 160, channels)) > 0.5).astype(dtype)
    straight = undistort(lens, undistorted_camera(lens, np.eye(4)), pixels, nearest=True)
    assert straight.dtype == pixels.dtype
    assert straight.shape == pixels.shape
    assert set(np.unique(straight).tolist()) <= {0, 1}
    assert straight.any()


def test_strips_fit_together() -> None:
    """A picture of several strips has no seam: it is smooth where the photograph is."""
    lens = checked_lens("SIMPLE_RADIAL", (2000.0, 1000.0, 700.0, -0.1), 2000, 1400, "lens")
    ramp = np.broadcast_to(np.arange(1400, dtype=np.float32)[:, None, None], (1400, 2000, 1))
    straight = undistort(lens, undistorted_camera(lens, np.eye(4)), np.ascontiguousarray(ramp))
    middle = straight[10:-10, 1000, 0]
    assert np.abs(np.diff(middle, n=2)).max() < 0.1


@pytest.mark.parametrize("name", BY_NAME)
def test_a_long_lens_is_undistorted_as_exactly(name: str) -> None:
    """Of a large photograph only some pixels are computed: a ramp of u and v still says where each came from."""
    lens = lens_of(name).resized(2603, 1951)  # a focal length of 2033 pixels
    camera = undistorted_camera(lens, np.eye(4))
    v, u = np.mgrid[0 : lens.height, 0 : lens.width].astype(np.float32)
    straight = undistort(lens, camera, np.stack([u, v, np.ones_like(u)], axis=-1))
    rows, columns = np.mgrid[3 : lens.height : 97, 5 : lens.width : 97].astype(float)
    rays = np.stack([columns, rows, np.ones_like(rows)], axis=-1) @ np.linalg.inv(camera.intrinsics).T
    seen, found = project(lens, rays), straight[3::97, 5::97]
    inner = np.all((seen >= 1.0) & (seen <= np.array([lens.width, lens.height]) - 2.0), axis=-1)
    assert inner.mean() > 0.6
    assert np.all(found[inner][:, 2] == 1.0)
    assert np.abs(found[inner][:, :2] - seen[inner]).max() < 0.02  # remapping itself rounds to 1/32 pixel


def test_a_lens_without_distortion_is_a_pinhole() -> None:
    assert is_pinhole(checked_lens("OPENCV", (9.0, 9.0, 4.0, 4.0, 0.0, 0.0, 0.0, 0.0), 8, 8, "lens"))
    assert not is_pinhole(lens_of("OPENCV"))
    assert not is_pinhole(lens_of("FISHEYE"))


@pytest.mark.parametrize(
    ("model", "numbers", "size", "reason"),
    [
        ("PINHOLE", (1.0, 1.0, 1.0), (8, 8), "takes 4"),
        ("PINHOLE", (1.0, 0.0, 1.0, 1.0), (8, 8), "not positive"),
        ("SIMPLE_PINHOLE", (-5.0, 1.0, 1.0), (8, 8), "not positive"),
        ("SIMPLE_RADIAL", (5.0, 1.0, 1.0, math.nan), (8, 8), "not a finite number"),
        ("SIMPLE_RADIAL", (5.0, 1.0, 1.0, 1e300), (8, 8), "not a finite number"),
        ("PINHOLE", (1.0, 1.0, 1.0, 1.0), (0, 8), "0 x 8"),
        ("PINHOLE", (1.0, 1.0, 1.0, 1.0), (8, 10**12), "sides up to"),
        ("EQUIRECTANGULAR", (8.0, 8.0), (8, 8), "panorama"),
        ("MAGIC", (8.0, 8.0), (8, 8), "unknown model"),
    ],
)
def test_impossible_lenses_are_refused(
    model: str, numbers: tuple[float, ...], size: tuple[int, int], reason: str
) -> None:
    with pytest.raises(CaptureError, match=reason) as refused:
        checked_lens(model, numbers, *size, "cameras.txt: camera 7")
    assert "cameras.txt: camera 7" in str(refused.value)


def test_a_picture_of_another_size_is_refused() -> None:
    lens = small_lens("OPENCV")
    with pytest.raises(CaptureError, match="does not fit its lens"):
        undistort(lens, undistorted_camera(lens, np.eye(4)), np.zeros((10, 10, 3), np.uint8))
