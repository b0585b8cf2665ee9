"""Maps of each view as image files: normal, colours, roughness, metallic value, depth, opacity, cast shadow.

    maps/maps.json              what a number of each map stands for, in which frame and unit; cameras; lights
    maps/<map>/Vxx.png|exr      seen by the view's first camera, at the photographs' size
    maps/shadow/VxxLyy.png|exr  under the light of that photograph

PNG files have 16 bits and no colour curve. Colours may be brighter than 1 (the convention of ``core.render.view`` fixes
only their product with the lights), so the number that stands for full scale is found over all views before they are
written; until then they wait as OpenEXR files beside.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.capture.images import read_image, write_exr, write_png16
from core.fit.export_options import MapFormat
from core.fit.gltf_factor import gltf_factor
from core.fit.known_lights import known_lights, light_of
from core.fit.traced import TracedPose
from core.fit.trainer import Trainer
from core.json_text import json_text
from core.mesh.metal_rough import base_colour_and_metallic
from core.render.view import ViewMaps, shade
from core.types import FloatArray, ImageKey, gl_from_camera

SIGNED, UNIT, SCALED, DEPTH = "signed", "unit", "scaled", "depth"


@dataclass(frozen=True)
class MapKind:
    """What the numbers of a map are."""

    range: str
    """signed: [-1, 1]; unit: [0, 1]; scaled: 0 and more, shared scale; depth: 0 and more, world units."""
    meaning: str
    outside: str


_NOTHING = "0: no surface"
KINDS: dict[str, MapKind] = {
    "normal": MapKind(SIGNED, "unit surface normal, OpenGL camera frame: x right, y up, z to the viewer", _NOTHING),
    "albedo": MapKind(SCALED, "diffuse colour, linear RGB; 1 appears as 1 under the mean light", _NOTHING),
    "specular": MapKind(SCALED, "reflectance at normal incidence, linear RGB, in the units of albedo", _NOTHING),
    "base_colour": MapKind(UNIT, "glTF 2.0 base colour, linear; of albedo and specular times gltf_factor", _NOTHING),
    "metallic": MapKind(UNIT, "glTF 2.0 metallic value; of albedo and specular times gltf_factor", _NOTHING),
    "roughness": MapKind(UNIT, "GGX roughness; alpha is its square", _NOTHING),
    "depth": MapKind(DEPTH, "z in the camera frame, along the optical axis, world units", _NOTHING),
    "opacity": MapKind(UNIT, "part of the pixel that the estimated object covers", _NOTHING),
    "shadow": MapKind(UNIT, "part of the light that other parts of the object let through; 1 is lit", "1"),
}
"""By the name of the folder."""


def view_maps(maps: ViewMaps, factor: float) -> dict[str, FloatArray]:
    """[height, width, 3 or 1] of every map that needs no light; but for opacity zero where less than half is covered.

    ``factor``: what albedo and specular are multiplied by for base colour and metallic value.
    """
    seen = (maps.opacity > 0.5)[..., None]
    shape = maps.roughness.shape
    diffuse, specular = (np.float32(factor) * colour.reshape(-1, 3) for colour in (maps.albedo, maps.specular))
    base, metallic = base_colour_and_metallic(diffuse, specular)
    found = {
        "normal": maps.normals_gl,
        "albedo": maps.albedo,
        "specular": maps.specular,
        "base_colour": base.reshape(*shape, 3),
        "metallic": metallic.reshape(*shape, 1),
        "roughness": maps.roughness[..., None],
        "depth": maps.depth[..., None],
    }
    kept = {name: np.where(seen, values, np.float32(0.0)) for name, values in found.items()}
    return {**kept, "opacity": maps.opacity[..., None]}


def encoded(values: FloatArray, kind: str, full: float) -> FloatArray:
    """Values of a map as parts of a PNG's full scale, in [0, 1]; ``full`` stands for full scale where it is free."""
    if kind == SIGNED:
        known = np.any(values != 0.0, axis=-1, keepdims=True)
        return np.where(known, 0.5 * values + 0.5, 0.0).astype(np.float32)
    return values if kind == UNIT else (values / np.float32(full)).astype(np.float32)


