"""What events do at head office: points, returns, members, cards; what waits, and what is settled later."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.chain import canonical, pii_hash
from sync.hq.tables import ENTRY, EVENT, PII
from tests.support.head_office import HeadOffice, demo_programme
from tests.support.wire_client import BASIS, Answered, NewMember, WireTill, enrol_member, new_id, sell


@pytest.fixture
def office(tmp_path: Path) -> Iterator[HeadOffice]:
    """Over SQLite alone: the rules are the same code on both."""
    made = HeadOffice(tmp_path, f"sqlite:///{tmp_path / 'hq.db'}")
    yield made
    assert made.faults() == []
    made.close()


def said(answered: Answered) -> list[tuple[str, str | None]]:
    assert answered.status == 200, answered.value
    return [(one["outcome"], one.get("code")) for one in answered.value["results"]]


def account_of(till: WireTill, member: NewMember) -> dict[str, Any]:
    return till.rows("account")[member.account_id]


def with_points(member: NewMember, minor: int, points: int, **more: Any) -> dict[str, Any]:
    """The parts of a sale of `minor` of which points pay as many yuan as there are points/100."""
    paid = points
    return {
        "tenders": [
            {"kind": "points", "minor": paid, "account_id": member.account_id, "points": points, **more},
            {"kind": "cash", "minor": minor - paid},
        ],
        "result": {"payable_minor": minor, "earned": (minor - paid) // 100, "to_follow": 0, "redeemed": points,
                   "because": [{"rule": "base", "line": 0, "points": (minor - paid) // 100}]},
    }  # fmt: skip


def give_back(till: WireTill, of: str, qty: int, refund: int, earned: int, restored: int = 0) -> None:
    till.write(
        "sale_return",
        {"shift_id": "s", "receipt_no": "S027-2-R", "staff_id": "1", "business_on": "2026-01-06", "of": of,
         "lines": [{"line": 0, "qty": qty}], "tenders": [{"kind": "cash", "minor": refund}],
         "result": {"refund_minor": refund, "earned_reversed": earned, "points_restored": restored}},
        basis=BASIS,
    )  # fmt: skip


def test_an_empty_category_is_none_and_parks_no_sale(office: HeadOffice) -> None:
    till = office.till()
    member = enrol_member(till)
    bag = {"sku": "B1", "name": "袋", "category": "", "qty": 1, "unit_minor": 200, "discount_minor": 0, "tax_minor": 0}
    sold = sell(till, 200, member, body={"lines": [bag]})
    assert said(till.push()) == [("applied", None), ("applied", None)]
    line = till.rows("sale_line")[f"{sold['event_id']}:0"]
    assert "category" not in line


def test_a_sale_paid_partly_with_points_spends_and_earns(office: HeadOffice) -> None:
    till = office.till()
    member = enrol_member(till)
    sell(till, 100_000, member)
    sell(till, 20_000, member, body=with_points(member, 20_000, 500))
    assert said(till.push()) == [("applied", None)] * 3
    account = account_of(till, member)
    assert account["balance"] == 1000 - 500 + 195
    assert [one["total_minor"] for one in account["purchases"]] == [20_000, 100_000]
    assert account["counters"]["receipts"] == 2
    assert account["qualifying"] == 119_500
    lines = till.rows("sale_line")
    assert sorted(line["points_minor"] for line in lines.values()) == [0, 500]
    assert office.read(select(func.sum(ENTRY.c.amount)))[0][0] == 695


def test_a_promise_that_head_office_would_not_make_is_kept_and_filed(office: HeadOffice) -> None:
    till = office.till()
    member = enrol_member(till)
    sell(till, 10_000, member, earned=777)
    sell(till, 10_000, member, earned=121, basis={**BASIS, "tier": "gold", "account_ver": 1})
    results = till.push().value["results"]
    assert [one.get("code") for one in results] == [None, "wrong_figures", "wrong_figures"]
    assert account_of(till, member)["balance"] == 898


def test_a_sale_computed_from_what_the_till_knew_is_stale_and_posted_as_promised(office: HeadOffice) -> None:
    till = office.till()
    member = enrol_member(till)
    gold = {**BASIS, "tier": "gold", "account_ver": 1}
    because = [{"rule": "base", "line": 0, "points": 100}, {"rule": "gold", "line": 0, "points": 20}]
    result = {"payable_minor": 10_000, "earned": 120, "to_follow": 0, "redeemed": 0, "because": because}
    sell(till, 10_000, member, basis=gold, body={"result": result})
    assert said(till.push())[1] == ("applied", "stale_basis")
    assert account_of(till, member)["balance"] == 120


def test_with_trust_in_head_office_its_own_figure_is_posted(office: HeadOffice) -> None:
    name = office.publish({**demo_programme(), "version": 2, "trust": "hq"})
    till = office.till()
    member = enrol_member(till)
    sell(till, 10_000, member, earned=777, basis={**BASIS, "programme": name})
    result = till.push().value["results"][1]
    assert (result["outcome"], result["code"]) == ("adjusted", "recomputed")
    assert result["balance"] == {member.account_id: 100}
    assert account_of(till, member)["balance"] == 100


def test_goods_come_back_in_parts_and_take_exactly_their_points_with_them(office: HeadOffice) -> None:
    till = office.till()
    member = enrol_member(till)
    line = {"sku": "A", "qty": 3, "unit_minor": 3_333, "discount_minor": 0, "tax_minor": 0}
    sold = sell(till, 9_999, member, body={"lines": [line]})
    give_back(till, sold["event_id"], 1, 3_333, 33)
    give_back(till, sold["event_id"], 2, 6_666, 66)
    assert said(till.push()) == [("applied", None)] * 4
    assert account_of(till, member)["balance"] == 0
    [shown] = till.rows("sale_line").values()
    assert (shown["returned_qty"], shown["refunded_minor"]) == (3, 9_999)
    give_back(till, sold["event_id"], 1, 3_333, 33)
    assert said(till.push(5)) == [("applied", "wrong_figures")]
    assert office.faults() == []


def test_points_paid_come_home_with_the_goods(office: HeadOffice) -> None:
    till = office.till()
    member = enrol_member(till)
    sell(till, 100_000, member)
    sold = sell(till, 20_000, member, body=with_points(member, 20_000, 500))
    give_back(till, sold["event_id"], 1, 19_500, 195, 500)
    assert said(till.push()) == [("applied", None)] * 4
    assert account_of(till, member)["balance"] == 1_000


def test_a_return_waits_for_its_sale_and_is_settled_into_the_tills_bucket(office: HeadOffice) -> None:
    seller, returner = office.till(), office.till()
    member = enrol_member(seller)
    sold = sell(seller, 10_000, member)
    give_back(returner, sold["event_id"], 1, 10_000, 100)
    assert said(returner.push()) == [("parked", "sale_unknown")]
    seller.push()
    [result] = returner.rows("event_result").values()
    assert (result["outcome"], result["seq"], result["epoch"]) == ("applied", 1, 1)
    assert {one["kind"] for one in result["rows"]} == {"account", "sale_line", "day_figures"}
    assert account_of(returner, member)["balance"] == 0
    again = returner.push().value["results"][0]
    assert (again["outcome"], again["was"], again["rows"]) == ("duplicate", "applied", result["rows"])


def test_sales_wait_for_their_member_card_account_and_programme(office: HeadOffice) -> None:
    till, other = office.till(), office.till()
    member = enrol_member(till)
    for changes in ({}, {"card": member.card}):
        sell(other, 10_000, member, **changes)
    sell(other, 10_000, member, basis={**BASIS, "programme": "demo:2"})
    approval = {"staff_id": "1", "by_staff_id": "2", "reason": "ok"}
    by_hand = {"shift_id": "s", "account_id": member.account_id, "amount": 7, "reason": "goodwill", "staff_id": "1"}
    other.write("adjustment", {**by_hand, "approval": approval})
    waiting = ["member_unknown", "card_unknown", "programme_unknown", "account_unknown"]
    assert said(other.push()) == [("parked", code) for code in waiting]
    till.push()
    assert account_of(till, member)["balance"] == 207
    office.publish({**demo_programme(), "version": 2})
    assert account_of(till, member)["balance"] == 307
    assert len(other.rows("event_result")) == 4
    assert office.read(select(func.count()).select_from(EVENT).where(EVENT.c.outcome == "parked"))[0][0] == 0


def test_an_anonymous_sale_can_be_returned_and_undone_once(office: HeadOffice) -> None:
    till = office.till()
    sold = sell(till, 10_000)
    undo = {"shift_id": "s", "of": sold["event_id"], "staff_id": "1", "reason": "mistake"}
    till.write("undo", undo)
    till.write("undo", undo)
    assert said(till.push()) == [("applied", None), ("applied", None), ("applied", "wrong_figures")]
    [line] = till.rows("sale_line").values()
    assert line["returned_qty"] == 1


def test_a_sale_and_a_redemption_taken_back_leave_the_account_as_it_was(office: HeadOffice) -> None:
    till = office.till()
    member = enrol_member(till)
    sell(till, 30_000, member)
    bought = sell(till, 10_000, member)
    spent = till.write(
        "points_redeem", {"shift_id": "s", "account_id": member.account_id, "points": 200, "staff_id": "1"},
        member_id=member.member_id, basis=BASIS,
    )  # fmt: skip
    for one in (spent, bought):
        till.write("undo", {"shift_id": "s", "of": one["event_id"], "staff_id": "1", "reason": "mistake"})
    assert {code for _, code in said(till.push())} == {None}
    assert account_of(till, member)["balance"] == 300


def test_stored_value_is_topped_up_spent_and_overdrawn(office: HeadOffice) -> None:
    till = office.till()
    member = NewMember(new_id(), new_id(), "")
    purse, ref, salt = new_id(), new_id(), secrets.token_hex(32)
    accounts = [{"account_id": member.account_id, "account_kind": "points"},
                {"account_id": purse, "account_kind": "stored_value"}]  # fmt: skip
    till.write(
        "enrolment",
        {"member_no": "1", "accounts": accounts, "home_store_id": "s027", "enrolled_on": "2026-01-05",
         "notice_version": 1, "consents": [], "pii_ref": ref, "pii_hash": pii_hash(salt, "{}")},
        member_id=member.member_id, attachments=[{"pii_ref": ref, "salt": salt, "pii": "{}"}],
    )  # fmt: skip
    till.write("stored_value_topup", {"shift_id": "s", "account_id": purse, "minor": 5_000, "bonus_minor": 500,
                                      "tenders": [{"kind": "cash", "minor": 5_000}], "source": "counter",
                                      "staff_id": "1"})  # fmt: skip
    for minor in (5_000, 1_000):
        sell(till, minor, member, body={"tenders": [{"kind": "stored_value", "minor": minor, "account_id": purse}]})
    results = till.push().value["results"]
    assert [one.get("code") for one in results] == [None, None, None, "overdraft"]
    assert results[3]["balance"][purse] == -500
    assert till.rows("account")[purse]["balance"] == -500


def edit(till: WireTill, member: NewMember, fields: list[str], pii: dict[str, Any], **more: Any) -> None:
    salt, ref, text = secrets.token_hex(32), new_id(), canonical(pii)
    till.write(
        "member_edit",
        {"base_ver": 1, "fields": fields, "staff_id": "1", "pii_ref": ref, "pii_hash": pii_hash(salt, text), **more},
        member_id=member.member_id, attachments=[{"pii_ref": ref, "salt": salt, "pii": text}],
    )  # fmt: skip


def test_members_are_edited_field_by_field_and_their_consent_kept(office: HeadOffice) -> None:
    till = office.till()
    member = enrol_member(till, email="a@example.org")
    edit(
        till, member, ["phone", "email"], {"phone": "+8613900000000"}, tags_add=["veteran", "new"], tags_remove=["new"]
    )
    till.write("consent", {"purpose": "marketing", "given": True, "notice_version": 2, "by": "customer"},
               member_id=member.member_id)  # fmt: skip
    assert {code for _, code in said(till.push())} == {None}
    row = till.rows("member")[member.member_id]
    assert (row["name"], row["phone"], row["tags"]) == ("张小凡", "+8613900000000", ["veteran"])
    assert "email" not in row
    assert (row["consents"], row["notice_version"]) == ({"service": True, "marketing": True}, 2)
    assert till.call("POST", "members/find", {"phone": "+8613800001234"}).value["rows"] == []
    assert till.call("POST", "members/find", {"phone": "+8613900000000"}).value["rows"] != []


def test_personal_data_that_does_not_match_parks_and_that_was_erased_is_counted(office: HeadOffice) -> None:
    till = office.till()
    member = enrol_member(till)
    edit(till, member, ["name"], {"name": "李四"})
    till.events[1]["attachments"][0]["pii"] = canonical({"name": "王五"})
    edit(till, member, ["name"], {"name": "李四"})
    till.events[2].pop("attachments")
    assert said(till.push()) == [("applied", None), ("parked", "pii_mismatch"), ("applied", "pii_absent")]
    assert "name" not in till.rows("member")[member.member_id]


def test_an_attachment_no_event_names_is_dropped(office: HeadOffice) -> None:
    till = office.till()
    enrol_member(till)
    till.events[0]["attachments"].append({"pii_ref": new_id(), "salt": "00" * 32, "pii": '{"name":"spy"}'})
    till.push()
    assert len(office.read(select(PII))) == 1


def test_cards_are_linked_replaced_and_blocked(office: HeadOffice) -> None:
    till = office.till()
    member, other = enrol_member(till), enrol_member(till, phone="+8613800005678")
    link = {"card": "8899000000017", "card_kind": "phone", "replaces": member.card}
    till.write("card_link", link, member_id=member.member_id)
    till.write("card_link", {**link, "replaces": other.card}, member_id=other.member_id)
    till.write("card_block", {"card": other.card, "reason": "lost"})
    till.write("card_block", {"card": "404", "reason": "lost"})
    results = [one.get("code") for one in till.push().value["results"]]
    assert results[2:] == [None, "wrong_figures", None, "card_unknown"]
    cards = till.rows("card")
    assert (cards[member.card]["status"], cards[member.card]["replaced_by"]) == ("blocked", "8899000000017")
    assert cards["8899000000017"]["member_id"] == member.member_id
    assert cards[other.card]["status"] == "blocked"


def test_a_member_of_another_region_joins_the_tills(office: HeadOffice) -> None:
    east, west = office.till(), office.till("w001")
    member = enrol_member(east)
    sell(east, 10_000, member)
    east.push()
    assert west.rows("member") == {}
    found = west.call("POST", "members/find", {"card": member.card}).value["rows"]
    assert sorted(row["kind"] for row in found) == ["account", "card", "member"]
    assert {row["bucket"].split(":")[1] for row in found} == {"west"}
    sell(west, 5_000, member)
    west.push()
    assert account_of(east, member) == account_of(west, member)
    assert account_of(east, member)["balance"] == 150


def test_a_sale_in_another_region_brings_the_member_there(office: HeadOffice) -> None:
    east, west = office.till(), office.till("w001")
    member = enrol_member(east)
    east.push()
    sell(west, 5_000, member)
    result = west.push().value["results"][0]
    assert {one["kind"] for one in result["rows"]} >= {"member", "card", "account", "sale_line"}
    assert account_of(west, member)["balance"] == 50


def test_another_stores_sale_is_found_by_its_receipt(office: HeadOffice) -> None:
    till, other = office.till(), office.till("s028")
    member = enrol_member(till)
    sold = sell(till, 10_000, member)
    till.push()
    receipt_no = json.loads(sold["raw"])["body"]["receipt_no"]
    key = bytes.fromhex(till.rows("settings")["receipt"]["values"]["key"])
    address = f"https://member.example/r/{receipt_no}?e={sold['event_id']}&t=10000&p=100"
    asked = {"receipt_no": receipt_no, "event_id": sold["event_id"], "total_minor": 10_000, "points": 100,
             "mac": hmac.new(key, address.encode(), sha256).hexdigest()[:16]}  # fmt: skip
    [row] = other.call("POST", "receipts/find", asked).value["rows"]
    assert (row["kind"], row["bucket"]) == ("sale_line", "store:s027")
    assert other.call("POST", "receipts/find", {**asked, "points": 101}).problem == "not_found"


def test_figures_of_the_day_add_up(office: HeadOffice) -> None:
    till = office.till()
    member = enrol_member(till)
    sold = sell(till, 10_000, member)
    sell(till, 5_000)
    give_back(till, sold["event_id"], 1, 10_000, 100)
    till.push()
    days = till.rows("day_figures")
    assert days["2026-01-05"]["enrolments"] == 1
    day = days["2026-01-06"]
    assert (day["sales"], day["returns"], day["members"]) == (2, 1, 1)
    assert (day["gross_minor"], day["net_minor"], day["points_issued"]) == (15_000, 5_000, 100)
    assert (len(day["by_hour"]), sum(day["by_hour"])) == (24, 15_000)


def test_what_is_only_kept_is_applied(office: HeadOffice) -> None:
    till = office.till()
    approval = {"staff_id": "1", "by_staff_id": "2", "reason": "ok"}
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("shift_open", {"shift_id": "s", "z_no": 1, "staff_id": "1", "float_minor": 0}),
        ("cash_move", {"shift_id": "s", "kind": "pay_in", "minor": 5, "reason": "change", "staff_id": "1",
                       "approval": approval}),
        ("feedback", {"score": 5, "follow_up": False}),
        ("merge_proposal", {"members": [new_id(), new_id()], "evidence": "same_phone"}),
        ("audit_checkpoint", {"audit_seq": 1, "audit_hash": "0" * 64, "from_ms": 1, "counts": {"reveal": 2}}),
        ("grant_returned", {"grant_id": new_id(), "spent": 0, "unspent": 5}),
        ("shift_close", {"shift_id": "s", "z_no": 1, "staff_id": "1", "counted": [{"kind": "cash", "minor": 5}],
                         "expected": [], "sales": 0, "returns": 0, "discount_minor": 0}),
    ]  # fmt: skip
    for kind, body in bodies:
        till.write(kind, body)
    assert said(till.push()) == [
        ("applied", "grant_missing" if kind == "grant_returned" else None) for kind, _ in bodies
    ]
