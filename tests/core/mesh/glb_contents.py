"""What the glTF 2.0 specification demands of the numbers and pictures in a binary file; see ``glb_conformance``.

Functions take a document whose properties and references are known to be right, and yield faults in words.
"""

import math
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np

_COMPONENTS = {
    5120: np.dtype("i1"),
    5121: np.dtype("u1"),
    5122: np.dtype("<i2"),
    5123: np.dtype("<u2"),
    5125: np.dtype("<u4"),
    5126: np.dtype("<f4"),
}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}
_ATTRIBUTES = {"POSITION": "VEC3", "NORMAL": "VEC3", "TANGENT": "VEC4", "TEXCOORD_0": "VEC2"}
_FLOAT = 5126
_INDEX_TYPES = (5121, 5123, 5125)
_RESTART = {5121: 0xFF, 5123: 0xFFFF, 5125: 0xFFFFFFFF}
_VERTICES, _INDICES = 34962, 34963
_WRAP = {33071, 33648, 10497}
_SAMPLER = {
    "magFilter": {9728, 9729},
    "minFilter": {9728, 9729, 9984, 9985, 9986, 9987},
    "wrapS": _WRAP,
    "wrapT": _WRAP,
}
_UNIT = 1e-3
"""How far from 1 the length of a unit vector may be; single precision stays far below."""


def is_index(value: Any, entries: Any) -> bool:
    return type(value) is int and isinstance(entries, list) and 0 <= value < len(entries)


def _is_size(value: Any, least: int) -> bool:
    return type(value) is int and value >= least


def buffer_faults(document: dict[str, Any], blob: bytes) -> Iterator[str]:
    buffers = document["buffers"]
    if len(buffers) != 1:
        yield "more than one buffer in a file of its own"
    length = buffers[0]["byteLength"]
    if not _is_size(length, 1) or not length <= len(blob) <= length + 3:
        yield f"buffers[0].byteLength {length} does not fit a chunk of {len(blob)} bytes"
    elif blob[length:].strip(b"\0"):
        yield "the binary chunk is not padded with zeros"


def view_faults(document: dict[str, Any]) -> Iterator[str]:
    total = document["buffers"][0]["byteLength"]
    taken: list[tuple[int, int, int]] = []
    for number, view in enumerate(document["bufferViews"]):
        start, length = view.get("byteOffset", 0), view["byteLength"]
        if not (_is_size(start, 0) and _is_size(length, 1)):
            yield f"bufferViews[{number}] has no sizes"
            continue
        if start + length > total:
            yield f"bufferViews[{number}] reaches beyond its buffer"
        if "target" in view and view["target"] not in (_VERTICES, _INDICES):
            yield f"bufferViews[{number}].target is unknown"
        if "byteStride" in view:
            yield f"bufferViews[{number}] is interleaved, which this check does not follow"
        taken.append((start, start + length, number))
    for (_, end, number), (start, _, other) in zip(sorted(taken), sorted(taken)[1:], strict=False):
        if start < end:
            yield f"bufferViews[{other}] lies over bufferViews[{number}]"


def accessor_faults(document: dict[str, Any]) -> Iterator[str]:
    for number, accessor in enumerate(document["accessors"]):
        name = f"accessors[{number}]"
        kind = _COMPONENTS.get(accessor["componentType"])
        width = _WIDTHS.get(accessor["type"]) if isinstance(accessor["type"], str) else None
        if kind is None or width is None:
            yield f"{name} has an unknown type"
            continue
        if not _is_size(accessor["count"], 1) or not _is_size(accessor.get("byteOffset", 0), 0):
            yield f"{name} has no count"
            continue
        view = document["bufferViews"][accessor["bufferView"]]
        start = accessor.get("byteOffset", 0)
        if start + accessor["count"] * width * kind.itemsize > view["byteLength"]:
            yield f"{name} reaches beyond its bufferView"
        if (start + view.get("byteOffset", 0)) % kind.itemsize or start % kind.itemsize:
            yield f"{name} is not aligned to its components"
        for word in ("min", "max"):
            if word in accessor and not _is_numbers(accessor[word], width):
                yield f"{name}.{word} is not {width} numbers"


