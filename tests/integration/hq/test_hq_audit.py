"""`guitai hq verify` names every invariant: one violation of each is planted, and found where it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, insert, select, update

from sync.hq.docs import KINDS, AccountDoc
from sync.hq.tables import ACCOUNT, BUCKET, ENTRY, ERASED, EVENT, FINDING, INBOX, ROW, STREAM
from sync.hq.work.audit import STUCK_MS
from sync.protocol.buckets import till_bucket
from tests.support.head_office import HeadOffice
from tests.support.wire_client import BASIS, NewMember, WireTill, enrol_member, new_id, sell


@pytest.fixture
def till(hq: HeadOffice) -> WireTill:
    return hq.till()


@pytest.fixture
def member(hq: HeadOffice, till: WireTill) -> NewMember:
    """Somebody who bought, holds points, and spent more than there was."""
    made = enrol_member(till)
    sell(till, 10_000, made)
    redeem = {"shift_id": "s", "account_id": made.account_id, "points": 300, "staff_id": "1001"}
    till.write("points_redeem", redeem, member_id=made.member_id, basis=BASIS)
    sell(till, 90_000, made)
    assert [one["outcome"] for one in till.push().value["results"]] == ["applied"] * 4
    body = {"hold_id": new_id(), "account_id": made.account_id, "points": 60}
    assert till.call("POST", "holds", body).value["held"] == 60
    assert hq.faults() == []
    return made


def found(hq: HeadOffice) -> set[str]:
    return {f"{invariant} {what}" for invariant, _, what in (one.split() for one in hq.faults())}


def changed_account(hq: HeadOffice, member: NewMember, **changes: Any) -> None:
    row = hq.read(select(ACCOUNT).where(ACCOUNT.c.id == member.account_id))[0]
    doc = msgspec.structs.replace(msgspec.json.decode(row.doc, type=AccountDoc), **changes)
    hq.write(lambda db: db.execute(update(ACCOUNT).where(ACCOUNT.c.id == doc.id).values(**KINDS["account"].store(doc))))


def account_of(hq: HeadOffice, member: NewMember) -> AccountDoc:
    row = hq.read(select(ACCOUNT.c.doc).where(ACCOUNT.c.id == member.account_id))[0]
    return msgspec.json.decode(row.doc, type=AccountDoc)


def posted(hq: HeadOffice, member: NewMember, points: int) -> None:
    """More or fewer points in the last lot, the ledger told, the row not."""
    state = account_of(hq, member).state
    assert state is not None
    last = replace(state.lots[-1], amount=state.lots[-1].amount + points)
    changed_account(hq, member, state=replace(state, lots=(*state.lots[:-1], last)))
    entry = {"event_key": "import/3", "account_id": member.account_id, "amount": points, "at_ms": 1}
    hq.write(lambda db: db.execute(insert(ENTRY).values(entry)))


def progress(till: WireTill, oldest_ms: int | None, **cursors: int) -> None:
    waits = {"events": 3, "oldest_ms": oldest_ms} if oldest_ms is not None else {"events": 0}
    report = {"cursors": cursors, "version": "1.0", "cache_no": 1, "pending": waits, "health": {}}
    assert till.call("POST", "progress", report).status == 200


def test_i1_a_gap_in_a_stream(hq: HeadOffice, till: WireTill, member: NewMember) -> None:
    hq.write(lambda db: db.execute(delete(INBOX).where(INBOX.c.till_id == till.till_id, INBOX.c.seq == 2)))
    assert f"I1 {till.till_id}/1/2 gap" in hq.faults()
    assert "I1 inbox_missing" in found(hq)


def test_i1_an_event_whose_fate_is_unknown(hq: HeadOffice, till: WireTill, member: NewMember) -> None:
    hq.write(lambda db: db.execute(delete(EVENT).where(EVENT.c.seq == 1)))
    assert "I1 event_missing" in found(hq)


def test_i2_a_ledger_that_does_not_add_up(hq: HeadOffice, member: NewMember) -> None:
    hq.write(lambda db: db.execute(update(ENTRY).values(amount=ENTRY.c.amount + 1)))
    assert found(hq) == {"I2 ledger"}


def test_i2_an_entry_that_nobody_wrote(hq: HeadOffice, member: NewMember) -> None:
    stray = {"event_key": "nobody", "account_id": member.account_id, "amount": 5, "at_ms": 1}
    lost = {**stray, "event_key": "import/1", "account_id": "gone"}
    hq.write(lambda db: db.execute(insert(ENTRY), [stray, lost]))
    assert found(hq) == {"I2 ledger", "I2 entry_of_nobody", "I2 account_missing"}


def test_i3_more_held_than_there_is(hq: HeadOffice, member: NewMember) -> None:
    changed_account(hq, member, held=10_000)
    assert found(hq) == {"I3 held", "I3 available"}


def test_i3_less_than_nothing_in_a_lot(hq: HeadOffice, member: NewMember) -> None:
    posted(hq, member, -1_000)
    assert found(hq) == {"I3 negative", "I3 available", "I6 row_differs"}


def test_i4_bytes_that_were_altered(hq: HeadOffice, till: WireTill, member: NewMember) -> None:
    hq.write(lambda db: db.execute(update(INBOX).where(INBOX.c.seq == 2).values(raw=b"{}")))
    assert f"I4 {till.till_id}/1/2 chain" in hq.faults()


def test_i4_a_head_that_is_not_the_last(hq: HeadOffice, till: WireTill, member: NewMember) -> None:
    hq.write(lambda db: db.execute(update(STREAM).values(head_seq=STREAM.c.head_seq - 1)))
    assert hq.faults() == [f"I4 {till.till_id}/1 stream_head"]


def test_i5_a_head_that_a_commit_left_behind(hq: HeadOffice, member: NewMember) -> None:
    hq.write(lambda db: db.execute(update(BUCKET).where(BUCKET.c.id == "chain").values(seq=BUCKET.c.seq + 1)))
    assert hq.faults() == ["I5 chain head_seq"]


def test_i6_rows_that_differ_from_what_tills_compare(hq: HeadOffice, member: NewMember) -> None:
    hq.write(lambda db: db.execute(update(ROW).where(ROW.c.kind == "programme").values(raw="{}")))
    hq.write(lambda db: db.execute(update(BUCKET).where(BUCKET.c.id == "store:s027").values(live_rows=1)))
    assert hq.faults() == ["I6 chain row_hash", "I6 store:s027 head"]


def test_i6_a_row_that_shows_other_points_than_the_account_has(hq: HeadOffice, member: NewMember) -> None:
    posted(hq, member, 1)
    assert hq.faults() == [f"I6 {member.account_id} row_differs"]


def test_i6_a_cursor_beyond_its_bucket(hq: HeadOffice, till: WireTill, member: NewMember) -> None:
    progress(till, None, **{"chain": 1, till_bucket(till.till_id): 99})
    assert hq.faults() == [f"I6 {till.till_id}/{till_bucket(till.till_id)} cursor_ahead"]


def test_i7_a_name_after_erasure(hq: HeadOffice, member: NewMember) -> None:
    gone = {"member_id": member.member_id, "erased_on": "2026-01-01"}
    hq.write(lambda db: db.execute(insert(ERASED).values(gone)))
    assert hq.faults() == [f"I7 {member.member_id} personal_data"]


def test_i8_a_till_that_talks_and_does_not_drain(hq: HeadOffice, till: WireTill, member: NewMember) -> None:
    now_ms = hq.office.clock.now_ms()
    progress(till, now_ms - STUCK_MS + 60_000)
    assert hq.faults() == []
    progress(till, now_ms - STUCK_MS - 60_000)
    assert hq.faults() == [f"I8 {till.till_id} not_draining"]
    sell(till, 100)
    assert till.push(len(till.events)).status == 200
    assert hq.faults() == []


def test_i9_an_overdraft_that_nobody_is_shown(hq: HeadOffice, till: WireTill, member: NewMember) -> None:
    listed = [row.event_key for row in hq.read(select(FINDING).where(FINDING.c.code == "overdraft"))]
    assert len(listed) == 1
    hq.write(lambda db: db.execute(delete(FINDING)))
    assert hq.faults() == [f"I9 {listed[0]} overdraft_not_listed"]


def test_i9_money_below_zero_that_nobody_is_shown(hq: HeadOffice, till: WireTill, member: NewMember) -> None:
    account_id = new_id()
    money = AccountDoc(id=account_id, member_id=member.member_id, kind="stored_value", amount=-5)
    entry = {"event_key": "import/2", "account_id": account_id, "amount": -5, "at_ms": 1}

    def plant(db: Any) -> None:
        db.execute(insert(ACCOUNT).values(KINDS["account"].store(money)))
        db.execute(insert(ENTRY).values(entry))

    hq.write(plant)
    assert hq.faults() == [f"I9 {account_id} overdraft_not_listed"]
