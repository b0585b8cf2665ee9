import itertools

import pytest

from widgets.layout import Rect, Split, arrange, dragged

SIZES = [(1280, 720), (1600, 1000), (2560, 1440)]
CASES = list(itertools.product(SIZES, (0.75, 1.0, 1.5, 2.0), (Split(), Split(left=600, right=600, lights=0.9))))


def overlap(a: Rect, b: Rect) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


@pytest.mark.parametrize(("size", "scale", "split"), CASES)
def test_panels_lie_inside_the_window_and_never_overlap(size: tuple[int, int], scale: float, split: Split) -> None:
    panels, handles = arrange(*size, scale, split)
    for rect in (*panels.values(), *handles.values()):
        assert rect.width > 0
        assert rect.height > 0
        assert 0 <= rect.x <= rect.x + rect.width <= size[0]
        assert 0 <= rect.y <= rect.y + rect.height <= size[1]
    assert not any(overlap(a, b) for a, b in itertools.combinations(panels.values(), 2))
    assert not any(overlap(a, b) for a in handles.values() for b in panels.values())


@pytest.mark.parametrize(("size", "scale", "split"), CASES)
def test_the_centre_keeps_a_third_of_the_width(size: tuple[int, int], scale: float, split: Split) -> None:
    assert arrange(*size, scale, split)[0]["centre"].width > 0.33 * size[0]


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("handle", ["left", "right", "lights"])
def test_a_splitter_follows_the_mouse(handle: str, scale: float) -> None:
    size, before = (2000, 1200), arrange(2000, 1200, scale, Split())[1]
    rect = before[handle]
    at = (rect.x + rect.width / 2 + 30, rect.y + rect.height / 2 + 30)
    after = arrange(*size, scale, dragged(Split(), handle, at, size, scale))[1][handle]
    place = after.y + after.height / 2 if handle == "lights" else after.x + after.width / 2
    assert place == pytest.approx(at[1] if handle == "lights" else at[0], abs=8)


def test_a_splitter_stops_at_its_bounds() -> None:
    split = dragged(Split(), "left", (-500.0, 0.0), (1600, 1000), 1.0)
    assert split.left == dragged(split, "left", (0.0, 0.0), (1600, 1000), 1.0).left > 200
    assert dragged(split, "lights", (0.0, 5000.0), (1600, 1000), 1.0).lights < 0.8
