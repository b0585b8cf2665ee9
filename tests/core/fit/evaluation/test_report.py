"""The report opens anywhere, says what was measured, and lets nothing a file is called become part of the page."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.capture.capture import Capture, Problem
from core.errors import RunError
from core.fit.evaluation.evaluate import EvaluationOptions, evaluate_run
from core.fit.evaluation.figures import Evaluation, ImageFigures
from core.fit.evaluation.page import SCRIPT
from core.fit.evaluation.picture_book import TILE, PictureBook
from core.fit.evaluation.plots import image_matrix
from core.fit.evaluation.report import report_text, write_report
from core.fit.evaluation.report_sections import problems_section
from core.fit.history import History
from core.fit.outlier import Outlier
from core.fit.sphere_map import GROUND, lit_colours, sphere_colours
from core.fit.traced import exact_distances, render_photograph, traced_poses
from core.fit.trainer import Trainer
from core.types import ImageKey
from tests.core.fit.evaluation.pages import check_self_contained
from tests.core.fit.small import small_trainer

NASTY = '<script>alert("1")</script>&\'.png'
RUN = {
    "preset": "draft",
    "config": {"rays": 512, "rates": {"grid": 0.01, "note": NASTY}},
    "versions": {"chiaro": "0", "numpy": NASTY},
    "written": "2026-01-01",
    "device": "cpu",
}


def silent(text: str, fraction: float) -> None:
    """Tell nobody."""


@pytest.fixture(scope="module")
def trainer(tiny_capture: Capture) -> Trainer:
    """A few steps on a capture with an image kept out and a badly named problem."""
    capture = replace(tiny_capture, problems=(Problem(file=NASTY, text=f"Something is wrong with {NASTY}"),))
    fitted = small_trainer(capture, steps=20)
    fitted.include(list(capture.keys)[1:])
    history = History()
    for _ in range(20):
        history.observe(fitted, fitted.step(), last=True)
    RUN["metrics"] = history.to_json()  # type: ignore[assignment]
    return fitted


@pytest.fixture(scope="module")
def book(trainer: Trainer) -> PictureBook:
    return PictureBook(trainer)


@pytest.fixture(scope="module")
def evaluation(trainer: Trainer, book: PictureBook) -> Evaluation:
    return evaluate_run(trainer, progress=silent, options=EvaluationOptions(mesh_cells=24), onlooker=book)


@pytest.fixture(scope="module")
def text(trainer: Trainer, evaluation: Evaluation, book: PictureBook) -> str:
    return report_text(trainer=trainer, run=RUN, evaluation=evaluation, book=book)


def test_the_report_needs_nothing_but_itself(text: str) -> None:
    page = check_self_contained(text)
    assert page.names.count("img") > 40
    assert page.names.count("svg") >= 6
    for name in ("figures", "convergence", "photographs", "views", "lights", "material", "surface", "problems", "run"):
        assert name in page.places
    assert len(text) < 6_000_000


def test_figures_are_in_the_text(text: str, evaluation: Evaluation) -> None:
    page = check_self_contained(text)
    assert f"{evaluation.training_psnr_db:.2f} dB" in page.shown
    assert f"{evaluation.light_error_deg:.2f}°" in page.shown
    assert evaluation.surface is not None
    assert f"{evaluation.surface.f_score:.3f}" in page.shown
    for image in evaluation.images:
        assert image.name in page.shown
    assert "rates.grid" in page.shown
    assert "LPIPS is not reported" in page.shown


def test_text_from_files_stays_text(text: str) -> None:
    page = check_self_contained(text)
    assert NASTY in page.shown
    assert page.names.count("script") == 1
    assert text.count("<script>") == 1


def test_the_worst_photographs_come_first(book: PictureBook, evaluation: Evaluation) -> None:
    trained = sorted(image.psnr_db for image in evaluation.images if image.trained)
    assert [kept.figures.psnr_db for kept in book.worst_trained] == trained[: len(book.worst_trained)]
    assert [kept.figures.name for kept in book.worst_kept_out] == ["V00L00"]
    assert len(book.typical) == 6
    assert [kept.figures.view for kept in book.views] == [0, 1, 2, 3]


def test_error_maps_agree_with_the_figures(book: PictureBook) -> None:
    """Small pictures are filtered, so only about."""
    for view in book.views:
        assert view.error_deg is not None
        assert view.figures.normal_error_deg == pytest.approx(float(view.error_deg[view.inside].mean()), rel=0.25)
        assert view.error_deg.shape == (TILE, TILE)


def test_the_error_of_a_view_s_renders_is_the_mean_over_its_photographs(trainer: Trainer, book: PictureBook) -> None:
    shown, errors = book.views[1], list[float]()
    keys = [key for key in trainer.capture.keys if key.view == shown.figures.view]
    with exact_distances(trainer):
        for pose in traced_poses(trainer, keys, silent):
            for image in pose.images:
                rendered = render_photograph(trainer, pose, image)
                errors.append(float(np.abs(rendered.render - rendered.photograph)[rendered.mask].mean()))
    assert len(errors) == 4
    assert shown.difference is not None
    assert float(np.mean(errors)) == pytest.approx(float(shown.difference[shown.inside].mean()), rel=0.1)


def test_the_materials_of_the_object_are_shown(book: PictureBook, text: str) -> None:
    assert book.materials is not None
    assert book.materials.max() > 0.5
    assert "The object&#x27;s materials" in text or "The object's materials" in text


@pytest.mark.usefixtures("evaluation")
def test_spheres_show_the_material(book: PictureBook) -> None:
    assert book.spheres is not None
    assert np.isfinite(book.spheres).all()
    assert book.spheres.min() >= 0.0
    assert len(lit_colours(book.spheres)) > 1000
    cover = book.spheres[..., 3]
    assert cover.max() == 1.0
    assert cover.min() == 0.0
    shown = sphere_colours(book.spheres, 1.0)
    assert np.allclose(shown[cover == 0.0], GROUND), "grey lies between the spheres"
    unlit = (cover == 1.0) & ~book.spheres[..., :3].any(axis=-1)
    assert unlit.any()
    assert np.allclose(shown[unlit], 0.0), "the unlit side stays black, and is seen before the ground"


def test_the_use_of_a_photograph_is_told_in_words() -> None:
    known = ImageFigures(
        name="V00L00",
        view=0,
        light=0,
        trained=False,
        view_part="train",
        light_part="train",
        psnr_db=30.0,
        ssim=0.9,
        lpips=None,
    )
    assert known.use == "kept out"
    assert replace(known, trained=True).use == "trained on"
    assert replace(known, view_part="test").use == "kept out, new view"
    assert replace(known, view_part="test", light_part="test").use == "kept out, new view and light"


def test_columns_are_told_in_words(text: str) -> None:
    """Not as the figures' JSON names them."""
    page = check_self_contained(text)
    assert "kept out" in page.shown
    assert not {"train", "test"} & set(page.shown.split())


