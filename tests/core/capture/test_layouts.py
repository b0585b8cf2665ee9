"""Every layout, written from its description alone: recognised, read, and its cameras agree with its masks."""

import codecs
import shutil
from pathlib import Path

import numpy as np
import pytest

from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.masks import MasksMissing
from core.capture.read import read_capture
from core.capture.recognise import LAYOUTS, guesses, layout_of
from core.errors import CaptureError, OptionError
from tests.core.capture import tiny_ball as ball
from tests.core.capture import tiny_layouts as tiny


def options_of(name: str) -> ImportOptions:
    if name in tiny.WITHOUT_MASKS:
        return ImportOptions(masks=MaskChoice.NONE)
    return ImportOptions(table="photos.csv") if name == "plain table" else ImportOptions()


@pytest.fixture(params=list(tiny.WRITERS))
def written(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    folder = tmp_path / "capture"
    folder.mkdir()
    tiny.WRITERS[request.param](folder)
    return request.param, folder


def test_it_is_recognised_and_the_reasons_are_named(written: tuple[str, Path]) -> None:
    name, folder = written
    found = guesses(folder)
    assert found, name
    assert found[0].reasons
    assert len(found) == 1 or found[0].certainty > found[1].certainty
    assert 0.0 < found[0].certainty <= 1.0
    assert found[0].layout in {layout.name for layout in LAYOUTS}


def test_a_capture_in_a_folder_below_is_named(written: tuple[str, Path]) -> None:
    name, folder = written
    layout = guesses(folder)[0].layout
    if layout == "Plain folder" or options_of(name).table is not None:
        return  # a folder further up may be one just as well; who names a table has chosen
    (folder.parent / "__MACOSX").mkdir()
    with pytest.raises(CaptureError, match=f"but capture in it is one of {layout}; open that folder"):
        read_capture(folder.parent, options=options_of(name))


def test_a_capture_two_folders_below_is_named(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    tiny.WRITERS["NeRF"](tmp_path / "a/b")
    with pytest.raises(CaptureError, match="but a/b in it is one of transforms"):
        read_capture(tmp_path)


def test_few_folders_are_looked_through_and_links_are_not(tmp_path: Path) -> None:
    tiny.WRITERS["IDR"](tmp_path / "elsewhere" / "capture")
    (tmp_path / "outer").mkdir()
    (tmp_path / "outer/link").symlink_to(tmp_path / "elsewhere")
    for number in range(60):
        (tmp_path / "outer" / f"a{number}").mkdir()
    shutil.copytree(tmp_path / "elsewhere/capture", tmp_path / "outer" / "z")
    with pytest.raises(CaptureError, match="nothing tells where the camera stood"):
        read_capture(tmp_path / "outer")


@pytest.mark.parametrize(
    ("short", "name"),
    [
        ("idr", "IDR / NeuS"), ("NeuS", "IDR / NeuS"), ("colmap", "COLMAP"), ("MVSCPS", "MVSCPS"),
        ("diligent-mv", "DiLiGenT-MV"), ("diligent", "DiLiGenT"), ("plain", "Plain folder"), ("nerf", "transforms"),
        ("instant-ngp", "transforms"), ("rti", "RTI light list"), ("middle", "Middlebury"), ("rnb", "RNb-NeuS"),
    ],
)  # fmt: skip
def test_short_names_of_layouts(tmp_path: Path, short: str, name: str) -> None:
    (tmp_path / "file").touch()
    assert layout_of(tmp_path, ImportOptions(layout=short)).name == name


@pytest.mark.parametrize("short", ["", "m", "me", "xyz", "/"])
def test_names_that_are_not_of_one_layout(tmp_path: Path, short: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OptionError, match="no layout named"):
        layout_of(tmp_path, ImportOptions(layout=short))


def test_photographs_alone_are_told_how_to_get_cameras(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"DSC_{number:04d}.JPG").write_bytes(b"a photograph")
    with pytest.raises(CaptureError, match="holds 3 photographs, but nothing tells where the camera stood") as refused:
        layout_of(tmp_path, ImportOptions())
    for word in ("COLMAP", "Metashape", "Meshroom", "RealityCapture", "--names", "--table", "docs/captures.md"):
        assert word in str(refused.value)


def test_a_folder_of_other_things_holds_no_capture(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(CaptureError, match="holds no capture that can be read"):
        layout_of(tmp_path, ImportOptions())


CAPITALISED = {"image": "Images", "images": "IMAGES", "mask": "Masks", "masks": "MASKS", "normal": "Normal"}


def test_the_case_of_folder_names_does_not_matter(tmp_path: Path) -> None:
    for name in ("MVSCPS", "IDR", "NeuS", "PoRF", "RNb-NeuS", "LLFF", "COLMAP text", "Metashape"):
        folder = tmp_path / name
        folder.mkdir()
        tiny.WRITERS[name](folder)
        before = read_capture(folder, options=options_of(name))
        for part in [part for part in folder.iterdir() if part.name in CAPITALISED]:
            capital = CAPITALISED[part.name] if name not in {"MVSCPS", "RNb-NeuS"} else part.name.upper()
            part.rename(folder / capital)
        capture = read_capture(folder, options=options_of(name))
        assert (capture.layout, capture.keys) == (before.layout, before.keys), name
        assert all(np.array_equal(capture.masks[view], before.masks[view]) for view in before.masks), name


def test_text_files_saved_on_windows_are_read_alike(written: tuple[str, Path]) -> None:
    """With a byte order mark and other ends of lines."""
    name, folder = written
    before = read_capture(folder, options=options_of(name)), guesses(folder)[0]
    for file in folder.rglob("*"):
        if file.suffix in {".txt", ".json", ".lp", ".csv", ".xml", ".sfm"}:
            file.write_bytes(codecs.BOM_UTF8 + file.read_bytes().replace(b"\n", b"\r\n"))
    assert guesses(folder)[0] == before[1]
    capture = read_capture(folder, options=options_of(name))
    assert capture.keys == before[0].keys
    assert capture.problems == before[0].problems
    pairs = zip(capture.cameras, before[0].cameras, strict=True)
    assert all(np.array_equal(one.world_from_camera, other.world_from_camera) for one, other in pairs)
    for lights in ("light_directions_gl", "light_intensities"):
        np.testing.assert_array_equal(getattr(capture.truth, lights), getattr(before[0].truth, lights))


def test_every_layout_is_written_here(tmp_path: Path) -> None:
    seen = set()
    for name, write in tiny.WRITERS.items():
        folder = tmp_path / name.replace(" ", "-")
        folder.mkdir()
        write(folder)
        seen.add(guesses(folder)[0].layout)
    assert seen == {layout.name for layout in LAYOUTS}


def test_the_cameras_agree_with_the_masks(written: tuple[str, Path]) -> None:
    """The ball's outline, projected by the cameras that were read, is the mask."""
    name, folder = written
    if name in tiny.SINGLE_VIEW:
        return  # its camera is assumed
    capture = read_capture(folder, options=options_of(name))
    assert len(capture.views) == ball.VIEWS
    for key, camera in zip(capture.keys, capture.cameras, strict=True):
        u, v = np.meshgrid(np.arange(camera.width, dtype=float), np.arange(camera.height, dtype=float))
        rays = np.stack([u, v, np.ones_like(u)], -1) @ np.linalg.inv(camera.intrinsics).T @ camera.rotation.T
        rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
        across = np.linalg.norm(np.cross(rays, ball.CENTRE - camera.centre), axis=-1)
        hit = (across < ball.RADIUS) & (rays @ (ball.CENTRE - camera.centre) > 0.0)
        mask = capture.masks[key.view]
        if name in tiny.WITHOUT_MASKS:
            mask = capture.linear(capture.keys.index(key)).max(axis=-1) > 0.0
            assert (hit & mask).sum() > 0.95 * mask.sum()
        else:
            assert np.array_equal(hit, mask), (name, key.name)


def test_photographs_are_linear_and_lights_are_counted(written: tuple[str, Path]) -> None:
    name, folder = written
    capture = read_capture(folder, options=options_of(name))
    many = name in {"MVSCPS", "MVSCPS as released", "DiLiGenT-MV", "PS-NeRF", "plain folders", "plain table"}
    expected = ball.VIEWS * ball.LIGHTS if many else ball.LIGHTS if name in tiny.SINGLE_VIEW else ball.VIEWS
    assert len(capture.keys) == expected
    if name in {"RNb-NeuS", "PS-NeRF", "NeRF", "LLFF"}:
        return  # albedo maps; numbers taken as proportional to light; another principal point
    for index, key in enumerate(capture.keys):
        view = ball.BALL[capture.views.index(key.view)]
        lights = sorted(other.light for other in capture.keys if other.view == key.view)
        truth = view.photographs[lights.index(key.light)]
        np.testing.assert_allclose(capture.linear(index), truth, atol=0.006)


@pytest.mark.parametrize("name", ["DiLiGenT-MV", "DiLiGenT", "MVSCPS", "PS-NeRF", "RTI light list"])
def test_known_lights_are_in_the_opengl_camera_frame(tmp_path: Path, name: str) -> None:
    tiny.WRITERS[name](tmp_path)
    found = read_capture(tmp_path).truth.light_directions_gl
    assert found is not None
    unit = ball.TO_LIGHT_GL / np.linalg.norm(ball.TO_LIGHT_GL, axis=1, keepdims=True)
    np.testing.assert_allclose(found, unit, atol=1e-4)


def test_lights_from_the_chrome_ball(tmp_path: Path) -> None:
    tiny.WRITERS["chrome sphere"](tmp_path)
    found = read_capture(tmp_path).truth.light_directions_gl
    assert found is not None
    unit = ball.TO_LIGHT_GL / np.linalg.norm(ball.TO_LIGHT_GL, axis=1, keepdims=True)
    angle = np.degrees(np.arccos(np.clip((found * unit).sum(axis=1), -1.0, 1.0)))
    assert angle.max() < 12.0  # the ball has thirty pixels, and its camera is not orthographic


@pytest.mark.parametrize("name", ["DiLiGenT-MV", "DiLiGenT", "RNb-NeuS", "SuperNormal"])
def test_known_normals_are_in_the_opengl_camera_frame(tmp_path: Path, name: str) -> None:
    tiny.WRITERS[name](tmp_path)
    capture = read_capture(tmp_path)
    assert capture.truth.normals_gl
    for view, normals in capture.truth.normals_gl.items():
        truth = ball.BALL[capture.views.index(view)]
        cosine = (normals * truth.normals_gl).sum(axis=-1)[truth.mask]
        assert np.degrees(np.arccos(np.clip(cosine.min(), -1.0, 1.0))) < 3.0


def test_masks_are_asked_for_where_there_are_none(tmp_path: Path) -> None:
    tiny.WRITERS["PoRF"](tmp_path)
    with pytest.raises(MasksMissing):
        read_capture(tmp_path)
