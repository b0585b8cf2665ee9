"""How large the screen is, so that the first window fits onto it."""

import ctypes
import ctypes.util
import sys


def screen_size() -> tuple[int, int] | None:
    """(width, height) of the main screen in pixels; None where it cannot be asked for."""
    if sys.platform.startswith("linux"):
        return _x11_size()
    if sys.platform == "win32":
        metrics = ctypes.windll.user32.GetSystemMetrics
        return (int(metrics(0)), int(metrics(1)))
    return None


def _x11_size() -> tuple[int, int] | None:
    try:
        x11 = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    except OSError:
        return None
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    display = x11.XOpenDisplay(None)
    if not display:
        return None
    for name in ("XDefaultScreen", "XCloseDisplay"):
        getattr(x11, name).argtypes = [ctypes.c_void_p]
    for name in ("XDisplayWidth", "XDisplayHeight"):
        getattr(x11, name).argtypes = [ctypes.c_void_p, ctypes.c_int]
    screen = x11.XDefaultScreen(display)
    size = (int(x11.XDisplayWidth(display, screen)), int(x11.XDisplayHeight(display, screen)))
    x11.XCloseDisplay(display)
    return size


def fitted(size: tuple[int, int], screen: tuple[int, int] | None, least: tuple[int, int]) -> tuple[int, int]:
    """A window size no larger than the screen and no smaller than ``least``."""
    if screen is None:
        return size
    return (max(min(size[0], screen[0]), least[0]), max(min(size[1], screen[1]), least[1]))
