"""The fit thread's part in painting masks: reads the photographs, segments, writes the masks."""

from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from app import messages as msg
from app.fit_desk import FitDesk
from core.capture.choices import load_choices, painted_mask_file
from core.capture.colour_model import ColourModel
from core.capture.import_options import ImportOptions
from core.capture.listing import Listing
from core.capture.mask_editing import (
    EditedView,
    alpha_mask,
    edited_view,
    has_mask,
    known_mask,
    save_mask,
    without_specks,
)
from core.capture.masks import bright_object, otsu_level
from core.capture.recognise import list_capture
from core.capture.segment import fill_holes, grabcut
from core.errors import Cancelled, CaptureError
from core.types import BoolArray

Result = TypeVar("Result")
_FRAMED = 0.05
"""When more than this part of the picture is marked as background and nothing as object, the rest may be the object."""
_KEPT_VIEWS = 4
"""Views whose photographs are kept at hand."""


class MaskDesk:
    """Answers the mask editor; knows one listed capture at a time."""

    def __init__(self, desk: FitDesk) -> None:
        self._desk = desk
        self._listing: Listing | None = None
        self._options = ImportOptions()
        self._views: OrderedDict[int, EditedView] = OrderedDict()
        self._telling = False
        """Whether the window has been told what is being read."""
        self._model: ColourModel | None = None
        """Of the view that was saved last."""

    def edit(self, command: msg.EditMasks) -> None:
        """List the capture."""
        self._listing, self._model = None, None
        self._views.clear()
        options = command.options or ImportOptions()
        try:
            options = command.options or load_choices(command.folder)
            listing = self._told(lambda: list_capture(command.folder, options, self._report))
        except CaptureError as error:  # the check says it too; here it stands in place of the views
            self._desk.send(msg.MaskViews(folder=command.folder, options=options, states={}, trouble=str(error)))
            return
        self._listing, self._options = listing, options
        views = sorted({shot.key.view for shot in listing.shots})
        states: dict[int, msg.MaskState] = {view: _state(listing, view) for view in views}
        self._desk.send(msg.MaskViews(folder=command.folder, options=options, states=states))

    def show(self, command: msg.ShowMaskView) -> None:
        """Send a view's picture and the mask it has, or a guess."""
        if self._listing is None:
            return
        listing = self._listing
        edited = self._told(lambda: self._view(command.view))
        mask, trouble = self._known(listing, edited) if has_mask(listing, command.view) else (None, "")
        guessed = mask is None and not trouble and self._model is not None
        if guessed and self._model is not None:
            mask = self._guess(edited, self._model)
        self._desk.send(
            msg.MaskPhotograph(
                view=command.view,
                picture=edited.picture,
                mask=mask,
                guessed=guessed and mask is not None,
                has_alpha=edited.has_alpha,
                level=otsu_level(edited.brightness),
                full_size=edited.full_size,
                trouble=trouble,
            )
        )

    def make(self, command: msg.MakeMask) -> None:
        """Make a mask in the way that is asked for."""
        if self._listing is None:
            return
        edited, level = self._told(lambda: self._view(command.view)), command.level
        if command.way == "alpha":
            mask = alpha_mask(self._listing, edited, self._options, self._report)
        elif command.way == "threshold":
            level = otsu_level(edited.brightness) if level is None else level
            mask = bright_object(edited.brightness, level)
        elif command.way == "holes" and command.start is not None:
            mask = fill_holes(command.start)
        else:
            found = grabcut(edited.picture, command.marks, previous=_start(command))
            mask = without_specks(found, command.marks > 0)
        mask = fill_holes(mask) if command.fill_holes else mask
        self._desk.send(msg.MaskMade(view=command.view, ticket=command.ticket, way=command.way, mask=mask, level=level))

    def save(self, command: msg.SaveMask) -> None:
        """Write a mask; its view's colours become the model for the next one."""
        if self._listing is None:
            return
        edited = self._told(lambda: self._view(command.view))
        file = save_mask(self._listing, edited, command.mask)
        self._model = ColourModel.of(edited.picture, command.mask)
        self._desk.send(msg.MaskSaved(view=command.view, file=file))

    # ---- inside -----------------------------------------------------------------------------------------------------

    def _view(self, view: int) -> EditedView:
        """The view's photographs, read when they are not at hand."""
        assert self._listing is not None
        if view not in self._views:
            self._views[view] = edited_view(self._listing, view, self._options, self._report)
        self._views.move_to_end(view)
        while len(self._views) > _KEPT_VIEWS:
            self._views.popitem(last=False)
        return self._views[view]

    def _known(self, listing: Listing, edited: EditedView) -> tuple[BoolArray | None, str]:
        """The mask that is there; one that cannot be read is no reason not to paint a better one."""
        try:
            return known_mask(listing, edited, self._options, self._report), ""
        except CaptureError as error:
            return None, str(error)

    def _guess(self, edited: EditedView, model: ColourModel) -> BoolArray | None:
        """Where the colours of the last view say that the object is."""
        guess = model.guess(edited.picture)
        return None if guess is None else fill_holes(guess)

    def _told(self, work: Callable[[], Result]) -> Result:
        """Do something that may take long; when the window was told of it, it hears of its end too."""
        self._telling = False
        try:
            return work()
        finally:
            if self._telling:
                self._desk.send(msg.MaskReading(text=""))

    def _report(self, what: str, _fraction: float) -> None:
        """Tell what is being done; stops it when the window wants something else by now."""
        self._telling = True
        if self._desk.wanted_elsewhere(msg.ShowMaskView, msg.EditMasks):
            raise Cancelled
        self._desk.send(msg.MaskReading(text=what))


def _state(listing: Listing, view: int) -> msg.MaskState:
    if painted_mask_file(listing.folder, view).is_file():
        return "painted"
    return "file" if has_mask(listing, view) else "missing"


def _start(command: msg.MakeMask) -> BoolArray | None:
    """What segmenting begins with: the mask at hand, or all that a rectangle has left over."""
    marks = command.marks
    if command.start is None and not (marks > 0).any() and float((marks < 0).mean()) > _FRAMED:
        return marks == 0
    return command.start
