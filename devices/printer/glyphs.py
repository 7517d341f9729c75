"""Characters drawn as dots: for the lines a printer's own font cannot print, and for the simulated paper.

Pillow is imported when the first character is drawn. Fonts come from the system: any of the usual Chinese ones.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image, ImageFont

FILES_MAX = 20_000
CHARS_MAX = 10_000
NOBODY_HAS = "\U0010fffe"


@dataclass(frozen=True, slots=True)
class FontFile:
    """A font and the face in it."""

    path: Path
    face: int = 0


WANTED: tuple[tuple[str, int], ...] = (
    ("wqy-microhei.ttc", 1),
    ("NotoSansCJK-Regular.ttc", 2),
    ("msyh.ttc", 0),
    ("simsun.ttc", 0),
    ("PingFang.ttc", 0),
    ("DroidSansFallbackFull.ttf", 0),
    ("seguiemj.ttf", 0),
    ("DejaVuSansMono.ttf", 0),
)


def folders() -> tuple[Path, ...]:
    """Where systems keep fonts."""
    windows = Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"
    home = Path.home()
    unix = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".fonts", home / ".local/share/fonts")
    return (windows,) if os.name == "nt" else (*unix, Path("/System/Library/Fonts"))


def find_fonts(where: Iterable[Path]) -> tuple[FontFile, ...]:
    """The wanted fonts that are there, best first."""
    there = {path.name: path for path in _files(where)}
    return tuple(FontFile(there[name], face) for name, face in WANTED if name in there)


def _files(where: Iterable[Path]) -> Iterator[Path]:
    left = FILES_MAX
    for folder in where:
        for parent, _, names in os.walk(folder):
            left -= len(names)
            if left < 0:
                return
            yield from (Path(parent) / name for name in names)


class Glyphs:
    """Draws characters into cells, each from the first font that has it. One thread."""

    def __init__(self, fonts: tuple[FontFile, ...]) -> None:
        self._fonts = fonts
        self._loaded: dict[tuple[FontFile, int], ImageFont.FreeTypeFont] = {}
        self._chosen: dict[tuple[str, int], ImageFont.FreeTypeFont] = {}

    @property
    def usable(self) -> bool:
        """False on a machine without any wanted font: then nothing can be drawn."""
        return bool(self._fonts)

    def draw(self, paper: Image.Image, at: tuple[int, int], char: str, cell: tuple[int, int]) -> None:
        """`char` in black, centred in a cell of (width, height) dots whose top left corner is `at`."""
        from PIL import ImageDraw

        width, height = cell
        font = self._font_for(char, min(height, width * 2))
        pen = ImageDraw.Draw(paper)
        pen.fontmode = "1"
        pad = max(0.0, (width - font.getlength(char)) / 2)
        baseline = at[1] + round(height * 0.8)
        pen.text((at[0] + round(pad), baseline), char, font=font, fill=0, anchor="ls")

    def _font_for(self, char: str, size: int) -> ImageFont.FreeTypeFont:
        key = (char, size)
        if key not in self._chosen:
            if len(self._chosen) >= CHARS_MAX:
                self._chosen.clear()
            self._chosen[key] = self._choose(char, size)
        return self._chosen[key]

    def _choose(self, char: str, size: int) -> ImageFont.FreeTypeFont:
        for file in self._fonts:
            font = self._load(file, size)
            if bytes(font.getmask(char)) != bytes(font.getmask(NOBODY_HAS)):
                return font
        return self._load(self._fonts[0], size)

    def _load(self, file: FontFile, size: int) -> ImageFont.FreeTypeFont:
        from PIL import ImageFont

        key = (file, size)
        if key not in self._loaded:
            self._loaded[key] = ImageFont.truetype(str(file.path), size, index=file.face)
        return self._loaded[key]
