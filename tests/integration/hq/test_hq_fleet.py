"""Every till as an operator sees it: in use, closed or forked, what it reported, and how a forked one comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.chain import canonical
from sync.hq.tables import BUCKET
from sync.hq.work.fleet import FleetTill, fleet
from tests.integration.hq.independent_client.counter import Served, command, served
from tests.support.head_office import HeadOffice
from tests.support.wire_client import WireTill, enrol_member, sell


def seen(hq: HeadOffice) -> dict[str, FleetTill]:
    with hq.office.database.read() as connection:
        return {one.till_id: one for one in fleet(connection)}


def fork(till: WireTill) -> None:
    """A copy of the till writes something else at a seq that is taken."""
    clone = WireTill(till.address, till.http, key=till.key, till_id=till.till_id, epoch=1, incarnation=till.incarnation)
    sell(clone, 7_700)
    assert clone.push().problem == "fork"


def test_a_till_shows_what_it_reported(hq: HeadOffice) -> None:
    till, silent = hq.till(), hq.till("w001")
    sell(till, 1_000)
    till.push()
    chain = hq.read(select(BUCKET.c.seq).where(BUCKET.c.id == "chain"))[0].seq
    report = {"cursors": {"chain": chain - 1}, "version": "1.4.0", "cache_no": 2, "health": {},
              "pending": {"events": 3, "oldest_ms": 5}}  # fmt: skip
    assert till.call("POST", "progress", report).status == 200
    found = seen(hq)
    one, other = found[till.till_id], found[silent.till_id]
    assert (one.version, one.pending, one.oldest_ms, one.behind, one.head_seq) == ("1.4.0", 3, 5, 1, 1)
    assert (one.closed, one.epoch, one.store_id, one.evidence) == (None, 1, "s027", ())
    assert one.last_seen_ms is not None
    assert (other.last_seen_ms, other.version, other.behind, other.cursors) == (None, None, None, {})


def test_a_code_without_a_till_is_not_enrolled_yet(hq: HeadOffice) -> None:
    hq.code()
    [one] = seen(hq).values()
    assert (one.closed, one.epoch, one.enrolled_ms, one.is_quarantined) == ("not_enrolled", 0, None, False)


def test_a_forked_till_is_quarantined_until_it_has_a_new_identity_and_nothing_counts_twice(hq: HeadOffice) -> None:
    till = hq.till()
    member = enrol_member(till)
    sell(till, 5_000, member)
    till.push()
    fork(till)
    one = seen(hq)[till.till_id]
    assert (one.closed, one.is_quarantined, [kept.base_seq for kept in one.evidence]) == ("fork", True, [1])
    assert one.evidence[0].events == 1
    sell(till, 2_000, member)  # it goes on selling
    assert till.push().problem == "reenrol"
    again = hq.stranger()
    assert again.enrol(hq.code(till_id=till.till_id)).value["epoch"] == 2
    for event in till.events:
        raw = {**json.loads(event["raw"]), "seq": len(again.events) + 1}
        again.write_raw(canonical(raw), event.get("attachments"))
    assert [result["outcome"] for result in again.push().value["results"]] == ["duplicate", "duplicate", "applied"]
    assert again.rows("account")[member.account_id]["balance"] == 70
    one = seen(hq)[till.till_id]
    assert (one.closed, one.is_quarantined, one.epoch, len(one.evidence)) == (None, False, 2, 1)
    assert hq.faults() == []


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "hq", None) as running:
        yield running


def test_the_command_lists_tills_and_says_what_to_do_about_a_fork(office: Served) -> None:
    data = ("--data", office.folder)
    assert command("tills", *data) == (0, "There is no such till\n")
    till = office.till()
    till.write("stargazing", {})
    till.push_new(1)
    code, said = command("tills", *data)
    assert (code, "in use" in said, "heard of 0 minutes ago" in said) == (0, True, True)
    report = {"cursors": {}, "version": "1.4.0", "cache_no": 1, "pending": {"events": 2}, "health": {}}
    assert till.call("POST", "/progress", report).status == 200
    said = command("tills", *data)[1]
    assert ("version 1.4.0" in said, "2 events not sent yet" in said) == (True, True)
    [one] = json.loads(command("tills", "--json", *data)[1])
    assert (one["till_id"], one["version"], one["pending"]) == (till.till_id, "1.4.0", 2)
    assert command("tills", "--quarantined", "--json", *data)[1] == "[]\n"
    till.events.clear()
    till.head = "0" * 64
    till.write("stargazing", {"other": 1})
    assert till.call("POST", "/push", till.batch(1)).problem == "fork"
    said = command("tills", "--quarantined", *data)[1]
    assert ("1 batches are kept" in said, f"till add --till {till.till_id}" in said) == (True, True)
