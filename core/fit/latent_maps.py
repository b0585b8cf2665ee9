"""What the reflectance sees of the surface, as colours: its features, reduced to three numbers by principal components.

    latent/Vxx.png             the first three components over all views in red, green and blue; 0.5 is their mean,
                               2.5 standard deviations reach the ends
    latent/latent.json         mean, axes and how much of the variance they hold
    latent/features/Vxx.exr    the features themselves, on request

Places with the same colour have the same features, so the same reflectance; the reverse need not hold, for three
components are not all. A component's sign is free: here its largest entry is positive.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.capture.images import read_image, write_exr, write_png8
from core.fit.traced import TracedPose
from core.json_text import json_text
from core.types import DoubleArray, FloatArray

COLOURS = 3
_REACH = 2.5
"""Standard deviations from the mean to the ends of the display's range."""


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Principal axes of features."""

    mean: DoubleArray
    """[F]"""
    axes: DoubleArray
    """[3, F] unit, by falling variance; zero where there are no more."""
    deviations: DoubleArray
    """[3] standard deviation along each axis."""
    shares: DoubleArray
    """[3] part of the whole variance."""

    def colours(self, features: FloatArray) -> FloatArray:
        """[..., 3] in [0, 1] of features [..., F]."""
        along = (features - self.mean) @ self.axes.T
        reach = _REACH * np.where(self.deviations > 0.0, self.deviations, np.inf)
        return np.clip(0.5 + 0.5 * along / reach, 0.0, 1.0).astype(np.float32)


class Moments:
    """Sums over features from which the principal axes follow, in double precision."""

    def __init__(self, features: int) -> None:
        self._count = 0
        self._sum = np.zeros(features)
        self._squares = np.zeros((features, features))

    def add(self, features: FloatArray) -> None:
        """Count features [N, F]."""
        rows = features.astype(np.float64)
        self._count += len(rows)
        self._sum += rows.sum(0)
        self._squares += rows.T @ rows

    def principal(self) -> Principal:
        """The axes of all that was counted."""
        mean = self._sum / max(self._count, 1)
        covariance = self._squares / max(self._count, 1) - np.outer(mean, mean)
        variances, vectors = np.linalg.eigh(covariance)
        variances, vectors = np.maximum(variances[::-1], 0.0), vectors[:, ::-1]
        total = float(variances.sum())
        noise = 1e-12 * max(float(np.trace(self._squares)) / max(self._count, 1), 1e-30)
        kept = [number for number in range(min(COLOURS, len(variances))) if variances[number] > noise]
        axes, spread = np.zeros((COLOURS, len(mean))), np.zeros(COLOURS)
        for number in kept:
            axis = vectors[:, number]
            axes[number] = axis * np.sign(axis[np.abs(axis).argmax()])
            spread[number] = variances[number]
        return Principal(mean=mean, axes=axes, deviations=np.sqrt(spread), shares=spread / (total or 1.0))


class LatentWriter:
    """Collects the features of one view after the other; colours follow when all are known."""

    def __init__(self, folder: Path, *, features: int, keep: bool) -> None:
        self._folder = folder / "latent"
        self._raw = self._folder / "features"
        self._raw.mkdir(parents=True)
        self._keep = keep
        self._moments = Moments(features)

    def write_view(self, pose: TracedPose, view: int) -> None:
        """Store the features of a view; zero where the pixel is less than half covered."""
        features = pose.buffer.image(pose.buffer.hits.features)
        seen = pose.maps.opacity > 0.5
        features[~seen] = 0.0
        self._moments.add(features[seen])
        write_exr(self._raw / f"V{view:02d}.exr", features)

    def finish(self) -> None:
        """Write the pictures and what their colours mean."""
        principal = self._moments.principal()
        for file in sorted(self._raw.glob("*.exr")):
            features = np.asarray(read_image(file), np.float32)
            seen = np.any(features != 0.0, axis=-1, keepdims=True)
            colours = np.where(seen, principal.colours(features), np.float32(0.0))
            write_png8(self._folder / f"{file.stem}.png", colours)
            if not self._keep:
                file.unlink()
        if not self._keep:
            self._raw.rmdir()
        meaning = {
            "meaning": "principal components of the surface features over all views, as red, green and blue",
            "decode": f"component = (value / 255 - 0.5) * 2 * {_REACH} * deviation",
            "deviations": principal.deviations.tolist(),
            "shares_of_variance": principal.shares.tolist(),
            "mean": principal.mean.tolist(),
            "axes": principal.axes.tolist(),
        }
        (self._folder / "latent.json").write_text(json_text(meaning), encoding="utf-8", newline="\n")
