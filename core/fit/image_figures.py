"""Running figures of each photograph that is trained on: how well it is explained, and how much it is believed.

A photograph with a hand in it, whose flash failed, that carries the wrong light id or whose camera is wrong stays
unexplained while the others fit better and better. How large an error is to be expected differs from view to view and
from light to light: grazing light shows more of what no model explains. So each is compared with the others of its view
and of its light first, as far as there are enough. The weight of one that stands out falls with the fourth power of how
far it does, so that it cannot bend the shape; it goes on being drawn, and is believed again when it fits after all.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.types import ImageKey

STANDS_OUT = 1.75
"""How many times the error to be expected a photograph may have, at least, before it counts less."""
STANDS_OUT_ALONE = 2.0
"""The same of one that its view or its light has too few others to compare with."""
_SPREADS = 4.0
"""And how many robust standard deviations of the logarithm."""
_LEAST = 0.01
"""Weight below which no photograph falls."""
_FEWEST = 3
"""Photographs without which nothing is typical."""
_OF_A_KIND = 4
"""Photographs of a view or under a light from which on it has a typical error of its own,"""
_EXCUSED = 1.5
"""this many times that of all at most: a view whose camera is wrong must stand out as a whole."""


class ImageFigures:
    """Running sums of each image of a capture; tensors on the CPU."""

    def __init__(self, keys: Sequence[ImageKey]) -> None:
        images = len(keys)
        self._kinds = ([key.light for key in keys], [key.view for key in keys])
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
        self.weight.copy_(self.standing().weights())

    def standing(self) -> "Standing":
        """How far each stands out."""
        return standing(self.current(), *self._kinds)


@dataclass(frozen=True)
class Standing:
    """How far photographs stand out."""

    ratio: Tensor
    """[images] error over what is to be expected; nan where it is not known."""
    least: Tensor
    """[images] the ratio beyond which it stands out."""

    def weights(self) -> Tensor:
        """[images] in (0, 1]: 1 for what does not stand out, then falling with the fourth power of the ratio."""
        share = self.least / self.ratio.nan_to_num(0.0).clamp_min(1e-9)
        return torch.where(share < 1.0, share.pow(4).clamp_min(_LEAST), torch.ones_like(share))


def standing(errors: Tensor, *kinds: Sequence[int]) -> Standing:
    """How far errors [images] (nan = not known) stand out; each of ``kinds`` says which of its kind an image is."""
    known = errors.isfinite()
    if int(known.sum()) < _FEWEST:
        return Standing(errors * math.nan, torch.full_like(errors, math.inf))
    logs = errors.clamp_min(1e-9).log()
    logs, compared = logs - logs[known].median(), known.clone()
    for kind in kinds:
        usual, enough = _usual(logs, known, torch.tensor(kind))
        logs, compared = logs - usual, compared & enough
    logs = logs - logs[known].median()
    spread = 1.4826 * float(logs[known].abs().median())
    least = torch.where(compared, STANDS_OUT, STANDS_OUT_ALONE)
    return Standing(logs.exp(), least.clamp_min(math.exp(_SPREADS * spread)))


def _usual(logs: Tensor, known: Tensor, kind: Tensor) -> tuple[Tensor, Tensor]:
    """[images] what is usual among those of the same kind, 0 where these are too few; and whether they are enough."""
    usual, enough = torch.zeros_like(logs), torch.zeros_like(known)
    _, kind = kind.unique(return_inverse=True)
    # Only those of which there are enough: where every shot has a light of its own, none of thousands.
    for which in (kind[known].bincount() >= _OF_A_KIND).nonzero()[:, 0]:
        members = (kind == which) & known
        usual[members] = logs[members].median().clamp(-math.log(_EXCUSED), math.log(_EXCUSED))
        enough |= members
    return usual, enough
