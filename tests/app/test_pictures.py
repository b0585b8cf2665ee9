from typing import Any

import numpy as np
import pytest

from app.budget import Budget
from app.messages import Mesh, Message, Preview, Relight, RelightLight, RelitImage, SetPace, SetShown
from app.open_run import OpenedRun
from app.pictures import Pictures
from core.capture.capture import Capture
from core.fit.choices import FitChoices
from core.types import ImageKey
from tests.app.fake_captures import SIZE, capture, keys
from tests.app.fakes import FakeEngine

FIRST, SECOND = keys()[0], keys()[5]


class Studio:
    """Pictures of a fake run, with a clock the test moves."""

    def __init__(self) -> None:
        self.engine = FakeEngine()
        self.sent: list[Message] = []
        self.now = 0.0
        engine: Any = self.engine
        self.pictures = Pictures(engine, self.sent.append, clock=lambda: self.now)
        self.run = self.fresh_run(capture())
        self.pictures.open(self.run)

    def fresh_run(self, of: Capture) -> OpenedRun:
        return self.engine.new_run(
            of,
            preset="draft",
            seconds=60.0,
            seed=0,
            choices=FitChoices(),
            included=None,
            progress=lambda *_: None,
        )

    def trainer(self) -> Any:
        return self.run.trainer

    def finish(self, *, running: bool = False, most: int = 100) -> int:
        """Tick until there is nothing to do; how many ticks it took."""
        for ticks in range(most):
            if not self.pictures.tick(running=running):
                return ticks
        return most

    def of(self, kind: type[Any]) -> list[Any]:
        return [message for message in self.sent if isinstance(message, kind)]


def light(to_light: tuple[float, float, float] = (0.0, 0.6, 0.8), frame: Any = "camera") -> RelightLight:
    return RelightLight(to_light=to_light, frame=frame, intensity=2.0, colour=(1.0, 0.5, 0.25), shadows=False)


def test_a_resting_run_is_pictured_once_in_full_size() -> None:
    studio = Studio()
    studio.pictures.show_image(FIRST)
    studio.finish()
    (preview,) = studio.of(Preview)
    assert preview.key == FIRST
    assert preview.render.shape == (SIZE, SIZE, 3)
    assert studio.finish() == 0
    studio.trainer().steps += 1
    studio.finish()
    assert [p.step for p in studio.of(Preview)] == [0, 1]


