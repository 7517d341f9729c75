"""What an operator posts in place of a parked event: one amount to one account, asked for by one, agreed by another.

The event keeps its bytes, its place and its time. What was posted for it stands in the findings; the account's journal
reads it there when it computes the account again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from sync.hq.locks import insert_new, locked
from sync.hq.tables import EVENT, FINDING, ROW
from sync.hq.work.apply import Outcome, apply_one, preload, write
from sync.hq.work.book import Book
from sync.hq.work.inbox import Settled, tell, till_at
from sync.hq.work.journal import BY_HAND
from sync.hq.work.reading import Needs
from sync.protocol.facts import SCHEMA, Envelope

SHIFT: Final = "head-office"
NOT_PARKED: Final = "not_parked"
ONE_PERSON: Final = "one_person"
NO_AMOUNT: Final = "no_amount"
ACCOUNT_UNKNOWN: Final = "account_unknown"
STAFF_UNKNOWN: Final = "staff_unknown"


@dataclass(frozen=True, slots=True)
class ByHand:
    """`amount` in the account's unit, signed. `staff_id` asked for it, `by_staff_id` agreed; `reason` is a code."""

    account_id: str
    amount: int
    reason: str
    staff_id: str
    by_staff_id: str


def adjust(book: Book, key: str, posted: ByHand) -> str | None:
    """Post it and settle the event as `adjusted`; the tills are told. Why not, else None: `not_parked`,
    `one_person`, `staff_unknown`, `no_amount`, `account_unknown`, `bad_body` (an amount or an id no event could say).

    People are looked up in the staff rows of all stores, by id or number; where there are none at all, nobody can be.
    """
    wanted = select(EVENT).where(EVENT.c.event_key == key, EVENT.c.outcome == "parked")
    row: Row[Any] | None = book.connection.execute(locked(wanted)).first()
    if row is None:
        return NOT_PARKED
    people = _people(book.connection)
    asked, agreed = (people.get(one) if people else one for one in (posted.staff_id, posted.by_staff_id))
    if asked is None or agreed is None:
        return STAFF_UNKNOWN
    if asked == agreed:
        return ONE_PERSON
    if posted.amount == 0:
        return NO_AMOUNT
    preload(book, Needs(accounts={posted.account_id}))
    if book.get("account", posted.account_id) is None:
        return ACCOUNT_UNKNOWN
    body = _body(posted)
    envelope = Envelope(
        seq=row.seq, event_id=key, type="adjustment", schema=SCHEMA, at_ms=row.at_ms, offset_ms=0, offset_age_s=-1,
        body=body,
    )  # fmt: skip
    till = till_at(book.connection, row.till_id, row.epoch)
    done = apply_one(book, till, envelope, {})
    if done.outcome == "parked":
        return done.code
    filed = {"event_key": key, "code": BY_HAND, "store_id": row.store_id, "at_ms": book.settings.now_ms,
             "figures": json.dumps({"posted": body, "was": row.code})}  # fmt: skip
    insert_new(book.connection, FINDING, [filed])
    settled = Settled(key, till, Outcome("adjusted", row.code, touched=done.touched, balance=done.balance))
    write(book, [settled.outcome])
    tell(book.connection, [settled])
    return None


def _people(connection: Connection) -> dict[str, str]:
    """Who works in any store: id and number → id. The number of several people leads to none of them."""
    wanted = select(ROW.c.raw).where(ROW.c.kind == "staff", ROW.c.h.is_not(None)).order_by(ROW.c.bucket, ROW.c.id)
    rows = [row for row in map(json.loads, connection.execute(wanted).scalars()) if row["active"]]
    ids: dict[str, set[str]] = {}
    for row in rows:
        ids.setdefault(row["staff_no"], set()).add(row["id"])
    numbers = {number: next(iter(of)) for number, of in ids.items() if len(of) == 1}
    return {**numbers, **{row["id"]: row["id"] for row in rows}}


def _body(posted: ByHand) -> dict[str, object]:
    """As an `adjustment` event would say it."""
    given = asdict(posted)
    approval = {"staff_id": posted.staff_id, "by_staff_id": given.pop("by_staff_id"), "reason": posted.reason}
    return {**given, "shift_id": SHIFT, "approval": approval}
