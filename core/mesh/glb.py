"""Binary glTF 2.0: one mesh with one physically based material, everything in one file.

Written by hand because it is a page of JSON and one block of numbers, and nothing we depend on carries tangents and all
three textures. Specification: Khronos glTF 2.0, chapters 3 (accessors, materials) and 4 (GLB).
"""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import __version__
from core.capture.import_options import Axis
from core.capture.writers.axes import turn_between
from core.files import replacing
from core.mesh.bake import Bytes, TexturedMesh
from core.types import FloatArray

_FLOAT, _UINT32 = 5126, 5125
_VERTICES, _INDICES = 34962, 34963
_LINEAR, _MIPMAPS, _CLAMP = 9729, 9987, 33071


def write_glb(file: Path, mesh: TexturedMesh, *, up: Axis | None) -> None:
    """Write ``mesh`` for any viewer of glTF.

    Vertices stay in the capture's world; a rotation of the node turns its ``up`` axis to glTF's +y. Where it is not
    known nothing is turned. The node's ``extras`` say which frame the vertices are in, the asset's
    what the colours were multiplied by. Raises RunError when the file
    cannot be written; an older file then stays as it was.
    """
    blob = _Blob()
    attributes = {
        "POSITION": blob.vectors(mesh.vertices, "VEC3", bounds=True),
        "NORMAL": blob.vectors(mesh.normals, "VEC3"),
        "TANGENT": blob.vectors(mesh.tangents, "VEC4"),
        # glTF counts v from the top of the texture.
        "TEXCOORD_0": blob.vectors(np.stack([mesh.unfolded.uv[:, 0], 1.0 - mesh.unfolded.uv[:, 1]], 1), "VEC2"),
    }
    indices = blob.indices(mesh.unfolded.faces)
    empty = np.zeros_like(mesh.roughness)
    textures = {
        "base colour": mesh.base_colour,
        "metallic (blue) and roughness (green)": np.stack([empty, mesh.roughness, mesh.metallic], -1),
        "normal": mesh.normal_map,
    }
    images = [{"name": name, "mimeType": "image/png", "bufferView": blob.png(i)} for name, i in textures.items()]
    document = {"asset": _asset(mesh.factor), **_DOCUMENT, **blob.document(), **_node(up)}
    _write(file, {**document, **_mesh(attributes, indices), "images": images}, blob)


_DOCUMENT: dict[str, Any] = {
    "scene": 0,
    "scenes": [{"nodes": [0]}],
    "materials": [
        {
            "name": "object",
            "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "metallicRoughnessTexture": {"index": 1}},
            "normalTexture": {"index": 2},
        }
    ],
    "textures": [{"source": source, "sampler": 0} for source in range(3)],
    "samplers": [{"magFilter": _LINEAR, "minFilter": _MIPMAPS, "wrapS": _CLAMP, "wrapT": _CLAMP}],
}


def _asset(factor: float) -> dict[str, Any]:
    extras = {"colour_factor": factor, "colour_factor_of": "what the run's albedo and specular were multiplied by"}
    return {"version": "2.0", "generator": f"Chiaro {__version__}", "extras": extras}


def _mesh(attributes: dict[str, int], indices: int) -> dict[str, Any]:
    return {
        "meshes": [{"name": "object", "primitives": [{"attributes": attributes, "indices": indices, "material": 0}]}]
    }


def _node(up: Axis | None) -> dict[str, Any]:
    word = "the capture's own world" + (f", in which {up} points up" if up else "; which axis points up is not known")
    node: dict[str, Any] = {"name": "object", "mesh": 0, "extras": {"vertices": word}}
    if up is not None and up != "+y":
        from scipy.spatial.transform import Rotation

        node["rotation"] = Rotation.from_matrix(turn_between(up, "+y")).as_quat().tolist()
    return {"nodes": [node]}


class _Blob:
    """The block of numbers, and the table of what lies where in it."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.length = 0
        self._views: list[dict[str, int]] = []
        self._accessors: list[dict[str, Any]] = []

    def vectors(self, values: FloatArray, kind: str, *, bounds: bool = False) -> int:
        """Add float vectors [V, n]; returns their accessor. With ``bounds`` it states their least and greatest."""
        values = np.ascontiguousarray(values, "<f4")
        accessor: dict[str, Any] = {"componentType": _FLOAT, "count": len(values), "type": kind}
        if bounds:
            accessor |= {"min": values.min(0).tolist(), "max": values.max(0).tolist()}
        return self._accessor(accessor, values.tobytes(), _VERTICES)

    def indices(self, faces: NDArray[np.int32]) -> int:
        """Add the corners of triangles [F, 3]; returns their accessor."""
        accessor = {"componentType": _UINT32, "count": faces.size, "type": "SCALAR"}
        return self._accessor(accessor, np.ascontiguousarray(faces, "<u4").tobytes(), _INDICES)

    def png(self, image: Bytes) -> int:
        """Add a picture; returns its buffer view."""
        return self._view({}, png_bytes(image))

    def document(self) -> dict[str, Any]:
        """What the JSON part has to say about the block."""
        return {"buffers": [{"byteLength": self.length}], "bufferViews": self._views, "accessors": self._accessors}

    def _accessor(self, accessor: dict[str, Any], data: bytes, target: int) -> int:
        self._accessors.append({"bufferView": self._view({"target": target}, data), **accessor})
        return len(self._accessors) - 1

    def _view(self, view: dict[str, int], data: bytes) -> int:
        self._views.append({"buffer": 0, "byteOffset": self.length, "byteLength": len(data), **view})
        padded = data + b"\0" * (-len(data) % 4)
        self.parts.append(padded)
        self.length += len(padded)
        return len(self._views) - 1


def png_bytes(image: Bytes) -> bytes:
    """A PNG file of [height, width, 3] or [height, width]."""
    import cv2

    stored = np.ascontiguousarray(image[..., ::-1]) if image.ndim == 3 else image
    done, data = cv2.imencode(".png", stored)
    if not done:
        raise ValueError("the picture could not be packed as PNG")
    return data.tobytes()


def _write(file: Path, document: dict[str, Any], blob: _Blob) -> None:
    """A header, the document padded with spaces, and the block: each in little-endian chunks of whole words."""
    text = json.dumps(document, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 4)
    with replacing(file) as temporary, temporary.open("wb") as out:
        out.write(b"glTF" + struct.pack("<II", 2, 12 + 8 + len(text) + 8 + blob.length))
        out.write(struct.pack("<I", len(text)) + b"JSON" + text)
        out.write(struct.pack("<I", blob.length) + b"BIN\0")
        out.writelines(blob.parts)
