"""Modal windows, one at a time: messages, questions, progress, the shortcut sheet and paths.

Each window is made once and filled when it is shown. A request that comes while another is open waits its turn; a
progress window gives way as soon as its task ends.
"""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import dearpygui.dearpygui as dpg

from widgets.controls import button, caption, field_label, heading
from widgets.folder_listing import Wanted, replaced
from widgets.path_dialog import WIDTH as PATH_WIDTH
from widgets.path_dialog import PathDialog
from widgets.theme import COLOURS, SPACING, font, scaled, style

Name = Literal["message", "confirm", "progress", "shortcuts", "path"]
_WIDTHS: dict[Name, int] = {"message": 460, "confirm": 460, "progress": 440, "shortcuts": 744, "path": PATH_WIDTH}
_BUTTON, _KEYS, _WHAT = 110, 104, 244
_DEAF_FRAMES = 2
"""The key that opened a dialog is still down for so long; it must not close it again."""
_CLOSING_FRAMES = 2
"""Frames between one modal window's end and the next one's begin: shown sooner, the second never appears."""


class Dialogs:
    """See the module. ``update`` once a frame."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Name, Callable[[], None]]] = deque()
        self._open: Name | None = None
        self._progress_wanted = self._danger = False
        self._on_yes: Callable[[], object] = lambda: None
        self._on_cancel: Callable[[], object] | None = None
        self._place: tuple[int, ...] = ()
        self._opened_frame = self._asked_frame = 0
        for name in _WIDTHS:
            self._add_window(name)
        self._fill_message()
        self._fill_confirm()
        self._fill_progress()
        self._fill_shortcuts()
        self._path = PathDialog("dialog.path", on_close=self._close)

    @property
    def open(self) -> Name | None:
        """Which dialog is open, or about to be."""
        return self._open or (self._waiting[0][0] if self._waiting else None)

    # ---- what the studio calls --------------------------------------------------------------------------------------

    def message(self, title: str, text: str) -> None:
        """Tell something; Enter, Esc and the button close it."""
        self._ask("message", lambda: _set_texts("message", title, text))

    def confirm(
        self,
        title: str,
        text: str,
        on_yes: Callable[[], object],
        *,
        yes: str = "Yes",
        no: str = "Cancel",
        danger: bool = False,
    ) -> None:
        """Ask; ``on_yes`` is called by the button labelled ``yes``, nothing by Esc or the one labelled ``no``.

        Enter means yes, but no where something would be lost (``danger``).
        """

        def fill() -> None:
            _set_texts("confirm", title, text)
            dpg.configure_item("dialog.confirm.yes", label=yes)
            dpg.configure_item("dialog.confirm.no", label=no)
            dpg.bind_item_theme("dialog.confirm.yes", style("danger" if danger else "primary"))
            dpg.bind_item_theme("dialog.confirm.no", style("primary" if danger else "normal"))
            self._on_yes, self._danger = on_yes, danger

        self._ask("confirm", fill)

    def progress(
        self, title: str, detail: str, fraction: float | None, on_cancel: Callable[[], object] | None = None
    ) -> None:
        """Show how far a task is (None: nobody knows); repeated calls update it. Stays until ``close_progress``."""
        self._on_cancel = on_cancel
        if self._open != "progress" and not self._progress_wanted:
            self._progress_wanted = True
            self._ask("progress", lambda: None)
        _set_texts("progress", title, detail)
        dpg.set_value("dialog.progress.bar", 0.0 if fraction is None else min(max(fraction, 0.0), 1.0))
        dpg.configure_item("dialog.progress.bar", overlay="" if fraction is None else f"{fraction:.0%}")
        dpg.configure_item("dialog.progress.cancel", enabled=on_cancel is not None, label="Cancel")

    def close_progress(self) -> None:
        """The task has ended."""
        if not self._progress_wanted:
            return
        self._progress_wanted = False
        self._waiting = deque(request for request in self._waiting if request[0] != "progress")
        if self._open == "progress":
            self._close()

    def shortcuts(self, sheet: Sequence[tuple[str, str]]) -> None:
        """List (keys, what they do)."""

        def fill() -> None:
            dpg.delete_item("dialog.shortcuts.rows", children_only=True)
            half = -(-len(sheet) // 2)
            for row in range(half):
                with dpg.group(horizontal=True, parent="dialog.shortcuts.rows"):
                    for keys, what in sheet[row::half]:
                        _add_shortcut(keys, what)

        self._ask("shortcuts", fill)

    def path(
        self,
        title: str,
        *,
        folders: bool,
        save: bool,
        start: Path,
        recents: Sequence[Path],
        on_path: Callable[[Path], object],
        filter_suffix: str | None = None,
        opens: Callable[[Path], bool] | None = None,
        accept: str = "",
    ) -> None:
        """Ask for a file or folder (see ``PathDialog``); a file that would be replaced only after asking again."""
        wanted = Wanted(folders=folders, save=save, suffix=filter_suffix)

        def chosen(path: Path) -> None:
            if replaced(path, wanted):
                text = f"{path} already exists. What is in it would be lost."
                yes = lambda: on_path(path)  # noqa: E731 - a function of its own would say no more
                self.confirm(f"Replace {path.name}?", text, yes, yes="Replace", no="Keep", danger=True)
            else:
                on_path(path)

        def fill() -> None:
            dpg.set_value("dialog.path.title", title)
            self._path.show(title, wanted, start=start, recents=recents, on_path=chosen, opens=opens, accept=accept)

        self._ask("path", fill)

    def update(self) -> None:
        """Open what waits, keep the open one centred, listen to Enter and Esc; once a frame."""
        if self._open is None and self._waiting and dpg.get_frame_count() > self._asked_frame + _CLOSING_FRAMES:
            self._open_next()
        if self._open is None:
            return
        self._centre(self._open)
        self._path.update()
        if dpg.get_frame_count() <= self._opened_frame + _DEAF_FRAMES:
            return
        if dpg.is_key_pressed(dpg.mvKey_Escape):
            self._escape()
        elif dpg.is_key_pressed(dpg.mvKey_Return):
            self._enter()

    # ---- windows ----------------------------------------------------------------------------------------------------

    @staticmethod
    def _add_window(name: Name) -> None:
        with dpg.window(
            tag=f"dialog.{name}", modal=True, show=False, no_title_bar=True, no_resize=True, no_move=True,
            no_saved_settings=True, width=scaled(_WIDTHS[name]), autosize=False, no_scrollbar=True, min_size=(50, 50),
        ):  # fmt: skip
            heading("", tag=f"dialog.{name}.title")
            dpg.bind_item_font(f"dialog.{name}.title", font("title"))
            dpg.add_spacer(height=scaled(SPACING.hair))

    @staticmethod
    def _add_text(name: Name) -> None:
        wrap = scaled(_WIDTHS[name] - 2 * SPACING.panel)
        dpg.add_text("", tag=f"dialog.{name}.text", wrap=wrap, parent=f"dialog.{name}", color=COLOURS.text)
        dpg.add_spacer(height=scaled(SPACING.normal), parent=f"dialog.{name}")

    def _add_buttons(self, name: Name, buttons: Sequence[tuple[str, str, Callable[[], object], bool]]) -> None:
        taken = len(buttons) * _BUTTON + (len(buttons)) * SPACING.normal
        with dpg.group(horizontal=True, parent=f"dialog.{name}"):
            dpg.add_spacer(width=scaled(_WIDTHS[name] - 2 * SPACING.panel - taken))
            for short, label, call, primary in buttons:
                kind = "primary" if primary else "normal"
                button(label, call, tag=f"dialog.{name}.{short}", width=_BUTTON, kind=kind)

    def _fill_message(self) -> None:
        self._add_text("message")
        self._add_buttons("message", [("ok", "Close", self._close, True)])

    def _fill_confirm(self) -> None:
        self._add_text("confirm")
        self._add_buttons("confirm", [("no", "Cancel", self._close, False), ("yes", "Yes", self._yes, True)])

    def _fill_progress(self) -> None:
        self._add_text("progress")
        with dpg.group(parent="dialog.progress"):
            dpg.add_progress_bar(tag="dialog.progress.bar", width=-1, height=scaled(20))
            dpg.add_spacer(height=scaled(SPACING.small))
        self._add_buttons("progress", [("cancel", "Cancel", self._cancel_task, False)])

    def _fill_shortcuts(self) -> None:
        dpg.set_value("dialog.shortcuts.title", "Keyboard shortcuts")
        with dpg.group(parent="dialog.shortcuts"):
            with dpg.group(tag="dialog.shortcuts.rows"):
                pass
            caption("They wait while you type in a field.")
            dpg.add_spacer(height=scaled(SPACING.small))
        self._add_buttons("shortcuts", [("ok", "Close", self._close, True)])

    # ---- opening and closing ----------------------------------------------------------------------------------------

    def _ask(self, name: Name, fill: Callable[[], None]) -> None:
        self._waiting.append((name, fill))
        self._asked_frame = dpg.get_frame_count()

    def _open_next(self) -> None:
        name, fill = self._waiting.popleft()
        self._open, self._place, self._opened_frame = name, (), dpg.get_frame_count()
        fill()
        dpg.configure_item(f"dialog.{name}", show=True)

    def _close(self) -> None:
        if self._open is not None:
            dpg.configure_item(f"dialog.{self._open}", show=False)
            self._open = None
            self._asked_frame = dpg.get_frame_count()

    def _yes(self) -> None:
        on_yes = self._on_yes
        self._close()
        on_yes()

    def _cancel_task(self) -> None:
        if self._on_cancel is not None:
            dpg.configure_item("dialog.progress.cancel", enabled=False, label="Stopping…")
            self._on_cancel()

    def _escape(self) -> None:
        if self._open == "progress":
            self._cancel_task()
        elif self._open == "path":
            self._path.cancel()
        else:
            self._close()

    def _enter(self) -> None:
        if self._open == "confirm" and not self._danger:
            self._yes()
        elif self._open in ("confirm", "message", "shortcuts"):
            self._close()

    def _centre(self, name: Name) -> None:
        """Fit the window around what is in it and put it in the middle."""
        content = dpg.get_item_rect_size(f"dialog.{name}")
        size = (dpg.get_viewport_client_width(), dpg.get_viewport_client_height(), *map(int, content))
        if size != self._place:
            self._place = size
            x, y = (size[0] - size[2]) // 2, (size[1] - size[3]) // 2
            dpg.set_item_pos(f"dialog.{name}", [max(x, 0), max(y, 0)])


def _add_shortcut(keys: str, what: str) -> None:
    for text, width, face in ((keys, _KEYS, "mono"), (what, _WHAT, "small")):
        item = field_label(text, width=width)
        dpg.bind_item_font(item, "font." + face)
        dpg.bind_item_theme(item, "style.label.small")


def _set_texts(name: Name, title: str, text: str) -> None:
    dpg.set_value(f"dialog.{name}.title", title)
    dpg.set_value(f"dialog.{name}.text", text)
