"""One line as dots (GS v 0), for characters the printer's GB font lacks; and dots that can never act as commands.

A printer looks for real-time commands (DLE EOT, DLE ENQ, DLE DC4) in everything it receives, picture data included: a
picture that happens to hold 10 14 01 would open the drawer. One dot is added where that would happen.
"""

from __future__ import annotations

import itertools

from app.domain.paper import Line, columns_of
from devices.printer.glyphs import Glyphs
from devices.printer.profiles import FONT_HEIGHT_DOTS, FONT_WIDTH_DOTS, LINE_DOTS, Profile

DLE = 0x10
LIVE_SECOND_BYTES = frozenset((0x04, 0x05, 0x14))
HARMLESS = 0x30


def line_as_dots(line: Line, profile: Profile, glyphs: Glyphs) -> bytes:
    """GS v 0 with the line drawn in the same cells the printer would have used."""
    from PIL import Image  # lazy: few receipts need it

    scale = 2 if line.double else 1
    height = FONT_HEIGHT_DOTS * 2 if line.double else LINE_DOTS
    paper = Image.new("1", (profile.dots, height), 1)
    x = 0
    for char in line.text:
        cell = (columns_of(char) * FONT_WIDTH_DOTS * scale, FONT_HEIGHT_DOTS * scale)
        if cell[0] and char != " ":
            glyphs.draw(paper, (x, 0), char, cell)
            if line.bold:
                glyphs.draw(paper, (x + scale, 0), char, cell)
        x += cell[0]
    return as_raster(paper.convert("1").tobytes(), profile.dots // 8, height)


def as_raster(white_is_one: bytes, width_bytes: int, height: int) -> bytes:
    """GS v 0 for dots packed as Pillow packs them (1 = white), without live real-time commands."""
    return raster(bytes(byte ^ 0xFF for byte in white_is_one), width_bytes, height)


def raster(black_is_one: bytes, width_bytes: int, height: int) -> bytes:
    """GS v 0 for rows of dots, without live real-time commands."""
    header = b"\x1dv0\x00" + width_bytes.to_bytes(2, "little") + height.to_bytes(2, "little")
    return header + harmless(black_is_one)


def harmless(dots: bytes) -> bytes:
    """The dots with every DLE that begins a real-time command turned into one dot more."""
    safe = bytearray(dots)
    for place in range(len(safe) - 1):
        if safe[place] == DLE and safe[place + 1] in LIVE_SECOND_BYTES:
            safe[place] = HARMLESS
    return bytes(safe)


def has_live_command(data: bytes) -> bool:
    """Whether a printer would find a real-time command in `data`."""
    return any(first == DLE and second in LIVE_SECOND_BYTES for first, second in itertools.pairwise(data))
