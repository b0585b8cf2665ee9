"""Captures of one view: DiLiGenT's folders and RTI light lists."""

from pathlib import Path

import numpy as np
import pytest
from scipy import io

from core.capture.images import write_exact
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.layouts.diligent import DILIGENT
from core.capture.layouts.lp import LP, read_light_list
from core.capture.listing import Layout, Listing
from core.capture.read import read_capture
from core.capture.recognise import guesses
from core.errors import CaptureError
from core.types import Camera
from tests.core.capture.single_views import HEIGHT, LIGHTS_GL, RADIUS, WIDTH, U, V, ball


def listed(folder: Path, layout: Layout, options: ImportOptions | None = None) -> Listing:
    return layout.list_capture(folder, options or ImportOptions(), lambda _what, _part: None)


def write_photographs(folder: Path, names: list[str]) -> None:
    for name, light in zip(names, LIGHTS_GL, strict=False):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        pixels = np.rint(ball().lit(light) * 60000.0).astype(np.uint16)
        write_exact(folder / name, np.repeat(pixels[..., None], 3, axis=2))


def write_mask(folder: Path) -> None:
    write_exact(folder / "mask.png", np.where(ball().mask, 255, 0).astype(np.uint8)[..., None])


@pytest.fixture
def diligent(tmp_path: Path) -> Path:
    names = ["001.png", "002.png", "003.png", "004.png"]
    write_photographs(tmp_path, names)
    write_mask(tmp_path)
    (tmp_path / "002.png").unlink()
    (tmp_path / "filenames.txt").write_text("\r\n".join(names))
    np.savetxt(tmp_path / "light_directions.txt", LIGHTS_GL, fmt="%.4f")
    np.savetxt(tmp_path / "light_intensities.txt", np.arange(1, 13).reshape(4, 3), fmt="%.4f")
    io.savemat(tmp_path / "Normal_gt.mat", {"Normal_gt": ball().normals_gl}, do_compression=True)
    return tmp_path


@pytest.fixture
def rti(tmp_path: Path) -> Path:
    names = ["shots/Image 1.png", "shots/image2.PNG", "image3.png"]
    write_photographs(tmp_path, names)
    lines = ["4", "shots\\image 1.PNG 0 0 2", "shots/image2.png 0.6 0.0 0.8", "image3.png 0 0.6 0.8", "gone.png 0 0 1"]
    (tmp_path / "dome.LP").write_text("\n".join(lines))
    return tmp_path


def projected(camera: Camera, points: np.ndarray) -> np.ndarray:
    """Pixels [n, 2] of world points [n, 3]."""
    inside_camera = (points - camera.centre) @ camera.rotation
    pixels = inside_camera @ camera.intrinsics.T
    return pixels[:, :2] / pixels[:, 2:]


def test_diligent_is_recognised_and_read(diligent: Path) -> None:
    assert guesses(diligent)[0].layout == "DiLiGenT"
    capture = read_capture(diligent)
    assert [key.name for key in capture.keys] == ["V00L00", "V00L02", "V00L03"]  # a light keeps its number
    assert np.allclose(capture.truth.light_directions_gl, LIGHTS_GL[[0, 2, 3]], atol=1e-4)
    assert np.array_equal(capture.truth.light_intensities, [[1, 2, 3], [7, 8, 9], [10, 11, 12]])
    assert np.array_equal(capture.masks[0], ball().mask)
    assert np.allclose(capture.truth.normals_gl[0], ball().normals_gl, atol=1e-6)
    for image, light in enumerate(LIGHTS_GL[[0, 2, 3]]):
        assert np.allclose(capture.linear(image)[..., 1], ball().lit(light) * 60000 / 65535, atol=1e-4)
    assert [problem.file for problem in capture.problems] == ["filenames.txt", "image"]
    assert capture.problems[0].text.startswith("002.png: listed, but the file is missing")


def test_the_assumed_camera_sees_the_object_as_it_is_and_almost_in_parallel(diligent: Path) -> None:
    listing = listed(diligent, DILIGENT)
    camera = listing.shots[0].camera
    assert listing.file_frame is not None
    assert "orthographic" in listing.assumptions[0]
    outline = np.array([[0, 0, 0], [1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]], np.float64)
    pixels = projected(camera, outline)
    size = np.abs(pixels[1:] - pixels[0]).max()
    assert np.allclose(pixels[0], (U, V), atol=0.6)
    assert RADIUS - 1.0 < size < RADIUS + 1.0
    assert np.isclose(np.linalg.norm(camera.centre), 100.0 * 2.0)  # object widths of 2 units
    near, far = projected(camera, np.array([[1.0, 0.0, -1.0], [1.0, 0.0, 1.0]]))
    assert np.abs(near - far).max() < 0.011 * RADIUS


def test_given_intrinsics_are_kept(diligent: Path) -> None:
    given = np.array([[50.0, 0.0, 19.0], [0.0, 51.0, 15.0], [0.0, 0.0, 1.0]])
    np.savetxt(diligent / "K.txt", given)
    listing = listed(diligent, DILIGENT)
    assert np.allclose(listing.shots[0].camera.intrinsics, given)
    assert listing.camera_file == "K.txt"
    centre, rim = projected(listing.shots[0].camera, np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]))
    assert np.allclose(centre, (U, V), atol=0.6)
    assert RADIUS - 1.0 < rim[0] - centre[0] < RADIUS + 1.0


