"""Ways to damage a capture's folder."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from core.capture.images import write_exr, write_png8, write_png16
from tests.core.capture import png_by_hand as png

Change = Callable[[Path], object]


def cameras(change: Callable[[dict[str, Any]], object]) -> Change:
    """Change the table of cameras."""

    def apply(folder: Path) -> None:
        file = folder / "camera_params.json"
        table = json.loads(file.read_text())
        change(table)
        file.write_text(json.dumps(table))

    return apply


def entry(name: str, value: object) -> Change:
    return cameras(lambda table: table.__setitem__(name, value))


def nested(name: str, indices: tuple[int, int], value: object) -> Change:
    return cameras(lambda table: table[name][indices[0]].__setitem__(indices[1], value))


def json_text(text: str) -> Change:
    return lambda folder: (folder / "camera_params.json").write_text(text)


def removed(name: str) -> Change:
    def apply(folder: Path) -> None:
        place = folder / name
        shutil.rmtree(place) if place.is_dir() else place.unlink()

    return apply


def emptied(folder: Path) -> None:
    for place in list(folder.iterdir()):
        removed(place.name)(folder)


def replaced_by_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("not a folder")


def truncated(name: str) -> Change:
    return lambda folder: os.truncate(folder / name, (folder / name).stat().st_size // 2)


def text_for(name: str) -> Change:
    return lambda folder: (folder / name).write_text("hello")


def linked_from_outside(name: str) -> Change:
    def apply(folder: Path) -> None:
        outside = folder.parent / "outside" / name
        outside.parent.mkdir(parents=True)
        (folder / name).rename(outside)
        (folder / name).symlink_to(outside)

    return apply


def folder_linked_from_outside(folder: Path) -> None:
    outside = folder.parent / "outside"
    (folder / "image").rename(outside)
    (folder / "image").symlink_to(outside)


def linked_to_itself(folder: Path) -> None:
    (folder / "image" / "V00L00.png").unlink()
    (folder / "image" / "V00L00.png").symlink_to("V00L00.png")


def black_mask(name: str) -> Change:
    return lambda folder: write_png8(folder / name, np.zeros((48, 48, 1)))


def small_mask(folder: Path) -> None:
    write_png8(folder / "mask" / "V01.png", np.ones((24, 48, 1)))


def huge_header(folder: Path) -> None:
    (folder / "image" / "V01L01.png").write_bytes(png.png_bytes(1_000_000, 1_000_000, 16, png.RGB, b"\0"))


def not_finite_photograph(folder: Path) -> None:
    (folder / "image" / "V01L01.png").unlink()
    write_exr(folder / "image" / "V01L01.exr", np.full((48, 48, 3), np.nan))


def photograph_of_another_size(folder: Path) -> None:
    write_png16(folder / "image" / "V01L01.png", np.ones((50, 48, 3)))


def twice(folder: Path) -> None:
    shutil.copy(folder / "image" / "V00L00.png", folder / "image" / "V000L000.png")


def mask_twice(folder: Path) -> None:
    shutil.copy(folder / "mask" / "V00.png", folder / "mask" / "V000.png")


def all_renamed(folder: Path) -> None:
    for number, file in enumerate(sorted((folder / "image").iterdir())):
        file.rename(file.with_name(f"IMG_{number}.png"))


def turned(degrees: float, scale: float = 1.0) -> list[list[float]]:
    c, s = np.cos(np.radians(degrees)) * scale, np.sin(np.radians(degrees)) * scale
    return [[c, -s, 0, 0], [s, c, 0, 0], [0, 0, scale, 4], [0, 0, 0, 1]]
