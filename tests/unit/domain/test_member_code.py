"""Dynamic member codes: the vectors of RFC 6238, the form of the code, and what is said of codes of another time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import member_code
from app.domain.card import CardScheme, CodeKind, classify
from app.domain.member_code import STEP_MS, STEPS_OFF_MAX, STEPS_TOLD_MAX, WEEK_MS, Checked, Verdict, WeekKey

RFC_SECRET = b"12345678901234567890123456789012"  # appendix B, the seed for SHA-256
RFC_VECTORS = [
    (59, "46119246"),
    (1111111109, "68084774"),
    (1111111111, "67062674"),
    (1234567890, "91819424"),
    (2000000000, "90698825"),
    (20000000000, "77737706"),
]
MASTER = bytes(range(32))
NOW_MS = 1_796_538_780_000
NOW = NOW_MS // STEP_MS
NUMBER = "100000025093"
KEY = member_code.week_key(MASTER, member_code.week_of(NOW_MS))
NEXT = member_code.week_key(MASTER, KEY.week_no + 1)


def shown(off: int = 0, key: WeekKey = KEY) -> member_code.MemberCode:
    """What the phone shows so many steps from now."""
    return member_code.read(member_code.code_at(key, NUMBER, NOW_MS + off * STEP_MS))


@pytest.mark.parametrize(("at_s", "digits"), RFC_VECTORS)
def test_codes_are_those_of_rfc_6238(at_s: int, digits: str) -> None:
    assert member_code.totp(RFC_SECRET, at_s * 1000 // STEP_MS) == digits


def test_a_code_has_the_parts_it_was_made_of() -> None:
    text = member_code.write(NUMBER, "01234567")
    assert (len(text), text[:3]) == (24, "581")
    assert member_code.read(text) == member_code.MemberCode("1", NUMBER, "01234567")


@pytest.mark.parametrize("number", ["12345", "1234567890123", "12345678901x", "12345678901²"])
def test_only_a_number_of_twelve_digits_fits_into_a_code(number: str) -> None:
    with pytest.raises(ValueError, match="12 digits"):
        member_code.write(number, "01234567")


@pytest.mark.parametrize("text", ["", "58", "59" + "0" * 22, member_code.write(NUMBER, "01234567")[:-1] + "x"])
def test_what_is_no_code_cannot_be_read(text: str) -> None:
    with pytest.raises(ValueError, match="no member code"):
        member_code.read(text)


@given(st.integers(0, 10**12 - 1), st.integers(0, 10**8 - 1), st.integers(0, 23), st.integers(1, 9))
def test_one_digit_read_wrong_is_noticed(number: int, otp: int, place: int, by: int) -> None:
    text = member_code.write(f"{number:012d}", f"{otp:08d}")
    wrong = text[:place] + str((int(text[place]) + by) % 10) + text[place + 1 :]
    assert classify(text, CardScheme()) is CodeKind.MEMBER_CODE
    assert classify(wrong, CardScheme()) is not CodeKind.MEMBER_CODE


@pytest.mark.parametrize("off", range(-STEPS_OFF_MAX, STEPS_OFF_MAX + 1))
def test_a_code_of_two_steps_more_or_less_is_right(off: int) -> None:
    assert member_code.check(shown(off), [KEY, NEXT], NOW_MS) == Checked(Verdict.RIGHT, NOW + off)


@pytest.mark.parametrize(
    ("off", "verdict"),
    [
        (-STEPS_OFF_MAX - 1, Verdict.EXPIRED),
        (-STEPS_TOLD_MAX, Verdict.EXPIRED),
        (STEPS_OFF_MAX + 1, Verdict.EARLY),
        (STEPS_TOLD_MAX, Verdict.EARLY),
        (-STEPS_TOLD_MAX - 1, Verdict.WRONG),
        (STEPS_TOLD_MAX + 1, Verdict.WRONG),
    ],
)
def test_a_code_of_another_time_is_told_from_a_wrong_one(off: int, verdict: Verdict) -> None:
    assert member_code.check(shown(off), [KEY], NOW_MS).verdict is verdict


def test_another_members_code_is_wrong() -> None:
    stolen = replace(shown(), member_no="100000025094")
    assert member_code.check(stolen, [KEY], NOW_MS) == Checked(Verdict.WRONG)


def test_without_a_key_of_this_time_nothing_is_judged() -> None:
    assert member_code.check(shown(), [], NOW_MS).verdict is Verdict.NO_KEY
    assert member_code.check(shown(), [NEXT], NOW_MS).verdict is Verdict.NO_KEY


def test_a_code_of_a_newer_kind_is_said_so() -> None:
    assert member_code.check(replace(shown(), version="2"), [KEY], NOW_MS).verdict is Verdict.NEWER


def test_around_midnight_of_the_week_both_keys_count() -> None:
    border = NEXT.from_ms
    before = member_code.read(member_code.code_at(KEY, NUMBER, border - 1))
    after = member_code.read(member_code.code_at(NEXT, NUMBER, border))
    for now_ms in (border - 1, border):
        assert member_code.check(before, [KEY, NEXT], now_ms).verdict is Verdict.RIGHT
        assert member_code.check(after, [KEY, NEXT], now_ms).verdict is Verdict.RIGHT
    wrong_week = member_code.read(member_code.code_at(KEY, NUMBER, border))
    assert member_code.check(wrong_week, [KEY, NEXT], border).verdict is Verdict.WRONG


def test_weeks_follow_each_other_without_a_gap() -> None:
    assert (KEY.until_ms, KEY.until_ms - KEY.from_ms) == (NEXT.from_ms, WEEK_MS)
    assert (member_code.week_of(KEY.from_ms), member_code.week_of(KEY.until_ms)) == (KEY.week_no, NEXT.week_no)
    assert KEY.key != NEXT.key
