"""Reconciling names the one missing, the one doubled and the one altered event, and nothing where all agree."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import delete, insert, select, update

from sync.hq.tables import ENTRY, EVENT, INBOX
from sync.hq.work.reconcile import TillEvent, differences, points_differences, stray_entries
from tests.support.head_office import HeadOffice
from tests.support.wire_client import WireTill, enrol_member, sell


def events_of(till: WireTill) -> Iterator[TillEvent]:
    for seq, one in enumerate(till.events, start=1):
        yield TillEvent(1, seq, json.loads(one["raw"])["event_id"], one["raw"], one["hash"])


def found(hq: HeadOffice, till: WireTill) -> list[tuple[str, int]]:
    with hq.office.database.read() as connection:
        named = differences(connection, till.till_id, events_of(till))
        strays = stray_entries(connection)
    return [(one.what, one.seq) for one in [*named, *strays]]


def test_a_till_and_head_office_that_agree_differ_in_nothing(hq: HeadOffice) -> None:
    till = hq.till()
    member = enrol_member(till)
    for _ in range(5):
        sell(till, 1_000, member)
    till.push()
    assert found(hq, till) == []


def test_each_planted_difference_is_named(hq: HeadOffice) -> None:
    till = hq.till()
    member = enrol_member(till)
    for _ in range(5):
        sell(till, 1_000, member)
    till.push()
    of_seq = {row.seq: row for row in hq.read(select(INBOX))}
    doubled = {**of_seq[3]._mapping, "seq": 7}
    hq.write(lambda db: db.execute(delete(INBOX).where(INBOX.c.seq == 2)))
    hq.write(lambda db: db.execute(insert(INBOX).values(**doubled)))
    hq.write(lambda db: db.execute(update(INBOX).where(INBOX.c.seq == 4).values(raw=b"{}")))
    assert found(hq, till) == [("missing", 2), ("altered", 4), ("doubled", 7)]


def test_events_never_sent_parked_or_undecided_and_entries_of_nobody_are_named(hq: HeadOffice) -> None:
    till = hq.till()
    stranger = enrol_member(till)
    till.events.clear()
    till.head = "0" * 64
    sell(till, 1_000, stranger)
    sold = sell(till, 1_000)
    till.push()
    sell(till, 1_000)
    hq.write(lambda db: db.execute(delete(EVENT).where(EVENT.c.event_key == sold["event_id"])))
    hq.write(lambda db: db.execute(insert(ENTRY).values(event_key="x", account_id="a", amount=5, at_ms=1)))
    assert found(hq, till) == [("parked", 1), ("missing", 2), ("unsent", 3), ("doubled", 0)]


def test_an_account_the_till_shows_otherwise_is_named_with_both_figures(hq: HeadOffice) -> None:
    till = hq.till()
    member = enrol_member(till)
    sell(till, 1_000, member)
    till.push()
    balance = till.rows("account")[member.account_id]["balance"]
    assert balance > 0
    with hq.office.database.read() as connection:
        assert points_differences(connection, till.till_id, {member.account_id: balance}) == []
        shown = {member.account_id: balance + 5, "gone": 3}
        named = points_differences(connection, till.till_id, shown)
    assert [(one.what, one.account_id, one.at_till, one.at_head_office) for one in named] == [
        ("points", member.account_id, balance + 5, balance),
        ("points", "gone", 3, 0),
    ]
