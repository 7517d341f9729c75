"""Pictures for tests: black rectangles as files."""

from __future__ import annotations

from pathlib import Path

from PIL import Image


def png(file: Path, width: int, height: int, colour: str = "black") -> None:
    """A picture of one colour."""
    Image.new("RGB", (width, height), colour).save(file, "png")
