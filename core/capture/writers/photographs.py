"""Photographs and masks as every layout's writer lays them down: what is in memory, bit for bit."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from core.capture.capture import Capture
from core.capture.images import write_exact, write_png8
from core.types import BoolArray, Progress

_WRITERS = min(4, os.cpu_count() or 1)
"""Compressing is compute; more threads than cores gain nothing."""


def photograph_name(capture: Capture, image: int) -> str:
    """``VxxLyy.png``, or ``.exr`` where the photograph is made of floats."""
    suffix = "exr" if capture.photographs[image].dtype.kind == "f" else "png"
    return f"{capture.keys[image].name}.{suffix}"


def write_photographs(capture: Capture, folder: Path, report: Progress) -> None:
    """Every photograph into ``folder``, which exists. Raises RunError, and Cancelled when the progress does."""
    tasks = [partial(_write_photograph, capture, folder, image) for image in range(len(capture.keys))]
    run_all(tasks, [f"Writing photograph {key.name}" for key in capture.keys], report)


def write_masks(capture: Capture, folder: Path) -> None:
    """The masks as ``Vxx.png`` into ``folder``, which exists: white on the object. Nothing when there are none."""
    for view, mask in capture.masks.items() if capture.masked else ():
        write_mask(folder / f"V{view:02d}.png", mask)


def write_mask(file: Path, mask: BoolArray) -> None:
    """A mask [height, width] as a grey 8-bit PNG, white on the object. Raises RunError."""
    write_png8(file, mask[..., None].astype(np.float32))


def run_all(tasks: Iterable[Callable[[], None]], names: Iterable[str], report: Progress) -> None:
    """Run tasks on a few threads, reporting each by its name; the first error stops those not begun."""
    pool = ThreadPoolExecutor(_WRITERS, thread_name_prefix="writing")
    try:
        begun: list[tuple[Future[None], str]] = [
            (pool.submit(task), name) for task, name in zip(tasks, names, strict=True)
        ]
        for number, (future, name) in enumerate(begun):
            report(name, number / len(begun))
            future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _write_photograph(capture: Capture, folder: Path, image: int) -> None:
    write_exact(folder / photograph_name(capture, image), capture.photographs[image])
