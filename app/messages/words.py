"""The shape of a message: an English sentence (the catalogue's key) and its short reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import Fact
from app.i18n import Translator


@dataclass(frozen=True, slots=True)
class Words:
    """`ref` is what a person reads out, as S-12; `text` is the msgid, with `{fact}` placeholders."""

    ref: str
    text: str


def say(entry: Words, tr: Translator, facts: Mapping[str, Fact]) -> str:
    """The sentence with its facts and, unless `ref` is empty, the reference in brackets."""
    sentence = tr(entry.text, **facts)
    if not entry.ref:
        return sentence
    return f"{sentence}（{entry.ref}）" if tr.language == "zh_CN" else f"{sentence} ({entry.ref})"
