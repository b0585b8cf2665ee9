"""The check view: a capture before it is trained on.

Above, cameras and sphere in 3D beside one photograph with what the sphere covers of it; then all views; below, what
was found and, beside it, how the folder was read, the sphere in numbers, and the capture's figures.
"""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable
from typing import TYPE_CHECKING

import dearpygui.dearpygui as dpg
import numpy as np
from numpy.typing import NDArray

from core.capture.import_options import ImportOptions
from core.types import ImageKey
from widgets.capture_facts import CaptureFacts
from widgets.check_data import Checked, Sphere, open_findings
from widgets.check_scene import CheckPointer, CheckScene
from widgets.controls import Segments, Tag, beside_button, button, caption, heading, inner, room, text_width
from widgets.findings_list import FindingsList
from widgets.import_form import ImportForm
from widgets.overlap_strip import OverlapStrip
from widgets.silhouette_pane import SilhouettePane
from widgets.sphere_form import SphereForm
from widgets.texture import TexturePool
from widgets.theme import COLOURS, SPACING, Face, font, scaled, style

if TYPE_CHECKING:
    from core.capture.report import Fix

_PAGES = (("import", "Import"), ("sphere", "Sphere"), ("facts", "Facts"))
_EMPTY = "Open a capture to check its cameras, masks and photographs here."
_FOUND, _NOW = "Findings", "Check now"
_LATER = "looked at closer while training rests"
_UPPER, _UPPER_LOW, _ROOMY = 0.5, 0.42, 700
"""Share of the height that the pictures get, in a window higher than the last and in a lower one."""
_HEAD = 32
_SIDE = 236
"""The least width of the pages beside the findings."""


