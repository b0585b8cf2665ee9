"""Chiaro: ``python main.py --help`` lists the commands; without one the studio opens."""

import sys

from app.cli import main

if __name__ == "__main__":
    sys.exit(main())