def test_the_photograph_keeps_its_size_while_training_makes_coarse_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    def coarse(*_: Any) -> int:
        return SIZE // 2

    studio = Studio()
    monkeypatch.setattr(studio.pictures, "_preview_pixels", coarse)
    for key in (FIRST, SECOND):
        studio.pictures.show_image(key)
        studio.finish()
    assert [p.render.shape for p in studio.of(Preview)] == [(SIZE // 2, SIZE // 2, 3)] * 2
    exposure, photographs = studio.run.exposure, studio.run.capture
    for preview in studio.of(Preview):
        expected = exposure.shown(photographs.linear(photographs.keys.index(preview.key)))
        assert preview.photograph == pytest.approx(expected, abs=1e-6)


def test_another_photograph_drops_the_picture_being_made() -> None:
    studio = Studio()
    studio.pictures.show_image(FIRST)
    studio.pictures.tick(running=False)
    studio.pictures.show_image(SECOND)
    studio.finish()
    assert [p.key for p in studio.of(Preview)] == [SECOND]


def test_while_training_pictures_wait_for_time_earned_by_steps() -> None:
    studio = Studio()
    studio.pictures.show_image(FIRST)
    studio.finish(running=True)
    assert len(studio.of(Preview)) == 1  # just asked for: it does not wait
    studio.trainer().steps += 1
    studio.now += 10.0
    assert studio.finish(running=True) == 0
    studio.pictures.budget.earn(0.1)
    assert studio.finish(running=True) > 0
    assert len(studio.of(Preview)) == 2


def slow(studio: Studio, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each tile of a picture take so long."""
    trace = studio.engine.trace

    def tiles(trainer: Any, view: Any) -> Any:
        inner = trace(trainer, view)
        while True:
            studio.now += seconds
            try:
                part = next(inner)
            except StopIteration as end:
                return end.value
            yield part

    monkeypatch.setattr(studio.engine, "trace", tiles)


def train(studio: Studio, seconds: float) -> None:
    """Steps of a hundredth of a second each, pictures in between."""
    for _ in range(round(100 * seconds)):
        studio.now += 0.01
        studio.trainer().steps += 1
        studio.pictures.budget.earn(0.01)
        studio.pictures.tick(running=True)


def test_pictures_looked_at_while_training_rests_cost_nothing_later(monkeypatch: pytest.MonkeyPatch) -> None:
    studio = Studio()
    slow(studio, 1.0, monkeypatch)
    for key in (FIRST, SECOND, FIRST, SECOND):
        studio.pictures.show_image(key)
        studio.finish()
    studio.sent.clear()
    slow(studio, -0.99, monkeypatch)
    train(studio, 1.5)
    assert studio.of(Preview)


def test_no_part_of_a_picture_is_paid_off_for_longer_than_a_moment() -> None:
    budget = Budget(0.1)
    budget.earn(0.1)
    budget.spend(20.0)
    trained = 0.0
    while not budget.affords():
        budget.earn(0.01)
        trained += 0.01
    assert trained == pytest.approx(0.5, abs=0.02)


def test_a_full_picture_begun_while_training_rested_is_dropped_when_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    def coarse(_run: Any, _key: Any, running: bool) -> int:
        return SIZE // 2 if running else SIZE

    studio = Studio()
    monkeypatch.setattr(studio.pictures, "_preview_pixels", coarse)
    studio.pictures.show_image(FIRST)
    studio.pictures.tick(running=False)
    studio.now += 1.0
    studio.finish(running=True)
    (preview,) = studio.of(Preview)
    assert preview.render.shape == (SIZE // 2, SIZE // 2, 3)


def test_a_fresh_start_shows_the_same_photograph_as_it_is_now() -> None:
    studio = Studio()
    studio.pictures.show_image(SECOND)
    studio.trainer().steps = 50
    studio.finish()
    studio.pictures.budget.spend(100.0)
    fresh = studio.fresh_run(studio.run.capture)
    studio.run = fresh
    studio.pictures.open(fresh)
    studio.finish()
    assert [(p.key, p.step) for p in studio.of(Preview)] == [(SECOND, 50), (SECOND, 0)]
    train(studio, 1.5)
    assert studio.of(Preview)[-1].step > 0


def test_while_training_the_next_picture_waits_for_its_turn() -> None:
    studio = Studio()
    studio.pictures.set_pace(SetPace(share=0.5, preview_seconds=2.0, mesh_seconds=5.0))
    studio.pictures.show_image(FIRST)
    studio.pictures.budget.earn(1.0)
    studio.finish(running=True)
    studio.trainer().steps += 1
    assert studio.finish(running=True) == 0
    studio.now += 2.5
    studio.finish(running=True)
    assert len(studio.of(Preview)) == 2


def test_only_what_is_on_screen_is_made() -> None:
    studio = Studio()
    studio.pictures.show_image(FIRST)
    studio.pictures.set_shown(SetShown(tab="scene", mesh_colours=("error",)))
    studio.finish()
    assert not studio.of(Preview)
    (mesh,) = studio.of(Mesh)
    assert set(mesh.colours) == {"error"}
    studio.pictures.set_shown(SetShown(tab="scene", mesh_colours=("shaded",)))
    studio.finish()
    assert len(studio.of(Mesh)) == 2


def test_a_moved_light_only_shades_again() -> None:
    studio = Studio()
    studio.pictures.set_shown(SetShown(tab="relight", mesh_colours=("shaded",)))
    studio.pictures.relight(Relight(key=FIRST, light=light()))
    assert not studio.of(RelitImage)
    studio.finish()
    assert len(studio.of(RelitImage)) == 1
    studio.pictures.relight(Relight(key=FIRST, light=light((0.6, 0.0, 0.8))))
    assert len(studio.of(RelitImage)) == 2
    assert studio.finish() == 0


def test_another_camera_or_a_better_model_is_traced_anew() -> None:
    studio = Studio()
    studio.pictures.set_shown(SetShown(tab="relight", mesh_colours=("shaded",)))
    studio.pictures.relight(Relight(key=FIRST, light=light()))
    studio.finish()
    studio.trainer().steps += 10
    assert studio.finish() > 1
    studio.pictures.relight(Relight(key=SECOND, light=light()))
    assert studio.finish() > 1
    assert len(studio.of(RelitImage)) == 3


def test_while_a_light_is_dragged_a_fresher_trace_waits() -> None:
    studio = Studio()
    studio.pictures.set_shown(SetShown(tab="relight", mesh_colours=("shaded",)))
    studio.pictures.relight(Relight(key=FIRST, light=light()))
    studio.finish()
    studio.trainer().steps += 10
    studio.now += 10.0
    studio.pictures.budget.earn(10.0)
    studio.pictures.relight(Relight(key=FIRST, light=light((0.6, 0.0, 0.8))))
    assert studio.finish(running=True) == 0
    studio.now += 1.0
    assert studio.finish(running=True) > 1
    assert len(studio.of(RelitImage)) == 3


def test_the_light_is_turned_into_the_cameras_frame() -> None:
    studio = Studio()
    studio.pictures.set_shown(SetShown(tab="relight", mesh_colours=("shaded",)))
    studio.pictures.relight(Relight(key=FIRST, light=light((0.0, 0.6, 0.8))))
    studio.finish()
    rotation = studio.run.capture.cameras[5].rotation
    world = rotation @ np.array([0.0, -0.6, -0.8])
    studio.pictures.relight(Relight(key=SECOND, light=light(tuple(world), "world")))
    studio.finish()
    for to_light, shadows in studio.engine.shaded:
        assert to_light == pytest.approx((0.0, -0.6, -0.8), abs=1e-6)
        assert shadows is False


def test_what_cannot_be_made_is_not_tried_again_until_asked_for() -> None:
    studio = Studio()
    studio.engine.fail_tracing = MemoryError("no room")
    studio.pictures.show_image(FIRST)
    with pytest.raises(MemoryError):
        studio.finish()
    studio.pictures.abandon()
    assert studio.finish() == 0
    studio.engine.fail_tracing = None
    studio.pictures.show_image(ImageKey(0, 0))
    studio.finish()
    assert len(studio.of(Preview)) == 1


def test_nothing_is_made_when_nothing_is_open() -> None:
    studio = Studio()
    studio.pictures.open(None)
    studio.pictures.show_image(FIRST)
    assert studio.finish() == 0


def test_the_budget_keeps_pictures_to_their_share() -> None:
    budget, spent, trained = Budget(0.25), 0.0, 0.0
    for _ in range(1000):
        budget.earn(0.03)
        trained += 0.03
        while budget.affords():
            budget.spend(0.01)
            spent += 0.01
    assert spent / (spent + trained) == pytest.approx(0.25, abs=0.01)


def test_unused_time_is_not_saved_up_for_a_burst() -> None:
    budget = Budget(0.5)
    budget.earn(1000.0)
    ticks = 0
    while budget.affords():
        budget.spend(0.05)
        ticks += 1
    assert ticks <= 6
