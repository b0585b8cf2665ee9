"""Reading and looking over real small captures for the window."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from app.checking import first_look, full_check, listed_again, read_folder, unreadable
from core.capture.capture import Capture
from core.capture.choices import save_choices
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.synthetic import write_demo_capture
from core.errors import Cancelled, CaptureError
from widgets.check_data import Sphere
from widgets.silhouette import inside_sphere, pixel_rays


def silent(_what: str, _done: float) -> None:
    pass


@pytest.fixture
def own(tmp_path: Path, tiny_capture_folder: Path) -> Path:
    return Path(shutil.copytree(tiny_capture_folder, tmp_path / "own"))


def test_a_first_look_shows_views_sphere_and_needs_at_once(tiny_capture_folder: Path) -> None:
    read = read_folder(tiny_capture_folder, None, silent)
    checked = first_look(read)
    assert checked.trainable
    assert not checked.complete
    assert checked.report.layout == "MVSCPS"
    assert checked.report.guesses
    assert checked.report.facts
    assert checked.layouts[0][0] == "MVSCPS"
    assert checked.sphere == Sphere(centre=(0.0, 0.0, 0.0), radius=1.0)
    for view, each in checked.views.items():
        assert each.photographs == 4
        assert each.picture.shape == (48, 48, 3)
        assert each.mask is not None
        assert np.array_equal(each.mask, read.capture.masks[view])
        assert each.mask[inside_sphere(pixel_rays(each.camera), each.camera, checked.sphere)].sum() == each.mask.sum()


def test_the_full_check_adds_how_the_views_agree(tiny_capture_folder: Path) -> None:
    read = read_folder(tiny_capture_folder, None, silent)
    told: list[float] = []
    checked = full_check(read, first_look(read), lambda _what, done: told.append(done))
    assert checked.complete
    assert checked.report.estimates
    assert set(checked.report.agreement) == set(checked.views)
    assert min(checked.report.agreement.values()) > 0.9
    assert told == sorted(told)

    def stop(_what: str, done: float) -> None:
        if done > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        full_check(read, first_look(read), stop)


def test_a_placed_sphere_is_the_one_that_is_trained_in(own: Path) -> None:
    options = ImportOptions(sphere=((0.1, 0.0, -0.1), 0.5))  # smaller than the object: as asked for
    checked = first_look(read_folder(own, options, silent))
    assert checked.sphere == Sphere(centre=(0.1, 0.0, -0.1), radius=0.5)
    assert checked.masks_sphere is not None
    assert checked.masks_sphere.radius > 0.5
    assert checked.options == options


def test_what_cannot_be_read_still_shows_cameras_photographs_and_fixes(own: Path) -> None:
    shutil.rmtree(own / "mask")
    with pytest.raises(CaptureError):
        read_folder(own, None, silent)
    checked = unreadable(own, None, silent)
    assert not checked.trainable
    assert checked.report.findings[0].severity.value == "must fix"
    assert {fix.action for fix in checked.report.findings[0].fixes} >= {"options", "paint_masks"}
    assert len(checked.views) == 4
    assert all(view.mask is None and view.picture.max() > 100 for view in checked.views.values())
    save_choices(own, ImportOptions(masks=MaskChoice.THRESHOLD))
    assert first_look(read_folder(own, None, silent)).options.masks is MaskChoice.THRESHOLD


def test_a_damaged_photograph_is_black_and_the_others_are_seen(own: Path) -> None:
    shutil.rmtree(own / "mask")
    (own / "image" / "V01L00.png").write_bytes((own / "image" / "V01L00.png").read_bytes()[:200])
    checked = unreadable(own, None, silent)
    assert checked.views[1].picture.max() == 0
    assert checked.views[2].picture.max() > 100


def test_an_empty_folder_and_none_at_all_are_told_in_a_sentence(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(CaptureError):
            read_folder(folder, None, silent)
        checked = unreadable(folder, None, silent)
        assert not checked.views
        assert checked.sphere is None
        assert checked.report.findings[0].text


def test_a_run_s_capture_is_listed_again_unless_it_is_gone(own: Path, tiny_capture: Capture) -> None:
    capture = read_folder(own, None, silent).capture
    again = listed_again(capture)
    assert again is not None
    assert again.capture is capture
    assert len(again.listing.shots) == len(tiny_capture.keys)
    shutil.rmtree(own)
    assert listed_again(capture) is None


def test_one_view_is_looked_at_but_not_trained_on(tmp_path: Path) -> None:
    write_demo_capture(tmp_path / "one", views=1, lights=3, size=32)
    checked = first_look(read_folder(tmp_path / "one", None, silent))
    assert not checked.trainable
    assert list(checked.views) == [0]
    assert checked.report.findings[0].severity.value == "must fix"
