"""What the window sends and shows while masks are painted and RAW photographs are looked at, without a window."""

from pathlib import Path
from typing import Any

import numpy as np

from app import messages as msg
from app.mask_control import MaskControl, unsaved_words
from app.raw_control import RawControl
from core.capture.import_options import ImportOptions, MaskChoice, RawOptions
from core.capture.synthetic import demo_capture_folder
from tests.app.desk import Desk
from widgets.mask_intents import Wish
from widgets.raw_data import RawPicture

FOLDER = Path("captures/vase")
NONE = np.zeros((6, 8), np.int8)
MASK = np.ones((6, 8), bool)


class Masks(Desk):
    """With a control of its own, whose re-reading is watched."""

    def __init__(self) -> None:
        super().__init__()
        self.reopened: list[tuple[Path, ImportOptions]] = []
        self.panels.tabs.shown = "masks"
        self.panels.tabs.show.side_effect = lambda tab: setattr(self.panels.tabs, "shown", tab)
        self.masks = MaskControl(self.window, reopen=lambda *what: self.reopened.append(what))

    def list(self, states: dict[int, msg.MaskState] | None = None) -> None:
        self.masks.show_folder(FOLDER, ImportOptions())
        self.masks.show_views(
            msg.MaskViews(folder=FOLDER, options=ImportOptions(masks=MaskChoice.ALPHA), states=states or {0: "missing"})
        )


def wish(view: int = 0) -> Wish:
    return Wish(view=view, way="strokes", marks=NONE, start=None, level=None, fill_holes=True)


def photograph(view: int) -> msg.MaskPhotograph:
    picture = np.zeros((6, 8, 3), np.uint8)
    return msg.MaskPhotograph(
        view=view, picture=picture, mask=None, guessed=False, has_alpha=False, level=0.1, full_size=(16, 12)
    )


def test_views_are_listed_once_somebody_looks() -> None:
    desk = Masks()
    desk.panels.tabs.shown = "images"
    desk.masks.show_folder(FOLDER, ImportOptions())
    assert desk.sent == []
    desk.masks.show_tab("masks")
    desk.masks.show_tab("masks")
    assert desk.sent_kinds() == ["EditMasks"]


def test_the_first_view_without_a_mask_comes_first() -> None:
    desk = Masks()
    desk.list({0: "file", 1: "painted", 2: "missing"})
    assert desk.last(msg.ShowMaskView).view == 2


def test_a_finding_s_view_comes_first() -> None:
    desk = Masks()
    desk.masks.show_folder(FOLDER, ImportOptions())
    desk.masks.open(1)
    desk.list({0: "missing", 1: "file", 2: "missing"})
    assert desk.last(msg.ShowMaskView).view == 1


def test_only_the_view_that_is_wanted_is_shown() -> None:
    desk = Masks()
    desk.list({0: "missing", 1: "missing"})
    desk.masks.choose_view(1)
    desk.masks.show_photograph(photograph(0))
    desk.panels.masks.show_view.assert_not_called()
    desk.masks.show_photograph(photograph(1))
    assert desk.panels.masks.show_view.call_args.args[0] == 1
    assert "16 × 12" in desk.panels.masks.show_view.call_args.kwargs["detail"]


def test_an_older_answer_gives_way_to_the_newer() -> None:
    desk = Masks()
    desk.list()
    desk.masks.make(wish())
    first = desk.last(msg.MakeMask).ticket
    desk.masks.make(wish())
    second = desk.last(msg.MakeMask)
    assert second.fill_holes
    desk.masks.show_made(msg.MaskMade(view=0, ticket=first, way="strokes", mask=MASK))
    desk.panels.masks.show_mask.assert_not_called()
    desk.masks.show_made(msg.MaskMade(view=0, ticket=second.ticket, way="strokes", mask=MASK))
    desk.panels.masks.show_mask.assert_called_once()


def test_after_saving_the_next_view_without_a_mask_is_shown() -> None:
    desk = Masks()
    desk.list({0: "missing", 1: "missing"})
    desk.masks.save(0, MASK, after=True)
    assert np.array_equal(desk.last(msg.SaveMask).mask, MASK)
    desk.panels.masks.missing_after.return_value = 1
    desk.masks.show_saved(msg.MaskSaved(view=0, file=Path("V00.png")))
    assert desk.last(msg.ShowMaskView).view == 1


def test_a_refused_save_goes_nowhere() -> None:
    desk = Masks()
    desk.list({0: "missing", 1: "missing"})
    desk.masks.save(0, MASK, after=True)
    desk.masks.refused()
    desk.sent.clear()
    desk.masks.show_saved(msg.MaskSaved(view=0, file=Path("V00.png")))
    assert desk.sent == []


def test_two_masks_saved_in_a_row_both_arrive() -> None:
    first, second = msg.SaveMask(view=0, mask=MASK), msg.SaveMask(view=1, mask=MASK)
    assert first.slot != second.slot


def test_painted_masks_are_used_whatever_was_chosen_before() -> None:
    desk = Masks()
    desk.list({0: "painted"})
    desk.masks.use()
    ((folder, options),) = desk.reopened
    assert folder == FOLDER
    assert options.masks is MaskChoice.FILES
    assert desk.panels.tabs.shown == "check"


