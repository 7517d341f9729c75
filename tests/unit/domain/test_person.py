"""Names people have, and payment cards that must never be kept."""

from __future__ import annotations

import pytest

from app.domain.card import is_payment_card
from app.domain.person import NAME_CHARS_MAX, clean_name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" 张小凡 ", "张小凡"),
        ("欧阳  明月", "欧阳 明月"),
        ("Mary-Ann O'Neil", "Mary-Ann O'Neil"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("Jose\u0301", "José"),
        ("𠮷野", "𠮷野"),
    ],
)
def test_real_names_are_kept(typed: str, name: str) -> None:
    assert clean_name(typed) == name


@pytest.mark.parametrize("typed", ["", "   ", "13812345678", "张3", "---", "张\x00", "x" * (NAME_CHARS_MAX + 1), "😀"])
def test_what_is_no_name_is_refused(typed: str) -> None:
    assert clean_name(typed) is None


@pytest.mark.parametrize(
    "digits", ["4111111111111111", "5555555555554444", "2223003122003222", "378282246310005", "6212345678901232"]
)
def test_payment_cards_of_all_issuers_are_recognised(digits: str) -> None:
    assert is_payment_card(digits)


@pytest.mark.parametrize(
    "digits", ["4111111111111112", "8800000025093", "13800002719", "", "１２３４", "7111111111111112"]
)
def test_other_numbers_are_not(digits: str) -> None:
    assert not is_payment_card(digits)
