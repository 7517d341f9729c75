"""How this program starts itself once more: frozen, or this interpreter with this source."""

from __future__ import annotations

import sys


def own_program(*arguments: str) -> list[str]:
    """The command line of a process of ours."""
    start = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]
    return [*start, *arguments]
