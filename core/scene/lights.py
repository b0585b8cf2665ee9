"""The unknown lights: one direction and one RGB intensity per light id, in the rig frame.

The rig frame is the OpenCV camera frame of the photograph a light belongs to: a light that turns with the camera has
one direction whatever the view. Where camera and light both move in every shot, every shot has its own light id and
the same table serves.
"""

import torch
from torch import Tensor, nn


class LightTable(nn.Module):
    """Directional lights, all started at the camera with unit intensity; nothing about them is known."""

    def __init__(self, count: int, *, device: torch.device) -> None:
        super().__init__()
        start = torch.zeros((count, 3), device=device)
        start[:, 2] = -1.0
        self.direction = nn.Parameter(start)
        self.trained = torch.zeros(count, dtype=torch.bool, device=device)
        """[lights] whether any photograph of this light has been trained on."""
        self.log_intensity = nn.Parameter(torch.zeros((count, 3), device=device))

    def to_light(self) -> Tensor:
        """[lights, 3] unit vectors toward each light, rig frame."""
        return nn.functional.normalize(self.direction, dim=1)

    def intensity(self) -> Tensor:
        """[lights, 3] linear RGB, positive."""
        return self.log_intensity.exp()
