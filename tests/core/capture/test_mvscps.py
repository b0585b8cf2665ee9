"""The MVSCPS reader on captures that are as they should be, in all the forms they come in."""

import json
import shutil
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest

from core.capture.capture import Capture
from core.capture.images import read_image, write_exr
from core.capture.import_options import ImportOptions
from core.capture.read import read_capture
from core.color import srgb_from_linear
from core.errors import Cancelled
from core.types import ImageKey
from tests.core.capture import png_by_hand as png


@pytest.fixture
def folder(tmp_path: Path, tiny_capture_folder: Path) -> Path:
    """A copy of the tiny capture to change."""
    return Path(shutil.copytree(tiny_capture_folder, tmp_path / "capture"))


def rename_lights(folder: Path, ids: dict[int, int]) -> None:
    """Give lights other numbers, in file names and cameras."""
    table = json.loads((folder / "camera_params.json").read_text())
    renamed = {name: value for name, value in table.items() if name.startswith("O2W")}
    for file in list((folder / "image").iterdir()):
        key = ImageKey.parse(file.stem)
        new = ImageKey(key.view, ids[key.light])
        file.rename(file.with_name(f"new-{new.name}.png"))
        for part in ("K_", "C2W_"):
            renamed[part + new.name] = table[part + key.name]
    for file in list((folder / "image").iterdir()):
        file.rename(file.with_name(file.name.removeprefix("new-")))
    (folder / "camera_params.json").write_text(json.dumps(renamed))


def test_everything_is_read(tiny_capture: Capture, tiny_capture_folder: Path) -> None:
    capture = tiny_capture
    assert [key.name for key in capture.keys[:5]] == ["V00L00", "V00L01", "V00L02", "V00L03", "V01L00"]
    assert (len(capture.keys), capture.views, capture.light_ids) == (16, (0, 1, 2, 3), (0, 1, 2, 3))
    assert capture.file_frame == ((0.0, 0.0, 0.0), 1.0)
    assert capture.problems == ()
    for index, key in enumerate(capture.keys):
        stored = read_image(tiny_capture_folder / "image" / f"{key.name}.png")
        assert capture.photographs[index].dtype == np.uint16
        assert np.array_equal(capture.photographs[index], stored)
        assert np.array_equal(capture.linear(index), stored / np.float32(65535.0))
    table = json.loads((tiny_capture_folder / "camera_params.json").read_text())
    assert np.array_equal(capture.cameras[6].world_from_camera, table["C2W_V01L02"])
    assert np.array_equal(capture.cameras[6].intrinsics, table["K_V01L02"])
    assert capture.truth.mesh == tiny_capture_folder / "mesh_Gt.ply"
    assert sorted(capture.truth.normals_gl) == [0, 1, 2, 3]


def test_jpeg_photographs_are_taken_for_srgb(folder: Path, tiny_capture: Capture) -> None:
    for image, key in enumerate(tiny_capture.keys):
        (folder / "image" / f"{key.name}.png").unlink()
        shown = np.rint(255.0 * srgb_from_linear(tiny_capture.linear(image))).astype(np.uint8)
        picture = oiio.ImageBuf(shown)
        picture.specmod().attribute("Compression", "jpeg:100")
        assert picture.write(str(folder / "image" / f"{key.name}.JPG"), "uint8", "jpeg")
    capture = read_capture(folder)
    assert (capture.layout, capture.keys) == ("MVSCPS", tiny_capture.keys)
    off = np.abs(capture.linear(0) - tiny_capture.linear(0))
    assert np.median(off) < 0.01
    told = [problem for problem in capture.problems if "JPEG" in problem.text]
    assert [problem.file for problem in told] == ["image/V00L00.JPG"]
    assert "16 photographs are JPEG files" in told[0].text
    linear = read_capture(folder, options=ImportOptions(encoding="linear"))
    assert linear.photographs[0].dtype == np.uint8


def test_jpeg_previews_beside_the_photographs_are_passed_over(folder: Path, tiny_capture: Capture) -> None:
    (folder / "image/V00L00.jpg").write_bytes(b"a preview")
    assert np.array_equal(read_capture(folder).photographs[0], tiny_capture.photographs[0])


