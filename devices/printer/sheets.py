"""What a printer prints while it is set up: a ruler for its columns, and Chinese as text and as dots."""

from __future__ import annotations

from dataclasses import replace

from app.clock import Clock
from app.domain.receipt import Receipt, Text
from devices.printer.escpos import FEED_AND_CUT, FEED_TO_TEAR, RESET, EscPosRenderer
from devices.printer.glyphs import Glyphs
from devices.printer.link import Link
from devices.printer.profiles import Profile

WIDTHS = (32, 42, 48)
SEND_S_MAX = 8.0
END = FEED_TO_TEAR + FEED_AND_CUT
"""For a tear bar and for a knife: which of them the printer has is not known yet; the other command does no harm."""
SAMPLE = "你好，会员积分 ￥12.50。"


def ruler() -> bytes:
    """One line a width, its number first and `<` as its last sign: the longest that is whole on one line is the
    printer's."""
    lines = (f"{width} {'-' * (width - 4)}<" for width in WIDTHS)
    return RESET + b"".join(f"{line}\n\n".encode("ascii") for line in lines) + END


def chinese(profile: Profile, glyphs: Glyphs) -> bytes:
    """Line A as GB text, line B drawn as dots."""
    as_text, as_dots = replace(profile, gb_font=True), replace(profile, gb_font=False)
    return (
        EscPosRenderer(as_text, glyphs).render(Receipt((Text(f"A {SAMPLE}"), Text(""))))
        + EscPosRenderer(as_dots, glyphs).render(Receipt((Text(f"B {SAMPLE}"), Text(""))))
        + END
    )


def send(link: Link, data: bytes, clock: Clock) -> bool:
    """Write a sheet; False when the printer does not take all of it within SEND_S_MAX. DeviceError `device_lost`."""
    end_s = clock.monotonic_s() + SEND_S_MAX
    while data and clock.monotonic_s() < end_s:
        data = data[link.write(data) :]
    return not data
