"""Fill a new till.db with what an image of a damaged one holds: events and personal data first, then table by table.

What belongs to an event goes with it to its new place; what belongs to the old identity (results, the till's own
bucket, the cache generation) stays behind. Numbers that may have been given out by what is lost are left out.
"""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import sqlcipher3.dbapi2 as driver

from app.domain.chain import HASH_ZERO, Link, canonical, event_hash, verify
from app.ids import uuid7
from app.store import given_before, tail
from app.store.connect import Connection
from app.store.event_key import event_n
from app.store.leaves import Row
from app.store.mark import Mark
from app.store.pages import Image
from app.store.salvage import Salvaged, salvage

OF_THE_IDENTITY: Final = ("sync", "event_result", "till_row")
APART: Final = ("alembic_version", "event", "pii", "audit", "meta", *OF_THE_IDENTITY)
KEYED: Final[Mapping[str, str]] = {"effect": "n", "sale": "n", "sale_line": "sale", "sale_return": "n"}
"""Tables whose rows stand with an event, and the column that holds its key."""
NO_PLACE: Final = "new"
TABLES: Final = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
TABLE: Final = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?"
ADD_EVENT: Final = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
ADD_PII: Final = "INSERT OR IGNORE INTO pii VALUES (?, ?, ?, ?, ?)"
ADD_AUDIT: Final = "INSERT INTO audit VALUES (?, ?, ?, ?, ?)"
ADD_META: Final = "INSERT INTO meta VALUES (1, ?, ?, ?, ?, 0, 0, ?, ?)"

BLOCKS: Final = "SELECT block_id, series, last, next FROM number_block WHERE closed = 0"
USED: Final[Mapping[str, str]] = {"member": "member_no", "card": "card"}

Reader = sqlite3.Connection


@dataclass(frozen=True, slots=True)
class Refill:
    """What went into the new file, by table; `partly`: tables that could not be read to their end."""

    salvaged: Salvaged
    rows: Mapping[str, int]
    partly: tuple[str, ...]
    without_event: tuple[Mapping[str, str | int], ...]
    needs_code: bool


def refill(db: Connection, image: Image, known: Mark | None, now_ms: int) -> Refill:
    """Inside a transaction of the caller over an empty file at the newest schema."""
    return _Refilling(db, _reader(image), image.names_proven, now_ms).run(image, known)


def _reader(image: Image) -> Reader | None:
    """The image in memory under the interpreter's own SQLite, which has no key and needs none."""
    plain = image.plain()
    if plain is None:
        return None
    reader = sqlite3.connect(":memory:", isolation_level=None)
    reader.deserialize(plain)
    return reader


