"""Plain folders: photographs in any order of folders, with the cameras of another layout beside them."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from core.capture.capture import Capture
from core.capture.images import write_exact
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.layouts.plain import PLAIN
from core.capture.listing import Listing
from core.capture.read import read_capture
from core.capture.recognise import guesses
from core.capture.writers.colmap import write_colmap
from core.errors import CaptureError
from core.types import Camera, ImageKey, gl_from_camera

PLAINLY = ImportOptions(layout="Plain folder")


def listed(folder: Path, options: ImportOptions = PLAINLY) -> Listing:
    return PLAIN.list_capture(folder, options, lambda _what, _part: None)


def write_photographs(capture: Capture, folder: Path, pattern: str) -> None:
    for image, key in enumerate(capture.keys):
        file = folder / pattern.format(v=key.view, n=key.light)
        file.parent.mkdir(parents=True, exist_ok=True)
        write_exact(file, capture.photographs[image])


def write_mask(capture: Capture, file: Path, view: int) -> None:
    file.parent.mkdir(exist_ok=True)
    write_exact(file, np.where(capture.masks[view], 255, 0).astype(np.uint8)[..., None])


def frame(name: str, camera: Camera) -> dict[str, object]:
    """A frame of instant-ngp's ``transforms.json``, whose pixel centres lie at halves."""
    matrix = camera.world_from_camera.copy()
    matrix[:3, :3] = gl_from_camera(camera.rotation)
    k = camera.intrinsics
    numbers = {"fl_x": k[0, 0], "fl_y": k[1, 1], "cx": k[0, 2] + 0.5, "cy": k[1, 2] + 0.5}
    return {"file_path": name, "transform_matrix": matrix.tolist(), "w": camera.width, "h": camera.height, **numbers}


def first_cameras(capture: Capture) -> dict[int, Camera]:
    return {key.view: camera for key, camera in zip(capture.keys, capture.cameras, strict=True) if key.light == 0}


def check_cameras(listing: Listing, wanted: Capture) -> None:
    cameras = dict(zip(wanted.keys, wanted.cameras, strict=True))
    assert tuple(shot.key for shot in listing.shots) == wanted.keys
    for shot in listing.shots:
        assert np.allclose(shot.camera.intrinsics, cameras[shot.key].intrinsics, atol=1e-6)
        assert np.allclose(shot.camera.world_from_camera, cameras[shot.key].world_from_camera, atol=1e-6)


def test_cameras_of_one_registered_photograph_a_view(tiny_capture: Capture, tmp_path: Path) -> None:
    write_photographs(tiny_capture, tmp_path, "view_{v}/{n:03d}.png")
    cameras = first_cameras(tiny_capture)
    frames = [frame(f"view_{view}/001.png", camera) for view, camera in cameras.items()]
    (tmp_path / "transforms.json").write_text(json.dumps({"frames": frames}))
    for view in cameras:
        write_mask(tiny_capture, tmp_path / f"view_{view}/mask.png", view)
    listing = listed(tmp_path)
    check_cameras(listing, tiny_capture)
    assert any("take the camera of another of their view" in sentence for sentence in listing.assumptions)
    assert any("a folder a view and a file a light" in sentence for sentence in listing.assumptions)
    capture = read_capture(tmp_path, options=PLAINLY)
    assert capture.keys == tiny_capture.keys
    for image, pixels in enumerate(tiny_capture.photographs):
        assert np.array_equal(capture.photographs[image], pixels)
    assert all(np.array_equal(capture.masks[view], tiny_capture.masks[view]) for view in cameras)


def test_cameras_of_photographs_elsewhere_named_after_the_views(tiny_capture: Capture, tmp_path: Path) -> None:
    write_photographs(tiny_capture, tmp_path, "shots/light{n}/view{v}.png")
    frames: list[dict[str, object]] = []
    for view, camera in first_cameras(tiny_capture).items():
        (tmp_path / "ambient").mkdir(exist_ok=True)
        shutil.copy(tmp_path / f"shots/light0/view{view}.png", tmp_path / f"ambient/pose-{view}.png")
        frames.append(frame(f"ambient/pose-{view}.png", camera))
        write_mask(tiny_capture, tmp_path / f"masks/V{view:02d}.png", view)
    (tmp_path / "transforms.json").write_text(json.dumps({"frames": frames}))
    listing = listed(tmp_path)
    check_cameras(listing, tiny_capture)
    assert sorted(listing.masks) == [0, 1, 2, 3]
    assert listing.masks[2] == (tmp_path / "masks/V02.png",)
    assert listing.camera_file == "transforms.json"


