"""Which photographs are measured, as what, and that the figures are those of their parts."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from core.capture.capture import Capture
from core.errors import Cancelled
from core.fit import metrics
from core.fit.evaluation.evaluate import EvaluationOptions, evaluate_run, trained_cameras
from core.fit.evaluation.figures import Evaluation, ImageFigures, grouped
from core.fit.traced import as_photographed
from core.fit.trainer import Trainer
from core.types import ImageKey
from tests.core.fit.small import small_trainer

COARSE = EvaluationOptions(mesh_cells=24)


def silent(text: str, fraction: float) -> None:
    assert text
    assert 0.0 <= fraction <= 1.0


@pytest.fixture(scope="module")
def trainer(tiny_capture: Capture) -> Trainer:
    """Trained without V01L01, without view 3 and without light 3. Do not train it further."""
    fitted = small_trainer(tiny_capture, steps=30)
    fitted.model.lights.trained[:] = False
    kept = (key for key in tiny_capture.keys if key.view != 3 and key.light != 3 and key != ImageKey(1, 1))
    fitted.include(kept)
    for _ in range(30):
        fitted.step()
    return fitted


@pytest.fixture(scope="module")
def evaluation(trainer: Trainer) -> Evaluation:
    return evaluate_run(trainer, progress=silent, options=COARSE)


def test_every_photograph_is_measured_and_knows_what_it_is(evaluation: Evaluation, trainer: Trainer) -> None:
    images = {image.name: image for image in evaluation.images}
    assert list(images) == [key.name for key in trainer.capture.keys]
    kinds = [(images[name].trained, images[name].view_part, images[name].light_part) for name in images]
    for name, kind in zip(images, kinds, strict=True):
        key = ImageKey.parse(name)
        expected = (
            key in trainer.included,
            "test" if key.view == 3 else "train",
            "test" if key.light == 3 else "train",
        )
        assert kind == expected, name
    assert [(group.title, group.images) for group in evaluation.groups] == [
        ("Trained on", 8),
        ("Kept out, view and light known", 1),
        ("Kept out, new view", 3),
        ("Kept out, new light", 3),
        ("Kept out, new view and light", 1),
    ]


def test_the_figures_are_means_of_their_photographs(evaluation: Evaluation) -> None:
    trained = [image for image in evaluation.images if image.trained]
    assert evaluation.training_images == len(trained) == 8
    assert evaluation.training_psnr_db == pytest.approx(np.mean([image.psnr_db for image in trained]))
    assert evaluation.training_ssim == pytest.approx(np.mean([image.ssim for image in trained]))
    assert (evaluation.held_out_images, evaluation.test_light_images) == (4, 4)
    assert evaluation.training_lpips is None
    assert any("LPIPS" in note for note in evaluation.notes)


def test_normals_and_lights_are_told_one_by_one(evaluation: Evaluation) -> None:
    assert [(view.view, view.part) for view in evaluation.views] == [
        (0, "train"),
        (1, "train"),
        (2, "train"),
        (3, "test"),
    ]
    assert evaluation.normal_error_deg is not None
    values = [view.normal_error_deg for view in evaluation.views if view.normal_error_deg is not None]
    assert min(values) <= evaluation.normal_error_deg <= max(values)
    known = [light.error_deg for light in evaluation.lights if light.error_deg is not None]
    assert evaluation.light_error_deg == pytest.approx(np.mean(known))
    assert evaluation.lights[3].direction_gl is None


def test_the_surface_is_compared_where_trained_views_see_it(evaluation: Evaluation, trainer: Trainer) -> None:
    assert len(trained_cameras(trainer)) == 3
    surface = evaluation.surface
    assert surface is not None
    assert surface.threshold == pytest.approx(0.005 * trainer.frame.scale)
    assert surface.chamfer_percent == pytest.approx(100 * surface.chamfer / trainer.frame.scale)
    assert surface.pixel_step == 1
    assert 0.0 < surface.chamfer < trainer.frame.scale
    parts = [part for _, part, _ in surface.within]
    assert parts == sorted(parts)
    wide = evaluate_run(trainer, progress=silent, options=replace(COARSE, threshold=trainer.frame.scale)).surface
    assert wide is not None
    assert wide.f_score > max(surface.f_score, 0.99)


def test_without_ground_truth_there_is_nothing_to_compare_with(trainer: Trainer, tiny_capture: Capture) -> None:
    truth = replace(tiny_capture.truth, normals_gl={}, light_directions_gl=None, light_intensities=None, mesh=None)
    trainer.capture = replace(tiny_capture, truth=truth)
    try:
        found = evaluate_run(trainer, progress=silent, options=COARSE)
    finally:
        trainer.capture = tiny_capture
    assert (found.surface, found.normal_error_deg, found.light_error_deg, found.intensity_error_percent) == (None,) * 4
    assert (found.test_light_psnr_db, found.test_light_images) == (None, 0)
    assert any("4 photographs are not measured" in note for note in found.notes)
    assert found.training_psnr_db is not None


def test_a_damaged_mesh_is_told_and_the_rest_is_measured(
    trainer: Trainer, tiny_capture: Capture, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("mesh") / "mesh_Gt.ply"
    file.write_text("nothing")
    trainer.capture = replace(tiny_capture, truth=replace(tiny_capture.truth, mesh=file))
    try:
        found = evaluate_run(trainer, progress=silent, options=COARSE)
    finally:
        trainer.capture = tiny_capture
    assert found.surface is None
    assert any("mesh_Gt.ply" in note for note in found.notes)


def test_measuring_leaves_the_run_as_it_was_and_can_be_stopped(trainer: Trainer) -> None:
    before = trainer.model.cache.grid.clone()

    def stop(text: str, fraction: float) -> None:
        if fraction > 0.2:
            raise Cancelled

    with pytest.raises(Cancelled):
        evaluate_run(trainer, progress=stop, options=COARSE)
    assert bool((trainer.model.cache.grid == before).all())


def test_groups_of_hand_made_images() -> None:
    def image(number: int, psnr_db: float, **kind: object) -> ImageFigures:
        place = {"name": f"V{number:02d}L00", "view": number, "light": 0, "ssim": 0.5, "lpips": 0.1 * number}
        parts = {"trained": False, "view_part": "train", "light_part": "train"}
        return ImageFigures(**(place | parts | kind), psnr_db=psnr_db)  # type: ignore[arg-type]

    images = [image(1, 10.0), image(2, 30.0, trained=True), image(3, 20.0), image(4, 5.0, view_part="test")]
    for order in itertools.permutations(images):
        groups = grouped(order)
        assert [(group.images, group.psnr_db) for group in groups] == [(1, 30.0), (2, 15.0), (1, 5.0)]
        assert groups[1].lpips == pytest.approx(0.2)


def test_what_is_brighter_than_white_is_white_in_an_integer_file(trainer: Trainer) -> None:
    render = np.array([[[0.5, 1.0, 3.0]]], np.float32)
    np.testing.assert_allclose(as_photographed(trainer, render), [[[0.5, 1.0, 1.0]]], rtol=1e-6)
    before = trainer.pool.ceiling
    trainer.pool.ceiling = float("inf")  # as for photographs of floats
    try:
        np.testing.assert_array_equal(as_photographed(trainer, render), render)
    finally:
        trainer.pool.ceiling = before


def test_psnr_is_that_of_mask_pixels(evaluation: Evaluation, trainer: Trainer) -> None:
    """A picture that is black everywhere would score the photograph's own mean square."""
    photograph = trainer.capture.linear(0)
    black = metrics.psnr_db(np.zeros_like(photograph), photograph, trainer.capture.masks[0])
    assert evaluation.images[0].psnr_db > black
