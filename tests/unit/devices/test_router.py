"""What a scan is: pay codes refused, check digits held to, AIM identifiers obeyed, garbage named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.card import CODE_CHARS_MAX, CardScheme, CodeKind, classify, luhn_digit
from devices.scanner.framing import Frame
from devices.scanner.router import decode, route, route_frame

SCHEME = CardScheme(prefix="88", digits=13)
CARD = "880271000123" + luhn_digit("880271000123")
CODE = "581000000004227" + "12345678"
MEMBER_CODE = CODE + luhn_digit(CODE)
RECEIPT = "https://m.example.com/r/S027-2-000331?e=0199-77&t=25020&p=300&m=0123456789abcdef"
STAFF = "GTS000271" + luhn_digit("000271")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CARD, CodeKind.MEMBER_CARD),
        (CARD[:-1] + str((int(CARD[-1]) + 1) % 10), CodeKind.WRONG_CHECK_DIGIT),
        (MEMBER_CODE, CodeKind.MEMBER_CODE),
        (MEMBER_CODE[:-1] + str((int(MEMBER_CODE[-1]) + 3) % 10), CodeKind.WRONG_CHECK_DIGIT),
        ("6901234567892", CodeKind.PRODUCT),
        ("6901234567893", CodeKind.WRONG_CHECK_DIGIT),
        ("96385074", CodeKind.PRODUCT),
        (RECEIPT, CodeKind.RECEIPT),
        ("https://example.com/", CodeKind.UNKNOWN),
        (STAFF, CodeKind.STAFF_CARD),
        (STAFF[:-1] + str((int(STAFF[-1]) + 1) % 10), CodeKind.WRONG_CHECK_DIGIT),
        ("134567890123456789", CodeKind.PAYMENT),
        ("281234567890123456", CodeKind.PAYMENT),
        ("2812345678901234", CodeKind.PAYMENT),
        ("301234567890123456789012", CodeKind.PAYMENT),
        ("6212345678901234567", CodeKind.PAYMENT),
        ("12345", CodeKind.UNKNOWN),
        ("", CodeKind.UNKNOWN),
        ("٦٩٠١٢٣٤٥٦٧٨٩٢", CodeKind.UNKNOWN),
        ("面膜", CodeKind.UNKNOWN),
        ("9" * (CODE_CHARS_MAX + 1), CodeKind.UNKNOWN),
    ],
)
def test_the_form_tells_the_kind(text: str, kind: CodeKind) -> None:
    assert classify(text, SCHEME) is kind
    assert route(text, SCHEME).kind is kind


def test_a_payment_code_stays_one_even_where_the_chain_numbers_cards_alike() -> None:
    assert classify("134567890123456789", CardScheme(prefix="13", digits=18)) is CodeKind.PAYMENT


@pytest.mark.parametrize(
    ("text", "symbology", "kind"),
    [
        ("]C0" + CARD, "C0", CodeKind.MEMBER_CARD),
        ("]Q1" + MEMBER_CODE, "Q1", CodeKind.MEMBER_CODE),
        ("]E06901234567892", "E0", CodeKind.PRODUCT),
        ("]E06901234567893", "E0", CodeKind.WRONG_CHECK_DIGIT),
        ("]E0" + CARD, "E0", CodeKind.WRONG_CHECK_DIGIT),
        ("]C10106901234567892", "C1", CodeKind.GS1),
        ("]C1134567890123456789", "C1", CodeKind.GS1),
        ("]Q1" + RECEIPT, "Q1", CodeKind.RECEIPT),
        ("]Q1134567890123456789", "Q1", CodeKind.PAYMENT),
    ],
)
def test_the_aim_identifier_is_taken_off_and_obeyed(text: str, symbology: str, kind: CodeKind) -> None:
    routed = route(text, SCHEME)
    assert (routed.symbology, routed.kind) == (symbology, kind)
    assert routed.text == text[3:]


def test_an_ean_that_also_looks_like_a_card_is_a_product_when_printed_as_ean() -> None:
    both = next(
        text
        for number in range(1_000_000)
        if classify(text := f"880{number:09d}" + luhn_digit(f"880{number:09d}"), SCHEME) is CodeKind.MEMBER_CARD
        and route("]E0" + text, SCHEME).kind is CodeKind.PRODUCT
    )
    assert route(both, SCHEME).kind is CodeKind.MEMBER_CARD


def test_spaces_around_a_code_do_not_count() -> None:
    assert route("  6901234567892 ", SCHEME).text == "6901234567892"


def test_garbage_is_an_unknown_code_with_its_readable_part() -> None:
    routed = route_frame(Frame(b"\xff\x0069012\x80"), SCHEME)
    assert (routed.text, routed.kind) == ("69012…", CodeKind.UNKNOWN)


@pytest.mark.parametrize("frame", [Frame(b"\xff6901234567892"), Frame(CARD.encode(), too_long=True)])
def test_what_is_left_of_a_code_is_no_code_to_the_till(frame: Frame) -> None:
    text = route_frame(frame, SCHEME).text
    assert route(text, SCHEME).kind is CodeKind.UNKNOWN
    assert not text.isdigit()


def test_control_characters_make_a_frame_garbage() -> None:
    assert decode(Frame(b"12\x1b34")) is None


def test_a_group_separator_is_text() -> None:
    assert decode(Frame(b"]C10109501101530003\x1d10A1")) == "]C10109501101530003\x1d10A1"


def test_an_over_long_frame_is_unknown_however_good_its_digits() -> None:
    assert route_frame(Frame(b"6901234567892", too_long=True), SCHEME).kind is CodeKind.UNKNOWN


def test_a_clean_frame_is_routed_like_its_text() -> None:
    assert route_frame(Frame(CARD.encode()), SCHEME) == route(CARD, SCHEME)


@given(st.binary(max_size=600))
def test_no_bytes_whatever_break_the_router(data: bytes) -> None:
    assert route_frame(Frame(data), SCHEME).kind in CodeKind
