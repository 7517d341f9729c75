"""Segments: named groups of members that rules ask for, set from outside and carried by the members' rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy import Connection, select

from app.domain.chain import Json
from sync.hq.docs import MemberDoc
from sync.hq.feed import publish
from sync.hq.locks import chunks
from sync.hq.office import Office
from sync.hq.setup import publish_rows
from sync.hq.tables import MEMBER
from sync.hq.work import rows
from sync.hq.work.book import with_
from sync.protocol.buckets import CHAIN

MEMBERS_PER_TRANSACTION: Final = 500


@dataclass(frozen=True, slots=True)
class Segmented:
    """How many came in and went out; `unknown`: numbers no member has."""

    added: int
    removed: int
    unknown: tuple[str, ...]


def set_segment(office: Office, name: str, numbers: Iterable[str]) -> Segmented:
    """Make the members of these numbers, and no others, the segment `name`; a transaction for every 500 members."""
    wanted = set(numbers)
    with office.database.read() as connection:
        found = connection.execute(select(MEMBER.c.id, MEMBER.c.member_no).order_by(MEMBER.c.id)).all()
    unknown = tuple(sorted(wanted - {row.member_no for row in found}))
    inside = {row.id for row in found if row.member_no in wanted}
    added = removed = 0
    for part in chunks([row.id for row in found], MEMBERS_PER_TRANSACTION):
        came, went = office.database.run(partial(_part, office, name, part, inside))
        added, removed = added + came, removed + went
    fields: dict[str, Json] = {"name": name, "members_rough": len(inside)}
    office.database.run(lambda connection: publish_rows(connection, CHAIN, "segment", {name: fields}))
    return Segmented(added, removed, unknown)


def _part(office: Office, name: str, ids: Sequence[str], inside: set[str], connection: Connection) -> tuple[int, int]:
    book = office.book(connection)
    book.preload("member", ids)
    came = went = 0
    for one in ids:
        member = book.get("member", one)
        if not isinstance(member, MemberDoc) or (one in inside) == (name in member.segments):
            continue
        others = tuple(segment for segment in member.segments if segment != name)
        book.put("member", with_(member, segments=(*others, name) if one in inside else others))
        came, went = came + (one in inside), went + (one not in inside)
    book.write()
    publish(connection, rows.changes(book))
    return came, went
