"""Running figures of each photograph that is trained on: how well it is explained, and how much it is believed.

A photograph with a hand in it, whose flash failed, that carries the wrong light id or whose camera is wrong stays
unexplained while the others fit better and better. Its weight falls with the fourth power of how far its error stands
out, so that it cannot bend the shape; it goes on being drawn, and is believed again when it fits after all.
"""

import math
from collections.abc import Iterable

import torch
from torch import Tensor

STANDS_OUT = 2.0
"""How many times the typical error a photograph may have, at least, before it counts less."""
_SPREADS = 4.0
"""And how many robust standard deviations of the logarithm."""
_LEAST = 0.01
"""Weight below which no photograph falls."""
_FEWEST = 3
"""Photographs without which nothing is typical."""


class ImageFigures:
    """Running sums of each image of a capture; tensors on the CPU."""

    def __init__(self, images: int) -> None:
        self.sums = torch.zeros((images, 3), dtype=torch.float64)
        """[images, 3] relative error, squared error, count."""
        self.weight = torch.ones(images)
        """[images] how much each counts in the loss, in (0, 1]."""
        self._included = torch.ones(images, dtype=torch.bool)

    def include(self, images: Iterable[int]) -> None:
        """Compare these images with each other from now on; what was seen of the others is no longer typical."""
        self._included[:] = False
        self._included[list(images)] = True

    def observe(self, images: Tensor, relative: Tensor, squared: Tensor, valid: Tensor) -> None:
        """Take note of a batch's errors; all [rays, lights]."""
        share = valid.float()
        rows = torch.stack([relative * share, squared * share, share], -1).reshape(-1, 3)
        self.sums.index_add_(0, images.reshape(-1).cpu(), rows.double().cpu())

    def fade(self, factor: float) -> None:
        """Forget a share of the past."""
        self.sums *= factor

    def errors(self) -> Tensor:
        """[images] running mean relative error; nan where nothing was seen yet."""
        return self.sums[:, 0] / self.sums[:, 2].where(self.sums[:, 2] > 0, math.nan)

    def current(self) -> Tensor:
        """[images] as ``errors``; nan for images that are not included any more."""
        return self.errors().where(self._included, math.nan)

    def squared_error(self) -> float:
        """Running mean squared error over all, model radiance; nan before the first batch."""
        _, squared, count = self.sums.sum(0).tolist()
        return squared / count if count else math.nan

    def weigh(self) -> None:
        """Set the weights from the errors as they stand."""
        self.weight.copy_(weights(self.current()))


def stands_out_from(errors: Tensor) -> float:
    """The error [images] (nan = not known) beyond which a photograph stands out: see the constants."""
    known = errors[errors.isfinite()].clamp_min(1e-9)
    if len(known) < _FEWEST:
        return math.inf
    logs = known.log()
    middle = logs.median()
    spread = 1.4826 * float((logs - middle).abs().median())
    return float(middle.exp()) * max(STANDS_OUT, math.exp(_SPREADS * spread))


def weights(errors: Tensor) -> Tensor:
    """[images] in (0, 1]: 1 up to ``stands_out_from``, then falling with the fourth power of the error."""
    ratio = stands_out_from(errors) / errors.clamp_min(1e-9)
    return torch.where(ratio < 1.0, ratio.pow(4).clamp_min(_LEAST), torch.ones_like(ratio))
