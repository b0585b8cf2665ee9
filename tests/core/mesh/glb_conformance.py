"""What the glTF 2.0 specification demands of a binary file such as ours, each demand a fault when it is not met.

Checked against the text of the specification (Khronos, glTF 2.0): chapter 4 (GLB layout), 3.6 (buffers, views,
accessors), 3.7 (meshes), 3.8 (textures, images, samplers), 3.9 (materials), 3.5 (nodes). Only what our writer may use
is allowed: a file with anything else is reported, so that a new part of the writer needs a new part here.
"""

import json
import struct
from collections.abc import Iterator
from typing import Any

from tests.core.mesh.glb_contents import (
    accessor_faults,
    buffer_faults,
    is_index,
    mesh_faults,
    node_faults,
    texture_faults,
    textures_of,
    value_faults,
    view_faults,
)

_KNOWN = {
    "": {"asset", "scene", "scenes", "nodes", "meshes", "materials", "textures", "images", "samplers", "accessors",
         "bufferViews", "buffers"},
    "asset": {"version", "generator", "copyright", "minVersion", "extras"},
    "scenes": {"nodes", "name", "extras"},
    "nodes": {"mesh", "rotation", "name", "extras"},
    "meshes": {"primitives", "name", "extras"},
    "materials": {"name", "pbrMetallicRoughness", "normalTexture", "extras"},
    "textures": {"source", "sampler", "name", "extras"},
    "images": {"bufferView", "mimeType", "name", "extras"},
    "samplers": {"magFilter", "minFilter", "wrapS", "wrapT", "name", "extras"},
    "accessors": {"bufferView", "byteOffset", "componentType", "count", "type", "min", "max", "name", "extras"},
    "bufferViews": {"buffer", "byteOffset", "byteLength", "byteStride", "target", "name", "extras"},
    "buffers": {"byteLength", "name", "extras"},
}  # fmt: skip
_REQUIRED = {
    "meshes": {"primitives"},
    "textures": {"source"},
    "images": {"bufferView", "mimeType"},
    "accessors": {"componentType", "count", "type", "bufferView"},
    "bufferViews": {"buffer", "byteLength"},
    "buffers": {"byteLength"},
}
_REFERENCES = {
    "scenes": {"nodes": "nodes"},
    "nodes": {"mesh": "meshes"},
    "textures": {"source": "images", "sampler": "samplers"},
    "images": {"bufferView": "bufferViews"},
    "accessors": {"bufferView": "bufferViews"},
    "bufferViews": {"buffer": "buffers"},
}
_LISTS = tuple(name for name in _KNOWN if name not in ("", "asset"))


class NotGltfError(Exception):
    """The file is no such file at all; nothing more can be said about it."""


def faults(data: bytes) -> list[str]:
    """Everything about a GLB file's bytes that the specification forbids, in words; empty when it conforms."""
    try:
        document, blob = _chunks(data)
        return list(_document_faults(document, blob))
    except NotGltfError as error:
        return [str(error)]


# ---- chapter 4: the container


def _chunks(data: bytes) -> tuple[dict[str, Any], bytes]:
    _demand(len(data) >= 20, "shorter than its headers")
    magic, version, length = struct.unpack_from("<4sII", data)
    _demand(magic == b"glTF", "does not begin with glTF")
    _demand(version == 2, f"container version {version}, not 2")
    _demand(length == len(data), f"says it is {length} bytes long, is {len(data)}")
    text, end = _chunk(data, 12, b"JSON")
    _demand(not text.startswith(b"\xef\xbb\xbf"), "a byte order mark before the JSON")
    try:
        document = json.loads(text.decode("utf-8"), object_pairs_hook=_without_doubles, parse_constant=_no_number)
    except ValueError as error:
        raise NotGltfError(f"its JSON cannot be read: {error}") from None
    _demand(isinstance(document, dict), "its JSON is no object")
    _demand(text.rstrip(b" ").endswith(b"}"), "the JSON is not padded with spaces")
    blob, end = _chunk(data, end, b"BIN\0")
    _demand(end == len(data), "bytes after the last chunk")
    return document, blob