def test_photographs_that_do_not_fit_are_told_with_why() -> None:
    unfit = Outlier(key=ImageKey(4, 5), weight=0.1, error_ratio=2.8, reason="looks as if lit by light 3")
    section = problems_section([("mask/V00.png", "is empty.")], [unfit], [])
    assert section is not None
    told = "".join(map(str, section.parts))
    assert "V04L05 does not fit. Error 2.8 times the usual one: looks as if lit by light 3." in told
    assert "mask/V00.png: is empty." in told


def test_without_ground_truth_there_is_a_report_all_the_same(trainer: Trainer, tiny_capture: Capture) -> None:
    before = trainer.capture
    truth = replace(before.truth, normals_gl={}, light_directions_gl=None, light_intensities=None, mesh=None)
    trainer.capture = replace(before, truth=truth, problems=())
    try:
        bare = PictureBook(trainer)
        found = evaluate_run(trainer, progress=silent, onlooker=bare)
        page = check_self_contained(report_text(trainer=trainer, run={}, evaluation=found, book=bare))
    finally:
        trainer.capture = before
    assert not {"surface", "convergence"} & page.places
    assert "Ground truth" not in page.shown
    assert "nan" not in page.shown.split()


def test_an_unwritable_place_is_one_sentence(
    trainer: Trainer, evaluation: Evaluation, book: PictureBook, tmp_path: Path
) -> None:
    with pytest.raises(RunError, match="Cannot write"):
        write_report(tmp_path / "no" / "r.html", trainer=trainer, run=RUN, evaluation=evaluation, book=book)


