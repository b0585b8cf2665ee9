"""The scene sphere in numbers, and where it came from."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from widgets.check_data import Sphere
from widgets.controls import Tag, button, caption, field_label, text_width, when_entered
from widgets.theme import SPACING, font, scaled

_TAG = "check.sphere"
_LABEL = 46
_FIELDS = (("x", "x"), ("y", "y"), ("z", "z"), ("radius", "Radius"))
_BUTTONS = ("Find from masks", "Undo", "As the files say")
_WIDEST, _PADDING = "-0.12345", 20
"""A number as wide as most; what a field or button takes besides its words."""
_WHY = (
    "Training looks for the object inside this sphere and nowhere else; leave a little air around it. "
    "Centre and radius in world units, those of the camera file."
)


class SphereForm:
    """``show`` a sphere; editing a number reports another one."""

    def __init__(
        self, parent: Tag, *, on_sphere: Callable[[Sphere], object], on_masks: Callable[[], object],
        on_undo: Callable[[], object],
        on_forget: Callable[[], object],
    ) -> None:  # fmt: skip
        self._on_sphere = on_sphere
        self._sphere: Sphere | None = None
        self._width = 0
        with dpg.group(parent=parent, tag=_TAG):
            caption(_WHY, wrap=0)
            dpg.add_spacer(height=scaled(SPACING.hair))
            for number, row in enumerate((_FIELDS[:2], _FIELDS[2:])):
                with dpg.group(horizontal=True, tag=f"{_TAG}.row.{number}"):
                    for name, label in row:
                        self._add_field(name, label)
            with dpg.group(horizontal=True, tag=f"{_TAG}.buttons"):
                button(_BUTTONS[0], on_masks, tag=f"{_TAG}.masks", small=True,
                       tip="Where the masks and cameras say the object is")  # fmt: skip
                button(
                    _BUTTONS[1],
                    on_undo,
                    tag=f"{_TAG}.undo",
                    small=True,
                    tip="Back to the sphere the capture was read with",
                )
                button(
                    _BUTTONS[2],
                    on_forget,
                    tag=f"{_TAG}.forget",
                    small=True,
                    tip="Read again without the sphere that was placed here",
                )

    def _add_field(self, name: str, label: str) -> None:
        with dpg.group(horizontal=True):
            field_label(label, width=_LABEL)
            dpg.add_input_double(tag=f"{_TAG}.{name}", step=0, format="%.5g")
        when_entered(f"{_TAG}.{name}", lambda value: self._entered(name, float(value)))

    def show(self, sphere: Sphere | None, *, masks: bool, moved: bool, placed: bool) -> None:
        """Show a sphere; ``masks``: one can be found from the masks; ``moved``: it is not the one that was read, which
        the user has ``placed`` before.
        """
        self._sphere = sphere
        for number, (name, _) in enumerate(_FIELDS):
            tag = f"{_TAG}.{name}"
            dpg.configure_item(tag, enabled=sphere is not None)
            if sphere is not None and not dpg.is_item_active(tag):
                dpg.set_value(tag, (*sphere.centre, sphere.radius)[number])
        dpg.configure_item(f"{_TAG}.masks", enabled=masks)
        dpg.configure_item(f"{_TAG}.undo", enabled=moved)
        dpg.configure_item(f"{_TAG}.forget", enabled=placed)

    def place(self, width: int) -> None:
        """Fill a panel ``width`` pixels wide."""
        if width != self._width and width > 0:
            self._width = width
            spare = width - 2 * scaled(_LABEL) - 3 * scaled(SPACING.normal)
            beside = spare // 2 >= text_width(_WIDEST) + scaled(_PADDING)
            alone = width - scaled(_LABEL) - scaled(SPACING.normal)
            field = min(max(spare // 2 if beside else alone, 1), scaled(160))
            for row in range(2):
                dpg.configure_item(f"{_TAG}.row.{row}", horizontal=beside)
            for name, _ in _FIELDS:
                dpg.configure_item(f"{_TAG}.{name}", width=field)
            words = sum(text_width(label, font("small")) + scaled(_PADDING) for label in _BUTTONS)
            dpg.configure_item(f"{_TAG}.buttons", horizontal=words <= width)

    def _entered(self, name: str, value: float) -> None:
        if self._sphere is None:
            return
        if name == "radius":
            sphere = Sphere(centre=self._sphere.centre, radius=value if value > 0.0 else self._sphere.radius)
        else:
            centre = [value if name == axis else old for axis, old in zip("xyz", self._sphere.centre, strict=True)]
            sphere = Sphere(centre=(centre[0], centre[1], centre[2]), radius=self._sphere.radius)
        self._on_sphere(sphere)
