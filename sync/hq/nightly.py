"""The nightly run: whatever falls due by a day happens, once, however often the run is killed and started again.

Points vest, expire or are posted, tiers begin and end, gifts are given, coupons expire. An account is due by its
`due_on` and is moved on in one transaction with its ledger entry and its rows: what is done is never found again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from sqlalchemy import Connection, func, select, update

from app.domain.programme import lots
from app.domain.programme.account import Account
from app.failpoints import Failpoint
from sync.hq.docs import AccountDoc
from sync.hq.feed import publish
from sync.hq.office import Office
from sync.hq.tables import ACCOUNT
from sync.hq.work import rows
from sync.hq.work.book import Book, with_
from sync.hq.work.journal import opened
from sync.hq.work.points import keep_account

ACCOUNTS_PER_TRANSACTION: Final = 200
KEY: Final = "expiry/"
"""Ledger entries of a run are named after its day and its own start: `expiry/2026-12-31/1790000000000`."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How far a run is. `expired`: points that ended. `kept_back`: accounts whose due points are held at a till."""

    done: int = 0
    total: int = 0
    expired: int = 0
    kept_back: int = 0


@dataclass(frozen=True, slots=True)
class _Batch:
    last: str
    seen: int = 0
    expired: int = 0
    kept_back: int = 0


def run(office: Office, until: date) -> Iterator[Ran]:
    """Everything due up to and including `until`, account by account; how far it is, after each transaction."""
    with office.database.read() as connection:
        wanted = select(func.count()).select_from(ACCOUNT).where(ACCOUNT.c.due_on <= until.isoformat())
        total = connection.execute(wanted).scalar_one()
    ran = Ran(total=total)
    last = ""
    while True:
        batch = office.database.run(partial(_batch, office, until, last))
        office.failpoints.hit(Failpoint.HQ_AFTER_COMMIT)
        if not batch.seen:
            break
        last = batch.last
        ran = Ran(
            done=ran.done + batch.seen,
            total=max(total, ran.done + batch.seen),
            expired=ran.expired + batch.expired,
            kept_back=ran.kept_back + batch.kept_back,
        )
        yield ran
    yield ran


def _batch(office: Office, until: date, last: str, connection: Connection) -> _Batch:
    book = office.book(connection)
    due = (ACCOUNT.c.due_on <= until.isoformat()) & (ACCOUNT.c.id > last)
    wanted = select(ACCOUNT.c.id).where(due).order_by(ACCOUNT.c.id).limit(ACCOUNTS_PER_TRANSACTION)
    ids = list(connection.execute(wanted).scalars())
    book.preload("account", ids)
    docs = [doc for one in ids if isinstance(doc := book.get("account", one), AccountDoc)]
    book.preload("member", [doc.member_id for doc in docs])
    expired = kept_back = 0
    same: set[str] = set()
    for doc in docs:
        points = _moved_on(book, doc, until)
        expired += points or 0
        kept_back += points is None
        if points is not None and _looks_the_same(book, doc):
            same.add(doc.id)
    book.write()
    never = [doc.id for doc in docs if doc.state is None]
    connection.execute(update(ACCOUNT).where(ACCOUNT.c.id.in_(never)).values(due_on=None))
    publish(connection, [one for one in rows.changes(book) if one.kind != "account" or one.id not in same])
    office.failpoints.hit(Failpoint.HQ_BEFORE_COMMIT)
    return _Batch(ids[-1] if ids else last, len(ids), expired, kept_back)


def _moved_on(book: Book, doc: AccountDoc, until: date) -> int | None:
    """Move one account on; the points that ended. None: they are held at a till and end when the hold does."""
    member = book.member(doc.member_id)
    if doc.state is None or member is None:
        return 0
    state = opened(book, doc.state, member, until)
    ended = _ended(doc.state, state)
    if doc.held and ended and lots.balance(state, state.day) < doc.held:
        return None
    key = f"{KEY}{until.isoformat()}/{book.settings.now_ms}"
    keep_account(book, key, book.settings.now_ms, doc, with_(doc, state=state))
    return ended


def _looks_the_same(book: Book, before: AccountDoc) -> bool:
    """Whether its row says nothing new: then no till needs it again."""
    after = book.get("account", before.id)
    if not isinstance(after, AccountDoc) or before.state is None:
        return False
    one, two = rows.account(book, before), rows.account(book, after)
    return {**one, "counters_on": ""} == {**two, "counters_on": ""}


def _ended(before: Account, after: Account) -> int:
    return sum(
        lot.amount for lot in after.lots if lot.expires_on is not None and before.day < lot.expires_on <= after.day
    )
