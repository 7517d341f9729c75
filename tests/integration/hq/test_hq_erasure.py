"""Erasure: nothing names a person afterwards, what arrives late is dropped, and a restored database forgets again."""

from __future__ import annotations

import json
import shutil

import pytest
from sqlalchemy import delete, select, update

from app.domain.chain import Json
from sync.hq.tables import ERASED, EVENT, MEMBER, PII, ROW
from sync.hq.work.merge import Merge, merge
from tests.integration.hq.independent_client.counter import (
    BASIS,
    STAFF,
    Customer,
    enrolled,
    outcomes,
    personal,
    sale_body,
    sell,
)
from tests.integration.hq.independent_client.outsider import Outsider, uuid7
from tests.support.head_office import HeadOffice

ASKED: dict[str, Json] = {"right": "erase", "identity_check": "card", "due_on": "2026-12-31", "staff_id": STAFF}


@pytest.fixture
def till(hq: HeadOffice) -> Outsider:
    made = Outsider(hq.address, hq.http)
    assert made.enrol(hq.code()).status == 200
    return made


@pytest.fixture
def customer(till: Outsider) -> Customer:
    made = enrolled(till, card="880000000001")
    sell(till, made, 10_000)
    assert outcomes(till.push_new(2)) == ["applied", "applied"]
    return made


def ask(till: Outsider, customer: Customer) -> None:
    till.write("rights_request", dict(ASKED), member_id=customer.member_id)
    assert outcomes(till.push_new(1)) == ["applied"]


def named(hq: HeadOffice, customer: Customer) -> list[str]:
    """Where the phone number or name still stands."""
    found = [row.doc for row in hq.read(select(MEMBER.c.doc))] + [row.raw or "" for row in hq.read(select(ROW.c.raw))]
    found += [row.pii.decode() for row in hq.read(select(PII.c.pii))]
    return [text for text in found if customer.phone in text or "张小凡" in text]


def test_an_erased_member_leaves_tombstones_and_a_row_of_the_chain(
    hq: HeadOffice, till: Outsider, customer: Customer
) -> None:
    assert named(hq, customer)
    noted, note = personal({"note": f"call {customer.phone}"})
    till.write("feedback", {"follow_up": True, **noted}, card="880000000001", attachments=note)
    till.push_new(1)
    assert len(named(hq, customer)) >= 3
    ask(till, customer)
    feed = till.everything()
    assert list(feed["erasure"]) == [customer.member_id]
    assert not {"member", "card", "account"} & set(feed)
    assert {one["member_id"] for one in feed["sale_line"].values()} == {customer.member_id}, "pseudonymous"
    assert till.call("POST", "/members/find", {"phone": customer.phone})["rows"] == []
    assert till.call("POST", "/members/find", {"card": "880000000001"})["rows"] == []
    assert named(hq, customer) == hq.faults() == []
    ask(till, customer)
    assert [one.member_id for one in hq.read(select(ERASED))] == [customer.member_id]


def test_what_arrives_late_brings_nobody_back(hq: HeadOffice, till: Outsider, customer: Customer) -> None:
    ask(till, customer)
    edited, attachments = personal({"phone": customer.phone})
    body = {"base_ver": 1, "fields": ["phone"], "staff_id": STAFF, **edited}
    till.write("member_edit", body, member_id=customer.member_id, attachments=attachments)
    sell(till, customer, 5_000)
    till.write("sale", sale_body(100), card="880000000001", basis=BASIS)
    noted, note = personal({"note": customer.phone})
    till.write("feedback", {"follow_up": True, **noted}, card="880000000001", attachments=note)
    results = till.push_new(4)
    assert outcomes(results) == ["applied pii_absent", "applied", "parked card_unknown", "parked card_unknown"]
    assert {row["kind"] for row in results[1]["rows"]} == {"sale_line", "day_figures"}, "no row the till may not hold"
    assert not {"member", "account"} & set(till.everything())
    hq.write(lambda db: db.execute(delete(PII).where(PII.c.member_id.is_(None))))
    assert named(hq, customer) == hq.faults() == []


