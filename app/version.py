"""The program's version: one place, readable without the packaging tools (and inside the frozen program)."""

from __future__ import annotations

VERSION = "0.1.0"
