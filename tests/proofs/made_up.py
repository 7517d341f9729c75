"""Made-up programmes and histories from a seed: every kind of rule, two members, sales, returns, spending, a merge."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from tests.support.scenarios import adjust, document, give_back, line, merge, redeem, sale

Json = dict[str, Any]
CATEGORIES = ["food", "book", "gift_card"]
FIRST = date(2025, 1, 20)


def programme(dice: Random) -> Json:
    """A whole document; levels, caps, limits, delays and windows small enough to matter within a month."""
    levels: list[Json] = [{"id": "base", "threshold": 0}, {"id": "silver", "threshold": dice.randint(1, 9_000)}]
    levels.append({"id": "gold", "threshold": levels[1]["threshold"] + dice.randint(1, 9_000), "upgrade_bonus": 25})
    metric = dice.choice(["spend", "points", "visits"])
    if metric == "visits":
        levels[1]["threshold"], levels[2]["threshold"] = 1, 3
    elif metric == "points":
        levels[1]["threshold"], levels[2]["threshold"] = 20, dice.randint(21, 200)
    return document(
        points_scale=dice.choice([0, 0, 2]),
        earn=_earn(dice),
        tiers={"levels": levels, "metric": metric, **_tiers(dice)},
        redeem=_redeem(dice),
        rewards=[{**one} for one in REWARDS],
        coupon_types=[{"id": "tenth", "kind": "discount_percent", "percent": "10", "valid_days": 9, "combine": True}],
        gifts=[{"id": "day", "on": "birthday", "points": 12}, {"id": "up", "on": "upgrade", "coupon_type": "tenth"}],
        stamps=[{"id": "card", "per_receipt_minor": dice.randint(300, 2_000), "stamps_per_step": dice.randint(1, 3)}],
        expiry=dice.choice(EXPIRY),
        returns={"restore_expired_days": dice.choice([0, 0, 3])},
    )  # fmt: skip


REWARDS: list[Json] = [
    {"id": "off", "points": 40, "kind": "discount_percent", "percent": "12.5", "max_minor": 400},
    {"id": "minor", "points": 15, "kind": "discount_minor", "value_minor": 333, "when": {"categories": ["food"]}},
    {"id": "buy", "points": 10, "kind": "coupon", "coupon_type": "tenth"},
]
EXPIRY: list[Json] = [
    {"kind": "never"},
    {"kind": "after", "days": 5},
    {"kind": "after", "months": 1},
    {"kind": "end_of", "unit": "month"},
    {"kind": "inactivity", "days": 6},
]


def _earn(dice: Random) -> Json:
    earn: Json = {
        "points": dice.randint(0, 12),
        "per_minor": dice.choice([1, 37, 100, 250]),
        "rounding": dice.choice(["whole_steps", "floor", "half_up", "ceil"]),
        "rounding_scope": dice.choice(["receipt", "line", "unit"]),
        "tax": dice.choice(["included", "excluded"]),
        "stacking": dice.choice(["best", "add"]),
        "points_tender_earns": dice.random() < 0.3,
        "stored_value_tender_earns": dice.random() < 0.7,
        "exclude_categories": dice.choice([[], ["gift_card"]]),
        "available_after_days": dice.choice([0, 0, 0, 2]),
        "rules": [_rule(dice, number) for number in range(dice.randint(0, 5))],
    }
    for cap in ("max_points_per_receipt", "max_points_per_day", "max_points_per_calendar_year"):
        if dice.random() < 0.15:
            earn[cap] = dice.randint(0, 300)
    return earn


def _rule(dice: Random, number: int) -> Json:
    kind = dice.choice(["multiply", "rate", "bonus", "per_unit"])
    rule: Json = {"id": f"r{number}", "kind": kind, "when": _when(dice)}
    if kind == "multiply":
        rule["factor"] = dice.choice(["1", "1.2", "1.75", "3"])
    else:
        rule["points"] = dice.randint(0, 40)
    if kind == "rate":
        rule["per_minor"] = dice.randint(1, 700)
    if dice.random() < 0.2:
        rule["post_after_days"] = dice.randint(1, 4)
    if dice.random() < 0.2:
        rule["limit_per_member"] = dice.randint(1, 2)
    return rule


def _when(dice: Random) -> Json:
    conditions: list[Json] = [
        {}, {}, {"tiers": ["gold"]}, {"tags": ["vip"]}, {"segments": ["young"]}, {"categories": ["food"]},
        {"weekdays": [1, 3, 5]}, {"hours": ["09:00", "11:00"]}, {"from": "2025-01-25"}, {"until": "2025-01-25"},
        {"birthday": dice.choice(["day", "week", "month"])}, {"min_spend_minor": 2_000}, {"nth_purchase": 2},
        {"tender": "stored_value"}, {"channels": ["store"]}, {"stores": ["S1"]},
    ]  # fmt: skip
    return dice.choice(conditions)


def _tiers(dice: Random) -> Json:
    tiers: Json = {
        "window": dice.choice(["calendar_year", "rolling_days", "lifetime"]),
        "rolling_days": dice.choice([1, 4, 30]),
        "effective": dice.choice(["immediately", "next_day", "first_of_next_month"]),
        "valid": dice.choice(["end_of_next_year", "months", "forever"]),
        "valid_months": 1,
        "qualifying_sale_uses_new_tier": dice.random() < 0.3,
    }
    if dice.random() < 0.3:
        tiers["confirm_days"] = {"store": dice.randint(0, 3)}
    return tiers


def _redeem(dice: Random) -> Json:
    points, value = dice.choice([(1, 1), (10, 7), (100, 100)])
    return {
        "points": points,
        "value_minor": value,
        "step_points": points,
        "min_points": dice.choice([0, 0, 20]),
        "max_share_percent": dice.choice([100, 50]),
        "exclude_categories": ["gift_card"],
    }


def members(dice: Random) -> Json:
    """m with many or few points, some of them soon over; n with what a second card brings."""
    soon = {"points": dice.choice([60, 400]), "earned_on": "2025-01-01", "expires_on": "2025-01-24"}
    rest = {"points": dice.choice([0, 30, 900]), "earned_on": "2025-01-02"}
    return {
        "m": {"birthday": "1990-01-27", "tags": ["vip"], "lots": [soon, rest]},
        "n": {"segments": ["young"], "qualifying": 1_000, "lots": [{"points": 40, "earned_on": "2025-01-10"}]},
    }


def basket(dice: Random, name: str, day: str, member: str) -> Json:
    """A sale of one to four lines, discounted, rewarded and paid in one way or another."""
    lines = []
    for _ in range(dice.randint(1, 4)):
        unit, qty = dice.choice([0, 1, 99, 350, 1_234, 2_999]), dice.randint(1, 4)
        discount = dice.choice([0, 0, dice.randint(0, unit * qty)])
        tax = dice.randint(0, unit * qty - discount)
        lines.append(
            line(unit, qty=qty, discount_minor=discount, tax_minor=tax, category=dice.choice(CATEGORIES), sku="A")
        )
    tenders: list[Json] = [{"kind": dice.choice(["cash", "card", "gift_card"])}]
    if dice.random() < 0.4:
        tenders.insert(0, {"kind": "points", "max": True} if dice.random() < 0.6 else {"kind": "points", "points": 100})
    more: Json = {
        "order_discounts": dice.choice([[], [], [{"minor": 150}], [{"percent": "3.5", "categories": ["food"]}]])
    }
    if dice.random() < 0.3:
        more["rewards"] = [{"id": dice.choice(["off", "minor", "buy"])}]
    if dice.random() < 0.2:
        more["coupons"] = ["tenth"]
    return {**sale(name, day, *lines, tenders=tenders, member=member, **more), "store": dice.choice(["S1", "S2"])}


def history(seed: int) -> Json:
    """A scenario of five to twelve steps within three weeks."""
    dice = Random(seed)
    steps: list[Json] = []
    sales: list[Json] = []
    day, merged = FIRST, False
    for number in range(dice.randint(5, 12)):
        day += timedelta(days=dice.choice([0, 0, 1, 2]))
        on, member = day.isoformat(), "m" if merged else dice.choice("mmn")
        what = dice.choice(["sale"] * 5 + ["return"] * 4 + ["redeem"] * 2 + ["adjust", "again", "merge"])
        if what == "sale" or not sales:
            sales.append(basket(dice, f"e{number}", on, member))
            steps.append(sales[-1])
        elif what == "return":
            of = dice.choice(sales)
            number_of_line = dice.randrange(len(of["lines"]))
            qty = dice.randint(1, of["lines"][number_of_line]["qty"])
            steps.append(give_back(f"e{number}", of["id"], on, (number_of_line, qty)))
        elif what == "again":
            steps.append({"do": "again", "of": dice.choice(sales)["id"]})
        elif what == "merge" and not merged:
            merged = True
            steps.append(merge(f"e{number}", on, "n", "m"))
        elif what == "redeem":
            steps.append({**redeem(f"e{number}", on, dice.randint(1, 300)), "member": member})
        else:
            steps.append(adjust(f"e{number}", on, dice.randint(-200, 300), member))
    return {"id": f"seed {seed}", "programme": programme(dice), "members": members(dice), "steps": steps}
