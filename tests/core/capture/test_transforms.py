"""``transforms.json`` of every origin: where a camera stands and looks, what is missing, damage in one sentence."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.capture.images import write_exact, write_png8
from core.capture.import_options import ImportOptions
from core.capture.layouts.transforms import TRANSFORMS
from core.capture.layouts.transforms_frames import other_hand
from core.capture.listing import Listing
from core.errors import CaptureError
from core.types import ImageKey

WIDTH, HEIGHT = 40, 30
ANGLE = 0.7


def looking_at_origin(azimuth: float, elevation: float = 0.4, distance: float = 4.0) -> np.ndarray:
    """[4, 4] world from camera, OpenGL axes, z up."""
    back = np.array(
        [math.cos(azimuth) * math.cos(elevation), math.sin(azimuth) * math.cos(elevation), math.sin(elevation)]
    )
    right = np.cross([0.0, 0.0, 1.0], back)
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3, 0], pose[:3, 1], pose[:3, 2], pose[:3, 3] = right, np.cross(back, right), back, distance * back
    return pose


def frames(count: int = 3, name: str = "./train/r_{}") -> list[dict[str, Any]]:
    return [
        {"file_path": name.format(number), "transform_matrix": looking_at_origin(number * 2.0).tolist()}
        for number in range(count)
    ]


def scene(folder: Path, table: dict[str, Any], name: str = "transforms_train.json", suffix: str = ".png") -> Path:
    """The JSON file, and an RGBA photograph for each of its frames that names none which is there."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(table))
    for frame in table["frames"]:
        file = folder / f"{frame['file_path']}{suffix}"
        file.parent.mkdir(parents=True, exist_ok=True)
        write_exact(file, np.full((HEIGHT, WIDTH, 4), 200, np.uint8))
    return folder


def listed(folder: Path, **options: Any) -> Listing:
    return TRANSFORMS.list_capture(folder, ImportOptions(**options), lambda _what, _fraction: None)


def shows(listing: Listing, index: int, point: tuple[float, float, float]) -> np.ndarray:
    camera = listing.shots[index].camera
    seen = camera.intrinsics @ (np.linalg.inv(camera.world_from_camera) @ [*point, 1.0])[:3]
    return seen[:2] / seen[2]


@pytest.mark.parametrize("disk", ["/home/anna/data/lego/train/", "C:\\Users\\Anna\\lego\\train\\"])
def test_paths_of_another_machine_are_looked_for_by_their_ends(tmp_path: Path, disk: str) -> None:
    folder = scene(tmp_path, {"camera_angle_x": ANGLE, "frames": frames()})
    write_exact(folder / "r_0.png", np.full((HEIGHT, WIDTH, 4), 9, np.uint8))  # a shorter end fits, too
    table = {"camera_angle_x": ANGLE, "frames": frames(name=disk + "r_{}.png")}
    (folder / "transforms_train.json").write_text(json.dumps(table))
    listing = listed(folder)
    assert [shot.file.relative_to(folder).as_posix() for shot in listing.shots] == [
        f"train/r_{n}.png" for n in range(3)
    ]
    assert any("paths of another place" in sentence for sentence in listing.assumptions)


def test_a_path_of_another_machine_that_is_nowhere_is_shown_as_written(tmp_path: Path) -> None:
    table = {"camera_angle_x": ANGLE, "frames": frames(name="C:\\Users\\lego\\r_{}.png")}
    (tmp_path / "transforms_train.json").write_text(json.dumps(table))
    with pytest.raises(CaptureError) as caught:
        listed(tmp_path)
    assert "names 'C:\\Users\\lego\\r_0.png' and others" in str(caught.value)


@pytest.mark.parametrize("path", ["/home/../secret/r_{}.png", "/secret/../../secret/r_{}.png"])
def test_no_end_of_a_path_leads_out(tmp_path: Path, path: str) -> None:
    folder = scene(tmp_path / "inside", {"camera_angle_x": ANGLE, "frames": frames()})
    (tmp_path / "secret").mkdir()
    write_exact(tmp_path / "secret/r_0.png", np.full((HEIGHT, WIDTH, 4), 9, np.uint8))
    table = {"camera_angle_x": ANGLE, "frames": frames(name=path)}
    (folder / "transforms_train.json").write_text(json.dumps(table))
    with pytest.raises(CaptureError, match="no such photograph is there"):
        listed(folder)


