"""Whether a disk has room for a run: asked before training, so that nobody trains for an hour to learn it has not."""

import shutil
from pathlib import Path

from core.errors import RunError
from core.fit.checkpoint import TENSOR_FILE

_MEGABYTE = 1_000_000


def check_room(folder: Path, checkpoint_bytes: int) -> None:
    """Raise RunError when a run whose checkpoint has ``checkpoint_bytes`` can clearly not be saved to ``folder``.

    A checkpoint is written whole before it replaces the one before, so both must fit; ``folder`` need not exist yet.
    Where the system does not say how much is free, there is room.
    """
    needed = max(checkpoint_bytes, 2 * checkpoint_bytes - saved_bytes(folder))
    free = _free_bytes(folder)
    if free is not None and free < needed:
        raise RunError(
            f"There is no room for the run in {folder}: saving it needs {_megabytes(needed)} and "
            f"{_megabytes(free)} are free; free some space or choose another folder."
        )


def saved_bytes(folder: Path) -> int:
    """Size of the checkpoint that ``folder`` holds; 0 without one."""
    try:
        return (folder / TENSOR_FILE).stat().st_size
    except OSError:
        return 0


def _free_bytes(folder: Path) -> int | None:
    try:
        usage = shutil.disk_usage(next(place for place in (folder, *folder.absolute().parents) if place.exists()))
    except (OSError, StopIteration):
        return None
    return usage.free if usage.total else None  # some network disks say that they have nothing at all


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / _MEGABYTE:,.1f} MB"
