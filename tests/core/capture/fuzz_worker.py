"""Reads or checks damaged captures, one after the other, in a process of its own; prints what went wrong as JSON.

A reader that hangs is ended by a watchdog, one that takes too much memory by the operating system, one that crashes by
itself: all of that would end the tests' own process.
"""

import faulthandler
import json
import os
import random
import resource
import shutil
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

from core.capture.capture import Capture
from core.capture.check_capture import check_capture
from core.capture.import_options import ImportOptions, MaskChoice
from core.capture.read import read_capture
from core.capture.recognise import LAYOUTS, guesses
from core.errors import CaptureError
from tests.core.capture.mutations import mutate
from tests.core.capture.tiny_layouts import WRITERS

HANG_SECONDS = 30
CHECKED = 0.2
"""Part of the cases that are looked over with the whole check, which never raises for what is wrong with a capture."""
MEMORY_BYTES = 1_000_000_000
_ADDRESS_SPACE = 6_000_000_000
"""Libraries reserve more addresses than they use; what is resident is compared with ``MEMORY_BYTES``."""


def read_damaged(name: str, seed: int, folder: Path) -> str:
    """Write, damage and read one capture; what is wrong with the outcome, or nothing."""
    chance = random.Random(f"{name} {seed}")
    (folder.parent / "outside").mkdir(exist_ok=True)
    (folder.parent / "outside" / "V00L00.png").write_bytes(b"secret")
    folder.mkdir()
    WRITERS[name](folder)
    how = "; ".join(mutate(folder, chance) for _ in range(chance.choice((1, 1, 2))))
    options = ImportOptions(
        masks=chance.choice((MaskChoice.FILES, MaskChoice.FILES, MaskChoice.NONE, MaskChoice.THRESHOLD)),
        layout=guesses_of(folder, chance),
        table="photos.csv" if name == "plain table" else None,
    )
    try:
        if chance.random() < CHECKED:
            findings = check_capture(folder, options).report.findings
            return "" if all(finding.text for finding in findings) else f"{name} {seed} ({how}): an empty finding"
        outcome: Any = read_capture(folder, options=options)
    except CaptureError as error:
        text = str(error)
        named = any(part in text for part in ("capture", *(layout.name for layout in LAYOUTS)))
        if "\n" in text or len(text) > 1000 or not text.endswith(".") or not named:
            return f"{name} {seed} ({how}): not one clear sentence: {text[:300]!r}"
        return ""
    except BaseException:
        return f"{name} {seed} ({how}): {traceback.format_exc()[-1500:]}"
    if not isinstance(outcome, Capture) or not outcome.keys:
        return f"{name} {seed} ({how}): neither a capture nor an error"
    return ""


def guesses_of(folder: Path, chance: random.Random) -> str | None:
    """Mostly let it be recognised; sometimes insist on the first guess, or on any layout."""
    kind = chance.random()
    if kind < 0.7:
        return None
    found = guesses(folder)
    return found[0].layout if found and kind < 0.9 else chance.choice([layout.name for layout in LAYOUTS])


def main(name: str, first: int, last: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="chiaro-fuzz-") as place:
        os.environ["XDG_CACHE_HOME"] = place
        os.chdir(place)
        for seed in range(first, last):
            faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)
            print(f"{name} {seed}", file=sys.stderr, flush=True)
            folder = Path(place) / "capture"
            fault = read_damaged(name, seed, folder)
            if fault:
                faults.append(fault)
            shutil.rmtree(folder)
        faulthandler.cancel_dump_traceback_later()
        if (Path(place) / "exploded").exists():
            faults.append("a pickle was run")
    print(json.dumps({"cases": last - first, "faults": faults, "peak_bytes": peak_bytes()}))


def peak_bytes() -> int:
    """The largest resident memory of this program; the system's own figure counts the process it was started from."""
    status = Path("/proc/self/status")
    if status.is_file():
        lines = dict(line.partition(":")[::2] for line in status.read_text(encoding="utf-8").splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
