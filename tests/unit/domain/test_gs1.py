"""GS1 element strings: the same verdict and the same values as PyPI's biip, and what they say of goods."""

from __future__ import annotations

from datetime import UTC, datetime

import biip
import pytest
from biip.gs1_application_identifiers import _GS1_APPLICATION_IDENTIFIERS
from biip.gs1_messages import GS1Message
from hypothesis import given
from hypothesis import strategies as st

from app.domain.gs1 import Element, Goods, Measure, goods, gtin_forms, read

YEAR = datetime.now(UTC).year
IDENTIFIERS = sorted(_GS1_APPLICATION_IDENTIFIERS)
TWO_DAYS = "7007"
"""biip 5.2 reads the second day of a harvest as a time of day and refuses most; the specification has two days."""


def theirs(text: str) -> list[tuple[str, str]] | None:
    """What biip makes of it."""
    try:
        message = GS1Message.parse(text)
    except biip.ParseError:
        return None
    return [(element.ai.ai, element.value) for element in message.element_strings]


def ours(text: str) -> list[tuple[str, str]] | None:
    found = read(text, YEAR)
    return None if found is None else [(element.ai, element.value) for element in found]


values = st.one_of(
    st.from_regex(r"[0-9]{0,20}", fullmatch=True),
    st.from_regex(r"[0-3][0-9](0[0-9]|1[0-3])([0-2][0-9]|3[0-3])([0-9]{2}){0,3}", fullmatch=True),
    st.text('0123456789ABCxyz-/%!"#$ ~é', max_size=40),
)


@given(
    st.lists(st.tuples(st.sampled_from([ai for ai in IDENTIFIERS if ai != TWO_DAYS]), values), max_size=4),
    st.sampled_from(["\x1d", ""]),
)
def test_every_string_has_the_verdict_and_the_values_of_biip(parts: list[tuple[str, str]], between: str) -> None:
    text = between.join(ai + value for ai, value in parts)
    if TWO_DAYS not in text:
        assert ours(text) == theirs(text)


@pytest.mark.parametrize("digits", range(21))
def test_every_identifier_takes_as_many_digits_as_biip_says(digits: int) -> None:
    value = "2" * min(digits, 2) + "0" * (digits - 2)
    texts = [ai + value for ai in IDENTIFIERS if ai != TWO_DAYS]
    assert [ours(text) for text in texts] == [theirs(text) for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "0106901234567892",
        "01069012345678921726112310LOT7",
        "010690123456789210LOT7\x1d17261123",
        "0106901234567892\x1d3103001235",
        "01069012345678923922" + "1980",
        "0106901234567892393215619" + "80",
        "17260230",
        "17260200",
        "17261301",
        "8008260229" + "12",
        "800826022812" + "3059",
        "99" + "x" * 91,
        "(01)06901234567892",
        "0",
        "",
    ],
)
def test_strings_of_a_shop_have_the_verdict_of_biip(text: str) -> None:
    assert ours(text) == theirs(text)


@pytest.mark.parametrize(
    ("text", "fits"), [("7007261123", True), ("7007261123261230", True), ("7007261123260230", False)]
)
def test_a_harvest_has_one_day_or_two(text: str, fits: bool) -> None:
    assert (read(text, YEAR) is not None) is fits


@pytest.mark.parametrize(("year", "leaps"), [(1999, True), (2026, True), (2051, False), (2130, False)])
def test_the_century_of_a_date_is_the_nearest(year: int, leaps: bool) -> None:
    assert (read("17000229", year) is not None) is leaps


def test_a_check_digit_is_judged_where_goods_are_wanted_and_as_biip_does() -> None:
    wrong = "0106901234567893"
    [element] = GS1Message.parse(wrong).element_strings
    assert element.gtin_error is not None
    elements = read(wrong, YEAR)
    assert elements == (Element("01", "06901234567893", ("06901234567893",)),)
    assert goods(elements) is None
    assert goods(()) is None


def test_goods_have_weight_price_and_last_day() -> None:
    fine = read("0106901234567892310300123517261123392219" + "80", YEAR)
    assert fine is not None
    assert goods(fine) == Goods("06901234567892", Measure(1235, 3), Measure(1980, 2), "261123")


def test_a_number_is_looked_for_in_every_length_it_may_be_printed_in() -> None:
    assert gtin_forms("06901234567892") == ("6901234567892", "06901234567892")
    assert gtin_forms("00012345678905") == ("0012345678905", "00012345678905", "012345678905")
    assert gtin_forms("96385074") == ("0000096385074", "00000096385074", "000096385074", "96385074")
    assert gtin_forms("16901234567899") == ("16901234567899",)
