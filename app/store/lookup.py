"""Members by card, id, phone and typed text: the scan path, by the raw driver with fixed statements.

The connection has the cache as main and till.db attached. Each call is one read transaction that reads the cache
first: any other order shows points twice (protocol.md, rule 7). Store thread only.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import sqlcipher3.dbapi2 as driver

from app.domain.day import DayFigures
from app.domain.holdings import Holdings
from app.domain.member import Member
from app.domain.store_line import StoreLine
from app.ids import EventId, MemberId
from app.services.ports import Found
from app.store import day_rows, held, own_members, store_sales
from app.store.connect import Connection, fault
from app.store.held import laid_over
from app.store.merged import both_of, in_transfer
from app.store.rows import MemberRow, member_value, read_account, read_card, read_member
from app.store.tokens import TAIL_DIGITS_MIN, back_range, fold, phone_back, split_initials, token_range

T = TypeVar("T")

TOTAL_MAX: Final = 200
MERGES_FOLLOWED_MAX: Final = 16
CARD_DIGITS_MIN: Final = 8
INITIALS_MIN: Final = 3
"""Initials that are rare enough to look at the phone of each member who has them."""

_BEST: Final = "ORDER BY m.incarnation_no DESC, m.ver DESC, a.incarnation_no DESC, a.ver DESC"
_ACCOUNT: Final = "LEFT JOIN account AS a ON a.member_id = m.id AND a.account_kind = 'points' AND a.raw IS NOT NULL"
_CARD_OF: Final = (
    "(SELECT c.raw FROM card AS c WHERE c.member_id = m.id AND c.raw IS NOT NULL"
    " ORDER BY c.raw ->> 'status' = 'blocked', c.incarnation_no DESC, c.ver DESC, c.n LIMIT 1)"
)

BY_CARD: Final = (
    "SELECT c.raw, m.raw, a.raw, a.incarnation_no, a.peers FROM card AS c"
    f" JOIN member AS m ON m.id = c.member_id AND m.raw IS NOT NULL {_ACCOUNT}"
    " WHERE c.number = ? AND c.raw IS NOT NULL"
    f" {_BEST.replace('ORDER BY', 'ORDER BY c.incarnation_no DESC, c.ver DESC,')} LIMIT 1"
)
BY_NUMBER: Final = (
    f"SELECT {_CARD_OF}, m.raw, a.raw, a.incarnation_no, a.peers FROM member AS m {_ACCOUNT}"
    f" WHERE m.raw ->> 'member_no' = ? AND m.raw IS NOT NULL {_BEST} LIMIT 1"
)
BY_ID: Final = (
    f"SELECT {_CARD_OF}, m.raw, a.raw, a.incarnation_no, a.peers FROM member AS m {_ACCOUNT}"
    f" WHERE m.id = ? AND m.raw IS NOT NULL {_BEST} LIMIT 1"
)
OWN: Final = (
    "SELECT points, n, settled_ver IS NOT NULL, balance FROM till.effect WHERE (key = ?1 OR key IN"
    " (SELECT number FROM main.card WHERE member_id = ?2 AND raw IS NOT NULL))"
    " AND NOT coalesce(settled_incarnation_no = ?3 AND settled_ver <= ?4, 0)"
    " AND NOT coalesce(before_incarnation_no = ?3 AND before_ver <= ?4, 0) ORDER BY n"
)
"""Own events the cached row does not contain: all but those settled in its incarnation at or below its version."""

CARD_POINTS: Final = (
    "SELECT coalesce(sum(points), 0) FROM till.effect WHERE key = ? AND (settled_ver IS NULL OR settled_ver > 0)"
)
SINCE: Final = (
    "SELECT coalesce(sum(x.points), 0) FROM till.effect AS x JOIN till.event AS e ON e.n = x.n"
    " WHERE x.key = ? AND x.settled_ver IS NULL AND e.at_ms >= ?"
)
TOKENS: Final = "SELECT member FROM name_token WHERE token >= ? AND token < ? ORDER BY token, member LIMIT ?"
TAILS: Final = "SELECT n FROM member WHERE phone_back >= ? AND phone_back < ? ORDER BY phone_back, n LIMIT ?"
TAILS_OF: Final = (
    "SELECT n FROM member WHERE phone_back >= ? AND phone_back < ? AND initials >= ? AND initials < ?"
    " ORDER BY phone_back, n LIMIT ?"
)
TOKENS_OF: Final = (
    "SELECT t.member FROM name_token AS t JOIN member AS m ON m.n = t.member WHERE t.token >= ? AND t.token < ?"
    " AND substr(m.phone_back, ?, ?) = ? ORDER BY t.token, t.member LIMIT ?"
)
BY_N: Final = (
    f"SELECT {_CARD_OF}, m.raw, a.raw, a.incarnation_no, a.peers FROM member AS h JOIN member AS m ON m.id = h.id"
    f" AND m.raw IS NOT NULL {_ACCOUNT} WHERE h.n = ? {_BEST} LIMIT 1"
)
HELD_VER: Final = "SELECT incarnation_no, ver FROM account WHERE id = ? ORDER BY incarnation_no DESC, ver DESC LIMIT 1"
COUNT: Final = "SELECT sum(members) FROM bucket"


class CachedMembers:
    """The `Members` port over the two files. `loaded` False: the main database is an empty stand-in for the cache."""

    def __init__(self, db: Connection, path: Path, *, loaded: bool) -> None:
        self.connection = db
        self._db = db
        self._path = path
        self._loaded = loaded

    def switch(self, db: Connection, path: Path) -> None:
        """Read another generation from now on; the one in hand is closed."""
        old, self.connection, self._db = self._db, db, db
        self._path, self._loaded = path, True
        old.close()

    def by_card(self, number: str) -> Member | None:
        return self._read(lambda: self._one(BY_CARD, number) or own_members.by_card(self._db, number))

    def by_number(self, member_no: str) -> Member | None:
        return self._read(lambda: self._one(BY_NUMBER, member_no) or own_members.by_number(self._db, member_no))

    def by_id(self, member_id: MemberId) -> Member | None:
        return self._read(lambda: self._one(BY_ID, member_id) or own_members.by_id(self._db, member_id))

    def by_phone(self, phone: str) -> tuple[Member, ...]:
        """Exact match of an E.164 number."""
        back = phone_back(phone)
        hits = self._read(lambda: self._hits(TAILS, (back, back + "\0", TOTAL_MAX), lambda own: own.phone == phone))
        return hits.hits

    def find(self, text: str, limit: int) -> Found:
        """See the port. The first in the index's order (shortest name, number), those by their last visit.

        Own enrolments come before them: the till's newest members. At most TOTAL_MAX are counted.
        """
        typed = fold(text)
        digits = typed.lstrip("+").replace(" ", "").replace("-", "")
        if digits.isascii() and digits.isdigit():
            return self._read(lambda: self._by_digits(digits, limit))
        both = split_initials(typed)
        if both is not None:
            return self._read(lambda: self._by_both(*both, limit))
        if not typed:
            return Found((), 0)
        return self._read(lambda: self._by_name(typed, limit))

    def own_points_of_card(self, number: str) -> int:
        points: int = self._read(lambda: self._db.execute(CARD_POINTS, (number,)).fetchone()[0])
        return points

    def own_points_since(self, key: str, since_ms: int) -> int:
        points: int = self._read(lambda: self._db.execute(SINCE, (key, since_ms)).fetchone()[0])
        return points

    def store_sale(self, event_id: EventId) -> tuple[StoreLine, ...]:
        return self._read(lambda: store_sales.store_sale(self._db, event_id))

    def holdings(self, member_id: MemberId, stamp_ids: tuple[str, ...]) -> Holdings:
        return self._read(lambda: held.holdings(self._db, member_id, stamp_ids))

    def store_day(self, on: str) -> DayFigures | None:
        return self._read(lambda: day_rows.store_day(self._db, on)) if self._loaded else None

    def count(self) -> int | None:
        if not self._loaded:
            return None
        members: int | None = self._read(lambda: self._db.execute(COUNT).fetchone()[0])
        return members or 0

    def close(self) -> None:
        self._db.close()

    def _by_digits(self, digits: str, limit: int) -> Found:
        card = None
        if len(digits) >= CARD_DIGITS_MIN:
            card = self._one(BY_CARD, digits) or own_members.by_card(self._db, digits)
        if len(digits) < TAIL_DIGITS_MIN:
            return Found((), 0)
        low, high = back_range(digits)
        found = self._hits(
            TAILS, (low, high, TOTAL_MAX + 1), lambda own: (own.phone or "").endswith(digits), limit=limit
        )
        if card is None or any(hit.member_id == card.member_id for hit in found.hits):
            return found
        return Found((card, *found.hits)[:limit], found.total + 1, found.more)

    def _by_both(self, initials: str, tail: str, limit: int) -> Found:
        """Initials and a phone tail; fewer than four digits are its beginning, typed so far."""
        first, after = token_range(initials)
        missing = TAIL_DIGITS_MIN - len(tail)
        if missing > 0 and len(initials) < INITIALS_MIN:
            return self._by_name(initials, limit)  # too many to look at each: the digits wait
        if missing > 0:
            place = (missing + 1, len(tail), tail[::-1])
            return self._hits(
                TOKENS_OF,
                (first, after, *place, TOTAL_MAX + 1),
                lambda own: (
                    (own.phone or "")[-TAIL_DIGITS_MIN:].startswith(tail)
                    and own_members.initials(own.name or "").startswith(initials)
                ),
                limit=limit,
            )
        low, high = back_range(tail)
        return self._hits(
            TAILS_OF,
            (low, high, first, after, TOTAL_MAX + 1),
            lambda own: (own.phone or "").endswith(tail) and own_members.initials(own.name or "").startswith(initials),
            limit=limit,
        )

    def _by_name(self, typed: str, limit: int) -> Found:
        low, high = token_range(typed)
        return self._hits(
            TOKENS, (low, high, TOTAL_MAX + 1), lambda own: own_members.name_matches(own, typed), limit=limit
        )

    def _hits(
        self,
        statement: str,
        values: tuple[str | int, ...],
        is_own: Callable[[Member], bool],
        *,
        limit: int = TOTAL_MAX,
    ) -> Found:
        """Run an index statement giving member.n, read the first `limit` of them, add own members that match."""
        numbers = list(dict.fromkeys([row[0] for row in self._db.execute(statement, values)]))
        more = len(numbers) > TOTAL_MAX
        hits: dict[str, Member] = {}
        for n in numbers:
            if len(hits) == limit:
                break
            member = self._one(BY_N, n)
            if member is not None:
                hits.setdefault(member.member_id, member)
        own = [member for member in own_members.unknown_to_cache(self._db) if is_own(member)]
        total = min(len(numbers), TOTAL_MAX) + len(own)
        found = sorted(hits.values(), key=_last_visit_ms, reverse=True)
        return Found((*own, *found)[:limit], total, more)

    def _one(self, statement: str, value: str | int, merges: int = MERGES_FOLLOWED_MAX) -> Member | None:
        """The member found; of one that was merged the survivor, with what is left of both."""
        row = self._db.execute(statement, (value,)).fetchone()
        if row is None:
            return None
        card_raw, member_raw, account_raw, incarnation_no, peers = row
        member = read_member(member_raw)
        into = member.merged_into
        survivor = self._one(BY_ID, into, merges - 1) if into is not None and merges else None
        there = survivor.account.ver if survivor is not None and survivor.account is not None else 0
        found = self._laid(member, (card_raw, account_raw), incarnation_no, there)
        if peers is not None and found.account is not None and self._apart(peers, incarnation_no):
            found = in_transfer(found)
        return found if into is None else both_of(found, survivor)

    def _apart(self, peers: str, incarnation_no: int) -> bool:
        """Whether a row the same transfer changed is here, but older than the transfer (fine print 5)."""
        for id_, ver in json.loads(peers).items():
            held = self._db.execute(HELD_VER, (id_,)).fetchone()
            if held is not None and held < (incarnation_no, ver):
                return True
        return False

    def _laid(
        self, member: MemberRow, raw: tuple[str | None, str | None], incarnation_no: int, survivor_ver: int
    ) -> Member:
        """The member with own events over it. `raw`: its card and account. What was settled by a version of an alias
        is in the same version of its survivor, whose row may be here before (fine print 5): the higher one counts."""
        card_raw, account_raw = raw
        account = read_account(account_raw) if account_raw is not None else None
        if account is None:
            own = laid_over(self._db.execute(OWN, ("", member.id, 0, 0)).fetchall(), 0)
        else:
            ver = max(account.ver, survivor_ver)
            effects = self._db.execute(OWN, (account.id, member.id, incarnation_no, ver)).fetchall()
            own = laid_over(effects, account.balance)
        return member_value(member, read_card(card_raw) if card_raw is not None else None, account, own)

    def _read(self, work: Callable[[], T]) -> T:
        """One deferred transaction: each file's snapshot is taken when it is first read."""
        execute = self._db.execute
        try:
            execute("BEGIN")
            try:
                return work()
            finally:
                execute("COMMIT")
        except driver.Error as error:
            raise fault(error, self._path) from error


def _last_visit_ms(member: Member) -> int:
    return (member.account.last_visit_ms or 0) if member.account else 0
