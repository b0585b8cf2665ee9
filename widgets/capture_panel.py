"""The capture: which images there are, which of them count, how well each is explained, and what was found wrong."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable, Iterable, Mapping, Sequence

import dearpygui.dearpygui as dpg

from core.fit.outlier import Outlier
from core.types import FloatArray, ImageKey
from widgets.capture_notes import CaptureNotes
from widgets.controls import Tag, beside_heading, button, caption, field_label, heading, inner, text_width
from widgets.image_matrix import ImageMatrix
from widgets.matrix_colours import loss_colour
from widgets.matrix_layout import LOSS_LIMIT, nearest_key
from widgets.texture import TexturePool
from widgets.theme import COLOURS, SPACING, font, scaled
from widgets.thumbnail_grid import ThumbnailGrid

_LEGEND_STEPS = 24
_HINT = "Click: in or out   Right click: show"
_BUTTONS = {"all": "All", "none": "None", "invert": "Invert", "load": "Load…", "save": "Save…"}
_AXIS_LABEL = 34
_MATRIX_LEAST, _THUMBNAILS_LEAST = 96, 106


class CapturePanel:
    """See the module. ``update`` once a frame."""

    def __init__(
        self,
        parent: Tag,
        pool: TexturePool,
        *,
        on_select: Callable[[ImageKey], object],
        on_include: Callable[[frozenset[ImageKey]], object],
        on_load_subset: Callable[[], object],
        on_save_subset: Callable[[], object],
        on_outlier: Callable[[ImageKey], object],
    ) -> None:
        self._parent = parent
        self._on_select, self._on_include = on_select, on_include
        self._keys: tuple[ImageKey, ...] = ()
        self._included: frozenset[ImageKey] = frozenset()
        self._losses: dict[ImageKey, float] = {}
        self._selected: ImageKey | None = None
        self._outliers: tuple[Outlier, ...] = ()
        self._exposures: Mapping[ImageKey, float] = {}
        self._hint = ""
        self._legend: tuple[object, ...] = ()
        self._size: tuple[int, ...] = ()
        with dpg.group(parent=parent, tag="capture"):
            self._add_head(on_load_subset, on_save_subset)
            with dpg.group(tag="capture.body", show=False):
                self._matrix = ImageMatrix("capture.body", on_show=self._select, on_include=self._include)
                dpg.add_drawlist(width=1, height=1, tag="capture.legend")
                caption(_HINT, tag="capture.hint")
                self._add_choice()
                self._notes = CaptureNotes("capture.body", on_outlier=on_outlier, on_leave_out=self._leave_out_outliers)
                self._thumbnails = ThumbnailGrid("capture.body", pool, on_view=self._select_view)
            caption("No capture is open.", tag="capture.empty")
        self._show_count()

    # ---- building ---------------------------------------------------------------------------------------------------

    def _add_head(self, on_load: Callable[[], object], on_save: Callable[[], object]) -> None:
        with dpg.group(horizontal=True):
            heading("Photographs")
            beside_heading(caption("", tag="capture.count"))
        with dpg.group(horizontal=True, horizontal_spacing=scaled(SPACING.small), tag="capture.buttons", show=False):
            for name, call, tip in (
                ("all", lambda: self._include(frozenset(self._keys)), "Use every image"),
                ("none", lambda: self._include(frozenset()), "Leave every image out"),
                ("invert", self._invert, "Swap used and left out"),
                ("load", on_load, "Use the images a text file names, one VxxLyy a line"),
                ("save", on_save, "Write the used images to a text file, one VxxLyy a line"),
            ):
                button(_BUTTONS[name], call, tag=f"capture.{name}", small=True, tip=tip)

    def _add_choice(self) -> None:
        with dpg.group(horizontal=True):
            for axis, label in (("view", "View"), ("light", "Light")):
                field_label(label, width=_AXIS_LABEL)
                dpg.add_combo([], tag=f"capture.{axis}", callback=lambda _s, text, a=axis: self._choose(a, text))

    # ---- what the studio calls --------------------------------------------------------------------------------------

    def show_capture(
        self, keys: Iterable[ImageKey], thumbnails: Mapping[int, FloatArray], problems: Sequence[tuple[str, str]]
    ) -> None:
        """Show another capture, every image used: thumbnails by view id, problems as (file, sentence)."""
        self._keys = tuple(sorted(keys))
        self._included, self._losses, self._exposures = frozenset(self._keys), {}, {}
        self._selected = None
        self.show_outliers(())
        self._matrix.show_keys(self._keys)
        self._thumbnails.show(thumbnails)
        self._thumbnails.show_used(self._used_views())
        self.show_problems(problems)
        for axis in ("view", "light"):
            names = sorted({getattr(key, axis) for key in self._keys})
            dpg.configure_item(f"capture.{axis}", items=[f"{name:02d}" for name in names])
        for item, shown in (("capture.body", True), ("capture.buttons", True), ("capture.empty", False)):
            dpg.configure_item(item, show=shown)
        self._size, self._legend = (), ()
        self._show_count()

    def show_empty(self, text: str) -> None:
        """There are no images to show; say why."""
        self.show_capture((), {}, ())
        dpg.set_value("capture.empty", text)
        for item, shown in (("capture.body", False), ("capture.buttons", False), ("capture.empty", True)):
            dpg.configure_item(item, show=shown)

    def show_included(self, included: frozenset[ImageKey]) -> None:
        """Show which images are used."""
        self._included = frozenset(included)
        self._matrix.show_included(self._included)
        self._thumbnails.show_used(self._used_views())
        self._show_outliers()
        self._show_count()

    def show_outliers(self, outliers: Sequence[Outlier]) -> None:
        """Mark and list the images that do not fit, the worst first, as far as they are used."""
        self._outliers = tuple(outliers)
        self._show_outliers()

    def show_exposures(self, exposures: Mapping[ImageKey, float]) -> None:
        """Tell how bright each image is beside others under its light, where that was estimated."""
        self._exposures = exposures

    def show_losses(self, losses: Mapping[ImageKey, float]) -> None:
        """Colour the images by their loss."""
        self._losses = dict(losses)
        self._matrix.show_losses(losses)

    def show_selection(self, key: ImageKey | None) -> None:
        """Mark the image that is shown."""
        self._selected = key
        self._matrix.show_selection(key)
        self._thumbnails.show_selection(None if key is None else key.view)
        if key is not None:
            dpg.set_value("capture.view", f"{key.view:02d}")
            dpg.set_value("capture.light", f"{key.light:02d}")

    def step(self, *, views: int = 0, lights: int = 0) -> None:
        """Show a neighbouring view or light, for arrow keys; stops at the ends."""
        if self._selected is None:
            return
        for axis, by in (("view", views), ("light", lights)):
            if by:
                ids = sorted({getattr(key, axis) for key in self._keys})
                index = min(max(ids.index(getattr(self._selected, axis)) + by, 0), len(ids) - 1)
                self._choose(axis, str(ids[index]))

    def cell_centre(self, key: ImageKey) -> tuple[float, float]:
        """Window position of an image's cell."""
        return self._matrix.cell_centre(key)

    def header_centre(self, axis: str, ident: int) -> tuple[float, float]:
        """Window position of the header of a whole ``view`` or ``light``."""
        return self._matrix.header_centre(axis, ident)

    def thumbnail_centre(self, view: int) -> tuple[float, float]:
        """Window position of a view's thumbnail."""
        return self._thumbnails.tile_centre(view)

    @property
    def included(self) -> frozenset[ImageKey]:
        """The images shown as used."""
        return self._included

    def update(self) -> None:
        """Follow the panel's size and the mouse; once a frame."""
        if not self._keys:
            return
        size = (*inner(self._parent), self._matrix.wanted_height, int(bool(self._notes.listing)))
        if size != self._size and size[0]:
            self._size = size
            self._share_height(size[1])
            self._share_width(size[0])
        self._matrix.update()
        self._thumbnails.update()
        self._show_hint()
        self._draw_legend()

    # ---- inside -----------------------------------------------------------------------------------------------------

    def _share_height(self, height: int) -> None:
        """The matrix gets what it needs as long as the thumbnails keep a row; an open list takes their place."""
        rows = scaled(16 + 22 + 16 + 14 + SPACING.row + 22 + 7 * 6 + 10)
        free = max(height - rows, scaled(_MATRIX_LEAST + _THUMBNAILS_LEAST))
        thumbnails = max(scaled(_THUMBNAILS_LEAST), int(free * 0.25))
        matrix = max(min(self._matrix.wanted_height, free - thumbnails), scaled(_MATRIX_LEAST))
        self._matrix.place(matrix)
        self._thumbnails.place(free - matrix)
        self._notes.place(free - matrix)
        dpg.configure_item("capture.thumbnails", show=not self._notes.listing)

    def _share_width(self, width: int) -> None:
        """The buttons fill their row, the two choices share theirs."""
        words = [text_width(label, font("small")) for label in _BUTTONS.values()]
        spare = (width - (len(words) - 1) * scaled(SPACING.small) - sum(words)) / len(words)
        for name, word in zip(_BUTTONS, words, strict=True):
            dpg.configure_item(f"capture.{name}", width=max(int(word + spare), 1))
        labels = 2 * scaled(_AXIS_LABEL) + 3 * scaled(SPACING.normal)
        for axis in ("view", "light"):
            dpg.configure_item(f"capture.{axis}", width=max((width - labels) // 2, 1))

    def _used_views(self) -> dict[int, bool]:
        used = {key.view for key in self._included}
        return {key.view: key.view in used for key in self._keys}

    def _show_count(self) -> None:
        text = f"{len(self._included):,} of {len(self._keys):,} used" if self._keys else ""
        dpg.set_value("capture.count", text)

    def _include(self, keys: frozenset[ImageKey]) -> None:
        self.show_included(keys)
        self._on_include(keys)

    def _show_outliers(self) -> None:
        used = [outlier for outlier in self._outliers if outlier.key in self._included]
        self._notes.show_outliers(used)
        self._matrix.show_outliers(frozenset(outlier.key for outlier in used))

    def _leave_out_outliers(self) -> None:
        self._include(self._included - {outlier.key for outlier in self._outliers})

    def _invert(self) -> None:
        self._include(frozenset(self._keys) - self._included)

    def _select(self, key: ImageKey) -> None:
        self.show_selection(key)
        self._on_select(key)

    def _select_view(self, view: int) -> None:
        self._choose("view", str(view))

    def _choose(self, axis: str, text: str) -> None:
        before = self._selected or self._keys[0]
        if axis == "view":
            key = nearest_key(self._keys, ImageKey(int(text), before.light), hold="view")
        else:
            key = nearest_key(self._keys, ImageKey(before.view, int(text)), hold="light")
        if key is not None:
            self._select(key)

    def _show_hint(self) -> None:
        key = self._matrix.hovered
        text = self._matrix.header_hint or _HINT
        if key is not None:
            text = self._said_of(key)
        if text != self._hint:
            self._hint = text
            dpg.set_value("capture.hint", text)

    def _said_of(self, key: ImageKey) -> str:
        loss, exposure = self._losses.get(key), self._exposures.get(key)
        unfit = any(outlier.key == key for outlier in self._outliers)
        used = "left out" if key not in self._included else "does not fit" if unfit else "used"
        words = [key.name, used, f"loss {'–' if loss is None else f'{loss:.4f}'}"]
        return "   ".join(words if exposure is None else [*words, f"exposure {exposure:.2f}×"])

    def _draw_legend(self) -> None:
        width = inner(self._parent)[0]
        state = (width,)
        if state == self._legend or width <= 0:
            return
        self._legend = state
        size, item = scaled(13), "capture.legend"
        dpg.configure_item(item, width=width, height=scaled(16))
        dpg.delete_item(item, children_only=True)
        x = self._legend_word(0, "Loss  0", size)
        right = text_width("left out", font("small")) + scaled(22)
        most = f"≥ {LOSS_LIMIT:g}"
        bar = max(width - x - right - text_width(most, font("small")) - scaled(24), scaled(20))
        for step in range(_LEGEND_STEPS):
            fill = loss_colour(step / (_LEGEND_STEPS - 1), 1.0)
            near, far = x + bar * step / _LEGEND_STEPS, x + bar * (step + 1) / _LEGEND_STEPS + 1
            dpg.draw_rectangle((near, scaled(4)), (far, scaled(12)), fill=fill, color=(0, 0, 0, 0), parent=item)
        self._legend_word(x + bar + scaled(6), most, size)
        box = width - right
        dpg.draw_rectangle((box, scaled(3)), (box + scaled(10), scaled(13)), color=COLOURS.line_strong, parent=item)
        self._legend_word(box + scaled(16), "left out", size)

    @staticmethod
    def _legend_word(x: float, text: str, size: int) -> float:
        dpg.draw_text((x, scaled(1)), text, size=size, color=COLOURS.muted, parent="capture.legend")
        return x + text_width(text, font("small")) + scaled(4)

    def show_problems(self, problems: Sequence[tuple[str, str]]) -> None:
        """List what is odd about the capture, as (file, sentence)."""
        self._notes.show_problems(problems)
