"""Is there a screen a window can open on? Asking first matters: without one the window library ends the process."""

import ctypes
import ctypes.util
import os
import sys


def display_problem() -> str | None:
    """None when a window can open here, else one sentence on why not and what to do."""
    if not sys.platform.startswith("linux"):
        return None
    name = os.environ.get("DISPLAY", "")
    if not name:
        return "There is no display (DISPLAY is not set); start the studio from a desktop, or use the train command."
    try:
        x11 = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    except OSError:
        return "The library libX11 is missing, so no window can open; install libx11-6, or use the train command."
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = x11.XOpenDisplay(None)
    if not display:
        return f"The display {name} does not answer; start the studio from a desktop, or use the train command."
    x11.XCloseDisplay(display)
    return None


if __name__ == "__main__":
    sys.exit(1 if display_problem() else 0)