def test_nerf_synthetic(tmp_path: Path) -> None:
    listing = listed(scene(tmp_path, {"camera_angle_x": ANGLE, "frames": frames()}))
    assert [shot.key for shot in listing.shots] == [ImageKey(0, 0), ImageKey(1, 1), ImageKey(2, 2)]
    assert listing.mask_is_alpha
    assert listing.up == "+z"
    focal = 0.5 * WIDTH / math.tan(0.5 * ANGLE)
    for index in range(3):
        np.testing.assert_allclose(shows(listing, index, (0, 0, 0)), [WIDTH / 2 - 0.5, HEIGHT / 2 - 0.5], atol=1e-9)
        above = shows(listing, index, (0, 0, 0.1))  # up in the world is up in the photograph
        assert above[1] < HEIGHT / 2 - 1.0
    right = looking_at_origin(0.0)[:3, 0] * 0.2
    np.testing.assert_allclose(
        shows(listing, 0, tuple(right)), [WIDTH / 2 - 0.5 + focal * 0.2 / 4.0, HEIGHT / 2 - 0.5], atol=1e-9
    )
    assert any("middle" in sentence for sentence in listing.assumptions)


@pytest.mark.parametrize("where", ["above", "frame"])
def test_instant_ngp_intrinsics(tmp_path: Path, where: str) -> None:
    lens = {"fl_x": 50.0, "fl_y": 52.0, "cx": 21.0, "cy": 14.0, "w": float(WIDTH), "h": HEIGHT}
    entries = [frame | (lens if where == "frame" else {}) for frame in frames()]
    above = lens if where == "above" else {"camera_angle_x": 3.0, "fl_x": 7.0}
    listing = listed(scene(tmp_path, {**above, "aabb_scale": 16, "frames": entries}))
    for shot in listing.shots:
        np.testing.assert_allclose(shot.camera.intrinsics, [[50, 0, 20.5], [0, 52, 13.5], [0, 0, 1]])
        assert shot.lens is None
    assert any("aabb_scale" in sentence for sentence in listing.assumptions)
    assert not any("middle" in sentence for sentence in listing.assumptions)


@pytest.mark.parametrize(
    ("entries", "model", "extras"),
    [
        ({"k1": -0.1, "p2": 0.002}, "OPENCV", (-0.1, 0.0, 0.0, 0.002)),
        ({"camera_model": "OPENCV", "k1": -0.1, "k4": 0.01}, "BROWN", (0.0, -0.1, 0.0, 0.0, 0.01, 0.0, 0.0)),
        ({"k1": -0.1, "k5": 0.01}, "FULL_OPENCV", (-0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.01, 0.0)),
        ({"camera_model": "OPENCV_FISHEYE", "k1": 0.03, "k3": 0.01}, "OPENCV_FISHEYE", (0.03, 0.0, 0.01, 0.0)),
        ({"is_fisheye": True}, "OPENCV_FISHEYE", (0.0, 0.0, 0.0, 0.0)),
    ],
)
def test_distortion(tmp_path: Path, entries: dict[str, Any], model: str, extras: tuple[float, ...]) -> None:
    table = {"fl_x": 50.0, "cx": 20.0, "cy": 15.0, **entries, "frames": frames()}
    lens = listed(scene(tmp_path, table)).shots[0].lens
    assert lens is not None
    assert (lens.model, lens.parameters) == (model, (50.0, 50.0, 20.0, 15.0, *extras))


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".JPG"])
def test_paths_without_suffix(tmp_path: Path, suffix: str) -> None:
    folder = scene(tmp_path, {"camera_angle_x": ANGLE, "frames": frames()})
    for file in sorted((folder / "train").iterdir()):
        write_png8(file.with_suffix(".png"), np.zeros((HEIGHT, WIDTH, 3)))
        file.with_suffix(".png").rename(file.with_name(file.stem + suffix))
    listing = listed(folder)
    assert [shot.file.name for shot in listing.shots] == [f"r_{number}{suffix}" for number in range(3)]
    assert not listing.mask_is_alpha


@pytest.mark.parametrize("name", ["images\\r_{}.png", "./images/r_{}.png", "/somewhere/else/r_{}.png"])
def test_paths_as_other_systems_write_them(tmp_path: Path, name: str) -> None:
    (tmp_path / "images").mkdir()
    for number in range(3):
        write_png8(tmp_path / f"images/r_{number}.png", np.zeros((HEIGHT, WIDTH, 3)))
    table = {"camera_angle_x": ANGLE, "frames": frames(name=name)}
    (tmp_path / "transforms.json").write_text(json.dumps(table))
    assert len(listed(tmp_path).shots) == 3


def test_what_is_missing_is_listed(tmp_path: Path) -> None:
    folder = scene(tmp_path, {"camera_angle_x": ANGLE, "frames": frames(4)})
    (folder / "train/r_1.png").unlink()
    write_png8(folder / "train/other.png", np.zeros((HEIGHT, WIDTH, 3)))
    write_png8(folder / "train/r_0_depth_0001.png", np.zeros((HEIGHT, WIDTH, 3)))
    listing = listed(folder)
    assert listing.without_photograph == ("./train/r_1",)
    assert listing.without_camera == ("train/other.png",)
    assert [shot.file.name for shot in listing.shots] == ["r_0.png", "r_2.png", "r_3.png"]