class CheckPanel:
    """See the module. ``update`` once a frame."""

    def __init__(
        self,
        parent: Tag,
        pool: TexturePool,
        *,
        on_pointer: Callable[[CheckPointer], object],
        on_size: Callable[[int, int, float], object],
        on_jump: Callable[[str], object],
        on_view: Callable[[int], object],
        on_sphere: Callable[[Sphere], object],
        on_masks_sphere: Callable[[], object],
        on_undo_sphere: Callable[[], object],
        on_forget_sphere: Callable[[], object],
        on_fix: Callable[["Fix"], object],
        on_read: Callable[[], object],
        on_check: Callable[[], object],
        on_paint: Callable[[], object],
    ) -> None:
        self._room = (0, 0)
        self._left = 0
        """Width of the findings in pixels; 0 before the first frame."""
        self._checked: Checked | None = None
        self._selected: int | None = None
        self._left_out: frozenset[ImageKey] = frozenset()
        self._opening = False
        """Whether another capture is being opened, so that nothing of this one may be drawn."""
        self._moved = False
        """Whether the sphere is another one than the capture was read with."""
        with dpg.child_window(
            parent=parent, tag="check", width=-1, height=-1, no_scrollbar=True, no_scroll_with_mouse=True
        ):
            self.scene = CheckScene("check", pool, on_pointer=on_pointer, on_size=on_size, on_jump=on_jump)
            self._outline = SilhouettePane("check", pool)
            self._strip = OverlapStrip("check", pool, on_view=on_view)
            self._add_findings(on_fix, on_view, on_check)
            self._add_side(on_read, on_paint)
            self._sphere = SphereForm(
                "check.sphere.page", on_sphere=on_sphere, on_masks=on_masks_sphere, on_undo=on_undo_sphere,
                on_forget=on_forget_sphere,
            )  # fmt: skip
        dpg.bind_item_theme("check", "surface.bare")
        self.show_empty(_EMPTY)

    def _add_findings(
        self, on_fix: Callable[["Fix"], object], on_view: Callable[[int], object], on_check: Callable[[], object]
    ) -> None:
        with dpg.group(horizontal=True, tag="check.found"):
            beside_button(heading(_FOUND))
            caption("", tag="check.found.count")
            beside_button("check.found.count")
            button(_NOW, on_check, tag="check.now", small=True, kind="quiet",
                   tip="Look closer at once; training goes on afterwards")  # fmt: skip
        with dpg.child_window(tag="check.found.list", always_use_window_padding=True):
            self._findings = FindingsList("check.found.list", on_fix=on_fix, on_view=on_view)
        dpg.bind_item_theme("check.found.list", "surface.list")

    def _add_side(self, on_read: Callable[[], object], on_paint: Callable[[], object]) -> None:
        with dpg.group(horizontal=True, tag="check.side"):
            self._pages = Segments(_PAGES, prefix="check.page", on_choose=self._show_page)
            button("Read again", on_read, tag="check.read", small=True,
                   tip="Read the folder as chosen here; the choices are kept beside the capture")  # fmt: skip
        for name, _ in _PAGES:
            with dpg.child_window(tag=f"check.{name}.page", always_use_window_padding=True, show=name == "import"):
                pass
            dpg.bind_item_theme(f"check.{name}.page", "surface.list")
        self._form = ImportForm("check.import.page", on_change=self._show_changes, on_paint=on_paint)
        self._facts = CaptureFacts("check.facts.page")

    # ---- what the studio calls --------------------------------------------------------------------------------------

    def show_empty(self, text: str) -> None:
        """There is nothing to check; say why."""
        self._checked, self._opening = None, False
        self.scene.show_text(text)
        self.scene.enable(False)
        self._outline.show_view(None, None)
        self._strip.show({}, {})
        self._findings.show((), complete=True)
        for item in ("check.found", "check.found.list", "check.side", *(f"check.{name}.page" for name, _ in _PAGES)):
            dpg.configure_item(item, show=False)

    def show_opening(self, opening: bool) -> None:
        """While another capture is being opened no picture of this one stays, as if it were the other's."""
        if self._checked is None or opening == self._opening:
            return
        self._opening, self._room = opening, (0, 0)
        if opening:
            self.scene.show_text("Opening…")
            self._outline.show_view(None, None)
            self._strip.show({}, {})
        else:
            self._show_scene(self._checked)
            self.show_report(self._checked)
            self.show_selection(self._selected)

    def _show_scene(self, checked: Checked) -> None:
        if checked.views:
            self.scene.show_drawing()
        else:
            self.scene.show_text("No cameras could be read.")
        self.scene.enable(bool(checked.views), far=checked.far_away)

    def show(self, checked: Checked) -> None:
        """Show a capture that has been read."""
        self._checked, self._opening = checked, False
        self._show_scene(checked)
        self._form.show(checked)
        for item in ("check.found", "check.found.list", "check.side"):
            dpg.configure_item(item, show=True)
        self.show_report(checked)
        self._show_page(self._pages.chosen)
        self._room = (0, 0)

    def show_report(self, checked: Checked) -> None:
        """More was found out about the capture on show; what the user has changed meanwhile stays."""
        self._checked, report = checked, checked.report
        self._strip.show(checked.views, report.agreement)
        self._strip.show_selection(self._selected)
        self._findings.show(report.findings, complete=checked.complete, left_out=self._left_out)
        self._facts.show(report, checked.views)
        dpg.configure_item("check.now", show=checked.trainable and not checked.complete)
        self._count(_count(checked, self._left_out) if checked.complete else _LATER, bad=not report.trainable)

    def show_left_out(self, left_out: frozenset[ImageKey], views: frozenset[int]) -> None:
        """These photographs, and all of these views, are not used: what leaving them out mends is done."""
        self._left_out = left_out
        self._strip.show_left_out(views)
        self._outline.show_left_out(views)
        if self._checked is not None:
            self.show_report(self._checked)

    def show_progress(self, fraction: float | None) -> None:
        """The capture is being looked over; None: that was put off."""
        self._count(_LATER if fraction is None else f"looking closer, {fraction:.0%}", bad=False)

    def _count(self, text: str, *, bad: bool) -> None:
        dpg.set_value("check.found.count", text)
        dpg.configure_item("check.found.count", color=COLOURS.failed if bad else COLOURS.muted)
        self._fit_count()

    def _fit_count(self) -> None:
        """The words beside the heading are left out where they would lie under the pages' names."""
        button = dpg.get_item_configuration("check.now")["show"]
        count = dpg.get_value("check.found.count")
        words: list[tuple[str, Face]] = [(_FOUND, "heading"), (count, "small"), (_NOW if button else "", "small")]
        needed = sum(text_width(text, font(face)) + scaled(SPACING.gap) for text, face in words)
        dpg.configure_item("check.found.count", show=not self._left or needed <= self._left)

    def show_sphere(self, sphere: Sphere | None) -> None:
        """The sphere is here now, wherever it was moved from."""
        checked = self._checked
        self._moved = checked is not None and sphere != checked.sphere
        self._outline.show_sphere(sphere)
        self._sphere.show(
            sphere,
            masks=checked is not None and checked.masks_sphere is not None,
            moved=self._moved,
            placed=checked is not None and checked.options.sphere is not None,
        )
        self._show_changes()

    def show_selection(self, view: int | None) -> None:
        """Another view is selected."""
        self._selected = view
        self._outline.show_view(view, None if view is None or self._checked is None else self._checked.views.get(view))
        self._strip.show_selection(view)

    def show_frame(self, rgba: NDArray[np.uint8], handles: tuple[tuple[float, float], ...]) -> None:
        """A new picture of the 3D view."""
        if self._checked is not None and self._checked.views and not self._opening:
            self.scene.show_frame(rgba, handles)

    def show_failure(self, text: str) -> None:
        """There is no 3D picture; say why."""
        self.scene.show_failure(text)

    def show_page(self, name: str) -> None:
        """Bring one of the pages to the front: import, sphere or facts."""
        self._pages.choose(name)
        self._show_page(name)

    def tile_centres(self) -> dict[int, tuple[float, float]]:
        """Window position of each view's picture among all of them, of those shown by now."""
        return self._strip.tile_centres()

    @property
    def options(self) -> ImportOptions:
        """The import options as the fields say."""
        return self._form.options

    @property
    def changed(self) -> bool:
        """Whether the fields or the sphere say something else than the capture was read with."""
        return self._checked is not None and (self._moved or self._form.changed)

    def update(self) -> None:
        """Follow the panel's size and the mouse; once a frame."""
        if not dpg.is_item_visible("check.scene.view"):
            self._room = (0, 0)
            self.scene.hide()
            return
        size = room("check")
        if size != self._room and min(size) > 60 and text_width("0"):
            self._room = size
            self._place(size)
        for page, form in (("import", self._form), ("sphere", self._sphere)):
            form.place(inner(f"check.{page}.page")[0])
        self._findings.place(inner("check.found.list")[0])
        self.scene.update()
        self._outline.update()
        self._strip.update()

    # ---- inside -----------------------------------------------------------------------------------------------------

    def _place(self, size: tuple[int, int]) -> None:
        gap, head = scaled(SPACING.gap), scaled(_HEAD)
        half = (size[0] - gap) // 2
        if self._checked is None:
            self.scene.place((0, 0), size)
            self._outline.place((0, size[1]), (1, 1))
            return
        upper = int(size[1] * (_UPPER if size[1] > scaled(_ROOMY) else _UPPER_LOW))
        self.scene.place((0, 0), (half, upper))
        self._outline.place((half + gap, 0), (size[0] - half - gap, upper))
        self._strip.place((0, upper + gap), size[0])
        strip = self._strip.height(size[0])
        top = upper + gap + (strip + gap if strip else 0)
        low = max(size[1] - top - head, 1)
        left = half if half >= scaled(_SIDE) else max(size[0] - gap - scaled(_SIDE), 1)
        self._left = left
        self._fit_count()
        dpg.set_item_pos("check.found", [0, top])
        dpg.configure_item("check.found.list", pos=(0, top + head), width=left, height=low)
        dpg.set_item_pos("check.side", [left + gap, top])
        for name, _ in _PAGES:
            dpg.configure_item(
                f"check.{name}.page", pos=(left + gap, top + head), width=size[0] - left - gap, height=low
            )

    def _show_page(self, chosen: str) -> None:
        for name, _ in _PAGES:
            dpg.configure_item(f"check.{name}.page", show=name == chosen and self._checked is not None)

    def _show_changes(self) -> None:
        """The button that reads again is the next thing to press when something was changed."""
        dpg.bind_item_theme("check.read", style("primary" if self.changed else "normal", small=True))
        dpg.bind_item_font("check.read", font("small"))


def _count(checked: Checked, left_out: frozenset[ImageKey]) -> str:
    worst = [finding.severity.value for finding in open_findings(checked, left_out)]
    must, look = worst.count("must fix"), worst.count("look")
    words = [f"{must} must be fixed" if must else "", f"{look} to look at" if look else ""]
    return ", ".join(word for word in words if word) or "nothing to fix"
