"""The scene sphere in numbers, and where it came from."""

# pyright: reportGeneralTypeIssues=false, reportAttributeAccessIssue=false
# DearPyGui's containers are annotated as plain tags although they are context managers.

from collections.abc import Callable

import dearpygui.dearpygui as dpg

from widgets.check_data import Sphere
from widgets.controls import Tag, button, caption, field_label, when_entered
from widgets.theme import SPACING, scaled

_TAG = "check.sphere"
_LABEL = 46
_FIELDS = (("x", "x"), ("y", "y"), ("z", "z"), ("radius", "Radius"))
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
            for row in (_FIELDS[:2], _FIELDS[2:]):
                with dpg.group(horizontal=True):
                    for name, label in row:
                        field_label(label, width=_LABEL)
                        dpg.add_input_double(tag=f"{_TAG}.{name}", step=0, format="%.5g")
                        when_entered(f"{_TAG}.{name}", lambda value, n=name: self._entered(n, float(value)))
            with dpg.group(horizontal=True):
                button("Find from masks", on_masks, tag=f"{_TAG}.masks", small=True,
                       tip="Where the masks and cameras say the object is")  # fmt: skip
                button(
                    "Undo", on_undo, tag=f"{_TAG}.undo", small=True, tip="Back to the sphere the capture was read with"
                )
                button(
                    "As the files say",
                    on_forget,
                    tag=f"{_TAG}.forget",
                    small=True,
                    tip="Read again without the sphere that was placed here",
                )

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
            field = min(max(spare // 2, 1), scaled(160))
            for name, _ in _FIELDS:
                dpg.configure_item(f"{_TAG}.{name}", width=field)

    def _entered(self, name: str, value: float) -> None:
        if self._sphere is None:
            return
        if name == "radius":
            sphere = Sphere(centre=self._sphere.centre, radius=value if value > 0.0 else self._sphere.radius)
        else:
            centre = [value if name == axis else old for axis, old in zip("xyz", self._sphere.centre, strict=True)]
            sphere = Sphere(centre=(centre[0], centre[1], centre[2]), radius=self._sphere.radius)
        self._on_sphere(sphere)
