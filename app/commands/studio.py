"""``studio``: open the window."""

from app.arguments import Studio
from app.import_arguments import ImportArguments
from app.outcome import Outcome
from core.errors import CaptureError


def open_studio(arguments: Studio) -> Outcome:
    """Open the studio on a capture, a run, the demo, or nothing; returns when the window is closed."""
    chosen = [arguments.capture is not None, arguments.demo, arguments.run is not None]
    if sum(chosen) > 1:
        raise CaptureError("Open one thing at a time: a capture folder, --demo or --run.")
    if arguments.capture is None and arguments.importing != ImportArguments():
        raise CaptureError("Say which capture is to be read that way: name its folder.")
    options = None if arguments.capture is None else arguments.importing.chosen(arguments.capture)
    from app.studio import run_studio

    run_studio(capture=arguments.capture, demo=arguments.demo, run=arguments.run, options=options)
    return Outcome()
