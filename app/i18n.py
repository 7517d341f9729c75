"""Words in the language of the till: gettext catalogues merged from resources/locale, switchable while running.

The source text is English; `zh_CN` is translated. One catalogue per layer (core, ui, devices) so that they can be
edited apart. `make messages` compiles them; `tools/check_messages.py` finds what is untranslated.
"""

from __future__ import annotations

import gettext
from collections.abc import Sequence
from pathlib import Path

from app.errors import ConfigError, Fact

LANGUAGES = ("zh_CN", "en")
CATALOGUES = ("core", "ui", "devices")


def mark(text: str) -> str:
    """The text itself. Marks an English text that stands in a table for the catalogue, where no `tr(…)` shows it."""
    return text


class Translator:
    """`tr("text {fact}", fact=…)` in one language. Immutable; switching makes another one. Any thread."""

    def __init__(self, language: str, catalogues: Sequence[gettext.NullTranslations]) -> None:
        self.language = language
        self._chain = gettext.NullTranslations()
        for catalogue in catalogues:
            self._chain.add_fallback(catalogue)

    def __call__(self, text: str, /, **facts: Fact) -> str:
        words = self._chain.gettext(text)
        return words.format(**facts) if facts else words


ENGLISH = Translator("en", ())


def load(locale_dir: Path, language: str) -> Translator:
    """The translator for `language`. ConfigError `language_unknown` or `catalogue_missing`."""
    if language == "en":
        return ENGLISH
    if language not in LANGUAGES:
        raise ConfigError("language_unknown", language=language)
    found = []
    for name in CATALOGUES:
        path = locale_dir / language / "LC_MESSAGES" / f"{name}.mo"
        try:
            with path.open("rb") as file:
                found.append(gettext.GNUTranslations(file))
        except FileNotFoundError as error:
            raise ConfigError("catalogue_missing", file=f"{language}/{name}.mo") from error
    return Translator(language, found)
