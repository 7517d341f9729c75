"""Random programmes: every kind of expiry, tier, rounding, cap and rule that posting may meet."""

from __future__ import annotations

import random
from typing import Any

EXPIRIES: tuple[dict[str, Any], ...] = (
    {"kind": "never"},
    {"kind": "after", "days": 60},
    {"kind": "end_of", "unit": "month", "plus_months": 2},
    {"kind": "end_of", "unit": "year", "plus_years": 1},
    {"kind": "inactivity", "days": 90},
)
LEVELS = [{"id": "base", "threshold": 0}, {"id": "gold", "threshold": 20_000, "upgrade_bonus": 30}]
TIERS: tuple[dict[str, Any] | None, ...] = (
    None,
    {"metric": "spend", "levels": LEVELS},
    {"metric": "spend", "window": "calendar_year", "effective": "next_day", "valid": "end_of_next_year",
     "levels": LEVELS},
    {"metric": "spend", "window": "rolling_days", "rolling_days": 120, "valid": "months", "valid_months": 3,
     "effective": "first_of_next_month", "levels": LEVELS},
    {"metric": "spend", "qualifying_sale_uses_new_tier": True, "levels": LEVELS},
    {"metric": "points", "confirm_days": {"store": 14},
     "levels": [{"id": "base", "threshold": 0}, {"id": "gold", "threshold": 100}]},
    {"metric": "visits", "levels": [{"id": "base", "threshold": 0}, {"id": "gold", "threshold": 3}]},
)  # fmt: skip
RULES: tuple[dict[str, Any], ...] = (
    {"id": "gold", "kind": "multiply", "factor": "1.5", "when": {"tiers": ["gold"]}},
    {"id": "tea", "kind": "rate", "points": 1, "per_minor": 500, "when": {"categories": ["tea"]}},
    {"id": "late", "kind": "bonus", "points": 7, "post_after_days": 10},
    {"id": "once", "kind": "bonus", "points": 50, "limit_per_member": 1},
    {"id": "third", "kind": "multiply", "factor": "2", "when": {"nth_purchase": 3}},
    {"id": "born", "kind": "multiply", "factor": "3", "when": {"birthday": "month"}},
)
CAPS: tuple[dict[str, int], ...] = ({}, {}, {"max_points_per_receipt": 90}, {"max_points_per_day": 100},
                                    {"max_points_per_calendar_year": 200})  # fmt: skip
STAMPS = [{"id": "card", "per_receipt_minor": 5_000, "goal": 3, "coupon_type": "ten"}]
COUPON = {"id": "ten", "kind": "discount_minor", "value_minor": 1_000, "valid_days": 60}
GIFTS = [{"id": "birthday", "on": "birthday", "points": 20}, {"id": "up", "on": "upgrade", "coupon_type": "ten"}]


def random_document(dice: random.Random) -> dict[str, Any]:
    """A programme that trusts the till, in the form of a document."""
    tiers = dice.choice(TIERS)
    rules = [one for one in RULES if dice.random() < 0.4 and (tiers or one["id"] != "gold")]
    earn = {
        "points": dice.choice((1, 3)),
        "per_minor": dice.choice((100, 250)),
        "rounding": dice.choice(("whole_steps", "floor", "half_up", "ceil")),
        "rounding_scope": dice.choice(("receipt", "line", "unit")),
        "stacking": dice.choice(("best", "add")),
        "exclude_categories": dice.choice(([], ["tobacco"])),
        "available_after_days": dice.choice((0, 0, 5)),
        "rules": rules,
        **dice.choice(CAPS),
    }
    found: dict[str, Any] = {
        "schema": 1, "id": "t", "version": 1, "currency": "CNY", "timezone": "Asia/Shanghai", "earn": earn,
        "expiry": dice.choice(EXPIRIES), "coupon_types": [COUPON],
        "returns": dice.choice(({}, {"restore_expired_days": 30})),
    }  # fmt: skip
    if tiers is not None:
        found["tiers"] = tiers
    if dice.random() < 0.7:
        found["redeem"] = {"points": 10, "value_minor": 100, "step_points": 10, "max_share_percent": 60}
    if dice.random() < 0.5:
        found["stamps"] = STAMPS
    if dice.random() < 0.4:
        found["gifts"] = GIFTS if tiers else GIFTS[:1]
    return found
