"""COLMAP projects: every place and form, cameras that show points where COLMAP says, damage in one sentence."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from core.capture.colmap_points import filtered
from core.capture.images import write_png8
from core.capture.import_options import ImportOptions
from core.capture.layouts.colmap import COLMAP
from core.capture.lens import Lens
from core.capture.listing import Listing
from core.errors import Cancelled, CaptureError
from core.types import ImageKey
from tests.core.capture.colmap_by_hand import (
    HandCamera,
    cloud,
    ring,
    write_binary,
    write_photographs,
    write_text,
)

PINHOLE = HandCamera(identity=1, model="PINHOLE", width=40, height=30, parameters=(50.0, 51.0, 20.5, 15.25))
RADIAL = HandCamera(identity=7, model="SIMPLE_RADIAL", width=40, height=30, parameters=(50.0, 20.0, 15.0, -0.1))
NAMES = [image.name for image in ring(3)]


def listed(folder: Path, cameras: str | None = None) -> Listing:
    return COLMAP.list_capture(folder, ImportOptions(cameras=cameras), lambda _what, _fraction: None)


def project(
    folder: Path,
    place: str = "sparse/0",
    photographs: str = "images",
    *,
    write: Callable[..., None] = write_binary,
    camera: HandCamera = PINHOLE,
) -> Path:
    write(folder / place, [camera], ring(3, camera.identity), cloud())
    write_photographs(folder / photographs, NAMES, camera.width, camera.height)
    return folder


@pytest.mark.parametrize("write", [write_binary, write_text])
def test_cameras_show_points_where_colmap_says(tmp_path: Path, write: Callable[..., None]) -> None:
    listing = listed(project(tmp_path, write=write))
    for shot, image in zip(listing.shots, ring(3), strict=True):
        w, x, y, z = image.quaternion
        rotation = Rotation.from_quat([x, y, z, w]).as_matrix()
        for point in cloud(5):
            across, down, depth = rotation @ point + image.translation
            expected = (50.0 * across / depth + 20.5 - 0.5, 51.0 * down / depth + 15.25 - 0.5)
            in_camera = np.linalg.inv(shot.camera.world_from_camera) @ [*point, 1.0]
            seen = shot.camera.intrinsics @ in_camera[:3]
            np.testing.assert_allclose(seen[:2] / seen[2], expected, atol=1e-9)
    assert [shot.key for shot in listing.shots] == [ImageKey(0, 0), ImageKey(1, 1), ImageKey(2, 2)]
    assert all(shot.lens is None for shot in listing.shots)
    assert listing.points is not None
    np.testing.assert_allclose(listing.points, cloud(), atol=1e-6)
    assert listing.encoding is None
    assert listing.file_frame is None


def test_binary_and_text_are_the_same(tmp_path: Path) -> None:
    binary = listed(project(tmp_path / "b", camera=RADIAL))
    text = listed(project(tmp_path / "t", camera=RADIAL, write=write_text))
    for one, other in zip(binary.shots, text.shots, strict=True):
        assert one.camera.world_from_camera.tobytes() == other.camera.world_from_camera.tobytes()
        assert one.lens == other.lens == Lens(model="SIMPLE_RADIAL", parameters=RADIAL.parameters, width=40, height=30)


@pytest.mark.parametrize(
    ("place", "photographs"),
    [
        ("sparse/0", "images"),
        ("sparse", "images"),
        ("sparse/3", "images"),
        ("dense/0/sparse", "dense/0/images"),
        ("dense/sparse", "dense/images"),
        ("colmap/sparse/0", "images"),
        (".", "images"),
        (".", "."),
        ("sparse/0", "."),
        ("distorted/sparse/0", "input"),
    ],
)
def test_every_usual_place(tmp_path: Path, place: str, photographs: str) -> None:
    project(tmp_path, place, photographs)
    (tmp_path / place / "rigs.bin").write_bytes(b"newer releases write this")
    guess = COLMAP.recognise(tmp_path)
    assert guess is not None
    assert "cameras.bin" in guess.reasons[0]
    listing = listed(tmp_path)
    assert len(listing.shots) == 3
    assert listing.camera_file == (Path(place) / "images.bin").as_posix()


def test_the_reconstruction_whose_photographs_are_there_comes_first(tmp_path: Path) -> None:
    write_binary(tmp_path / "sparse/0", [RADIAL], ring(3, 7), cloud())
    project(tmp_path, "dense/0/sparse", "dense/0/images")
    listing = listed(tmp_path)
    assert listing.camera_file == "dense/0/sparse/images.bin"
    assert listing.camera_choices == ("sparse/0",)
    guess = COLMAP.recognise(tmp_path)
    assert guess is not None
    assert guess.reasons[0].startswith("dense/0/sparse/cameras.bin")
    assert guess.reasons[1].endswith("sparse/0")
    with pytest.raises(CaptureError, match="none of them is there"):  # those in dense are no longer distorted
        listed(tmp_path, "sparse/0")
    write_photographs(tmp_path / "images", NAMES, 40, 30)
    assert all(shot.lens is not None for shot in listed(tmp_path, "sparse/0").shots)


def test_partial_reconstructions(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "images/photo_001.png").unlink()
    write_photographs(tmp_path / "images", ["extra.png"], 40, 30)
    listing = listed(tmp_path)
    assert listing.assumptions == ()
    assert listing.without_photograph == ("photo_001.png",)
    assert listing.without_camera == ("images/extra.png",)
    assert len(listing.shots) == 2


def test_photographs_in_sub_folders_and_from_other_disks(tmp_path: Path) -> None:
    names = ["left/a.png", "left\\b.png", "/home/somebody/images/c.png"]
    write_binary(tmp_path / "sparse/0", [PINHOLE], ring(3, 1, names), cloud())
    write_photographs(tmp_path / "images", ["left/a.png", "left/b.png", "c.png"], 40, 30)
    assert len(listed(tmp_path).shots) == 3


def test_photographs_developed_anew_are_matched_without_suffix(tmp_path: Path) -> None:
    names = [f"photo_{number}.jpg" for number in range(3)]
    write_binary(tmp_path / "sparse/0", [PINHOLE], ring(3, 1, names), cloud())
    write_photographs(tmp_path / "images", [f"photo_{number}.tif" for number in range(3)], 40, 30)
    write_photographs(tmp_path / "masks", ["photo_1.jpg.png", "photo_2.png"], 40, 30)
    listing = listed(tmp_path)
    assert [shot.file.name for shot in listing.shots] == ["photo_0.tif", "photo_1.tif", "photo_2.tif"]
    assert listing.masks.keys() == {1, 2}
    assert "without suffix" in listing.assumptions[0]


def test_names_of_view_and_light_are_kept(tmp_path: Path) -> None:
    names = ["V03L01.png", "V03L02.png", "V04L01.png"]
    write_binary(tmp_path / "sparse/0", [PINHOLE], ring(3, 1, names), cloud())
    write_photographs(tmp_path / "images", names, 40, 30)
    write_photographs(tmp_path / "masks", ["V03.png", "V04L01.png.png"], 40, 30)
    listing = listed(tmp_path)
    assert [shot.key.name for shot in listing.shots] == ["V03L01", "V03L02", "V04L01"]
    assert listing.masks == {3: (tmp_path / "masks/V03.png",), 4: (tmp_path / "masks/V04L01.png.png",)}


@pytest.mark.parametrize("part", ["masks", "mask"])
def test_masks_by_name_or_stem(tmp_path: Path, part: str) -> None:
    project(tmp_path)
    write_photographs(tmp_path / part, ["photo_000.png.png", "photo_002.png"], 40, 30)
    listing = listed(tmp_path)
    assert listing.masks == {
        0: (tmp_path / part / "photo_000.png.png",),
        2: (tmp_path / part / "photo_002.png",),
    }


@pytest.mark.parametrize("camera", [PINHOLE, RADIAL])
def test_smaller_photographs_scale_their_cameras(tmp_path: Path, camera: HandCamera) -> None:
    whole = listed(project(tmp_path / "whole", camera=camera))
    write_binary(tmp_path / "half/sparse/0", [camera], ring(3, camera.identity), cloud())
    write_photographs(tmp_path / "half/images", NAMES, 20, 15)
    half = listed(tmp_path / "half")
    for one, other in zip(whole.shots, half.shots, strict=True):
        np.testing.assert_allclose(other.camera.intrinsics, one.camera.resized(20, 15).intrinsics, atol=1e-12)
        assert (other.camera.width, other.camera.height) == (20, 15)
    assert "0.5 times the size" in half.problems[-1].text


def test_photographs_of_another_shape_are_left_out(tmp_path: Path) -> None:
    project(tmp_path)
    write_png8(tmp_path / "images/photo_001.png", np.zeros((40, 30, 3)))
    listing = listed(tmp_path)
    assert len(listing.shots) == 2
    assert listing.problems[0].file == "images/photo_001.png"
    assert "30 x 40" in listing.problems[0].text


def test_strays_among_the_points_are_left_out() -> None:
    points = np.concatenate([cloud(200), [[500.0, 0.0, 0.0], [np.nan, 0.0, 0.0], [1e300, 0.0, 0.0]]])
    np.testing.assert_allclose(filtered(points), cloud(200), atol=1e-6)
    assert filtered(np.zeros((0, 3))).shape == (0, 3)


def test_damaged_points_leave_the_cameras(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "sparse/0/points3D.bin").write_bytes(struct.pack("<Q", 2**60))
    listing = listed(tmp_path)
    assert listing.points is None
    assert "claims" in listing.problems[0].text
    assert len(listing.shots) == 3


def damage(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        file = folder / "sparse/0" / name
        file.write_bytes(change(file.read_bytes()))

    return apply


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (damage("cameras.bin", lambda data: b""), "is empty"),
        (damage("cameras.bin", lambda data: data[:-4]), "cut short"),
        (damage("cameras.bin", lambda data: struct.pack("<Q", 2**63) + data[8:]), "more than it can hold"),
        (damage("cameras.bin", lambda data: data[:12] + struct.pack("<i", 99) + data[16:]), "unknown model"),
        (damage("cameras.bin", lambda data: data[:12] + struct.pack("<i", 17) + data[16:]), "panorama"),
        (damage("cameras.bin", lambda data: data[:16] + struct.pack("<Q", 2**40) + data[24:]), "pixels"),
        (damage("cameras.bin", lambda data: data[:32] + struct.pack("<d", -1.0) + data[40:]), "not positive"),
        (damage("cameras.bin", lambda data: data[:8] + struct.pack("<I", 5) + data[12:]), "not listed"),
        (damage("images.bin", lambda data: data[:60]), "it can hold"),
        (damage("images.bin", lambda data: struct.pack("<Q", 0)), "no photograph"),
        (damage("images.bin", lambda data: data[:12] + struct.pack("<d", np.nan) + data[20:]), "a pose that is none"),
        (damage("images.bin", lambda data: data[:12] + bytes(32) + data[44:]), "a pose that is none"),
        (damage("images.bin", lambda data: data.replace(b"photo_001", b"photo_000")), "twice"),
        (damage("images.bin", lambda data: data.replace(b"photo_001", b"photo\xff001")), "UTF-8"),
        (damage("images.bin", lambda data: data.replace(b"photo_001.png", b"../../abc.png")), "leads out"),
    ],
)
def test_damage_is_one_sentence(tmp_path: Path, change: Callable[[Path], None], reason: str) -> None:
    change(project(tmp_path))
    with pytest.raises(CaptureError, match=reason) as refused:
        listed(tmp_path)
    assert str(tmp_path) in str(refused.value)


@pytest.mark.parametrize(
    ("name", "line", "reason"),
    [
        ("cameras.txt", "1 PINHOLE 40 thirty 50 50 20 15", "line 2 is not a camera"),
        ("cameras.txt", "1 PINHOLE 40 30 50 50 20", "takes 4"),
        ("cameras.txt", "1 PINHOLE 40 30 50 inf 20 15", "not a finite number"),
        ("images.txt", "1 1 0 0 0 0 0 5 1", "line 2 is not an image"),
        ("images.txt", "1 1 0 0 0 0 0 nan 1 photo_000.png", "a pose that is none"),
        ("images.txt", "1 1 0 0 0 0 0 5 9 photo_000.png", "not listed"),
    ],
)
def test_wrong_lines_are_named(tmp_path: Path, name: str, line: str, reason: str) -> None:
    project(tmp_path, write=write_text)
    (tmp_path / "sparse/0" / name).write_text(f"# a comment\n{line}\n\n")
    with pytest.raises(CaptureError, match=reason) as refused:
        listed(tmp_path)
    assert name in str(refused.value)


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    folder = project(tmp_path / "capture")
    (folder / "images/photo_000.png").unlink()
    write_photographs(tmp_path, ["outside.png"], 40, 30)
    (folder / "images/photo_000.png").symlink_to(tmp_path / "outside.png")
    with pytest.raises(CaptureError, match="outside the capture folder"):
        listed(folder)


def test_an_unknown_choice_names_the_others(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="choose one of sparse/0"):
        listed(project(tmp_path), "../elsewhere")


def test_the_listing_can_be_cancelled(tmp_path: Path) -> None:
    def stop(_what: str, fraction: float) -> None:
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        COLMAP.list_capture(project(tmp_path), ImportOptions(), stop)


def test_other_folders_are_not_recognised(tmp_path: Path) -> None:
    (tmp_path / "sparse").mkdir()
    assert COLMAP.recognise(tmp_path) is None


def features(file: Path) -> dict[str, list[tuple[float, float, int]]]:
    """The features of ``images.bin`` that belong to a point."""
    data, found = file.read_bytes(), {}
    (count,) = struct.unpack_from("<Q", data)
    at = 8
    for _ in range(count):
        end = data.index(b"\0", at + 64)
        name = data[at + 64 : end].decode()
        (number,) = struct.unpack_from("<Q", data, end + 1)
        rows = struct.iter_unpack("<ddq", data[end + 9 : end + 9 + 24 * number])
        found[name] = [row for row in rows if row[2] >= 0]
        at = end + 9 + 24 * number
    return found


def positions(file: Path) -> dict[int, tuple[float, ...]]:
    data, found = file.read_bytes(), {}
    at = 8
    while at < len(data):
        fields = struct.unpack_from("<Q3d3BdQ", data, at)
        found[fields[0]] = fields[1:4]
        at += 51 + 8 * fields[8]
    return found


def test_a_real_project_shows_its_points_where_its_features_are(shared_data: Path) -> None:
    folder = shared_data / "colmap/bust"
    listing = listed(folder)
    assert listing.camera_file == "dense/0/sparse/images.bin"
    assert len(listing.shots) == 23
    measured = features(folder / "dense/0/sparse/images.bin")
    known = positions(folder / "dense/0/sparse/points3D.bin")
    misses: list[float] = []
    for shot in listing.shots:
        camera_from_world = np.linalg.inv(shot.camera.world_from_camera)
        for u, v, point in measured[shot.file.name]:
            seen = shot.camera.intrinsics @ (camera_from_world @ [*known[point], 1.0])[:3]
            misses.append(float(np.hypot(*(seen[:2] / seen[2] + 0.5 - [u, v]))))
    assert np.mean(misses) < 0.5  # a third of what COLMAP reports for the photographs three times as large