def test_cameras_by_view_and_light(tiny_capture: Capture, tiny_capture_folder: Path, tmp_path: Path) -> None:
    write_photographs(tiny_capture, tmp_path, "all/owl-view{v}-light{n}.png")
    shutil.copy(tiny_capture_folder / "camera_params.json", tmp_path)
    check_cameras(listed(tmp_path), tiny_capture)


NAMES = ("side", "front", "back", "left")
"""In another order than sorted."""


def write_table(capture: Capture, folder: Path, pattern: str, views: tuple[str, ...] = NAMES) -> ImportOptions:
    lines = [f"{pattern.format(v=key.view, n=key.light)},{views[key.view]},{key.light}" for key in capture.keys]
    (folder / "names.csv").write_text("file,view,light\n" + "\n".join(lines))
    return ImportOptions(table="names.csv")


def test_views_with_names_take_no_cameras_by_number(
    tiny_capture: Capture, tiny_capture_folder: Path, tmp_path: Path
) -> None:
    write_photographs(tiny_capture, tmp_path, "all/{v}_{n}.png")
    shutil.copy(tiny_capture_folder / "camera_params.json", tmp_path)
    options = write_table(tiny_capture, tmp_path, "all/{v}_{n}.png")
    with pytest.raises(CaptureError, match=r"views have names \(back, front, left\), but the cameras .* have numbers"):
        listed(tmp_path, options)
    check_cameras(listed(tmp_path, write_table(tiny_capture, tmp_path, "all/{v}_{n}.png", tuple("0123"))), tiny_capture)


def test_lights_with_names_take_no_cameras_by_number(tiny_capture_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_capture_folder / "image", tmp_path / "all")
    shutil.copy(tiny_capture_folder / "camera_params.json", tmp_path)
    for file in (tmp_path / "all").iterdir():
        file.rename(file.with_name(file.name.replace("L00", "Lleft").replace("L01", "Lright")))
    with pytest.raises(CaptureError, match="lights have names"):
        listed(tmp_path, ImportOptions(names="all/V{view}L{light}.png"))


def test_views_with_names_take_the_cameras_of_their_file_names(
    tiny_capture: Capture, tiny_capture_folder: Path, tmp_path: Path
) -> None:
    write_photographs(tiny_capture, tmp_path, "all/V{v:02d}L{n:02d}.png")
    shutil.copy(tiny_capture_folder / "camera_params.json", tmp_path)
    shutil.copy(tiny_capture_folder / "light_directions.txt", tmp_path)
    listing = listed(tmp_path, write_table(tiny_capture, tmp_path, "all/V{v:02d}L{n:02d}.png"))
    cameras = dict(zip(tiny_capture.keys, tiny_capture.cameras, strict=True))
    assert len(listing.shots) == len(cameras)
    for shot in listing.shots:
        view = NAMES.index(sorted(NAMES)[shot.key.view])
        wanted = cameras[ImageKey(view, shot.key.light)]
        assert shot.file.name == f"V{view:02d}L{shot.key.light:02d}.png"
        assert np.allclose(shot.camera.world_from_camera, wanted.world_from_camera)
    assert listing.truth is None  # its files go by numbers, too


def test_a_number_in_a_view_s_name_is_no_camera_s_number(tiny_capture: Capture, tmp_path: Path) -> None:
    """left1 and right1 are two views: photograph 1 is of neither, and mask 1, too."""
    write_photographs(tiny_capture, tmp_path, "all/{v}_{n}.png")
    frames: list[dict[str, object]] = []
    for view, camera in first_cameras(tiny_capture).items():
        (tmp_path / "ambient").mkdir(exist_ok=True)
        shutil.copy(tmp_path / f"all/{view}_0.png", tmp_path / f"ambient/{view}.png")
        frames.append(frame(f"ambient/{view}.png", camera))
        write_mask(tiny_capture, tmp_path / f"mask/{view}.png", view)
    (tmp_path / "transforms.json").write_text(json.dumps({"frames": frames}))
    options = write_table(tiny_capture, tmp_path, "all/{v}_{n}.png", ("left1", "left2", "right1", "right2"))
    with pytest.raises(CaptureError, match="for no view of the photographs"):
        listed(tmp_path, options)
    frames = [frame(f"all/{view}_1.png", camera) for view, camera in first_cameras(tiny_capture).items()]
    (tmp_path / "transforms.json").write_text(json.dumps({"frames": frames}))
    listing = listed(tmp_path, options)
    check_cameras(listing, tiny_capture)
    assert not listing.masks


