"""A lattice of a photograph's pixels is rendered as the whole photograph is."""

from dataclasses import replace

import numpy as np
import pytest

from core.capture.capture import Capture
from core.fit import lattice_psnr
from core.fit.known_lights import light_of
from core.fit.lattice_psnr import lattice, lattice_psnr_db, part_of
from core.fit.traced import TracedPose, render_photograph, traced_poses
from core.fit.trainer import Trainer
from core.render.view import shade
from core.types import silent
from tests.core.fit.small import CPU, SMALL, train


@pytest.fixture(scope="module")
def trainer(tiny_capture: Capture) -> Trainer:
    model = replace(SMALL.model, bounce=True, soft_shadows=True)
    trainer = Trainer(tiny_capture, replace(SMALL, steps=60, model=model), device=CPU, seed=0)
    train(trainer, 60)
    return trainer


@pytest.fixture(scope="module")
def pose(trainer: Trainer) -> TracedPose:
    return next(traced_poses(trainer, trainer.capture.keys, silent))


def test_a_part_of_a_traced_view_is_lit_as_the_whole_is(trainer: Trainer, pose: TracedPose) -> None:
    camera = pose.buffer.camera
    chosen = np.zeros((camera.height, camera.width), np.bool_)
    chosen[1::3, 2::4] = True
    lamp = light_of(trainer, trainer.capture.keys[pose.images[0]])
    whole, part = shade(trainer.model, pose.buffer, lamp), shade(trainer.model, part_of(pose.buffer, chosen), lamp)
    assert (whole.render[chosen] > 0.01).any()
    np.testing.assert_allclose(part.render[chosen], whole.render[chosen], atol=2e-3)
    np.testing.assert_allclose(part.shadow[chosen], whole.shadow[chosen], atol=2e-3)
    assert not part.render[~chosen].any()


def test_a_small_photograph_compares_as_a_whole_render_does(trainer: Trainer, pose: TracedPose) -> None:
    assert lattice(pose.buffer.camera).all()
    image = pose.images[0]
    expected = render_photograph(trainer, pose, image).psnr_db
    assert lattice_psnr_db(trainer, pose, image) == pytest.approx(expected, abs=0.01)


def test_part_of_a_photograph_tells_about_as_much_as_all_of_it(
    trainer: Trainer, pose: TracedPose, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lattice_psnr, "_LONGEST", max(pose.buffer.camera.width, pose.buffer.camera.height) // 2)
    assert lattice(pose.buffer.camera).mean() < 0.3
    whole = [render_photograph(trainer, pose, image).psnr_db for image in pose.images]
    parts = [lattice_psnr_db(trainer, pose, image) for image in pose.images]
    assert parts != whole
    assert np.mean(parts) == pytest.approx(np.mean(whole), abs=0.2)


@pytest.mark.parametrize("shape", [(640, 480), (300, 3000), (4000, 4000)])
def test_the_lattice_of_a_large_photograph_is_even_and_about_as_large_as_any(
    pose: TracedPose, shape: tuple[int, int]
) -> None:
    camera = pose.buffer.camera.resized(*shape)
    chosen = lattice(camera)
    assert chosen.shape == (camera.height, camera.width)
    rows, columns = np.flatnonzero(chosen.any(axis=1)), np.flatnonzero(chosen.any(axis=0))
    assert chosen.sum() == len(rows) * len(columns)
    assert len(set(np.diff(rows)) | set(np.diff(columns))) == 1
    assert 60 <= max(len(rows), len(columns)) <= 120
