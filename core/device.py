"""Which device computes, and with how many threads."""

import os

import torch

from core.errors import FitError


def pick_device(name: str | None) -> torch.device:
    """The named device, or ``cuda`` when there is one, otherwise the CPU. Raises FitError for one that is not there."""
    if name is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise FitError(f"The device {name!r} cannot be used ({reason}); choose 'cpu', or leave it out.") from error
    return device


def default_threads(*, window_open: bool) -> int:
    """All cores without a window; one fewer, at least one, beside a window, which needs a core of its own."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux only
    cores = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return max(1, cores - 1) if window_open else cores


def set_threads(count: int) -> None:
    """Use ``count`` threads in torch and in the compiled kernels."""
    import numba

    torch.set_num_threads(count)
    # NUMBA_NUM_THREADS may allow fewer than there are cores.
    allowed = int(os.environ.get("NUMBA_NUM_THREADS") or count)
    numba.set_num_threads(max(1, min(count, default_threads(window_open=False), allowed)))
    # Vanishing weights must not fall into the processor's slow path for denormal numbers.
    torch.set_flush_denormal(True)
