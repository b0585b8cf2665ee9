"""Reading back what is in a GLB; whether it may be there is told by ``glb_conformance``."""

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
