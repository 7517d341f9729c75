"""Members enrolled at this till that the cache does not hold yet: few rows, their personal data in attachments.

Called inside the read transaction of lookup.py, after the cache was read.
"""

from __future__ import annotations

import re
from typing import Any, Final

from app.domain.member import Member, MemberStatus, PointsAccount
from app.ids import AccountId, MemberId
from app.store.connect import Connection
from app.store.rows import PersonalData, read_personal
from app.store.tokens import fold, name_tokens

_COLUMNS: Final = (
    "SELECT o.member_id, o.account_id, o.member_no, o.card, o.home_store_id, o.enrolled_on, p.pii,"
    " (SELECT coalesce(sum(points), 0) FROM till.effect"
    " WHERE key = o.account_id AND (settled_ver IS NULL OR settled_ver > 0)),"
    " (SELECT count(*) FROM till.effect WHERE key = o.account_id AND (settled_ver IS NULL OR settled_ver > 0))"
    " FROM till.own_member AS o LEFT JOIN till.pii AS p ON p.pii_ref = o.pii_ref"
)
BY_CARD: Final = f"{_COLUMNS} WHERE o.card = ?"
BY_NUMBER: Final = f"{_COLUMNS} WHERE o.member_no = ?"
BY_ID: Final = f"{_COLUMNS} WHERE o.member_id = ?"
UNKNOWN: Final = (
    f"{_COLUMNS} WHERE NOT EXISTS (SELECT 1 FROM main.member AS m WHERE m.id = o.member_id AND m.raw IS NOT NULL)"
    " ORDER BY o.rowid DESC"
)
_LETTERS = re.compile(r"[a-z ]+")


def by_card(db: Connection, number: str) -> Member | None:
    """The own member with that card, whatever the cache knows of the person by other cards."""
    row = db.execute(BY_CARD, (number,)).fetchone()
    return None if row is None else _member(row)


def by_number(db: Connection, member_no: str) -> Member | None:
    row = db.execute(BY_NUMBER, (member_no,)).fetchone()
    return None if row is None else _member(row)


def by_id(db: Connection, member_id: str) -> Member | None:
    row = db.execute(BY_ID, (member_id,)).fetchone()
    return None if row is None else _member(row)


def unknown_to_cache(db: Connection) -> list[Member]:
    """All own members without a cached row, newest first."""
    return [_member(row) for row in db.execute(UNKNOWN)]


def name_matches(member: Member, typed: str) -> bool:
    """As the search index would: a part of the name, or the start of its pinyin initials."""
    name = member.name or ""
    if any(token.startswith(typed) for token in name_tokens(name, "")):
        return True
    return bool(_LETTERS.fullmatch(typed)) and initials(name).startswith(typed)


def initials(name: str) -> str:
    """Pinyin initials, lower case, of a name that came without them."""
    from app.store.pinyin import pinyin  # lazy: pypinyin takes 0.4 s, and only letters typed need it

    return "".join(word[0] for word in pinyin(fold(name)).split())


def _member(row: Any) -> Member:
    member_id, account_id, member_no, card, home_store_id, enrolled_on, pii, points, events = row
    personal = read_personal(pii) if pii is not None else PersonalData()
    return Member(
        member_id=MemberId(member_id),
        ver=0,
        member_no=member_no,
        status=MemberStatus.ACTIVE,
        name=personal.name,
        phone=personal.phone,
        birthday_on=personal.birthday_on,
        tags=(),
        segments=(),
        home_store_id=home_store_id,
        enrolled_on=enrolled_on,
        card=card,
        account=PointsAccount(AccountId(account_id), ver=0, balance=0),
        own_points=points,
        own_events=events + 1,
    )
