"""Number blocks: a thousand member and card numbers lent to an identity, drawn at random from the free ones."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from app.domain.chain import Json
from sync.hq.feed import Change, publish
from sync.hq.tables import BLOCK, CARD, MEMBER
from sync.hq.work.book import Till
from sync.protocol.buckets import till_bucket

NUMBERS: Final = 1_000
TRIES_MAX: Final = 100
SERIES: Final = {"member": ("1", 12), "card": ("88", 12)}
"""Prefix and digits; a card number gets its check digit at the till."""


def lend(connection: Connection, till: Till) -> None:
    """Close the blocks of the till's earlier identities and lend one of each series to this one (fine print 10)."""
    old = connection.execute(select(BLOCK).where(BLOCK.c.till_id == till.till_id, BLOCK.c.closed.is_(False))).all()
    connection.execute(update(BLOCK).where(BLOCK.c.till_id == till.till_id).values(closed=True))
    rows = [(row.series, row.first, True) for row in old]
    rows += [(series, _draw(connection, till, series), False) for series in SERIES]
    publish(connection, [_change(till, series, first, closed=closed) for series, first, closed in rows])


def next_number(connection: Connection, till: Till, in_hand: Iterable[str]) -> str:
    """The next member number of a channel: head office counts its blocks out itself, no till is told of them.

    `in_hand`: numbers given in this transaction, which no table has yet.
    """
    mine = (BLOCK.c.till_id == till.till_id) & (BLOCK.c.series == "member") & BLOCK.c.closed.is_(False)
    first = connection.execute(select(BLOCK.c.first).where(mine)).scalar()
    if first is None:
        first = _draw(connection, till, "member")
    digits = SERIES["member"][1]
    low, high = str(first).zfill(digits), str(first + NUMBERS - 1).zfill(digits)
    highest = connection.execute(
        select(func.max(MEMBER.c.member_no)).where(MEMBER.c.member_no.between(low, high))
    ).scalar()
    used = [int(one) for one in (highest, *in_hand) if one is not None and low <= one <= high]
    number = max(used, default=first - 1) + 1
    if number == first + NUMBERS - 1:
        connection.execute(update(BLOCK).where(mine).values(closed=True))
    return str(number).zfill(digits)


def _draw(connection: Connection, till: Till, series: str) -> int:
    """A free block lent to a till or channel; its first number."""
    first = _free(connection, series)
    connection.execute(
        insert(BLOCK).values(
            series=series, first=first, last=first + NUMBERS - 1, till_id=till.till_id, epoch=till.epoch, closed=False
        )
    )
    return first


def _free(connection: Connection, series: str) -> int:
    prefix, digits = SERIES[series]
    room = digits - len(prefix) - 3
    for _ in range(TRIES_MAX):
        first = int(f"{prefix}{secrets.randbelow(10**room):0{room}d}000")
        lent = select(BLOCK.c.first).where(BLOCK.c.series == series, BLOCK.c.first == first)
        if connection.execute(lent).first() is None and not _used(connection, series, first):
            return first
    raise AssertionError("a series has room for many more blocks than tills")


def _used(connection: Connection, series: str, first: int) -> bool:
    """Whether somebody has a number of the block: imported, or given by a till before it was enrolled."""
    digits = SERIES[series][1]
    low, high = str(first).zfill(digits), str(first + NUMBERS - 1).zfill(digits)
    if series == "member":
        wanted = select(MEMBER.c.id).where(MEMBER.c.member_no.between(low, high))
    else:  # with their check digits
        wanted = select(CARD.c.id).where(CARD.c.id.between(f"{low}0", f"{high}9"))
    return connection.execute(wanted.limit(1)).first() is not None


def _change(till: Till, series: str, first: int, *, closed: bool) -> Change:
    digits = SERIES[series][1]
    fields: dict[str, Json] = {
        "series": series,
        "first": str(first).zfill(digits),
        "last": str(first + NUMBERS - 1).zfill(digits),
        "closed": closed,
    }
    return Change(till_bucket(till.till_id), "number_block", f"{series}:{first}", fields)
