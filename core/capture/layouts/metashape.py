"""Captures aligned with Agisoft Metashape: ``cameras.xml`` and the photographs, anywhere in the folder.

Conventions in ``core.capture.layouts.metashape_xml``. The file names photographs by their labels only, so they are
looked for by name. Metashape's reference frames have z up; a chunk without a transform has no up at all.
"""

from pathlib import Path

import numpy as np

from core.capture.folder import inside
from core.capture.import_options import ImportOptions
from core.capture.layouts.metashape_xml import read_metashape
from core.capture.layouts.named_photographs import named_masks, named_shots
from core.capture.listing import Guess, Layout, Listing
from core.errors import CaptureError
from core.types import Progress

CAMERAS = "cameras.xml"
_MARK = b"<chunk"
_HEAD_BYTES = 4096
_REGION = "The object lies in the region drawn in Metashape."
_GLOBE = 1e6
"""Further from the origin than this, in metres, the world is the globe itself, whose up is not z."""


def _recognise(folder: Path) -> Guess | None:
    file = folder / CAMERAS
    if not file.is_file():
        return None
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError:
        return None
    if _MARK not in head:
        return None
    reasons = (f"{CAMERAS} is there", f"{CAMERAS} holds a chunk of Metashape")
    return Guess(layout=METASHAPE.name, certainty=0.8, reasons=reasons)


def _list(folder: Path, _options: ImportOptions, progress: Progress) -> Listing:
    progress("Reading the cameras", 0.0)
    file = inside(folder, folder / CAMERAS)
    if not file.is_file():
        raise CaptureError(f"{file} is missing; export the cameras of Metashape there.")
    declared = read_metashape(file)
    found = named_shots(folder, CAMERAS, declared.cameras, progress)
    far = max(float(np.abs(shot.camera.centre).max()) for shot in found.shots) > _GLOBE
    return Listing(
        folder=folder,
        layout=METASHAPE.name,
        shots=found.shots,
        masks=named_masks(folder, found.shots),
        camera_file=CAMERAS,
        file_frame=declared.file_frame,
        up="+z" if declared.referenced and not far else None,
        without_camera=found.without_camera,
        without_photograph=found.without_photograph,
        problems=found.problems,
        assumptions=() if declared.file_frame is None else (_REGION,),
    )


METASHAPE = Layout(
    name="Metashape",
    recognise=_recognise,
    list_capture=_list,
    aliases=("agisoft",),
    about="cameras.xml of Agisoft Metashape and the photographs it names",
)