def test_a_capture_that_cannot_be_listed_is_told_in_place() -> None:
    desk = Masks()
    desk.masks.show_folder(FOLDER, ImportOptions())
    desk.masks.show_views(msg.MaskViews(folder=FOLDER, options=ImportOptions(), states={}, trouble="No cameras."))
    assert desk.panels.masks.show_empty.call_args.args[0] == "No cameras."
    desk.masks.use()
    assert desk.reopened == []


def test_read_in_another_way_the_views_are_listed_again() -> None:
    desk = Masks()
    desk.list()
    desk.sent.clear()
    desk.masks.show_folder(FOLDER, ImportOptions(encoding="linear"))
    assert desk.last(msg.EditMasks).options == ImportOptions(encoding="linear")


def test_painted_masks_are_not_lost_without_a_question() -> None:
    desk = Desk()
    desk.controller.close()
    assert desk.sent_kinds() == ["Close"]
    desk = Desk()
    desk.panels.masks.unsaved_masks = {"captures/vase": (0, 3, 11), str(demo_capture_folder()): (2,)}
    desk.controller.close()
    assert desk.sent == []
    _, text, close = desk.panels.dialogs.confirm.call_args.args
    assert "The painted masks of V00, V03 and V11 in vase have not been saved" in text
    assert "The painted mask of V02 in Demo owl has not been saved" in text
    close()
    assert desk.sent_kinds() == ["Close"]


def test_of_very_many_masks_the_first_are_named_and_the_rest_counted() -> None:
    text = unsaved_words({"captures/vase": tuple(range(20))})
    assert "V00, V01, V02, V03, V04, V05, V06, V07 and 12 more views in vase" in text


# ---- RAW ------------------------------------------------------------------------------------------------------------


class Raws(Desk):
    def __init__(self) -> None:
        super().__init__()
        self.reopened: list[tuple[Path, ImportOptions]] = []
        self.panels.tabs.shown = "check"
        self.raw = RawControl(self.window, reopen=lambda *what: self.reopened.append(what))

    def find(self, *names: str, raw: RawOptions | None = None) -> None:
        self.raw.show_folder(FOLDER, ImportOptions(encoding="linear"))
        files = tuple(FOLDER / name for name in names)
        self.raw.show_found(
            msg.RawFound(folder=FOLDER, files=files, options=ImportOptions(encoding="linear"), raw=raw or RawOptions())
        )


def developed(name: str, curve: Any = "linear") -> msg.RawDeveloped:
    flat = np.zeros((6, 8, 3), np.uint8)
    picture = RawPicture(
        file=FOLDER / name, curve=curve, developed=flat, size=(8, 6), camera=None, camera_size=(0, 0), published=None
    )
    return msg.RawDeveloped(picture=picture)


def test_the_panel_is_offered_only_where_there_are_raw_photographs() -> None:
    desk = Raws()
    desk.find()
    desk.panels.tabs.offer.assert_called_with("raw", False)
    desk.find("a.dng")
    desk.panels.tabs.offer.assert_called_with("raw", True)


def test_nothing_is_developed_before_somebody_looks() -> None:
    desk = Raws()
    desk.find("a.dng", "b.dng")
    assert "DevelopRaw" not in desk.sent_kinds()
    desk.raw.show_tab("raw")
    assert desk.last(msg.DevelopRaw).file.name == "a.dng"
    desk.sent.clear()
    desk.raw.show_tab("raw")
    assert desk.sent == []
    desk.raw.step(-1)
    assert desk.last(msg.DevelopRaw).file.name == "b.dng"


def test_an_older_photograph_gives_way() -> None:
    desk = Raws()
    desk.find("a.dng", "b.dng")
    desk.raw.show_tab("raw")
    desk.raw.choose_curve("bt709")
    desk.raw.show_developed(developed("a.dng", "linear"))
    desk.panels.raw.show_picture.assert_not_called()
    desk.raw.show_developed(developed("a.dng", "bt709"))
    desk.panels.raw.show_picture.assert_called_once()


def test_a_reopened_run_s_capture_is_looked_through_once() -> None:
    desk = Raws()
    desk.raw.show_folder(FOLDER)
    desk.raw.show_folder(FOLDER)
    assert desk.sent_kinds() == ["FindRaw"]


def test_applying_keeps_every_other_choice() -> None:
    desk = Raws()
    desk.find("a.dng")
    desk.raw.apply(RawOptions(curve="bt709", crop=(1, 2, 30, 40)))
    assert desk.reopened == [
        (FOLDER, ImportOptions(encoding="linear", raw=RawOptions(curve="bt709", crop=(1, 2, 30, 40))))
    ]


def test_a_file_that_cannot_be_developed_is_told_in_its_place() -> None:
    desk = Raws()
    desk.find("a.dng")
    desk.raw.show_developed(msg.RawDeveloped(picture=None, trouble="a.dng is damaged."))
    assert desk.panels.raw.show_empty.call_args.args[0] == "a.dng is damaged."
