"""Points an open hold keeps are nobody else's: what a return takes of them is debt, paid when they are free."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.hq.test_hq_holds import hold, redeem, rich
from tests.support.head_office import HeadOffice
from tests.support.wire_client import BASIS, NewMember, WireTill, new_id, sell


def give_all_back(till: WireTill, points: int, **envelope: int) -> None:
    sale = next(event for event in till.events if '"type":"sale"' in event["raw"])
    event_id = sale["raw"].split('"event_id":"')[1][:36]
    minor = points * 100
    till.write(
        "sale_return",
        {"shift_id": "s", "receipt_no": "S027-2-R", "staff_id": "1", "business_on": "2026-01-06", "of": event_id,
         "lines": [{"line": 0, "qty": 1}], "tenders": [{"kind": "cash", "minor": minor}],
         "result": {"refund_minor": minor, "earned_reversed": points, "points_restored": 0}},
        basis=BASIS, **envelope,
    )  # fmt: skip
    assert till.push(len(till.events)).value["results"][0].get("code") is None


def account(till: WireTill, member: NewMember) -> tuple[Any, ...]:
    row = till.rows("account")[member.account_id]
    return row["balance"], row["debt"], row["available"], sum(lot["amount"] for lot in row["lots"])


def test_a_return_leaves_held_points_where_they_are(hq: HeadOffice) -> None:
    till, member = rich(hq, 100)
    other, hold_id = hq.till(), new_id()
    assert hold(other, member, 70, hold_id).status == 200
    give_all_back(till, 100)
    assert account(till, member) == (0, 70, 0, 70)
    redeem(other, member, 70, hold_id)
    result = other.push().value["results"][0]
    assert (result["outcome"], result.get("code"), result["balance"]) == ("applied", None, {member.account_id: -70})
    assert account(till, member) == (-70, 70, 0, 0)
    assert hq.faults() == []


def test_held_points_that_come_free_pay_the_debt(hq: HeadOffice) -> None:
    till, member = rich(hq, 100)
    by_call, by_event = new_id(), new_id()
    hold(till, member, 30, by_call)
    hold(till, member, 40, by_event)
    give_all_back(till, 100)
    assert account(till, member) == (0, 70, 0, 70)
    assert till.call("DELETE", f"holds/{by_call}").value["released"] == 30
    assert account(till, member) == (0, 40, 0, 40)
    till.write("hold_released", {"hold_id": by_event})
    till.push(len(till.events))
    assert account(till, member) == (0, 0, 0, 0)
    assert hq.faults() == []


def test_points_spent_out_of_another_s_hold_are_an_overdraft(hq: HeadOffice) -> None:
    till, member = rich(hq, 100)
    other = hq.till()
    hold(other, member, 100)
    redeem(till, member, 60, None)
    result = till.push(len(till.events)).value["results"][0]
    assert (result["outcome"], result["code"]) == ("applied", "overdraft")
    assert account(till, member) == (40, 60, 0, 100)
    assert hq.faults() == []


def test_what_a_hold_kept_is_no_overdraft_although_it_comes_late(hq: HeadOffice) -> None:
    till, member = rich(hq, 100)
    other, hold_id = hq.till(), new_id()
    hold(other, member, 70, hold_id)
    body = {"shift_id": "s", "account_id": member.account_id, "points": 70, "staff_id": "1", "hold_id": hold_id}
    early = json.loads(till.events[-1]["raw"])["at_ms"] + 2
    give_all_back(till, 100, at_ms=early - 1)
    sell(till, 1_000, member, at_ms=early + 1)
    till.push(len(till.events))
    other.write("points_redeem", body, member_id=member.member_id, basis=BASIS, at_ms=early)
    result = other.push().value["results"][0]
    assert (result["outcome"], result.get("code")) == ("applied", None)
    assert account(till, member) == (-60, 60, 0, 0)
    assert hq.faults() == []
