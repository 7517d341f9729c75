"""Properties of the rules over made-up programmes and histories: parts add up, returns undo, nothing is a float."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.money import half_up, largest_remainder
from app.domain.programme import lots
from app.domain.programme.facts import open_account
from app.domain.programme.ledger import Ledger
from app.domain.programme.parse import parse
from app.domain.programme.scenario import _Replay, check
from app.domain.programme.scenario_file import read_scenario
from app.domain.programme.schema import DocumentError
from tests.support.scenarios import adjust, document, give_back, line, look, merge, pay_points, play, redeem, sale

CATEGORIES = ["food", "gift_card", "book"]
whole = st.integers


@st.composite
def rules(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for number in range(draw(whole(0, 4))):
        kind = draw(st.sampled_from(["multiply", "rate", "bonus", "per_unit"]))
        one: dict[str, Any] = {"id": f"r{number}", "kind": kind}
        if kind == "multiply":
            one["factor"] = draw(st.sampled_from(["1", "1.2", "1.75", "3"]))
        else:
            one["points"] = draw(whole(0, 50))
        if kind == "rate":
            one["per_minor"] = draw(whole(1, 700))
        if draw(st.booleans()):
            one["when"] = {"categories": draw(st.lists(st.sampled_from(CATEGORIES), min_size=1, unique=True))}
        if draw(st.booleans()):
            one["post_after_days"] = draw(whole(1, 3))
        found.append(one)
    return found


@st.composite
def programmes(draw: st.DrawFn) -> dict[str, Any]:
    earn = {
        "points": draw(whole(0, 30)),
        "per_minor": draw(whole(1, 500)),
        "rounding": draw(st.sampled_from(["whole_steps", "floor", "half_up", "ceil"])),
        "rounding_scope": draw(st.sampled_from(["receipt", "line", "unit"])),
        "tax": draw(st.sampled_from(["included", "excluded"])),
        "stacking": draw(st.sampled_from(["best", "add"])),
        "points_tender_earns": draw(st.booleans()),
        "stored_value_tender_earns": draw(st.booleans()),
        "available_after_days": draw(whole(0, 3)),
        "rules": draw(rules()),
    }
    if draw(st.booleans()):
        earn["max_points_per_day"] = draw(whole(0, 200))
    levels = [{"id": "a", "threshold": 0}, {"id": "b", "threshold": draw(whole(1, 9000)), "upgrade_bonus": 25}]
    return document(
        earn=earn,
        redeem={"points": 10, "value_minor": 7, "step_points": 10, "exclude_categories": ["gift_card"]},
        rewards=[{"id": "off", "points": 15, "kind": "discount_percent", "percent": "12.5"}],
        tiers={"levels": levels, "metric": draw(st.sampled_from(["spend", "points", "visits"]))},
        expiry=draw(
            st.sampled_from([{"kind": "never"}, {"kind": "after", "days": 3}, {"kind": "inactivity", "days": 4}])
        ),
        returns={"restore_expired_days": draw(whole(0, 2))},
        stamps=[{"id": "c", "per_receipt_minor": 1500}],
    )


@st.composite
def goods(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for _ in range(draw(whole(1, 5))):
        unit, qty = draw(whole(0, 3000)), draw(whole(1, 4))
        discount = draw(whole(0, unit * qty))
        tax = draw(whole(0, unit * qty - discount))
        category = draw(st.sampled_from(CATEGORIES))
        found.append(line(unit, qty=qty, discount_minor=discount, tax_minor=tax, category=category))
    return found


@st.composite
def sales(draw: st.DrawFn, name: str, day: str) -> dict[str, Any]:
    tenders: list[dict[str, Any]] = [{"kind": "cash"}]
    if draw(st.booleans()):
        tenders.insert(0, pay_points())
    return sale(
        name,
        day,
        *draw(goods()),
        tenders=tenders,
        rewards=[{"id": "off"}] if draw(st.booleans()) else [],
        order_discounts=[{"minor": draw(whole(0, 2000))}, {"percent": draw(st.sampled_from(["0", "3.5", "50"]))}],
    )


SOON = {"points": 900, "earned_on": "2025-01-01", "expires_on": "2025-01-25"}
MEMBER = {"m": {"lots": [SOON, {"points": 300, "earned_on": "2025-01-02"}]}}
RICH = {"m": {"lots": [{"points": 1200, "earned_on": "2025-01-01"}]}}


@given(total=whole(0, 10**9), weights=st.lists(whole(0, 10**7), min_size=1).filter(any))
def test_shares_add_up_and_stay_within_one_of_exact(total: int, weights: list[int]) -> None:
    parts = largest_remainder(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert 0 <= part * sum(weights) - total * weight + sum(weights) < 2 * sum(weights)


@given(numerator=whole(-(10**9), 10**9), denominator=whole(1, 10**6))
def test_half_up_is_the_nearest_whole_number(numerator: int, denominator: int) -> None:
    assert -denominator < 2 * (half_up(numerator, denominator) * denominator - numerator) <= denominator


@settings(max_examples=60, deadline=None)
@given(data=st.data(), programme=programmes())
def test_parts_add_up_and_nothing_is_a_float(data: st.DataObject, programme: dict[str, Any]) -> None:
    step = data.draw(sales("s", "2025-01-23"))
    (result,) = play(programme, step, **MEMBER)
    if "refused" in result:
        assert result["refused"] == "insufficient_points"
        return
    given_points = sum(one["points"] for one in result["because"])
    assert given_points == result["earned"] + result["to_follow"]
    assert all(one["points"] > 0 for one in result["because"])
    assert result["payable_minor"] >= 0
    assert not _floats(result)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), programme=programmes())
def test_returning_everything_in_any_number_of_steps_undoes_the_sale(
    data: st.DataObject, programme: dict[str, Any]
) -> None:
    programme["expiry"] = {"kind": "never"}
    step = data.draw(sales("s", "2025-01-23"))
    units = [number for number, one in enumerate(step["lines"]) for _ in range(one["qty"])]
    order = data.draw(st.permutations(units))
    returns = []
    while order:
        count = data.draw(whole(1, len(order)))
        quantities = [(number, order[:count].count(number)) for number in sorted(set(order[:count]))]
        returns.append(give_back(f"r{len(returns)}", "s", "2025-01-23", *quantities))
        order = order[count:]
    before, sold, *back, later = play(programme, look("2025-01-23"), step, *returns, look("2025-02-23"), **RICH)
    if "refused" not in sold and back:
        assert sum(one["refund_minor"] for one in back) == sold["payable_minor"] - _paid_by_points(
            programme, step, sold
        )
        assert sum(one["earned_reversed"] for one in back) == sold["earned"] + sold["to_follow"]
        assert sum(one["points_restored"] for one in back) == sold["redeemed"]
        for name in ("balance", "pending", "to_follow", "debt", "stamps", "tier"):
            assert later[name] == before[name]


def _paid_by_points(programme: dict[str, Any], step: dict[str, Any], sold: dict[str, Any]) -> int:
    rewards = 15 * len(step["rewards"])
    return int((sold["redeemed"] - rewards) // 10 * 7)


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    bought: list[dict[str, Any]] = []
    day = 20
    for number in range(draw(whole(1, 8))):
        day += draw(whole(0, 2))
        date = f"2025-01-{min(day, 31)}"
        what = draw(st.sampled_from(["sale", "sale", "return", "redeem", "adjust", "again"]))
        if what == "sale" or not bought:
            bought.append(draw(sales(f"e{number}", date)))
            steps.append(bought[-1])
        elif what == "return":
            of = draw(st.sampled_from(bought))
            lines = draw(whole(0, len(of["lines"]) - 1))
            steps.append(give_back(f"e{number}", of["id"], date, (lines, 1)))
        elif what == "again":
            steps.append({"do": "again", "of": draw(st.sampled_from(bought))["id"]})
        else:
            points = draw(whole(1, 400)) if what == "redeem" else draw(whole(-300, 300))
            at = f"{date}T20:00:00+08:00"
            steps.append({"do": what, "id": f"e{number}", "member": "m", "at": at, "points": points})
    return steps


@settings(max_examples=60, deadline=None)
@given(programme=programmes(), steps=histories())
def test_entries_add_up_to_lots_less_debt_and_a_second_delivery_changes_nothing(
    programme: dict[str, Any], steps: list[dict[str, Any]]
) -> None:
    raw = {"id": "s", "programme": programme, "members": MEMBER, "steps": steps}
    scenario = read_scenario(raw)
    accounts = {facts.member_id: open_account(scenario.programme, facts, scenario.day) for facts in scenario.members}
    ledger = Ledger(scenario.programme, accounts)
    replayed = _Replay(ledger, scenario.day)
    posted = sum(lot.amount for lot in accounts["m"].lots)
    bonuses = 0
    for step in scenario.steps:
        owed = ledger.purchase(step.of) if step.of else None
        if step.do == "return" and owed is None:
            return
        before = ledger.survivor("m")
        result = replayed.step(step).result
        account = ledger.survivor("m")
        again = replayed.deliver(replayed.steps[step.of] if step.do == "again" else step)
        assert ledger.survivor("m") == account
        assert again["balance"] == lots.balance(account, replayed.day)
        posted += _change(step.do, step.points, result)
        bonuses += sum(one.amount for one in account.paid) - sum(one.amount for one in before.paid)
        held = sum(lot.amount for lot in account.lots) + sum(one.amount for one in account.to_follow)
        assert held - account.debt == posted + bonuses
        assert account.debt >= 0
        assert all(lot.amount >= 0 for lot in account.lots)


def _change(do: str, points: int, result: dict[str, Any]) -> int:
    """What a step adds to the account, bonuses aside."""
    if do == "again" or "refused" in result:
        return 0
    if do == "sale":
        return int(result["earned"] + result["to_follow"] - result["redeemed"])
    if do == "return":
        return int(result["points_restored"] - result["earned_reversed"])
    return -points if do == "redeem" else points


def _floats(value: object) -> bool:
    if isinstance(value, dict):
        return any(_floats(one) for one in value.values())
    if isinstance(value, list):
        return any(_floats(one) for one in value)
    return isinstance(value, float)


KEYS = ["schema", "id", "earn", "redeem", "tiers", "rules", "when", "lots", "points", "kind", "levels", "threshold"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(programme=programmes(), junk=json_values, data=st.data())
def test_a_document_with_anything_in_it_is_read_or_refused_with_a_path(
    programme: dict[str, Any], junk: object, data: st.DataObject
) -> None:
    steps = [
        data.draw(sales("s", "2025-01-23")),
        give_back("r", "s", "2025-01-23", (0, 1)),
        redeem("x", "2025-01-24", 3),
        adjust("a", "2025-01-24", -3),
        merge("g", "2025-01-25", "a", "m"),
        {"do": "again", "of": "s"},
        look("2025-01-26"),
    ]
    raw = {"id": "s", "programme": programme, "members": {**MEMBER, "a": {"coupons": []}}, "steps": steps}
    raw = json.loads(json.dumps(raw))
    table = data.draw(st.sampled_from([raw["programme"], *_tables(raw.values())]))
    table[data.draw(st.sampled_from(sorted(table) or ["x"]))] = junk
    assert "" not in _mistaken(lambda: parse(raw["programme"]), lambda: check(raw))


def _tables(values: Iterable[object]) -> list[dict[str, Any]]:
    """Tables among values, and inside of them."""
    found: list[dict[str, Any]] = []
    for value in values:
        if isinstance(value, dict):
            found += [value, *_tables(value.values())]
        elif isinstance(value, list):
            found += _tables(value)
    return found


def _mistaken(*calls: Callable[[], object]) -> list[str]:
    """The paths of the mistakes these calls find; any other error is a failure."""
    paths: list[str] = []
    for call in calls:
        try:
            call()
        except DocumentError as error:
            paths += [one.path for one in error.mistakes]
    return paths
