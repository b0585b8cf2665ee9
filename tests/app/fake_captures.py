"""A capture, what is known about it and its figures, every number known in advance."""

from pathlib import Path
from typing import Any

import numpy as np

from core.capture.capture import Capture, GroundTruth
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.listing import Guess
from core.capture.report import Finding, Fix, Report, Severity
from core.fit.evaluation.figures import Evaluation, ImageFigures, grouped
from core.types import Camera, ImageKey
from widgets.check_data import Checked, CheckedView, Sphere

VIEWS, LIGHTS, SIZE = 3, 4, 24


def keys(views: int = VIEWS, lights: int = LIGHTS) -> tuple[ImageKey, ...]:
    return tuple(ImageKey(view, light) for view in range(views) for light in range(lights))


def camera(view: int = 0, size: int = SIZE) -> Camera:
    pose = np.eye(4)
    angle = 2.0 * np.pi * view / VIEWS
    pose[:3, :3] = [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    pose[:3, 3] = -4.0 * pose[:3, 2]
    intrinsics = np.array([[1.5 * size, 0, size / 2], [0, 1.5 * size, size / 2], [0, 0, 1.0]])
    return Camera(intrinsics=intrinsics, world_from_camera=pose, width=size, height=size)


def capture(folder: Path = Path("somewhere/vase")) -> Capture:
    rng = np.random.default_rng(0)
    names = keys()
    return Capture(
        folder=folder,
        keys=names,
        photographs=tuple((rng.random((SIZE, SIZE, 3)) * 255).astype(np.uint8) for _ in names),
        cameras=tuple(camera(key.view) for key in names),
        masks={view: np.ones((SIZE, SIZE), bool) for view in range(VIEWS)},
        light_ids=tuple(range(LIGHTS)),
        file_frame=None,
        truth=GroundTruth(normals_gl={}, light_directions_gl=None, light_intensities=None, mesh=None),
        problems=(),
    )


MASKS_MISSING = Finding(
    severity=Severity.MUST_FIX,
    topic="Masks",
    file="mask",
    text="There are no masks.",
    fixes=(
        Fix(label="Go without masks", action="options", options=ImportOptions(masks=MaskChoice.NONE)),
        Fix(label="Paint masks", action="paint_masks"),
    ),
    view=1,
)


def checked(
    folder: Path = Path("captures/vase"),
    *,
    options: ImportOptions | None = None,
    findings: tuple[Finding, ...] = (),
    readable: bool = True,
    known: bool = True,
    complete: bool = True,
) -> Checked:
    report = Report(
        folder=folder,
        layout="MVSCPS",
        guesses=(Guess(layout="MVSCPS", certainty=1.0, reasons=("camera_params.json is there",)),) if known else (),
        views=VIEWS,
        lights=LIGHTS,
        photographs=VIEWS * LIGHTS,
        findings=findings,
        agreement=dict.fromkeys(range(VIEWS), 0.95) if complete and readable else {},
        estimates=(),
        applied_reduce=1,
        facts=(("Layout", "MVSCPS"),),
    )
    picture = np.zeros((SIZE, SIZE, 3), np.uint8)
    mask = np.ones((SIZE, SIZE), bool) if readable else None
    sphere = Sphere(centre=(0.0, 0.0, 0.0), radius=1.0) if readable else None
    views = {
        view: CheckedView(camera=camera(view), picture=picture, mask=mask, photographs=LIGHTS) for view in range(VIEWS)
    }
    return Checked(
        folder=folder,
        report=report,
        options=options or ImportOptions(),
        layouts=(("MVSCPS", "prepared"), ("COLMAP", "sparse")),
        trainable=readable,
        complete=complete,
        views=views if known else {},
        sphere=sphere,
        masks_sphere=Sphere(centre=(0.0, 0.1, 0.0), radius=1.2) if readable else None,
    )


def evaluation(steps: int) -> Evaluation:
    """Every photograph the better the later; the last one kept out of training."""
    images = tuple(
        ImageFigures(
            name=key.name,
            view=key.view,
            light=key.light,
            trained=key != keys()[-1],
            view_part="train",
            light_part="train",
            psnr_db=30.0 + number,
            ssim=0.9,
            lpips=None,
        )
        for number, key in enumerate(keys())
    )
    nothing: dict[str, Any] = dict.fromkeys(Evaluation.__dataclass_fields__)
    known = {"images": images, "groups": grouped(images), "views": (), "lights": (), "notes": ("A note.",)}
    counts = {"training_images": len(images) - 1, "held_out_images": 1, "test_light_images": 0}
    return Evaluation(**(nothing | known | counts | {"steps": steps, "seconds": 1.0, "held_out_psnr_db": 41.0}))
