"""Starts Guitai: `python -m app`, the console command `guitai` and the frozen program."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and end with its exit code."""
    from app.cli import main as run

    sys.exit(run())


if __name__ == "__main__":
    main()
