"""A programme with a coupon of each kind, rewards and a stamp card, for tests of what members have beside points."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.chain_of_tills import RunningTill, Served
from tests.support.commands import guitai
from tests.support.head_office import demo_programme

PHONE = "13912345678"


def programme(version: int = 2) -> dict[str, Any]:
    """The demo's with gifts at enrolment: ¥10 off from ¥50, and 10 % off that combines."""
    return {
        **demo_programme(),
        "version": version,
        "coupon_types": [
            {"id": "welcome10", "kind": "discount_minor", "value_minor": 1_000, "valid_days": 365,
             "when": {"min_spend_minor": 5_000}},
        ],
        "gifts": [{"id": "hello", "on": "enrolment", "coupon_type": "welcome10"}],
        "rewards": [
            {"id": "five", "points": 200, "kind": "discount_minor", "value_minor": 500},
            {"id": "voucher", "points": 300, "kind": "coupon", "coupon_type": "welcome10"},
        ],
        "stamps": [{"id": "summer", "per_receipt_minor": 4_000, "goal": 3, "coupon_type": "welcome10"}],
    }  # fmt: skip


def publish(office: Served, folder: Path) -> None:
    """Head office publishes it."""
    file = folder / "benefits.json"
    file.write_text(json.dumps(programme()), encoding="utf-8")
    done = guitai("hq", "publish", "--data", office.folder, file)
    assert (done.code, done.err) == (0, ""), done.err


def rows(office: Served, kind: str) -> list[dict[str, Any]]:
    """Live rows of a kind as head office publishes them."""
    found = office.read("SELECT raw FROM feed_row WHERE kind = ? AND raw IS NOT NULL", kind)
    return [json.loads(raw) for (raw,) in found]


def account(office: Served, kind: str) -> dict[str, Any] | None:
    """The one member's account of a kind."""
    return next((one for one in rows(office, "account") if one["account_kind"] == kind), None)


def member_at(till: RunningTill) -> None:
    """A basket of the member's own, empty."""
    till.do(do="clear")
    till.do(do="find", text=PHONE, pick=0)


def coupons(till: RunningTill) -> list[dict[str, Any]]:
    """The member's coupons as the till shows them for the cart."""
    found: list[dict[str, Any]] = till.do(do="tray")["coupons"]
    return found
