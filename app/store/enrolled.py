"""A till's identity at head office: its signing key wrapped in keys.json, the rest in till.db, in one transaction.

Keys are named `signing-<n>`; till.db says which is in use. A key made for an answer that was lost is used again, so
that the same code gives the same identity.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.store import back_off, tail
from app.store.connect import Connection
from app.store.event_key import SEQ_BITS, head_of
from app.store.keys import KeyRing
from app.store.mark import Commits
from app.store.results import forget_unshown

SIGNING: Final = "signing-"
STORE_PEPPER: Final = "store-pepper"
HEAD_OFFICE: Final = "SELECT url, authority, key_name FROM head_office"
PUT: Final = "INSERT OR REPLACE INTO head_office VALUES (1, ?, ?, ?)"
IDENTITY: Final = "UPDATE meta SET till_id = ?, epoch = ?, store_id = ?, region_id = ?"
UNSENT: Final = "UPDATE meta SET acked_through = 0, sent_through = ?"
FIRST_CLEAN: Final = (back_off.FORGET, "DELETE FROM sync", "DELETE FROM till_row", "DELETE FROM event_result")
CLOSE_BLOCKS: Final = "UPDATE number_block SET closed = 1"
PLACES: Final[Mapping[str, str]] = {
    "event": "n",
    "effect": "n",
    "sale": "n",
    "sale_line": "sale",
    "shift": "after_n",
    "sale_return": "n",
}


@dataclass(frozen=True, slots=True)
class HeadOffice:
    """Where this till was enrolled. `authority`: PEM certificates to trust, empty for those of the system."""

    url: str
    authority: str
    key_name: str


@dataclass(frozen=True, slots=True)
class Given:
    """An identity as head office gave it."""

    till_id: str
    epoch: int
    store_id: str
    region_id: str


def head_office(till: Connection) -> HeadOffice | None:
    """None on a till that was never enrolled."""
    row = till.execute(HEAD_OFFICE).fetchone()
    return None if row is None else HeadOffice(*row)


def next_name(known: HeadOffice) -> str:
    """What the key after the one in use is called."""
    return f"{SIGNING}{int(known.key_name.removeprefix(SIGNING)) + 1}"


def key_for_enrolment(ring: KeyRing, known: HeadOffice | None) -> tuple[KeyRing, str]:
    """The name of a signing key that no identity uses yet, durable in the ring; one left by a lost answer again."""
    name = f"{SIGNING}1" if known is None else next_name(known)
    return (ring, name) if name in ring.wrapped else (ring.with_new_key(name), name)


def store_pepper(ring: KeyRing) -> bytes | None:
    """What PINs of the store's staff are hashed with; None before enrolment."""
    return ring.key(STORE_PEPPER).raw if STORE_PEPPER in ring.wrapped else None


def take_identity(till: Connection, folder: Path, given: Given, office: HeadOffice) -> None:
    """Become `given`: one transaction of the till.db of `folder`. Every event it holds counts as unacknowledged then.

    Events are kept from the first on, so their seqs, bytes and hashes stay; only the epoch in their keys changes.
    Number blocks die with the identity (fine print 10).
    A till that had lost its end sells again. The same identity once more changes nothing but the address.
    """
    till.execute("BEGIN IMMEDIATE")
    commits = Commits(till, folder)
    try:
        held = till.execute("SELECT till_id, epoch FROM meta").fetchone()
        enrolled = head_office(till) is not None
        if not enrolled or held != (given.till_id, given.epoch):
            _move_events(till, given.epoch - held[1])
            till.execute(IDENTITY, (given.till_id, given.epoch, given.store_id, given.region_id))
            till.execute(UNSENT, (head_of(till, given.epoch).seq,))
            forget_unshown(till)
            for statement in (*FIRST_CLEAN, CLOSE_BLOCKS):
                till.execute(statement)
            _forget_receipt_key(till)
        till.execute(PUT, (office.url, office.authority, office.key_name))
        tail.clear(till)
        commits.commit(given.epoch)
    finally:
        commits.close()
        if till.in_transaction:
            till.execute("ROLLBACK")


def next_epoch(till: Connection) -> None:
    """A till no head office knows goes on under the next epoch with all its events; inside the caller's transaction."""
    _move_events(till, 1)
    till.execute("UPDATE meta SET epoch = epoch + 1")


def _move_events(till: Connection, epochs: int) -> None:
    if not epochs:
        return
    for table, column in PLACES.items():
        till.execute(f"UPDATE {table} SET {column} = {column} + ?", (epochs << SEQ_BITS,))


def _forget_receipt_key(till: Connection) -> None:
    """Receipts are signed with the key of the store at head office, which other stores know."""
    for level, raw in till.execute("SELECT level, raw FROM setting WHERE section = 'receipt'").fetchall():
        row = json.loads(raw)
        if row["values"].pop("key", None) is not None:
            text = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            till.execute("UPDATE setting SET raw = ? WHERE level = ? AND section = 'receipt'", (text, level))
