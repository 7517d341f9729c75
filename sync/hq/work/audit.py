"""What head office checks of itself every night and in `guitai hq verify`: feed, chains, ledger, holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, func, select

from app.domain.chain import HASH_ZERO, event_hash
from sync.hq import feed
from sync.hq.docs import AccountDoc, MemberDoc
from sync.hq.tables import ACCOUNT, ENTRY, ERASED, EVENT, HOLD, INBOX, MEMBER, PII, ROW, STREAM


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not hold. `where`: a bucket, a stream, an account or an event."""

    where: str
    what: str


def faults(connection: Connection) -> list[Fault]:
    """Everything that does not hold, in a fixed order; [] when all does."""
    found = [Fault(one.bucket, one.what) for one in feed.audit(connection)]
    return [*found, *_chains(connection), *_ledger(connection), *_erased(connection)]


def _chains(connection: Connection) -> Iterator[Fault]:
    """Every stream: gapless, each hash over the one before, the head its last; each event's fate is known (I1, I4)."""
    streams = connection.execute(select(STREAM).order_by(STREAM.c.till_id, STREAM.c.epoch)).all()
    for stream in streams:
        where = f"{stream.till_id}/{stream.epoch}"
        mine = (INBOX.c.till_id == stream.till_id) & (INBOX.c.epoch == stream.epoch)
        seq, previous = 0, HASH_ZERO
        for row in connection.execute(select(INBOX.c.seq, INBOX.c.raw, INBOX.c.hash).where(mine).order_by(INBOX.c.seq)):
            if row.seq != seq + 1 or event_hash(previous, row.raw.decode("utf-8")) != row.hash:
                yield Fault(f"{where}/{row.seq}", "chain")
                break
            seq, previous = row.seq, row.hash
        else:
            if (seq, previous) != (stream.head_seq, stream.head_hash):
                yield Fault(where, "stream_head")
    there = select(EVENT.c.event_key).where(EVENT.c.event_key == INBOX.c.event_key).exists()
    for row in connection.execute(select(INBOX.c.event_key).where(~there)):
        yield Fault(row.event_key, "event_missing")


def _ledger(connection: Connection) -> Iterator[Fault]:
    """I2: Σ entries = Σ lots − debt; and what open holds keep is what the account says."""
    posted = select(ENTRY.c.account_id, func.sum(ENTRY.c.amount).label("total")).group_by(ENTRY.c.account_id)
    entries = {row.account_id: int(row.total) for row in connection.execute(posted)}
    kept = select(HOLD.c.account_id, func.sum(HOLD.c.points).label("total")).where(HOLD.c.state == "open")
    held = {row.account_id: int(row.total) for row in connection.execute(kept.group_by(HOLD.c.account_id))}
    decode = msgspec.json.Decoder(AccountDoc).decode
    for row in connection.execute(select(ACCOUNT.c.id, ACCOUNT.c.doc).order_by(ACCOUNT.c.id)):
        account = decode(row.doc)
        if account.worth != entries.pop(row.id, 0):
            yield Fault(row.id, "ledger")
        if account.held != held.get(row.id, 0):
            yield Fault(row.id, "held")
    for account_id in entries:
        yield Fault(account_id, "account_missing")


def _erased(connection: Connection) -> Iterator[Fault]:
    """I7: nothing names a person after erasure."""
    gone = select(ERASED.c.member_id)
    kept = set(connection.execute(select(PII.c.member_id).where(PII.c.member_id.in_(gone)).distinct()).scalars())
    decode = msgspec.json.Decoder(MemberDoc).decode
    for row in connection.execute(select(MEMBER.c.id, MEMBER.c.doc).where(MEMBER.c.id.in_(gone))):
        member = decode(row.doc)
        if member.personal or not member.erased:
            kept.add(row.id)
    shown = select(ROW.c.id).where(ROW.c.kind == "member", ROW.c.id.in_(gone), ROW.c.h.is_not(None))
    kept |= set(connection.execute(shown).scalars())
    yield from (Fault(one, "personal_data") for one in sorted(filter(None, kept)))