def _is_numbers(values: Any, count: int) -> bool:
    return (
        isinstance(values, list)
        and len(values) == count
        and all(type(value) in (int, float) and math.isfinite(value) for value in values)
    )


def _values(document: dict[str, Any], blob: bytes, number: int) -> np.ndarray:
    accessor = document["accessors"][number]
    view = document["bufferViews"][accessor["bufferView"]]
    kind, width = _COMPONENTS[accessor["componentType"]], _WIDTHS[accessor["type"]]
    start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
    return np.frombuffer(blob, kind, accessor["count"] * width, start).reshape(-1, width)


def value_faults(document: dict[str, Any], blob: bytes, number: int) -> Iterator[str]:
    values = _values(document, blob, number)
    if not np.isfinite(values).all():
        yield f"accessors[{number}] holds what is no number"
        return
    accessor = document["accessors"][number]
    for word, extreme in (("min", values.min(0)), ("max", values.max(0))):
        if word in accessor and not np.array_equal(np.array(accessor[word]).astype(values.dtype), extreme):
            yield f"accessors[{number}].{word} is not what it holds"


def node_faults(document: dict[str, Any]) -> Iterator[str]:
    roots = [node for scene in document["scenes"] for node in scene.get("nodes", [])]
    for scene in document["scenes"]:
        if len(set(scene.get("nodes", []))) != len(scene.get("nodes", [])):
            yield "a scene names a node twice"
    yield from (f"nodes[{number}] is in no scene" for number in range(len(document["nodes"])) if number not in roots)
    for number, node in enumerate(document["nodes"]):
        if "rotation" in node and (
            not _is_numbers(node["rotation"], 4) or abs(float(np.linalg.norm(node["rotation"])) - 1.0) > _UNIT
        ):
            yield f"nodes[{number}].rotation is no unit quaternion"


def mesh_faults(document: dict[str, Any], blob: bytes, mesh: dict[str, Any]) -> Iterator[str]:
    for primitive in mesh["primitives"]:
        if primitive.get("mode", 4) != 4:
            yield "a primitive that is no triangles"
        attributes = primitive.get("attributes", {})
        named = {"material": "materials", "indices": "accessors"}
        wrong = [key for key, target in named.items() if not is_index(primitive.get(key), document[target])]
        wrong += [key for key, value in attributes.items() if not is_index(value, document["accessors"])]
        wrong += [key for key in attributes if key not in _ATTRIBUTES]
        if wrong or "POSITION" not in attributes:
            yield f"a primitive's {', '.join(wrong) or 'POSITION'} is missing or leads nowhere"
            continue
        yield from _attribute_faults(document, blob, attributes)
        yield from _index_faults(document, blob, primitive)


def _attribute_faults(document: dict[str, Any], blob: bytes, attributes: dict[str, int]) -> Iterator[str]:
    accessors = document["accessors"]
    for name, number in attributes.items():
        if accessors[number]["type"] != _ATTRIBUTES[name] or accessors[number]["componentType"] != _FLOAT:
            yield f"{name} is not of floats {_ATTRIBUTES[name]}"
            return
        view = document["bufferViews"][accessors[number]["bufferView"]]
        if view.get("target", _VERTICES) != _VERTICES or view.get("byteOffset", 0) % 4:
            yield f"{name} lies in a view that is not for vertices"
    if len({accessors[number]["count"] for number in attributes.values()}) != 1:
        yield "attributes of unlike counts"
        return
    if not {"min", "max"} <= accessors[attributes["POSITION"]].keys():
        yield "POSITION has no bounds"
    if "NORMAL" in attributes:
        yield from _unit_faults("NORMAL", _values(document, blob, attributes["NORMAL"]))
    if "TANGENT" in attributes:
        tangents = _values(document, blob, attributes["TANGENT"])
        yield from _unit_faults("TANGENT", tangents[:, :3])
        if not np.isin(tangents[:, 3], (-1.0, 1.0)).all():
            yield "a TANGENT whose handedness is neither 1 nor -1"


