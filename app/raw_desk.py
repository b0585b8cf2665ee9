"""The fit thread's part in looking at RAW photographs."""

from app import messages as msg
from app.fit_desk import FitDesk
from core.capture.choices import load_choices
from core.capture.import_options import ImportOptions
from core.capture.raw import MVSCPS_CROP
from core.capture.raw_preview import RawPhotographs, raw_photographs, raw_preview
from core.errors import Cancelled, CaptureError
from widgets.raw_data import RawPicture


class RawDesk:
    """Answers the RAW panel."""

    def __init__(self, desk: FitDesk) -> None:
        self._desk = desk

    def find(self, command: msg.FindRaw) -> None:
        """Tell which photographs of a capture are RAW."""
        options = ImportOptions()
        try:
            options = command.options or load_choices(command.folder)
            found = raw_photographs(command.folder, options, self._report)
        except CaptureError:  # the check tells it; there is nothing to look at here
            found = RawPhotographs(files=(), raw=options.raw)
        self._desk.send(msg.RawFound(folder=command.folder, files=found.files, options=options, raw=found.raw))

    def develop(self, command: msg.DevelopRaw) -> None:
        """Develop one of them; one that cannot be is told in its place."""
        try:
            seen = raw_preview(command.file, command.curve)
        except CaptureError as error:
            self._desk.send(msg.RawDeveloped(picture=None, trouble=str(error)))
            return
        left, top, width, height = MVSCPS_CROP
        fits = left + width <= seen.size[0] and top + height <= seen.size[1]
        self._desk.send(
            msg.RawDeveloped(
                picture=RawPicture(
                    file=command.file,
                    curve=command.curve,
                    developed=seen.developed,
                    size=seen.size,
                    camera=seen.camera,
                    camera_size=seen.camera_size,
                    published=MVSCPS_CROP if fits else None,
                )
            )
        )

    def _report(self, _what: str, _fraction: float) -> None:
        if self._desk.wanted_elsewhere(msg.FindRaw):
            raise Cancelled
