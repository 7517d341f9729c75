"""Makes pictures small enough for the repository."""

from __future__ import annotations

from pathlib import Path

COLOURS = 96


def squeeze(path: Path) -> None:
    """Fewer colours: a picture of flat surfaces needs no more, and the repository stays small."""
    from PIL import Image

    with Image.open(path) as whole:
        few = whole.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
