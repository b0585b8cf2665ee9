"""Which photographs stand out, and how little they count then."""

import math

import pytest
import torch

from core.fit.image_figures import STANDS_OUT, ImageFigures, stands_out_from, weights


def test_running_figures_are_means_over_what_was_seen() -> None:
    figures = ImageFigures(3)
    images = torch.tensor([[0, 1], [0, 1]])
    relative = torch.tensor([[0.1, 0.4], [0.3, 9.0]])
    valid = torch.tensor([[True, True], [True, False]])
    figures.observe(images, relative, relative**2, valid)
    assert figures.errors()[:2].tolist() == pytest.approx([0.2, 0.4])
    assert math.isnan(figures.errors()[2])
    assert figures.squared_error() == pytest.approx((0.01 + 0.09 + 0.16) / 3)


def test_nothing_stands_out_among_photographs_that_fit_alike() -> None:
    errors = 0.1 * torch.exp(0.15 * torch.randn(200, generator=torch.Generator().manual_seed(1)))
    assert bool((weights(errors) == 1.0).all())


def test_where_all_differ_much_a_large_error_is_nothing_special() -> None:
    errors = 0.1 * torch.exp(0.6 * torch.randn(200, generator=torch.Generator().manual_seed(1)))
    assert bool((weights(errors) == 1.0).all())


def test_what_stands_out_counts_less_the_worse_it_is() -> None:
    errors = torch.full((50,), 0.1)
    errors[3], errors[7], errors[9] = 0.1 * STANDS_OUT * 2.0, 5.0, math.nan
    found = weights(errors)
    assert found[3] == pytest.approx(1.0 / 16.0)
    assert 0.0 < float(found[7]) < 0.02
    assert found[9] == 1.0
    assert int((found < 1.0).sum()) == 2


def test_two_photographs_cannot_tell_which_of_them_is_wrong() -> None:
    assert stands_out_from(torch.tensor([0.1, 5.0])) == math.inf


def test_photographs_left_out_are_not_what_is_typical() -> None:
    figures = ImageFigures(12)
    errors = torch.tensor([0.1] * 5 + [0.4] + [1.0] * 6)[:, None]
    everything = torch.arange(12)[:, None]
    figures.observe(everything, errors, errors, torch.ones_like(everything, dtype=torch.bool))
    figures.weigh()
    assert bool((figures.weight == 1.0).all())
    figures.include(range(6))
    figures.weigh()
    assert (figures.weight < 1.0).nonzero().flatten().tolist() == [5]


def test_a_photograph_is_believed_again_once_it_fits() -> None:
    figures = ImageFigures(10)
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
