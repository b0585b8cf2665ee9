"""The desktop's own file dialog, in a process of its own: zenity, kdialog or tkinter, whichever is there.

Never in this process: tk and DearPyGui would fight over the event loop.
"""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from widgets.folder_listing import Wanted

_TK = (
    "import sys, tkinter, tkinter.filedialog as d\n"
    "r = tkinter.Tk(); r.withdraw()\n"
    "kind, title, start, name = sys.argv[1:5]\n"
    "ask = {'folder': d.askdirectory, 'open': d.askopenfilename, 'save': d.asksaveasfilename}[kind]\n"
    "extra = {'initialfile': name} if kind == 'save' else {}\n"
    "sys.stdout.write(ask(title=title, initialdir=start, **extra) or '')\n"
)


def native_command(title: str, wanted: Wanted, start: Path) -> list[str] | None:
    """The command that asks for a path and prints it, or None when this machine has no such dialog."""
    zenity, kdialog = shutil.which("zenity"), shutil.which("kdialog")
    if zenity:
        return _zenity(zenity, title, wanted, start)
    if kdialog:
        flag = _kind(wanted, "--getexistingdirectory", "--getopenfilename", "--getsavefilename")
        return [kdialog, "--title", title, flag, str(start)]
    if importlib.util.find_spec("tkinter") is not None and importlib.util.find_spec("_tkinter") is not None:
        folder, name = (start, "") if start.is_dir() else (start.parent, start.name)
        return [sys.executable, "-c", _TK, _kind(wanted, "folder", "open", "save"), title, str(folder), name]
    return None


def _zenity(program: str, title: str, wanted: Wanted, start: Path) -> list[str]:
    command = [program, "--file-selection", f"--title={title}", f"--filename={start}{'/' if start.is_dir() else ''}"]
    if wanted.folders:
        command.append("--directory")
    if wanted.save:
        command.append("--save")
    if wanted.suffix and not wanted.folders:
        command.append(f"--file-filter=*{wanted.suffix}")
    return command


def _kind(wanted: Wanted, folder: str, open_file: str, save_file: str) -> str:
    if wanted.folders:
        return folder
    return save_file if wanted.save else open_file


class NativeDialog:
    """A running dialog; ask ``finished`` once a frame."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def finished(self) -> bool:
        """Whether the user has answered."""
        return self._process.poll() is not None

    def answer(self) -> Path | None:
        """The chosen path, or None when the dialog was cancelled; only after ``finished``."""
        text = (self._process.communicate()[0] or "").strip()
        return Path(text) if text and self._process.returncode == 0 else None

    def close(self) -> None:
        """End the dialog if it is still open."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.communicate()
