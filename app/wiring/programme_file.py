"""Reads programme documents and scenario files for the commands, and says every mistake with its path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from app.domain.programme.schema import DocumentError, Mistake, read_json, read_toml
from app.i18n import Translator
from app.messages import ALL, say


def read_file(file: Path) -> Mapping[str, object]:
    """The table of a TOML or JSON file; DocumentError where there is none."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        detail = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise DocumentError([Mistake("", "file_unreadable", {"detail": detail or ""})]) from None
    return read_toml(text) if file.suffix == ".toml" else read_json(text)


def mistakes_in_words(error: DocumentError, tr: Translator) -> list[dict[str, str]]:
    """Every mistake: its path and what is wrong there."""
    return [{"path": one.path, "mistake": say(ALL[one.code], tr, one.facts)} for one in error.mistakes]


def mistake_lines(file: Path, error: DocumentError, tr: Translator) -> list[str]:
    """One line per mistake: file, path, words."""
    found = mistakes_in_words(error, tr)
    return [f"{file}: {one['path']}: {one['mistake']}" if one["path"] else f"{file}: {one['mistake']}" for one in found]
