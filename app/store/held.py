"""What a member holds beside points: the cache with own events laid over it. In the transaction of lookup.py."""

from __future__ import annotations

from typing import Final

import msgspec

from app.domain.holdings import AccountKind, HeldCoupon, HeldStamps, Holdings, StoredValue, account_id_of
from app.ids import AccountId, MemberId
from app.store.connect import Connection

COUPONS: Final = (
    "SELECT raw, incarnation_no FROM other WHERE member_id = ? AND kind = 'coupon' AND raw IS NOT NULL"
    " ORDER BY incarnation_no, ver"
)
ACCOUNTS: Final = (
    "SELECT raw, incarnation_no FROM account WHERE member_id = ? AND account_kind = ? AND raw IS NOT NULL"
    " ORDER BY incarnation_no, ver"
)
OWN: Final = (
    "SELECT points, n, settled_ver IS NOT NULL, balance FROM till.effect WHERE key = ?1"
    " AND NOT coalesce(settled_incarnation_no = ?2 AND settled_ver <= ?3, 0)"
    " AND NOT coalesce(before_incarnation_no = ?2 AND before_ver <= ?3, 0) ORDER BY n"
)
OWN_UNCACHED: Final = (
    "SELECT coalesce(sum(points), 0) FROM till.effect WHERE key = ? AND (settled_ver IS NULL OR settled_ver > 0)"
)
OPEN: Final = "open"

Overlaid = list[tuple[int, int, int, int | None]]
"""Effects a cached row does not contain: change, place, whether settled, head office's own balance after it."""


class CouponRow(msgspec.Struct, frozen=True):
    """A coupon as head office says it stands."""

    id: str
    ver: int
    coupon_type: str
    issued_on: str
    expires_on: str
    state: str


class PlainAccountRow(msgspec.Struct, frozen=True):
    """An account of stamps or stored value."""

    id: str
    ver: int
    balance: int
    stamp_id: str = ""


_read_coupon: Final = msgspec.json.Decoder(CouponRow).decode
_read_account: Final = msgspec.json.Decoder(PlainAccountRow).decode


def holdings(db: Connection, member_id: MemberId, stamp_ids: tuple[str, ...]) -> Holdings:
    """Everything of the member; a card or stored value without a row is what own events made of it."""
    stamps = {row.stamp_id: (row, no) for row, no in _accounts(db, member_id, AccountKind.STAMPS)}
    money = next(reversed(_accounts(db, member_id, AccountKind.STORED_VALUE)), None)
    return Holdings(
        coupons=_coupons(db, member_id),
        stamps=tuple(
            HeldStamps(card, *_balance(db, stamps.get(card), account_id_of(member_id, AccountKind.STAMPS, card)))
            for card in stamp_ids
        ),
        stored_value=StoredValue(
            *_balance(db, money, account_id_of(member_id, AccountKind.STORED_VALUE)),
        ),
    )


def laid_over(effects: Overlaid, cached: int) -> tuple[int, int]:
    """What the effects change on top of the cached balance, and how many they are.

    Where head office posted other figures its own balance counts, with what it has settled up to there in it; what
    came later and what still waits for it is added.
    """
    told = max((place for place, effect in enumerate(effects) if effect[3] is not None), default=-1)
    if told < 0:
        return sum(points for points, *_ in effects), len(effects)
    balance = effects[told][3] or 0
    waiting = sum(points for points, _, settled, _ in effects[:told] if not settled)
    later = sum(points for points, *_ in effects[told + 1 :])
    return balance - cached + waiting + later, len(effects)


def _accounts(db: Connection, member_id: MemberId, kind: AccountKind) -> list[tuple[PlainAccountRow, int]]:
    """The rows, the newest of an id last."""
    return [(_read_account(raw), no) for raw, no in db.execute(ACCOUNTS, (member_id, kind.value))]


def _balance(db: Connection, cached: tuple[PlainAccountRow, int] | None, made_id: AccountId) -> tuple[AccountId, int]:
    """Id and balance of an account with own events over it."""
    if cached is None:
        return made_id, int(db.execute(OWN_UNCACHED, (made_id,)).fetchone()[0])
    row, incarnation_no = cached
    effects = db.execute(OWN, (row.id, incarnation_no, row.ver)).fetchall()
    return AccountId(row.id), row.balance + laid_over(effects, row.balance)[0]


def _coupons(db: Connection, member_id: MemberId) -> tuple[HeldCoupon, ...]:
    """All of them by id, own uses (and returns) over the state of the row; what head office expired is left out."""
    found: dict[str, HeldCoupon] = {}
    for raw, incarnation_no in db.execute(COUPONS, (member_id,)).fetchall():
        row = _read_coupon(raw)
        if row.state == "expired":
            found.pop(row.id, None)
            continue
        effects = db.execute(OWN, (row.id, incarnation_no, row.ver)).fetchall()
        there = int(row.state == OPEN) + laid_over(effects, int(row.state == OPEN))[0]
        found[row.id] = HeldCoupon(row.id, row.coupon_type, row.issued_on, row.expires_on, used=there < 1)
    return tuple(sorted(found.values(), key=lambda one: (one.expires_on, one.coupon_id)))