class MapWriter:
    """Writes the maps of one view after the other, and what they mean at the end."""

    def __init__(self, trainer: Trainer, folder: Path, *, kind: MapFormat, all_shadows: bool) -> None:
        self._trainer = trainer
        self._folder = folder / "maps"
        self._kind: MapFormat = kind
        self._known = known_lights(trainer.lights())
        self._full = {name: 1.0 for name, kind in KINDS.items() if kind.range == SCALED}
        self._full["depth"] = _farthest(trainer)
        self._factor = gltf_factor(trainer)
        self._views: list[dict[str, Any]] = []
        self._shadows = self._shadow_keys(all_shadows)
        self.keys = frozenset(self._shadows)
        """Photographs with a shadow map."""
        for name in KINDS:
            (self._folder / name).mkdir(parents=True)

    def write_view(self, pose: TracedPose, view: int, first: ImageKey) -> None:
        """Write what needs no light, of a view seen by the camera of its first photograph."""
        name = f"V{view:02d}"
        for what, values in view_maps(pose.maps, self._factor).items():
            self._write(what, name, values)
        camera = pose.buffer.camera
        self._views.append(
            {
                "view": name,
                "camera_of": first.name,
                "width": camera.width,
                "height": camera.height,
                "intrinsics": camera.intrinsics.tolist(),
                "world_from_camera": camera.world_from_camera.tolist(),
            }
        )

    def write_image(self, pose: TracedPose, key: ImageKey) -> None:
        """Write the shadow map of a photograph, whole shadows whatever the photographs make of them."""
        # Bounced light, which takes longest, lights a shadow but does not change where it lies.
        shaded = shade(self._trainer.model, pose.buffer, light_of(self._trainer, key), relit=True, bounce_rays=0)
        self._write("shadow", key.name, shaded.shadow[..., None])

    def finish(self) -> None:
        """Write what had to wait for its scale, and ``maps.json``."""
        if self._kind == "png":
            for name, kind in KINDS.items():
                for file in sorted((self._folder / name).glob("*.exr")) if kind.range == SCALED else ():
                    values = np.asarray(read_image(file), np.float32)
                    write_png16(file.with_suffix(".png"), encoded(values, kind.range, self._full[name]))
                    file.unlink()
        text = json_text(self._meaning())
        (self._folder / "maps.json").write_text(text, encoding="utf-8", newline="\n")

    def _write(self, what: str, name: str, values: FloatArray) -> None:
        kind, file = KINDS[what].range, self._folder / what / name
        if kind == SCALED:
            self._full[what] = max(self._full[what], float(values.max(initial=0.0)))
        if self._kind == "exr" or kind == SCALED:
            write_exr(file.with_suffix(".exr"), values)
        else:
            write_png16(file.with_suffix(".png"), encoded(values, kind, self._full.get(what, 1.0)))

    def _meaning(self) -> dict[str, Any]:
        return {
            "format": "16-bit PNG, no colour curve" if self._kind == "png" else "OpenEXR, 32-bit float",
            "pixel_centres": "at integers",
            "camera": "OpenCV: x right, y down, z forward",
            "gltf_factor": self._factor,
            "maps": [
                {"map": name, "meaning": kind.meaning, "outside": kind.outside, "decode": self._decoding(name)}
                for name, kind in KINDS.items()
            ],
            "views": sorted(self._views, key=lambda view: view["view"]),
            "shadows": [self._shadow(key) for key in sorted(self._shadows)],
        }

    def _decoding(self, name: str) -> str:
        """How a stored number becomes the map's."""
        if self._kind == "exr":
            return "value"
        if KINDS[name].range == SIGNED:
            return "value / 65535 * 2 - 1"
        full = self._full.get(name, 1.0)
        return "value / 65535" if full == 1.0 else f"value / 65535 * {full:.9g}"

    def _shadow(self, key: ImageKey) -> dict[str, Any]:
        direction = gl_from_camera(light_of(self._trainer, key).to_light)
        return {"photograph": key.name, "to_light_opengl": [round(float(part), 7) for part in direction]}

    def _shadow_keys(self, every: bool) -> list[ImageKey]:
        """All photographs whose light is known, or the first of each view."""
        lit = [key for key in self._trainer.capture.keys if key.light in self._known]
        if every:
            return lit
        first: dict[int, ImageKey] = {}
        for key in lit:
            first.setdefault(key.view, key)
        return list(first.values())


def _farthest(trainer: Trainer) -> float:
    """World units no depth exceeds: the far end of the object's sphere from the camera farthest away."""
    centre, radius = trainer.frame.centre, trainer.frame.scale
    ahead = [(centre - camera.centre) @ camera.rotation[:, 2] for camera in trainer.capture.cameras]
    return float(max(ahead) + radius)