def test_a_photograph_named_twice_counts_once(tmp_path: Path) -> None:
    listing = listed(scene(tmp_path, {"camera_angle_x": ANGLE, "frames": frames() + frames(1)}))
    assert len(listing.shots) == 3
    assert "earlier frame" in listing.problems[0].text


def test_other_splits_on_request(tmp_path: Path) -> None:
    folder = scene(tmp_path, {"camera_angle_x": ANGLE, "frames": frames()})
    scene(folder, {"camera_angle_x": ANGLE, "frames": frames(2, "./test/r_{}")}, "transforms_test.json")
    listing = listed(folder)
    together = "transforms_train.json+transforms_test.json"
    assert len(listing.shots) == 3
    assert listing.camera_choices == ("transforms_test.json", together)
    assert len(listed(folder, cameras="transforms_test.json").shots) == 2
    joined = listed(folder, cameras=together)
    assert len({shot.key for shot in joined.shots}) == 5
    assert joined.camera_file == together


def test_masks_named_by_frames_or_beside(tmp_path: Path) -> None:
    entries = frames()
    entries[1]["mask_path"] = "./mattes/one.png"
    folder = scene(tmp_path, {"camera_angle_x": ANGLE, "frames": entries})
    for place, name in (("mattes", "one.png"), ("masks", "r_2.png")):
        (folder / place).mkdir()
        write_png8(folder / place / name, np.ones((HEIGHT, WIDTH, 1)))
    assert listed(folder).masks == {1: (folder / "mattes/one.png",), 2: (folder / "masks/r_2.png",)}


def test_smaller_photographs_scale_their_cameras(tmp_path: Path) -> None:
    table = {"fl_x": 100.0, "fl_y": 104.0, "cx": 42.0, "cy": 28.0, "w": 80, "h": 60, "frames": frames()}
    listing = listed(scene(tmp_path, table))
    np.testing.assert_allclose(listing.shots[0].camera.intrinsics, [[50, 0, 20.5], [0, 52, 13.5], [0, 0, 1]])
    assert "0.5 times" in listing.problems[0].text


def test_the_vertical_shows_in_the_cameras(tmp_path: Path) -> None:
    turn = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0], [0, 0, 0, 1]], float)  # z up becomes y up
    entries = frames()
    for entry in entries:
        entry["transform_matrix"] = (turn @ np.array(entry["transform_matrix"])).tolist()
    assert listed(scene(tmp_path, {"camera_angle_x": ANGLE, "frames": entries})).up == "+y"


def test_three_rows_are_enough(tmp_path: Path) -> None:
    whole = {"camera_angle_x": ANGLE, "frames": frames()}
    short = {"camera_angle_x": ANGLE, "frames": [f | {"transform_matrix": f["transform_matrix"][:3]} for f in frames()]}
    one, other = listed(scene(tmp_path / "a", whole)), listed(scene(tmp_path / "b", short))
    for first, second in zip(one.shots, other.shots, strict=True):
        np.testing.assert_array_equal(first.camera.world_from_camera, second.camera.world_from_camera)


def left_handed_engine(pose: np.ndarray) -> np.ndarray:
    """What an engine with axes x right, y up, z forward stores for a right-handed OpenGL camera, derived by hand.

    Its world is the mirrored one (x, y, -z), and its camera looks along its own +z, the other way than OpenGL's.
    """
    mirror = np.diag([1.0, 1.0, -1.0])
    right, up, forward = mirror @ pose[:3, 0], mirror @ pose[:3, 1], mirror @ -pose[:3, 2]
    stored = np.eye(4)
    stored[:3, :3] = np.stack([right, up, forward], axis=1)
    stored[:3, 3] = mirror @ pose[:3, 3]
    return stored


def test_left_handed_axes(tmp_path: Path) -> None:
    right = {"camera_angle_x": ANGLE, "frames": frames()}
    left = {
        "camera_angle_x": ANGLE,
        "frames": [
            frame | {"transform_matrix": left_handed_engine(np.array(frame["transform_matrix"])).tolist()}
            for frame in frames()
        ],
    }
    one = listed(scene(tmp_path / "right", right))
    other = listed(scene(tmp_path / "left", left), handedness="left")
    for first, second in zip(one.shots, other.shots, strict=True):
        np.testing.assert_allclose(first.camera.world_from_camera, second.camera.world_from_camera, atol=1e-15)
    pose = looking_at_origin(1.0)
    np.testing.assert_array_equal(other_hand(other_hand(pose)), pose)
    np.testing.assert_allclose(other_hand(pose), left_handed_engine(pose), atol=1e-15)
    assert np.linalg.det(other_hand(pose)) == pytest.approx(1.0)


