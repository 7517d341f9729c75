"""A dynamic member code at the counter: it finds its member once, and every other case has its own words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain import member_code
from app.domain.events import ClockOffset
from app.domain.member import MemberStatus
from app.domain.member_code import STEP_MS, WEEK_MS
from app.domain.sale import FoundBy, Tender, TenderKind
from app.errors import Refusal
from app.services import checkout, members
from app.services.checkout import Cart
from app.services.members import CustomerFound
from tests.support.fake_book import NOW_MS
from tests.support.fakes import FakeTill, fake_till

MASTER = bytes(range(32))
WEEK = member_code.week_of(NOW_MS)
KEYS = (member_code.week_key(MASTER, WEEK), member_code.week_key(MASTER, WEEK + 1))


def till_with_keys() -> FakeTill:
    fake = fake_till()
    fake.essentials.keys = KEYS
    return fake


def shown(fake: FakeTill, *, off: int = 0, of: int = 0) -> str:
    """What a cached member's phone shows so many steps from now."""
    at_ms = fake.clock.now_ms() + off * STEP_MS
    key = member_code.week_key(MASTER, member_code.week_of(at_ms))
    return member_code.code_at(key, fake.members.cached[of].member_no, at_ms)


def refused(fake: FakeTill, code: str) -> str:
    with pytest.raises(Refusal) as caught:
        members.identify(fake.till, code)
    return caught.value.code


@pytest.mark.parametrize("identifier", ["", "]Q1", "]C0"])
def test_a_scanned_code_finds_its_member_as_a_card_does(identifier: str) -> None:
    fake = till_with_keys()
    found = members.identify(fake.till, identifier + shown(fake))
    assert isinstance(found, CustomerFound)
    assert found.customer.view.name == "张*凡"
    assert (found.customer.found_by, found.unknown_card) == (FoundBy.CODE, False)
    assert found.customer.code_step == NOW_MS // STEP_MS


def test_a_code_is_taken_once_and_the_next_one_again() -> None:
    fake = till_with_keys()
    code = shown(fake)
    members.identify(fake.till, code)
    assert refused(fake, code) == "member_code_used"
    assert isinstance(members.identify(fake.till, shown(fake, off=1)), CustomerFound)
    assert isinstance(members.identify(fake.till, shown(fake, of=1)), CustomerFound)


def test_a_code_that_could_not_be_written_down_is_not_taken() -> None:
    fake = till_with_keys()
    fake.book.refuse_with = Refusal("amount_range")
    assert refused(fake, shown(fake)) == "amount_range"
    fake.book.refuse_with = None
    assert isinstance(members.identify(fake.till, shown(fake)), CustomerFound)


@pytest.mark.parametrize(
    ("off", "code"),
    [(-3, "member_code_expired"), (3, "member_code_early"), (-50, "member_code_wrong")],
)
def test_a_code_of_another_time_is_refused_with_its_reason(off: int, code: str) -> None:
    fake = till_with_keys()
    assert refused(fake, shown(fake, off=off)) == code
    assert not fake.truth.steps


def test_head_office_s_clock_counts_where_it_is_known() -> None:
    fake = till_with_keys()
    fake.head_office.offset = ClockOffset(600_000, 5)
    assert refused(fake, shown(fake)) == "member_code_expired"
    assert isinstance(members.identify(fake.till, shown(fake, off=20)), CustomerFound)


def test_without_a_key_the_card_is_asked_for() -> None:
    fake = till_with_keys()
    code = shown(fake)
    fake.essentials.keys = KEYS[1:]
    assert refused(fake, code) == "member_code_no_key"


def test_a_digit_read_wrong_is_said_so() -> None:
    fake = till_with_keys()
    code = shown(fake)
    assert refused(fake, code[:-1] + str((int(code[-1]) + 1) % 10)) == "check_digit"


def test_a_newer_kind_of_code_is_said_so() -> None:
    from app.domain.card import luhn_digit

    fake = till_with_keys()
    digits = "582" + shown(fake)[3:-1]
    assert refused(fake, digits + luhn_digit(digits)) == "member_code_newer"


def test_a_right_code_of_nobody_here_is_said_so() -> None:
    fake = till_with_keys()
    code = shown(fake)
    fake.members.cached = fake.members.cached[1:]
    assert refused(fake, code) == "member_code_nobody"
    fake.members.loaded = False
    assert refused(fake, code) == "member_code_lost"
    assert not fake.truth.steps


def test_a_blocked_member_s_code_is_not_used_up() -> None:
    fake = till_with_keys()
    fake.members.cached = (replace(fake.members.cached[0], status=MemberStatus.BLOCKED),)
    assert refused(fake, shown(fake)) == "member_blocked"
    assert not fake.truth.steps


def test_steps_are_forgotten_with_the_key_that_made_them() -> None:
    fake = till_with_keys()
    members.identify(fake.till, shown(fake))
    fake.clock.advance_s(WEEK_MS // 1000)
    fake.essentials.keys = (KEYS[1],)
    members.identify(fake.till, shown(fake))
    assert [step for _, step in fake.truth.steps] == [fake.clock.now_ms() // STEP_MS]


def test_the_sale_says_which_code_it_was() -> None:
    fake = till_with_keys()
    session = fake.sign_on()
    found = members.identify(fake.till, shown(fake))
    assert isinstance(found, CustomerFound)
    fresh = members.again(fake.till, found.customer)
    assert fresh.code_step == found.customer.code_step
    cart = checkout.with_amount(fake.till, checkout.with_customer(Cart(), fresh), 1_000)
    checkout.complete(fake.till, session, cart, (Tender(TenderKind.CASH, 1_000),))
    assert fake.truth.sales[-1].code_step == NOW_MS // STEP_MS
    assert f'"code_step":{NOW_MS // STEP_MS}' in fake.truth.events[-1].raw


def test_a_bare_card_stays_as_it_was() -> None:
    fake = fake_till()
    bare = members.unknown_card(fake.till, "8812345678906")
    assert members.again(fake.till, bare) is bare
