import pytest

from widgets.loss_plot import PLOTS, legend

LOSS = PLOTS[0]
NEWEST = {"total": 0.1234, "colour": 0.05678, "mask": 0.01234, "eikonal": 0.02094}


@pytest.mark.parametrize("width", [20, 40, 50, 55, 60, 200])
def test_the_names_and_values_of_curves_stay_in_their_panel(width: int) -> None:
    texts = legend(LOSS, NEWEST, width, lambda text: len(text) + 1)
    assert sum(len(text) + 1 for text in texts.values()) <= max(width, sum(len(c.label) + 1 for c in LOSS.curves))


def test_values_lose_digits_before_they_are_left_out() -> None:
    assert legend(LOSS, NEWEST, 200, len)["eikonal"] == "surface 0.0209"
    full = sum(len(text) for text in legend(LOSS, NEWEST, 200, len).values())
    assert legend(LOSS, NEWEST, full - 1, len)["eikonal"] == "surface 0.021"
    assert legend(LOSS, NEWEST, 30, len)["eikonal"] == "surface"
    assert legend(LOSS, dict.fromkeys(NEWEST), 200, len)["total"] == "total"
