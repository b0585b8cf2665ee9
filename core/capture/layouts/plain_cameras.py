"""Cameras for the photographs of a plain folder, out of whatever other layout's camera files lie in it.

A photograph that the camera source knows keeps its own camera. The others of its view take that of the view's
photograph which is known, as when one photograph a view went through structure from motion; or that of a photograph
elsewhere in the folder that is named after the view, such as ``ambient/view03.jpg``. Numbers count only where all views
are named by numbers: a view's place in the order of names says nothing about its camera.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from core.capture.camera_params import read_camera_params
from core.capture.capture import Problem
from core.capture.file_names import CAMERA_PARAMS
from core.capture.folder import PHOTOGRAPH_SUFFIXES, RAW_SUFFIXES, inside
from core.capture.import_options import ImportOptions
from core.capture.json_file import MAX_BYTES
from core.capture.layouts.colmap import COLMAP
from core.capture.layouts.colmap_places import model_file, model_places
from core.capture.layouts.idr_neus import IDR_NEUS
from core.capture.layouts.llff import LLFF
from core.capture.layouts.meshroom import MESHROOM
from core.capture.layouts.metashape import METASHAPE
from core.capture.layouts.middlebury import MIDDLEBURY
from core.capture.layouts.plain_names import Named, last_number, own_numbers
from core.capture.layouts.transforms import TRANSFORMS
from core.capture.lens import Lens
from core.capture.listing import Layout, Listing, Shot
from core.capture.naming import text_lines
from core.capture.raw import photograph_size
from core.errors import CaptureError
from core.types import Camera, ImageKey, Progress

_MOST_LOOKED_AT = 10
_PHOTOGRAPH_ENDS = (*PHOTOGRAPH_SUFFIXES, *RAW_SUFFIXES)
_SOURCES: tuple[Layout, ...] = (COLMAP, TRANSFORMS, METASHAPE, MESHROOM, IDR_NEUS, LLFF, MIDDLEBURY)


@dataclass(frozen=True, kw_only=True)
class Placed:
    """The photographs with their cameras, and what is known beside them."""

    shots: tuple[Shot, ...]
    """Sorted by key."""
    source: Listing | None
    """Of the layout whose cameras they are; None for cameras by view and light."""
    camera_file: str
    without_camera: tuple[str, ...]
    problems: tuple[Problem, ...]
    assumptions: tuple[str, ...]


def placed(
    folder: Path, photographs: Mapping[ImageKey, Named], options: ImportOptions, progress: Progress
) -> Placed | None:
    """Cameras from the first source that has any for these photographs; None when there is no source at all.

    Raises CaptureError when the sources that are there cannot be read or know none of the photographs.
    """
    if (folder / CAMERA_PARAMS).is_file():
        return _by_key(folder, photographs, options)
    errors: list[str] = []
    for layout in _SOURCES:
        if layout.recognise(folder) is None:
            continue
        try:
            listing = layout.list_capture(folder, options, progress)
        except CaptureError as error:
            errors.append(str(error))
            continue
        found = _by_file(folder, photographs, listing, options)
        if found.shots:
            return found
        known = listing.shots[0].file.relative_to(folder).as_posix()
        errors.append(
            f"{folder / listing.camera_file} has a camera for {known} and others, but for no view of the photographs; "
            "name those photographs after the views, such as view03.jpg."
        )
    if errors:
        raise CaptureError(errors[0])
    return None


def _by_key(folder: Path, photographs: Mapping[ImageKey, Named], options: ImportOptions) -> Placed:
    """Cameras of ``camera_params.json``, by view and light."""
    cameras_of = _camera_keys(folder, photographs)
    params = read_camera_params(inside(folder, folder / CAMERA_PARAMS), cameras_of.values())
    shots: list[Shot] = []
    for key, numbered in cameras_of.items():
        if numbered not in params.intrinsics:
            continue
        file = folder / photographs[key].name
        width, height = photograph_size(file, options.raw)
        camera = Camera(
            intrinsics=params.intrinsics[numbered],
            world_from_camera=params.world_from_camera[numbered],
            width=width,
            height=height,
        )
        shots.append(Shot(key=key, file=file, camera=camera))
    return Placed(
        shots=tuple(sorted(shots, key=lambda shot: shot.key)),
        source=None,
        camera_file=CAMERA_PARAMS,
        without_camera=tuple(
            named.name for key, named in photographs.items() if cameras_of[key] not in params.intrinsics
        ),
        problems=params.problems,
        assumptions=(),
    )


def _camera_keys(folder: Path, photographs: Mapping[ImageKey, Named]) -> dict[ImageKey, ImageKey]:
    """The view and light, as ``camera_params.json`` numbers them, of every photograph.

    The photographs' own numbers, else file names of the form VxxLyy. Raises CaptureError where words would have to be
    counted: which of them a number means is nowhere said.
    """
    words = {"views": {named.view for named in photographs.values()}}
    words["lights"] = {named.light for named in photographs.values()}
    named = {what: sorted(some) for what, some in words.items() if own_numbers(some) is None}
    if not named:
        return {key: key for key in photographs}
    with suppress(ValueError):
        by_file = {key: ImageKey.parse(Path(photograph.name).stem) for key, photograph in photographs.items()}
        if len(set(by_file.values())) == len(by_file):
            return by_file
    what, examples = next(iter(named.items()))
    shown = ", ".join(word[:40] for word in examples[:3])
    raise CaptureError(
        f"{folder}: {what} have names ({shown}), but the cameras of {CAMERA_PARAMS} have numbers; give the {what} "
        "those numbers (in the table or in the file names), or name the photographs VxxLyy."
    )


def _by_file(folder: Path, photographs: Mapping[ImageKey, Named], source: Listing, options: ImportOptions) -> Placed:
    own = {shot.file.relative_to(folder).as_posix(): shot for shot in source.shots}
    of_view = _view_cameras(photographs, own)
    shots: list[Shot] = []
    problems: list[Problem] = []
    for key, named in photographs.items():
        known = own.get(named.name) or of_view.get(key.view)
        if known is None:
            continue
        size = photograph_size(folder / named.name, options.raw)
        wanted = _size_of(known.lens or known.camera)
        if size != wanted:
            problems.append(_size_problem(named.name, size, known.file.name, wanted))
            continue
        shots.append(replace(known, key=key, file=folder / named.name))
    known_names = {named.name for key, named in photographs.items() if named.name in own or key.view in of_view}
    return Placed(
        shots=tuple(sorted(shots, key=lambda shot: shot.key)),
        source=source,
        camera_file=source.camera_file,
        without_camera=tuple(named.name for named in photographs.values() if named.name not in known_names),
        problems=(*source.problems, *problems),
        assumptions=_shared_sentence(folder, photographs, own, of_view),
    )


def _view_cameras(photographs: Mapping[ImageKey, Named], own: Mapping[str, Shot]) -> dict[int, Shot]:
    """The shot whose camera stands for a whole view: the first of its photographs that is known, else by its name."""
    found: dict[int, Shot] = {}
    words: dict[int, str] = {}
    for key, named in photographs.items():
        words.setdefault(key.view, named.view)
        if named.name in own:
            found.setdefault(key.view, own[named.name])
    ours = {named.name for named in photographs.values()}
    elsewhere = {name: shot for name, shot in own.items() if name not in ours}
    numbers = own_numbers(words.values()) or {}
    for view, word in words.items():
        if view not in found:
            named_after = _named_after(word, numbers.get(word), elsewhere)
            if named_after is not None:
                found[view] = named_after
    return found


def _named_after(word: str, number: int | None, shots: Mapping[str, Shot]) -> Shot | None:
    """The only photograph named after a view: the same word, else the number that the view is named by."""
    stems = {name: Path(name).stem.lower() for name in shots}
    same = [shots[name] for name, stem in stems.items() if stem == word.lower()]
    if not same and number is not None:
        same = [shots[name] for name, stem in stems.items() if last_number(stem) == number]
    return same[0] if len(same) == 1 else None


def _shared_sentence(
    folder: Path, photographs: Mapping[ImageKey, Named], own: Mapping[str, Shot], of_view: Mapping[int, Shot]
) -> tuple[str, ...]:
    """Which photographs took the camera of another one."""
    taken = [
        (named, of_view[key.view])
        for key, named in photographs.items()
        if named.name not in own and key.view in of_view
    ]
    if not taken:
        return ()
    first, shot = taken[0]
    of = shot.file.relative_to(folder).as_posix()
    text = f"{len(taken)} photographs take the camera of another of their view, such as {first.name} that of {of}."
    return (text,)


def _size_of(frame: Lens | Camera) -> tuple[int, int]:
    return frame.width, frame.height


def _size_problem(name: str, size: tuple[int, int], known: str, wanted: tuple[int, int]) -> Problem:
    sizes = f"{size[0]} x {size[1]} pixels, but {known}, whose camera it would take, is {wanted[0]} x {wanted[1]}"
    return Problem(file=name, text=f"{name} is {sizes}; left out, make both from photographs of one size.")


def known_cameras(folder: Path) -> int | None:
    """About how many cameras COLMAP's or NeRF's files in the folder have, from a look at them; None without any."""
    counts = [_colmap_count(folder, place) for place in model_places(folder)[:_MOST_LOOKED_AT]]
    counts += [_frame_count(folder, file) for file in sorted(folder.glob("transforms*.json"))[:_MOST_LOOKED_AT]]
    return max(counts, default=None)


def _colmap_count(folder: Path, place: str) -> int:
    file = model_file(folder, place, "images")
    try:
        if not file.is_file():
            return 0
        if file.suffix == ".bin":
            with file.open("rb") as stream:
                return int.from_bytes(stream.read(8), "little")
        return sum(1 for line in text_lines(file) if line.lower().endswith(_PHOTOGRAPH_ENDS))
    except (OSError, CaptureError):
        return 0


def _frame_count(folder: Path, file: Path) -> int:
    try:
        small = (
            inside(folder, file).is_file() and file.stat().st_size <= MAX_BYTES
        )  # a link may lead to a device without an end
        return file.read_bytes().count(b'"file_path"') if small else 0
    except (OSError, CaptureError):
        return 0


def sources_named() -> Iterable[str]:
    """What camera files may lie in a plain folder, in words."""
    return (CAMERA_PARAMS, *(layout.name for layout in _SOURCES))
