"""Which view and light the photographs of a plain folder show: by a pattern, by a table, or by names that are common.

A name yields a word for the view and one for the light; ``numbered`` turns words into ids. Words that agree but for
one number keep that number, other words are counted in their natural order.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core.errors import CaptureError, OptionError
from core.types import ImageKey

MAX_ID = 9999
_LAST_NUMBER = re.compile(r"[0-9]+(?=[^0-9]*$)")
_LONGEST_NUMBER = 9
_DIGITS = "0123456789"
_MOST_PARTS = 20
"""Placeholders and what is between them, in a pattern."""
_VIEW_WORD = r"(?:v|view|c|cam|camera|pose|p)"
_LIGHT_WORD = r"(?:l|light|led|lamp|flash)"
_GAP = r"[_\-. ]*"
_VIEW_FIRST = re.compile(
    rf"(?:.*[_\-. ])?{_VIEW_WORD}{_GAP}(?P<view>[0-9]+){_GAP}{_LIGHT_WORD}{_GAP}(?P<light>[0-9]+)", re.I
)
_LIGHT_FIRST = re.compile(
    rf"(?:.*[_\-. ])?{_LIGHT_WORD}{_GAP}(?P<light>[0-9]+){_GAP}{_VIEW_WORD}{_GAP}(?P<view>[0-9]+)", re.I
)
_TWO_NUMBERS = re.compile(r"(?:.*[_\-. ])?(?P<view>[0-9]+)[_\-](?P<light>[0-9]+)")
_LIGHT_FOLDER = re.compile(rf"{_LIGHT_WORD}{_GAP}[0-9]+", re.I)
_MOST_PART = 0.5
"""Of the photographs in a folder that a common way of naming must explain."""
_FEWEST = 2
_PLACEHOLDER = re.compile(r"\{(\w*)\}|(\*)")


@dataclass(frozen=True, kw_only=True)
class Named:
    """A photograph whose name says what it shows."""

    name: str
    """Relative to the folder, with slashes."""
    view: str
    light: str
    mask: str | None = None
    """The file of its mask, relative to the folder, where a table says so."""


@dataclass(frozen=True, kw_only=True)
class Naming:
    """How the photographs of a folder are named."""

    photographs: tuple[Named, ...]
    how: str
    """In plain words, to end the sentence "The view and light of a photograph are taken from ..."."""


def by_pattern(names: Iterable[str], pattern: str, folder: Path) -> Naming:
    """Names that follow ``pattern``, in which {view} and {light} stand for words without a slash and * for anything.

    Without {light} every photograph has a light of its own, without {view} there is one view. Raises CaptureError for
    a pattern that cannot be or that no name follows.
    """
    expression = _expression(pattern.replace("\\", "/"))
    found: list[Named] = []
    for name in names:
        match = expression.fullmatch(name)
        if match:
            words = match.groupdict()
            view = words.get("view", "0")
            found.append(Named(name=name, view=view, light=words.get("light", view)))
    if not found:
        raise OptionError(f"{folder}: no photograph is named like {pattern[:120]!r}; write a pattern that fits.")
    return Naming(photographs=tuple(found), how=f"the pattern {pattern[:120]}")


def _expression(pattern: str) -> re.Pattern[str]:
    parts: list[str] = []
    seen: set[str] = set()
    at = 0
    for match in _PLACEHOLDER.finditer(pattern):
        parts.append(re.escape(pattern[at : match.start()]))
        at = match.end()
        word = match[1]
        if match[2]:
            parts.append("[^/]*")
        elif word not in ("view", "light"):
            raise OptionError(f"The pattern {pattern[:120]!r} holds {{{word}}}; only {{view}} and {{light}} may occur.")
        else:
            parts.append(f"(?P={word})" if word in seen else f"(?P<{word}>[^/]+?)")
            seen.add(word)
    if not seen or len(parts) > _MOST_PARTS:
        raise OptionError(f"The pattern {pattern[:120]!r} needs {{view}} or {{light}}, such as {{view}}/{{light}}.jpg.")
    return re.compile("".join((*parts, re.escape(pattern[at:]))), re.IGNORECASE)


def by_common_names(names: Sequence[str]) -> Naming | None:
    """The first common way of naming that explains most of the photographs, each by another view and light."""
    ways = (
        (_VIEW_FIRST, "names such as view03_light12"),
        (_LIGHT_FIRST, "names such as light12_view03"),
    )
    for expression, example in ways:
        found = _by_stem(names, expression)
        if _explains(found, names):
            return Naming(photographs=found, how=example)
    found, how = _by_folder(names)
    if _explains(found, names):
        return Naming(photographs=found, how=how)
    found = _by_stem(names, _TWO_NUMBERS)
    if _explains(found, names) and len({PurePosixPath(named.name).parent for named in found}) == 1:
        return Naming(photographs=found, how="two numbers in their names, view_light, such as 03_12")
    return None


def _by_stem(names: Iterable[str], expression: re.Pattern[str]) -> tuple[Named, ...]:
    matches = ((name, expression.fullmatch(PurePosixPath(name).stem)) for name in names)
    return tuple(Named(name=name, view=match["view"], light=match["light"]) for name, match in matches if match)


def _by_folder(names: Iterable[str]) -> tuple[tuple[Named, ...], str]:
    """A folder a view with a file a light, or the other way round where folders are named after lights."""
    folders = _alike(names)
    words = {name: word for inside in folders.values() for name, word in _file_words(inside, folders).items()}
    pairs = [(name, PurePosixPath(place).name, words[name]) for place, inside in folders.items() for name in inside]
    if folders and all(_LIGHT_FOLDER.fullmatch(PurePosixPath(place).name) for place in folders):
        return tuple(Named(name=n, view=w, light=p) for n, p, w in pairs), "a folder a light and a file a view"
    return tuple(Named(name=n, view=p, light=w) for n, p, w in pairs), "a folder a view and a file a light"


def _alike(names: Iterable[str]) -> dict[str, list[str]]:
    """The photographs of folders side by side, named alike but for a number, else in any way; the largest such set."""
    folders: dict[str, list[str]] = {}
    for name in names:
        path = PurePosixPath(name)
        if len(path.parts) > 1:
            folders.setdefault(path.parent.as_posix(), []).append(name)
    groups: dict[tuple[str, str], dict[str, list[str]]] = {}
    for place, inside in folders.items():
        path = PurePosixPath(place)
        if len(inside) >= _FEWEST:
            numbered_alike = _LAST_NUMBER.sub("#", path.name).lower()
            for kind in (numbered_alike, ""):
                groups.setdefault((path.parent.as_posix(), kind), {})[place] = inside
    large = [
        (kind != "", group)
        for (_, kind), group in groups.items()
        if len(group) >= _FEWEST and (kind != "" or _share_files(group))
    ]
    return max(large, key=lambda item: (item[0], sum(map(len, item[1].values()))), default=(False, {}))[1]


def _share_files(folders: Mapping[str, Sequence[str]]) -> bool:
    """Whether the folders hold files of the same names, as those of views under the same lights do."""
    return bool(set.intersection(*({PurePosixPath(name).stem for name in inside} for inside in folders.values())))


def _file_words(names: Sequence[str], folders: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The word of each file: its stem, or its place in the folder where a camera has counted on through the folders."""
    stems = [{PurePosixPath(name).stem for name in inside} for inside in folders.values()]
    counted_on = len({len(inside) for inside in stems}) == 1 and not set.intersection(*stems)
    if not counted_on:
        return {name: PurePosixPath(name).stem for name in names}
    return {name: str(place) for place, name in enumerate(sorted(names, key=natural))}


