"""Latent maps: principal components, and files that let the features be had back."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.capture.capture import Capture
from core.capture.images import read_image
from core.fit.export_options import ExportOptions
from core.fit.latent_maps import Moments
from core.fit.run_folder import export_results
from tests.tiny_run import tiny_trainer, train_tiny


def moments_of(features: np.ndarray) -> Moments:
    moments = Moments(features.shape[1])
    for part in np.array_split(features, 3):
        moments.add(part.astype(np.float32))
    return moments


def test_axes_are_those_of_the_singular_value_decomposition() -> None:
    random = np.random.default_rng(1)
    features = random.normal(size=(500, 6)) * [5.0, 3.0, 2.0, 0.5, 0.1, 0.0] + 7.0
    found = moments_of(features).principal()
    _, sizes, axes = np.linalg.svd(features - features.mean(0), full_matrices=False)
    np.testing.assert_allclose(np.abs((found.axes * axes[:3]).sum(1)), 1.0, atol=1e-5)
    np.testing.assert_allclose(found.deviations, sizes[:3] / np.sqrt(500), rtol=1e-4)
    np.testing.assert_allclose(found.shares, (sizes**2 / (sizes**2).sum())[:3], rtol=1e-4)


def test_signs_do_not_depend_on_chance() -> None:
    features = np.random.default_rng(2).normal(size=(200, 4)) * [4.0, 2.0, 1.0, 0.1]
    axes = moments_of(features).principal().axes
    np.testing.assert_allclose(axes, moments_of(features[::-1]).principal().axes, atol=1e-6)
    assert (np.take_along_axis(axes, np.abs(axes).argmax(1)[:, None], 1) > 0.0).all()


def test_colours_are_grey_at_the_mean_and_reach_their_ends_at_two_and_a_half_deviations() -> None:
    features = np.random.default_rng(3).normal(size=(400, 5)) * [3.0, 2.0, 1.0, 0.1, 0.1]
    found = moments_of(features).principal()
    np.testing.assert_allclose(found.colours(found.mean.astype(np.float32)), 0.5, atol=1e-6)
    end = found.mean + 2.5 * found.deviations[1] * found.axes[1]
    np.testing.assert_allclose(found.colours(end.astype(np.float32)), [0.5, 1.0, 0.5], atol=1e-5)


@pytest.mark.parametrize("features", [np.ones((30, 4)), np.zeros((0, 4)), np.ones((30, 2)) * [[1.0, 2.0]]])
def test_without_variance_everything_is_grey(features: np.ndarray) -> None:
    found = moments_of(features).principal()
    np.testing.assert_array_equal(found.axes, 0.0)
    assert np.all(found.colours(features.astype(np.float32)) == 0.5)


def test_a_run_s_features_come_back_from_its_files(tiny_capture: Capture, tmp_path: Path) -> None:
    trainer = tiny_trainer(tiny_capture)
    train_tiny(trainer)
    export_results(trainer, tmp_path / "out", what=["latent"], options=ExportOptions(features=True))
    out = tmp_path / "out/latent"
    told = json.loads((out / "latent.json").read_text())
    views = {f"V{view:02d}" for view in tiny_capture.views}
    assert {file.stem for file in out.glob("*.png")} == {file.stem for file in out.glob("features/*.exr")} == views
    rows = []
    for view in sorted(views):
        features, colours = read_image(out / f"features/{view}.exr"), read_image(out / f"{view}.png")
        assert features.shape == (*tiny_capture.masks[0].shape, trainer.model.config.sdf.features)
        seen = features.any(axis=-1)
        assert seen.any()
        assert not colours[~seen].any()
        along = (features[seen] - told["mean"]) @ np.array(told["axes"]).T
        expected = 0.5 + 0.5 * along / (2.5 * np.array(told["deviations"]))
        np.testing.assert_allclose(colours[seen] / 255.0, np.clip(expected, 0.0, 1.0), atol=0.003)
        rows.append(features[seen])
    np.testing.assert_allclose(np.concatenate(rows).mean(0), told["mean"], atol=1e-4)
    export_results(trainer, tmp_path / "plain", what=["latent"])
    assert not (tmp_path / "plain/latent/features").exists()
