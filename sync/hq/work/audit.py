"""What head office checks of itself every night and in `guitai hq verify`: the invariants of protocol.md, each by name.

What only a till and head office together can show (I6 in the till's cache, I8 while a network heals) is checked as far
as head office sees it: its own rows against their heads and accounts, and what tills last reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
from sqlalchemy import Connection, func, select

from app.domain.chain import HASH_ZERO, event_hash
from sync.hq import feed
from sync.hq.docs import MemberDoc
from sync.hq.fault import Fault
from sync.hq.tables import CHANNEL, ERASED, EVENT, FINDING, INBOX, MEMBER, PII, PROGRESS, ROW, STREAM
from sync.hq.work.audit_accounts import account_faults
from sync.hq.work.reconcile import stray_entries
from sync.protocol.channel_facts import CHANNEL_EPOCH
from sync.protocol.shapes import ProgressRequest

STUCK_MS: Final = 24 * 60 * 60 * 1000
"""A till that talks and still holds an event of a day ago does not drain."""


def faults(connection: Connection) -> list[Fault]:
    """Everything that does not hold, in a fixed order; [] when all does."""
    found = [*feed.audit(connection)]
    parts = (_streams, _fates, account_faults, _strays, _erased, _reports, _overdrafts)
    for part in parts:
        found += part(connection)
    return sorted(found, key=lambda one: (one.invariant, one.where, one.what))


def _streams(connection: Connection) -> Iterator[Fault]:
    """Every stream: gapless (I1), each hash over the one before, the head its last (I4)."""
    streams = connection.execute(select(STREAM).order_by(STREAM.c.till_id, STREAM.c.epoch)).all()
    for stream in streams:
        end = _end(connection, stream.till_id, stream.epoch)
        if isinstance(end, Fault):
            yield end
        elif end != (stream.head_seq, stream.head_hash):
            yield Fault("I4", f"{stream.till_id}/{stream.epoch}", "stream_head")
    for channel_id in connection.execute(select(CHANNEL.c.channel_id).order_by(CHANNEL.c.channel_id)).scalars():
        end = _end(connection, channel_id, CHANNEL_EPOCH)
        if isinstance(end, Fault):
            yield end


def _end(connection: Connection, till_id: str, epoch: int) -> tuple[int, str] | Fault:
    """Seq and hash of a stream's last event, or where it breaks."""
    mine = (INBOX.c.till_id == till_id) & (INBOX.c.epoch == epoch)
    seq, previous = 0, HASH_ZERO
    for row in connection.execute(select(INBOX.c.seq, INBOX.c.raw, INBOX.c.hash).where(mine).order_by(INBOX.c.seq)):
        if row.seq != seq + 1:
            return Fault("I1", f"{till_id}/{epoch}/{seq + 1}", "gap")
        if event_hash(previous, row.raw.decode("utf-8")) != row.hash:
            return Fault("I4", f"{till_id}/{epoch}/{row.seq}", "chain")
        seq, previous = row.seq, row.hash
    return seq, previous


def _fates(connection: Connection) -> Iterator[Fault]:
    """I1: what became of each event is known, and nothing became of what nobody sent."""
    there = select(EVENT.c.event_key).where(EVENT.c.event_key == INBOX.c.event_key).exists()
    for row in connection.execute(select(INBOX.c.event_key).where(~there)):
        yield Fault("I1", row.event_key, "event_missing")
    same = (INBOX.c.till_id == EVENT.c.till_id) & (INBOX.c.epoch == EVENT.c.epoch) & (INBOX.c.seq == EVENT.c.seq)
    sent = select(INBOX.c.seq).where(same).exists()
    for row in connection.execute(select(EVENT.c.event_key).where(~sent)):
        yield Fault("I1", row.event_key, "inbox_missing")


def _strays(connection: Connection) -> Iterator[Fault]:
    """I2: nothing is posted that nobody wrote."""
    yield from (Fault("I2", one.event_id, "entry_of_nobody") for one in stray_entries(connection))


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
    yield from (Fault("I7", one, "personal_data") for one in sorted(filter(None, kept)))


def _reports(connection: Connection) -> Iterator[Fault]:
    """What tills reported last: a cursor above its bucket's head (I6), a till that talks and does not drain (I8)."""
    decode = msgspec.json.Decoder(ProgressRequest).decode
    latest = select(INBOX.c.till_id, func.max(INBOX.c.received_ms).label("at_ms")).group_by(INBOX.c.till_id)
    received = {row.till_id: row.at_ms for row in connection.execute(latest)}
    heads = feed.seqs(connection)
    for row in connection.execute(select(PROGRESS).order_by(PROGRESS.c.till_id)):
        report = decode(row.report)
        for bucket, seq in sorted(report.cursors.items()):
            if seq > heads.get(bucket, 0):
                yield Fault("I6", f"{row.till_id}/{bucket}", "cursor_ahead")
        oldest_ms = report.pending.oldest_ms
        waits = report.pending.events > 0 and oldest_ms is not None and row.at_ms - oldest_ms > STUCK_MS
        if waits and received.get(row.till_id, 0) <= row.at_ms:
            yield Fault("I8", row.till_id, "not_draining")


def _overdrafts(connection: Connection) -> Iterator[Fault]:
    """I9: every overdraft that was answered is listed for people, with its figures."""
    listed = select(FINDING.c.event_key).where(FINDING.c.event_key == EVENT.c.event_key, FINDING.c.code == "overdraft")
    said = (EVENT.c.code == "overdraft") & (EVENT.c.outcome == "applied")
    for key in connection.execute(select(EVENT.c.event_key).where(said, ~listed.exists())).scalars():
        yield Fault("I9", key, "overdraft_not_listed")