def test_truth_that_does_not_fit_is_left_out_with_a_word(diligent: Path) -> None:
    io.savemat(diligent / "Normal_gt.mat", {"Normal_gt": np.zeros((4, 4, 3))})
    (diligent / "light_directions.txt").write_text("0 0 one")
    capture = read_capture(diligent)
    assert capture.truth.normals_gl == {}
    assert capture.truth.light_directions_gl is None
    assert {problem.file for problem in capture.problems} >= {"Normal_gt.mat", "light_directions.txt"}


def test_numbers_that_are_none_leave_normals_and_lights_unknown(diligent: Path) -> None:
    normals = ball().normals_gl.copy()
    normals[14, 20], normals[14, 21], normals[14, 22] = np.nan, np.inf, 1e200
    io.savemat(diligent / "Normal_gt.mat", {"Normal_gt": normals})
    (diligent / "light_intensities.txt").write_text("1e300 1 1\n" * 4)
    (diligent / "light_directions.txt").write_text("0 0 0\n" * 4)
    truth = read_capture(diligent).truth
    assert np.array_equal(truth.normals_gl[0][14, 20:23], np.zeros((3, 3)))
    assert np.isclose(np.linalg.norm(truth.normals_gl[0][14, 19]), 1.0)
    assert (truth.light_intensities, truth.light_directions_gl) == (None, None)


@pytest.mark.parametrize("name", ["../../secret.png", "/etc/passwd", "C:\\windows.png"])
def test_a_name_that_leads_out_of_the_folder_is_refused(diligent: Path, name: str) -> None:
    (diligent / "filenames.txt").write_text(f"001.png\n{name}\n")
    with pytest.raises(CaptureError, match="leads out of the folder"):
        listed(diligent, DILIGENT)


def test_a_list_without_photographs(diligent: Path) -> None:
    (diligent / "filenames.txt").write_text("a.png\nb.png\n")
    with pytest.raises(CaptureError, match=r"filenames\.txt names no photograph that is there"):
        listed(diligent, DILIGENT)
    (diligent / "filenames.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CaptureError, match=r"filenames\.txt is not a text file"):
        listed(diligent, DILIGENT)


def test_an_empty_mask(diligent: Path) -> None:
    write_exact(diligent / "mask.png", np.zeros((HEIGHT, WIDTH, 1), np.uint8))
    with pytest.raises(CaptureError, match=r"mask\.png is empty"):
        listed(diligent, DILIGENT)


def test_a_light_list_is_recognised_and_read(rti: Path) -> None:
    assert guesses(rti)[0].layout == "RTI light list"
    capture = read_capture(rti, options=ImportOptions(masks=MaskChoice.NONE))
    assert [key.light for key in capture.keys] == [0, 1, 2]
    assert np.allclose(capture.truth.light_directions_gl, LIGHTS_GL[:3])
    assert any(problem.text.startswith("gone.png: listed") for problem in capture.problems)
    assert not capture.masked


def test_a_mask_beside_a_light_list_is_taken(rti: Path) -> None:
    write_mask(rti)
    assert np.array_equal(read_capture(rti).masks[0], ball().mask)


def test_without_a_mask_the_sphere_holds_the_whole_photograph(rti: Path) -> None:
    listing = listed(rti, LP)
    camera = listing.shots[0].camera
    corner = projected(camera, np.array([[1.0, 0.0, 0.0]]))[0] - projected(camera, np.zeros((1, 3)))[0]
    assert np.isclose(corner[0], np.hypot(WIDTH, HEIGHT) / 2.0)


def test_a_wrong_count_is_mentioned(tmp_path: Path) -> None:
    (tmp_path / "a.lp").write_text("7\na.jpg 0 0 1\n")
    assert "should be 1," in read_light_list(tmp_path / "a.lp").problems[0].text
    (tmp_path / "a.lp").write_text("a.jpg 0 0 1\n")
    assert read_light_list(tmp_path / "a.lp").names == ("a.jpg",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("3\n", "lists no photograph"),
        ("1\na.jpg 0 1\n", "not a file name and three numbers"),
        ("1\na.jpg 0 0 nan\n", "has no direction"),
        ("1\na.jpg 0 0 0\n", "has no direction"),
        ("1\na.jpg 1e200 1e308 1e308\n", "has no direction"),
        ("1\n../a.jpg 0 0 1\n", "leads out of the folder"),
        ("1\na.jpg 0 0 1\n", "names no photograph that is there"),
    ],
)
def test_light_lists_that_cannot_be_read(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "a.lp").write_text(text)
    with pytest.raises(CaptureError, match=sentence):
        listed(tmp_path, LP)


def test_the_released_ball(shared_data: Path) -> None:
    capture = read_capture(shared_data / "ps/diligent_ball")
    assert [key.light for key in capture.keys] == list(range(0, 96, 4))
    normals, mask = capture.truth.normals_gl[0], capture.masks[0]
    rows, columns = np.nonzero(mask)
    u, v, radius = columns.mean(), rows.mean(), np.sqrt(mask.sum() / np.pi)
    sphere = ball(u, v, radius, mask.shape[1], mask.shape[0])
    well_inside = ball(u, v, 0.95 * radius, mask.shape[1], mask.shape[0]).mask
    cosine = (normals * sphere.normals_gl).sum(axis=2)[well_inside]
    assert np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))).mean() < 1.0  # so they are x right, y up, z to the viewer
    shading = np.clip(normals[mask] @ capture.truth.light_directions_gl[0], 0.0, None)
    assert np.corrcoef(shading, capture.linear(0)[mask].mean(axis=1))[0, 1] > 0.9


def test_the_shared_light_list(shared_data: Path) -> None:
    listing = listed(shared_data / "ps/rti_icon", LP)
    assert len(listing.shots) == 72
    assert listing.problems == ()
