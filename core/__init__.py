"""The engine: captures, scene, fields, rendering, meshes and the fit. Knows no window."""

import os

__version__ = "0.1.0"

# The compiled kernels use OpenMP, as torch does; numba would try the system's TBB first and complain about its age.
# Read when numba is first loaded, hence here, before anything of ours loads it.
os.environ.setdefault("NUMBA_THREADING_LAYER_PRIORITY", "omp tbb workqueue")
