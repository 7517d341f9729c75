"""Events bent in thousands of ways: the stream always advances, nothing is refused, head office stays whole."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import httpx
from sqlalchemy import select, update

from app.domain.chain import canonical
from sync.hq.docs import KINDS, DayDoc
from sync.hq.tables import DAY
from tests.support.bent import bent
from tests.support.head_office import HeadOffice
from tests.support.wire_client import BASIS, NewMember, WireTill, enrol_member, new_id, sell

ROUNDS = 20
EVENTS_PER_ROUND = 40


def every_kind(http: httpx.Client, member: NewMember) -> list[dict[str, Any]]:
    """One good event of most types, as values."""
    till = WireTill("", http, store_id="s027")
    enrol_member(till, birthday_on="1990-02-28")
    sold = sell(till, 10_000, member)
    parts = {
        "account_id": member.account_id,
        "points": 100,
        "hold_id": new_id(),
        "grants": [{"grant_id": new_id(), "amount": 5}],
    }
    sell(till, 10_000, member, body={
        "tenders": [{"kind": "points", "minor": 100, **parts}, {"kind": "cash", "minor": 9_900}],
        "order_discounts": [{"percent": "10", "categories": ["tea"]}, {"minor": 500}],
        "coupons": [{"coupon_id": new_id(), "type": "welcome10"}], "rewards": [{"id": "x", "times": 1}],
    })  # fmt: skip
    approval = {"staff_id": "1", "by_staff_id": "2", "reason": "ok"}
    by_hand = {"shift_id": "s", "staff_id": "1", "reason": "r"}
    cash = [{"kind": "cash", "minor": 100}]
    about = {"member_id": member.member_id}
    plain: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("sale_return", {"shift_id": "s", "receipt_no": "R", "staff_id": "1", "business_on": "2026-01-06",
                         "tenders": cash, "of": sold["event_id"], "lines": [{"line": 0, "qty": 1}],
                         "result": {"refund_minor": 100, "earned_reversed": 1, "points_restored": 0}},
         {"basis": BASIS}),
        ("undo", {**by_hand, "of": sold["event_id"]}, {}),
        ("points_redeem", {"shift_id": "s", "account_id": member.account_id, "points": 5, "staff_id": "1"},
         {**about, "basis": BASIS}),
        ("adjustment", {**by_hand, "account_id": member.account_id, "amount": -5, "approval": approval}, {}),
        ("stored_value_topup", {"shift_id": "s", "account_id": member.account_id, "minor": 5, "bonus_minor": 0,
                                "tenders": cash, "source": "counter", "staff_id": "1"}, {}),
        ("coupon_issue", {**by_hand, "coupon_id": new_id(), "type": "welcome10", "issued_on": "2026-01-01",
                          "approval": approval}, about),
        ("member_edit", {"base_ver": 1, "fields": ["name"], "tags_add": ["a"], "staff_id": "1"}, about),
        ("consent", {"purpose": "marketing", "given": True, "notice_version": 1, "by": "staff"}, about),
        ("card_link", {"card": "123456", "card_kind": "phone", "replaces": member.card}, about),
        ("card_block", {"card": member.card, "reason": "lost"}, {}),
        ("hold_released", {"hold_id": new_id()}, {}),
        ("staff_pin", {"staff_id": "1", "pin_hash": "x"}, {}),
        ("key_rotation", {"public_key": "0" * 64, "proof": "AAAA"}, {}),
    ]  # fmt: skip
    for kind, body, envelope in plain:
        till.write(kind, body, **envelope)
    return [json.loads(one["raw"]) for one in till.events]


def test_bent_events_are_applied_or_parked_and_nothing_breaks(hq: HeadOffice) -> None:
    chance = random.Random(7)
    till = hq.till()
    member = enrol_member(till)
    till.push()
    templates = every_kind(hq.http, member)
    seen: Counter[str] = Counter()
    for _ in range(ROUNDS):
        first = len(till.events) + 1
        for _ in range(EVENTS_PER_ROUND):
            value = chance.choice(templates)
            value = value if chance.random() < 0.3 else bent(value, chance)
            till.write_raw(canonical({**value, "seq": len(till.events) + 1, "event_id": new_id()}))
        answered = till.push(first)
        assert answered.status == 200
        seen.update(f"{one['outcome']} {one.get('code', '')}".strip() for one in answered.value["results"])
    assert seen.total() == ROUNDS * EVENTS_PER_ROUND
    assert seen["applied"] > 50
    assert seen["parked internal"] == 0
    assert hq.faults() == []


def test_an_event_nobody_can_digest_is_parked_alone(hq: HeadOffice) -> None:
    """A number beyond the wire's ints fails only when the slice is written: the others are applied all the same."""
    till = hq.till()
    member = enrol_member(till)
    sell(till, 1_000, member)
    till.push()
    [row] = hq.read(select(DAY).where(DAY.c.id == "s027/2026-01-06"))
    full = DayDoc(id=row.id, store_id="s027", on="2026-01-06", sales=2**53 - 2)
    stored = KINDS["day"].store(full)
    hq.write(lambda db: db.execute(update(DAY).where(DAY.c.id == row.id).values(doc=stored["doc"])))
    sell(till, 999, member)
    sell(till, 5_000, member)
    till.write("shift_open", {"shift_id": "s", "z_no": 1, "staff_id": "1", "float_minor": 0})
    results = till.push(3).value["results"]
    assert [(one["outcome"], one.get("code")) for one in results] == [
        ("applied", None), ("parked", "internal"), ("applied", None),
    ]  # fmt: skip
    assert till.rows("account")[member.account_id]["balance"] == 19
    assert hq.faults() == []
