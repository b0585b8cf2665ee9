"""The layout of RNb-NeuS: ``normal/``, ``albedo/`` and ``mask/`` as ``000.png`` ..., and ``cameras.npz``.

Cameras as IDR's and NeuS's (``core.capture.layouts.idr_neus_cameras``). Normals are images of (n + 1) / 2 in the OpenGL
camera frame (x right, y up, z to the viewer): RNb-NeuS's own loader negates y and z to get to OpenCV's
(bbrument/RNb-NeuS, models/dataset.py). They are what RNb-NeuS learns from; here they are ground truth. Photographs are
read where there are any. Where only the maps are there, albedo maps, or without these the normal maps, stand in for
photographs, so that cameras and masks can be checked; that is said, as there is no light in them to learn from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from core.capture.capture import Problem
from core.capture.folder import PHOTOGRAPH_SUFFIXES, folder_named, image_files, inside, once_each
from core.capture.import_options import ImportOptions
from core.capture.layouts.idr_neus import CAMERA_FILES
from core.capture.layouts.idr_neus_listing import IMAGE_FOLDERS, Sources, numbered_listing, photographs_of
from core.capture.layouts.normal_maps import NormalMaps, Turn, as_they_are, read_normal_truth
from core.capture.listing import Guess, Layout, Listing, Shot
from core.errors import CaptureError
from core.types import Progress

_CAMERA_FILES = ("cameras.npz", *(name for name in CAMERA_FILES if name != "cameras.npz"))
_NORMALS, _ALBEDO = "normal", "albedo"
_STAND_IN = (
    "There are no photographs, so the maps in {part} stand in for them: cameras and masks can be checked, but there is "
    "no light in them to learn from. Put the photographs into image."
)


def _recognise(folder: Path) -> Guess | None:
    cameras = [name for name in _CAMERA_FILES if (folder / name).is_file()]
    if not cameras or folder_named(folder, (_NORMALS,)) is None:
        return None
    reasons = [f"{cameras[0]} is there", f"normal maps lie in {_NORMALS}"]
    if folder_named(folder, (_ALBEDO,)) is not None:
        reasons.append(f"albedo maps lie in {_ALBEDO}")
    return Guess(layout=RNB_NEUS.name, certainty=0.8 + 0.04 * len(reasons), reasons=tuple(reasons))


def _list(folder: Path, options: ImportOptions, progress: Progress) -> Listing:
    stand_ins = tuple(part for part in (_ALBEDO, _NORMALS) if folder_named(folder, (part,)) is not None)
    return listing_with_normals(
        folder,
        layout=RNB_NEUS.name,
        camera_files=_CAMERA_FILES,
        normals=(_NORMALS, as_they_are),
        stand_ins=stand_ins,
        options=options,
        progress=progress,
    )


def listing_with_normals(
    folder: Path,
    *,
    layout: str,
    camera_files: Sequence[str],
    normals: tuple[str, Turn],
    stand_ins: Sequence[str],
    options: ImportOptions,
    progress: Progress,
) -> Listing:
    """A capture with normal maps in a folder, in a frame; ``stand_ins`` are read when there are no photographs.

    Raises CaptureError and Cancelled.
    """
    part, turn = normals
    instead = None if folder_named(folder, IMAGE_FOLDERS) is not None else next(iter(stand_ins), None)
    photographs = photographs_of(folder, IMAGE_FOLDERS if instead is None else (instead,))
    sources = Sources(layout=layout, photographs=photographs, camera_files=tuple(camera_files))
    found = numbered_listing(folder, sources, options, progress)
    maps = NormalMaps(folder=folder, files=_normals_by_view(folder, part, found.shots), turn=turn, mesh=_mesh(folder))
    found = replace(found, truth=partial(read_normal_truth, maps))
    if instead is None:
        return found
    problem = Problem(file=instead, text=_STAND_IN.format(part=instead))
    return replace(found, encoding="linear", problems=(problem, *found.problems))


def _normals_by_view(folder: Path, part: str, shots: Sequence[Shot]) -> Mapping[int, Path]:
    """Normal maps named as a photograph of the view; without any such name, in sorted order if every view has one."""
    if folder_named(folder, (part,)) is None:
        return {}
    found = once_each(folder, image_files(folder, part, PHOTOGRAPH_SUFFIXES))
    files = [inside(folder, file) for file in found]
    by_name = {file.stem: file for file in files}
    named = {shot.key.view: by_name[shot.file.stem] for shot in shots if shot.file.stem in by_name}
    views = sorted({shot.key.view for shot in shots})
    if named or len(files) != len(views):
        return named
    return dict(zip(views, files, strict=True))


def _mesh(folder: Path) -> Path | None:
    """The mesh that some of these captures carry, in the world frame."""
    file = folder / "mesh_Gt.ply"
    try:
        return inside(folder, file) if file.is_file() else None
    except CaptureError:
        return None


RNB_NEUS = Layout(
    name="RNb-NeuS",
    recognise=_recognise,
    list_capture=_list,
    about="normal/, albedo/, mask/ and cameras.npz, with photographs in image/ if there are any",
)
