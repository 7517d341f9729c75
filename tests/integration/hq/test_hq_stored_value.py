"""Accounts that nobody opened: the first top-up or stamp opens them at head office, under the id every till knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.holdings import AccountKind, account_id_of
from tests.support.head_office import HeadOffice, demo_programme
from tests.support.wire_client import BASIS, NewMember, WireTill, enrol_member, new_id, sell

THERE = {**BASIS, "programme": "demo:2"}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[HeadOffice]:
    made = HeadOffice(tmp_path, f"sqlite:///{tmp_path / 'hq.db'}")
    stamps = {"id": "summer", "per_receipt_minor": 4_000}
    made.publish({**demo_programme(), "version": 2, "stamps": [stamps]})
    yield made
    assert made.faults() == []
    made.close()


def top_up(till: WireTill, member: NewMember, account_id: str, minor: int = 5_000, **more: Any) -> None:
    till.write(
        "stored_value_topup",
        {"shift_id": "s", "account_id": account_id, "minor": minor, "bonus_minor": 500,
         "tenders": [{"kind": "cash", "minor": minor}], "source": "counter", "staff_id": "1"},
        member_id=more.get("member_id", member.member_id),
    )  # fmt: skip


def test_the_first_top_up_opens_the_account_for_both_tills(office: HeadOffice) -> None:
    one, two = office.till(), office.till()
    member = enrol_member(one)
    one.push()
    account_id = account_id_of(member.member_id, AccountKind.STORED_VALUE)
    top_up(one, member, account_id)
    top_up(two, member, account_id)
    for till in (one, two):
        (result, *_rest) = till.push().value["results"][-1:]
        assert (result["outcome"], result.get("code")) == ("applied", None)
    row = one.rows("account")[account_id]
    assert (row["account_kind"], row["balance"], row["available"]) == ("stored_value", 11_000, 11_000)


def test_an_id_that_is_nobodys_waits(office: HeadOffice) -> None:
    till = office.till()
    member = enrol_member(till)
    top_up(till, member, new_id())
    top_up(till, member, account_id_of(new_id(), AccountKind.STORED_VALUE))
    results = till.push().value["results"]
    assert [one.get("code") for one in results[1:]] == ["account_unknown", "account_unknown"]


def test_the_first_stamp_opens_its_card_and_a_return_takes_it(office: HeadOffice) -> None:
    till = office.till()
    member = enrol_member(till)
    sold = sell(till, 8_000, member, basis=THERE, body={
        "result": {"payable_minor": 8_000, "earned": 80, "to_follow": 0, "redeemed": 0, "stamps": {"summer": 2},
                   "because": [{"rule": "base", "line": 0, "points": 80}]},
    })  # fmt: skip
    results = till.push().value["results"]
    card = account_id_of(member.member_id, AccountKind.STAMPS, "summer")
    kinds = [one["id"] for one in results[1]["rows"] if one["kind"] == "account"]
    assert kinds == [member.account_id, card]
    assert till.rows("account")[card]["balance"] == 2
    till.write("undo", {"shift_id": "s", "of": sold["event_id"], "staff_id": "1", "reason": "mistake"})
    till.push(len(results) + 1)
    assert till.rows("account")[card]["balance"] == 0
