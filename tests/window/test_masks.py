"""Masks painted and RAW photographs cropped by hand in the real window."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from core.capture.images import object_pixels, read_image
from core.color import srgb_from_linear
from tests.core.capture.dng_with_picture import bayer, write_dng_with_picture
from tests.window.person import Pair, Person

VIEWS = 4


@pytest.fixture
def maskless(tiny_capture_folder: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "vase"
    shutil.copytree(tiny_capture_folder, folder)
    shutil.rmtree(folder / "mask")
    return folder


class Canvas:
    """Where a panel's picture lies on the screen once it has come to rest there."""

    def __init__(self, person: Person, part: str) -> None:
        self._near, self._far = person.settled(
            f"the picture in {part}", lambda seen: "near" in seen[part] and (seen[part]["near"], seen[part]["far"])
        )

    def at(self, right: float, down: float) -> Pair:
        """A place of the picture, as fractions of its sides."""
        (x0, y0), (x1, y1) = self._near, self._far
        return (x0 + right * (x1 - x0), y0 + down * (y1 - y0))


def object_of(tiny_capture_folder: Path, view: int) -> tuple[np.ndarray, tuple[float, float]]:
    """The true mask of a view and a place well inside it, as fractions."""
    mask = object_pixels(read_image(tiny_capture_folder / "mask" / f"V{view:02d}.png"))
    y, x = np.nonzero(mask)
    return mask, ((float(x.mean()) + 0.5) / mask.shape[1], (float(y.mean()) + 0.5) / mask.shape[0])


def test_two_strokes_a_view_make_a_capture_trainable(person: Person, maskless: Path, tiny_capture_folder: Path) -> None:
    person.open_studio("--capture", maskless)
    person.wait("the check", lambda seen: seen["title"] == "vase" and seen["state"] == "empty")
    person.click("tabs.masks")
    seen = person.wait("the first view", lambda seen: seen["masks"]["view"] == 0)
    assert not seen["masks"]["usable"]
    for view in range(VIEWS):
        person.wait("the next view", lambda seen, v=view: seen["masks"]["view"] == v)
        canvas = Canvas(person, "masks")
        truth, (right, down) = object_of(tiny_capture_folder, view)
        size = int(truth.sum())
        person.drag(canvas.at(right, down - 0.1), canvas.at(right, down + 0.1))
        painted = person.wait("the stroke", lambda seen: seen["masks"]["marks"] > 0)["masks"]["marks"]
        person.drag(canvas.at(0.03, 0.1), canvas.at(0.03, 0.9), button=3)
        person.wait("the other stroke", lambda seen, p=painted: seen["masks"]["marks"] > p)
        person.click("masks.segment")
        # An answer that came after the mask is saved would make it unsaved again.
        person.wait(
            "a mask of about the object's size",
            lambda seen, size=size: (
                abs((seen["masks"]["object"] or 0) - size) < 0.25 * size and not seen["masks"]["busy"]
            ),
        )
        last = view == VIEWS - 1
        person.click("masks.save" if last else "masks.save_next")
    person.wait("all masks to be saved", lambda seen: seen["masks"]["saved"] and seen["masks"]["usable"])
    for view in range(VIEWS):
        truth, _ = object_of(tiny_capture_folder, view)
        saved = object_pixels(read_image(maskless / "chiaro" / "mask" / f"V{view:02d}.png"))
        assert (saved & truth).sum() > 0.75 * (saved | truth).sum()
    person.click("masks.use")
    person.wait("the capture, ready to be trained on", lambda seen: seen["state"] == "ready")
    person.click("fit.start")
    person.wait("training", lambda seen: seen["state"] == "running" and seen["step"] > 5)
    assert not (maskless / "mask").exists()
    assert "Traceback" not in person.said


def test_a_stroke_is_seen_and_taken_back_and_a_mask_is_not_lost_unasked(person: Person, maskless: Path) -> None:
    person.open_studio("--capture", maskless)
    person.wait("the check", lambda seen: seen["title"] == "vase" and seen["state"] == "empty")
    person.click("tabs.masks")
    person.wait("the first view", lambda seen: seen["masks"]["view"] == 0 and not seen["masks"]["busy"])
    person.click("masks.live")  # only the stroke itself is looked at here
    canvas = Canvas(person, "masks")
    person.point(person.middle("masks.title"))
    before = person.still("masks.canvas")
    person.drag(canvas.at(0.4, 0.4), canvas.at(0.6, 0.6))
    person.wait("the stroke", lambda seen: seen["masks"]["marks"] > 20)
    person.wait_for_change("the picture", "masks.canvas", before, least=0.3)
    person.press("ctrl+z")
    person.wait("the stroke to be gone", lambda seen: seen["masks"]["marks"] == 0)
    for _ in range(3):
        person.press("bracketright")
    person.click_at(canvas.at(0.5, 0.5))
    large = person.wait("a larger dab", lambda seen: seen["masks"]["marks"] > 0)["masks"]["marks"]
    person.press("ctrl+z")
    person.wait("the dab to be gone", lambda seen: seen["masks"]["marks"] == 0)
    for _ in range(3):
        person.press("bracketleft")
    person.click_at(canvas.at(0.5, 0.5))
    person.wait("a smaller dab", lambda seen: 0 < seen["masks"]["marks"] < large)
    person.click("masks.otsu")
    person.wait("a mask of what is bright", lambda seen: (seen["masks"]["object"] or 0) > 100)
    person.press("ctrl+q")
    person.wait("the question whether to lose it", lambda seen: seen["dialog"] == "confirm")
    person.click_to_leave("dialog.confirm.yes")
    assert person.ended() == 0