def test_a_capture_of_two_thousand_photographs_stays_small() -> None:
    images = [
        ImageFigures(
            name=f"V{view:02d}L{light:02d}",
            view=view,
            light=light,
            trained=(view + light) % 10 > 0,
            view_part="train",
            light_part="train",
            psnr_db=30.0 + view + 0.01 * light,
            ssim=0.9,
            lpips=None,
        )
        for view in range(20)
        for light in range(96)
    ]
    assert len(image_matrix(images)) < 600_000


@pytest.fixture(scope="module")
def browser() -> str:
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
    )
    if not found:
        pytest.skip("there is no Chromium on this machine")
    return found


def opened(browser: str, file: Path, profile: Path) -> tuple[str, str]:
    """The document as the browser has it after its scripts, and what it wrote to the console."""
    line = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
    # The browser itself is to find nobody either.
    line += ["--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND"]
    line += [f"--log-net-log={profile}.json", "--enable-logging=stderr", "--dump-dom", file.as_uri()]
    done = subprocess.run(line, capture_output=True, text=True, check=True, timeout=120)
    console = [entry for entry in done.stderr.splitlines() if "CONSOLE" in entry]
    return done.stdout, "\n".join(console)


def asked_for(profile: Path) -> set[str]:
    """What the page asked of the network when it was last ``opened`` with this profile."""
    log = json.loads(Path(f"{profile}.json").read_text(encoding="utf-8"))
    begun = log["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    jobs = [event["params"] for event in log["events"] if event["type"] == begun and "url" in event.get("params", {})]
    # Requests of the browser's own come from no page.
    return {job["url"] for job in jobs if job["initiator"] != "not an origin" and job["url"].startswith("http")}


def test_opening_it_asks_nothing_of_a_network(browser: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(text, encoding="utf-8")
    opened(browser, file, tmp_path / "profile")
    assert asked_for(tmp_path / "profile") == set()
    # A page that does ask is found out.
    file.write_text('<img src="http://127.0.0.1:9/picture.png">', encoding="utf-8")
    opened(browser, file, tmp_path / "other")
    assert asked_for(tmp_path / "other") == {"http://127.0.0.1:9/picture.png"}


def test_a_browser_opens_it_without_complaint_and_sorts_its_tables(browser: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(text, encoding="utf-8")
    document, console = opened(browser, file, tmp_path / "profile")
    assert console == ""
    assert "All photographs" in document
    # The page's own policy forbids other scripts, so the click is put into its own, which is then let through.
    buttons = ("#lights th:last-child button", "#photographs th button")
    click = "".join(f"document.querySelector('{button}').click();" for button in buttons)
    policy = re.compile(r"<meta http-equiv=[^>]*>")
    file.write_text(policy.sub("", text).replace("</script>", f"{click}</script>"), encoding="utf-8")
    document, console = opened(browser, file, tmp_path / "profile")
    assert console == ""
    photographs = document[document.index('id="photographs"') : document.index('id="views"')]
    names = re.findall(r"<td>(V\d+L\d+)</td>", photographs)
    assert names == sorted(names)
    assert len(names) == 16
    assert names != re.findall(r"<td>(V\d+L\d+)</td>", text)
    lights = document[document.index('id="lights"') : document.index('id="material"')]
    errors = [float(row.split('data-value="')[-1].split('"')[0]) for row in re.findall(r"<tr>.*?</tr>", lights)[1:]]
    assert errors == sorted(errors)


def test_the_policy_stops_what_is_not_the_reports_own(browser: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(text.replace(SCRIPT, SCRIPT + "document.title = 'taken over';"), encoding="utf-8")
    document, console = opened(browser, file, tmp_path / "profile")
    assert "Content Security Policy" in console
    assert "taken over</title>" not in document
