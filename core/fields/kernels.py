"""Compiling the CPU kernels: some seconds once per machine; later starts load them from disk."""

from collections.abc import Callable

import numpy as np

from core.fields.grid_layout import grid_layout
from core.types import Progress

_GETTING_READY = "Getting the optimiser ready"
"""What the wait is for, in words for everyone."""


def compile_kernels(progress: Progress | None = None) -> None:
    """Run every compiled kernel on a tiny input, telling ``progress`` (which may raise Cancelled) before each.

    Once a process; there is nothing to do and nothing to tell after that.
    """
    if compiled():
        return
    tasks = _tiny_tasks()
    for index, task in enumerate(tasks):
        if progress is not None:
            progress(_GETTING_READY, index / len(tasks))
        task()
    if progress is not None:
        progress(_GETTING_READY, 1.0)


def compiled() -> bool:
    """Whether this process has compiled (or loaded) the kernels: the first and the last of them stand for all."""
    from core.fields import encoding_numba, tracing_numba

    return all(kernel.signatures for kernel in (encoding_numba.adam_rows, tracing_numba.closest_approach))


def _tiny_tasks() -> tuple[Callable[[], object], ...]:
    """Every kernel on arrays of the types and layouts it is called with."""
    from core.fields import distance_numba, encoding_numba, tracing_numba

    layout = grid_layout(levels=2, coarsest=2, finest=4, log2_rows=6)
    levels = (layout.resolutions, layout.offsets, layout.hashed)
    points = np.zeros((2, 3), np.float32)
    table = np.zeros((layout.rows, 2), np.float32)
    features = np.zeros((2, 4), np.float32)
    jacobian = np.zeros((2, 4, 3), np.float32)
    grid = np.ones((3, 3, 3), np.float32)
    scalar = np.zeros(2, np.float32)
    far = np.ones(2, np.float32)
    weights = (np.zeros((7, 4), np.float32), np.zeros(4, np.float32), np.zeros(4, np.float32), 0.0)
    edges = np.zeros((2, 3), np.float32)
    adam = (0.01, 0.9, 0.99, 0.1, 0.1, 1e-15, layout.rows)
    return (
        lambda: encoding_numba.encode(points, table, *levels, features, jacobian),
        lambda: encoding_numba.encode_values(points, table, *levels, features),
        lambda: encoding_numba.encode_backward(points, *levels, features, features, points, table.copy()),
        lambda: encoding_numba.adam_rows(table, table.copy(), table.copy(), table.copy(), *adam),
        lambda: distance_numba.distances(points, table, *levels, 2, *weights, scalar),
        lambda: tracing_numba.lookup(points, grid, scalar),
        lambda: tracing_numba.sample_sections(points, points, scalar, far, scalar, grid, 20.0, 4, 2, 0.05, edges),
        lambda: tracing_numba.first_hit(points, points, points, grid, 0.0, 0.1, 0.1, 4, scalar),
        lambda: tracing_numba.narrowest_pass(points, points, points, far, grid, 0.0, 0.1, 0.1, 4, scalar, far),
        lambda: tracing_numba.closest_approach(points, points, grid, 0.0, 0.1, 4, scalar, far),
    )
