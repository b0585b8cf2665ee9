"""Metashape's ``cameras.xml``: its similarity, pixel convention and lens, checked by projecting known points."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.capture.images import write_png8
from core.capture.import_options import ImportOptions
from core.capture.layouts.metashape import METASHAPE
from core.capture.lens import project
from core.capture.listing import Listing
from core.capture.read import read_capture
from core.capture.recognise import guesses
from core.errors import CaptureError
from core.types import DoubleArray, ImageKey

WIDTH, HEIGHT = 24, 20
SCALE = 2.5
ROTATION = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
TRANSLATION = np.array([10.0, 20.0, 30.0])
CALIBRATION = "<f>30</f><cx>1.5</cx><cy>-2</cy>"
BENT = "<b1>0.6</b1><b2>-0.4</b2><k1>-0.1</k1><k2>0.05</k2><k3>0.01</k3><k4>0.002</k4><p1>0.003</p1><p2>-0.001</p2>"


def in_chunk(number: int) -> DoubleArray:
    """Chunk from camera: 4 in front of the chunk's origin, turned about y."""
    angle = 2.0 * np.pi * number / 3.0
    c, s = np.cos(angle), np.sin(angle)
    pose = np.eye(4)
    pose[:3, :3] = [[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]]
    pose[:3, 3] = -4.0 * pose[:3, 2]
    return pose


def words(matrix: DoubleArray) -> str:
    return " ".join(repr(value) for value in matrix.ravel().tolist())


def camera(number: int, label: str, inside: str | None = None) -> str:
    pose = f"<transform>{words(in_chunk(number))}</transform><orientation>1</orientation>"
    return f'<camera id="{number}" sensor_id="0" label="{label}">{pose if inside is None else inside}</camera>'


TRANSFORM = (
    f"<transform><rotation>{words(ROTATION)}</rotation><translation>{words(TRANSLATION)}</translation>"
    f"<scale>{SCALE}</scale></transform>"
)
REGION = "<region><center>0.5 0 0</center><size>2 1 2</size><R>1 0 0 0 1 0 0 0 1</R></region>"


def document(
    calibration: str = CALIBRATION, cameras: str | None = None, rest: str = TRANSFORM + REGION, kind: str = "frame"
) -> str:
    resolution = f'<resolution width="{WIDTH}" height="{HEIGHT}"/>'
    listed = "".join(camera(number, f"IMG_{number}") for number in range(3)) if cameras is None else cameras
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><document version="2.0.0"><chunk label="Chunk 1"><sensors>'
        f'<sensor id="0" type="frame">{resolution}<calibration type="{kind}" class="initial">{resolution}<f>1</f>'
        f'</calibration><calibration type="{kind}" class="adjusted">{resolution}{calibration}</calibration></sensor>'
        f"</sensors><cameras>{listed}</cameras>{rest}</chunk></document>"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    (tmp_path / "masks").mkdir()
    mask = np.zeros((HEIGHT, WIDTH, 1))
    mask[4:16, 5:19] = 1.0
    for number in range(3):
        write_png8(tmp_path / "images" / f"IMG_{number}.png", np.full((HEIGHT, WIDTH, 3), 0.5))
        write_png8(tmp_path / "masks" / f"IMG_{number}_mask.png", mask)
    (tmp_path / "cameras.xml").write_text(document())
    return tmp_path


def listing(folder: Path) -> Listing:
    return METASHAPE.list_capture(folder, ImportOptions(), lambda _what, _fraction: None)


def to_world(points: DoubleArray) -> DoubleArray:
    return SCALE * points @ ROTATION.T + TRANSLATION


def seen_by_metashape(points: DoubleArray, f: float, cx: float, cy: float, **k: float) -> DoubleArray:
    """Pixels (first one centred at 0.5) of camera-frame points, by the manual's formulas."""
    x, y = points[:, 0] / points[:, 2], points[:, 1] / points[:, 2]
    r2 = x * x + y * y
    radial = 1.0 + k["k1"] * r2 + k["k2"] * r2**2 + k["k3"] * r2**3 + k["k4"] * r2**4
    bent_x = x * radial + k["p1"] * (r2 + 2.0 * x * x) + 2.0 * k["p2"] * x * y
    bent_y = y * radial + k["p2"] * (r2 + 2.0 * y * y) + 2.0 * k["p1"] * x * y
    u = WIDTH * 0.5 + cx + bent_x * f + bent_x * k["b1"] + bent_y * k["b2"]
    return np.stack([u, HEIGHT * 0.5 + cy + bent_y * f], axis=-1)


