"""HTML and SVG as values: text is escaped because it is text, and only what was built here counts as markup."""

from collections.abc import Iterable
from html import escape


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


_VOID = frozenset({"img", "meta", "br"})


def element(name: str, /, *children: str, **attributes: str | float | bool | None) -> Markup:
    """``<name attributes>children</name>``; children are escaped unless they are Markup.

    In attribute names a trailing underscore is dropped and others become hyphens. True writes the name alone; False
    and None leave the attribute out.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{joined(children)}</{name}>")


def joined(parts: Iterable[str]) -> Markup:
    """Parts one after the other; escaped unless they are Markup."""
    return Markup("".join(part if isinstance(part, Markup) else escape(part) for part in parts))


def _attribute(key: str, value: str | float | bool | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return f' {name}="{escape(text)}"'
