"""Rows of the feed in the words of a scenario's `expect`: what a till knows of one member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.programme.document import Programme
from app.domain.programme.scenario import Result
from app.wiring.pair_office import Person
from sync.hq.docs import AccountDoc
from sync.hq.work.coupon_ids import coupon_id

Row = Mapping[str, Any]
ORDER = ("used", "open", "expired")


def row_state(programme: Programme, rows: Mapping[tuple[str, str], Row], person: Person, doc: AccountDoc) -> Result:
    """The member's state by its rows; `doc` says only in which order the account holds its coupons. {}: not here."""
    member = rows.get(("member", person.member_id))
    points = rows.get(("account", person.accounts["points"]))
    if member is None or points is None:
        return {}
    balance = points["balance"]
    return {
        "balance": balance,
        "displayed": balance // 10**programme.points_scale,
        "debt": points["debt"],
        "pending": sum(one["amount"] for one in points["pending"]),
        "to_follow": sum(one["amount"] for one in points["to_follow"]),
        "lots": [
            {"points": one["amount"], "earned_on": one["earned_on"], "expires_on": one.get("expires_on")}
            for one in points["lots"]
        ],
        "tier": points.get("tier"),
        "tier_until": points.get("tier_until_on"),
        "stamps": {card.id: _balance(rows, person.accounts[f"stamps:{card.id}"]) for card in programme.stamps},
        "coupons": _alike_in_order([_coupon(rows["coupon", one]) for one in _coupon_ids(rows, doc)]),
        "status": member["status"],
    }


def _balance(rows: Mapping[tuple[str, str], Row], account_id: str) -> int:
    row = rows.get(("account", account_id))
    return int(row["balance"]) if row else 0


def _coupon_ids(rows: Mapping[tuple[str, str], Row], doc: AccountDoc) -> list[str]:
    held = doc.state.coupons if doc.state else ()
    return [one for one in (coupon_id(coupon.key) for coupon in held) if ("coupon", one) in rows]


def _coupon(row: Row) -> Result:
    return {
        "type": row["coupon_type"],
        "issued_on": row["issued_on"],
        "expires_on": row["expires_on"],
        "state": row["state"],
    }


def _alike_in_order(coupons: list[Result]) -> list[Result]:
    """Coupons of one type and one life are one as good as the other: the used ones count as the first."""
    left: dict[tuple[object, ...], list[Result]] = {}
    for one in coupons:
        left.setdefault((one["type"], one["issued_on"], one["expires_on"]), []).append(one)
    for alike in left.values():
        alike.sort(key=lambda one: ORDER.index(str(one["state"])))
    return [left[one["type"], one["issued_on"], one["expires_on"]].pop(0) for one in coupons]
