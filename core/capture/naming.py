"""Which view and light a photograph shows, by its name."""

from collections.abc import Sequence
from pathlib import PurePath

from core.types import ImageKey


def keys_by_name(names: Sequence[str]) -> tuple[ImageKey, ...]:
    """A key for each file name, in the order of ``names``, for layouts that name photographs as they please.

    Names of the form ``VxxLyy`` (any suffix, any folder) say it themselves when all do so and no two agree. Otherwise
    number i in sorted order becomes ``ViLi``: one view and one light of its own, as when both moved between shots.
    """
    try:
        keys = tuple(ImageKey.parse(PurePath(name).stem) for name in names)
    except ValueError:
        keys = ()
    if keys and len(set(keys)) == len(keys):
        return keys
    rank = {name: number for number, name in enumerate(sorted(names))}
    return tuple(ImageKey(rank[name], rank[name]) for name in names)