def _unit_faults(name: str, vectors: np.ndarray) -> Iterator[str]:
    if np.abs(np.linalg.norm(vectors.astype(np.float64), axis=1) - 1.0).max() > _UNIT:
        yield f"a {name} that is not of unit length"


def _index_faults(document: dict[str, Any], blob: bytes, primitive: dict[str, Any]) -> Iterator[str]:
    accessor = document["accessors"][primitive["indices"]]
    view = document["bufferViews"][accessor["bufferView"]]
    if accessor["type"] != "SCALAR" or accessor["componentType"] not in _INDEX_TYPES:
        yield "indices are not of whole numbers"
        return
    if view.get("target", _INDICES) != _INDICES:
        yield "indices lie in a view that is not for indices"
    if accessor["count"] % 3:
        yield "indices do not make whole triangles"
        return
    indices = _values(document, blob, primitive["indices"])[:, 0].astype(np.int64)
    count = document["accessors"][primitive["attributes"]["POSITION"]]["count"]
    if indices.max() >= count:
        yield f"an index of {indices.max()} into {count} vertices"
    if (indices == _RESTART[accessor["componentType"]]).any():
        yield "an index that means to restart"
    corners = indices.reshape(-1, 3)
    if (corners == np.roll(corners, 1, axis=1)).any():
        yield "a triangle with one corner twice"
    if len(np.unique(indices)) != count:
        yield "vertices that no triangle uses"


def texture_faults(document: dict[str, Any], blob: bytes) -> Iterator[str]:
    for texture in [texture for material in document["materials"] for texture in textures_of(material)]:
        if not is_index(texture.get("index"), document["textures"]):
            yield "a material's texture leads nowhere"
        if texture.get("texCoord", 0) != 0 or not texture.keys() <= {"index", "texCoord", "scale", "extras"}:
            yield "a material's texture has other coordinates than there are"
    for number, sampler in enumerate(document["samplers"]):
        wrong = [key for key, allowed in _SAMPLER.items() if sampler.get(key) not in {None, *allowed}]
        yield from (f"samplers[{number}].{key} is unknown" for key in wrong)
    for number, image in enumerate(document["images"]):
        yield from (f"images[{number}] {fault}" for fault in _image_faults(document, blob, image))


def _image_faults(document: dict[str, Any], blob: bytes, image: dict[str, Any]) -> Iterator[str]:
    view = document["bufferViews"][image["bufferView"]]
    start = view.get("byteOffset", 0)
    if "target" in view:
        yield "lies in a view for vertices or indices"
    if image["mimeType"] != "image/png":
        yield f"is called {image['mimeType']}"
    yield from _png_faults(blob[start : start + view["byteLength"]])


def textures_of(material: dict[str, Any]) -> list[dict[str, Any]]:
    surface = material.get("pbrMetallicRoughness", {})
    found = [surface.get("baseColorTexture"), surface.get("metallicRoughnessTexture"), material.get("normalTexture")]
    return [texture for texture in found if texture is not None]


def _png_faults(data: bytes) -> Iterator[str]:
    """The parts of a PNG: signature, checksums, size; textures with mipmaps are best of a power of two."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        yield "does not begin as a PNG does"
        return
    place, kinds = 8, []
    while place + 12 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        body = data[place + 4 : place + 8 + size]
        if len(data) < place + 12 + size or zlib.crc32(body) != struct.unpack_from(">I", data, place + 8 + size)[0]:
            yield f"has a damaged {kind!r} chunk"
            return
        if kind == b"IHDR":
            width, height = struct.unpack_from(">II", body, 4)
            if not width or not height or width & (width - 1) or height & (height - 1):
                yield f"is {width} x {height}, no powers of two"
        kinds.append(kind)
        place += 12 + size
    if kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"] or place != len(data):
        yield "does not run from its header to its end"
    if {b"iCCP", b"gAMA", b"cHRM", b"acTL"} & set(kinds):
        yield "carries colour management or animation, which readers leave out"
