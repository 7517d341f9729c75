"""From what a till knows to what the programme is asked: never generous with what is not known."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from app.domain.member import Lot
from app.domain.programme.document import EarnRule, Programme, RuleKind, When
from app.domain.sale import Basket, FoundBy, Line
from app.services import members, rules
from app.services.members import Customer
from app.services.ports import Effect
from tests.support.demo_people import card_number
from tests.support.fakes import FakeTill, fake_till

BASKET = Basket((Line(10_000),))
FIRST = EarnRule("first", RuleKind.BONUS, When(nth_purchase=1), points=500)
ONCE = EarnRule("once", RuleKind.BONUS, When(), points=70, limit_per_member=1)


def till_with(*extra: EarnRule, counters: dict[str, int] | None = None, **earn: int) -> FakeTill:
    fake = fake_till()
    programme: Programme | None = fake.essentials.programme
    assert programme
    fake.essentials.programme = replace(programme, earn=replace(programme.earn, rules=extra, **earn))  # type: ignore[arg-type]
    zhang = fake.members.cached[0]
    assert zhang.account
    account = replace(zhang.account, counters=counters or {}, counters_on="2026-12-06" if counters else "")
    fake.members.cached = (replace(zhang, account=account),)
    return fake


def zhang(fake: FakeTill) -> Customer:
    return members.by_id(fake.till, fake.members.cached[0].member_id, FoundBy.CARD)


def earned(fake: FakeTill) -> int:
    return rules.compute(fake.till, BASKET, zhang(fake), ()).result.earned


def own_event(fake: FakeTill, points: int) -> None:
    account = fake.members.cached[0].account
    assert account
    fake.truth.effects.append(Effect(account.account_id, None, points))
    fake.truth.effect_times.append(fake.clock.now_ms())


def test_a_first_purchase_is_only_given_when_it_is_known_to_be_the_first() -> None:
    assert earned(till_with(FIRST)) == 100
    assert earned(till_with(FIRST, counters={"receipts": 0})) == 600
    fake = till_with(FIRST, counters={"receipts": 0})
    own_event(fake, 10)
    assert earned(fake) == 100


def test_a_limited_rule_waits_until_its_count_is_known() -> None:
    assert earned(till_with(ONCE)) == 100
    assert earned(till_with(ONCE, counters={"receipts": 3})) == 170
    assert earned(till_with(ONCE, counters={"receipts": 3, "rule.once": 1})) == 100
    fake = till_with(ONCE, counters={"receipts": 3})
    own_event(fake, 10)
    assert earned(fake) == 100


def test_someone_enrolled_here_has_a_first_purchase_here() -> None:
    fake = till_with(FIRST, ONCE)
    fake.members.cached = (replace(fake.members.cached[0], ver=0),)
    assert earned(fake) == 670
    own_event(fake, 10)
    assert earned(fake) == 100


def test_caps_count_what_head_office_and_this_till_gave() -> None:
    assert earned(till_with(counters={"day": 950}, max_points_per_day=1000)) == 50
    fake = till_with(counters={"year": 900}, max_points_per_calendar_year=1000)
    own_event(fake, 40)
    assert earned(fake) == 60
    fake = till_with(max_points_per_calendar_year=120)
    own_event(fake, 40)
    assert earned(fake) == 80


def test_a_daily_cap_counts_today_only() -> None:
    fake = till_with(max_points_per_day=120)
    own_event(fake, 110)
    assert earned(fake) == 10
    fake.clock.advance_s(24 * 3600)
    assert earned(fake) == 100


def test_a_cap_holds_for_a_card_nobody_is_known_for_too() -> None:
    fake = till_with(max_points_per_day=120)
    number = card_number("0000009999")
    stranger = members.unknown_card(fake.till, number)
    fake.truth.effects.append(Effect(None, number, 90))
    fake.truth.effect_times.append(fake.clock.now_ms())
    assert rules.compute(fake.till, BASKET, stranger, ()).result.earned == 30


def test_the_basis_names_what_was_known() -> None:
    fake = till_with(counters={"receipts": 3})
    basis = rules.compute(fake.till, BASKET, zhang(fake), ()).basis
    assert (basis.programme, basis.account_ver, basis.tier) == ("huajian:1", 7, "gold")
    assert basis.counters["receipts"] == 3
    capped = till_with(ONCE, counters={"day": 950}, max_points_per_day=1000)
    own_event(capped, 20)
    counters = rules.compute(capped.till, BASKET, zhang(capped), ()).basis.counters
    assert (counters["day"], counters["rule.once"]) == (970, 1)


def test_a_member_gone_from_the_cache_earns_the_base_rate() -> None:
    fake = fake_till()
    customer = zhang(fake)
    fake.members.cached = ()
    computed = rules.compute(fake.till, BASKET, customer, ())
    assert (computed.result.earned, computed.balance, computed.basis.account_ver) == (100, None, None)
    fake.members.cached = (replace(fake_till().members.cached[0], account=None, birthday_on=None),)
    assert rules.compute(fake.till, BASKET, customer, ()).result.earned == 100


def test_scaled_points_are_shown_whole_and_add_up() -> None:
    fake = fake_till()
    programme = fake.essentials.programme
    assert programme
    fake.essentials.programme = replace(programme, points_scale=1, earn=replace(programme.earn, points=3))
    own_event(fake, 9)
    computed = rules.compute(fake.till, Basket((Line(300),)), zhang(fake), ())
    block = rules.points_block(computed)
    assert computed.result.earned == 10
    assert (block.before, block.earned) == (1686, 1)


def test_the_factor_is_the_one_of_the_members_tier() -> None:
    fake = till_with(
        EarnRule("all", RuleKind.MULTIPLY, When(), factor=Fraction(1)),
        EarnRule("gold", RuleKind.MULTIPLY, When(tiers=frozenset({"gold"})), factor=Fraction(5, 2)),
    )
    assert rules.points_block(rules.compute(fake.till, BASKET, zhang(fake), ())).factor == "2.5"
    assert rules.points_block(rules.compute(till_with().till, BASKET, zhang(till_with()), ())).factor == ""


def test_a_tier_reached_by_this_sale_leaves_nothing_to_spend() -> None:
    fake = fake_till()
    computed = rules.compute(fake.till, Basket((Line(200_000),)), zhang(fake), ())
    assert rules.points_block(computed).to_next_tier_minor is None


@pytest.mark.parametrize(
    ("charged", "percent", "tax"),
    [(11300, "13", 1300), (9980, "13", 1148), (100, "0", 0), (10550, "5.5", 550), (100, "", 0), (100, "13%", 0),
     (100, "1" * 9, 0), (100, "1.2.3", 0), (100, ".", 0)],
)  # fmt: skip
def test_the_tax_inside_a_price_is_taken_out_half_up(charged: int, percent: str, tax: int) -> None:
    assert rules.tax_inside(charged, percent) == tax


@pytest.mark.parametrize(("regions", "points"), [(("r1", "r9"), 170), (("r2",), 100)])
def test_a_rule_of_a_region_counts_at_its_tills(regions: tuple[str, ...], points: int) -> None:
    fake = till_with(EarnRule("east", RuleKind.BONUS, When(regions=frozenset(regions)), points=70))
    assert earned(fake) == points


@pytest.mark.parametrize(("ends", "balance"), [("2026-12-06", 0), ("2026-12-07", 500), (None, 500)])
def test_points_of_a_lot_that_has_ended_since_are_not_the_customers_any_more(ends: str | None, balance: int) -> None:
    fake = fake_till()
    first = fake.members.cached[0]
    assert first.account
    account = replace(first.account, balance=500, lots=(Lot(500, "2025-12-06", ends),))
    fake.members.cached = (replace(first, account=account),)
    assert rules.compute(fake.till, BASKET, zhang(fake), ()).balance == balance
    assert zhang(fake).view.points == balance
