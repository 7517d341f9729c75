"""Every error code can be said in both languages, and says what to do without blame."""

from __future__ import annotations

import string
from collections import Counter

import pytest

from app import i18n
from app.errors import Refusal
from app.messages import ALL, Words, say, words
from app.resources import resources

BLAME = ("system error", "operation failed", "try again later", "invalid", "illegal", "!")
BLAME_ZH = ("系统错误", "操作失败", "请稍后重试", "您确定吗", "非法", "！")


@pytest.fixture(scope="module")
def chinese() -> i18n.Translator:
    return i18n.load(resources() / "locale", "zh_CN")


def facts_of(entry: Words) -> dict[str, str]:
    return {name: "7" for _, name, _, _ in string.Formatter().parse(entry.text) if name}


@pytest.mark.parametrize("code", sorted(ALL))
def test_a_code_is_said_in_both_languages_with_its_reference(code: str, chinese: i18n.Translator) -> None:
    entry = ALL[code]
    error = Refusal(code, **facts_of(entry))
    english, translated = words(error, i18n.ENGLISH), words(error, chinese)
    assert english != translated
    assert "{" not in english + translated
    if entry.ref:
        assert english.endswith(f"({entry.ref})")
        assert translated.endswith(f"（{entry.ref}）")


@pytest.mark.parametrize("code", sorted(ALL))
def test_a_sentence_blames_nobody(code: str, chinese: i18n.Translator) -> None:
    entry = ALL[code]
    assert not [word for word in BLAME if word in entry.text.lower()]
    assert not [word for word in BLAME_ZH if word in chinese(entry.text)]


def test_references_are_unique() -> None:
    assert [ref for ref, count in Counter(entry.ref for entry in ALL.values() if entry.ref).items() if count > 1] == []


def test_a_sentence_without_reference_ends_without_brackets() -> None:
    assert say(Words("", "Done, {points} points"), i18n.ENGLISH, {"points": 3}) == "Done, 3 points"