def _chunk(data: bytes, start: int, kind: bytes) -> tuple[bytes, int]:
    _demand(start + 8 <= len(data), f"no {kind!r} chunk")
    size, found = struct.unpack_from("<I4s", data, start)
    _demand(found == kind, f"a chunk {found!r} where {kind!r} belongs")
    _demand(size % 4 == 0, f"the {kind!r} chunk is not padded to whole words")
    _demand(start + 8 + size <= len(data), f"the {kind!r} chunk is cut short")
    return data[start + 8 : start + 8 + size], start + 8 + size


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("a name occurs twice in one object")
    return dict(pairs)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")


def _demand(holds: bool, fault: str) -> None:
    if not holds:
        raise NotGltfError(fault)


# ---- chapter 3: the document


def _document_faults(document: dict[str, Any], blob: bytes) -> Iterator[str]:
    shape = [*_shape_faults(document), *_reference_faults(document)]
    if shape:
        yield from shape
        return
    yield from buffer_faults(document, blob)
    yield from view_faults(document)
    accessors = list(accessor_faults(document))
    yield from accessors
    if accessors:
        return
    for number in range(len(document["accessors"])):
        yield from value_faults(document, blob, number)
    yield from node_faults(document)
    for mesh in document["meshes"]:
        yield from mesh_faults(document, blob, mesh)
    yield from texture_faults(document, blob)
    yield from _unused_faults(document)


def _shape_faults(document: dict[str, Any]) -> Iterator[str]:
    """Properties that are missing, unknown or of the wrong kind."""
    if document.get("asset", {}).get("version") != "2.0":
        yield "asset.version is not 2.0"
    yield from (f"unknown property {name}" for name in document.keys() - _KNOWN[""])
    for name in _LISTS:
        entries = document.get(name)
        if not isinstance(entries, list) or not entries:
            yield f"{name} is missing or empty"
            continue
        for number, entry in enumerate(entries):
            if not isinstance(entry, dict):
                yield f"{name}[{number}] is no object"
                continue
            yield from (f"unknown property {name}[{number}].{key}" for key in entry.keys() - _KNOWN[name])
            yield from (f"{name}[{number}].{key} is missing" for key in _REQUIRED.get(name, set()) - entry.keys())


def _reference_faults(document: dict[str, Any]) -> Iterator[str]:
    if not is_index(document.get("scene", 0), document.get("scenes")):
        yield "scene is no index into scenes"
    for name, references in _REFERENCES.items():
        for number, entry in enumerate(document.get(name) or ()):
            for key, target in references.items():
                if isinstance(entry, dict) and key in entry:
                    values = entry[key] if isinstance(entry[key], list) else [entry[key]]
                    if not values or not all(is_index(value, document.get(target)) for value in values):
                        yield f"{name}[{number}].{key} is no index into {target}"


def _unused_faults(document: dict[str, Any]) -> Iterator[str]:
    """Objects that nothing refers to."""
    primitives = [primitive for mesh in document["meshes"] for primitive in mesh["primitives"]]
    used: dict[str, set[int]] = {
        "meshes": {node["mesh"] for node in document["nodes"] if "mesh" in node},
        "materials": {primitive["material"] for primitive in primitives},
        "accessors": {n for p in primitives for n in [p["indices"], *p["attributes"].values()]},
        "textures": {t["index"] for material in document["materials"] for t in textures_of(material)},
        "images": {texture["source"] for texture in document["textures"]},
        "samplers": {texture["sampler"] for texture in document["textures"] if "sampler" in texture},
        "bufferViews": {item["bufferView"] for key in ("accessors", "images") for item in document[key]},
    }
    for name, numbers in used.items():
        yield from (f"{name}[{number}] is not used" for number in range(len(document[name])) if number not in numbers)
