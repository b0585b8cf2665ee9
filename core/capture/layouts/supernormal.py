"""The layout of SuperNormal: ``cameras_sphere.npz``, ``mask/`` and ``normal_{camera,world}_space_*/``.

Cameras as IDR's and NeuS's. Normals are OpenEXR images of vectors: those of ``normal_camera_space_*`` in the OpenGL
camera frame, those of ``normal_world_space_*`` in the world (CyberAgentAILab/SuperNormal turns one into the other by
negating y and z and applying the pose, data_capture_and_preprocessing/gather_and_convert_normal_map.py). A folder named
GT is preferred. They are ground truth here; without photographs the normal maps stand in for them, and that is said.
"""

import re
from pathlib import Path

from core.capture.import_options import ImportOptions
from core.capture.layouts.idr_neus import CAMERA_FILES
from core.capture.layouts.normal_maps import Turn, as_they_are, out_of_the_world
from core.capture.layouts.rnb_neus import listing_with_normals
from core.capture.listing import Guess, Layout, Listing
from core.errors import CaptureError
from core.types import Progress

_NORMALS = re.compile(r"normal_(camera|world)_space(_.*)?", re.IGNORECASE)


def _recognise(folder: Path) -> Guess | None:
    cameras = [name for name in CAMERA_FILES if (folder / name).is_file()]
    normals = _normal_folders(folder)
    if not cameras or not normals:
        return None
    reasons = (f"{cameras[0]} is there", f"normal maps lie in {normals[0]}")
    return Guess(layout=SUPERNORMAL.name, certainty=0.9, reasons=reasons)


def _list(folder: Path, options: ImportOptions, progress: Progress) -> Listing:
    normals = _normal_folders(folder)
    if not normals:
        raise CaptureError(f"{folder} has no folder like normal_camera_space_GT; put the normal maps into one.")
    turn: Turn = out_of_the_world if "world" in normals[0].lower() else as_they_are
    return listing_with_normals(
        folder,
        layout=SUPERNORMAL.name,
        camera_files=CAMERA_FILES,
        normals=(normals[0], turn),
        stand_ins=normals[:1],
        options=options,
        progress=progress,
    )


def _normal_folders(folder: Path) -> list[str]:
    """Folders of normal maps: true ones first, then those of the camera before those of the world."""
    try:
        names = [entry.name for entry in folder.iterdir() if _NORMALS.fullmatch(entry.name) and entry.is_dir()]
    except OSError:
        return []
    return sorted(names, key=lambda name: (not name.lower().endswith("_gt"), name.lower()))


SUPERNORMAL = Layout(
    name="SuperNormal",
    recognise=_recognise,
    list_capture=_list,
    about="cameras_sphere.npz, mask/ and normal_camera_space_* or normal_world_space_*",
)
