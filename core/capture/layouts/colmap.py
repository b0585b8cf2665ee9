"""COLMAP: ``sparse/0`` or one of its kin, ``images`` beside it, ``masks`` where there are any.

Formats and conventions: ``core.capture.colmap_model``; camera models: ``core.capture.lens_models``. The world is
COLMAP's own. Photographs that COLMAP could not place have no camera and are left out.
"""

from pathlib import Path

from core.capture.capture import Problem
from core.capture.colmap_model import shown
from core.capture.colmap_points import read_points
from core.capture.folder import inside
from core.capture.import_options import ImportOptions
from core.capture.layouts.beside import mask_files, strangers
from core.capture.layouts.colmap_places import (
    Reconstruction,
    model_file,
    model_places,
    read_reconstruction,
)
from core.capture.lens_shots import Fitting
from core.capture.listing import Guess, Layout, Listing, Shot
from core.capture.naming import keys_by_name
from core.errors import CaptureError, OptionError
from core.types import FloatArray, Progress

_OTHER_SUFFIXES = "Photographs are matched to the reconstruction by their names without suffix."


def _recognise(folder: Path) -> Guess | None:
    places = model_places(folder)
    if not places:
        return None
    used = _used(folder, places)
    first = model_file(folder, used, "cameras").relative_to(folder).as_posix()
    reasons = [f"{first} and {first.replace('cameras', 'images')} are there"]
    if len(places) > 1:
        others = [place for place in places if place != used]
        reasons.append(f"more reconstructions lie in {', '.join(others[:3])}")
    return Guess(layout=COLMAP.name, certainty=0.85, reasons=tuple(reasons))


def _used(folder: Path, places: tuple[str, ...]) -> str:
    """The reconstruction that is read unless another one is asked for; the first one when none can be."""
    if len(places) == 1:
        return places[0]
    try:
        return _chosen(folder, places, ImportOptions()).place
    except CaptureError:
        return places[0]


def _list(folder: Path, options: ImportOptions, progress: Progress) -> Listing:
    progress("Looking through the folder", 0.0)
    places = model_places(folder)
    chosen = _chosen(folder, places, options)
    shots, fitting = _shots(folder, chosen, progress)
    images = model_file(folder, chosen.place, "images").relative_to(folder).as_posix()
    if not shots:
        raise CaptureError(_nothing_left(folder, chosen, fitting))
    points, point_problems = _points(folder, chosen.place)
    names = {name: shot.key for name, shot in shots.items()}
    return Listing(
        folder=folder,
        layout=COLMAP.name,
        shots=tuple(sorted(shots.values(), key=lambda shot: shot.key)),
        masks=mask_files(folder, chosen.photographs, names),
        camera_file=images,
        camera_choices=tuple(place for place in places if place != chosen.place),
        points=points,
        without_camera=strangers(folder, chosen.photographs, chosen.files.values()),
        without_photograph=tuple(image.name for image in chosen.model.images if image.name not in chosen.files),
        problems=(*fitting.problems, *point_problems),
        assumptions=(_OTHER_SUFFIXES,) if chosen.other_suffixes else (),
    )


def _chosen(folder: Path, places: tuple[str, ...], options: ImportOptions) -> Reconstruction:
    """The reconstruction that was asked for, or the first one of those that most photographs are there for."""
    if not places:
        raise CaptureError(f"{folder} has no reconstruction of COLMAP; put cameras.bin and images.bin into sparse/0.")
    if options.cameras is not None:
        if options.cameras not in places:
            known = ", ".join(places)
            raise OptionError(f"{folder} has no reconstruction {shown(options.cameras)}; choose one of {known}.")
        return read_reconstruction(folder, options.cameras)
    best: Reconstruction | None = None
    for place in places:
        try:
            found = read_reconstruction(folder, place)
        except CaptureError:
            if len(places) == 1 or (place == places[-1] and best is None):
                raise
            continue  # another one may be whole
        if best is None or len(found.files) > len(best.files):
            best = found
    assert best is not None
    return best


def _shots(folder: Path, chosen: Reconstruction, progress: Progress) -> tuple[dict[str, Shot], Fitting]:
    """The photographs by their names in the reconstruction, as far as they fit their cameras."""
    fitting = Fitting(folder, model_file(folder, chosen.place, "cameras").relative_to(folder).as_posix())
    images = [image for image in chosen.model.images if image.name in chosen.files]
    keys = keys_by_name([image.name for image in images])
    shots: dict[str, Shot] = {}
    for number, (image, key) in enumerate(zip(images, keys, strict=True)):
        progress("Looking through the folder", number / len(images))
        lens, file = chosen.model.lenses[image.camera], chosen.files[image.name]
        shot = fitting.shot(lens, key, file, image.world_from_camera)
        if shot is not None:
            shots[image.name] = shot
    return shots, fitting


def _nothing_left(folder: Path, chosen: Reconstruction, fitting: Fitting) -> str:
    if fitting.problems:
        first = fitting.problems[0]
        return f"{folder / first.file}: {first.text}"
    file = model_file(folder, chosen.place, "images")
    wanted = shown(chosen.model.images[0].name)
    return f"{file} lists {wanted} and others, but none of them is there; put the photographs into a folder images."


def _points(folder: Path, place: str) -> tuple[FloatArray | None, tuple[Problem, ...]]:
    """The sparse points; a damaged list of them is no reason to refuse the cameras."""
    file = model_file(folder, place, "points3D")
    if not file.is_file():
        return None, ()
    try:
        points = read_points(inside(folder, file))
    except CaptureError as error:
        return None, (Problem(file=file.relative_to(folder).as_posix(), text=f"Sparse points left out: {error}"),)
    return (points if len(points) else None), ()


COLMAP = Layout(
    name="COLMAP",
    recognise=_recognise,
    list_capture=_list,
    about="sparse/0 with cameras, images and points3D (binary or text), images/ and masks/",
)
