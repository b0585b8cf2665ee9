"""What the benchmarks on generated captures measure with, held to cases known by hand."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from core.capture.case_names import CaseName
from core.capture.read import read_capture
from core.capture.synthetic import orbit_cameras
from core.capture.synthetic_cases import Case, write_case_capture
from core.capture.synthetic_presets import CASES
from core.capture.synthetic_render import Stage
from core.capture.synthetic_truth import read_case_truth
from core.fit.choices import FitChoices
from core.render.view import ViewMaps
from core.scene.light_model import LightModel
from core.types import ImageKey
from tests.benchmarks import density, light_models, materials, robustness, seeds
from tests.benchmarks.case_probe import restricted
from tests.benchmarks.cases import Job, job_from
from tests.benchmarks.figures import FIGURES
from tests.benchmarks.material_errors import MaterialErrors, TrueMaps, true_maps

SIDE = 6


def truth(albedo: float, facing: float = 0.04, roughness: float = 0.5) -> TrueMaps:
    return TrueMaps(
        diffuse=np.full((SIDE, SIDE, 3), albedo, np.float32),
        facing=np.full((SIDE, SIDE, 3), facing, np.float32),
        roughness=np.full((SIDE, SIDE), roughness, np.float32),
        covered=np.ones((SIDE, SIDE), np.bool_),
    )


def estimate(maps: TrueMaps, intensity: np.ndarray, *, scale: float = 1.0, roughness: float = 0.0) -> ViewMaps:
    """What a perfect run shows: under the mean light, a white surface that faces it appears as 1."""
    unit = (scale * intensity / np.pi).astype(np.float32)
    return ViewMaps(
        normals_gl=np.zeros((SIDE, SIDE, 3), np.float32),
        albedo=maps.diffuse * unit,
        specular=maps.facing * unit,
        roughness=maps.roughness + np.float32(roughness),
        depth=np.ones((SIDE, SIDE), np.float32),
        opacity=np.ones((SIDE, SIDE), np.float32),
    )


def test_a_perfect_material_has_no_error_whatever_the_lights() -> None:
    intensity, everywhere = np.array([2.0, 3.0, 4.0]), np.ones((SIDE, SIDE), np.bool_)
    errors = MaterialErrors(intensity)
    for albedo in (0.2, 0.6):
        errors.add(estimate(truth(albedo), intensity), truth(albedo), everywhere)
    found = errors.errors()
    assert found.pop("colour_scale") == pytest.approx(1.0, abs=1e-5)
    assert max(found.values()) < 1e-5


def test_only_one_factor_for_all_colours_is_taken_away() -> None:
    intensity, everywhere = np.ones(3), np.ones((SIDE, SIDE), np.bool_)
    errors = MaterialErrors(intensity)
    errors.add(estimate(truth(0.5), intensity, scale=0.8, roughness=0.1), truth(0.5), everywhere)
    found = errors.errors()
    assert max(found["albedo_error"], found["colour_error"]) < 1e-5
    assert found["colour_scale"] == pytest.approx(1.25, rel=1e-4)
    assert found["roughness_error"] == pytest.approx(0.1, abs=1e-5)
    errors.add(estimate(truth(0.3), intensity), truth(0.5), everywhere)  # the other half is too dark
    assert errors.errors()["albedo_error"] > 0.05


def test_true_maps_are_the_mesh_s_material_where_the_whole_pixel_sees_it(tmp_path: Path) -> None:
    write_case_capture(tmp_path / "case", replace(CASES["bronze"](), views=2, lights=1, size=32))
    known, capture = read_case_truth(tmp_path / "case"), read_capture(tmp_path / "case")
    stage = Stage(known.mesh, known.surface.albedo, known.surface.roughness)
    maps = true_maps(stage, known.surface, capture.cameras[0])
    assert not (maps.covered & ~capture.masks[0]).any()
    assert maps.covered.sum() > 0.7 * capture.masks[0].sum()
    for values, of_vertices in ((maps.facing, known.surface.facing), (maps.diffuse, known.surface.diffuse())):
        inside = values[maps.covered]
        assert of_vertices.min() - 1e-5 <= inside.min()
        assert inside.max() <= of_vertices.max() + 1e-5
        assert inside.std() > 0.0


def test_a_restricted_capture_knows_nothing_of_what_is_left_out(tmp_path: Path) -> None:
    write_case_capture(tmp_path / "case", Case(views=3, lights=4, size=24))
    whole = read_capture(tmp_path / "case")
    part = restricted(whole, {ImageKey(0, 3), ImageKey(2, 3), ImageKey(2, 1)})
    assert [key.name for key in part.keys] == ["V00L03", "V02L01", "V02L03"]
    assert part.light_ids == (1, 3)
    assert sorted(part.masks) == sorted(part.truth.normals_gl) == [0, 2]
    assert part.truth.light_directions_gl is not None
    assert whole.truth.light_directions_gl is not None
    assert np.array_equal(part.truth.light_directions_gl, whole.truth.light_directions_gl[[1, 3]])
    assert np.array_equal(part.photographs[1], whole.photographs[whole.keys.index(ImageKey(2, 1))])


def test_denser_captures_hold_the_sparser_ones_and_are_well_spread() -> None:
    places = np.array([camera.centre for camera in orbit_cameras(density.VIEWS, 16)])
    order = density.evenly_first(places)
    assert sorted(order) == list(range(density.VIEWS))
    for (views, lights), (more_views, more_lights) in zip(density.GRIDS, density.GRIDS[1:], strict=False):
        assert views <= more_views
        assert lights <= more_lights

    def closest(rows: list[int]) -> float:
        apart = np.linalg.norm(places[rows][:, None] - places[rows][None], axis=-1)
        return float((apart + 100.0 * np.eye(len(rows))).min())

    assert closest(order[:2]) > 1.5 * 4.5  # nearly opposite
    assert closest(order[:6]) > 2.0 * closest(list(range(6)))


def test_a_job_reaches_its_process_as_it_is() -> None:
    choices = FitChoices(reflectance="neural", lights=LightModel(fixed_to="world", near=True), bounce=False)
    for job in (Job(capture="a"), Job(capture="b", choices=choices, keys=("V00L01",), outliers=False, seed=3)):
        assert job_from(json.loads(json.dumps(asdict(job)))) == job


def test_every_suite_measures_figures_that_are_known() -> None:
    names: tuple[CaseName, ...] = (
        *materials.MATERIALS,
        *light_models.MODELS,
        *seeds.CAPTURES,
        "bowl",
        "metal-bowl",
        "spoilt",
    )
    assert set(names) <= CASES.keys()
    assert "materials.dark-metal.roughness_error" in FIGURES
    assert "light_models.near.on.position_error_percent" in FIGURES
    assert "seeds.bronze.normal_mae_deg.worst" in FIGURES
    assert "density.20x96.normal_mae_deg" in FIGURES
    assert all(f"bounce.on.{error}" in FIGURES for error in robustness.ERRORS)
    assert FIGURES["light_models.exposure.on.exposure_error_stops"].unit == "stops"
