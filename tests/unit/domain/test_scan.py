"""How a code was printed settles what its digits mean; the chain's own table and the codes of its scales."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import instore, scan
from app.domain.card import CardScheme, CodeKind, classify, ean_holds
from app.domain.instore import DEFAULT, InStore
from app.domain.scan import Row, Scan

SCHEME = CardScheme()


def both() -> str:
    """The first number that is a right card and a right Korean barcode."""
    return next(
        text
        for number in range(1_000_000)
        if ean_holds(text := f"880{number:010d}") and classify(text, SCHEME) is CodeKind.MEMBER_CARD
    )


@pytest.mark.parametrize(
    ("symbology", "kind"),
    [
        ("", CodeKind.MEMBER_CARD),
        ("C0", CodeKind.MEMBER_CARD),
        ("Q1", CodeKind.MEMBER_CARD),
        ("E0", CodeKind.PRODUCT),
        ("C1", CodeKind.GS1),
    ],
)
def test_a_card_that_looks_like_korean_goods_is_what_it_was_printed_as(symbology: str, kind: CodeKind) -> None:
    assert scan.kind_of(Scan(both(), symbology), SCHEME) is kind


def test_what_the_till_is_told_carries_the_identifier_only_where_it_tells_something() -> None:
    assert scan.read("]E06901234567892 ").code == "]E06901234567892"
    assert scan.read(" 6901234567892").code == "6901234567892"
    assert scan.read("]Q1https://m.example.com/r/1").code == "https://m.example.com/r/1"
    assert scan.read("]Q3010690123456789210A1").code == "]Q3010690123456789210A1"
    assert scan.read("]C0GTS0002712").code == "GTS0002712"


@given(st.text(max_size=40))
def test_what_the_till_is_told_means_to_it_what_it_meant_to_the_scanner(text: str) -> None:
    scanned = scan.read(text)
    if not scanned.text.startswith("]"):
        assert scan.kind_of(scan.read(scanned.code), SCHEME) is scan.kind_of(scanned, SCHEME)


def test_the_chains_own_table_goes_before_the_forms_but_not_before_payment_codes() -> None:
    rows = scan.table("10:77=card 12:4=product 13:69=unknown 18:=card broken 7:x=card 5:1=coupon")
    assert rows == (
        Row(10, "77", CodeKind.MEMBER_CARD),
        Row(12, "4", CodeKind.PRODUCT),
        Row(13, "69", CodeKind.UNKNOWN),
        Row(18, "", CodeKind.MEMBER_CARD),
    )
    assert scan.kind_of(Scan("7712345678"), SCHEME, rows) is CodeKind.MEMBER_CARD
    assert scan.kind_of(Scan("7812345678"), SCHEME, rows) is CodeKind.UNKNOWN
    assert scan.kind_of(Scan("6901234567892"), SCHEME, rows) is CodeKind.UNKNOWN
    assert scan.kind_of(Scan("134567890123456789"), SCHEME, rows) is CodeKind.PAYMENT
    assert scan.kind_of(Scan("GTS0002712"), SCHEME, rows) is classify("GTS0002712", SCHEME)


def label(pattern: str, **parts: str) -> str:
    """A code of that pattern with a right check digit."""
    left = {sign: iter(text) for sign, text in parts.items()}
    body = "".join(next(left[sign]) if sign in left else sign if sign.isdigit() else "7" for sign in pattern[:-1])
    weighed = sum(int(char) * (3 if place % 2 == 0 else 1) for place, char in enumerate(reversed(body)))
    return body + str(-weighed % 10)


@pytest.mark.parametrize(
    ("pattern", "parts", "found"),
    [
        (DEFAULT, {"I": "12345", "P": "01980"}, InStore("12345", price_minor=1980)),
        ("21IIIIIWWWWWC", {"I": "00042", "W": "01235"}, InStore("00042", grams=1235)),
        ("28IIIIVPPPPPC", {"I": "1234", "P": "00500"}, InStore("1234", price_minor=500)),
        ("22IIIIIPPPPPWWWWWC", {"I": "12345", "P": "01980", "W": "01235"}, InStore("12345", 1980, 1235)),
    ],
)
def test_a_label_of_the_scales_has_its_item_and_its_price_or_weight(
    pattern: str, parts: dict[str, str], found: InStore
) -> None:
    among = instore.patterns(f"29IIIIIPPPPPC {pattern}")
    code = label(pattern, **parts)
    assert instore.read(code, among) == found
    assert instore.read(code[:-1] + str((int(code[-1]) + 1) % 10), among) is None


def test_a_pattern_that_is_none_is_left_out() -> None:
    assert instore.patterns("69IIIIIPPPPPC 2.PPPPPPPPPPC 2.IIIIIIIIIIC 2.IIIIIPPPC 2.IIIIIPPPPPX nonsense") == ()
    assert [pattern.text for pattern in instore.patterns(DEFAULT)] == [DEFAULT]


def test_goods_of_a_maker_are_never_read_as_a_label() -> None:
    assert instore.read("6901234567892", instore.patterns(DEFAULT)) is None
