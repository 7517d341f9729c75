"""Coupons and stamps at head office: given, held, used once, given back with the receipt; a full card pays out."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.chain import pii_hash
from tests.support.head_office import HeadOffice, demo_programme
from tests.support.wire_client import BASIS, NewMember, WireTill, new_id, sell

NAME = "demo:2"
THERE = {**BASIS, "programme": NAME}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[HeadOffice]:
    """With a coupon of ten yuan and a stamp card that pays one out at three stamps."""
    made = HeadOffice(tmp_path, f"sqlite:///{tmp_path / 'hq.db'}")
    coupon = {"id": "welcome10", "kind": "discount_minor", "value_minor": 1_000, "valid_days": 365}
    stamps = {"id": "summer", "per_receipt_minor": 5_000, "stamps_per_step": 1, "goal": 3, "coupon_type": "welcome10"}
    made.publish({**demo_programme(), "version": 2, "coupon_types": [coupon], "stamps": [stamps]})
    yield made
    assert made.faults() == []
    made.close()


def member_with_stamps(till: WireTill) -> tuple[NewMember, str]:
    """A member with a points account and a stamp card; its account id."""
    member, card, ref, salt = NewMember(new_id(), new_id(), ""), new_id(), new_id(), secrets.token_hex(32)
    till.write(
        "enrolment",
        {"member_no": "7", "accounts": [{"account_id": member.account_id, "account_kind": "points"},
                                        {"account_id": card, "account_kind": "stamps", "stamp_id": "summer"}],
         "home_store_id": "s027", "enrolled_on": "2026-01-05", "notice_version": 1, "consents": [], "pii_ref": ref,
         "pii_hash": pii_hash(salt, "{}")},
        member_id=member.member_id, attachments=[{"pii_ref": ref, "salt": salt, "pii": "{}"}],
    )  # fmt: skip
    return member, card


def issue(till: WireTill, member: NewMember) -> str:
    coupon = new_id()
    till.write(
        "coupon_issue",
        {"shift_id": "s", "coupon_id": coupon, "type": "welcome10", "issued_on": "2026-01-05", "reason": "goodwill",
         "staff_id": "1", "approval": {"staff_id": "1", "by_staff_id": "2", "reason": "ok"}},
        member_id=member.member_id,
    )  # fmt: skip
    return coupon


def use(till: WireTill, member: NewMember, coupon: str, **more: Any) -> dict[str, Any]:
    """A sale of 40 yuan with the coupon: 30 paid, 30 points."""
    return sell(till, 4_000, member, basis=THERE, body={
        "coupons": [{"coupon_id": coupon, "type": "welcome10", **more}],
        "tenders": [{"kind": "cash", "minor": 3_000}],
        "result": {"payable_minor": 3_000, "earned": 30, "to_follow": 0, "redeemed": 0,
                   "because": [{"rule": "base", "line": 0, "points": 30}]},
    })  # fmt: skip


def test_a_coupon_is_held_by_one_till_and_used_once(office: HeadOffice) -> None:
    till, other = office.till(), office.till()
    member, _ = member_with_stamps(till)
    coupon = issue(till, member)
    till.push()
    hold_id = new_id()
    body = {"hold_id": hold_id, "coupon_id": coupon, "points": 1}
    assert till.call("POST", "holds", body).value["held"] == 1
    assert till.call("POST", "holds", body).value["held"] == 1
    assert other.call("POST", "holds", {**body, "hold_id": new_id()}).problem == "insufficient"
    assert till.call("POST", "holds", {**body, "hold_id": new_id(), "points": 2}).problem == "malformed"
    assert till.call("POST", "holds", {**body, "hold_id": new_id(), "coupon_id": new_id()}).problem == "not_found"
    sold = use(till, member, coupon, hold_id=hold_id)
    use(till, member, coupon)
    results = till.push(3).value["results"]
    assert [one.get("code") for one in results] == [None, "coupon_spent"]
    row = till.rows("coupon")[coupon]
    assert (row["state"], row["used_by"], row["expires_on"]) == ("used", sold["event_id"], "2027-01-05")
    assert till.rows("account")[member.account_id]["balance"] == 60


def test_a_coupon_comes_back_when_the_whole_receipt_does(office: HeadOffice) -> None:
    till = office.till()
    member, _ = member_with_stamps(till)
    coupon = issue(till, member)
    sold = use(till, member, coupon)
    till.write("undo", {"shift_id": "s", "of": sold["event_id"], "staff_id": "1", "reason": "mistake"})
    assert {one.get("code") for one in till.push().value["results"]} == {None}
    assert till.rows("coupon")[coupon]["state"] == "open"
    assert till.rows("account")[member.account_id]["balance"] == 0


def test_a_full_stamp_card_pays_out_a_coupon_and_starts_again(office: HeadOffice) -> None:
    till = office.till()
    member, card = member_with_stamps(till)
    for minor, stamps in ((10_000, 2), (10_000, 2)):
        points = minor // 100
        sell(till, minor, member, basis=THERE, body={
            "result": {"payable_minor": minor, "earned": points, "to_follow": 0, "redeemed": 0,
                       "stamps": {"summer": stamps}, "because": [{"rule": "base", "line": 0, "points": points}]},
        })  # fmt: skip
    results = till.push().value["results"]
    assert [one.get("code") for one in results] == [None, None, None]
    assert [one["balance"].get(card) for one in results[1:]] == [2, 1]
    row = till.rows("account")[card]
    assert (row["account_kind"], row["stamp_id"], row["balance"]) == ("stamps", "summer", 1)
    [coupon] = till.rows("coupon").values()
    assert (coupon["coupon_type"], coupon["state"]) == ("welcome10", "open")
    again = use(till, member, str(coupon["id"]))
    till.push(4)
    assert till.rows("coupon")[coupon["id"]]["used_by"] == again["event_id"]