def _explains(found: Sequence[Named], names: Sequence[str]) -> bool:
    pairs = {(named.view, named.light) for named in found}
    return len(found) >= max(_FEWEST, _MOST_PART * len(names)) and len(pairs) == len(found)


def keys_of(naming: Naming, folder: Path) -> dict[ImageKey, Named]:
    """The photographs by key, sorted. Raises CaptureError when two of them claim one view and light."""
    views = numbered({named.view for named in naming.photographs})
    lights = numbered({named.light for named in naming.photographs})
    keys: dict[ImageKey, Named] = {}
    for named in naming.photographs:
        key = ImageKey(views[named.view], lights[named.light])
        if key in keys:
            other = keys[key].name
            raise CaptureError(f"{folder}: {named.name} and {other} both show {key.name}; remove one or rename it.")
        keys[key] = named
    return dict(sorted(keys.items()))


def numbered(words: Iterable[str]) -> dict[str, int]:
    """An id for every word: its last number where all words agree but for it, else its place in natural order."""
    ordered = sorted(words, key=natural)
    return own_numbers(ordered) or {word: place for place, word in enumerate(ordered)}


def own_numbers(words: Collection[str]) -> dict[str, int] | None:
    """The last number of every word where all words agree but for it; None where words are no names of numbers."""
    ids = {word: number for word in words if (number := last_number(word)) is not None}
    distinct = bool(words) and len(set(ids.values())) == len(set(words))
    return ids if distinct and is_numbered(words) and max(ids.values()) <= MAX_ID else None


def is_numbered(words: Collection[str]) -> bool:
    """Whether all words agree but for their last number."""
    rests = {_LAST_NUMBER.sub("", word).lower() for word in words}
    return len(rests) == 1 and all(last_number(word) is not None for word in words)


def last_number(word: str) -> int | None:
    """The last number in a word, None when there is none (or one that is too long for an id)."""
    match = _LAST_NUMBER.search(word)
    return int(match[0]) if match and len(match[0]) <= _LONGEST_NUMBER else None


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """A key to sort names by, with 2 before 10 and no two names alike."""
    parts = [part for part in re.split(r"([0-9]+)", text) if part]
    keys = [(int(part[:18]), "") if part[0] in _DIGITS else (-1, part.lower()) for part in parts]
    return (*keys, (-2, text))
