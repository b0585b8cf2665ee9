"""The layout of PoRF: ``image/``, first poses in ``cameras_colmap.npz`` or ``cameras_arkit.npz``, and the true ones.

As IDR's and NeuS's (``core.capture.layouts.idr_neus``), with several sets of poses to choose from. The refined ones
are preferred, then those that PoRF starts from; ``cameras.npz``, which PoRF keeps the truth in, can be chosen. Matches
in ``colmap_matches`` are read by ``core.capture.colmap_matches``. PoRF uses no masks, so there may be none.
"""

from pathlib import Path

from core.capture.colmap_matches import FOLDER as MATCHES
from core.capture.folder import folder_named
from core.capture.import_options import ImportOptions
from core.capture.layouts.idr_neus import CAMERA_FILES
from core.capture.layouts.idr_neus_listing import (
    IMAGE_FOLDERS,
    Sources,
    numbered_listing,
    photographs_of,
)
from core.capture.listing import Guess, Layout, Listing
from core.types import Progress

_OWN = ("cameras_refine_porf.npz", "cameras_colmap.npz", "cameras_arkit.npz")


def _recognise(folder: Path) -> Guess | None:
    cameras = [name for name in (*_OWN, *CAMERA_FILES) if (folder / name).is_file()]
    image = folder_named(folder, IMAGE_FOLDERS)
    matches = (folder / MATCHES).is_dir()
    if image is None or not cameras or not (matches or cameras[0] in _OWN):
        return None
    reasons = [f"{cameras[0]} is there", f"photographs lie in {image}"]
    if matches:
        reasons.append(f"matches lie in {MATCHES}")
    return Guess(layout=PORF.name, certainty=0.8 + 0.05 * len(reasons), reasons=tuple(reasons))


def _list(folder: Path, options: ImportOptions, progress: Progress) -> Listing:
    photographs = photographs_of(folder, IMAGE_FOLDERS)
    sources = Sources(layout=PORF.name, photographs=photographs, camera_files=(*_OWN, *CAMERA_FILES))
    return numbered_listing(folder, sources, options, progress)


PORF = Layout(
    name="PoRF",
    recognise=_recognise,
    list_capture=_list,
    about="image/ and cameras_colmap.npz or cameras_arkit.npz, with colmap_matches/ if there are any",
)