def test_one_press_takes_a_stroke_back_with_the_mask_that_live_made_of_it(person: Person, maskless: Path) -> None:
    person.open_studio("--capture", maskless)
    person.wait("the check", lambda seen: seen["title"] == "vase" and seen["state"] == "empty")
    person.click("tabs.masks")
    person.wait("the first view", lambda seen: seen["masks"]["view"] == 0 and not seen["masks"]["busy"])
    canvas = Canvas(person, "masks")
    person.drag(canvas.at(0.5, 0.4), canvas.at(0.5, 0.6))
    first = person.wait(
        "the mask made of a stroke", lambda seen: seen["masks"]["object"] is not None and not seen["masks"]["busy"]
    )["masks"]
    person.drag(canvas.at(0.05, 0.1), canvas.at(0.05, 0.9), button=3)
    person.wait(
        "the mask made of both strokes",
        lambda seen: seen["masks"]["marks"] > first["marks"] and not seen["masks"]["busy"],
    )
    person.press("ctrl+z")
    seen = person.wait("the second stroke to be gone", lambda seen: seen["masks"]["marks"] == first["marks"])
    assert seen["masks"]["object"] == first["object"]
    person.press("ctrl+z")
    seen = person.wait("the first stroke to be gone", lambda seen: seen["masks"]["marks"] == 0)
    assert seen["masks"]["object"] is None


def released(folder: Path) -> Path:
    """Two views of RAW photographs with a projection matrix each, as MVSCPS is released."""
    (folder / "ARW").mkdir(parents=True)
    (folder / "CAM").mkdir()
    (folder / "mask").mkdir()
    y, x = np.mgrid[0:96, 0:128]
    light = np.stack([0.1 + 0.5 * x / 128, 0.3 + 0.4 * y / 96, 0.6 - 0.4 * x / 128], axis=-1)
    own = np.rint(srgb_from_linear(light.astype(np.float32)) * 255).astype(np.uint8)
    intrinsics = np.array([[150.0, 0, 63.5], [0, 150.0, 47.5], [0, 0, 1]])
    for view in range(2):
        for lamp in range(2):
            name = f"V{view:02d}L{lamp:02d}"
            write_dng_with_picture(folder / "ARW" / f"{name}.dng", bayer(light), own)
            pose = np.eye(4)[:3]
            pose[0, 3], pose[2, 3] = 0.3 * view, 4.0
            rows = (intrinsics @ pose).tolist()
            (folder / "CAM" / f"{name}_P.txt").write_text("\n".join(" ".join(map(str, row)) for row in rows))
    return folder


def test_raw_photographs_are_cropped(person: Person, tmp_path: Path) -> None:
    person.open_studio("--capture", released(tmp_path / "released"))
    person.wait("the check", lambda seen: seen["title"] == "released")
    person.click("tabs.raw")
    seen = person.wait("a developed photograph", lambda seen: seen["raw"]["file"] == "V00L00.dng")
    canvas = Canvas(person, "raw")
    assert seen["raw"]["crop"] is None
    assert not seen["raw"]["changed"]
    before = person.still("raw.canvas")
    person.click("raw.curve.bt709")
    person.wait("another curve", lambda seen: seen["raw"]["curve"] == "bt709")
    person.wait_for_change("the picture", "raw.canvas", before)
    person.drag(canvas.at(0.25, 0.25), canvas.at(0.9, 0.9))
    seen = person.wait("a crop", lambda seen: seen["raw"]["crop"] is not None and seen["raw"]["changed"])
    left, top, width, height = seen["raw"]["crop"]
    assert (abs(left - 32), abs(top - 24), abs(width - 83), abs(height - 62)) < (3, 3, 4, 4)
    person.click("raw.apply")
    file = tmp_path / "released" / "chiaro" / "import.json"
    person.wait("the choice to be kept", lambda _: file.is_file() and '"bt709"' in file.read_text(encoding="utf-8"))
    assert "Traceback" not in person.said
