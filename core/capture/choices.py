"""What the user has decided about a capture, kept beside the photographs so that window and command line agree.

``chiaro/import.json`` holds the import options, ``chiaro/mask/Vxx.png`` masks painted in the studio. Nothing of the
user's own is ever written over.
"""

import json
from pathlib import Path

from core.capture.folder import inside
from core.capture.import_options import ImportOptions
from core.capture.json_file import read_json_object
from core.errors import CaptureError
from core.files import replacing, write_failure

FOLDER = "chiaro"


def choices_file(folder: Path) -> Path:
    """Where the import options of the capture in ``folder`` are kept."""
    return folder / FOLDER / "import.json"


def painted_mask_file(folder: Path, view: int) -> Path:
    """Where a mask painted for ``view`` is kept."""
    return folder / FOLDER / "mask" / f"V{view:02d}.png"


def load_choices(folder: Path) -> ImportOptions:
    """The options that were saved for this capture; the defaults when none were. Raises CaptureError."""
    file = choices_file(folder)
    if not file.exists():
        return ImportOptions()
    values = read_json_object(inside(folder, file), missing="import the capture again", holds="import options")
    try:
        return ImportOptions.from_json(values)
    except ValueError as error:
        raise CaptureError(f"{file}: {error}; correct it or remove the file.") from None


def save_choices(folder: Path, options: ImportOptions) -> None:
    """Keep ``options`` beside the capture. Raises RunError when the folder cannot be written."""
    file = choices_file(folder)
    try:
        inside(folder, file.parent).mkdir(exist_ok=True)
        with replacing(file) as temporary:
            temporary.write_text(json.dumps(options.to_json(), indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise write_failure(file, error) from error
