"""A plain folder: photographs named by view and light in some way, and the cameras of any other layout beside them.

What a photograph shows is taken from a table (``ImportOptions.table``), from a pattern (``ImportOptions.names``) or
from names that are common (``plain_names``); where cameras come from is told in ``plain_cameras``. A folder with one
view needs no camera: it is taken for an orthographic one (``single_view``). Masks are ``mask.png`` in the folder of a
view, files in ``mask`` or ``masks`` that are named after a view or a photograph (``name.png``, ``name.jpg.png``), or
stand in the table. What is known about the object lies as in the MVSCPS layout.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from core.capture.capture import GroundTruth, Problem
from core.capture.chrome_ball import picked_directions
from core.capture.folder import IMAGE_SUFFIXES, PHOTOGRAPH_SUFFIXES, RAW_SUFFIXES, folder_named, inside
from core.capture.import_options import ImportOptions
from core.capture.layouts.plain_cameras import Placed, known_cameras, placed, sources_named
from core.capture.layouts.plain_names import (
    Named,
    Naming,
    by_common_names,
    by_pattern,
    is_numbered,
    keys_of,
    last_number,
    own_numbers,
)
from core.capture.layouts.plain_table import by_table
from core.capture.layouts.single_view import UP, missing_photographs, single_view
from core.capture.light_files import truth_of_lights
from core.capture.listing import Guess, Layout, Listing, Shot
from core.capture.raw import photograph_size
from core.capture.truth import read_truth
from core.errors import CaptureError
from core.types import Camera, ImageKey, Progress

_MASK_FOLDERS = ("mask", "masks")
_NO_PHOTOGRAPHS = ("chiaro", "sparse", "dense", "stereo", "depth", "normal", "albedo", *_MASK_FOLDERS)
"""Folders whose images are no photographs of the capture."""
_LIGHTS_A_CAMERA = 1.5
"""When there are so many photographs a camera, a view's photographs are meant to share it."""
_DEEPEST = 4
_MOST_FILES = 50_000


def _recognise(folder: Path) -> Guess | None:
    try:
        naming = by_common_names(photographs_in(folder))
    except CaptureError:
        return None
    if naming is None:
        return None
    views = {named.view for named in naming.photographs}
    lights = {named.light for named in naming.photographs}
    reasons = (f"{len(naming.photographs)} photographs tell view and light by {naming.how}",)
    cameras = known_cameras(folder)
    shared = bool(cameras) and len(naming.photographs) >= _LIGHTS_A_CAMERA * (cameras or 0)
    if shared and len(lights) > 1 and is_numbered(views):
        also = f"{cameras} cameras are there, so that several photographs share one"
        return Guess(layout=PLAIN.name, certainty=0.95, reasons=(*reasons, also))
    return Guess(layout=PLAIN.name, certainty=0.3, reasons=reasons)


def _list(folder: Path, options: ImportOptions, progress: Progress) -> Listing:
    progress("Looking through the folder", 0.0)
    naming, problems = _naming(folder, options)
    photographs = keys_of(naming, folder)
    for named in photographs.values():
        inside(folder, folder / named.name)
    masks = _masks(folder, photographs)
    found = placed(folder, photographs, options, progress)
    if found is None:
        listing = _without_cameras(folder, photographs, masks, options)
    else:
        listing = _with_cameras(folder, found, masks)
    sentence = f"The view and light of a photograph are taken from {naming.how}."
    single = len({shot.key.view for shot in listing.shots}) == 1
    numbered = all(map(own_numbers, _words(photographs.values())))
    known = partial(read_truth, folder) if numbered else None  # files of truth are named by view and light
    measured = partial(_truth, {shot.key.light: shot.file for shot in listing.shots}, options)
    return replace(
        listing,
        truth=measured if single and options.ball is not None else known,
        problems=(*problems, *listing.problems),
        assumptions=(sentence, *listing.assumptions),
    )


def _words(photographs: Iterable[Named]) -> tuple[set[str], set[str]]:
    """What views and lights are called."""
    named = list(photographs)
    return {photograph.view for photograph in named}, {photograph.light for photograph in named}


def photographs_in(folder: Path) -> list[str]:
    """The photographs in the folder and below it, relative to it, in natural order. Links to folders are left out.

    Raises CaptureError when there are too many for one capture.
    """
    names: list[str] = []
    for place, folders, files in os.walk(folder):
        below = Path(place).relative_to(folder)
        folders[:] = sorted(name for name in folders if name.lower() not in _NO_PHOTOGRAPHS and name[0] != ".")
        if len(below.parts) >= _DEEPEST:
            folders.clear()
        names += [(below / file).as_posix() for file in sorted(files) if _is_photograph(file)]
        if len(names) > _MOST_FILES:
            raise CaptureError(f"{folder} holds more than {_MOST_FILES} photographs; choose the folder of one capture.")
    return names


def _is_photograph(file: str) -> bool:
    path = PurePosixPath(file)
    kind = path.suffix.lower() in PHOTOGRAPH_SUFFIXES or path.suffix.lower() in RAW_SUFFIXES
    return kind and not file.startswith(".") and "mask" not in path.stem.lower()


