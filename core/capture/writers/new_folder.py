"""A folder of results that appears complete or not at all."""

import os
import shutil
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from core.errors import RunError
from core.files import write_failure


@contextmanager
def new_folder(folder: Path) -> Generator[Path]:
    """Yields an empty folder beside ``folder`` that takes its name at the end; after an error nothing is left.

    Raises RunError when ``folder`` exists and is not empty, or cannot be written.
    """
    unfinished = folder.with_name(unfinished_prefix(folder) + uuid.uuid4().hex[:12])
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RunError(f"{folder} already exists and is not empty; choose another folder.")
        unfinished.mkdir(parents=True)
        yield unfinished
        if folder.exists():
            folder.rmdir()  # empty; Windows renames onto nothing only
        os.replace(unfinished, folder)  # noqa: PTH105 - the atomic call is meant, by its own name
    except OSError as error:
        raise write_failure(folder, error) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def unfinished_prefix(folder: Path) -> str:
    """How the names begin under which ``folder`` is made, for sweeping up after a process that was killed."""
    return f".{folder.name}."
