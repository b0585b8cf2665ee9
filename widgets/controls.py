"""Small parts every panel is made of: headings, captions, buttons, and the size of the room a panel has."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable, Sequence

import dearpygui.dearpygui as dpg

from widgets.theme import COLOURS, SPACING, Kind, faded, font, scaled, style
from widgets.tips import explain

Tag = int | str

LABEL = 60
"""Width of the labels before fields at UI scale 1, so that the fields of a panel stand in one column."""


def heading(text: str, *, parent: Tag = 0, tag: Tag = 0) -> Tag:
    """A panel's title."""
    item = dpg.add_text(text, parent=parent, tag=tag)
    dpg.bind_item_font(item, font("heading"))
    return item


def caption(text: str, *, parent: Tag = 0, tag: Tag = 0, wrap: int = -1) -> Tag:
    """A quiet line: a label, a hint, a unit."""
    item = dpg.add_text(text, parent=parent, tag=tag, color=COLOURS.muted, wrap=wrap)
    dpg.bind_item_font(item, font("small"))
    return item


def beside_heading(item: Tag) -> Tag:
    """Bring a small text that stands behind a heading down to the heading's line."""
    dpg.bind_item_theme(item, "style.beside_heading")
    return item


def beside_button(item: Tag) -> Tag:
    """Bring a heading that stands before small buttons down to their line."""
    dpg.bind_item_theme(item, "style.beside_button")
    return item


def mono(text: str, *, parent: Tag = 0, tag: Tag = 0) -> Tag:
    """Numbers that must not jump sideways as they change."""
    item = dpg.add_text(text, parent=parent, tag=tag)
    dpg.bind_item_font(item, font("mono"))
    return item


def button(
    label: str,
    callback: Callable[[], object],
    *,
    tag: Tag = 0,
    kind: Kind = "normal",
    width: int = 0,
    parent: Tag = 0,
    tip: str = "",
    small: bool = False,
) -> Tag:
    """A button calling ``callback()``; ``width`` in pixels at UI scale 1 (0: as wide as its label)."""
    item = dpg.add_button(
        label=label,
        tag=tag,
        parent=parent,
        width=scaled(width) if width > 0 else width,
        callback=lambda: callback(),  # noqa: PLW0108 - DearPyGui fills optional parameters with the sender
    )
    dpg.bind_item_theme(item, style(kind, small=small))
    if small:
        dpg.bind_item_font(item, font("small"))
    tooltip(item, tip)  # an empty one as well: the tag may be that of a button that is gone, whose tip would stay
    return item


def tooltip(item: Tag, text: str) -> None:
    """Explain ``item`` when the mouse rests on it."""
    explain(item, text)


class Segments:
    """A row of buttons of which one is chosen."""

    def __init__(
        self,
        names: Sequence[tuple[str, str]],
        *,
        prefix: str,
        on_choose: Callable[[str], object],
        parent: Tag = 0,
        small: bool = True,
    ) -> None:
        """``names``: (name, label) pairs; the button of a name has the alias ``prefix.name``."""
        self._prefix = prefix
        self._names = [name for name, _ in names]
        self._on_choose = on_choose
        self._small = small
        self.chosen = self._names[0]
        with dpg.group(horizontal=True, horizontal_spacing=scaled(SPACING.hair), parent=parent):
            for name, label in names:
                button(label, lambda name=name: self._press(name), tag=f"{prefix}.{name}", kind="quiet", small=small)
        self.choose(self.chosen)

    def choose(self, name: str) -> None:
        """Mark ``name`` as chosen without reporting it."""
        self.chosen = name
        for each in self._names:
            dpg.bind_item_theme(
                f"{self._prefix}.{each}", style("chosen" if each == name else "quiet", small=self._small)
            )

    def _press(self, name: str) -> None:
        self.choose(name)
        self._on_choose(name)


