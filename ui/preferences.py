"""Language, theme, size and volume of this till, kept in a small file that needs no key. Nothing else is in it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path

from app.i18n import LANGUAGES
from ui.presenters.look import SCALES_PERCENT, Look
from ui.theme.names import THEMES

FILE_BYTES_MAX = 4096


def load_look(path: Path, default: Look) -> Look:
    """The look kept in `path`; whatever is missing or unknown there is taken from `default`."""
    try:
        kept = json.loads(path.read_bytes()[:FILE_BYTES_MAX])
    except (OSError, ValueError):
        return default
    if not isinstance(kept, dict):
        return default
    look = default
    if kept.get("language") in LANGUAGES:
        look = replace(look, language=kept["language"])
    if kept.get("theme") in THEMES:
        look = replace(look, theme=kept["theme"])
    if kept.get("scale_percent") in SCALES_PERCENT:
        look = replace(look, scale_percent=kept["scale_percent"])
    volume = kept.get("volume")
    if isinstance(volume, int) and 0 <= volume <= 100:
        look = replace(look, volume=volume)
    return look


def keep_look(path: Path, look: Look) -> None:
    """Write it whole or not at all. OSError when the folder cannot be written."""
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(look), indent=1), encoding="utf-8")
    os.replace(draft, path)
