"""What can go wrong, as one clear sentence for the person in front of the screen.

Every message names the file or value, says what is wrong with it and what to do about it. The command line prints
the message and exits with code 2; the studio shows it in a dialog and stays alive.
"""


class ChiaroError(Exception):
    """An error whose message is meant for the user."""


class CaptureError(ChiaroError):
    """A capture folder that cannot be read: the message names the file."""


class OptionError(CaptureError):
    """A choice of how to read a capture that cannot be; the capture itself may be well."""


class SubsetError(ChiaroError):
    """A choice of images that cannot be trained: fewer than two views, no light, unknown names."""


class RunError(ChiaroError):
    """A run folder or checkpoint that cannot be read or written."""


class FitError(ChiaroError):
    """The optimiser cannot go on (not a number, out of memory); its last good state is kept."""


class Cancelled(Exception):  # noqa: N818 - it is no error
    """The user asked to stop a long task; nothing is wrong."""
