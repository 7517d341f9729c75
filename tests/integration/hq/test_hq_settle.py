"""Parked events: an operator sees them, tries them again, writes them off; tills are told; none is overlooked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from sync.hq.tables import EVENT
from sync.hq.work.accept import look_again
from sync.hq.work.settle import parked, try_parked, write_off
from tests.integration.hq.independent_client.counter import Served, command, enrolled, outcomes, sell, served
from tests.integration.hq.independent_client.outsider import Outsider
from tests.support.head_office import HeadOffice


@pytest.fixture
def till(hq: HeadOffice) -> Outsider:
    made = Outsider(hq.address, hq.http)
    assert made.enrol(hq.code()).status == 200
    return made


def test_a_written_off_event_is_told_to_its_till(hq: HeadOffice, till: Outsider) -> None:
    till.write_raw("{")
    till.write("stargazing", {})
    till.push_new(2)
    unread = f"{till.till_id}/1/1"
    with hq.office.database.read() as connection:
        found = parked(connection)
    assert {(one.seq, one.code) for one in found} == {(1, "bad_event"), (2, "unknown_type")}
    assert hq.write(lambda db: try_parked(hq.office.book(db), [one.event for one in found])) == 0
    for one in found:
        assert hq.write(lambda db, key=one.event: write_off(hq.office.book(db), key, "test_sale"))
        assert not hq.write(lambda db, key=one.event: write_off(hq.office.book(db), key, "test_sale"))
    results = till.everything()["event_result"]
    assert {(one["seq"], one["outcome"], one["code"]) for one in results.values()} == {
        (1, "written_off", "bad_event"), (2, "written_off", "unknown_type"),
    }  # fmt: skip
    assert unread.replace("/", ":") in results
    assert [one["was"] for one in till.push(1)["results"]] == ["written_off", "written_off"]
    assert hq.faults() == []


def test_what_an_update_teaches_is_applied_at_the_next_start(hq: HeadOffice, till: Outsider) -> None:
    customer = enrolled(till)
    till.write("card_link", {"card": "77", "card_kind": "plastic"}, member_id=customer.member_id)
    till.write("card_link", {"future": 1}, schema=2, member_id=customer.member_id)
    assert outcomes(till.push_new(3)) == ["applied", "applied", "parked unknown_schema"]
    unread = {"outcome": "parked", "code": "unknown_type"}  # as a version without card_link would have left it
    hq.write(lambda db: db.execute(update(EVENT).where(EVENT.c.seq == 2).values(**unread)))
    hq.restart()
    till.address = hq.address
    assert [one["was"] for one in till.push(2)["results"]] == ["applied", "parked"]
    assert [one["seq"] for one in till.everything()["event_result"].values()] == [2]
    assert hq.faults() == []


def test_an_event_and_what_it_waits_for_applied_side_by_side_are_looked_at_again(
    hq: HeadOffice, till: Outsider
) -> None:
    other = Outsider(hq.address, hq.http)
    other.enrol(hq.code())
    customer = enrolled(other)
    other.push_new(1)
    name = f"member:{customer.member_id}"
    sell(till, customer, 5_000)
    till.push_new(1)
    # as it would stand had neither transaction seen the other
    assert till.everything()["account"][customer.points]["balance"] == 50
    stranger = enrolled(other)
    sell(till, stranger, 5_000)
    assert outcomes(till.push_new(1)) == ["parked member_unknown"]
    waits = update(EVENT).where(EVENT.c.waits_for == f"member:{stranger.member_id}").values(waits_for="elsewhere")
    hq.write(lambda db: db.execute(waits))
    other.push_new(1)
    assert till.push(2)["results"][0]["was"] == "parked"
    hq.write(lambda db: db.execute(update(EVENT).where(EVENT.c.waits_for == "elsewhere").values(waits_for=name)))
    assert look_again(hq.office.database, {name, "card:1"}, hq.office.settings()) == 1
    assert look_again(hq.office.database, {name}, hq.office.settings()) == 0
    assert till.push(2)["results"][0]["was"] == "applied"
    assert till.everything()["account"][stranger.points]["balance"] == 50
    assert hq.faults() == []


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "hq", None) as running:
        yield running


def test_parked_events_are_settled_by_commands(office: Served) -> None:
    till, data = office.till(), ("--data", office.folder)
    customer = enrolled(till)
    till.events.clear()
    sale = sell(till, customer, 100)
    till.push_new(1)
    assert command("parked", "retry", *data)[1] == "0 of 1 events are settled\n"
    code, said = command("parked", "list", "--json", *data)
    [one] = json.loads(said)
    assert (code, one["event"], one["code"]) == (0, sale, "member_unknown")
    assert sale in command("parked", "list", *data)[1]
    assert command("parked", "write-off", sale, "--reason", "Bad Words", *data)[0] == 4
    assert command("parked", "write-off", sale, "--reason", "test_sale", *data) == (0, f"Event {sale} is written off\n")
    assert command("parked", "write-off", sale, "--reason", "test_sale", *data)[0] == 4
    assert command("parked", "list", *data)[1] == "No event waits\n"
    assert command("parked", "retry", *data)[1] == "0 of 0 events are settled\n"
    before = till.call("GET", "/heads")["incarnation_no"]
    assert command("restored", *data) == (0, f"Incarnation {before + 1} has begun\n")
    assert (till.call("GET", "/heads").problem, till.call("GET", "/heads")["incarnation_no"]) == (
        "incarnation", before + 1)  # fmt: skip
