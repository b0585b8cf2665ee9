"""Films: the light or the camera goes round, and what is promised about each stays as it is."""

from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from core.capture.capture import Capture
from core.errors import Cancelled, RunError
from core.fit.export_options import FILM_PICTURE_SIDE, FILM_SIDE, ExportOptions, FilmOptions
from core.fit.film import FreeLamp, cameras_around, corner_lamp, film, film_camera, in_world, lamps_around, up_direction
from core.fit.run_folder import export_results
from core.fit.trainer import Trainer
from core.types import silent
from tests.tiny_run import tiny_trainer, train_tiny

SHORT = FilmOptions(path="both", beside=True, frames=3, size=24)


@pytest.fixture(scope="module")
def trainer(tiny_capture: Capture) -> Trainer:
    trainer = tiny_trainer(tiny_capture)
    train_tiny(trainer)
    return trainer


def frames(trainer: Trainer, options: FilmOptions, lamp: FreeLamp | None = None) -> np.ndarray:
    camera = trainer.capture.cameras[0]
    return np.stack(list(film(trainer, options=options, lamp=lamp or corner_lamp(), camera=camera, progress=silent)))


def test_cameras_go_round_the_object_at_one_height_and_distance(trainer: Trainer) -> None:
    camera, centre, up = trainer.capture.cameras[5], trainer.frame.centre, up_direction(trainer)
    around = cameras_around(trainer, camera, 8)
    np.testing.assert_allclose(around[0].world_from_camera, camera.world_from_camera, atol=1e-12)
    for seen_from in around:
        assert np.linalg.norm(seen_from.centre - centre) == pytest.approx(np.linalg.norm(camera.centre - centre))
        assert (seen_from.centre - centre) @ up == pytest.approx((camera.centre - centre) @ up)
        np.testing.assert_allclose(
            seen_from.rotation.T @ (centre - seen_from.centre), camera.rotation.T @ (centre - camera.centre), atol=1e-9
        )
    flat = np.array([seen.centre - centre for seen in around]) @ (np.eye(3) - np.outer(up, up))
    turns = np.cross(flat, np.roll(flat, -1, axis=0)) @ up
    assert (turns > 0.0).all(), "counter-clockwise seen from above, all the way round"


def test_up_is_what_the_capture_says_or_the_mean_of_its_cameras(trainer: Trainer) -> None:
    told = replace(trainer.capture, up="-y")
    untold = replace(trainer.capture, up=None)
    mean = -np.mean([camera.rotation[:, 1] for camera in untold.cameras], axis=0)
    for capture, expected in ((told, np.array([0.0, -1.0, 0.0])), (untold, mean / np.linalg.norm(mean))):
        other = object.__new__(Trainer)
        other.capture = capture
        np.testing.assert_allclose(up_direction(other), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("axis", "start", "expected"),
    [
        ([0, 0, 1], [0.6, 0, 0.8], [[0.6, 0, 0.8], [0, 0.6, 0.8], [-0.6, 0, 0.8], [0, -0.6, 0.8]]),
        ([0, 1, 0], [0.6, 0.8, 0], [[0.6, 0.8, 0], [0, 0.8, -0.6], [-0.6, 0.8, 0], [0, 0.8, 0.6]]),
    ],
)
def test_lamps_keep_their_angle_to_the_axis(axis: list[float], start: list[float], expected: list[list[float]]) -> None:
    lamp = FreeLamp(to_light=np.array(start), intensity=np.ones(3, np.float32))
    around = np.array([turned.to_light for turned in lamps_around(lamp, 4, np.array(axis, np.float64))])
    np.testing.assert_allclose(around, expected, atol=1e-12)


def test_a_lamp_in_the_world_goes_round_what_is_up_there_and_one_at_the_camera_round_its_view(trainer: Trainer) -> None:
    lying = object.__new__(Trainer)
    lying.__dict__ |= vars(trainer) | {"capture": replace(trainer.capture, up="+y")}
    options = FilmOptions(path="light", frames=3, size=24)
    # A lamp moves unless it lies on the axis that it goes round.
    for frame, axis in (("world", 1), ("camera", 2)):
        moves: list[bool] = []
        for direction in np.eye(3):
            lamp = FreeLamp(to_light=direction, frame=frame, intensity=np.ones(3, np.float32), shadows=False)
            moves.append(bool(np.abs(np.diff(frames(lying, options, lamp), axis=0)).max() > 1e-3))
        assert moves == [number != axis for number in range(3)], frame


