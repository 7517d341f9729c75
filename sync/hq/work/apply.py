"""apply(): one fact at a time onto the state of its slice, idempotent by event id; it applies or parks, never refuses.

Everything a slice changed is written once at the end: documents, ledger, rows of the feed with their versions.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, select
from sqlalchemy.exc import DBAPIError

from app import logs
from app.domain.chain import Json
from sync.hq.docs import POINTS, AccountDoc
from sync.hq.feed import publish
from sync.hq.locks import ids_of, is_sqlite, one_of
from sync.hq.tables import ACCOUNT, CARD, COUPON, HOLD, SALE
from sync.hq.work import channel_members, channel_sales, erase, members, others, returns, rows, sales
from sync.hq.work.book import Book, Till
from sync.hq.work.context import Context, Read
from sync.hq.work.parked import ParkedError
from sync.hq.work.reading import Attachments, Needs, read_body, read_personal
from sync.protocol.facts import Envelope, Fact
from sync.protocol.shapes import RowRef

HANDLERS: Final[Mapping[str, Callable[[Context, Any], None]]] = {
    "sale": sales.apply_sale,
    "sale_return": returns.apply_return,
    "undo": returns.apply_undo,
    "points_redeem": returns.apply_redeem,
    "adjustment": others.apply_adjustment,
    "stored_value_topup": others.apply_topup,
    "coupon_issue": others.apply_coupon_issue,
    "enrolment": members.apply_enrolment,
    "member_edit": members.apply_edit,
    "consent": members.apply_consent,
    "card_link": members.apply_card_link,
    "card_block": members.apply_card_block,
    "hold_released": others.apply_hold_released,
    "grant_returned": others.apply_grant_returned,
    "staff_pin": others.apply_staff_pin,
    "key_rotation": others.apply_key_rotation,
    "rights_request": erase.apply_rights_request,
    "purchase": channel_sales.apply_purchase,
    "return": channel_sales.apply_channel_return,
    "registration": channel_members.apply_registration,
    "browse": channel_members.keep_about,
    "survey": channel_members.keep_about,
    "social_feedback": channel_members.keep_about,
    "service_note": channel_members.keep_about,
}
"""Types that change something; every other known type is only kept."""


@dataclass
class Outcome:
    """What became of one event. `touched`: (kind, id) of its rows; `rows` come when the slice is written."""

    outcome: str
    code: str | None = None
    waits_for: str | None = None
    touched: tuple[tuple[str, str], ...] = ()
    balance: Mapping[str, int] = field(default_factory=dict)
    rows: tuple[Placed, ...] = ()


class Placed(msgspec.Struct, frozen=True, array_like=True):
    """A changed row with the buckets that hold it: each till is told of those it reads."""

    kind: str
    id: str
    ver: int
    buckets: tuple[str, ...]


def apply_one(book: Book, till: Till, envelope: Envelope, attachments: Attachments) -> Outcome:
    """Apply an event whose envelope could be read. What fails is parked and leaves nothing behind."""
    fork = book.fork()
    context = Context(fork, till, Read(envelope, None))
    try:
        body = read_body(envelope)
        personal = read_personal(body, attachments)
        if personal is None and getattr(body, "pii_ref", None) is not None:
            context.codes.add("pii_absent")
        context.event = Read(envelope, body, personal)
        HANDLERS.get(envelope.type, others.keep_only)(context, body)
    except ParkedError as parked:
        return Outcome("parked", parked.code, parked.waits_for)
    except DBAPIError:
        raise
    except Exception as error:  # noqa: BLE001 rule 1: whatever our own defect, a fact is stored and the stream advances
        logs.event("hq", "apply_failed", logging.ERROR, event=envelope.event_id, error=type(error).__name__)
        return Outcome("parked", "internal")
    _find(fork, context)
    if isinstance(envelope.member_id, str):  # a return found its account by the sale, and may have named an alias
        fork.member(envelope.member_id)
    fork.name_aliases()
    book.absorb(fork)
    shown = [(kind, id_) for kind, id_ in fork.changed if kind in rows.ROW_KINDS]
    shown += [(kind, id_) for _, kind, id_ in fork.rows]
    shown.sort(key=lambda one: _beside_points(fork, one))
    name = "adjusted" if context.adjusted else "applied"
    return Outcome(name, context.code(), None, tuple(dict.fromkeys(shown)), context.balance)


def _beside_points(book: Book, row: tuple[str, str]) -> bool:
    """Accounts of stamps and stored value come last: a till that knows a card number only takes the first account
    named for the one its points went to."""
    doc = book.get(*row) if row[0] == "account" else None
    return isinstance(doc, AccountDoc) and doc.kind != POINTS


def _find(book: Book, context: Context) -> None:
    """File everything this event says, for the reports and the console."""
    codes = {*context.codes, *((context.adjusted,) if context.adjusted else ())}
    figures = msgspec.json.encode({"promised": promised_of(context.event.body), **context.figures}).decode()
    book.findings += [
        {"event_key": context.key, "code": code, "store_id": context.till.store_id, "at_ms": context.at_ms,
         "figures": figures}
        for code in sorted(codes)
    ]  # fmt: skip


def promised_of(body: object) -> dict[str, int]:
    """The figures of a receipt, by name."""
    result = getattr(body, "result", None)
    names = ("payable_minor", "earned", "to_follow", "redeemed", "refund_minor", "earned_reversed", "points_restored")
    return {name: getattr(result, name) for name in names if hasattr(result, name)}


def preload(book: Book, needs: Needs) -> None:
    """Lock what a slice touches in the global order, as far as the events and a first look say."""
    connection = book.connection
    owners = needs.members | _look(connection, CARD.c.id, CARD.c.member_id, needs.cards)
    accounts = needs.accounts | _look(connection, HOLD.c.id, HOLD.c.account_id, needs.holds)
    owners |= _look(connection, SALE.c.id, SALE.c.member_id, needs.sales)
    owners |= _look(connection, COUPON.c.id, COUPON.c.member_id, needs.coupons)
    owners |= _look(connection, ACCOUNT.c.id, ACCOUNT.c.member_id, accounts)
    accounts |= _look(connection, ACCOUNT.c.member_id, ACCOUNT.c.id, owners)
    book.preload("account", accounts)
    book.preload("member", owners)
    book.preload("card", needs.cards)
    book.preload("coupon", needs.coupons)
    book.preload("sale", needs.sales)
    book.preload("hold", needs.holds)


def _look(connection: Connection, where: Any, what: Any, ids: Iterable[str]) -> set[str]:
    wanted = set(ids)
    if not wanted:
        return set()
    statement = _looking(where, what, sqlite=is_sqlite(connection))
    found = connection.execute(statement, {"ids": ids_of(connection, wanted)}).scalars()
    return {value for value in found if value is not None}


@cache
def _looking(where: Any, what: Any, *, sqlite: bool) -> Select[Any]:
    return select(what).where(one_of(where, "ids", sqlite=sqlite))


def write(book: Book, outcomes: Sequence[Outcome]) -> None:
    """Write the slice and give each outcome the rows it changed, with their versions and buckets."""
    book.write()
    changes = rows.changes(book)
    versions = publish(book.connection, changes)
    buckets: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        buckets.setdefault((change.kind, change.id), []).append(change.bucket)
    for outcome in outcomes:
        outcome.rows = tuple(
            Placed(kind, id_, versions[kind, id_], tuple(buckets[kind, id_]))
            for kind, id_ in outcome.touched
            if (kind, id_) in versions
        )


def rows_for(placed: Iterable[Placed], till: Till) -> list[RowRef]:
    """The rows in buckets of a till."""
    return [RowRef(kind=one.kind, id=one.id, ver=one.ver) for one in placed if any(map(till.reads, one.buckets))]


def refs_json(refs: Iterable[RowRef]) -> list[Json]:
    """References as they stand in an event_result row."""
    return [{"kind": one.kind, "id": one.id, "ver": one.ver} for one in refs]


def body_or_none(envelope: Envelope) -> Fact | None:
    """The body where it can be read, for the first look at what it touches."""
    try:
        return read_body(envelope)
    except ParkedError:
        return None
