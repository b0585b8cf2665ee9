"""Captures reconstructed with Meshroom (AliceVision): a ``.sfm`` or ``.json`` scene and the photographs.

Conventions in ``core.capture.layouts.meshroom_sfm``. The scene names photographs by their paths on the machine it was
made on, so they are looked for by name, or by the id of their view where a program renamed them to it.
"""

from codecs import BOM_UTF8
from pathlib import Path

from core.capture.folder import inside
from core.capture.import_options import ImportOptions
from core.capture.layouts.meshroom_sfm import read_meshroom
from core.capture.layouts.named_photographs import named_masks, named_shots
from core.capture.listing import Guess, Layout, Listing
from core.errors import CaptureError, OptionError
from core.types import Progress

_SUFFIXES = (".sfm", ".json")
_HEAD_BYTES = 4096
_MARKS = (b'"version"', b'"views"')
"""What a scene begins with."""
_SCENE_WORDS = (b'"viewId"', b'"featuresFolders"', b'"matchesFolders"')
_PREFERRED = ("cameras.sfm", "sfm.sfm", "sfm.json", "cameras.json")


def _recognise(folder: Path) -> Guess | None:
    scenes = _scenes(folder)
    if not scenes:
        return None
    return Guess(
        layout=MESHROOM.name,
        certainty=0.8,
        reasons=(f"{scenes[0]} is there", f"{scenes[0]} begins like a scene of Meshroom"),
    )


def _list(folder: Path, options: ImportOptions, progress: Progress) -> Listing:
    progress("Reading the cameras", 0.0)
    scenes = _scenes(folder)
    if not scenes:
        raise CaptureError(f"{folder} has no .sfm or .json scene of Meshroom; export the cameras there.")
    if options.cameras is not None and options.cameras not in scenes:
        text = f"{folder / options.cameras} is no scene of Meshroom; choose one of {', '.join(scenes)}."
        raise OptionError(text)
    name = options.cameras or scenes[0]
    scene = read_meshroom(inside(folder, folder / name))
    found = named_shots(folder, name, scene.cameras, progress)
    return Listing(
        folder=folder,
        layout=MESHROOM.name,
        shots=found.shots,
        masks=named_masks(folder, found.shots),
        camera_file=name,
        camera_choices=tuple(other for other in scenes if other != name),
        points=scene.points,
        without_camera=found.without_camera,
        without_photograph=found.without_photograph,
        problems=found.problems,
    )


def _scenes(folder: Path) -> list[str]:
    """Names of scene files in the folder itself, the usual ones first."""
    try:
        entries = [entry for entry in folder.iterdir() if entry.suffix.lower() in _SUFFIXES and entry.is_file()]
    except OSError:
        return []
    scenes = [entry.name for entry in entries if _is_scene(entry)]
    return sorted(scenes, key=lambda name: (*(name.lower() != other for other in _PREFERRED), name))


def _is_scene(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError:
        return False
    if not head.removeprefix(BOM_UTF8).lstrip().startswith(b"{") or _MARKS[0] not in head:
        return False
    return any(word in head for word in _SCENE_WORDS) or (file.suffix.lower() == ".sfm" and _MARKS[1] in head)


MESHROOM = Layout(
    name="Meshroom",
    recognise=_recognise,
    list_capture=_list,
    aliases=("alicevision",),
    about="a .sfm or .json scene of Meshroom (AliceVision) and the photographs it names",
)
