"""Choosing a file or folder: a path to type, recent ones, a list to walk through, and the desktop's own dialog."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable, Sequence
from pathlib import Path

import dearpygui.dearpygui as dpg

from widgets.controls import button, caption, field_label
from widgets.folder_listing import (
    Entry,
    Listing,
    Wanted,
    enters,
    list_folder,
    objection,
    shortened,
    typed_path,
    unlike_words,
    with_suffix,
)
from widgets.native_dialog import NativeDialog, native_command
from widgets.theme import COLOURS, SPACING, font, scaled, style

WIDTH = 640
_HEIGHT, _LEAST_HEIGHT = 520, 360
"""Of the window at UI scale 1; its list gets what the other lines leave."""
_FIXED, _RECENTS_HEIGHT = 198, 92
"""Height of all lines but the list and the recent ones, and of the recent ones, which scroll."""
_RECENTS = 8
_LIKELY = "This looks like what you want to open; press Open."


class PathDialog:
    """The contents of the path window, which ``Dialogs`` opens and closes."""

    def __init__(self, window: str, *, on_close: Callable[[], object]) -> None:
        self._window = window
        self._on_close = on_close
        self._on_path: Callable[[Path], object] = lambda _: None
        self._wanted = Wanted(folders=True, save=False)
        self._opens: Callable[[Path], bool] | None = None
        self._folder = Path.home()
        self._native: NativeDialog | None = None
        self._title = ""
        self._build()

    def _build(self) -> None:
        with dpg.group(parent=self._window):
            with dpg.group(horizontal=True):
                button("Up", self._up, tag="dialog.path.up", width=56, tip="The folder above")
                field = scaled(WIDTH - 56 - 96 - 2 * SPACING.normal - 2 * SPACING.panel)
                dpg.add_input_text(
                    tag="dialog.path.text", width=field, on_enter=True, callback=self._entered, hint="Path"
                )
                button("Browse…", self._browse, tag="dialog.path.browse", width=96, tip="The desktop's own dialog")
            caption("", tag="dialog.path.folder")
            dpg.add_child_window(tag="dialog.path.list", height=100, width=-1, always_use_window_padding=True)
            dpg.bind_item_theme("dialog.path.list", "surface.list")
            dpg.add_child_window(tag="dialog.path.recents", height=scaled(_RECENTS_HEIGHT), width=-1)
            dpg.bind_item_theme("dialog.path.recents", "surface.bare")
            with dpg.child_window(tag="dialog.path.said", height=scaled(40), width=-1):
                caption("", tag="dialog.path.note", wrap=scaled(WIDTH - 2 * SPACING.panel))
            dpg.bind_item_theme("dialog.path.said", "surface.bare")
            with dpg.group(horizontal=True):
                dpg.add_spacer(width=scaled(WIDTH - 2 * SPACING.panel - 2 * 110 - 2 * SPACING.normal))
                button("Cancel", self.cancel, tag="dialog.path.cancel", width=110)
                button("Open", self._accept, tag="dialog.path.ok", width=110, kind="primary")

    def show(
        self,
        title: str,
        wanted: Wanted,
        *,
        start: Path,
        recents: Sequence[Path],
        on_path: Callable[[Path], object],
        opens: Callable[[Path], bool] | None = None,
        accept: str = "",
    ) -> None:
        """Ask for what is ``wanted``, beginning at ``start``.

        ``opens``: whether a typed folder is what is looked for, so that Enter opens rather than lists it; quick.
        ``accept``: what the button says, instead of Open or Save.
        """
        self._title, self._wanted, self._on_path, self._opens = title, wanted, on_path, opens
        dpg.configure_item("dialog.path.ok", label=accept or ("Save" if wanted.save else "Open"))
        has_native = native_command(title, wanted, start) is not None
        dpg.configure_item("dialog.path.browse", enabled=has_native)
        self._show_recents([path for path in recents if path.exists()][:_RECENTS])
        self._share_height(has_recents=any(path.exists() for path in recents))
        self._go(start if start.is_dir() else start.parent)
        dpg.set_value("dialog.path.text", str(start))
        dpg.focus_item("dialog.path.text")

    def _share_height(self, *, has_recents: bool) -> None:
        """The list takes what the lines around it leave of a window that fits, so that the buttons stay in sight."""
        most = dpg.get_viewport_client_height() - 2 * scaled(SPACING.panel)
        height = max(min(scaled(_HEIGHT), most), scaled(_LEAST_HEIGHT))
        taken = scaled(_FIXED) + (scaled(_RECENTS_HEIGHT) + scaled(6) if has_recents else 0)
        dpg.configure_item(self._window, height=height)
        dpg.configure_item("dialog.path.list", height=height - taken)
        dpg.configure_item("dialog.path.recents", show=has_recents)

    def _show_recents(self, recents: Sequence[Path]) -> None:
        dpg.delete_item("dialog.path.recents", children_only=True)
        if recents:
            field_label("Recent", parent="dialog.path.recents")
        for index, path in enumerate(recents):
            dpg.add_selectable(
                label=f"{shortened(str(path), 84)}##{index}",
                tag=f"dialog.path.recent.{index}",
                parent="dialog.path.recents",
                callback=lambda _sender, _value, chosen: self._choose_recent(chosen),
                user_data=path,
            )
            dpg.bind_item_font(dpg.last_item(), font("small"))

    def _choose_recent(self, path: Path) -> None:
        dpg.set_value("dialog.path.text", str(path))
        self._accept()

    def _go(self, folder: Path) -> Listing:
        """List ``folder``, or the nearest above it that is there."""
        while not folder.is_dir() and folder != folder.parent:
            folder = folder.parent
        self._folder = folder
        dpg.set_value("dialog.path.folder", f"In {shortened(str(folder), 84)}")
        wanted = self._wanted
        listing = list_folder(folder, files=not wanted.folders, suffix=wanted.suffix)
        dpg.delete_item("dialog.path.list", children_only=True)
        for index, entry in enumerate(listing.entries):
            self._add_entry(index, entry)
        self._note(self._said(listing))
        dpg.set_y_scroll("dialog.path.list", 0)
        return listing

    def _said(self, listing: Listing) -> str:
        """What to say of a folder that is listed."""
        likely = self._opens is not None and self._opens(listing.folder)
        return _LIKELY if likely else listing.note

    def _add_entry(self, index: int, entry: Entry) -> None:
        with dpg.group(horizontal=True, parent="dialog.path.list"):
            dpg.add_selectable(
                label=f"{entry.path.name}{'/' if entry.folder else ''}##{index}",
                tag=f"dialog.path.entry.{index}",
                callback=lambda _sender, _value, chosen: self._clicked(chosen),
                user_data=entry,
            )
        if not entry.folder:
            dpg.bind_item_theme(f"dialog.path.entry.{index}", "style.file_entry")

    def _clicked(self, entry: Entry) -> None:
        if entry.folder:
            name = Path(dpg.get_value("dialog.path.text")).name
            keep = (
                self._wanted.save and name and not typed_path(dpg.get_value("dialog.path.text"), self._folder).is_dir()
            )
            self._go(entry.path)
            dpg.set_value("dialog.path.text", str(entry.path / name if keep else entry.path))
        else:
            dpg.set_value("dialog.path.text", str(entry.path))
            if self._wanted.save:
                return
            self._accept()

    def _up(self) -> None:
        self._go(self._folder.parent)
        dpg.set_value("dialog.path.text", str(self._folder))

    def _entered(self) -> None:
        """Enter in the path field: list a folder that is not what is looked for, else choose."""
        path = typed_path(dpg.get_value("dialog.path.text"), self._folder)
        if enters(path, self._folder, self._wanted, self._opens):
            listing = self._go(path)
            dpg.set_value("dialog.path.text", str(path))
            if self._wanted.folders:
                self._note(unlike_words(listing))
            dpg.focus_item("dialog.path.text")
        else:
            self._accept()

    def _accept(self) -> None:
        self._take(typed_path(dpg.get_value("dialog.path.text"), self._folder))

    def _take(self, path: Path) -> None:
        path = with_suffix(path, self._wanted)
        refused = objection(path, self._wanted)
        if refused:
            self._note(refused, problem=True)
            return
        on_path = self._on_path
        self._close()
        on_path(path)

    def _note(self, text: str, *, problem: bool = False) -> None:
        dpg.set_value("dialog.path.note", text or " ")
        dpg.configure_item("dialog.path.note", color=COLOURS.failed if problem else COLOURS.muted)

    def _browse(self) -> None:
        start = typed_path(dpg.get_value("dialog.path.text"), self._folder)
        command = native_command(self._title, self._wanted, start)
        if command and self._native is None:
            self._native = NativeDialog(command)
            dpg.bind_item_theme("dialog.path.browse", style("chosen"))

    def update(self) -> None:
        """Look whether the desktop's dialog has been answered; once a frame."""
        if self._native is not None and self._native.finished():
            answer, self._native = self._native.answer(), None
            dpg.bind_item_theme("dialog.path.browse", style("normal"))
            if answer is not None:
                dpg.set_value("dialog.path.text", str(answer))
                self._take(answer)

    def cancel(self) -> None:
        """Close without choosing."""
        self._close()

    def _close(self) -> None:
        if self._native is not None:
            self._native.close()
            self._native = None
            dpg.bind_item_theme("dialog.path.browse", style("normal"))
        self._on_close()
