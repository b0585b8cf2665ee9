"""The materials of an object are found in the parts of the surface they cover, and drawn as spheres."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from core.capture.capture import Capture
from core.capture.images import read_image
from core.fields.model import Model
from core.fields.reflectance import Material
from core.fit.material_samples import material_samples
from core.fit.run_folder import export_results
from tests.core.render.analytic import OneSphere, model_of
from tests.tiny_run import tiny_trainer, train_tiny


class Striped(OneSphere):
    """A ball whose first feature tells the stripe: below z = -0.25 (a quarter of it) 0, above 1; a speck is 2."""

    def forward(self, points: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        distance, features, gradient = super().forward(points)
        stripe = (points[:, 2] > -0.25).float() + (points[:, 0] > 0.4995).float()
        return distance, torch.cat([stripe[:, None], features[:, 1:]], 1), gradient


@pytest.fixture
def striped(monkeypatch: pytest.MonkeyPatch) -> Model:
    def painted(model: Model, features: Tensor) -> Material:
        return Material(
            albedo=(0.1 + 0.3 * features[:, :1]).expand(-1, 3),
            specular=torch.full((len(features), 3), 0.04),
            roughness=torch.full((len(features),), 0.5),
        )

    monkeypatch.setattr(Model, "shown_material", painted)
    return model_of(Striped)


def test_materials_and_the_parts_they_cover(striped: Model) -> None:
    samples = material_samples(striped)
    assert [float(sample.features[0]) for sample in samples] == [1.0, 0.0], "a speck is no material"
    assert samples[0].share == pytest.approx(0.75, abs=0.02)  # of a sphere, a cap has the part of its height
    assert sum(sample.share for sample in samples) == pytest.approx(1.0)


def test_no_more_than_asked_for(striped: Model) -> None:
    assert len(material_samples(striped, most=1)) == 1


def test_without_a_surface_there_is_no_material(striped: Model) -> None:
    striped.cache.grid.fill_(1.0)
    assert material_samples(striped) == []


def test_a_run_has_a_picture_of_each_view_and_one_of_the_object(tiny_capture: Capture, tmp_path: Path) -> None:
    trainer = tiny_trainer(tiny_capture)
    train_tiny(trainer)
    export_results(trainer, tmp_path / "out", what=["spheres"])
    names = {"object.png", *(f"V{view:02d}.png" for view in tiny_capture.views)}
    assert {file.name for file in (tmp_path / "out/spheres").iterdir()} == names
    for name in names:
        picture = read_image(tmp_path / "out/spheres" / name)
        assert picture.dtype == np.uint8
        assert picture.max() > 128, "the brightest sphere is bright"