def test_photographs_of_one_pose_are_grouped(tiny_capture: Capture) -> None:
    groups = tiny_capture.pose_groups()
    assert [group.images for group in groups] == [tuple(range(4 * v, 4 * v + 4)) for v in range(4)]


def test_true_normals_have_length_one_or_zero(tiny_capture: Capture) -> None:
    for view, normals in tiny_capture.truth.normals_gl.items():
        length = np.linalg.norm(normals, axis=-1)
        assert np.allclose(length[length > 0.0], 1.0, atol=1e-6)
        assert np.all(length[tiny_capture.masks[view]] > 0.0)


def test_light_ids_with_gaps_take_truth_rows_in_sorted_order(folder: Path, tiny_capture: Capture) -> None:
    rename_lights(folder, {0: 40, 1: 7, 2: 104, 3: 9})  # sorted: 7, 9, 40, 104
    capture = read_capture(folder)
    assert capture.light_ids == (7, 9, 40, 104)
    assert capture.truth.light_directions_gl is not None
    assert tiny_capture.truth.light_directions_gl is not None
    assert np.array_equal(capture.truth.light_directions_gl, tiny_capture.truth.light_directions_gl)
    assert np.array_equal(capture.linear(3), tiny_capture.linear(2))  # V00L104 was V00L02


def test_longer_truth_tables_are_indexed_by_light_id(folder: Path, tiny_capture: Capture) -> None:
    ids = {0: 2, 1: 0, 2: 5, 3: 3}
    rename_lights(folder, ids)
    for name in ("light_directions.txt", "light_intensities.txt"):
        rows = np.loadtxt(folder / name)
        table = np.full((8, 3), 0.5)
        table[list(ids.values())] = rows
        np.savetxt(folder / name, table)
    capture = read_capture(folder)
    assert capture.light_ids == (0, 2, 3, 5)
    old_order = [1, 0, 3, 2]
    truth, tiny = capture.truth, tiny_capture.truth
    assert truth.light_directions_gl is not None
    assert truth.light_intensities is not None
    assert tiny.light_directions_gl is not None
    assert tiny.light_intensities is not None
    assert np.allclose(truth.light_directions_gl, tiny.light_directions_gl[old_order], atol=1e-6)
    assert np.allclose(truth.light_intensities, tiny.light_intensities[old_order], atol=1e-6)


def test_camera_and_light_that_move_together(folder: Path) -> None:
    for file in (folder / "image").iterdir():
        key = ImageKey.parse(file.stem)
        if key.view != key.light:
            file.unlink()
    capture = read_capture(folder)
    assert [key.name for key in capture.keys] == ["V00L00", "V01L01", "V02L02", "V03L03"]
    assert [group.images for group in capture.pose_groups()] == [(0,), (1,), (2,), (3,)]
    assert capture.problems == ()


def test_a_pose_for_every_photograph_of_a_view(folder: Path) -> None:
    file = folder / "camera_params.json"
    table = json.loads(file.read_text())
    table["C2W_V00L01"][0][3] += 0.1
    file.write_text(json.dumps(table))
    groups = read_capture(folder).pose_groups()
    assert [group.images for group in groups[:2]] == [(0, 2, 3), (1,)]


def test_a_camera_without_photograph_is_fine(folder: Path) -> None:
    (folder / "image" / "V02L01.png").unlink()
    capture = read_capture(folder)
    assert ImageKey(2, 1) not in capture.keys
    assert len(capture.keys) == 15


def test_masks_made_per_photograph(folder: Path, tiny_capture: Capture) -> None:
    (folder / "mask" / "V01.png").rename(folder / "mask" / "V01L03.png")
    assert np.array_equal(read_capture(folder).masks[1], tiny_capture.masks[1])


def test_any_nonzero_value_marks_the_object(folder: Path, tiny_capture: Capture) -> None:
    mask = tiny_capture.masks[2]
    png.write_samples(folder / "mask" / "V02.png", mask[..., None].astype(np.uint8), png.GREY)
    assert np.array_equal(read_capture(folder).masks[2], mask)


