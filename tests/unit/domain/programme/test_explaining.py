"""Why these points: every rule answers, with what it gave or the first reason it gave nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from app.domain.programme import Moment, Programme, compute_sale, open_account, parse, unknown_account
from app.domain.programme.account import Account, Status
from app.domain.programme.explain import Explanation, Reason, Refused, RuleAnswer, explain
from app.domain.programme.facts import AccountFacts
from app.domain.sale import Basket, Line, Tender, TenderKind
from app.errors import Refusal
from tests.support.scenarios import document

DAY = date(2025, 1, 23)  # a Thursday
AT = datetime.fromisoformat("2025-01-23T10:15:00+08:00")
LINES = (Line(10_000, category="food", brand="own", sku="A"), Line(5_000, category="gift_card", sku="B"))


def programme(*rules: dict[str, Any], **earn: Any) -> Programme:
    tiers = {"levels": [{"id": "silver", "threshold": 0}, {"id": "gold", "threshold": 100_000}]}
    return parse(document(tiers=tiers, earn={"exclude_categories": ["gift_card"], "rules": list(rules), **earn}))


def member(terms: Programme, **facts: Any) -> Account:
    return open_account(terms, AccountFacts("m", **facts), DAY)


def told(terms: Programme, account: Account | None = None, *, nobody: bool = False, **basket: Any) -> Explanation:
    who = None if nobody else account or member(terms)
    return explain(terms, who, Basket(lines=LINES, **basket), Moment("s", AT, "S1", region="north"))


def rule(kind: str = "bonus", **more: Any) -> dict[str, Any]:
    return {"id": "r", "kind": kind, **({"points": 5} if kind == "bonus" else {}), **more}


def refused(terms: Programme, account: Account | None = None, **basket: Any) -> Refused | None:
    return next(one for one in told(terms, account, **basket).rules if one.rule == "r").refused


def test_the_base_rate_says_what_each_line_gave_and_what_money_it_counted() -> None:
    found = told(programme())
    assert found.rules == (RuleAnswer("base", None, ((0, 100),)),)
    assert (found.eligible_minor, found.points, found.rules[0].applied) == ((10_000, 0), 100, True)


def test_the_answers_of_a_basket_are_the_points_of_its_sale() -> None:
    terms = programme(rule(), {"id": "double", "kind": "multiply", "factor": "2"}, rounding_scope="line")
    basket, moment = Basket(lines=LINES), Moment("s", AT)
    result = compute_sale(terms, member(terms), basket, moment).result
    answers = explain(terms, member(terms), basket, moment).rules
    told_points = [(one.rule, line, points) for one in answers for line, points in one.by_line]
    assert told_points == [(one.rule, one.line, one.points) for one in result.because]


@pytest.mark.parametrize(
    ("when", "reason", "wanted", "found"),
    [
        ({"tiers": ["gold"]}, Reason.TIERS, ("gold",), ("silver",)),
        ({"tags": ["vip"]}, Reason.TAGS, ("vip",), ()),
        ({"segments": ["new"]}, Reason.SEGMENTS, ("new",), ()),
        ({"stores": ["S2"]}, Reason.STORES, ("S2",), ("S1",)),
        ({"regions": ["south"]}, Reason.REGIONS, ("south",), ("north",)),
        ({"channels": ["online"]}, Reason.CHANNELS, ("online",), ("store",)),
        ({"weekdays": [6, 7]}, Reason.WEEKDAYS, ("6", "7"), ("4",)),
        ({"hours": ["18:00", "22:00"]}, Reason.HOURS, ("18:00", "22:00"), ("10:15",)),
        ({"from": "2025-02-01"}, Reason.FROM, ("2025-02-01",), ("2025-01-23",)),
        ({"until": "2025-01-22"}, Reason.UNTIL, ("2025-01-22",), ("2025-01-23",)),
        ({"birthday": "week"}, Reason.BIRTHDAY, ("week",), ()),
        ({"nth_purchase": 3}, Reason.NTH_PURCHASE, ("3",), ("1",)),
        ({"tender": "stored_value"}, Reason.TENDER, ("stored_value",), ("cash",)),
        ({"skus": ["C"]}, Reason.SKUS, ("C",), ()),
        ({"skus": ["A"], "categories": ["drink"]}, Reason.CATEGORIES, ("drink",), ()),
        ({"brands": ["other"]}, Reason.BRANDS, ("other",), ()),
        ({"skus": ["B"]}, Reason.NO_MONEY, (), ()),
        ({"min_spend_minor": 20_000}, Reason.MIN_SPEND, ("20000",), ("10000",)),
    ],
)
def test_the_first_condition_that_fails_is_named(
    when: dict[str, Any], reason: Reason, wanted: tuple[str, ...], found: tuple[str, ...]
) -> None:
    cash = (Tender(TenderKind.CASH),)
    assert refused(programme(rule(when=when)), tenders=cash) == Refused(reason, wanted, found)


def test_of_two_conditions_that_fail_the_first_looked_at_is_told() -> None:
    answer = refused(programme(rule(when={"tiers": ["gold"], "weekdays": [1]})))
    assert answer is not None
    assert answer.reason is Reason.TIERS


def test_a_limited_rule_says_how_often_it_was_used_or_that_nobody_here_knows() -> None:
    terms = programme(rule(limit_per_member=2))
    assert refused(terms) is None
    used = member(terms, counters={"rule.r": 2})
    assert refused(terms, used) == Refused(Reason.LIMIT, ("2",), ("2",))
    assert refused(terms, unknown_account("881", DAY)) == Refused(Reason.NOT_KNOWN, ("2",))


def test_the_nth_purchase_of_somebody_not_known_here_has_no_number() -> None:
    terms = programme(rule(when={"nth_purchase": 1}))
    assert refused(terms, unknown_account("881", DAY)) == Refused(Reason.NTH_PURCHASE, ("1",))


def test_a_multiplier_that_another_one_beats_names_it() -> None:
    triple = {"id": "triple", "kind": "multiply", "factor": "3"}
    terms = programme(rule("multiply", factor="2"), triple)
    assert refused(terms) == Refused(Reason.BETTER_RULE, found=("triple",))
    assert refused(programme(rule("multiply", factor="2"), triple, stacking="add")) is None


def test_less_than_a_step_and_a_cap_are_told_apart() -> None:
    assert refused(programme(rule("rate", points=1, per_minor=90_000))) == Refused(Reason.ROUNDING)
    assert refused(programme(rule("multiply", factor="1.001"))) == Refused(Reason.ROUNDING)
    capped = told(programme(rule(), max_points_per_receipt=1))
    base, bonus = capped.rules
    assert (base.points, base.cut, base.refused) == (1, 99, None)
    assert bonus.refused == Refused(Reason.CAP)


def test_a_rule_that_credits_later_says_after_how_many_days() -> None:
    (_base, later) = told(programme(rule(post_after_days=14))).rules
    assert (later.points, later.after_days) == (5, 14)


def test_a_basket_without_money_that_earns_says_so_for_the_base_rate() -> None:
    terms = programme()
    answer = explain(terms, member(terms), Basket(lines=LINES[1:]), Moment("s", AT)).rules[0]
    assert answer.refused == Refused(Reason.NO_MONEY)


def test_nobody_is_given_points_and_every_rule_says_so() -> None:
    found = told(programme(rule()), nobody=True)
    assert {one.refused for one in found.rules} == {Refused(Reason.ANONYMOUS)}
    assert (found.points, found.eligible_minor) == (0, (0, 0))


def test_a_blocked_member_is_refused_as_the_sale_would_be() -> None:
    terms = programme()
    with pytest.raises(Refusal, match="member_blocked"):
        told(terms, replace(member(terms), status=Status.BLOCKED))


def test_the_tier_a_qualifying_sale_reaches_is_the_one_that_is_asked() -> None:
    levels = [{"id": "silver", "threshold": 0}, {"id": "gold", "threshold": 10_000}]
    rules = [rule(when={"tiers": ["gold"]})]
    terms = parse(
        document(
            tiers={"levels": levels, "qualifying_sale_uses_new_tier": True}, earn={"rules": rules},
        )
    )  # fmt: skip
    assert refused(terms) is None
