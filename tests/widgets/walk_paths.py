"""The path dialog by real mouse and keys; a part of the walk."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import dearpygui.dearpygui as dpg

if TYPE_CHECKING:
    from tests.widgets.walk import Walk


def walk_paths(walk: "Walk") -> None:
    chosen: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / "inside").mkdir()
        ask: Callable[[], None] = lambda: walk.gallery.dialogs.path(  # noqa: E731
            "Open", folders=True, save=False, start=folder, recents=[], on_path=lambda path: chosen.append(path.name)
        )
        ask()
        walk.gallery.frames(6)
        walk.press("dialog.path.entry.0")
        walk.press("dialog.path.ok")
        ask()
        walk.gallery.frames(6)
        walk.press("dialog.path.text")
        walk.hand("key", "ctrl+a")
        walk.hand("type", "nowhere")
        walk.hand("key", "Return")
        walk.found["path_note"] = dpg.get_value("dialog.path.note")
        walk.hand("key", "Escape")
        walk.found["typed"] = walk_typing(walk, folder)
        walk.found["kept"] = walk_replacing(walk, folder, "Return")
        walk.found["replaced"] = walk_replacing(walk, folder, "dialog.confirm.yes")
    walk.found["paths"] = chosen


def walk_typing(walk: "Walk", folder: Path) -> list[str]:
    """By keys alone: go to a folder that only leads to others, then open the one in it."""
    chosen: list[str] = []
    walk.gallery.dialogs.path(
        "Open", folders=True, save=False, start=folder / "inside", recents=[], on_path=lambda p: chosen.append(p.name)
    )
    walk.gallery.frames(6)
    for text in ("..", "inside"):
        walk.hand("type", text)
        walk.hand("key", "Return")
        chosen.append(dpg.get_value("dialog.path.folder").removeprefix(f"In {folder}"))
    walk.gallery.frames(6)
    return chosen


def walk_replacing(walk: "Walk", folder: Path, answer: str) -> list[str]:
    """Save over a file with recent places listed, and answer the question by a key or a button."""
    file, chosen = folder / "one.txt", list[str]()
    file.write_text("")
    walk.gallery.dialogs.path(
        "Save",
        folders=False,
        save=True,
        start=file,
        recents=[folder] * 8,
        on_path=lambda path: chosen.append(path.name),
    )
    walk.gallery.frames(6)
    button, window = ("dialog.path.ok", "dialog.path")
    low = [dpg.get_item_rect_min(button)[1] + dpg.get_item_rect_size(button)[1], dpg.get_item_pos(window)[1]]
    walk.found["buttons_above_edge"] = low[0] < low[1] + dpg.get_item_height(window)
    walk.press("dialog.path.ok")
    walk.gallery.frames(6)
    if answer.startswith("dialog"):
        walk.press(answer)
    else:
        walk.hand("key", answer)
    return chosen