def test_chiaro_says_where_the_object_is(tmp_path: Path) -> None:
    own = {"sphere": {"centre": [1, 2, 3], "radius": 0.5}, "up": "-z", "linear": True, "handedness": "right"}
    listing = listed(scene(tmp_path, {"camera_angle_x": ANGLE, "chiaro": own, "frames": frames()}))
    assert listing.file_frame == ((1.0, 2.0, 3.0), 0.5)
    assert listing.up == "-z"
    assert listing.encoding == "linear"


@pytest.mark.parametrize("own", [3, [], {"sphere": 1, "up": 5}, {"sphere": {"centre": [1, 2], "radius": -1}}])
def test_a_damaged_entry_of_chiaro_is_left_out(tmp_path: Path, own: object) -> None:
    listing = listed(scene(tmp_path, {"camera_angle_x": ANGLE, "chiaro": own, "frames": frames()}))
    assert listing.file_frame is None
    assert listing.up == "+z"
    assert listing.encoding is None


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    table: dict[str, Any] = {"camera_angle_x": ANGLE, "frames": frames()}
    change(table)
    return table


def entry(name: str, value: object) -> dict[str, Any]:
    return changed(lambda table: table["frames"][1].__setitem__(name, value))


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({"camera_angle_x": ANGLE}, "no list of frames"),
        ({"camera_angle_x": ANGLE, "frames": {}}, "no list of frames"),
        ({"camera_angle_x": ANGLE, "frames": [3]}, "frame 0 is not an object"),
        ({"frames": frames()}, "no focal length"),
        (changed(lambda table: table.update(camera_angle_x=40.0)), "no angle of view in radians"),
        (changed(lambda table: table.update(camera_angle_x="wide")), "camera_angle_x is not a finite number"),
        (changed(lambda table: table.update(fl_x=-3.0)), "not positive"),
        (changed(lambda table: table.update(w=40.5, h=30)), "whole number"),
        (changed(lambda table: table.update(w=10**30, h=30)), "pixels"),
        (changed(lambda table: table.update(k1=10**400)), "k1 is not a finite number"),
        (changed(lambda table: table.update(camera_model="EQUIRECTANGULAR")), "panorama"),
        (changed(lambda table: table.update(camera_model=["x"])), "unknown model"),
        (entry("file_path", 5), "frame 1 has no file_path"),
        (entry("file_path", "../../secret.png"), "leads out of the folder"),
        (entry("transform_matrix", None), "not a 4 x 4 matrix"),
        (entry("transform_matrix", np.diag([2, 2, 2, 1]).tolist()), "no rotation and position"),
        (entry("transform_matrix", np.diag([1, 1, -1, 1]).tolist()), "no rotation and position"),
        (entry("mask_path", "/etc/../../x.png\0"), "leads out of the folder"),
    ],
)
def test_damage_is_one_sentence(tmp_path: Path, table: dict[str, Any], reason: str) -> None:
    scene(tmp_path, {"frames": frames()})
    (tmp_path / "transforms_train.json").write_text(json.dumps(table))
    with pytest.raises(CaptureError, match=reason) as refused:
        listed(tmp_path)
    assert str(tmp_path) in str(refused.value)


def test_no_photograph_at_all(tmp_path: Path) -> None:
    (tmp_path / "transforms.json").write_text(json.dumps({"camera_angle_x": ANGLE, "frames": frames()}))
    with pytest.raises(CaptureError, match=r"'\./train/r_0' and others, but no such photograph"):
        listed(tmp_path)


def test_an_unknown_choice_names_the_others(tmp_path: Path) -> None:
    folder = scene(tmp_path, {"camera_angle_x": ANGLE, "frames": frames()})
    with pytest.raises(CaptureError, match=r"choose one of transforms_train\.json"):
        listed(folder, cameras="../transforms.json")


@pytest.mark.parametrize(
    ("place", "count", "up", "size"), [("nerf/lego", 10, "+z", 800), ("nvdiffrec/shoe", 6, "+y", 1024)]
)
def test_real_scenes(shared_data: Path, place: str, count: int, up: str, size: int) -> None:
    listing = listed(shared_data / place)
    assert len(listing.shots) == count
    assert listing.up == up
    assert listing.mask_is_alpha
    assert listing.problems == ()
    assert all((shot.camera.width, shot.camera.height) == (size, size) for shot in listing.shots)
    for index in range(count):  # the cameras look at the object, which lies at the origin
        assert np.abs(shows(listing, index, (0, 0, 0)) - size / 2).max() < 0.1 * size
