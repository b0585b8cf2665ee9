"""Material spheres as pictures: what each view's surface, and the object as a whole, is made of.

    spheres/Vxx.png      spheres of the material at places of the view, as in the report
    spheres/object.png   the object's materials, the commonest first, with the part of the surface each covers

All have one brightness, the brightest material's shine near white, and lie on grey, so that unlit sides show.
"""

from pathlib import Path

from core.capture.images import write_png8
from core.fields.model import Model
from core.fit.canvas import Canvas, Colour
from core.fit.contact_sheet import bright_exposure
from core.fit.material_samples import MaterialSample, material_samples
from core.fit.sphere_map import GROUND, lit_colours, material_sphere, sphere_colours, sphere_map
from core.fit.traced import TracedPose
from core.fit.trainer import Trainer
from core.types import FloatArray

_BACKGROUND: Colour = (GROUND, GROUND, GROUND)
_LETTERS: Colour = (0.95, 0.95, 0.95)
_TILE, _CAPTION, _COLUMNS = 128, 28, 4


class SphereWriter:
    """Writes the object's materials first, then one view after the other."""

    def __init__(self, trainer: Trainer, folder: Path) -> None:
        self._trainer = trainer
        self._folder = folder / "spheres"
        self._folder.mkdir()
        self._exposure: float | None = None

    def write_view(self, pose: TracedPose, view: int) -> None:
        """Write the spheres of a view."""
        model = self._trainer.model
        if self._exposure is None:
            materials, self._exposure = object_materials(model)
            write_png8(self._folder / "object.png", materials)
        spheres = sphere_map(model, pose.buffer, self._trainer.capture.masks[view])
        write_png8(self._folder / f"V{view:02d}.png", sphere_colours(spheres, self._exposure))


def object_materials(model: Model) -> tuple[FloatArray, float]:
    """The object's materials as a display-referred picture [height, width, 3], and the factor on linear light in it."""
    samples = material_samples(model)
    spheres = [material_sphere(model, sample.features, size=_TILE) for sample in samples]
    exposure = bright_exposure([lit_colours(sphere) for sphere in spheres])
    return _mosaic(samples, [sphere_colours(sphere, exposure) for sphere in spheres]), exposure


def _mosaic(samples: list[MaterialSample], shown: list[FloatArray]) -> FloatArray:
    rows = max(1, -(-len(samples) // _COLUMNS))
    canvas = Canvas(_COLUMNS * _TILE, rows * (_TILE + _CAPTION), _BACKGROUND)
    for number, (sample, sphere) in enumerate(zip(samples, shown, strict=True)):
        x, y = number % _COLUMNS * _TILE, number // _COLUMNS * (_TILE + _CAPTION)
        canvas.picture(x, y, sphere)
        canvas.text(x + _TILE // 2, y + _TILE + 16, _percent(sample.share), _LETTERS, size=15, align="center")
    return canvas.pixels


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %" if share >= 0.01 else f"{100.0 * share:.1f} %"