def test_an_alias_is_erased_with_its_survivor(hq: HeadOffice, till: Outsider, customer: Customer) -> None:
    survivor = enrolled(till)
    till.push_new(1)
    wanted = Merge(uuid7(), customer.member_id, survivor.member_id, "staff")
    hq.write(lambda db: merge(hq.office.book(db), wanted))
    ask(till, customer)
    assert set(till.everything()["erasure"]) == {customer.member_id, survivor.member_id}
    assert named(hq, customer) == named(hq, survivor) == hq.faults() == []


def test_an_alias_of_an_alias_is_erased_too(hq: HeadOffice, till: Outsider, customer: Customer) -> None:
    second, survivor = enrolled(till), enrolled(till)
    till.push_new(2)
    for source, into in ((customer, second), (second, survivor)):
        wanted = Merge(uuid7(), source.member_id, into.member_id, "staff")
        hq.write(lambda db, wanted=wanted: merge(hq.office.book(db), wanted))
    ask(till, survivor)
    assert set(till.everything()["erasure"]) == {customer.member_id, second.member_id, survivor.member_id}
    assert named(hq, customer) == named(hq, survivor) == hq.faults() == []


def test_whoever_is_erased_by_the_number_of_an_alias_goes_whole(
    hq: HeadOffice, till: Outsider, customer: Customer
) -> None:
    survivor = enrolled(till)
    till.push_new(1)
    wanted = Merge(uuid7(), customer.member_id, survivor.member_id, "staff")
    hq.write(lambda db: merge(hq.office.book(db), wanted))
    hq.write(lambda db: hq.office._erase(customer.member_id, "2026-11-22", db))
    assert set(till.everything()["erasure"]) == {customer.member_id, survivor.member_id}
    assert named(hq, customer) == named(hq, survivor) == hq.faults() == []


def test_a_restored_database_erases_again_before_it_serves(hq: HeadOffice, till: Outsider, customer: Customer) -> None:
    ask(till, customer)
    listed = hq.office.erasures.path
    with open(listed, "a", encoding="utf-8") as file:
        file.write('{"member_id": "cut sh')
    unknown = uuid7()
    hq.office.erasures.add(unknown, "2026-01-01")
    hq.stop()
    hq.office = hq._opened()
    hq.write(lambda db: db.execute(delete(ERASED)))
    hq.start()
    assert {one.member_id for one in hq.read(select(ERASED))} == {customer.member_id, unknown}
    assert named(hq, customer) == hq.faults() == []
    shutil.copy(listed, listed.with_suffix(".kept"))
    listed.unlink()
    assert hq.office.erase_again() == 0
    assert set(hq.office.erasures.read()) == {customer.member_id, unknown}, "the list is made again"
    till.address = hq.address
    body, attachments = customer.body(accounts=[])
    till.write("enrolment", body, member_id=unknown, attachments=attachments)
    assert outcomes(till.push_new(1)) == ["applied pii_absent"]
    assert unknown not in till.everything().get("member", {})
    assert hq.faults() == []


def test_verify_finds_personal_data_of_the_erased(hq: HeadOffice, till: Outsider, customer: Customer) -> None:
    doc = hq.read(select(MEMBER.c.doc).where(MEMBER.c.id == customer.member_id))[0].doc
    ask(till, customer)
    hq.write(lambda db: db.execute(update(MEMBER).where(MEMBER.c.id == customer.member_id).values(doc=doc)))
    assert f"I7 {customer.member_id} personal_data" in hq.faults()
    assert json.loads(doc)["personal"]["phone"] == customer.phone
    assert hq.read(select(EVENT.c.outcome).where(EVENT.c.outcome == "parked")) == []
