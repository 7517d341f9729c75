"""What a person's name may be."""

from __future__ import annotations

import unicodedata

NAME_CHARS_MAX = 40


def clean_name(typed: str) -> str | None:
    """A name in NFC with single spaces; None when it is empty, too long, has no letter, or holds digits or controls."""
    name = " ".join(unicodedata.normalize("NFC", typed).split())
    if not 0 < len(name) <= NAME_CHARS_MAX:
        return None
    kinds = {unicodedata.category(char)[0] for char in name}
    if "L" not in kinds or kinds - {"L", "M", "P", "Z"}:
        return None
    return name
