"""Findings about what a folder was taken for: files that no layout explains, and folders that hold two captures."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from core.capture.import_options import ImportOptions
from core.capture.listing import Guess, Listing
from core.capture.recognise import layout_of, list_capture
from core.capture.report import Finding, Fix, Severity
from core.errors import CaptureError
from core.types import silent

_LIKELY = 0.5
"""Layouts less certain than this fit many folders by their names alone."""


def unreadable(folder: Path, found: Sequence[Guess], error: Exception, options: ImportOptions) -> Finding:
    """Why nothing can be read, and the layouts as which the folder can be."""
    said = (
        str(error) if isinstance(error, CaptureError) else f"{folder} cannot be read: {error}; check its permissions."
    )
    fixes = tuple(_read_as(guess, options) for guess, _ in _others(folder, found, options))
    return Finding(severity=Severity.MUST_FIX, topic="Layout", file="", text=said, fixes=fixes)


def other_captures(listing: Listing, found: Sequence[Guess], options: ImportOptions) -> list[Finding]:
    """A note when the folder holds cameras of another layout, too, and nobody has said which ones to take."""
    if options.layout is not None or options.names is not None or options.table is not None:
        return []
    likely = [guess for guess in found if guess.certainty >= _LIKELY]
    others = _others(listing.folder, likely, options)
    apart = [
        guess for guess, other in others if other.camera_file not in (listing.camera_file, *listing.camera_choices)
    ]
    if not apart:
        return []
    names = " and ".join(guess.layout for guess in apart)
    text = f"The folder holds more than one capture: {listing.layout}, which is read, and {names}. Choose which."
    fixes = tuple(_read_as(guess, options) for guess in apart)
    return [Finding(severity=Severity.NOTE, topic="Layout", file="", text=text, fixes=fixes)]


def about_folder(text: str, folder: Path) -> str:
    """The text of a finding without the path of the folder that the whole report is about."""
    place = str(folder)
    if text.startswith(f"{place}: "):
        rest = text.removeprefix(f"{place}: ")
        # A file's name keeps its letters, or it could not be found.
        text = rest if not rest or {"/", "."} & set(rest.split(" ")[0].rstrip(".")) else rest[0].upper() + rest[1:]
    elif text.startswith(f"{place} "):
        text = f"The folder {text.removeprefix(place).lstrip()}"
    return text if place == "." else text.replace(f"{place}{os.sep}", "")


def _others(folder: Path, found: Sequence[Guess], options: ImportOptions) -> list[tuple[Guess, Listing]]:
    """The guesses that are not in force and whose files can be listed."""
    in_force = _in_force(folder, options)
    possible: list[tuple[Guess, Listing]] = []
    for guess in found:
        if guess.layout == in_force:
            continue
        try:
            listing = list_capture(folder, replace(options, layout=guess.layout), silent)
        except (CaptureError, OSError):
            continue
        possible.append((guess, listing))
    return possible


def _in_force(folder: Path, options: ImportOptions) -> str | None:
    try:
        return layout_of(folder, options).name
    except (CaptureError, OSError):
        return None


def _read_as(guess: Guess, options: ImportOptions) -> Fix:
    return Fix(
        label=f"Read as {guess.layout}",
        action="options",
        options=replace(options, layout=guess.layout),
        argument=f'--layout "{guess.layout}"',
    )