def test_world_and_pixels(folder: Path) -> None:
    """Points of the chunk, taken to the world, are seen where the camera in the chunk sees them."""
    points = np.random.default_rng(0).uniform(-1.0, 1.0, (20, 3))
    for number, shot in enumerate(listing(folder).shots):
        assert shot.lens is None
        at_camera = (points - in_chunk(number)[:3, 3]) @ in_chunk(number)[:3, :3]
        expected = at_camera[:, :2] / at_camera[:, 2:] * 30.0 + [WIDTH / 2 + 1.5 - 0.5, HEIGHT / 2 - 2.0 - 0.5]
        seen = ((to_world(points) - shot.camera.centre) @ shot.camera.rotation) @ shot.camera.intrinsics.T
        np.testing.assert_allclose(seen[:, :2] / seen[:, 2:], expected, atol=1e-9)


def test_lens(folder: Path) -> None:
    (folder / "cameras.xml").write_text(document(CALIBRATION + BENT))
    lens = listing(folder).shots[0].lens
    assert lens is not None
    points = np.random.default_rng(1).uniform([-0.3, -0.3, 1.0], [0.3, 0.3, 2.0], (50, 3))
    terms = {"b1": 0.6, "b2": -0.4, "k1": -0.1, "k2": 0.05, "k3": 0.01, "k4": 0.002, "p1": 0.003, "p2": -0.001}
    expected = seen_by_metashape(points, 30.0, 1.5, -2.0, **terms) - 0.5
    np.testing.assert_allclose(project(lens, points), expected, atol=1e-9)


def test_what_else_it_says(folder: Path) -> None:
    found = listing(folder)
    assert found.file_frame is not None
    np.testing.assert_allclose(found.file_frame[0], to_world(np.array([0.5, 0.0, 0.0])))
    assert found.file_frame[1] == pytest.approx(SCALE * 1.5)
    assert found.up == "+z"
    assert [shot.key for shot in found.shots] == [ImageKey(number, number) for number in range(3)]
    assert {view: files[0].name for view, files in found.masks.items()} == {n: f"IMG_{n}_mask.png" for n in range(3)}
    capture = read_capture(folder)
    assert (capture.layout, len(capture.keys)) == ("Metashape", 3)


def test_a_chunk_of_its_own_has_no_up(folder: Path) -> None:
    (folder / "cameras.xml").write_text(document(rest=""))
    found = listing(folder)
    assert (found.up, found.file_frame) == (None, None)
    np.testing.assert_allclose(found.shots[1].camera.world_from_camera, in_chunk(1), atol=1e-12)


def test_transform_of_a_component(folder: Path) -> None:
    """Newer exports declare the world of each component."""
    cameras = "".join(camera(n, f"IMG_{n}").replace("<camera ", '<camera component_id="0" ') for n in range(3))
    rest = f'<components><component id="0">{TRANSFORM}</component></components>'
    (folder / "cameras.xml").write_text(document(cameras=cameras, rest=rest))
    found = listing(folder)
    np.testing.assert_allclose(found.shots[2].camera.centre, to_world(in_chunk(2)[:3, 3]))
    assert found.up == "+z"


def test_the_globe_has_no_up(folder: Path) -> None:
    (folder / "cameras.xml").write_text(document().replace("10.0 20.0 30.0", "-2499366.4 -4256836.5 4029217.9"))
    assert listing(folder).up is None


def test_cameras_that_were_not_aligned(folder: Path) -> None:
    cameras = camera(0, "IMG_0") + camera(1, "IMG_1", "") + camera(2, "IMG_7")
    (folder / "cameras.xml").write_text(document(cameras=cameras))
    found = listing(folder)
    assert [shot.file.name for shot in found.shots] == ["IMG_0.png"]
    assert found.without_camera == ("images/IMG_1.png", "images/IMG_2.png")
    assert found.without_photograph == ("IMG_7",)


