"""LLFF and Middlebury: cameras show points where the files' own formulas say; what cannot be is one sentence."""

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from core.capture.images import write_png8
from core.capture.import_options import ImportOptions
from core.capture.layouts.llff import LLFF
from core.capture.layouts.middlebury import MIDDLEBURY
from core.capture.listing import Layout, Listing
from core.errors import CaptureError
from core.types import Camera

WIDTH, HEIGHT = 40, 30
FOCAL = 50.0


def listed(layout: Layout, folder: Path, **options: str) -> Listing:
    return layout.list_capture(folder, ImportOptions(**options), lambda _what, _fraction: None)  # type: ignore[arg-type]


def photographs(folder: Path, names: list[str], width: int = WIDTH, height: int = HEIGHT) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        write_png8(folder / name, np.full((height, width, 3), 0.5))


def seen(camera: Camera, point: np.ndarray) -> np.ndarray:
    pixel = camera.intrinsics @ (np.linalg.inv(camera.world_from_camera) @ [*point, 1.0])[:3]
    return pixel[:2] / pixel[2]


def poses(count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """(R, t) of x_camera = R x_world + t with OpenCV's axes: cameras that look at the origin from distance 4."""
    turns = Rotation.from_euler("yxz", [[40.0 * i, 10.0 * i, 5.0 * i] for i in range(count)], degrees=True)
    return [(turn.as_matrix(), np.array([0.1, -0.2, 4.0])) for turn in turns]


def llff(folder: Path, count: int = 3, place: str = "images", scale: int = 1) -> Path:
    rows = []
    for rotation, translation in poses(count):
        right, down, forward = rotation  # the rows of R are the camera's axes in the world
        centre = -rotation.T @ translation
        size = np.array([HEIGHT * scale, WIDTH * scale, FOCAL * scale])
        rows.append(np.concatenate([np.stack([down, right, -forward, centre, size], axis=1).ravel(), [1.0, 9.0]]))
    folder.mkdir(exist_ok=True)
    np.save(folder / "poses_bounds.npy", np.array(rows))
    photographs(folder / place, [f"photo_{number}.png" for number in range(count)])
    return folder


@pytest.mark.parametrize(("place", "scale"), [("images", 1), ("images_4", 4)])
def test_llff_cameras(tmp_path: Path, place: str, scale: int) -> None:
    folder = llff(tmp_path, place=place, scale=scale)
    guess = LLFF.recognise(folder)
    assert guess is not None
    assert guess.reasons == ("poses_bounds.npy is there", f"photographs lie in {place}")
    listing = listed(LLFF, folder)
    point = np.array([0.2, 0.1, -0.3])
    for shot, (rotation, translation) in zip(listing.shots, poses(3), strict=True):
        across, down, depth = rotation @ point + translation
        expected = [FOCAL * across / depth + WIDTH / 2 - 0.5, FOCAL * down / depth + HEIGHT / 2 - 0.5]
        np.testing.assert_allclose(seen(shot.camera, point), expected, atol=1e-9)
    assert len(listing.problems) == (scale != 1)


def test_llff_refuses_a_photograph_or_mask_that_is_there_twice(tmp_path: Path) -> None:
    folder = llff(tmp_path, count=3)
    photographs(folder / "masks", ["1.png", "01.png", "2.png"])
    with pytest.raises(CaptureError, match=r"masks/01\.png and 1\.png have the same number; remove one"):
        listed(LLFF, folder)
    (folder / "images/photo_2.png").unlink()
    photographs(folder / "images", ["photo_1.tif"])  # as many as cameras
    with pytest.raises(CaptureError, match=r"images/photo_1\.png and photo_1\.tif have the same name; remove one"):
        listed(LLFF, folder)


def test_llff_masks_by_name_or_order(tmp_path: Path) -> None:
    folder = llff(tmp_path)
    photographs(folder / "masks", ["a.png", "b.png", "c.png"])
    assert listed(LLFF, folder).masks == {i: (folder / "masks" / f"{'abc'[i]}.png",) for i in range(3)}
    photographs(folder / "masks", ["photo_1.png"])
    assert listed(LLFF, folder).masks == {1: (folder / "masks/photo_1.png",)}


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (np.zeros((3, 16)), "no table of 17"),
        (np.zeros((0, 17)), "no table of 17"),
        (np.zeros((3, 17)), "row 0"),
        (np.full((3, 17), np.nan), "row 0"),
        (np.full((3, 17), np.inf), "row 0"),
        (np.ones((2, 17)), "2 cameras but images holds 3"),
        (np.array(["x" * 3]), "poses_bounds.npy"),
        (np.array([{"a": 1}], dtype=object), "poses_bounds.npy"),
    ],
)
def test_llff_damage(tmp_path: Path, table: np.ndarray, reason: str) -> None:
    folder = llff(tmp_path)
    np.save(folder / "poses_bounds.npy", table, allow_pickle=True)
    with pytest.raises(CaptureError, match=reason):
        listed(LLFF, folder)


