"""Words for the codes of: store."""

from __future__ import annotations

from app.messages.words import Words

WORDS: dict[str, Words] = {}
