"""Pages of changed rows as head office would send them, and the same rows as a bare upsert takes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import msgspec

from app.domain.chain import canonical, row_hash
from app.services.sync_ports import SeenHeadOffice
from app.store.connect import Connection
from app.store.tokens import initials_of, phone_back
from sync.protocol.bodies import compressed
from sync.protocol.buckets import checksum_of
from sync.protocol.shapes import PullResponse, WireRow

SEEN = SeenHeadOffice(1, "replay", "replay")
VERSION = {
    "incarnation_no": 1, "incarnation": "replay", "life": "replay", "server_ms": 0, "proto_min": 1, "proto_max": 1,
    "next_after_ms": 0, "till_seq": 0,
}  # fmt: skip
MEMBER_EVERY = 10
"""Of ten changed rows nine are accounts: members edit their data less often than they buy."""
WHOLE = ("member", "card", "account")
SUMMED = ("member", "card", "account", "other")
"""Tables whose live rows make a bucket's checksum."""
UPSERTS = {
    "account": "INSERT INTO account (bucket, id, incarnation_no, ver, row_seq, raw, h, account_kind, member_id,"
    " balance) VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id, bucket) DO UPDATE SET incarnation_no = 1,"
    " ver = excluded.ver, row_seq = excluded.row_seq, raw = excluded.raw, h = excluded.h,"
    " account_kind = excluded.account_kind, member_id = excluded.member_id, balance = excluded.balance",
    "member": "INSERT INTO member (bucket, id, incarnation_no, ver, row_seq, raw, h, phone_back, initials)"
    " VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?) ON CONFLICT (id, bucket) DO UPDATE SET incarnation_no = 1,"
    " ver = excluded.ver, row_seq = excluded.row_seq, raw = excluded.raw, h = excluded.h,"
    " phone_back = excluded.phone_back, initials = excluded.initials",
}


@dataclass(frozen=True, slots=True)
class Delta:
    """One page: the answer's bytes, compressed, and per table the values of a bare upsert."""

    bucket: str
    after: int
    seq: int
    rows: int
    body: bytes
    upserts: dict[str, list[tuple[Any, ...]]]


@dataclass(slots=True)
class _Bucket:
    """What a bucket holds: its sum, and the rows that will change."""

    name: str
    no: int
    live_rows: int = 0
    total: int = 0
    rows: list[tuple[str, dict[str, Any], int]] = field(default_factory=list)


def deltas(cache: Connection, *, rounds: int, rows_max: int) -> list[Delta]:
    """A page for each bucket and round, the rounds one after another; every row one version above the round before."""
    found = {no: _Bucket(name, no) for no, name in cache.execute("SELECT no, id FROM bucket ORDER BY no")}
    for kind in SUMMED:
        for no, raw, h in cache.execute(f"SELECT bucket, raw, h FROM {kind} WHERE h IS NOT NULL"):
            bucket, h_now = found[no], int.from_bytes(h, "big")
            bucket.live_rows, bucket.total = bucket.live_rows + 1, bucket.total + h_now
            chosen = kind == "account" or (kind == "member" and bucket.live_rows % MEMBER_EVERY == 0)
            if chosen and len(bucket.rows) < rows_max:
                bucket.rows.append((kind, json.loads(raw), h_now))
    return [_page(bucket, number) for number in range(rounds) for bucket in found.values()]


def whole_buckets(cache: Connection, count: int) -> list[Delta]:
    """All live rows of the first buckets, a page each: what a first pull brings. Their kinds in the order of tables."""
    found = []
    for no, name in cache.execute("SELECT no, id FROM bucket ORDER BY no LIMIT ?", (count,)).fetchall():
        upserts: dict[str, list[tuple[Any, ...]]] = {}
        for kind in WHOLE:
            rows = cache.execute(f"SELECT id, raw, h FROM {kind} WHERE bucket = ? AND h IS NOT NULL", (no,))
            upserts[kind] = [(no, id_, 1, 0, raw, h) for id_, raw, h in rows]
        wire = [
            WireRow(kind=kind, id=values[1], ver=1, row_seq=seq, raw=values[4], h=values[5].hex())
            for seq, (kind, values) in enumerate(((kind, one) for kind in WHOLE for one in upserts[kind]), 1)
        ]
        total = sum(int.from_bytes(values[5], "big") for values in chain.from_iterable(upserts.values()))
        body = _answer(wire, len(wire), len(wire), total)
        found.append(Delta(name, 0, len(wire), len(wire), body, upserts))
    return found


def _page(bucket: _Bucket, number: int) -> Delta:
    after = number * len(bucket.rows)
    wire: list[WireRow] = []
    upserts: dict[str, list[tuple[Any, ...]]] = {}
    for place, (kind, fields, before) in enumerate(bucket.rows):
        fields["ver"] = number + 2
        if kind == "account":
            fields["balance"] += 1
        else:
            fields["tags"] = [f"seen-{number}"]
        raw = canonical(fields)
        h, seq = row_hash(raw), after + place + 1
        bucket.total += int(h, 16) - before
        bucket.rows[place] = (kind, fields, int(h, 16))
        wire.append(WireRow(kind=kind, id=fields["id"], ver=fields["ver"], row_seq=seq, raw=raw, h=h))
        values = (bucket.no, fields["id"], fields["ver"], seq, raw, bytes.fromhex(h), *_own(kind, fields))
        upserts.setdefault(kind, []).append(values)
    seq = after + len(bucket.rows)
    body = _answer(wire, seq, bucket.live_rows, bucket.total)
    return Delta(bucket.name, after, seq, len(wire), body, upserts)


def _answer(wire: list[WireRow], seq: int, live_rows: int, total: int) -> bytes:
    """A last page as it is sent."""
    shape = PullResponse(rows=wire, next=seq, last=True, seq=seq, live_rows=live_rows, checksum=checksum_of(total))
    return compressed(msgspec.json.encode(shape)[:-1] + b"," + json.dumps(VERSION).encode()[1:])


def _own(kind: str, fields: dict[str, Any]) -> tuple[Any, ...]:
    if kind == "account":
        return fields["account_kind"], fields["member_id"], fields["balance"]
    phone = fields.get("phone")
    return phone_back(phone) if phone else None, initials_of(fields.get("pinyin", "")) or None


def sums(cache: Connection) -> Iterator[tuple[bytes, int, int]]:
    """(checksum, rows, number) of every bucket: a generated till has none, because no feed filled it."""
    found: dict[int, tuple[int, int]] = {}
    for table in SUMMED:
        for no, h in cache.execute(f"SELECT bucket, h FROM {table} WHERE h IS NOT NULL"):
            total, rows = found.get(no, (0, 0))
            found[no] = (total + int.from_bytes(h, "big"), rows + 1)
    for no, (total, rows) in found.items():
        yield bytes.fromhex(checksum_of(total)), rows, no
