"""Spoilt photographs are found, named with what is wrong, and do not bend what the others say."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.capture.capture import Capture
from core.capture.read import read_capture
from core.capture.synthetic_cases import Case, write_case_capture
from core.fit import metrics, outliers
from core.fit.image_figures import STANDS_OUT
from core.fit.outlier import Outlier
from core.fit.outliers import OutlierWatch, find_outliers
from core.fit.trainer import Trainer
from core.types import ImageKey
from tests.core.fit.small import small_trainer, train

_STEPS = 300


@pytest.fixture(scope="module")
def spoilt_capture(tmp_path_factory: pytest.TempPathFactory) -> Capture:
    """6 views of 48 x 48 pixels under 6 lights: one without flash, two under each other's light id."""
    folder = tmp_path_factory.mktemp("captures") / "spoilt"
    case = Case(spoilt=frozenset({"dark", "swapped"}), views=6, lights=6, size=48)
    write_case_capture(folder, case, seed=2)
    return read_capture(folder)


def _spoilt(capture: Capture) -> dict[str, str]:
    lines = (capture.folder / "spoilt.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines if not line.startswith("#"))


@pytest.fixture(scope="module")
def trained(spoilt_capture: Capture) -> Trainer:
    trainer = small_trainer(spoilt_capture, steps=_STEPS)
    train(trainer, _STEPS)
    return trainer


def test_exactly_the_spoilt_photographs_are_found(trained: Trainer) -> None:
    found = {outlier.key.name: outlier for outlier in find_outliers(trained)}
    assert set(found) == set(_spoilt(trained.capture))
    assert all(outlier.weight < 1.0 and outlier.error_ratio > STANDS_OUT for outlier in found.values())
    assert np.mean([outlier.weight for outlier in found.values()]) < 0.5


def _reason(found: tuple[Outlier, ...], key: ImageKey) -> str:
    return next(outlier.reason for outlier in found if outlier.key == key)


def test_what_is_wrong_is_named(trained: Trainer) -> None:
    found, kinds = find_outliers(trained), _spoilt(trained.capture)
    dark = next(ImageKey.parse(name) for name, kind in kinds.items() if kind == "dark")
    one, other = (ImageKey.parse(name) for name, kind in kinds.items() if kind == "swapped")
    assert "flash" in _reason(found, dark)
    assert f"light {other.light};" in _reason(found, one)
    assert f"light {one.light};" in _reason(found, other)


def _looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The images that are looked into from now on."""
    looked: list[int] = []
    into = outliers._reason  # pyright: ignore[reportPrivateUsage] - what costs the time
    monkeypatch.setattr(outliers, "_reason", lambda trainer, image: looked.append(image) or into(trainer, image))
    return looked


def test_a_watch_looks_into_a_few_at_a_time_and_ends_up_with_the_same(
    trained: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, watch, looked = find_outliers(trained), OutlierWatch(trained), _looks(monkeypatch)
    assert len(whole) == 3
    first = watch.look()
    assert [outlier.key for outlier in first] == [outlier.key for outlier in whole]
    assert first[:2] == whole[:2]
    assert "being looked into" in first[2].reason
    assert watch.unfinished
    assert watch.look() == whole
    assert not watch.unfinished
    for _ in range(3):
        assert watch.look() == whole
    assert len(looked) == 10
    assert {looked.count(image) for image in set(looked)} <= {3, 4}  # none is forgotten


def test_a_photograph_left_out_meanwhile_is_watched_no_longer(
    spoilt_capture: Capture, trained: Trainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = OutlierWatch(trained)
    worst = watch.look()[0].key
    monkeypatch.setattr(trained, "included", trained.included - {worst})
    assert worst not in {outlier.key for outlier in watch.look()}
    assert worst in spoilt_capture.keys


def test_only_lights_of_the_same_view_are_tried(trained: Trainer, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[list[int]] = []
    under = outliers._under  # pyright: ignore[reportPrivateUsage] - as above
    monkeypatch.setattr(outliers, "_under", lambda t, b, lights: tried.append(lights.tolist()) or under(t, b, lights))
    key = find_outliers(trained)[0].key
    capture, row = trained.capture, trained.model.lights.image_lights[trained.capture.keys.index(key)]
    assert tried[0][0] == int(row)
    assert sorted(tried[0]) == list(range(6))
    others = {each for each in trained.included if each.view == key.view and each != key and each.light < 3}
    monkeypatch.setattr(trained, "included", trained.included - others)
    tried.clear()
    find_outliers(trained)
    assert len(tried[0]) == 6 - len(others)
    own = replace(capture, light_ids=tuple(range(len(capture.keys))))
    monkeypatch.setattr(trained, "capture", own)
    tried.clear()
    find_outliers(trained)
    assert all(len(lights) == 1 for lights in tried)


def test_looking_changes_nothing(trained: Trainer) -> None:
    before = trained.generator.get_state()
    assert find_outliers(trained) == find_outliers(trained)
    assert trained.generator.get_state().equal(before)


def test_a_clean_capture_has_none(tiny_capture: Capture) -> None:
    trainer = small_trainer(tiny_capture, steps=200)
    assert find_outliers(trainer) == ()
    train(trainer, 200)
    assert find_outliers(trainer) == ()
    assert bool((trainer.images.weight == 1.0).all())


def test_spoilt_photographs_bend_the_lights_less_than_if_all_were_believed(
    trained: Trainer, spoilt_capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    believing = small_trainer(spoilt_capture, steps=_STEPS)
    monkeypatch.setattr(believing.images, "weigh", lambda: None)
    train(believing, _STEPS)
    assert _light_error_deg(trained) < _light_error_deg(believing)


def _light_error_deg(trainer: Trainer) -> float:
    truth = trainer.capture.truth.light_directions_gl
    assert truth is not None
    return float(np.mean(metrics.light_error_deg(trainer.lights().directions_gl, truth)))


def test_a_view_that_fits_under_no_light_is_named_as_a_whole(tiny_capture: Capture) -> None:
    trainer = small_trainer(tiny_capture, steps=50)
    train(trainer, 30)
    view = tiny_capture.keys[0].view
    for i, key in enumerate(tiny_capture.keys):
        trainer.images.sums[i] = torch.tensor([90.0 if key.view == view else 10.0, 1.0, 100.0])
    trainer.images.weigh()
    blamed = {outlier.key for outlier in find_outliers(trainer) if "whole view" in outlier.reason}
    assert blamed == {key for key in tiny_capture.keys if key.view == view}


def test_photographs_of_two_views_that_are_swapped_are_named_and_no_light_is_blamed(tiny_capture: Capture) -> None:
    one, other = ImageKey(0, 1), ImageKey(2, 2)
    photographs, keys = list(tiny_capture.photographs), tiny_capture.keys
    first, second = keys.index(one), keys.index(other)
    photographs[first], photographs[second] = photographs[second], photographs[first]
    trainer = small_trainer(replace(tiny_capture, photographs=tuple(photographs)), steps=_STEPS)
    train(trainer, _STEPS)
    found = find_outliers(trainer)
    assert {outlier.key for outlier in found} == {one, other}
    assert all("does not fit its view" in outlier.reason for outlier in found)