def test_without_truth_or_declared_sphere(folder: Path) -> None:
    shutil.rmtree(folder / "normal_camera_space_GT")
    for name in ("light_directions.txt", "light_intensities.txt", "mesh_Gt.ply"):
        (folder / name).unlink()
    file = folder / "camera_params.json"
    table = {name: value for name, value in json.loads(file.read_text()).items() if not name.startswith("O2W")}
    file.write_text(json.dumps(table))
    capture = read_capture(folder)
    assert capture.file_frame is None
    assert capture.truth.normals_gl == {}
    assert capture.truth.light_directions_gl is None
    assert capture.truth.light_intensities is None
    assert capture.truth.mesh is None
    assert capture.problems == ()


def test_eight_bit_and_floating_point_photographs(folder: Path) -> None:
    samples = np.random.default_rng(3).integers(1, 200, (48, 48, 3), dtype=np.uint8)
    png.write_samples(folder / "image" / "V00L00.png", samples, png.RGB)
    (folder / "image" / "V00L01.png").unlink()
    write_exr(folder / "image" / "V00L01.exr", samples / np.float32(3.0))
    capture = read_capture(folder)
    assert {photograph.dtype for photograph in capture.photographs} == {np.dtype(np.float32)}
    assert np.array_equal(capture.linear(0), samples / np.float32(255.0))
    assert np.array_equal(capture.linear(1), samples / np.float32(3.0))


def test_eight_bit_photographs_stay_as_they_are(folder: Path) -> None:
    for file in (folder / "image").iterdir():
        samples = np.random.default_rng(3).integers(1, 200, (48, 48, 3), dtype=np.uint8)
        png.write_samples(file, samples, png.RGB)
    assert {photograph.dtype for photograph in read_capture(folder).photographs} == {np.dtype(np.uint8)}


def test_progress_rises_to_one(tiny_capture_folder: Path) -> None:
    seen: list[float] = []
    read_capture(tiny_capture_folder, progress=lambda what, fraction: seen.append(fraction))
    assert seen[0] == 0.0
    assert seen[-1] == 1.0
    assert seen == sorted(seen)
    assert len(seen) > 16


def test_reading_can_be_cancelled(tiny_capture_folder: Path) -> None:
    def cancel(what: str, fraction: float) -> None:
        if fraction > 0.4:
            raise Cancelled

    with pytest.raises(Cancelled):
        read_capture(tiny_capture_folder, progress=cancel)


@pytest.mark.parametrize(
    ("name", "images", "poses", "size"),
    [
        ("bunny", 192, 16, 160),
        ("horse_metal", 192, 16, 160),
        ("nefertiti_free", 96, 96, 192),
        ("spot_sparse", 36, 6, 192),
    ],
)
def test_development_captures(shared_data: Path, name: str, images: int, poses: int, size: int) -> None:
    capture = read_capture(shared_data / "olat" / name)
    assert len(capture.keys) == images
    assert len(capture.pose_groups()) == poses
    assert {photograph.shape for photograph in capture.photographs} == {(size, size, 3)}
    assert len(np.unique(capture.photographs[0])) > 256  # more than eight bits arrived
    assert capture.truth.light_directions_gl is not None
    assert capture.truth.light_directions_gl.shape == (len(capture.light_ids), 3)
    assert sorted(capture.truth.normals_gl) == list(capture.views)


def test_true_lights_that_stand_in_the_room_are_read(tiny_capture_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_capture_folder, tmp_path / "capture")
    (folder / "light_directions.txt").rename(folder / "light_directions_world.txt")
    truth = read_capture(folder).truth
    assert truth.light_directions_gl is None
    assert truth.light_directions_world is not None
    np.testing.assert_allclose(np.linalg.norm(truth.light_directions_world, axis=1), 1.0, atol=1e-6)
    small = read_capture(folder, options=ImportOptions(reduce=2)).truth.light_directions_world
    assert small is not None
    np.testing.assert_array_equal(small, truth.light_directions_world)
