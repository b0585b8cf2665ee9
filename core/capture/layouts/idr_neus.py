"""The layout of IDR and NeuS: ``image/``, ``mask/`` and ``cameras_sphere.npz`` or one of its kin.

Camera i belongs to the i-th file of ``image/`` in sorted order (``core.capture.layouts.idr_neus_cameras``). The image
files are ordinary RGB: NeuS keeps them as BGR in its own memory only, so nothing is turned round here; only colours
out of a network that it trained are swapped. NeuS asks for masks even where it does without and gets white ones:
these are reported and left out.
"""

from pathlib import Path

from core.capture.folder import folder_named
from core.capture.import_options import ImportOptions
from core.capture.layouts.idr_neus_listing import (
    IMAGE_FOLDERS,
    LINEAR_INIT,
    MASK_FOLDERS,
    Sources,
    numbered_listing,
    photographs_of,
)
from core.capture.listing import Guess, Layout, Listing
from core.types import Progress

CAMERA_FILES = ("cameras_sphere.npz", "cameras.npz", "cameras_large.npz", LINEAR_INIT)
"""The preferred one first."""
_WITHOUT_PHOTOGRAPHS = 0.35


def _recognise(folder: Path) -> Guess | None:
    cameras = [name for name in CAMERA_FILES if (folder / name).is_file()]
    image = folder_named(folder, IMAGE_FOLDERS)
    if not cameras:
        return None
    if image is None:  # so that what is missing can be named
        reason = f"{cameras[0]} is there, but no folder named {' or '.join(IMAGE_FOLDERS)}"
        return Guess(layout=IDR_NEUS.name, certainty=_WITHOUT_PHOTOGRAPHS, reasons=(reason,))
    reasons = [f"{cameras[0]} is there", f"photographs lie in {image}"]
    mask = folder_named(folder, MASK_FOLDERS)
    if mask is not None:
        reasons.append(f"masks lie in {mask}")
    return Guess(layout=IDR_NEUS.name, certainty=0.7 + 0.05 * len(reasons), reasons=tuple(reasons))


def _list(folder: Path, options: ImportOptions, progress: Progress) -> Listing:
    photographs = photographs_of(folder, IMAGE_FOLDERS)
    sources = Sources(layout=IDR_NEUS.name, photographs=photographs, camera_files=CAMERA_FILES)
    return numbered_listing(folder, sources, options, progress)


IDR_NEUS = Layout(
    name="IDR / NeuS",
    recognise=_recognise,
    list_capture=_list,
    aliases=("idr", "neus"),
    about="image/, mask/ and cameras_sphere.npz, cameras.npz, cameras_large.npz or cameras_linear_init.npz",
)
