"""Meshroom's scene files: poses, pixels and lenses of every version, checked by projecting known points."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.capture.images import write_png8
from core.capture.import_options import ImportOptions
from core.capture.layouts.meshroom import MESHROOM
from core.capture.lens import project
from core.capture.listing import Listing
from core.capture.read import read_capture
from core.capture.recognise import guesses
from core.errors import CaptureError
from core.types import DoubleArray
from tests.core.capture.npz_by_hand import some_camera, write_masks

WIDTH, HEIGHT = 24, 20
Scene = dict[str, Any]


def texts(values: Any) -> list[str]:
    """Numbers as Meshroom writes them."""
    return [repr(float(value)) for value in np.asarray(values).ravel()]


def pose(number: int) -> Scene:
    """R of x_camera = R (X - center), its columns one after the other."""
    camera = some_camera(number)
    rotation = camera.rotation.T
    transform = {"rotation": texts(rotation.ravel(order="F")), "center": texts(camera.centre)}
    return {"poseId": str(number + 100), "pose": {"transform": transform, "locked": "0"}}


def intrinsic(**changed: Any) -> Scene:
    return {
        "intrinsicId": "7",
        "width": str(WIDTH),
        "height": str(HEIGHT),
        "sensorWidth": "36",
        "sensorHeight": "30",
        "type": "pinhole",
        "focalLength": "45",
        "pixelRatio": "1.1",
        "principalPoint": ["1.5", "-2"],
        "distortionType": "none",
        "distortionParams": "",
    } | changed


def view(number: int, name: str, **changed: Any) -> Scene:
    path = f"/home/someone/photos/{name}"
    ids = {"viewId": str(1000 + number), "poseId": str(number + 100), "intrinsicId": "7"}
    return ids | {"path": path, "width": str(WIDTH), "height": str(HEIGHT)} | changed


def scene(**changed: Any) -> Scene:
    return {
        "version": ["1", "2", "11"],
        "featuresFolders": [],
        "views": [view(number, f"IMG_{number}.png") for number in range(3)],
        "intrinsics": [intrinsic()],
        "poses": [pose(number) for number in range(3)],
    } | changed


def write(folder: Path, content: object, name: str = "cameras.sfm") -> None:
    (folder / name).write_text(json.dumps(content, indent=4))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    names = [f"IMG_{number}.png" for number in range(3)]
    for name in names:
        write_png8(tmp_path / "images" / name, np.full((HEIGHT, WIDTH, 3), 0.5))
    write_masks(tmp_path / "masks", names)
    write(tmp_path, scene())
    return tmp_path


def listing(folder: Path, cameras: str | None = None) -> Listing:
    return MESHROOM.list_capture(folder, ImportOptions(cameras=cameras), lambda _what, _fraction: None)


def expected_intrinsics(fx: float, fy: float) -> DoubleArray:
    """The first pixel's centre is at 0, the photograph's middle at half its size."""
    return np.array([[fx, 0.0, WIDTH / 2 + 1.5], [0.0, fy, HEIGHT / 2 - 2.0], [0.0, 0.0, 1.0]])


def test_poses_and_pixels(folder: Path) -> None:
    found = listing(folder)
    for number, shot in enumerate(found.shots):
        assert shot.lens is None
        np.testing.assert_allclose(shot.camera.world_from_camera, some_camera(number).world_from_camera, atol=1e-12)
        np.testing.assert_allclose(shot.camera.intrinsics, expected_intrinsics(30.0, 33.0), atol=1e-9)
    assert [files[0].name for files in found.masks.values()] == [f"IMG_{number}.png" for number in range(3)]


@pytest.mark.parametrize(
    ("version", "changed", "focals"),
    [
        ("1.0.0", {"pxFocalLength": "31", "principalPoint": ["13.5", "8"]}, (31.0, 31.0)),
        ("1.2.0", {"pxFocalLength": ["31", "32"], "principalPoint": ["13.5", "8"]}, (31.0, 32.0)),
        ("1.2.1", {"pxFocalLength": ["31", "32"]}, (31.0, 32.0)),
        ("1.2.4", {}, (30.0, 30.0 / 1.1)),
        ("1.2.5", {}, (30.0, 33.0)),
    ],
)
def test_every_version_of_the_format(folder: Path, version: str, changed: Scene, focals: tuple[float, float]) -> None:
    write(folder, scene(version=version.split("."), intrinsics=[intrinsic(**changed)]))
    for shot in listing(folder).shots:
        np.testing.assert_allclose(shot.camera.intrinsics, expected_intrinsics(*focals), atol=1e-9)


@pytest.mark.parametrize(
    ("kind", "terms"),
    [
        ({"type": "radial1"}, [-0.1]),
        ({"type": "radial3"}, [-0.1, 0.02, 0.003]),
        ({"type": "brown"}, [-0.1, 0.02, 0.003, 0.004, -0.005]),
        ({"distortionType": "radialk3"}, [-0.1, 0.02, 0.003]),
        ({"distortionType": "radialk3pt"}, [-0.1, 0.02, 0.003]),
        ({"distortionType": "brown"}, [-0.1, 0.02, 0.003, 0.004, -0.005]),
    ],
)
def test_lenses(folder: Path, kind: Scene, terms: list[float]) -> None:
    write(folder, scene(intrinsics=[intrinsic(**kind, distortionParams=texts(terms))]))
    lens = listing(folder).shots[0].lens
    assert lens is not None
    points = np.random.default_rng(1).uniform([-0.3, -0.3, 1.0], [0.3, 0.3, 2.0], (50, 3))
    x, y = points[:, 0] / points[:, 2], points[:, 1] / points[:, 2]
    k1, k2, k3, t1, t2 = [*terms, *[0.0] * (5 - len(terms))]
    r2 = x * x + y * y
    radial = 1.0 + k1 * r2 + k2 * r2**2 + k3 * r2**3
    if kind.get("distortionType") == "radialk3pt":
        radial /= 1.0 + k1 + k2 + k3
    bent_x = x * radial + t2 * (r2 + 2.0 * x * x) + 2.0 * t1 * x * y
    bent_y = y * radial + t1 * (r2 + 2.0 * y * y) + 2.0 * t2 * x * y
    expected = np.stack([bent_x * 30.0 + WIDTH / 2 + 1.5, bent_y * 33.0 + HEIGHT / 2 - 2.0], axis=-1)
    np.testing.assert_allclose(project(lens, points), expected, atol=1e-9)


def test_points(folder: Path) -> None:
    places = np.random.default_rng(0).normal(size=(30, 3))
    structure = [{"landmarkId": str(number), "X": texts(place)} for number, place in enumerate(places)]
    write(folder, scene(structure=[*structure, {"X": ["nan", "0", "0"]}, {}, "x", {"X": texts([1e300, 0.0, 0.0])}]))
    points = listing(folder).points
    assert points is not None
    np.testing.assert_allclose(points, places, rtol=1e-6)


def test_views_that_were_not_reconstructed(folder: Path) -> None:
    views = [view(0, "IMG_0.png"), view(1, "IMG_1.png", poseId="5"), view(2, "gone.png")]
    write(folder, scene(views=views))
    found = listing(folder)
    assert [shot.file.name for shot in found.shots] == ["IMG_0.png"]
    assert found.without_camera == ("images/IMG_1.png", "images/IMG_2.png")
    assert found.without_photograph == ("/home/someone/photos/gone.png",)
    invalid = pose(0)
    invalid["pose"]["valid"] = "0"
    write(folder, scene(poses=[invalid, pose(1)], views=[view(0, "IMG_0.png"), view(1, "IMG_1.png", rigId="1")]))
    assert [shot.file.name for shot in listing(folder).shots] == ["IMG_1.png"]
    rigid = view(1, "IMG_1.png", rigId="1", isPoseIndependant="false")
    write(folder, scene(views=[view(0, "IMG_0.png"), rigid]))
    assert [shot.file.name for shot in listing(folder).shots] == ["IMG_0.png"]


def test_photographs_named_by_the_id_of_their_view(folder: Path) -> None:
    for number in range(3):
        (folder / "images" / f"IMG_{number}.png").rename(folder / "images" / f"{1000 + number}.png")
    assert len(listing(folder).shots) == 3


def test_one_of_several_scenes(folder: Path) -> None:
    write(folder, scene(intrinsics=[intrinsic(focalLength="90")]), "older.json")
    found = listing(folder)
    assert (found.camera_file, found.camera_choices) == ("cameras.sfm", ("older.json",))
    assert listing(folder, "older.json").shots[0].camera.intrinsics[0, 0] == pytest.approx(60.0)
    with pytest.raises(CaptureError, match=r"mine\.sfm is no scene"):
        listing(folder, "mine.sfm")


def test_reading_it_whole(folder: Path) -> None:
    capture = read_capture(folder)
    assert (capture.layout, len(capture.keys), capture.file_frame) == ("Meshroom", 3, None)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (scene(views=3), "views is no list"),
        (scene(views=[3]), "views is no list"),
        (scene(views=[]), "no view with intrinsics"),
        (scene(intrinsics=[]), "no view with intrinsics"),
        (scene(poses=[]), "none of the photographs"),
        (scene(intrinsics=[intrinsic(type="fisheye4")]), "type 'fisheye4'"),
        (scene(intrinsics=[intrinsic(type="equidistant")]), "type 'equidistant'"),
        (scene(intrinsics=[intrinsic(distortionType="3deanamorphic4")]), "undistort the photographs in Meshroom"),
        (scene(intrinsics=[intrinsic(type="radial3", distortionParams=["1"])]), "not 3 finite numbers"),
        (scene(intrinsics=[intrinsic(focalLength="-1")]), "no focal length"),
        (scene(intrinsics=[intrinsic(sensorWidth="0")]), "no focal length"),
        (scene(intrinsics=[intrinsic(focalLength="inf")]), "no focal length"),
        (scene(intrinsics=[intrinsic(principalPoint="")]), "principalPoint"),
        (scene(intrinsics=[intrinsic(width="-4")]), "intrinsic 7"),
        (scene(intrinsics=[intrinsic(distortionType="radialk3pt", distortionParams=["-1", "0", "0"])]), "focal length"),
        (scene(poses=[{"poseId": "100", "pose": {"transform": {"rotation": ["1"], "center": []}}}]), "view 1000"),
        (scene(poses=[{"poseId": "100", "pose": {"transform": {"rotation": ["2"] * 9, "center": ["0"] * 3}}}]), "1000"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, content: Scene, named: str) -> None:
    write(folder, content)
    with pytest.raises(CaptureError, match=named) as caught:
        listing(folder)
    assert "cameras.sfm" in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [lambda file: file.unlink(), lambda file: file.write_text("{"), lambda file: (file.unlink(), file.mkdir())],
)
def test_no_scene(folder: Path, change: Callable[[Path], object]) -> None:
    change(folder / "cameras.sfm")
    assert all(guess.layout != "Meshroom" for guess in guesses(folder))
    with pytest.raises(CaptureError, match=r"no \.sfm or \.json scene"):
        listing(folder)


def test_damaged_scene(folder: Path) -> None:
    text = (folder / "cameras.sfm").read_text()
    (folder / "cameras.sfm").write_text(text[: len(text) // 2])
    with pytest.raises(CaptureError, match=r"cameras\.sfm is not valid JSON"):
        listing(folder)


def test_recognised_by_its_files(folder: Path) -> None:
    guess = guesses(folder)[0]
    assert guess.layout == "Meshroom"
    assert guess.reasons[0] == "cameras.sfm is there"