def test_a_pattern_or_a_table_is_reason_enough_to_read_a_plain_folder(tiny_capture: Capture, tmp_path: Path) -> None:
    write_photographs(tiny_capture, tmp_path, "a{v}/x{n}y.png")
    frames = [frame(f"a{view}/x0y.png", camera) for view, camera in first_cameras(tiny_capture).items()]
    (tmp_path / "transforms.json").write_text(json.dumps({"frames": frames}))
    without_masks = {"masks": MaskChoice.NONE, "sphere": ((0.0, 0.0, 0.0), 1.0)}
    capture = read_capture(tmp_path, options=ImportOptions(names="a{view}/x{light}y.png", **without_masks))
    assert (capture.layout, capture.keys) == ("Plain folder", tiny_capture.keys)
    lines = [f"a{key.view}/x{key.light}y.png,{key.view},{key.light}" for key in tiny_capture.keys[:6]]
    (tmp_path / "list.csv").write_text("file,view,light\n" + "\n".join([*lines, "gone.png,1,3"]))
    capture = read_capture(tmp_path, options=ImportOptions(table="list.csv", **without_masks))
    assert capture.keys == tiny_capture.keys[:6]
    assert any(problem.text.startswith("gone.png: listed") for problem in capture.problems)


def test_a_plain_folder_comes_first_where_photographs_share_the_cameras_that_are_there(
    tiny_capture: Capture, tmp_path: Path
) -> None:
    write_photographs(tiny_capture, tmp_path, "view_{v}/{n:03d}.png")
    frames = [frame(f"view_{view}/001.png", camera) for view, camera in first_cameras(tiny_capture).items()]
    (tmp_path / "transforms.json").write_text(json.dumps({"frames": frames}))
    assert [guess.layout for guess in guesses(tmp_path)][:2] == ["Plain folder", "transforms"]
    keys = zip(tiny_capture.keys, tiny_capture.cameras, strict=True)
    frames = [frame(f"view_{key.view}/{key.light:03d}.png", camera) for key, camera in keys]
    (tmp_path / "transforms.json").write_text(json.dumps({"frames": frames}))
    assert [guess.layout for guess in guesses(tmp_path)][:2] == ["transforms", "Plain folder"]
    (tmp_path / "transforms.json").write_text("[]")
    assert guesses(tmp_path)[0].layout == "transforms"
    (tmp_path / "transforms.json").unlink()
    (tmp_path / "transforms.json").symlink_to("/dev/zero")  # without an end
    assert [guess.layout for guess in guesses(tmp_path)] == ["Plain folder"]


def test_a_view_without_a_camera_is_left_out(tiny_capture: Capture, tmp_path: Path) -> None:
    write_photographs(tiny_capture, tmp_path, "view_{v}/{n:03d}.png")
    cameras = first_cameras(tiny_capture)
    frames = [frame(f"view_{view}/001.png", cameras[view]) for view in (0, 1, 3)]
    (tmp_path / "transforms.json").write_text(json.dumps({"frames": frames}))
    listing = listed(tmp_path)
    assert {shot.key.view for shot in listing.shots} == {0, 1, 3}
    assert listing.without_camera == tuple(f"view_2/00{light}.png" for light in range(4))


def test_photographs_of_another_size_than_the_registered_one(tiny_capture: Capture, tmp_path: Path) -> None:
    write_photographs(tiny_capture, tmp_path, "view_{v}/{n:03d}.png")
    frames = [frame(f"view_{view}/001.png", camera) for view, camera in first_cameras(tiny_capture).items()]
    (tmp_path / "transforms.json").write_text(json.dumps({"frames": frames}))
    write_exact(tmp_path / "view_0/003.png", np.zeros((20, 30, 3), np.uint16))
    listing = listed(tmp_path)
    assert len(listing.shots) == 15
    assert any("is 30 x 20 pixels, but" in problem.text for problem in listing.problems)


