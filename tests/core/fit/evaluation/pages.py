"""Reading a page as a strict parser does: well-formed, and what it refers to."""

import base64
import re
from html.parser import HTMLParser

import cv2
import numpy as np

_VOID = {"img", "meta", "br", "!doctype"}
_LINKS = ("src", "href", "srcset", "action", "poster", "data", "xlink:href", "background")


class Page(HTMLParser):
    """A parsed page. Asserts that every element is closed where it was opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        """Everything an attribute refers to."""
        self.names: list[str] = []
        """Names of all elements."""
        self.attributes: set[str] = set()
        self.places: set[str] = set()
        """All ids."""
        self.shown = ""
        """The text, as a reader sees it."""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in _LINKS]
        self.places |= {value or "" for name, value in attrs if name == "id"}
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute of {tag} is written twice"
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in {"style", "script"}:
            self.shown += data


def check_self_contained(text: str) -> Page:
    """The page refers to nothing outside itself, and its pictures can be decoded."""
    page = Page(text)
    assert not re.search(r"url\(|@import|https?:|//[a-z]+\.", text, re.IGNORECASE)
    assert not page.attributes & {"style", "onclick", "onload", "onerror"}
    assert {"link", "iframe", "object", "base"}.isdisjoint(page.names)
    for link in page.links:
        if link.startswith("#"):
            assert link[1:] in page.places, link
            continue
        kind, _, encoded = link.partition(";base64,")
        assert kind in {"data:image/jpeg", "data:image/png"}, link[:40]
        pixels = np.frombuffer(base64.b64decode(encoded, validate=True), np.uint8)
        assert cv2.imdecode(pixels, cv2.IMREAD_COLOR) is not None
    return page