def room(item: Tag) -> tuple[int, int]:
    """(width, height) in pixels the item had in the last frame; zeros before the first."""
    width, height = dpg.get_item_rect_size(item)
    return (int(width), int(height))


def inner(panel: Tag) -> tuple[int, int]:
    """(width, height) in pixels inside a child window's padding and scroll bar; zeros before the first frame."""
    width, height = dpg.get_available_content_region(panel)
    return (int(width), int(height))


def text_width(text: str, face: str = "font.body") -> float:
    """Width of one line of text in pixels; 0 before the first frame."""
    size = dpg.get_text_size(text, font=face)
    return float(size[0]) if size else 0.0


def wrapped(text: str, width: float, measure: Callable[[str], float]) -> str:
    """``text`` in lines of at most ``width`` pixels, broken at spaces only: DearPyGui's own wrap breaks numbers at
    their point. Words that are wider still are broken where they must be. ``measure`` gives a text's width.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and measure(longer) > width:
                lines.append(line)
                longer = word
            while len(longer) > 1 and measure(longer) > width and " " not in longer:
                fits = next((n for n in range(len(longer) - 1, 1, -1) if measure(longer[:n]) <= width), 1)
                lines.append(longer[:fits])
                longer = longer[fits:]
            line = longer
        lines.append(line)
    return "\n".join(lines)


def field_label(text: str, *, width: int = LABEL, parent: Tag = 0, tag: Tag = 0) -> Tag:
    """A label standing before a field, on the field's line; a flat button, since plain text would stand too high."""
    item = dpg.add_button(label=text, width=scaled(width), parent=parent, tag=tag)
    dpg.bind_item_theme(item, "style.label")
    dpg.bind_item_font(item, font("small"))
    return item


def when_entered(item: Tag, callback: Callable[[float], object]) -> None:
    """Call ``callback(value)`` when editing a field has ended with another value, not at each key."""
    with dpg.item_handler_registry() as handlers:
        dpg.add_item_deactivated_after_edit_handler(callback=lambda: callback(dpg.get_value(item)))
    dpg.bind_item_handler_registry(item, handlers)


def canvas(tag: str, *, parent: Tag = 0) -> str:
    """A drawing area that ``place_canvas`` can put anywhere; DearPyGui ignores a drawlist's own position."""
    with dpg.group(tag=f"{tag}.place", parent=parent):
        dpg.add_drawlist(width=1, height=1, tag=tag)
    return tag


def place_canvas(tag: str, at: tuple[int, int], size: tuple[int, int], *, show: bool = True) -> None:
    """Put a ``canvas`` at a position and size in its panel's pixels."""
    dpg.configure_item(f"{tag}.place", pos=at, show=show)
    dpg.configure_item(tag, width=max(int(size[0]), 1), height=max(int(size[1]), 1))


class Chip:
    """A short text on a dark ground, drawn over a picture."""

    def __init__(self, tag: str, parent: Tag) -> None:
        self._tag = tag
        ground, clear = faded(COLOURS.desk, 0.8), (0, 0, 0, 0)
        dpg.draw_rectangle((0, 0), (1, 1), tag=f"{tag}.ground", fill=ground, color=clear, rounding=3, parent=parent)
        dpg.draw_text((0, 0), "", tag=f"{tag}.text", size=scaled(13), color=COLOURS.text, parent=parent)

    def show(self, text: str, at: tuple[float, float]) -> None:
        """Write ``text`` with its top left corner at ``at``; an empty one hides the chip."""
        pad = scaled(SPACING.small)
        width = text_width(text, font("small")) * 13 / SPACING.small_text
        far = (at[0] + width + 2 * pad, at[1] + scaled(13) + 2 * pad)
        dpg.configure_item(f"{self._tag}.ground", pmin=at, pmax=far, show=bool(text))
        dpg.configure_item(f"{self._tag}.text", text=text, pos=(at[0] + pad, at[1] + pad), show=bool(text))
