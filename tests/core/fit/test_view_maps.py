"""Maps of each view say in numbers what the renderer says, and maps.json says how to read them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.capture.capture import Capture
from core.capture.images import read_image
from core.color import LUMINANCE
from core.errors import Cancelled
from core.fit.export_options import ExportOptions, MapFormat
from core.fit.known_lights import light_of
from core.fit.run_folder import export_results
from core.fit.traced import exact_distances
from core.fit.trainer import Trainer
from core.fit.view_maps import KINDS
from core.render.view import shade, trace_view_now
from core.types import FloatArray, gl_from_camera
from tests.tiny_run import tiny_trainer, train_tiny

VIEW = 2
UNKNOWN_LIGHT = 0


@pytest.fixture(scope="module")
def trainer(tiny_capture: Capture) -> Trainer:
    """Trained without any photograph of the first light."""
    trainer = tiny_trainer(
        tiny_capture, without=frozenset(key for key in tiny_capture.keys if key.light == UNKNOWN_LIGHT)
    )
    train_tiny(trainer)
    return trainer


@pytest.fixture(scope="module", params=["png", "exr"])
def written(request: pytest.FixtureRequest, trainer: Trainer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("maps") / request.param
    export_results(trainer, out, what=["maps"], options=ExportOptions(maps=request.param))
    return out / "maps"


def decoded(maps: Path, name: str, stem: str) -> FloatArray:
    """A map as ``maps.json`` says it is to be read."""
    told = json.loads((maps / "maps.json").read_text())
    decode = next(entry["decode"] for entry in told["maps"] if entry["map"] == name)
    file = next((maps / name).glob(f"{stem}.*"))
    return np.asarray(eval(decode, {"value": read_image(file).astype(np.float64)}))


def test_every_view_has_every_map_and_nothing_else_is_left(written: Path, trainer: Trainer) -> None:
    kind = written.parent.name
    views = {f"V{view:02d}.{kind}" for view in trainer.capture.views}
    for name in KINDS:
        found = {file.name for file in (written / name).iterdir()}
        assert found == ({f"V{view:02d}L01.{kind}" for view in trainer.capture.views} if name == "shadow" else views)
    assert {entry.name for entry in written.iterdir()} == {*KINDS, "maps.json"}


def test_numbers_are_those_of_the_renderer(written: Path, trainer: Trainer) -> None:
    capture = trainer.capture
    image = next(i for i, key in enumerate(capture.keys) if key.view == VIEW)
    with exact_distances(trainer):
        buffer = trace_view_now(trainer.model, capture.cameras[image], trainer.frame)
        key = capture.keys[image + 1]
        shadow = shade(trainer.model, buffer, light_of(trainer, key), relit=True).shadow
    maps, step = buffer.images(), 1.0 / 65535.0
    seen = maps.opacity > 0.5
    farthest = np.abs(maps.depth).max()
    expected = {
        "normal": (maps.normals_gl, 2 * step),
        "albedo": (maps.albedo, 4 * step),
        "specular": (maps.specular, 4 * step),
        "roughness": (maps.roughness[..., None], step),
        "depth": (maps.depth[..., None], 2 * farthest * step),
    }
    for name, (values, tolerance) in expected.items():
        read = decoded(written, name, f"V{VIEW:02d}")
        np.testing.assert_allclose(read[seen], values[seen], atol=tolerance, err_msg=name)
        stored = read_image(next((written / name).glob(f"V{VIEW:02d}.*")))
        assert not stored[~seen].any(), f"{name} is zero where there is no surface"
    np.testing.assert_allclose(decoded(written, "opacity", f"V{VIEW:02d}")[..., 0], maps.opacity, atol=step)
    np.testing.assert_allclose(decoded(written, "shadow", key.name)[..., 0], shadow, atol=step)


def test_base_colour_and_metal_give_back_both_colours_times_the_factor_told(written: Path) -> None:
    """glTF's own rule: diffuse = base colour * (1 - metallic) * (1 - 0.04), specular what it says, where it is no metal
    and nothing was cut off.
    """
    base, metallic = (decoded(written, name, f"V{VIEW:02d}") for name in ("base_colour", "metallic"))
    albedo, specular = (decoded(written, name, f"V{VIEW:02d}") for name in ("albedo", "specular"))
    factor = json.loads((written / "maps.json").read_text())["gltf_factor"]
    albedo, specular = factor * albedo, factor * specular
    plain = (metallic[..., 0] < 0.2) & (base.max(axis=-1) < 0.999) & (albedo.max(axis=-1) > 0.01)
    assert plain.any()
    base, metallic = base[plain], metallic[plain]
    np.testing.assert_allclose(0.96 * base * (1.0 - metallic), albedo[plain], atol=0.04)
    mean = (0.04 * (1.0 - metallic) + base * metallic).mean()
    assert mean == pytest.approx(specular[plain].mean(), abs=0.02)


def test_the_factor_makes_the_brightest_colours_of_all_views_a_light_grey(written: Path, trainer: Trainer) -> None:
    factor = json.loads((written / "maps.json").read_text())["gltf_factor"]
    views = [f"V{view:02d}" for view in trainer.capture.views]
    both = [factor * (decoded(written, "albedo", view) + decoded(written, "specular", view)) for view in views]
    colours = np.concatenate([colour[colour.max(axis=-1) > 0.0] for colour in both])
    assert np.quantile(colours @ LUMINANCE, 0.99) == pytest.approx(0.8, abs=0.1)


def test_the_file_beside_places_every_pixel_in_the_world(written: Path, trainer: Trainer) -> None:
    """Depth, camera and normals as written agree: points lie on the surface, normals leave it."""
    told = json.loads((written / "maps.json").read_text())
    view = next(entry for entry in told["views"] if entry["view"] == f"V{VIEW:02d}")
    intrinsics, pose = np.array(view["intrinsics"]), np.array(view["world_from_camera"])
    depth = decoded(written, "depth", f"V{VIEW:02d}")[..., 0]
    normal = decoded(written, "normal", f"V{VIEW:02d}")
    solid = decoded(written, "opacity", f"V{VIEW:02d}")[..., 0] > 0.5
    v, u = np.nonzero(solid)
    inside = np.linalg.solve(intrinsics, np.stack([u, v, np.ones(len(u))])) * depth[v, u]
    world = (pose[:3, :3] @ inside).T + pose[:3, 3]
    away = np.linalg.norm(trainer.frame.scene_from_world(world), axis=1)
    assert (away < 1.0).all(), "all of it is inside the object's sphere"
    out = (gl_from_camera(normal[v, u]) @ pose[:3, :3].T * (world - trainer.frame.centre)).sum(1)
    assert (out > 0.0).mean() > 0.9, "most normals of a round object point away from its middle"


def test_shadows_of_every_photograph_on_request(trainer: Trainer, tmp_path: Path) -> None:
    export_results(trainer, tmp_path / "out", what=["maps"], options=ExportOptions(all_shadows=True))
    lit = [key for key in trainer.capture.keys if key.light != UNKNOWN_LIGHT]
    found = sorted((tmp_path / "out/maps/shadow").iterdir())
    assert [file.stem for file in found] == [key.name for key in sorted(lit)]
    told = json.loads((tmp_path / "out/maps/maps.json").read_text())["shadows"]
    assert [entry["photograph"] for entry in told] == [key.name for key in sorted(lit)]
    for entry, key in zip(told, sorted(lit), strict=True):
        np.testing.assert_allclose(entry["to_light_opengl"], gl_from_camera(light_of(trainer, key).to_light), atol=1e-6)


def test_colours_brighter_than_one_are_not_cut(
    trainer: Trainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = type(trainer.model).shown_material

    def brighter(model: Any, features: Any) -> Any:
        material = plain(model, features)
        return type(material)(albedo=7.0 * material.albedo, specular=material.specular, roughness=material.roughness)

    monkeypatch.setattr(type(trainer.model), "shown_material", brighter)
    read: dict[MapFormat, FloatArray] = {}
    kinds: tuple[MapFormat, ...] = ("png", "exr")
    for kind in kinds:
        export_results(trainer, tmp_path / kind, what=["maps"], options=ExportOptions(maps=kind))
        read[kind] = decoded(tmp_path / kind / "maps", "albedo", f"V{VIEW:02d}")
    assert read["exr"].max() > 1.0
    np.testing.assert_allclose(read["png"], read["exr"], atol=1e-4 * read["exr"].max())


def test_stopping_leaves_nothing(trainer: Trainer, tmp_path: Path) -> None:
    def stop(text: str, done: float) -> None:
        if done > 0.4:
            raise Cancelled

    with pytest.raises(Cancelled):
        export_results(trainer, tmp_path / "out", what=["maps", "latent", "spheres"], progress=stop)
    assert list(tmp_path.iterdir()) == []
