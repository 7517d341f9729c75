"""An operator posts other figures for a parked event: two people, a reason, once; the till takes the figure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from sync.hq.setup import publish_rows
from sync.hq.tables import ENTRY, FINDING
from sync.hq.work.by_hand import ACCOUNT_UNKNOWN, NO_AMOUNT, NOT_PARKED, ONE_PERSON, STAFF_UNKNOWN, ByHand, adjust
from sync.hq.work.history import stored_events
from sync.protocol.buckets import store_bucket
from tests.integration.hq.independent_client.counter import (
    BASIS,
    Customer,
    Served,
    command,
    enrolled,
    outcomes,
    sale_body,
    sell,
    served,
)
from tests.integration.hq.independent_client.outsider import Outsider
from tests.support.head_office import HeadOffice

HOUR_MS = 3_600_000


@pytest.fixture
def till(hq: HeadOffice) -> Outsider:
    made = Outsider(hq.address, hq.http)
    assert made.enrol(hq.code()).status == 200
    return made


def given(customer: Customer, **changes: object) -> ByHand:
    posted = ByHand(customer.points, 80, "paper_receipt", "0103", "0200")
    return replace(posted, **changes)  # type: ignore[arg-type] # as the fields say


def done(hq: HeadOffice, key: str, posted: ByHand) -> str | None:
    why: str | None = hq.write(lambda db: adjust(hq.office.book(db), key, posted))
    return why


def parked_sale(till: Outsider, customer: Customer) -> str:
    """A sale whose body nobody can read, between two good ones."""
    sell(till, customer, 1_000)
    key = till.write("sale", {**sale_body(8_000), "lines": []}, member_id=customer.member_id, basis=BASIS)
    sell(till, customer, 2_000)
    assert outcomes(till.push_new(3)) == ["applied", "parked bad_body", "applied"]
    return key


def test_other_figures_settle_the_event_and_reach_its_till(hq: HeadOffice, till: Outsider) -> None:
    customer = enrolled(till)
    till.push_new(1)
    key = parked_sale(till, customer)
    assert done(hq, key, given(customer)) is None
    [result] = till.everything()["event_result"].values()
    assert (result["outcome"], result["balance"]) == ("adjusted", {customer.points: 110})
    assert {one["id"] for one in result["rows"]} == {customer.points}
    assert till.everything()["account"][customer.points]["balance"] == 110
    assert [one["was"] for one in till.push(1)["results"]] == ["applied", "applied", "adjusted", "applied"]
    assert done(hq, key, given(customer)) == NOT_PARKED
    assert len(hq.read(select(ENTRY).where(ENTRY.c.event_key == key))) == 1
    assert hq.faults() == []


def test_who_asked_who_agreed_and_why_is_filed(hq: HeadOffice, till: Outsider) -> None:
    customer = enrolled(till)
    till.push_new(1)
    key = parked_sale(till, customer)
    done(hq, key, given(customer, amount=-5))
    [filed] = hq.read(select(FINDING).where(FINDING.c.event_key == key))
    figures = json.loads(filed.figures)
    assert (filed.code, figures["was"], figures["posted"]["amount"]) == ("by_hand", "bad_body", -5)
    assert figures["posted"]["approval"] == {"staff_id": "0103", "by_staff_id": "0200", "reason": "paper_receipt"}


def test_the_same_person_twice_no_amount_or_a_strange_account_posts_nothing(hq: HeadOffice, till: Outsider) -> None:
    customer = enrolled(till)
    till.push_new(1)
    key = parked_sale(till, customer)
    assert done(hq, key, given(customer, by_staff_id="0103")) == ONE_PERSON
    assert done(hq, key, given(customer, amount=0)) == NO_AMOUNT
    assert done(hq, key, given(customer, amount=10**13)) == "bad_body"
    assert done(hq, key, given(customer, account_id="no account")) == ACCOUNT_UNKNOWN
    assert done(hq, key, given(customer, account_id=customer.member_id)) == ACCOUNT_UNKNOWN
    assert done(hq, "nothing", given(customer)) == NOT_PARKED
    assert till.everything()["account"][customer.points]["balance"] == 30
    assert hq.read(select(FINDING)) == []


def works(no: str, *, active: bool = True) -> dict[str, object]:
    return {"staff_no": no, "name": "n", "role": "manager", "capabilities": [], "pin_hash": "h", "active": active}


def test_where_head_office_knows_its_people_both_must_be_two_of_them(hq: HeadOffice, till: Outsider) -> None:
    customer = enrolled(till)
    till.push_new(1)
    key = parked_sale(till, customer)
    people = {"p-1": works("0103"), "p-2": works("0200"), "p-3": works("0300", active=False), "p-4": works("0400")}
    hq.write(lambda db: publish_rows(db, store_bucket("s027"), "staff", people))
    hq.write(lambda db: publish_rows(db, store_bucket("s028"), "staff", {"p-5": works("0400")}))
    for changed, why in (
        ({"staff_id": "0999"}, STAFF_UNKNOWN),
        ({"by_staff_id": "0300"}, STAFF_UNKNOWN),
        ({"by_staff_id": "0400"}, STAFF_UNKNOWN),
        ({"by_staff_id": "p-1"}, ONE_PERSON),
        ({"by_staff_id": "p-4"}, None),
    ):
        assert done(hq, key, given(customer, **changed)) == why


def test_an_event_that_nobody_can_read_at_all_is_settled_too(hq: HeadOffice, till: Outsider) -> None:
    customer = enrolled(till)
    till.write_raw("{")
    till.push_new(2)
    assert done(hq, f"{till.till_id}/1/2", given(customer)) is None
    assert till.everything()["account"][customer.points]["balance"] == 80
    assert hq.faults() == []


def test_an_account_computed_again_keeps_what_was_posted_by_hand(hq: HeadOffice, till: Outsider) -> None:
    customer = enrolled(till)
    till.push_new(1)
    key = parked_sale(till, customer)
    assert done(hq, key, given(customer)) is None
    other = Outsider(hq.address, hq.http)
    other.enrol(hq.code())
    before_ms = hq.office.clock.now_ms() - HOUR_MS
    other.write("sale", sale_body(4_000), member_id=customer.member_id, basis=BASIS, at_ms=before_ms)
    assert outcomes(other.push_new(1)) == ["applied"]
    assert other.everything()["account"][customer.points]["balance"] == 150
    with hq.office.database.read() as connection:
        assert len(list(stored_events(connection, ("sale",)))) == 3
    assert hq.faults() == []


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "hq", None) as running:
        yield running


def test_the_command_says_what_was_done_or_why_not(office: Served, capsys: pytest.CaptureFixture[str]) -> None:
    till, data = office.till(), ("--data", office.folder)
    customer = enrolled(till)
    till.push_new(1)
    key = parked_sale(till, customer)
    people = ("--staff", "0103", "--approved-by", "0200")
    asked = ("parked", "adjust", key, *data, "--account", customer.points, "--amount", "80")
    mistakes = {
        "S-78": ("--approved-by", "0103"), "S-79": ("--amount", "0"), "S-80": ("--account", customer.member_id),
        "S-96": ("--amount", "9999999999999"),
    }  # fmt: skip
    for ref, mistake in mistakes.items():
        capsys.readouterr()
        assert command(*asked, "--reason", "shown", *people, *mistake)[0] == 4
        assert ref in capsys.readouterr().err
    assert command(*asked, "--reason", "Bad Words", *people)[0] == 4
    assert command(*asked, "--reason", "shown", *people) == (0, f"Event {key} is settled with 80\n")
    assert command(*asked, "--reason", "shown", *people)[0] == 4
    code, said = command("report", "findings", "--code", "by_hand", *data)
    assert (code, key in said) == (0, True)
