"""The engine: captures, scene, fields, rendering, meshes and the fit. Knows no window."""

import os
from pathlib import Path

__version__ = "0.1.0"

# The compiled kernels use OpenMP, as torch does; numba would try the system's TBB first and complain about its age.
# Read when numba is first loaded, hence here, before anything of ours loads it.
os.environ.setdefault("NUMBA_THREADING_LAYER_PRIORITY", "omp tbb workqueue")


def spin_count(load: str) -> str:
    """How often an OpenMP thread that waits looks again before it sleeps, from a line as /proc/loadavg has.

    About a tenth of a millisecond where nothing else runs: the optimiser's steps are made of short parts, and waking
    threads takes half as long again as these. Beside another program, threads that spin at barriers would take the very
    core that the last one is waiting for.
    """
    try:
        running = int(load.split()[3].split("/", maxsplit=1)[0])
    except (IndexError, ValueError):
        return "0"
    return "3000" if running <= 1 else "0"


def _load() -> str:
    try:
        return Path("/proc/loadavg").read_text(encoding="ascii")
    except OSError:  # Linux only
        return ""


# Read when torch is first loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", spin_count(_load()))
