"""The translator: facts fill sentences, catalogues are merged, a missing language or list is said in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import i18n
from app.errors import ConfigError
from tools import compile_messages

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def locale(tmp_path: Path) -> Path:
    """Three small catalogues, compiled as the program compiles its own."""
    folder = tmp_path / "resources" / "locale" / "zh_CN" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "core.po").write_text(HEADER + 'msgid "Points: {points}"\nmsgstr "积分：{points}"\n', encoding="utf-8")
    (folder / "ui.po").write_text(HEADER + 'msgid "Pay"\nmsgstr "收款"\n', encoding="utf-8")
    (folder / "devices.po").write_text(HEADER, encoding="utf-8")
    compile_messages.main(tmp_path)
    return tmp_path / "resources" / "locale"


def test_english_is_the_text_itself_with_its_facts() -> None:
    tr = i18n.load(Path("unused"), "en")
    assert tr("Points: {points}", points=7) == "Points: 7"
    assert tr("No facts, so braces stay: {x}") == "No facts, so braces stay: {x}"


def test_every_catalogue_is_asked(locale: Path) -> None:
    tr = i18n.load(locale, "zh_CN")
    assert tr.language == "zh_CN"
    assert tr("Points: {points}", points=7) == "积分：7"
    assert tr("Pay") == "收款"


def test_a_text_without_translation_stays_english(locale: Path) -> None:
    assert i18n.load(locale, "zh_CN")("Not translated") == "Not translated"


def test_an_unknown_language_is_refused(locale: Path) -> None:
    with pytest.raises(ConfigError, match="language_unknown"):
        i18n.load(locale, "fr")


def test_a_missing_catalogue_is_named(locale: Path) -> None:
    (locale / "zh_CN" / "LC_MESSAGES" / "ui.mo").unlink()
    with pytest.raises(ConfigError) as caught:
        i18n.load(locale, "zh_CN")
    assert (caught.value.code, caught.value.facts) == ("catalogue_missing", {"file": "zh_CN/ui.mo"})


def test_a_marked_text_is_itself() -> None:
    assert i18n.mark("Gold") == "Gold"


def test_compiling_again_writes_only_what_changed(locale: Path) -> None:
    compiled = locale / "zh_CN" / "LC_MESSAGES" / "core.mo"
    before = compiled.stat().st_mtime_ns
    compile_messages.main(locale.parents[1])
    assert compiled.stat().st_mtime_ns == before
