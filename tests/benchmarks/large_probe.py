"""Open a capture and train on it for a while, in a process of its own; prints what that took as JSON."""

import json
import resource
import sys
import time
from pathlib import Path

import psutil
import torch

from core.capture.read import read_capture
from core.device import default_threads, set_threads
from core.fit.config import draft
from core.fit.trainer import Trainer

STEPS = 300
WARM_UP = 60


def probe(capture_folder: Path) -> dict[str, float]:
    """Seconds, gigabytes and steps a second."""
    set_threads(default_threads(window_open=False))
    began = time.perf_counter()
    capture = read_capture(capture_folder)
    opened, open_peak = time.perf_counter() - began, peak_gb()
    trainer = Trainer(capture, draft(), device=torch.device("cpu"))
    for _ in range(WARM_UP):
        trainer.step()
    began = time.perf_counter()
    for _ in range(STEPS):
        trainer.step()
    speed = STEPS / (time.perf_counter() - began)
    return {
        "open_seconds": opened,
        "open_peak_gb": open_peak,
        "own_gb": own_gb(),
        "peak_gb": peak_gb(),
        "steps_per_second": speed,
    }


def peak_gb() -> float:
    """The largest resident memory of this process so far, mapped files included."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def own_gb() -> float:
    """Resident memory of this process that is no mapped file: what other programs cannot have back."""
    memory = psutil.Process().memory_info()
    return (memory.rss - memory.shared) / 1e9


if __name__ == "__main__":
    print(json.dumps(probe(Path(sys.argv[1]))))
