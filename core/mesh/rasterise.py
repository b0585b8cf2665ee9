"""Which triangle of a flat, unfolded mesh covers each texel."""

from typing import Any

import numba as nb
import numpy as np
from numpy.typing import NDArray

from core.types import FloatArray

_RIM = 1e-4
"""A texel this little outside a triangle, in its barycentric coordinates, still is the triangle's: no hairline gaps."""


def covered_texels(
    uv: FloatArray, faces: NDArray[np.int32], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], FloatArray]:
    """Flat indices [N] of the texels whose centre lies in a triangle, its index [N], and barycentric weights [N, 3].

    ``uv`` [V, 2] in [0, 1], origin at the bottom left; the texture's rows go down from v = 1.
    """
    face = np.full((size, size), -1, np.int32)
    weights = np.zeros((size, size, 2), np.float32)
    places = uv.astype(np.float64) * size
    places[:, 1] = size - places[:, 1]
    _fill(places, np.ascontiguousarray(faces), face, weights)
    texels = np.flatnonzero(face >= 0)
    two = weights.reshape(-1, 2)[texels]
    return texels, face.reshape(-1)[texels], np.concatenate([1.0 - two.sum(1, keepdims=True), two], 1)


@nb.njit(nogil=True, cache=True)
def _fill(places: Any, faces: Any, face: Any, weights: Any) -> None:
    """``places`` [V, 2] texels, y down, centres at halves; a later triangle wins only what is not yet covered."""
    size = face.shape[0]
    for number in range(len(faces)):
        ax, ay = places[faces[number, 0]]
        bx, by = places[faces[number, 1]] - places[faces[number, 0]]
        cx, cy = places[faces[number, 2]] - places[faces[number, 0]]
        area = bx * cy - by * cx
        if area == 0.0:
            continue
        left, right = ax + min(0.0, bx, cx), ax + max(0.0, bx, cx)
        top, bottom = ay + min(0.0, by, cy), ay + max(0.0, by, cy)
        for row in range(max(0, int(top - 0.5)), min(size, int(bottom + 0.5) + 1)):
            for column in range(max(0, int(left - 0.5)), min(size, int(right + 0.5) + 1)):
                x, y = column + 0.5 - ax, row + 0.5 - ay
                b, c = (x * cy - y * cx) / area, (bx * y - by * x) / area
                if b >= -_RIM and c >= -_RIM and b + c <= 1.0 + _RIM and face[row, column] < 0:
                    face[row, column] = number
                    weights[row, column, 0], weights[row, column, 1] = b, c
