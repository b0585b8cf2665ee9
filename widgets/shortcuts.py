"""Keyboard shortcuts: one list that binds the keys and fills the sheet that explains them."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import dearpygui.dearpygui as dpg

Modifier = Literal["Ctrl", "Shift", "Alt"]
Binding = tuple[int, tuple[Modifier, ...], str, Callable[[], object]]
"""(DearPyGui key, modifiers, what it does in plain words, what to call)."""

_MODIFIER_KEYS: dict[Modifier, tuple[int, int]] = {
    "Ctrl": (dpg.mvKey_LControl, dpg.mvKey_RControl),
    "Shift": (dpg.mvKey_LShift, dpg.mvKey_RShift),
    "Alt": (dpg.mvKey_LAlt, dpg.mvKey_RAlt),
}
_NAMES = {
    dpg.mvKey_Spacebar: "Space", dpg.mvKey_Escape: "Esc", dpg.mvKey_Return: "Enter", dpg.mvKey_Tab: "Tab",
    dpg.mvKey_Left: "←", dpg.mvKey_Right: "→", dpg.mvKey_Up: "↑", dpg.mvKey_Down: "↓",
    dpg.mvKey_Delete: "Delete", dpg.mvKey_Home: "Home", dpg.mvKey_End: "End", dpg.mvKey_Slash: "/",
    dpg.mvKey_Comma: ",", dpg.mvKey_Period: ".", dpg.mvKey_Minus: "-", dpg.mvKey_Plus: "=",
    dpg.mvKey_Open_Brace: "[", dpg.mvKey_Close_Brace: "]",
}  # fmt: skip
_TEXT_FIELDS = ("mvInputText", "mvInputInt", "mvInputFloat", "mvInputDouble", "mvDragFloat", "mvDragInt")


def key_name(key: int) -> str:
    """What is printed on the key."""
    if key in _NAMES:
        return _NAMES[key]
    for first, count, start in ((dpg.mvKey_A, 26, "A"), (dpg.mvKey_0, 10, "0")):
        if first <= key < first + count:
            return chr(ord(start) + key - first)
    if dpg.mvKey_F1 <= key < dpg.mvKey_F1 + 12:
        return f"F{key - dpg.mvKey_F1 + 1}"
    raise ValueError(f"key {key} has no name; add it to _NAMES")


def combination(key: int, modifiers: Iterable[Modifier]) -> str:
    """``Ctrl+Shift+S``: the combination as the sheet shows it."""
    held = set(modifiers)
    return "+".join([*(name for name in _MODIFIER_KEYS if name in held), key_name(key)])


class Shortcuts:
    """Calls what a key is bound to, unless a text field has the keyboard or ``blocked()`` says no."""

    def __init__(
        self, bindings: Sequence[Binding], *, blocked: Callable[[], bool] = lambda: False, root: str = "layout.root"
    ) -> None:
        """``root``: the window that everything but dialogs lies in."""
        self._root = root
        self._bindings = {(key, frozenset(modifiers)): call for key, modifiers, _, call in bindings}
        self._blocked = blocked
        self.sheet = [(combination(key, modifiers), what) for key, modifiers, what, _ in bindings]
        """(keys, what they do), for ``Dialogs.shortcuts``."""
        with dpg.handler_registry(tag="shortcuts"):
            for key in {key for key, _ in self._bindings}:
                dpg.add_key_press_handler(key, callback=self._pressed)
            dpg.add_key_press_handler(dpg.mvKey_Escape, callback=self._close_list)

    def _close_list(self) -> None:
        """Esc closes an open list of choices, which DearPyGui does by itself when what is below it gets the focus."""
        if not self._blocked() and not typing():
            dpg.focus_item(self._root)

    def _pressed(self, _sender: int, key: int) -> None:
        if self._blocked() or typing():
            return
        call = self._bindings.get((key, frozenset(held_modifiers())))
        if call is not None:
            call()


def held_modifiers() -> set[Modifier]:
    """Which modifier keys are down, or were until this frame: a quick hand lets go of them before the frame ends."""
    return {
        name
        for name, keys in _MODIFIER_KEYS.items()
        if any(dpg.is_key_down(key) or dpg.is_key_released(key) for key in keys)
    }


def typing() -> bool:
    """Whether a text field has the keyboard."""
    # The focused item is no help: DearPyGui names the group around a field as often as the field.
    return any(dpg.get_item_state(item).get("active") for item in dpg.get_all_items() if _is_text_field(item))


def _is_text_field(item: int) -> bool:
    return dpg.get_item_type(item).rsplit("::", 1)[-1] in _TEXT_FIELDS
