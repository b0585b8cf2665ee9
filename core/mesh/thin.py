"""Fewer triangles at once: short edges are collapsed where the surface is flat, with hardly any memory.

A fine lattice cuts its surface into many more triangles than its shape needs, and a queue of all edges by what each
costs (``core.mesh.simplify``) takes half a gigabyte for a million of them. So most are taken away before, pass by pass:
a vertex is moved into the nearest of its neighbours, which stays where it is on the surface, unless

- the two have other than two neighbours in common (the link condition, Dey et al. 1999): every edge of a closed mesh
  stays between two triangles, and no tunnel is closed;
- a triangle around it would turn by more than ``_TURN``, or nearly lose its area;
- a triangle of either has been changed in the same pass.
"""

from typing import Any

import numba as nb
import numpy as np
from numpy.typing import NDArray

from core.types import FloatArray

_TURN = 0.98
"""Least cosine of the angle by which a triangle may turn: 11 degrees."""
_SLIVER = 0.02
"""Least area of a triangle that is changed, in parts of its longest side squared."""
_MOST_PASSES = 12
_LEAST_GAIN = 0.02
"""A pass that takes away less than this part of the triangles is the last."""


def thinned(vertices: FloatArray, faces: NDArray[np.int32], *, enough: int) -> tuple[FloatArray, NDArray[np.int32]]:
    """A closed mesh of fewer triangles, all its vertices among ``vertices`` [V, 3].

    Passes stop at ``enough`` triangles or before, where the surface is not flat enough.
    """
    for _ in range(_MOST_PASSES):
        before = len(faces)
        if before < enough + 2:
            break
        into = np.arange(len(vertices), dtype=np.int32)
        starts, around = _faces_around(faces, len(vertices))
        _collapse(vertices, faces, starts, around, (before - enough) // 2, into)
        faces = into[faces]
        a, b, c = faces.T
        faces = np.ascontiguousarray(faces[(a != b) & (b != c) & (c != a)])
        used = into == np.arange(len(into))
        faces = (np.cumsum(used, dtype=np.int32) - 1)[faces]
        vertices = vertices[used]
        if len(faces) > (1.0 - _LEAST_GAIN) * before:
            break
    return vertices, faces


@nb.njit(nogil=True, cache=True)
def _faces_around(faces: Any, count: int) -> Any:
    """``around[starts[v]:starts[v + 1]]`` are the faces that vertex v of ``count`` is a corner of."""
    starts = np.zeros(count + 1, np.int32)
    for face in range(len(faces)):
        for corner in range(3):
            starts[faces[face, corner] + 1] += 1
    for vertex in range(count):
        starts[vertex + 1] += starts[vertex]
    place = starts[:-1].copy()
    around = np.empty(3 * len(faces), np.int32)
    for face in range(len(faces)):
        for corner in range(3):
            vertex = faces[face, corner]
            around[place[vertex]] = face
            place[vertex] += 1
    return starts, around


@nb.njit(nogil=True, cache=True)
def _collapse(vertices: Any, faces: Any, starts: Any, around: Any, most: int, into: Any) -> None:
    """Write into ``into`` [V] where each vertex goes; at most ``most`` of them go anywhere."""
    changed = np.zeros(len(vertices), np.bool_)
    gone = 0
    for vertex in range(len(vertices)):
        if changed[vertex]:
            continue
        near = _nearest(vertices, faces, starts, around, vertex)
        if changed[near] or _common(faces, starts, around, vertex, near) != 2:
            continue
        if not _stays_flat(vertices, faces, starts, around, vertex, near):
            continue
        into[vertex] = near
        for moved in (vertex, near):
            for index in range(starts[moved], starts[moved + 1]):
                for corner in range(3):
                    changed[faces[around[index], corner]] = True
        gone += 1
        if gone >= most:
            return


@nb.njit(nogil=True, cache=True)
def _nearest(vertices: Any, faces: Any, starts: Any, around: Any, vertex: int) -> int:
    """The neighbour at the shortest edge."""
    best, found = np.inf, vertex
    for index in range(starts[vertex], starts[vertex + 1]):
        for corner in range(3):
            other = faces[around[index], corner]
            if other != vertex:
                away = ((vertices[other] - vertices[vertex]) ** 2).sum()
                if away < best:
                    best, found = away, other
    return found


@nb.njit(nogil=True, cache=True)
def _common(faces: Any, starts: Any, around: Any, one: int, other: int) -> int:
    """How many vertices are neighbours of both; each is met in two faces around ``one``, as the mesh is closed."""
    met = 0
    for index in range(starts[one], starts[one + 1]):
        for corner in range(3):
            third = faces[around[index], corner]
            if third not in (one, other) and _is_beside(faces, starts, around, other, third):
                met += 1
    return met // 2


@nb.njit(nogil=True, cache=True)
def _is_beside(faces: Any, starts: Any, around: Any, one: int, other: int) -> bool:
    for index in range(starts[one], starts[one + 1]):
        for corner in range(3):
            if faces[around[index], corner] == other:
                return True
    return False


@nb.njit(nogil=True, cache=True)
def _stays_flat(vertices: Any, faces: Any, starts: Any, around: Any, vertex: int, near: int) -> bool:
    """Whether the triangles around ``vertex`` hardly turn when it moves to ``near``."""
    for index in range(starts[vertex], starts[vertex + 1]):
        a, b, c = faces[around[index]]
        if near in (a, b, c):
            continue
        before = _area(vertices[a], vertices[b], vertices[c])
        a, b, c = (near if a == vertex else a), (near if b == vertex else b), (near if c == vertex else c)
        after = _area(vertices[a], vertices[b], vertices[c])
        length = np.sqrt((after**2).sum())
        if (before * after).sum() < _TURN * np.sqrt((before**2).sum()) * length:
            return False
        sides = (vertices[b] - vertices[a], vertices[c] - vertices[b], vertices[a] - vertices[c])
        longest = max((sides[0] ** 2).sum(), (sides[1] ** 2).sum(), (sides[2] ** 2).sum())
        if length < 2.0 * _SLIVER * longest:
            return False
    return True


@nb.njit(nogil=True, cache=True)
def _area(a: Any, b: Any, c: Any) -> Any:
    """[3] normal of a triangle, twice its area long."""
    u, v = b - a, c - a
    return np.array([u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]])
