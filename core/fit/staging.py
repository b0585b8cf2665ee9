"""Writing many files at once: all of them arrive, or the folder stays as it was.

Everything is first written into a hidden folder on the same disk. A folder that does not exist yet appears in one
rename; in one that does, file after file is replaced, so that whatever else lies there stays untouched.
"""

import os
import shutil
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from core.errors import RunError
from core.files import write_failure

_PREFIX = ".unfinished-"


@contextmanager
def staged_folder(folder: Path, *, last: str | None = None) -> Generator[Path, None, None]:
    """Yield an empty folder whose files become files of ``folder`` when the block ends well.

    ``last`` names the file that is put in place after all others. When the block raises, ``folder`` is as it was.
    Raises RunError for every operating system error met on the way.
    """
    within = folder.is_dir()
    stage = (folder if within else folder.parent) / f"{_PREFIX}{uuid.uuid4().hex[:12]}"
    try:
        stage.mkdir(parents=True)
        yield stage
        if within:
            _move_files(stage, folder, last)
        else:
            os.replace(stage, folder)  # noqa: PTH105 - the atomic call is meant, by its own name
    except OSError as error:
        raise write_failure(folder, error) from error
    except RunError as error:
        # The user knows the folder by its own name.
        raise RunError(str(error).replace(str(stage), str(folder))) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _move_files(stage: Path, folder: Path, last: str | None) -> None:
    files = sorted((file for file in stage.rglob("*") if file.is_file()), key=lambda file: (file.name == last, file))
    for file in files:
        target = folder / file.relative_to(stage)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(file, target)  # noqa: PTH105 - the atomic call is meant, by its own name


def entries(folder: Path) -> list[Path]:
    """What lies in ``folder``, without leftovers of a writer that was killed; empty when there is no such folder."""
    try:
        return sorted(entry for entry in folder.iterdir() if not entry.name.startswith(_PREFIX))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise RunError(f"Cannot look into {folder}: {error.strerror or error}; choose another folder.") from error


def check_writable(folder: Path) -> None:
    """Raise RunError when files could not be written into ``folder``, which need not exist yet; leaves no trace."""
    existing = folder
    while not existing.exists():
        existing = existing.parent
    probe = existing / f"{_PREFIX}{uuid.uuid4().hex[:12]}"
    try:
        probe.mkdir()
        probe.rmdir()
    except OSError as error:
        raise write_failure(folder, error) from error
