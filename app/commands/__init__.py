"""The commands without a window; each returns an ``Outcome`` that the command line prints."""
