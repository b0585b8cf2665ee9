"""Our GLB files conform to the specification, and the check that says so finds what is wrong with damaged ones."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from vtkmodules.vtkIOGeometry import vtkGLTFReader

from core.mesh.glb import write_glb
from tests.core.mesh.glb_conformance import faults
from tests.core.mesh.painted import painted_mesh

Document = dict[str, Any]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("glb") / "mesh.glb"
    write_glb(file, painted_mesh(), up="+z")
    return file.read_bytes()


def opened(data: bytes) -> tuple[Document, bytearray]:
    size = struct.unpack_from("<I", data, 12)[0]
    return json.loads(data[20 : 20 + size]), bytearray(data[28 + size :])


def closed(document: Document, blob: bytes) -> bytes:
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    blob += b"\0" * (-len(blob) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(blob), b"BIN\0") + blob
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def attribute(document: Document, name: str) -> tuple[Document, int]:
    """The accessor of an attribute (or of the indices), and where its numbers begin."""
    primitive = document["meshes"][0]["primitives"][0]
    accessor = document["accessors"][primitive["indices"] if name == "indices" else primitive["attributes"][name]]
    return accessor, document["bufferViews"][accessor["bufferView"]]["byteOffset"]


def put(kind: str, name: str, *values: float, after: int = 0) -> Callable[[Document, bytearray], None]:
    """Write numbers over those of an attribute."""

    def change(document: Document, blob: bytearray) -> None:
        _, start = attribute(document, name)
        struct.pack_into(f"<{len(values)}{kind}", blob, start + after, *values)

    return change


def at(path: str, value: Any) -> Callable[[Document, bytearray], None]:
    """Set a property, or remove it (None)."""

    def change(document: Document, blob: bytearray) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        entry: Any = document
        for step in way:
            entry = entry[step]
        if value is None:
            del entry[last]
        else:
            entry[last] = value

    return change


def picture(change: Callable[[bytearray, int, int], None]) -> Callable[[Document, bytearray], None]:
    """Change the bytes of the first picture, which begin and end where told."""

    def changed(document: Document, blob: bytearray) -> None:
        view = document["bufferViews"][document["images"][0]["bufferView"]]
        change(blob, view["byteOffset"], view["byteOffset"] + view["byteLength"])

    return changed


def no_signature(blob: bytearray, start: int, end: int) -> None:
    blob[start] = 0


def a_flipped_bit(blob: bytearray, start: int, end: int) -> None:
    blob[(start + end) // 2] ^= 1


def an_unused_accessor(document: Document, blob: bytearray) -> None:
    document["accessors"].append(dict(document["accessors"][0]))


def an_orphan_view(document: Document, blob: bytearray) -> None:
    document["bufferViews"].append({"buffer": 0, "byteOffset": len(blob), "byteLength": 4})
    blob.extend(b"\0\0\0\0")
    document["buffers"][0]["byteLength"] = len(blob)


def views_on_each_other(document: Document, blob: bytearray) -> None:
    document["bufferViews"][1]["byteOffset"] -= 4


def a_shifted_accessor(document: Document, blob: bytearray) -> None:
    accessor, _ = attribute(document, "indices")
    accessor["byteOffset"], accessor["count"] = 2, accessor["count"] - 3


def too_many(document: Document, blob: bytearray) -> None:
    attribute(document, "NORMAL")[0]["count"] += 1


def fewer_normals(document: Document, blob: bytearray) -> None:
    attribute(document, "NORMAL")[0]["count"] -= 1


def half_a_triangle(document: Document, blob: bytearray) -> None:
    attribute(document, "indices")[0]["count"] -= 1


def one_corner_twice(document: Document, blob: bytearray) -> None:
    _, start = attribute(document, "indices")
    blob[start : start + 4] = blob[start + 4 : start + 8]


def a_stray_vertex(document: Document, blob: bytearray) -> None:
    accessor, _ = attribute(document, "indices")
    accessor["count"] -= 3 * (accessor["count"] // 6)


DAMAGE: dict[str, tuple[Callable[[Document, bytearray], None], str]] = {
    "another version": (at("asset.version", "1.0"), "asset.version"),
    "no asset": (at("asset", None), "asset.version"),
    "an unknown property": (at("meshes.0.shape", 1), "unknown property"),
    "no meshes": (at("meshes", []), "meshes is missing"),
    "no type": (at("accessors.0.type", None), "accessors[0].type is missing"),
    "an unknown type": (at("accessors.0.componentType", 5124), "unknown type"),
    "a scene that is not there": (at("scene", 1), "scene is no index"),
    "a node that is not there": (at("scenes.0.nodes", [3]), "no index into nodes"),
    "a node twice": (at("scenes.0.nodes", [0, 0]), "a node twice"),
    "a true index": (at("nodes.0.mesh", True), "no index into meshes"),
    "a rotation that scales": (at("nodes.0.rotation", [1, 1, 0, 0]), "no unit quaternion"),
    "a texture that is not there": (at("materials.0.normalTexture.index", 7), "texture leads nowhere"),
    "coordinates that are not there": (at("materials.0.normalTexture.texCoord", 1), "other coordinates"),
    "a sampler that is not there": (at("textures.0.sampler", 4), "no index into samplers"),
    "a filter that is none": (at("samplers.0.minFilter", 3), "minFilter is unknown"),
    "a picture of another kind": (at("images.0.mimeType", "image/jpeg"), "is called image/jpeg"),
    "a material that is not there": (at("meshes.0.primitives.0.material", 5), "leads nowhere"),
    "no positions": (at("meshes.0.primitives.0.attributes.POSITION", None), "POSITION is missing"),
    "lines": (at("meshes.0.primitives.0.mode", 1), "no triangles"),
    "a buffer too short": (at("buffers.0.byteLength", 100), "does not fit"),
    "no bounds": (at("accessors.0.min", None), "no bounds"),
    "wrong bounds": (at("accessors.0.max", [9.0, 9.0, 9.0]), "is not what it holds"),
    "bounds of two": (at("accessors.0.max", [9.0, 9.0]), "not 3 numbers"),
    "too many numbers": (too_many, "beyond its bufferView"),
    "fewer normals": (fewer_normals, "unlike counts"),
    "not aligned": (a_shifted_accessor, "not aligned"),
    "views on each other": (views_on_each_other, "lies over"),
    "an unused accessor": (an_unused_accessor, "is not used"),
    "an orphan view": (an_orphan_view, "is not used"),
    "half a triangle": (half_a_triangle, "whole triangles"),
    "one corner twice": (one_corner_twice, "one corner twice"),
    "vertices left over": (a_stray_vertex, "no triangle uses"),
    "an index too large": (put("I", "indices", 10**6), "an index of 1000000"),
    "an index that restarts": (put("I", "indices", 2**32 - 1), "restart"),
    "a position that is none": (put("f", "POSITION", np.nan), "no number"),
    "a long normal": (put("f", "NORMAL", 2.0, 0.0, 0.0), "NORMAL that is not of unit length"),
    "no normal": (put("f", "NORMAL", 0.0, 0.0, 0.0), "NORMAL that is not of unit length"),
    "a short tangent": (put("f", "TANGENT", 0.1, 0.0, 0.0), "TANGENT that is not of unit length"),
    "no hand": (put("f", "TANGENT", 0.5, after=12), "handedness"),
    "no picture": (picture(no_signature), "does not begin as a PNG"),
    "a damaged picture": (picture(a_flipped_bit), "damaged"),
}


def test_what_we_write_conforms(good: bytes) -> None:
    assert faults(good) == []
    assert faults(closed(*opened(good))) == [], "taking a file apart and putting it together changes nothing"


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found(good: bytes, name: str) -> None:
    change, sentence = DAMAGE[name]
    document, blob = opened(good)
    change(document, blob)
    found = faults(closed(document, bytes(blob)))
    assert any(sentence in fault for fault in found), found


def test_a_damaged_container_is_found(good: bytes) -> None:
    size = struct.unpack_from("<I", good, 12)[0]
    text = good[20 : 20 + size].rstrip()
    spoilt = {
        "shorter": good[:16],
        "does not begin": b"glTG" + good[4:],
        "container version": good[:4] + struct.pack("<I", 1) + good[8:],
        "bytes long": good + b"\0\0\0\0",
        "cut short": good[:8] + struct.pack("<I", len(good) - 64) + good[12:-64],
        "where b'JSON' belongs": good[:16] + b"TEXT" + good[20:],
        "cannot be read": good[:20] + b"[" + good[21:],
        "occurs twice": closed_text(b'{"asset": {}, "asset": {}}', good[28 + size :]),
        "is no number": closed_text(text.replace(b'"scene":0', b'"scene":NaN'), good[28 + size :]),
        "not padded with spaces": closed_text(text + b"\n\n\n\n", good[28 + size :]),
    }
    for sentence, data in spoilt.items():
        assert any(sentence in fault for fault in faults(data)), (sentence, faults(data))


def closed_text(text: bytes, blob: bytes) -> bytes:
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(blob), b"BIN\0") + blob
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def test_independent_readers_find_the_same_mesh(good: bytes, tmp_path: Path) -> None:
    file, mesh = tmp_path / "mesh.glb", painted_mesh()
    file.write_bytes(good)
    read = trimesh.load_scene(file, process=False).to_geometry()
    reader = vtkGLTFReader()
    reader.SetFileName(str(file))
    reader.Update()
    output = reader.GetOutput()
    cells = points = 0
    leaves = output.NewIterator()
    while not leaves.IsDoneWithTraversal():
        part = leaves.GetCurrentDataObject()
        cells, points = cells + part.GetNumberOfCells(), points + part.GetNumberOfPoints()
        leaves.GoToNextItem()
    assert len(read.faces) == cells == len(mesh.unfolded.faces)
    assert len(read.vertices) == points == len(mesh.vertices)
    assert reader.GetNumberOfTextures() == 3
