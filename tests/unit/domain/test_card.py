"""What a code is by its form: cards, products, payment codes, receipts, staff cards, member codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.card import CODE_CHARS_MAX, CardScheme, CodeKind, classify, ean_holds, luhn_digit, luhn_holds

SCHEME = CardScheme()
DIGITS = st.text("0123456789", min_size=1, max_size=18)


@given(DIGITS)
def test_a_luhn_digit_makes_a_number_hold_and_any_other_breaks_it(body: str) -> None:
    right = luhn_digit(body)
    assert luhn_holds(body + right)
    assert not any(luhn_holds(body + str(digit)) for digit in range(10) if str(digit) != right)


@pytest.mark.parametrize("number", ["79927398713", "4111111111111111", "8800000025093"])
def test_published_numbers_hold(number: str) -> None:
    assert luhn_holds(number)


@pytest.mark.parametrize("code", ["4006381333931", "73513537", "036000291452", "10012345678902"])
def test_published_product_codes_hold(code: str) -> None:
    assert ean_holds(code)
    assert not ean_holds(code[:-1])


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("8800000025093", CodeKind.MEMBER_CARD),
        ("8800000025098", CodeKind.WRONG_CHECK_DIGIT),
        ("4006381333931", CodeKind.PRODUCT),
        ("4006381333932", CodeKind.WRONG_CHECK_DIGIT),
        ("134567890123456789", CodeKind.PAYMENT),
        ("2812345678901234", CodeKind.PAYMENT),
        ("6212345678901234567", CodeKind.PAYMENT),
        ("58" + "0" * 21 + luhn_digit("58" + "0" * 21), CodeKind.MEMBER_CODE),
        ("58" + "0" * 21 + str((int(luhn_digit("58" + "0" * 21)) + 1) % 10), CodeKind.WRONG_CHECK_DIGIT),
        ("GTS0000", CodeKind.STAFF_CARD),
        ("GTS0001", CodeKind.WRONG_CHECK_DIGIT),
        ("https://a.example/r/S1-1-000001?e=01&t=100&p=1&m=0123456789abcdef", CodeKind.RECEIPT),
        ("123456", CodeKind.UNKNOWN),
        ("", CodeKind.UNKNOWN),
        ("八八", CodeKind.UNKNOWN),
        ("9" * (CODE_CHARS_MAX + 1), CodeKind.UNKNOWN),
    ],
)
def test_a_code_is_known_by_its_form(code: str, kind: CodeKind) -> None:
    assert classify(code, SCHEME) is kind


@given(st.text(max_size=40))
def test_any_text_at_all_is_classified(text: str) -> None:
    assert classify(text, SCHEME) in CodeKind
