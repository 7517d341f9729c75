"""Where the files that ship with the program lie: beside the source, or inside the frozen folder."""

from __future__ import annotations

import sys
from pathlib import Path


def installed_root() -> Path:
    """The folder that holds `resources/` and `migrations/`. PyInstaller unpacks both to `sys._MEIPASS`."""
    frozen: str | None = getattr(sys, "_MEIPASS", None)
    return Path(frozen) if frozen is not None else Path(__file__).parents[1]


def resources() -> Path:
    """resources/: locale, icons, sounds, receipts, theme, programmes."""
    return installed_root() / "resources"


def migrations() -> Path:
    """migrations/: one Alembic folder per line (till, cache)."""
    return installed_root() / "migrations"
