"""Ways to damage a valid capture: bytes, whole files, JSON, tables of numbers, archives. All seeded."""

import io
import json
import os
import random
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Mutation = Callable[[Path, Path, random.Random], None]
"""Called with the capture's folder, the file to damage and the source of chance."""

NUMBERS = ("nan", "inf", "-inf", "-1", "0", "1e308", "1e-320", "99999999999999999999", "x", "", "0x10", "1,2", "٣")
VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1e308,
    float("nan"),
    float("inf"),
    10**400,
    "text",
    "../../../etc/passwd",
    "/etc/passwd",
    "a\0b",
    "x" * 5000,
    [],
    {},
    [[[[]]]],
    [float("nan")] * 16,
)


def flip_bytes(_folder: Path, file: Path, chance: random.Random) -> None:
    data = bytearray(file.read_bytes())
    for _ in range(chance.choice((1, 3, 20))):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    file.write_bytes(data)


def flip_the_head(_folder: Path, file: Path, chance: random.Random) -> None:
    """Where sizes and counts are."""
    data = bytearray(file.read_bytes())
    for _ in range(chance.choice((1, 2, 4))):
        if data:
            data[chance.randrange(min(len(data), 96))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
    file.write_bytes(data)


def truncate(_folder: Path, file: Path, chance: random.Random) -> None:
    data = file.read_bytes()
    file.write_bytes(data[: chance.randrange(len(data) + 1)])


def insert(_folder: Path, file: Path, chance: random.Random) -> None:
    data = file.read_bytes()
    at = chance.randrange(len(data) + 1)
    file.write_bytes(data[:at] + chance.randbytes(chance.choice((1, 8, 300))) + data[at:])


def blank(_folder: Path, file: Path, chance: random.Random) -> None:
    file.write_bytes(bytes(chance.choice((0, 1, 4096))))


def remove(_folder: Path, file: Path, _chance: random.Random) -> None:
    file.unlink()


def swap(folder: Path, file: Path, chance: random.Random) -> None:
    """Another file's content under this name."""
    others = [other for other in sorted(folder.rglob("*")) if other.is_file()]
    shutil.copyfile(chance.choice(others), folder / "swapped")
    (folder / "swapped").replace(file)


def into_folder(_folder: Path, file: Path, _chance: random.Random) -> None:
    file.unlink()
    file.mkdir()


def link(folder: Path, file: Path, chance: random.Random) -> None:
    """A link out of the folder, to itself, to its own folder, to nothing."""
    file.unlink()
    file.symlink_to(chance.choice((folder.parent / "outside", file, file.parent, Path("/dev/zero"), Path("nowhere"))))


def pipe(_folder: Path, file: Path, _chance: random.Random) -> None:
    """A pipe that nobody writes to: opening it would wait for ever."""
    file.unlink()
    os.mkfifo(file)


def rename(_folder: Path, file: Path, chance: random.Random) -> None:
    name = chance.choice((f"x{file.name}", f".{file.name}", f"{file.stem}.jpg", "V00L00.png", "über 1.png", "a\nb.png"))
    target = file.with_name(name)
    if not target.exists():
        file.rename(target)


def table_number(_folder: Path, file: Path, chance: random.Random) -> None:
    """One number of a text file becomes something else."""
    text = file.read_text(encoding="utf-8", errors="replace")
    found = list(re.finditer(r"[-+]?\d[\d.eE+-]*", text))
    if found:
        spot = chance.choice(found)
        text = text[: spot.start()] + chance.choice(NUMBERS) + text[spot.end() :]
    file.write_text(text, encoding="utf-8")


def table_line(_folder: Path, file: Path, chance: random.Random) -> None:
    """A line is lost, doubled or cut."""
    lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
    at = chance.randrange(len(lines))
    lines[at : at + 1] = chance.choice(([], [lines[at]] * 2, [lines[at][: len(lines[at]) // 2]], ["# " + lines[at]]))
    file.write_text("\n".join(lines), encoding="utf-8")


def json_value(_folder: Path, file: Path, chance: random.Random) -> None:
    """A value anywhere in the file is dropped or becomes one of another type."""
    content = _json(file)
    places: list[tuple[Any, Any]] = []
    _places(content, places)
    if not places:
        return
    holder, name = chance.choice(places)
    if chance.random() < 0.3:
        del holder[name]
    else:
        holder[name] = chance.choice(VALUES)
    file.write_text(json.dumps(content), encoding="utf-8")


def json_depth(_folder: Path, file: Path, chance: random.Random) -> None:
    depth = chance.choice((200, 100_000))
    file.write_text('{"frames":' + "[" * depth + "]" * depth + "}", encoding="utf-8")


def archive_entry(_folder: Path, file: Path, chance: random.Random) -> None:
    """An entry of an npz is dropped, or has another shape or type, or holds a pickle."""
    with np.load(file, allow_pickle=False) as archive:
        entries = dict(archive)
    name = chance.choice(sorted(entries))
    value = entries.pop(name)
    changed: list[Any] = [
        value.reshape(-1)[:3],
        value * np.nan,
        value * 0.0,
        -value,
        value.astype(np.complex128),
        np.array("text"),
        np.array({"a": Exploding()}, dtype=object),
        np.zeros((0, 4)),
    ]
    if chance.random() < 0.85:
        entries[name] = chance.choice(changed)
    np.savez(file, **entries)


def archive_claim(_folder: Path, file: Path, _chance: random.Random) -> None:
    """An npz with an entry that claims, or unpacks to, far more than it holds."""
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("world_mat_99.npy", _claiming_npy() + bytes(40_000_000))


class Exploding:
    """What must never be unpickled: it would leave a mark."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (eval, ("open('exploded', 'w').close()",))


def _claiming_npy() -> bytes:
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000), }"
    target = io.BytesIO()
    target.write(b"\x93NUMPY\x01\x00" + (len(header) + 1).to_bytes(2, "little") + header.encode() + b"\n")
    return target.getvalue()


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        return {}


def _places(value: Any, found: list[tuple[Any, Any]]) -> None:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in inner:
        found.append((value, name))
        _places(item, found)


ANY: tuple[Mutation, ...] = (
    flip_bytes,
    flip_the_head,
    truncate,
    insert,
    blank,
    remove,
    swap,
    into_folder,
    link,
    pipe,
    rename,
)
TEXT: tuple[Mutation, ...] = (table_number, table_number, table_line)
BY_SUFFIX: dict[str, tuple[Mutation, ...]] = {
    ".json": (json_value, json_value, json_value, json_depth),
    ".sfm": (json_value, json_value, json_value, json_depth),
    ".npz": (archive_entry, archive_entry, archive_claim),
    ".txt": TEXT,
    ".lp": TEXT,
    ".csv": TEXT,
    ".xml": TEXT,
}


def mutate(folder: Path, chance: random.Random) -> str:
    """Damage one file of the capture once or twice, cameras and tables oftener than pictures; says how."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    few = [file for file in files if file.suffix.lower() not in (".png", ".jpg", ".exr")]
    file = chance.choice(few if few and chance.random() < 0.7 else files)
    done: list[str] = []
    for _ in range(chance.choice((1, 1, 2))):
        ways = (*ANY, *3 * BY_SUFFIX.get(file.suffix.lower(), ()))
        way = chance.choice(ways)
        if not file.is_file() or file.is_symlink():
            break
        done.append(way.__name__)
        try:
            way(folder, file, chance)
        except Exception:  # a second damage on a file that is no longer what it was
            done[-1] += " (not possible)"
    return f"{file.relative_to(folder)}: {', '.join(done)}"