def test_photographs_made_smaller(folder: Path) -> None:
    for number in range(3):
        write_png8(folder / "images" / f"IMG_{number}.png", np.full((HEIGHT // 2, WIDTH // 2, 3), 0.5))
    found = listing(folder)
    assert found.shots[0].camera.intrinsics[0, 0] == pytest.approx(15.0)
    assert "0.5 times" in found.problems[0].text


def test_labels_with_suffix_and_views_and_lights(folder: Path) -> None:
    names = ["V00L00", "V00L01", "V03L00"]
    for number, name in enumerate(names):
        (folder / "images" / f"IMG_{number}.png").rename(folder / "images" / f"{name}.png")
    cameras = "".join(camera(number, f"{name}.JPG") for number, name in enumerate(names))
    (folder / "cameras.xml").write_text(document(cameras=cameras))
    assert [shot.key.name for shot in listing(folder).shots] == names


def test_one_name_in_two_folders(folder: Path) -> None:
    """The path decides; a name alone does not, and then no photograph is taken rather than the wrong one."""
    (folder / "images" / "left").mkdir()
    write_png8(folder / "images" / "left" / "IMG_0.png", np.full((HEIGHT, WIDTH, 3), 0.5))
    cameras = camera(0, "left/IMG_0.png") + camera(1, "IMG_0") + camera(2, "IMG_2")
    (folder / "cameras.xml").write_text(document(cameras=cameras))
    found = listing(folder)
    assert [shot.file.parent.name for shot in found.shots] == ["images", "left"]
    assert found.without_photograph == ("IMG_0",)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "not valid XML"),
        ("<a>", "not valid XML"),
        ("<document/>", "no chunk with cameras"),
        ('<!DOCTYPE a [<!ENTITY b "c">]>' + document(), "declares entities"),
        ("<document>" + "<a/>" * 1_000_001 + "</document>", "too long"),
        (document(CALIBRATION.replace("30", "nan")), "sensor 0: f is no finite number"),
        (document("<cx>1</cx>"), "no positive focal length"),
        (document(CALIBRATION.replace("30", "-3")), "no positive focal length"),
        (document(CALIBRATION + "<p3>0.1</p3>"), "p3 and p4"),
        (document(CALIBRATION + "<k1>1e300</k1>"), "sensor 0 has a parameter"),
        (document(kind="fisheye"), "type 'fisheye'"),
        (document().replace(f'width="{WIDTH}"', 'width="-1"'), "claims 0 x"),
        (document(cameras=camera(0, "IMG_0", "<transform>1 2 3</transform>")), "camera 'IMG_0': its transform"),
        (document(cameras=camera(0, "IMG_0", f"<transform>{'1e308 ' * 16}</transform>")), "camera 'IMG_0'"),
        (document(cameras='<camera id="0" sensor_id="7" label="a"/>'), "no label or no sensor"),
        (document(cameras=""), "none of the photographs"),
        (document(rest=TRANSFORM.replace(str(SCALE), "-1")), "no positive scale"),
        (document(rest=TRANSFORM.replace("10.0 20.0", "10.0")), "the chunk's transform"),
        (document(rest=TRANSFORM.replace(str(SCALE), "1e308")), "camera 'IMG_0'"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, text: str, named: str) -> None:
    (folder / "cameras.xml").write_text(text)
    with pytest.raises(CaptureError, match=named) as caught:
        listing(folder)
    assert "cameras.xml" in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.write_bytes(document().encode("utf-16")),
        lambda file: file.unlink(),
        lambda file: (file.unlink(), file.mkdir()),
    ],
)
def test_no_text(folder: Path, change: Callable[[Path], object]) -> None:
    change(folder / "cameras.xml")
    with pytest.raises(CaptureError, match=r"cameras\.xml"):
        listing(folder)


def test_recognised_by_its_files(folder: Path) -> None:
    assert guesses(folder)[0].layout == "Metashape"
    (folder / "cameras.xml").write_text("<document/>")
    assert all(guess.layout != "Metashape" for guess in guesses(folder))
