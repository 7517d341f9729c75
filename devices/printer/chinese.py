"""Chinese text for ESC/POS: the bytes of a line, and whether the printer's GB font has all of it.

How wide characters are and where lines break is app.domain.paper's. Characters GBK does not have (they need four bytes
in GB18030, or are emoji, or Latin letters outside GBK) are drawn by devices.printer.raster.
"""

from __future__ import annotations

from app.domain.paper import is_native


def encode(text: str) -> bytes | None:
    """GB18030 bytes of a line whose every character is native; None when it must be drawn."""
    return text.encode("gb18030") if all(map(is_native, text)) else None
