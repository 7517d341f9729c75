"""Words for the codes of: members."""

from __future__ import annotations

from app.messages.words import Words

WORDS: dict[str, Words] = {}
