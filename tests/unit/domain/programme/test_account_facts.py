"""Accounts at the till: built from the rows of the wire, or unknown, and what the rules then give."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from app.domain.programme import (
    AccountFacts,
    Moment,
    Programme,
    ReturnOutcome,
    Status,
    balance,
    compute_return,
    compute_sale,
    from_rows,
    open_account,
    parse,
    pending,
    standing,
    unknown_account,
)
from app.domain.programme.account import Entry, Purchase, SoldLine
from app.domain.sale import Basket, Line, Tender, TenderKind
from app.errors import Refusal
from tests.support.scenarios import document

DAY = date(2026, 3, 5)
LEVELS = [{"id": "base", "threshold": 0}, {"id": "gold", "threshold": 10_000, "upgrade_bonus": 5}]
RULES = [
    {"id": "gold", "kind": "multiply", "factor": "2", "when": {"tiers": ["gold"]}},
    {"id": "once", "kind": "bonus", "points": 100, "limit_per_member": 1},
    {"id": "third", "kind": "bonus", "points": 1000, "when": {"nth_purchase": 3}},
    {"id": "here", "kind": "bonus", "points": 3, "when": {"stores": ["s1"]}},
]
OFF = {"id": "off", "kind": "discount_minor", "value_minor": 100, "valid_days": 30}
MEMBER = {
    "id": "m",
    "status": "active",
    "tags": ["veteran"],
    "segments": ["lapsed"],
    "enrolled_on": "2025-01-01",
    "birthday_on": "1990-05-20",
}
ACCOUNT: dict[str, Any] = {
    "tier": "gold",
    "tier_until_on": "2026-12-31",
    "qualifying": 4_000,
    "debt": 2,
    "lots": [
        {"amount": 50, "earned_on": "2026-01-01", "expires_on": "2026-03-05"},
        {"amount": 30, "earned_on": "2026-01-02", "expires_on": "2027-01-01"},
    ],
    "pending": [{"amount": 7, "available_on": "2026-03-06"}],
    "to_follow": [{"amount": 4, "on": "2026-03-05", "rule": "later"}],
    "counters": {"receipts": 2, "day": 10, "year": 90, "rule.once": 1},
    "counters_on": "2026-03-05",
}


@pytest.fixture(scope="module")
def programme() -> Programme:
    return parse(document(earn={"rules": RULES}, tiers={"levels": LEVELS}, coupon_types=[OFF]))


def sold(programme: Programme, account: Any, *tenders: Tender, **more: Any) -> dict[str, int]:
    basket = Basket(lines=(Line(1000),), tenders=tenders, **more)
    moment = Moment("e", datetime(2026, 3, 5, 12, tzinfo=programme.zone), "s1")
    outcome = compute_sale(programme, account, basket, moment)
    return {one.rule: one.points for one in outcome.result.because}


def test_cached_rows_become_an_account(programme: Programme) -> None:
    row = {"id": "c", "coupon_type": "off", "issued_on": "2026-03-01", "expires_on": "2026-03-31", "state": "open"}
    facts = from_rows(MEMBER, ACCOUNT, [row, {**row, "id": "d", "state": "used"}])
    account = open_account(programme, facts, DAY)
    assert (account.status, account.known, account.birthday_on) == (Status.ACTIVE, True, date(1990, 5, 20))
    assert (balance(account, DAY), pending(account, DAY)) == (28, 7)
    assert (standing(programme.tiers, account, DAY).tier, standing(programme.tiers, account, DAY).until) == (
        "gold",
        date(2026, 12, 31),
    )
    assert [(one.key, one.used) for one in account.coupons] == [("c", False), ("d", True)]
    assert (account.points_on(DAY), account.points_in(2026), account.points_on(date(2026, 3, 6))) == (10, 90, 0)


def test_tier_counters_and_purchases_of_the_row_decide_rules(programme: Programme) -> None:
    account = open_account(programme, from_rows(MEMBER, ACCOUNT), DAY)
    assert sold(programme, account) == {"base": 10, "gold": 10, "third": 1000, "here": 3}


def test_points_that_fell_due_since_the_row_pay_debt_first(programme: Programme) -> None:
    account = open_account(programme, from_rows(MEMBER, ACCOUNT), DAY)
    moment = Moment("e", datetime(2026, 3, 5, 12, tzinfo=programme.zone), "s1")
    outcome = compute_sale(programme, account, Basket(lines=(Line(100),)), moment)
    assert outcome.account is not None
    assert (outcome.account.debt, balance(outcome.account, DAY)) == (0, 30 + 2 + 1 + 1 + 1000 + 3)
    assert outcome.unpaid_minor == 100


def test_a_tier_this_programme_does_not_know_falls_back_to_what_qualifies(programme: Programme) -> None:
    facts = from_rows(MEMBER, {**ACCOUNT, "tier": "platinum"})
    assert standing(programme.tiers, open_account(programme, facts, DAY), DAY).tier == "base"


def test_without_an_account_row_only_rules_that_ask_nothing_of_the_past_apply(programme: Programme) -> None:
    account = open_account(programme, from_rows(MEMBER, None), DAY)
    assert not account.known
    assert sold(programme, account) == {"base": 10, "here": 3}
    assert sold(programme, unknown_account("6900000000017", DAY)) == {"base": 10, "here": 3}
    assert standing(programme.tiers, account, DAY).tier is None


def test_an_unknown_balance_cannot_be_spent(programme: Programme) -> None:
    with pytest.raises(Refusal) as caught:
        sold(programme, unknown_account("x", DAY), Tender(TenderKind.POINTS, points=1), Tender(TenderKind.CASH))
    assert caught.value.code == "insufficient_points"


def test_a_points_tender_without_an_amount_spends_nothing(programme: Programme) -> None:
    assert sold(programme, unknown_account("x", DAY), Tender(TenderKind.POINTS)) == {"base": 10, "here": 3}


def test_a_programme_without_tiers_ignores_the_row_s_tier() -> None:
    plain = parse(document())
    assert standing(None, open_account(plain, from_rows(MEMBER, ACCOUNT), DAY), DAY).tier is None


def test_a_till_gives_no_gifts_and_head_office_does() -> None:
    gifted = parse(document(gifts=[{"id": "g", "on": "enrolment", "points": 5}]))
    facts = AccountFacts("m", enrolled_on=DAY)
    moment = Moment("e", datetime(2026, 3, 5, 12, tzinfo=gifted.zone))
    balances = []
    for head_office in (False, True):
        account = open_account(gifted, facts, DAY)
        outcome = compute_sale(gifted, account, Basket(lines=(Line(100),)), moment, head_office=head_office)
        assert outcome.account is not None
        balances.append(balance(outcome.account, DAY))
    assert balances == [1, 6]


def test_the_upgrade_gift_is_head_office_s_too() -> None:
    levels = [{"id": "a", "threshold": 0}, {"id": "b", "threshold": 100}]
    gifted = parse(document(gifts=[{"id": "g", "on": "upgrade", "points": 5}], tiers={"levels": levels}))
    moment = Moment("e", datetime(2026, 3, 5, 12, tzinfo=gifted.zone))
    outcome = compute_sale(gifted, open_account(gifted, AccountFacts("m"), DAY), Basket(lines=(Line(100),)), moment)
    assert outcome.account is not None
    assert balance(outcome.account, DAY) == 1


def test_a_clock_that_went_back_does_not_take_the_account_back(programme: Programme) -> None:
    account = unknown_account("x", DAY)
    moment = Moment("e", datetime(2026, 3, 1, 12, tzinfo=programme.zone))
    outcome = compute_sale(programme, account, Basket(lines=(Line(100),)), moment)
    assert outcome.account is not None
    assert outcome.account.day == DAY


def test_an_anonymous_purchase_is_returned_by_itself(programme: Programme) -> None:
    moment = Moment("e", datetime(2026, 3, 5, 12, tzinfo=programme.zone))
    outcome = compute_sale(programme, None, Basket(lines=(Line(100, qty=2),)), moment)
    back = compute_return(programme, None, outcome.purchase, {0: 1}, moment=moment)
    assert back == ReturnOutcome(back.purchase, 100)
    assert (back.earned_reversed, back.points_restored, back.points_lapsed) == (0, 0, 0)
    assert (back.upgrade_bonus_reversed, back.deducted_minor, back.account) == (0, 0, None)
    with pytest.raises(Refusal) as caught:
        compute_return(programme, None, back.purchase, {1: 1}, moment=moment)
    assert (caught.value.code, caught.value.facts) == ("sale_line_unknown", {"line": 2})
    with pytest.raises(Refusal) as caught:
        compute_return(programme, None, back.purchase, {0: 2}, moment=moment)
    assert (caught.value.code, caught.value.facts) == ("already_returned", {"line": 1, "left": 1})


def test_the_figures_of_a_purchase_follow_its_lines_however_it_was_made() -> None:
    line = SoldLine(4, 8_000, 0, 8_000)
    bought = Purchase("e", date(2026, 1, 5), date(2026, 1, 5), (line,), (Entry("base", 0, 80),))
    assert (bought.kept, bought.kept_points, bought.reversed_points, bought.kept_spend_minor) == (True, 80, 0, 8_000)
    part = replace(bought, lines=(replace(line, returned=1),))
    assert (part.kept, part.kept_points, part.reversed_points, part.kept_spend_minor) == (True, 60, 20, 6_000)
    gone = replace(bought, lines=(replace(line, returned=4),))
    assert (gone.kept, gone.kept_points, gone.kept_spend_minor) == (False, 0, 0)
    assert bought == replace(part, lines=(line,))
    text = b'{"event":"e","on":"2026-01-05","qualifies_on":"2026-01-05","lines":[%s]}' % msgspec.json.encode(
        replace(line, returned=4)
    )  # as it was stored before its figures were kept
    assert msgspec.json.decode(text, type=Purchase) == replace(gone, entries=())
    assert not msgspec.json.decode(text, type=Purchase).kept
