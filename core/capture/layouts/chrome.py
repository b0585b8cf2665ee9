"""Photometric stereo with a chrome ball, as the University of Washington's course hands it out.

Sub-folders, one an object, with photographs ``name.0.png``, ``name.1.png`` and so on and ``name.mask.png``; one
object, ``chrome``, is a mirror ball photographed under the same lights, and number i is lit by light i everywhere. The
lights are measured from the ball's highlight (``core.capture.chrome_ball``). The University's photographs are linear
although they have 8 bits: its matt ball agrees with the measured lights that way (to 6 % of its brightness) and not
when taken for sRGB (22 %). One view; the camera is assumed orthographic (``single_view``).
"""

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from core.capture.capture import GroundTruth, Problem
from core.capture.chrome_ball import ball_of_mask, measured_directions, picked_directions
from core.capture.folder import IMAGE_SUFFIXES, PHOTOGRAPH_SUFFIXES, RAW_SUFFIXES, image_files, inside
from core.capture.import_options import ImportOptions
from core.capture.layouts.single_view import UP, single_view
from core.capture.light_files import truth_of_lights
from core.capture.listing import Guess, Layout, Listing, Shot
from core.capture.raw import photograph_size
from core.errors import CaptureError, OptionError
from core.types import Camera, ImageKey, Progress

_CHROME = ("chrome", "chromeball", "chrome_ball", "mirror", "mirrorball", "mirror_ball")
_CALIBRATION = (*_CHROME, "gray", "grey")
_NUMBERED = re.compile(r".*?(\d{1,4})")
_FEWEST = 2
"""Photographs of one object."""


def _recognise(folder: Path) -> Guess | None:
    chrome = _chrome_folder(folder)
    objects = _objects(folder) if chrome is not None else {}
    if chrome is None or not objects:
        return None
    reasons = (f"{chrome.name} holds photographs of a mirror ball", f"{', '.join(objects)} under the same lights")
    return Guess(layout=CHROME.name, certainty=0.9, reasons=reasons)


def _chrome_folder(folder: Path) -> Path | None:
    """The folder with the photographs of the mirror ball."""
    return next((place for place in _folders(folder) if place.name.lower() in _CHROME and _mask(place)), None)


def _folders(folder: Path) -> list[Path]:
    return [place for place in sorted(folder.glob("*")) if place.is_dir() and not place.name.startswith(".")]


def _objects(folder: Path) -> dict[str, Path]:
    """The folders of objects by name: those that are not there for calibration first."""
    places = [place for place in _folders(folder) if place.name.lower() not in _CHROME and _mask(place)]
    places.sort(key=lambda place: place.name.lower() in _CALIBRATION)
    return {place.name: place for place in places if len(_numbered(place)) >= _FEWEST}


def _mask(place: Path) -> Path | None:
    """``name.mask.png`` or ``mask.png`` in a folder."""
    files = (file for file in sorted(place.glob("*")) if file.suffix.lower() in IMAGE_SUFFIXES)
    return next((file for file in files if file.stem.lower().split(".")[-1] == "mask"), None)


def _numbered(place: Path) -> dict[int, Path]:
    """The photographs in a folder by their number."""
    found: dict[int, Path] = {}
    for file in image_files(place.parent, place.name, (*PHOTOGRAPH_SUFFIXES, *RAW_SUFFIXES)):
        match = _NUMBERED.fullmatch(file.stem)
        if match:
            found.setdefault(int(match[1]), file)
    return dict(sorted(found.items()))


def _list(folder: Path, options: ImportOptions, progress: Progress) -> Listing:
    progress("Looking through the folder", 0.0)
    chrome, objects = _chrome_folder(folder), _objects(folder)
    if chrome is None or not objects:
        raise CaptureError(
            f"{folder} has no folder chrome and a folder of an object beside it, each with a mask image."
        )
    place = _chosen(folder, objects, options.cameras)
    files = {light: inside(folder, file) for light, file in _numbered(place).items()}
    mask = _mask(place)
    assert mask is not None
    view = single_view(photograph_size(next(iter(files.values())), options.raw), inside(folder, mask))
    linear = all(file.suffix.lower() in IMAGE_SUFFIXES for file in files.values())
    sentence = "The photographs are taken for linear, as those of this layout are; choose sRGB if they are not."
    return Listing(
        folder=folder,
        layout=CHROME.name,
        shots=tuple(Shot(key=ImageKey(0, light), file=file, camera=view.camera) for light, file in files.items()),
        masks={0: (mask,)},
        encoding="linear" if linear else None,
        camera_file=place.name,
        camera_choices=tuple(name for name in objects if name != place.name),
        file_frame=view.file_frame,
        up=UP,
        truth=partial(_truth, folder, chrome, files, options),
        assumptions=(*view.assumptions, *((sentence,) if linear else ())),
    )


def _chosen(folder: Path, objects: Mapping[str, Path], name: str | None) -> Path:
    if name is None:
        return next(iter(objects.values()))
    if name not in objects:
        raise OptionError(f"{folder} has no object named {name[:80]!r}; choose one of {', '.join(objects)}.")
    return objects[name]


def _truth(
    folder: Path,
    chrome: Path,
    files: Mapping[int, Path],
    options: ImportOptions,
    _cameras: Mapping[int, Camera],
    light_ids: tuple[int, ...],
) -> tuple[GroundTruth, tuple[Problem, ...]]:
    """The lights as the mirror ball shows them: the one in its folder, or one picked in the photographs."""
    problems: list[Problem] = []
    try:
        if options.ball is not None:
            found = picked_directions(files, options, problems)
        else:
            mask = _mask(chrome)
            assert mask is not None
            mirrors = {light: inside(folder, file) for light, file in _numbered(chrome).items() if light in light_ids}
            found = measured_directions(mirrors, ball_of_mask(inside(folder, mask)), options.raw, problems)
    except CaptureError as error:
        found = {}
        problems.append(Problem(file=chrome.name, text=f"The lights were not measured: {error}"))
    return truth_of_lights(found, {}, light_ids), tuple(problems)


CHROME = Layout(
    name="Chrome ball",
    recognise=_recognise,
    list_capture=_list,
    aliases=("chrome",),
    about="one view: folders of an object and of a chrome ball, name.0.png… and name.mask.png in each",
)
