"""A kernel gives the same bits compiled a moment ago and loaded from disk: first runs equal later ones."""

import os
import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import hashlib
import numpy as np
from core.fields import encoding_numba as kernels
from core.fields.grid_layout import grid_layout

draw = np.random.default_rng(0)
layout = grid_layout(levels=6, coarsest=16, finest=128, log2_rows=14)
levels = (layout.resolutions, layout.offsets, layout.hashed)
points = draw.uniform(-0.9, 0.9, (3000, 3)).astype(np.float32)
table = draw.normal(0.0, 0.1, (layout.rows, 2)).astype(np.float32)
features, weights = np.zeros((3000, 12), np.float32), draw.normal(size=(3000, 12)).astype(np.float32)
jacobian, gradient = np.zeros((3000, 12, 3), np.float32), np.zeros_like(table)
kernels.encode(points, table, *levels, features, jacobian)
kernels.encode_backward(points, *levels, weights, weights, points, gradient)
for array in (features, jacobian, gradient):
    print(hashlib.sha256(array.tobytes()).hexdigest(), float(np.abs(array).sum()) > 0.0)
"""


def _run(folder: Path) -> list[str]:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(folder)}
    done = subprocess.run([sys.executable, "-c", _PROGRAM], check=True, capture_output=True, text=True, env=environment)
    return done.stdout.splitlines()


def test_freshly_compiled_kernels_give_what_loaded_ones_give(tmp_path: Path) -> None:
    fresh = _run(tmp_path)
    assert any(tmp_path.rglob("*.nbc"))  # it was compiled, and kept
    assert len(fresh) == 3
    assert all(line.endswith("True") for line in fresh)
    assert _run(tmp_path) == fresh