def test_without_cameras_it_says_what_can_be_added(tiny_capture: Capture, tmp_path: Path) -> None:
    write_photographs(tiny_capture, tmp_path, "view_{v}/{n:03d}.png")
    assert [guess.layout for guess in guesses(tmp_path)] == ["Plain folder"]
    with pytest.raises(CaptureError, match=r"4 views and no cameras; add camera files,.*camera_params\.json, COLMAP"):
        listed(tmp_path)


def test_a_broken_camera_file_is_named(tiny_capture: Capture, tmp_path: Path) -> None:
    write_photographs(tiny_capture, tmp_path, "view_{v}/{n:03d}.png")
    (tmp_path / "transforms.json").write_text("{")
    with pytest.raises(CaptureError, match=r"transforms\.json"):
        listed(tmp_path)


def test_cameras_for_none_of_the_views(tiny_capture: Capture, tmp_path: Path) -> None:
    write_photographs(tiny_capture, tmp_path, "view_{v}/{n:03d}.png")
    (tmp_path / "else").mkdir()
    shutil.copy(tmp_path / "view_0/000.png", tmp_path / "else/scene.png")
    frames = [frame("else/scene.png", tiny_capture.cameras[0])]
    (tmp_path / "transforms.json").write_text(json.dumps({"frames": frames}))
    with pytest.raises(CaptureError, match="for no view of the photographs"):
        listed(tmp_path)


def test_one_view_needs_no_camera(tiny_capture: Capture, tmp_path: Path) -> None:
    for light in range(4):
        write_exact(tmp_path / f"IMG_{light:04d}.png", tiny_capture.photographs[light])
    write_mask(tiny_capture, tmp_path / "mask.png", 0)
    with pytest.raises(CaptureError, match="do not tell view and light; give a pattern") as refused:
        listed(tmp_path)
    assert all(word in str(refused.value) for word in ("IMG_0000.png", "(--names)", "(--table)"))
    capture = read_capture(tmp_path, options=ImportOptions(names="IMG_{light}.png"))
    assert [key.name for key in capture.keys] == ["V00L00", "V00L01", "V00L02", "V00L03"]
    assert np.array_equal(capture.masks[0], tiny_capture.masks[0])
    assert capture.truth.light_directions_gl is None


def test_links_out_of_the_folder_are_refused(tiny_capture: Capture, tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    write_photographs(tiny_capture, inside, "view_{v}/{n:03d}.png")
    write_photographs(tiny_capture, outside, "view_{v}/{n:03d}.png")
    (inside / "view_0/004.png").symlink_to(outside / "view_0/000.png")
    with pytest.raises(CaptureError, match="leads to a place outside"):
        listed(inside)
    (inside / "view_0/004.png").unlink()
    (inside / "loop").symlink_to(inside)
    assert len(guesses(inside)) == 1


def test_a_reconstruction_that_knows_one_photograph_a_view_serves_all_of_them(
    tiny_capture: Capture, tmp_path: Path
) -> None:
    folder = tmp_path / "written"
    write_colmap(tiny_capture, folder)
    file = folder / "sparse/0/images.txt"
    lines = [line for line in file.read_text().split("\n") if not line.startswith("#")]
    kept = [pair for pair in zip(lines[::2], lines[1::2], strict=False) if "L02" in pair[0]]
    file.write_text("\n".join(line for pair in kept for line in pair) + "\n")
    assert len(kept) == 4
    check_cameras(listed(folder), tiny_capture)
    capture = read_capture(folder, options=PLAINLY)
    for image, pixels in enumerate(tiny_capture.photographs):
        assert np.array_equal(capture.photographs[image], pixels)
    for view, mask in tiny_capture.masks.items():
        assert np.array_equal(capture.masks[view], mask)


def test_what_is_known_about_the_object_is_read(
    tiny_capture: Capture, tiny_capture_folder: Path, tmp_path: Path
) -> None:
    write_photographs(tiny_capture, tmp_path, "all/owl-view{v}-light{n}.png")
    for name in ("camera_params.json", "light_directions.txt", "mesh_Gt.ply"):
        shutil.copy(tiny_capture_folder / name, tmp_path)
    options = ImportOptions(layout="Plain folder", masks=MaskChoice.NONE, sphere=((0.0, 0.0, 0.0), 1.0))
    truth = read_capture(tmp_path, options=options).truth
    assert np.array_equal(truth.light_directions_gl, tiny_capture.truth.light_directions_gl)
    assert truth.mesh == tmp_path / "mesh_Gt.ply"
