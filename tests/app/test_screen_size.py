import pytest

from app.screen_size import fitted


@pytest.mark.parametrize(
    ("screen", "expected"),
    [(None, (1600, 1000)), ((2560, 1440), (1600, 1000)), ((1366, 768), (1366, 768)), ((800, 480), (960, 600))],
)
def test_the_window_fits_the_screen_unless_that_is_too_small(
    screen: tuple[int, int] | None, expected: tuple[int, int]
) -> None:
    assert fitted((1600, 1000), screen, (960, 600)) == expected
