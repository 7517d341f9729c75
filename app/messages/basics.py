"""Words for the codes of: set-up, languages, command line."""

from __future__ import annotations

from app.messages.words import Words

WORDS: dict[str, Words] = {
    "language_unknown": Words("B-01", "There is no language {language}. Choose zh_CN or en."),
    "catalogue_missing": Words("B-02", "The word list {file} is missing. Run make messages, or install again."),
}
