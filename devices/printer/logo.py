"""A picture file → dots for the receipt, for a chain's logo. Read when templates are, never while selling."""

from __future__ import annotations

import base64
import zlib
from pathlib import Path

from app.domain.receipt import Image

WIDTH_DOTS_MAX = 384
HEIGHT_DOTS_MAX = 200
FILE_BYTES_MAX = 1_000_000


def read_logo(file: Path) -> Image | None:
    """The picture as black dots, white where it is clear; None when it is none, or too big for the narrowest paper.

    At most 384 by 200 dots: a printer on a slow line takes ten seconds for that many.
    """
    from PIL import Image as Pillow  # lazy: few receipts have a picture
    from PIL import UnidentifiedImageError

    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            return None
        with Pillow.open(file) as picture:
            if picture.width > WIDTH_DOTS_MAX or picture.height > HEIGHT_DOTS_MAX:
                return None
            clear = picture.convert("RGBA")
    except (OSError, UnidentifiedImageError, Pillow.DecompressionBombError):
        return None
    width = (clear.width + 7) // 8 * 8
    white = Pillow.new("RGBA", (width, clear.height), "white")
    white.paste(clear, (0, 0), clear)
    rows = bytes(
        byte ^ 0xFF for byte in white.convert("L").point(lambda grey: 255 * (grey > 127)).convert("1").tobytes()
    )
    return Image(width, clear.height, base64.b64encode(zlib.compress(rows, 9)).decode("ascii"))
