"""Writing files so that nothing half-written is ever left under the name the user knows."""

import errno
import os
import uuid
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import RunError

_REASONS = {
    errno.ENOSPC: "the disk is full; free some space and try again",
    errno.EDQUOT: "your disk quota is used up; free some space and try again",
    errno.EACCES: "you have no permission to write there; choose another folder",
    errno.EPERM: "you have no permission to write there; choose another folder",
    errno.EROFS: "the disk is read-only; choose another folder",
    errno.ENOENT: "its folder does not exist; create it or choose another",
    errno.ENOTDIR: "part of its path is a file and not a folder; choose another",
    errno.EISDIR: "a folder of that name is in the way; choose another name",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
}


def write_failure(path: Path, error: OSError) -> RunError:
    """The sentence for an operating system error met while writing ``path``."""
    reason = _REASONS.get(error.errno or 0, f"{error.strerror or error}; choose another folder or check the disk")
    return RunError(f"Cannot write {path}: {reason}.")


@contextmanager
def replacing(file: Path) -> Generator[Path, None, None]:
    """Yield a temporary path beside ``file``, with its suffix, that becomes ``file`` when the block ends well.

    When the block raises, the temporary file is removed and an older ``file`` stays as it was.
    Raises RunError for every operating system error met on the way.
    """
    temporary = file.with_name(f".{file.stem[:64]}.{uuid.uuid4().hex[:12]}{file.suffix}")
    try:
        yield temporary
        os.replace(temporary, file)  # noqa: PTH105 - the atomic call is meant, by its own name
    except OSError as error:
        raise write_failure(file, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
