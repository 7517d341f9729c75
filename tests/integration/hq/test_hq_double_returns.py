"""The same goods come back at two tills that know nothing of each other: what is left counts, the rest is filed."""

from __future__ import annotations

from typing import Any

from app.domain.chain import pii_hash
from tests.support.head_office import HeadOffice
from tests.support.wire_client import BASIS, Answered, NewMember, WireTill, enrol_member, new_id, sell

LINE = {"sku": "A", "qty": 3, "unit_minor": 1_000, "discount_minor": 0, "tax_minor": 0}


def give_back(till: WireTill, of: str, qty: int, tenders: list[dict[str, Any]] | None = None) -> str:
    refund = 1_000 * qty
    written = till.write(
        "sale_return",
        {"shift_id": "s", "receipt_no": "S027-2-R", "staff_id": "1", "business_on": "2026-01-06", "of": of,
         "lines": [{"line": 0, "qty": qty}], "tenders": tenders or [{"kind": "cash", "minor": refund}],
         "result": {"refund_minor": refund, "earned_reversed": 10 * qty, "points_restored": 0}},
        basis=BASIS,
    )  # fmt: skip
    return str(written["event_id"])


def said(answered: Answered) -> list[tuple[str, str | None]]:
    assert answered.status == 200, answered.value
    return [(one["outcome"], one.get("code")) for one in answered.value["results"]]


def two_tills(hq: HeadOffice) -> tuple[WireTill, WireTill, NewMember, str]:
    """Two tills of a store, a member with 100 points from elsewhere, and a sale of three that earned 30."""
    one, two = hq.till(), hq.till()
    member = enrol_member(one)
    sell(one, 10_000, member)
    sold = sell(one, 3_000, member, body={"lines": [LINE]})
    assert one.push().status == 200
    return one, two, member, str(sold["event_id"])


def points_of(till: WireTill, member: NewMember) -> int:
    balance: int = till.rows("account")[member.account_id]["balance"]
    return balance


def test_two_returns_add_up(hq: HeadOffice) -> None:
    one, two, member, sale = two_tills(hq)
    give_back(one, sale, 1)
    give_back(two, sale, 2)
    assert said(one.push(4)) == said(two.push()) == [("applied", None)]
    assert one.rows("sale_line")[f"{sale}:0"]["returned_qty"] == 3
    assert points_of(one, member) == 100
    assert hq.faults() == []


def test_what_is_back_already_takes_no_points_twice_and_is_filed(hq: HeadOffice) -> None:
    one, two, member, sale = two_tills(hq)
    give_back(one, sale, 2)
    give_back(two, sale, 3)
    assert said(one.push(4)) == [("applied", None)]
    assert said(two.push()) == [("applied", "wrong_figures")]
    assert one.rows("sale_line")[f"{sale}:0"]["returned_qty"] == 3
    assert points_of(one, member) == 100
    give_back(one, sale, 3)
    [result] = one.push(5).value["results"]
    assert (result["code"], result["balance"]) == ("wrong_figures", {member.account_id: 100})
    assert points_of(one, member) == 100
    assert hq.faults() == []


def test_stored_value_goes_back_once(hq: HeadOffice) -> None:
    one, two, member, sale = two_tills(hq)
    card, ref, salt = new_id(), new_id(), "ab" * 32
    one.write(
        "enrolment",
        {"member_no": "77", "accounts": [{"account_id": card, "account_kind": "stored_value"}],
         "home_store_id": "s027", "enrolled_on": "2026-01-05", "notice_version": 1, "consents": [], "pii_ref": ref,
         "pii_hash": pii_hash(salt, "{}")},
        member_id=new_id(), attachments=[{"pii_ref": ref, "salt": salt, "pii": "{}"}],
    )  # fmt: skip
    to_card = [{"kind": "stored_value", "account_id": card, "minor": 3_000}]
    give_back(one, sale, 3, to_card)
    give_back(two, sale, 3, [{"kind": "cash", "minor": 0}, *to_card])
    assert said(one.push(4)) == [("applied", None)] * 2
    assert said(two.push()) == [("applied", "wrong_figures")]
    assert one.rows("account")[card]["balance"] == 3_000
    assert points_of(one, member) == 100
    assert hq.faults() == []
