"""The true mesh of a test capture with its material: ``truth.npz``."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.capture.synthetic_materials import Surface
from core.capture.synthetic_shape import Mesh

_FILE = "truth.npz"


@dataclass(frozen=True, kw_only=True)
class CaseTruth:
    """What the object is, at every vertex. World frame."""

    mesh: Mesh
    surface: Surface
    """At the mesh's vertices."""


def write_case_truth(folder: Path, truth: CaseTruth) -> None:
    """Write ``truth.npz``: ``vertices``, ``faces``, ``normals``, ``albedo``, ``facing`` (F0), ``roughness``, ``coat``,
    ``coat_roughness``, ``sheen`` and, of wax, ``scatter``.
    """
    mesh, surface = truth.mesh, truth.surface
    arrays = {
        "vertices": mesh.vertices,
        "faces": mesh.faces,
        "normals": mesh.normals,
        "albedo": surface.albedo,
        "facing": surface.facing,
        "roughness": surface.roughness,
        "coat": surface.coat,
        "coat_roughness": np.float32(surface.coat_roughness),
        "sheen": np.float32(surface.sheen),
    }
    if surface.scatter is not None:
        arrays["scatter"] = np.array(surface.scatter, np.float32)
    np.savez(folder / _FILE, allow_pickle=False, **arrays)


def read_case_truth(folder: Path) -> CaseTruth:
    """Read what ``write_case_truth`` wrote into a test capture's folder."""
    with np.load(folder / _FILE, allow_pickle=False) as file:
        mesh = Mesh(vertices=file["vertices"], faces=file["faces"], normals=file["normals"])
        scatter = file.get("scatter")
        surface = Surface(
            albedo=file["albedo"],
            facing=file["facing"],
            roughness=file["roughness"],
            coat=file["coat"],
            coat_roughness=float(file["coat_roughness"]),
            sheen=float(file["sheen"]),
            scatter=None if scatter is None else (float(scatter[0]), float(scatter[1]), float(scatter[2])),
        )
    return CaseTruth(mesh=mesh, surface=surface)