def _naming(folder: Path, options: ImportOptions) -> tuple[Naming, tuple[Problem, ...]]:
    if options.table is not None:
        naming, missing = by_table(folder, options.table)
        return naming, missing_photographs(missing, options.table)
    names = photographs_in(folder)
    naming = by_common_names(names) if options.names is None else by_pattern(names, options.names, folder)
    if naming is None:
        raise CaptureError(
            f"{folder}: the names of the photographs{_such_as(names)} do not tell view and light; give a pattern such "
            "as {view}/{light}.jpg (--names), or a CSV table with the columns file, view, light (--table)."
        )
    return naming, ()


def _such_as(names: list[str]) -> str:
    readable = next((name for name in names if name.isprintable()), None)
    return f", such as {readable[:80]}," if readable else ""


def _with_cameras(folder: Path, found: Placed, masks: Mapping[int, tuple[Path, ...]]) -> Listing:
    if not found.shots:
        first = next(iter(found.problems), None)
        reason = first.text if first else f"it has a camera for none of {', '.join(found.without_camera[:2])}"
        raise CaptureError(f"{folder / found.camera_file}: {reason}")
    source = found.source
    views = {shot.key.view for shot in found.shots}
    listing = Listing(
        folder=folder,
        layout=PLAIN.name,
        shots=found.shots,
        masks={view: files for view, files in masks.items() if view in views},
        camera_file=found.camera_file,
        without_camera=found.without_camera,
        problems=found.problems,
        assumptions=found.assumptions,
    )
    if source is None:
        return listing
    return replace(
        listing,
        camera_choices=source.camera_choices,
        file_frame=source.file_frame,
        points=source.points,
        up=source.up,
        assumptions=(*found.assumptions, *source.assumptions),
    )


def _without_cameras(
    folder: Path, photographs: Mapping[ImageKey, Named], masks: Mapping[int, tuple[Path, ...]], options: ImportOptions
) -> Listing:
    """One view of an orthographic camera. Raises CaptureError when there are more."""
    views = {key.view for key in photographs}
    if len(views) > 1:
        raise CaptureError(
            f"{folder} holds photographs of {len(views)} views and no cameras; add camera files, as COLMAP, Metashape, "
            f"Meshroom or RealityCapture make them from photographs (can be read: {', '.join(sources_named())})."
        )
    files = {key: folder / named.name for key, named in photographs.items()}
    mask = next(iter(masks.get(min(views), ())), None)
    view = single_view(photograph_size(next(iter(files.values())), options.raw), mask)
    return Listing(
        folder=folder,
        layout=PLAIN.name,
        shots=tuple(Shot(key=key, file=file, camera=view.camera) for key, file in files.items()),
        masks=masks,
        file_frame=view.file_frame,
        up=UP,
        assumptions=view.assumptions,
    )


def _masks(folder: Path, photographs: Mapping[ImageKey, Named]) -> dict[int, tuple[Path, ...]]:
    """The mask files of each view, from the first place that has any for it."""
    named = _named_masks(folder)
    numbers = own_numbers(_words(photographs.values())[0]) or {}
    masks: dict[int, tuple[Path, ...]] = {}
    for key, photograph in photographs.items():
        files = _masks_of(folder, photograph, numbers.get(photograph.view), named)
        known = masks.get(key.view, ())
        masks[key.view] = (*known, *(file for file in files if file not in known))
    return {view: files for view, files in masks.items() if files}


def _masks_of(folder: Path, photograph: Named, number: int | None, named: Mapping[str, Path]) -> tuple[Path, ...]:
    """The masks of a photograph's view; ``number`` where views are named by numbers, as masks may be, too."""
    if photograph.mask is not None:
        return (folder / photograph.mask,)
    path = PurePosixPath(photograph.name)
    same_place = [folder / path.parent / f"mask{suffix}" for suffix in IMAGE_SUFFIXES]
    own = next((file for file in same_place if file.is_file()), None)
    if own is not None:
        return (inside(folder, own),)
    for word in (path.with_suffix("").as_posix().lower(), path.stem.lower(), photograph.view.lower()):
        if word in named:
            return (named[word],)
    same = [file for word, file in named.items() if number is not None and last_number(word) == number]
    return (same[0],) if len(same) == 1 else ()


def _named_masks(folder: Path) -> dict[str, Path]:
    """The files of the mask folders by their names in them, lower case, without suffix."""
    found: dict[str, Path] = {}
    for part in filter(None, (folder_named(folder, (name,)) for name in _MASK_FOLDERS)):
        place = folder / part
        for file in sorted(inside(folder, place).rglob("*"))[:_MOST_FILES]:
            if file.suffix.lower() in IMAGE_SUFFIXES and not file.name.startswith("."):
                name = file.relative_to(place).with_suffix("")
                word = name.with_suffix("") if _is_photograph(name.name) else name
                found.setdefault(word.as_posix().lower(), inside(folder, file))
    return found


def _truth(
    files: Mapping[int, Path], options: ImportOptions, _cameras: Mapping[int, Camera], light_ids: tuple[int, ...]
) -> tuple[GroundTruth, tuple[Problem, ...]]:
    """The lights of a mirror ball that was picked in the photographs of a single view."""
    problems: list[Problem] = []
    return truth_of_lights(picked_directions(files, options, problems), {}, light_ids), tuple(problems)


PLAIN = Layout(
    name="Plain folder",
    recognise=_recognise,
    list_capture=_list,
    aliases=("plain",),
    about="photographs named by view and light, by folder, pattern or table, and any cameras beside them",
)