@dataclass(slots=True)
class _Refilling:
    """One run: tables are copied row by row, forwards until a damaged page and then backwards to it."""

    db: Connection
    source: Reader | None
    names_proven: bool
    now_ms: int
    rows: dict[str, int] = field(default_factory=dict)
    partly: set[str] = field(default_factory=set)
    orphans: list[Mapping[str, str | int]] = field(default_factory=list)

    def run(self, image: Image, known: Mark | None) -> Refill:
        meta = next(iter(self._read("meta")), None)
        enrolled = meta is None or self.source is None or bool(self._read("head_office"))
        held = int(meta["epoch"]) if meta else known.epoch if known else 1
        epoch = held if enrolled else held + 1
        last_seq = known.seq if known is not None and known.epoch == held else 0
        found = salvage(image, epoch, last_seq)
        self._events(found)
        self._meta(meta, epoch, len(found.events))
        for name in self._tables():
            if name not in APART:
                self._copy(name, found, epoch)
        self._audit(found)
        self._numbers(found, known, enrolled)
        return Refill(found, self.rows, tuple(sorted(self.partly)), tuple(self.orphans), enrolled)

    # ---- reading

    def _tables(self) -> list[str]:
        return [name for (name,) in self.db.execute(TABLES)]

    def _read(self, table: str) -> list[dict[str, Any]]:
        """Every row that can be read, in the order of its key; none of a table the old schema had not."""
        if self.source is None:
            return []
        columns = self._columns(self.source, table)
        if not columns:
            self.partly.add(table)
            return []
        wanted = [row[1] for row in self.db.execute(f"PRAGMA table_info({table})")]
        shared = [name for name in wanted if name in columns]
        found: dict[Row, None] = {}
        for order in self._orders(table):
            try:
                for row in self.source.execute(f"SELECT {', '.join(shared)} FROM {table} NOT INDEXED {order}"):
                    found[row] = None
            except (sqlite3.DatabaseError, OverflowError):
                self.partly.add(table)
            else:
                break
        return [dict(zip(shared, row, strict=True)) for row in found]

    def _columns(self, source: Reader, table: str) -> list[str]:
        try:
            named = source.execute(TABLE, (table,)).fetchone()
            if not self.names_proven and named != self.db.execute(TABLE, (table,)).fetchone():
                return []
            return [row[1] for row in source.execute(f"PRAGMA table_info({table})")]
        except sqlite3.DatabaseError:
            return []

    def _orders(self, table: str) -> Iterator[str]:
        key = [row[1] for row in self.db.execute(f"PRAGMA table_info({table})") if row[5]]
        rowid = "WITHOUT ROWID" not in self.db.execute(TABLE, (table,)).fetchone()[0]
        names = ["rowid"] if rowid else key
        yield "ORDER BY " + ", ".join(names)
        yield "ORDER BY " + ", ".join(f"{name} DESC" for name in names)

    # ---- writing

    def _events(self, found: Salvaged) -> None:
        self.db.executemany(ADD_EVENT, [event.row for event in found.events])
        self.rows["event"] = len(found.events)
        erased = {row["member_id"] for row in self._read("erased")}
        ours = {event.columns[0] for event in found.events}
        kept = [row for row in found.pii if row[1] in ours and row[2] not in erased]
        self.db.executemany(ADD_PII, kept)
        self.rows["pii"] = len(kept)

    def _meta(self, meta: Mapping[str, Any] | None, epoch: int, last_seq: int) -> None:
        """Everything counts as unsent; without its row the till is nobody until it is enrolled."""
        made = meta or {"till_id": uuid7(self.now_ms), "store_id": NO_PLACE, "region_id": NO_PLACE, "created_ms": 0}
        who = (made["till_id"], epoch, made["store_id"], made["region_id"], last_seq, made["created_ms"])
        self.db.execute(ADD_META, who)

    def _copy(self, table: str, found: Salvaged, epoch: int) -> None:
        column = KEYED.get(table)
        count = 0
        for row in self._read(table):
            if column is not None:
                if row[column] not in found.places:
                    self._orphan(table, row)
                    continue
                row[column] = found.places[row[column]]
            if table == "shift":
                row["after_n"] = _after(found, row["after_n"], epoch)
            names = ", ".join(row)
            values = ", ".join("?" * len(row))
            try:
                self.db.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({values})", tuple(row.values()))
            except driver.IntegrityError:  # no till wrote that: the page could not be checked
                self.partly.add(table)
                continue
            count += 1
        self.rows[table] = count

    def _orphan(self, table: str, row: Mapping[str, Any]) -> None:
        """A sale or a return whose event is lost: its figures are told, so that it can be entered again."""
        if table in ("sale", "sale_return"):
            told = ("event_id", "receipt_no", "at_ms", "payable_minor", "refund_minor", "earned", "redeemed")
            self.orphans.append({name: row[name] for name in told if name in row})

    def _audit(self, found: Salvaged) -> None:
        """The chain as far as it holds, and one link more that says what was done."""
        rows = [tuple(row[name] for name in ("seq", "at_ms", "kind", "raw", "hash")) for row in self._read("audit")]
        seq, previous = 0, HASH_ZERO
        for row in rows:
            link = verify([(row[0], row[3], row[4])], Link(0, seq, previous))
            if not isinstance(link, Link):
                self.partly.add("audit")
                break
            self.db.execute(ADD_AUDIT, row)
            seq, previous = link.seq, link.hash
        self.rows["audit"] = seq
        facts = {"events": len(found.events), "holes": len(found.missing), "audit_before": len(rows)}
        raw = canonical({"seq": seq + 1, "at_ms": self.now_ms, "kind": "rescued", "facts": facts})
        self.db.execute(ADD_AUDIT, (seq + 1, self.now_ms, "rescued", raw, event_hash(previous, raw)))

    def _numbers(self, found: Salvaged, known: Mark | None, enrolled: bool) -> None:
        """Everything goes on behind what was or may have been used; open print jobs are for a person."""
        bodies = [_body(event.raw) for event in found.events]
        receipts = max((_digits(body.get("receipt_no")) for body in bodies), default=0)
        shifts = self.db.execute("SELECT coalesce(max(z_no), 0) FROM shift").fetchone()[0]
        for name, least in (("receipt", receipts), ("z", shifts)):
            self.db.execute(given_before.RAISE, (name, least, 0))
        self._blocks(bodies)
        given_before.skip(self.db, sum(last - first + 1 for first, last in found.missing))
        given_before.count_on(self.db, known)
        given_before.judge_jobs(self.db)
        tail.clear(self.db)
        if enrolled:
            tail.put(self.db, tail.SellsNot.NEEDS_CODE)

    def _blocks(self, bodies: list[Mapping[str, Any]]) -> None:
        """The row of a block may be an older one than the members who got its numbers."""
        for block_id, series, last, coming in self.db.execute(BLOCKS).fetchall():
            used = [str(body.get(USED.get(series, ""), ""))[: len(last)] for body in bodies]
            numbers = [int(number) for number in used if number.isdecimal() and len(number) == len(last)]
            following = max((n + 1 for n in numbers if int(coming) <= n <= int(last)), default=int(coming))
            digits = str(min(following, int(last))).zfill(len(last))
            self.db.execute(given_before.MOVE_BLOCK, (digits, int(following > int(last)), block_id))


def _after(found: Salvaged, n: int, epoch: int) -> int:
    """The new key of the last event at or before the old key `n`."""
    olds = sorted(found.places)
    place = bisect_right(olds, n)
    return found.places[olds[place - 1]] if place else event_n(epoch, 0)


def _body(raw: str) -> Mapping[str, Any]:
    try:
        body = json.loads(raw)["body"]
    except (ValueError, KeyError, TypeError):
        return {}
    return body if isinstance(body, dict) else {}


def _digits(receipt_no: object) -> int:
    """The number in `S027-2-000331`; 0 for anything else."""
    digits = str(receipt_no).rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0
