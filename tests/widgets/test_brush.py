"""Laws of the brush: what a stroke covers, and that undo is exact."""

import numpy as np
import pytest

from widgets.brush import BACKGROUND, OBJECT, Painting

WIDTH, HEIGHT = 61, 43


def discs(path: list[tuple[float, float]], radius: float, *, between: int = 400) -> np.ndarray:
    """[HEIGHT, WIDTH] pixels whose centre lies in a disc about one of very many points along the path."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    covered = np.zeros((HEIGHT, WIDTH), bool)
    for start, end in zip(path, path[1:] or path, strict=False):
        for part in np.linspace(0.0, 1.0, between):
            u, v = (a + part * (b - a) for a, b in zip(start, end, strict=True))
            covered |= (x - u) ** 2 + (y - v) ** 2 <= radius**2
    return covered


def stroke(painting: Painting, path: list[tuple[float, float]], radius: float, mark: int = OBJECT) -> None:
    painting.begin(path[0], radius, mark)  # type: ignore[arg-type]
    for at in path[1:]:
        painting.move(at)
    painting.end()


@pytest.mark.parametrize("seed", range(6))
def test_a_stroke_covers_exactly_the_discs_along_its_path(seed: int) -> None:
    rng = np.random.default_rng(seed)
    path = [(float(x), float(y)) for x, y in rng.uniform((-8, -8), (WIDTH + 8, HEIGHT + 8), (4, 2))]
    radius = float(rng.uniform(0.6, 9.0))
    painting = Painting(WIDTH, HEIGHT)
    stroke(painting, path, radius)
    covered = painting.values == OBJECT
    # Discs at points between the samples reach a hair further than the sampled ones.
    assert not (discs(path, radius) & ~covered).any()
    assert not (covered & ~discs(path, radius + 0.02)).any()


def test_a_dab_is_the_disc_about_its_point() -> None:
    painting = Painting(WIDTH, HEIGHT)
    stroke(painting, [(20.25, 11.5)], 5.0)
    assert np.array_equal(painting.values == OBJECT, discs([(20.25, 11.5)], 5.0, between=1))


def test_what_is_said_to_have_changed_holds_every_change() -> None:
    painting = Painting(WIDTH, HEIGHT)
    before = painting.values.copy()
    box = painting.begin((30.0, 20.0), 4.0, OBJECT).joined(painting.move((70.0, -5.0)))
    changed = painting.values != before
    assert changed.any()
    changed[box.part] = False
    assert not changed.any()


def test_a_later_stroke_wins() -> None:
    painting = Painting(WIDTH, HEIGHT)
    stroke(painting, [(10.0, 10.0), (50.0, 10.0)], 6.0)
    stroke(painting, [(30.0, 0.0), (30.0, 40.0)], 3.0, BACKGROUND)
    assert painting.values[10, 30] == BACKGROUND
    assert painting.values[10, 10] == OBJECT


def test_undo_is_the_inverse_of_every_step() -> None:
    rng = np.random.default_rng(3)
    painting = Painting(WIDTH, HEIGHT)
    states = [painting.values.copy()]
    for number in range(12):
        if number == 5:
            painting.frame((12.0, 30.5), (40.2, 4.0))
        elif number == 9:
            painting.clear()
        else:
            path = [(float(x), float(y)) for x, y in rng.uniform(0, 42, (3, 2))]
            stroke(painting, path, float(rng.uniform(1, 7)), OBJECT if number % 2 else BACKGROUND)
        states.append(painting.values.copy())
    for state in reversed(states[:-1]):
        assert painting.undo()
        assert np.array_equal(painting.values, state)
    assert not painting.undo()


def test_a_stroke_beside_the_picture_is_no_step() -> None:
    painting = Painting(WIDTH, HEIGHT)
    stroke(painting, [(-50.0, -50.0), (-40.0, 90.0)], 5.0)
    assert painting.undoable == 0
    assert not painting.values.any()


def test_a_frame_marks_all_outside_it_and_nothing_inside() -> None:
    painting = Painting(WIDTH, HEIGHT)
    stroke(painting, [(20.0, 20.0)], 3.0)
    stroke(painting, [(30.0, 20.0)], 3.0, BACKGROUND)
    painting.frame((40.0, 30.0), (10.0, 10.0))
    inside = np.zeros((HEIGHT, WIDTH), bool)
    inside[10:31, 10:41] = True
    assert (painting.values[~inside] == BACKGROUND).all()
    assert not (painting.values[inside] == BACKGROUND).any()
    assert painting.values[20, 20] == OBJECT
