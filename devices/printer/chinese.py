"""Chinese text for ESC/POS: the bytes of a line, and whether the printer's GB font has all of it.

How wide characters are and where lines break is app.domain.paper's. Characters GBK does not have (they need four bytes
in GB18030, or are emoji, or Latin letters outside GBK) are drawn by devices.printer.raster.
"""

from __future__ import annotations


def encode(text: str) -> bytes | None:
    """The bytes of a line whose every character is in GBK, the same as in GB18030; None when it must be drawn."""
    try:
        return text.encode("gbk")
    except UnicodeEncodeError:
        return None