def test_beside_the_relit_object_are_its_normals_and_albedo(trainer: Trainer) -> None:
    alone, beside = frames(trainer, replace(SHORT, beside=False)), frames(trainer, SHORT)
    assert alone.shape == (6, 24, 24, 3)
    assert beside.shape == (6, 24, 72, 3)
    np.testing.assert_array_equal(beside[:, :, 48:], alone)
    light = beside[:3]
    assert np.ptp(light[:, :, :48], axis=0).max() == 0.0, "a light changes neither normals nor albedo"
    assert np.abs(np.diff(light[:, :, 48:], axis=0)).mean() > 1e-3
    np.testing.assert_allclose(beside[3, :, :48], beside[0, :, :48], atol=1e-6)  # the camera starts where it was
    assert np.abs(beside[4] - beside[3]).mean() > 1e-3


def test_a_lamp_in_the_world_stands_still_while_the_camera_turns(trainer: Trainer) -> None:
    options = FilmOptions(path="camera", frames=2, size=24)
    above = FreeLamp(to_light=up_direction(trainer), frame="world", intensity=np.ones(3, np.float32))
    for picture in frames(trainer, options, above):
        light = picture.mean(axis=(1, 2))
        assert light[:12].sum() > light[12:].sum(), "lit from above, from both sides"


def test_a_film_is_exported_with_its_rate(trainer: Trainer, tmp_path: Path) -> None:
    options = ExportOptions(film=replace(SHORT, rate=6))
    told: list[float] = []
    export_results(
        trainer, tmp_path / "out", what=["film", "lights"], options=options, progress=lambda _, done: told.append(done)
    )
    count, seconds = imageio_ffmpeg.count_frames_and_secs(str(tmp_path / "out/relighting.mp4"))
    assert (count, seconds) == (6, pytest.approx(1.0, abs=0.05))
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_film_can_be_stopped_and_leaves_nothing(trainer: Trainer, tmp_path: Path) -> None:
    def stop(text: str, done: float) -> None:
        if text.startswith("Frame 3"):
            raise Cancelled

    with pytest.raises(Cancelled):
        export_results(trainer, tmp_path / "out", what=["film"], options=ExportOptions(film=SHORT), progress=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [{"frames": 1}, {"rate": 0}, {"size": 3}])
def test_what_is_not_possible_is_said(wrong: dict[str, int]) -> None:
    with pytest.raises(RunError, match="is not possible; choose"):
        FilmOptions(**wrong)


def test_the_corner_lamp_in_the_world_lights_the_first_frame_as_the_one_at_the_camera(trainer: Trainer) -> None:
    camera = trainer.capture.cameras[0]
    options = FilmOptions(path="camera", frames=2, size=24)
    turning, standing = frames(trainer, options), frames(trainer, options, in_world(corner_lamp(), camera))
    np.testing.assert_allclose(standing[0], turning[0], atol=1e-5)
    assert np.abs(standing[1] - turning[1]).mean() > 1e-3, "seen from behind it is another light"


def test_a_film_of_large_photographs_is_small_unless_asked_for(trainer: Trainer) -> None:
    large = trainer.capture.cameras[0].resized(6000, 4000)
    assert film_camera(large, FilmOptions()).width == FILM_PICTURE_SIDE
    assert film_camera(trainer.capture.cameras[0], FilmOptions()).width == trainer.capture.cameras[0].width
    assert film_camera(large, FilmOptions(size=2000)).width == 2000


@pytest.mark.parametrize("shape", [(6000, 4000), (400, 700), (900, 300)])
@pytest.mark.parametrize("beside", [False, True])
def test_a_film_too_large_for_players_is_refused_with_the_size_that_is_not(
    trainer: Trainer, shape: tuple[int, int], beside: bool
) -> None:
    camera = trainer.capture.cameras[0].resized(*shape)
    with pytest.raises(RunError, match="at most") as caught:
        film_camera(camera, FilmOptions(size=8192, beside=beside))
    assert "--size" in str(caught.value)
    most = int(str(caught.value).split("at most ")[1].split()[0])
    found = film_camera(camera, FilmOptions(size=most, beside=beside))
    assert 0.98 * FILM_SIDE < max(found.width * (3 if beside else 1), found.height) <= FILM_SIDE


def test_too_large_a_film_is_refused_before_anything_is_traced(trainer: Trainer, tmp_path: Path) -> None:
    told: list[str] = []
    options = ExportOptions(film=replace(SHORT, size=8192))
    with pytest.raises(RunError, match="--size"):
        export_results(
            trainer,
            tmp_path / "out",
            what=["maps", "film"],
            options=options,
            progress=lambda text, _: told.append(text),
        )
    assert told == []
    assert list(tmp_path.iterdir()) == []
