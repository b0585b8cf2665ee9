"""Which versions are at work: of Chiaro itself and of the libraries that decide its numbers."""

import platform
from importlib.metadata import PackageNotFoundError, version

from core import __version__

PACKAGES = (
    "torch",
    "numba",
    "numpy",
    "scipy",
    "OpenImageIO",
    "open3d",
    "pyvista",
    "vtk",
    "dearpygui",
    "safetensors",
)
"""Distribution names, the ones that decide results first."""


def versions() -> dict[str, str]:
    """Version by name: ``chiaro``, ``python``, then ``PACKAGES``; ``missing`` for a package that is not installed."""
    return {"chiaro": __version__, "python": platform.python_version()} | {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"
