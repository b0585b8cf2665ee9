"""The engine: captures, scene, fields, rendering, meshes and the fit. Knows no window."""

import os

__version__ = "0.1.0"

# The compiled kernels use OpenMP, as torch does; numba would try the system's TBB first and complain about its age.
# Read when numba is first loaded, hence here, before anything of ours loads it.
os.environ.setdefault("NUMBA_THREADING_LAYER_PRIORITY", "omp tbb workqueue")

# Idle OpenMP threads must sleep, not spin: beside a window or another program, spinning barriers take the very core
# that the last thread is waiting for, and training falls to a tenth of its speed. Read when torch is first loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "0")
