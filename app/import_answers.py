"""How the fit thread answers what the mask editor and the RAW panel ask; what they need is loaded when first asked."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from app import messages as msg
from app.fit_desk import FitDesk

if TYPE_CHECKING:
    from app.mask_desk import MaskDesk
    from app.raw_desk import RawDesk


class ImportAnswers:
    """Answers by the type of the question; on the fit thread only."""

    def __init__(self, desk: FitDesk) -> None:
        self._desk = desk
        self._masks: MaskDesk | None = None
        self._raw: RawDesk | None = None
        self.answers: dict[type[msg.Message], Callable[[Any], None]] = {
            msg.EditMasks: self._edit_masks,
            msg.ShowMaskView: self._show_mask_view,
            msg.MakeMask: self._make_mask,
            msg.SaveMask: self._save_mask,
            msg.FindRaw: self._find_raw,
            msg.DevelopRaw: self._develop_raw,
        }

    def _edit_masks(self, command: msg.EditMasks) -> None:
        self._mask_desk.edit(command)

    def _show_mask_view(self, command: msg.ShowMaskView) -> None:
        self._mask_desk.show(command)

    def _make_mask(self, command: msg.MakeMask) -> None:
        self._mask_desk.make(command)

    def _save_mask(self, command: msg.SaveMask) -> None:
        self._mask_desk.save(command)

    def _find_raw(self, command: msg.FindRaw) -> None:
        self._raw_desk.find(command)

    def _develop_raw(self, command: msg.DevelopRaw) -> None:
        self._raw_desk.develop(command)

    @property
    def _mask_desk(self) -> "MaskDesk":
        if self._masks is None:
            from app.mask_desk import MaskDesk  # noqa: PLC0415 - loads the readers, which the window does not wait for

            self._masks = MaskDesk(self._desk)
        return self._masks

    @property
    def _raw_desk(self) -> "RawDesk":
        if self._raw is None:
            from app.raw_desk import RawDesk  # noqa: PLC0415 - as above

            self._raw = RawDesk(self._desk)
        return self._raw
