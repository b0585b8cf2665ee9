"""``doctor``: what Chiaro finds on this machine, in plain words."""

import importlib
import os
import platform
import sys
from typing import Any

import psutil

from app.arguments import Doctor
from app.outcome import Outcome, table
from app.progress import progress_bar
from app.screen import display_problem
from core.capture.cache import cache_folder, cache_problem
from core.versions import versions

_GIB = 1024**3
_OPTIONAL = {
    "triton": "compiled GPU kernels",
    "tinycudann": "hash grids on NVIDIA GPUs",
    "nerfacc": "ray sampling on NVIDIA GPUs",
}
"""Accelerators by import name; none is needed."""


def doctor(arguments: Doctor) -> Outcome:
    """Gather everything; nothing found missing is an error."""
    del arguments
    with progress_bar("Looking around") as progress:
        progress("versions", 0.1)
        found: dict[str, Any] = {"versions": versions(), "system": _system()}
        progress("devices", 0.3)
        found["devices"] = _devices()
        progress("accelerators", 0.6)
        found["accelerators"] = {"numba kernels": _numba()} | {name: _optional(name) for name in _OPTIONAL}
        found["cache"] = {"folder": str(cache_folder()), "problem": cache_problem()}
        progress("display", 0.9)
        found["display"] = display_problem() or "a window can open"
    return Outcome(lines=_lines(found), data=found)


def _system() -> dict[str, Any]:
    memory = psutil.virtual_memory()
    return {
        "platform": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "cores_usable": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": round(memory.total / _GIB, 1),
        "memory_free_gib": round(memory.available / _GIB, 1),
        "python": sys.executable,
    }


def _devices() -> dict[str, str]:
    try:
        import torch
    except Exception as error:  # a broken installation is what this command is for
        return {"cpu": f"unusable: PyTorch cannot be loaded ({_sentence(error)})"}
    devices = {"cpu": f"usable, {torch.get_num_threads()} threads by default"}
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            memory = torch.cuda.get_device_properties(index).total_memory / _GIB
            devices[f"cuda:{index}"] = f"usable, {torch.cuda.get_device_name(index)}, {memory:.0f} GiB"
    elif torch.version.cuda is None:
        devices["cuda"] = "not used: this PyTorch is built for the CPU only"
    else:
        devices["cuda"] = "not used: no NVIDIA GPU or driver found"
    return devices


def _numba() -> str:
    try:
        import numba
    except Exception as error:  # as above
        return f"unusable: {_sentence(error)}; training falls back to PyTorch and is slower"
    return f"usable, numba {numba.__version__}"


def _optional(name: str) -> str:
    """Whether an accelerator that is never needed could be used."""
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            return f"installed but unusable: {_sentence(error)}"
        return f"not installed ({_OPTIONAL[name]}; not needed)"
    except Exception as error:  # tinycudann raises EnvironmentError without a GPU, others what they like
        return f"installed but unusable: {_sentence(error)}"
    return f"installed ({_OPTIONAL[name]}; not used by this version)"


def _sentence(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__


def _lines(found: dict[str, Any]) -> list[str]:
    system = found["system"]
    machine = [
        ("System", system["platform"]),
        ("Cores", f"{system['cores_usable']} usable of {system['cores']}"),
        ("Memory", f"{system['memory_free_gib']} GiB free of {system['memory_gib']} GiB"),
        ("Display", found["display"]),
        ("Disk cache", f"{found['cache']['folder']}, {found['cache']['problem'] or 'can be written'}"),
    ]
    parts = [
        ("Machine", machine),
        ("Devices", list(found["devices"].items())),
        ("Accelerators", list(found["accelerators"].items())),
        ("Versions", list(found["versions"].items())),
    ]
    lines: list[str] = []
    for title, rows in parts:
        lines += [title, *(f"  {line}" for line in table(rows)), ""]
    return lines[:-1]
