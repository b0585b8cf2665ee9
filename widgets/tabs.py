"""The centre of the window: one of several panels at a time, chosen by buttons in a line above them."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable, Sequence

import dearpygui.dearpygui as dpg

from widgets.controls import Segments, Tag


class Tabs:
    """``tabs.parent(name)`` is where the content of a tab goes."""

    def __init__(self, parent: Tag, names: Sequence[tuple[str, str]], *, on_show: Callable[[str], object]) -> None:
        """``names``: (name, label) pairs; the first is shown."""
        self._names = [name for name, _ in names]
        self._on_show = on_show
        self._segments = Segments(names, prefix="tabs", on_choose=self._choose, parent=parent)
        for name in self._names:
            with dpg.child_window(
                parent=parent, tag=self.parent(name), width=-1, height=-1, no_scrollbar=True,
                no_scroll_with_mouse=True, show=name == self._names[0],
            ):  # fmt: skip
                pass
            dpg.bind_item_theme(self.parent(name), "surface.bare")

    @staticmethod
    def parent(name: str) -> str:
        """Tag of a tab's panel."""
        return f"tabs.{name}.panel"

    @staticmethod
    def label(name: str, text: str) -> None:
        """Write something else on a tab's button."""
        dpg.configure_item(f"tabs.{name}", label=text)

    @property
    def shown(self) -> str:
        """Which tab is shown."""
        return self._segments.chosen

    def offer(self, name: str, offered: bool) -> None:
        """Show or hide a tab's button; when the tab itself is on screen, the first takes its place."""
        dpg.configure_item(f"tabs.{name}", show=offered)
        if not offered and self.shown == name:
            self.show(self._names[0])

    def show(self, name: str) -> None:
        """Show a tab and report it."""
        self._segments.choose(name)
        self._choose(name)

    def _choose(self, chosen: str) -> None:
        for name in self._names:
            dpg.configure_item(self.parent(name), show=name == chosen)
        self._on_show(chosen)