def test_llff_refuses_a_mirrored_camera(tmp_path: Path) -> None:
    folder = llff(tmp_path)
    table = np.load(folder / "poses_bounds.npy")
    table[1, :15:5] *= -1.0
    np.save(folder / "poses_bounds.npy", table)
    with pytest.raises(CaptureError, match="row 1 is no rotation and position"):
        listed(LLFF, folder)


def middlebury(folder: Path, count: int = 3) -> Path:
    lines = [str(count)]
    for number, (rotation, translation) in enumerate(poses(count)):
        intrinsics = [[FOCAL, 0.25, 19.0], [0.0, 51.0, 14.5], [0.0, 0.0, 1.0]]
        numbers = np.concatenate([np.ravel(intrinsics), rotation.ravel(), translation])
        lines.append(f"shot{number:04d}.png " + " ".join(repr(float(entry)) for entry in numbers))
    folder.mkdir(exist_ok=True)
    (folder / "shot_par.txt").write_text("\n".join(lines) + "\n")
    (folder / "shot_ang.txt").write_text("1 2 shot0000.png\n")
    photographs(folder, [f"shot{number:04d}.png" for number in range(count)])
    return folder


def test_middlebury_cameras(tmp_path: Path) -> None:
    folder = middlebury(tmp_path)
    guess = MIDDLEBURY.recognise(folder)
    assert guess is not None
    assert guess.reasons == ("shot_par.txt lists K, R and t of each photograph",)
    point = np.array([0.2, 0.1, -0.3])
    for shot, (rotation, translation) in zip(listed(MIDDLEBURY, folder).shots, poses(3), strict=True):
        across, down, depth = rotation @ point + translation
        expected = [(FOCAL * across + 0.25 * down) / depth + 19.0, 51.0 * down / depth + 14.5]
        np.testing.assert_allclose(seen(shot.camera, point), expected, atol=1e-9)


def test_middlebury_lists_what_is_missing(tmp_path: Path) -> None:
    folder = middlebury(tmp_path)
    (folder / "shot0001.png").rename(folder / "other.png")
    listing = listed(MIDDLEBURY, folder)
    assert listing.without_photograph == ("shot0001.png",)
    assert listing.without_camera == ("other.png",)
    assert len(listing.shots) == 2


def test_middlebury_chooses_among_lists(tmp_path: Path) -> None:
    folder = middlebury(tmp_path)
    lines = (folder / "shot_par.txt").read_text().splitlines()
    (folder / "two_par.txt").write_text("\n".join(["5", *lines[1:3]]))
    listing = listed(MIDDLEBURY, folder, cameras="two_par.txt")
    assert len(listing.shots) == 2
    assert listing.camera_choices == ("shot_par.txt",)
    assert "promises 5 cameras, and 2 follow" in listing.problems[0].text
    with pytest.raises(CaptureError, match=r"choose one of shot_par.txt, two_par.txt"):
        listed(MIDDLEBURY, folder, cameras="three_par.txt")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "does not begin with the number"),
        ("many\n", "does not begin with the number"),
        ("3\n", "lists no camera"),
        ("1\nshot0000.png 1 2 3\n", r"line 2 \(shot0000.png\) does not hold a name and 21 numbers"),
        ("1\nshot0000.png " + "nan " * 21, "not finite"),
        ("1\nshot0000.png " + "0 " * 21, "singular"),
        ("1\n../x.png 9 0 4 0 9 4 0 0 1 1 0 0 0 1 0 0 0 1 0 0 5", "leads out of the folder"),
        ("2\n" + "shot0000.png 9 0 4 0 9 4 0 0 1 1 0 0 0 1 0 0 0 1 0 0 5\n" * 2, "twice"),
        ("1\nnone.png 9 0 4 0 9 4 0 0 1 1 0 0 0 1 0 0 0 1 0 0 5", "none is there"),
    ],
)
def test_middlebury_damage(tmp_path: Path, text: str, reason: str) -> None:
    folder = middlebury(tmp_path)
    (folder / "shot_par.txt").write_text(text)
    with pytest.raises(CaptureError, match=reason):
        listed(MIDDLEBURY, folder)


def test_other_folders_are_not_recognised(tmp_path: Path) -> None:
    (tmp_path / "low_par.txt").write_text("notes about golf\n")
    assert MIDDLEBURY.recognise(tmp_path) is None
    assert LLFF.recognise(tmp_path) is None


def test_the_dino_is_where_every_camera_looks(shared_data: Path) -> None:
    listing = listed(MIDDLEBURY, shared_data / "middlebury/dinoSparseRing")
    assert len(listing.shots) == 16
    assert all((shot.camera.width, shot.camera.height) == (640, 480) for shot in listing.shots)
    centres = np.array([shot.camera.centre for shot in listing.shots])
    axes = np.array([shot.camera.rotation[:, 2] for shot in listing.shots])
    across = np.eye(3) - axes[:, :, None] * axes[:, None, :]
    nearest = np.linalg.solve(across.sum(axis=0), np.einsum("nij,nj->i", across, centres))
    for shot in listing.shots:
        assert np.all(np.abs(seen(shot.camera, nearest) - [320.0, 240.0]) < [100.0, 100.0])
    assert 0.5 < np.linalg.norm(centres - nearest, axis=1).mean() < 0.8  # metres, as the set's description has it
