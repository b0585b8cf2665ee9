"""Which photographs stand out, and how little they count then."""

import math

import pytest
import torch

from core.fit.image_figures import STANDS_OUT, STANDS_OUT_ALONE, ImageFigures, standing
from core.types import ImageKey


def _alone(images: int) -> list[ImageKey]:
    """Each in a view and under a light of its own."""
    return [ImageKey(image, image) for image in range(images)]


def test_running_figures_are_means_over_what_was_seen() -> None:
    figures = ImageFigures(_alone(3))
    images = torch.tensor([[0, 1], [0, 1]])
    relative = torch.tensor([[0.1, 0.4], [0.3, 9.0]])
    valid = torch.tensor([[True, True], [True, False]])
    figures.observe(images, relative, relative**2, valid)
    assert figures.errors()[:2].tolist() == pytest.approx([0.2, 0.4])
    assert math.isnan(figures.errors()[2])
    assert figures.squared_error() == pytest.approx((0.01 + 0.09 + 0.16) / 3)


def test_nothing_stands_out_among_photographs_that_fit_alike() -> None:
    errors = 0.1 * torch.exp(0.15 * torch.randn(200, generator=torch.Generator().manual_seed(1)))
    assert bool((standing(errors).weights() == 1.0).all())


def test_where_all_differ_much_a_large_error_is_nothing_special() -> None:
    errors = 0.1 * torch.exp(0.6 * torch.randn(200, generator=torch.Generator().manual_seed(1)))
    assert bool((standing(errors).weights() == 1.0).all())


def test_what_stands_out_counts_less_the_worse_it_is() -> None:
    errors = torch.full((50,), 0.1)
    errors[3], errors[7], errors[9] = 0.1 * STANDS_OUT * 2.0, 5.0, math.nan
    found = standing(errors).weights()
    assert found[3] == pytest.approx(1.0 / 16.0)
    assert 0.0 < float(found[7]) < 0.02
    assert found[9] == 1.0
    assert int((found < 1.0).sum()) == 2


def test_two_photographs_cannot_tell_which_of_them_is_wrong() -> None:
    assert bool((standing(torch.tensor([0.1, 5.0])).weights() == 1.0).all())


def _views_by_lights(views: int, lights: int) -> tuple[torch.Tensor, list[int], list[int]]:
    """Errors that differ from view to view and from light to light, and which is which."""
    keys = [(view, light) for view in range(views) for light in range(lights)]
    errors = torch.tensor([0.1 * 1.04**view * 1.05 ** (light - lights // 2) for view, light in keys])
    return errors, [view for view, _ in keys], [light for _, light in keys]


def test_each_is_compared_with_the_others_of_its_view_and_light() -> None:
    errors, views, lights = _views_by_lights(8, 8)
    errors[8] *= 1.2 * STANDS_OUT  # in the view and under the light where errors are least
    assert errors[8] < STANDS_OUT * errors.median()
    found = standing(errors, views, lights)
    assert (found.weights() < 1.0).nonzero().flatten().tolist() == [8]
    assert found.ratio[8] == pytest.approx(1.2 * STANDS_OUT, rel=0.05)
    assert not bool((standing(errors).weights() < 1.0).any())


def test_a_view_that_is_wrong_as_a_whole_does_not_excuse_itself() -> None:
    errors, views, lights = _views_by_lights(8, 8)
    of_view = torch.tensor(views) == 5
    errors[of_view] *= 4.0
    assert torch.equal(standing(errors, views, lights).weights() < 1.0, of_view)


def test_a_photograph_with_nothing_to_compare_with_is_given_more() -> None:
    errors = torch.full((40,), 0.1)
    errors[7] = 0.1 * 0.5 * (STANDS_OUT + STANDS_OUT_ALONE)
    one_by_one = list(range(40))
    assert not bool((standing(errors, one_by_one, one_by_one).weights() < 1.0).any())
    of_view, of_light = [image // 8 for image in one_by_one], [image % 8 for image in one_by_one]
    assert (standing(errors, of_view, of_light).weights() < 1.0).nonzero().flatten().tolist() == [7]


def test_photographs_left_out_are_not_what_is_typical() -> None:
    figures = ImageFigures(_alone(12))
    errors = torch.tensor([0.1] * 5 + [0.4] + [1.0] * 6)[:, None]
    everything = torch.arange(12)[:, None]
    figures.observe(everything, errors, errors, torch.ones_like(everything, dtype=torch.bool))
    figures.weigh()
    assert bool((figures.weight == 1.0).all())
    figures.include(range(6))
    figures.weigh()
    assert (figures.weight < 1.0).nonzero().flatten().tolist() == [5]


def test_a_photograph_is_believed_again_once_it_fits() -> None:
    figures = ImageFigures(_alone(10))
    everything = torch.arange(10)[:, None]
    valid = torch.ones_like(everything, dtype=torch.bool)
    errors = torch.full((10, 1), 0.1)
    errors[4] = 1.0
    figures.observe(everything, errors, errors, valid)
    figures.weigh()
    assert figures.weight[4] < 0.1
    for _ in range(30):
        figures.fade(0.5)
        figures.observe(everything, torch.full((10, 1), 0.1), errors, valid)
    figures.weigh()
    assert bool((figures.weight == 1.0).all())
