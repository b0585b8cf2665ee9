"""Further results and films from the command line, and the command line that the window tells."""

import json
import shlex
import subprocess
from collections.abc import Generator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import imageio_ffmpeg
import numpy as np
import pytest

from app import cli
from app.arguments import Export as ExportArguments
from app.cli import main
from app.command_lines import export_line
from app.commands import export
from app.messages import Export
from core.capture.images import read_image
from core.capture.read import read_capture
from core.fit.export_options import ExportOptions, FilmOptions
from core.mesh.options import MeshOptions
from core.types import gl_from_camera
from tests.app.quick_commands import quick_commands


@pytest.fixture(scope="module", autouse=True)
def quick() -> Generator[None, None, None]:
    with quick_commands():
        yield


@pytest.fixture(scope="module")
def run(tiny_capture_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    assert main(["train", str(tiny_capture_folder), "--out", str(folder), "--steps", "8"]) == 0
    return folder


def test_maps_spheres_and_latent_maps_are_written_on_request(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not {"maps", "spheres", "latent"} & {entry.name for entry in run.iterdir()}
    capsys.readouterr()
    line = ["export", str(run), "--out", str(tmp_path / "out"), "--what", "maps", "spheres", "latent"]
    assert main([*line, "--map-format", "exr", "--all-shadows", "--features", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["written"] == ["latent", "maps", "spheres"]
    assert len(list((tmp_path / "out/maps/shadow").glob("*.exr"))) == 16
    assert len(list((tmp_path / "out/latent/features").glob("*.exr"))) == 4
    assert main(line) == 2
    assert "exists already" in capsys.readouterr().err


def test_results_of_another_format_do_not_stay_in_a_run(run: Path) -> None:
    for kind in ("png", "exr"):
        assert main(["export", str(run), "--what", "maps", "--map-format", kind]) == 0
        found = {file.suffix for file in (run / "maps").rglob("V*")}
        assert found == {f".{kind}"}


def test_a_film_of_the_camera_going_round(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "turn.mp4"
    line = ["relight", str(run), "--turn", "--beside", "--frames", "4", "--fps", "2", "--size", "32"]
    assert main([*line, "--out", str(file)]) == 0
    assert imageio_ffmpeg.count_frames_and_secs(str(file)) == (4, pytest.approx(2.0, abs=0.05))
    decode = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", file, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    pixels = subprocess.run(decode, capture_output=True, check=True).stdout
    assert len(pixels) == 4 * 32 * 96 * 3, "three pictures beside each other"
    assert main([*line, "--orbit", "--out", str(tmp_path / "both.mp4")]) == 0
    assert imageio_ffmpeg.count_frames_and_secs(str(tmp_path / "both.mp4"))[0] == 8


def test_a_picture_may_have_normals_and_albedo_beside_it(run: Path, tmp_path: Path) -> None:
    line = ["relight", str(run), "--light", "0,0.5,1", "--size", "32"]
    assert main([*line, "--out", str(tmp_path / "alone.png")]) == 0
    assert main([*line, "--beside", "--out", str(tmp_path / "beside.png")]) == 0
    np.testing.assert_array_equal(
        read_image(tmp_path / "beside.png")[:, 64:], read_image(tmp_path / "alone.png"), strict=True
    )


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (("--frames", "1"), "frames a turn"),
        (("--fps", "500"), "frames a second"),
        (("--size", "3"), "between 16 and 8192"),
    ],
)
def test_impossible_films_are_one_sentence(
    run: Path, capsys: pytest.CaptureFixture[str], option: tuple[str, str], sentence: str
) -> None:
    before = sorted(run.rglob("*"))
    assert main(["relight", str(run), "--turn", *option]) == 2
    assert sentence in capsys.readouterr().err
    assert sorted(run.rglob("*")) == before


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (("export", "--what", "lights", "--film", "light"), "--film is for film"),
        (("export", "--what", "mesh", "--map-format", "png"), "--map-format is for maps"),
        (("export", "--what", "mesh", "--all-shadows"), "--all-shadows is for maps"),
        (("export", "--what", "maps", "--features"), "--features is for latent"),
        (("export", "--what", "maps", "--smooth", "0"), "--smooth is for mesh"),
        (("export", "--what", "mesh", "--texture", "2048"), "--texture is for meshes as glb or obj"),
        (("relight", "--light", "0,0.5,1", "--frames", "120"), "--frames is for a film"),
        (("relight", "--light", "0,0.5,1", "--fps", "30"), "--fps is for a film"),
        (("relight", "--frame", "world"), "the camera (--turn) go round"),
        (("relight", "--turn", "--beside", "--size", "8192"), "choose at most 1364"),
    ],
)
def test_options_that_change_nothing_or_cannot_be_are_one_sentence(
    run: Path, capsys: pytest.CaptureFixture[str], line: tuple[str, ...], sentence: str
) -> None:
    before = sorted(run.rglob("*"))
    command, *options = line
    assert main([command, str(run), *options]) == 2
    assert sentence in capsys.readouterr().err
    assert sorted(run.rglob("*")) == before


def test_without_light_a_film_starts_with_the_lamp_at_the_upper_right_of_its_camera(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    lights: dict[str, np.ndarray] = {}
    for frame in ("camera", "world"):
        line = ["relight", str(run), "--turn", "--frames", "2", "--size", "16", "--frame", frame, "--json"]
        assert main([*line, "--out", str(tmp_path / f"{frame}.mp4")]) == 0
        lights[frame] = np.array(json.loads(capsys.readouterr().out)["light"])
    camera = read_capture(Path(json.loads((run / "run.json").read_text())["capture"]["folder"])).cameras[0]
    np.testing.assert_allclose(gl_from_camera(camera.rotation.T @ lights["world"]), lights["camera"], atol=1e-9)
    assert np.abs(lights["world"] - lights["camera"]).max() > 0.1


@pytest.mark.parametrize(
    ("what", "options"),
    [
        (("mesh", "normals", "lights"), ExportOptions()),
        (("mesh",), ExportOptions(mesh=MeshOptions(cells=512, faces=10_000, smooth=20))),
        (("mesh", "sheet"), ExportOptions(mesh=MeshOptions(format="obj", texture=512))),
        (("maps", "latent"), ExportOptions(maps="exr", all_shadows=True, features=True)),
        (("film", "spheres"), ExportOptions(film=FilmOptions(path="camera", beside=True))),
    ],
)
def test_the_command_line_told_by_the_window_does_the_same(
    monkeypatch: pytest.MonkeyPatch, what: Any, options: ExportOptions
) -> None:
    """Reading the line back gives the very options."""
    asked: list[ExportArguments] = []
    monkeypatch.setattr(export, "export", lambda arguments: asked.append(arguments) or cli.Outcome(lines=[], data={}))
    command = Export(folder=Path("out of it"), what=what, options=options)
    line = export_line(cast(Any, SimpleNamespace(folder=Path("a run"))), command)
    assert main(shlex.split(line)[1:]) == 0
    assert asked[0].run == Path("a run")
    assert asked[0].out == command.folder
    assert asked[0].what == what
    assert export.export_options(asked[0]) == options
