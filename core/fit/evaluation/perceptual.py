"""Learned perceptual similarity (LPIPS, Zhang et al. 2018), where the user has installed it with its weights.

Chiaro downloads nothing: the package ``lpips`` and the AlexNet weights that torchvision keeps in torch's cache must
both be there already. Otherwise the figure is not reported, and the reason is.
"""

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from core.fit.evaluation.structure import object_crop
from core.types import BoolArray, FloatArray

Perceptual = Callable[[FloatArray, FloatArray, BoolArray], float]
"""(render, photograph [height, width, 3] linear, mask) -> distance in [0, 1], 0 = the same."""

_BACKBONE = "alexnet-*.pth"
_SMALLEST = 64
"""Pixels each way that the network needs."""


def perceptual_metric() -> tuple[Perceptual | None, str]:
    """The metric, or None and one sentence that says why there is none."""
    if importlib.util.find_spec("lpips") is None or importlib.util.find_spec("torchvision") is None:
        return None, "LPIPS is not reported: the packages lpips and torchvision are not installed."
    checkpoints = Path(torch.hub.get_dir()) / "checkpoints"
    if not any(checkpoints.glob(_BACKBONE)):
        return None, f"LPIPS is not reported: its weights ({_BACKBONE}) are not in {checkpoints}."
    try:
        network: Any = importlib.import_module("lpips").LPIPS(net="alex", verbose=False).eval()
    except (ImportError, OSError, RuntimeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        return None, f"LPIPS is not reported: the network could not be loaded ({reason})."
    return _metric_of(network), ""


def _metric_of(network: Any) -> Perceptual:
    @torch.no_grad()
    def distance(render: FloatArray, photograph: FloatArray, mask: BoolArray) -> float:
        """On the mask's bounding box, black outside the mask, values and distance clamped to [0, 1]."""
        a, b = (_network_input(image, mask) for image in (render, photograph))
        return min(max(float(network(a, b).mean()), 0.0), 1.0)

    return distance


def _network_input(image: FloatArray, mask: BoolArray) -> torch.Tensor:
    """[1, 3, height, width] in [-1, 1], padded with black to the network's smallest size."""
    crop = torch.from_numpy(object_crop(image, mask)).permute(2, 0, 1)[None].clamp(0.0, 1.0)
    lacks = [max(0, _SMALLEST - length) for length in crop.shape[2:]]
    return torch.nn.functional.pad(crop, (0, lacks[1], 0, lacks[0])) * 2.0 - 1.0
