"""Search tokens: every part of a Chinese name, word starts of Latin ones, tails of numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store.tokens import (
    TOKEN_CHARS_MAX,
    back_range,
    fold,
    initials_of,
    name_tokens,
    phone_back,
    split_initials,
    token_range,
)

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=6)


def in_range(token: str, typed: str) -> bool:
    low, high = token_range(typed)
    return low <= token < high


def test_a_name_is_stored_as_all_its_endings_and_its_initials() -> None:
    assert name_tokens("张小凡", "zxf") == ("张小凡", "小凡", "凡", "zxf")


def test_a_latin_name_is_found_from_the_start_of_each_word() -> None:
    assert name_tokens("Mary  Ann O'Neil", "") == ("mary ann o'neil", "ann o'neil", "o'neil", "neil")


def test_the_dot_of_a_foreign_name_parts_its_words() -> None:
    assert name_tokens("阿卜杜拉·买买提", "")[0] == "阿卜杜拉 买买提"
    assert "买买提" in name_tokens("阿卜杜拉·买买提", "")


def test_a_nameless_member_has_no_tokens() -> None:
    assert name_tokens("", "") == ()


@given(HAN, st.data())
def test_every_part_of_a_chinese_name_is_the_start_of_a_token(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    assert any(in_range(token, name[start:end]) for token in name_tokens(name, ""))


@given(st.text(max_size=40), st.text(max_size=10))
def test_tokens_are_bounded_and_never_empty(name: str, initials: str) -> None:
    assert all(0 < len(token) <= TOKEN_CHARS_MAX for token in name_tokens(name, initials))


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True), st.integers(1, 14))
def test_a_tail_of_a_number_is_a_range_of_reversed_numbers(phone: str, length: int) -> None:
    tail = phone.lstrip("+")[-length:]
    low, high = back_range(tail)
    assert low <= phone_back(phone) < high


def test_another_tail_is_outside_the_range() -> None:
    low, high = back_range("2719")
    assert not low <= phone_back("+8613816582718") < high
    assert not low <= phone_back("+8613816582729") < high


def test_initials_come_from_syllables() -> None:
    assert initials_of("Zhang xiao fan") == "zxf"
    assert initials_of("") == ""


def test_initials_and_digits_are_told_apart() -> None:
    assert split_initials("ZXF 2719") == ("zxf", "2719")
    assert split_initials("zxf27") == ("zxf", "27")
    assert split_initials("zxf") is None
    assert split_initials("2719") is None
    assert split_initials("张2719") is None


def test_folding_is_the_same_for_typed_and_stored_text() -> None:
    assert fold("  MARY\u3000Ann ") == "mary ann"


@pytest.mark.parametrize("written", ["+8613816582719", "8613816582719", "+86 138-1658-2719", "(86) 138 1658 2719"])
def test_a_phone_is_its_digits_from_the_last_to_the_first_however_it_is_written(written: str) -> None:
    assert phone_back(written) == "9172856183168"
