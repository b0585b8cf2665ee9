"""Reading a GLB back by the specification's own words, and what the specification demands of it."""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

_COMPONENTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_TYPES = {5126: np.dtype("<f4"), 5125: np.dtype("<u4")}


@dataclass(frozen=True)
class Glb:
    document: dict[str, Any]
    blob: bytes

    def accessor(self, index: int) -> np.ndarray:
        accessor = self.document["accessors"][index]
        view = self.document["bufferViews"][accessor["bufferView"]]
        kind, width = _TYPES[accessor["componentType"]], _COMPONENTS[accessor["type"]]
        assert view["byteLength"] == accessor["count"] * width * kind.itemsize
        data = self.blob[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
        return np.frombuffer(data, kind).reshape(accessor["count"], width)

    def attribute(self, name: str) -> np.ndarray:
        return self.accessor(self.primitive["attributes"][name])

    @property
    def primitive(self) -> dict[str, Any]:
        return self.document["meshes"][0]["primitives"][0]

    @property
    def faces(self) -> np.ndarray:
        return self.accessor(self.primitive["indices"]).reshape(-1, 3).astype(np.int64)

    def image(self, texture: int) -> np.ndarray:
        """[H, W, 3] RGB of a texture."""
        image = self.document["images"][self.document["textures"][texture]["source"]]
        view = self.document["bufferViews"][image["bufferView"]]
        data = self.blob[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
        assert data.startswith(b"\x89PNG")
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)[..., ::-1]


def read_glb(file: Path) -> Glb:
    """Both chunks, their headers checked (chapter 4)."""
    data = file.read_bytes()
    magic, version, length = struct.unpack_from("<4sII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data))
    assert length % 4 == 0
    size, kind = struct.unpack_from("<I4s", data, 12)
    assert kind == b"JSON"
    assert size % 4 == 0
    start = 20 + size
    blob_size, blob_kind = struct.unpack_from("<I4s", data, start)
    assert blob_kind == b"BIN\0"
    assert start + 8 + blob_size == len(data)
    return Glb(json.loads(data[20:start]), data[start + 8 :])


def check_glb(glb: Glb) -> None:
    """What chapter 3 demands of buffers, accessors, meshes, textures and nodes."""
    document = glb.document
    assert document["asset"]["version"] == "2.0"
    assert document["buffers"] == [{"byteLength": len(glb.blob)}]
    _check_views(document, len(glb.blob))
    for index, accessor in enumerate(document["accessors"]):
        values = glb.accessor(index)
        assert np.isfinite(values).all()
        for word, reduce in (("min", np.min), ("max", np.max)):
            if word in accessor:
                np.testing.assert_array_equal(np.float32(accessor[word]), reduce(values, axis=0))
    _check_mesh(glb)
    assert len(document["samplers"]) == 1
    for texture in document["textures"]:
        assert 0 <= texture["source"] < len(document["images"])
        assert texture["sampler"] == 0
    node = document["nodes"][document["scenes"][document["scene"]]["nodes"][0]]
    if "rotation" in node:
        assert abs(np.linalg.norm(node["rotation"]) - 1.0) < 1e-9


def _check_views(document: dict[str, Any], length: int) -> None:
    end = 0
    for view in document["bufferViews"]:
        assert view["byteOffset"] % 4 == 0
        assert view["byteOffset"] >= end  # none over another
        end = view["byteOffset"] + view["byteLength"]
    assert end <= length
    used = [item["bufferView"] for key in ("accessors", "images") for item in document[key]]
    assert sorted(used) == list(range(len(document["bufferViews"])))


def _check_mesh(glb: Glb) -> None:
    attributes = {name: glb.attribute(name) for name in glb.primitive["attributes"]}
    assert len({len(values) for values in attributes.values()}) == 1
    accessors, where = glb.document["accessors"], glb.primitive["attributes"]["POSITION"]
    assert {"min", "max"} <= accessors[where].keys()
    np.testing.assert_allclose(np.linalg.norm(attributes["NORMAL"], axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(attributes["TANGENT"][:, :3], axis=1), 1.0, atol=1e-5)
    assert set(attributes["TANGENT"][:, 3].tolist()) <= {-1.0, 1.0}
    across = (attributes["TANGENT"][:, :3] * attributes["NORMAL"]).sum(1)
    np.testing.assert_allclose(across, 0.0, atol=1e-5)
    faces = glb.faces
    assert faces.max() == len(attributes["POSITION"]) - 1
    assert (faces[:, 0] != faces[:, 1]).all()
