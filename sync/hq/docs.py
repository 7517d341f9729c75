"""What head office keeps of a member, account, card, coupon, sale and hold, and how each is stored as a row.

A `doc` is immutable; a change makes another one (msgspec.structs.replace). Points live in the programme's own Account.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Row, Table

from app.domain.programme.account import Account, Purchase
from sync.hq import tables

POINTS = "points"
STAMPS = "stamps"
STORED_VALUE = "stored_value"
PURCHASES_SHOWN_MAX: Final = 20


class Doc(msgspec.Struct, frozen=True, omit_defaults=True):
    """One document; `id` is its key."""

    id: str


class MemberDoc(Doc, frozen=True, omit_defaults=True, kw_only=True):
    """`personal`: the fields of pii that are kept as the member's; `accounts`: kind, or `stamps:<id>` → account_id.

    `regions`: every region whose tills need the rows.
    """

    member_no: str
    home_store_id: str
    enrolled_on: str
    notice_version: int | str
    status: str = "active"
    merged_into: str | None = None
    personal: dict[str, Any] = {}
    tags: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    consents: dict[str, bool] = {}
    accounts: dict[str, str] = {}
    cards: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    erased: bool = False


class Recent(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of the last purchases an account row shows."""

    event_id: str
    at_ms: int
    store_id: str
    total_minor: int
    points: int
    skus: tuple[str, ...] = ()


class Entered(msgspec.Struct, frozen=True, array_like=True, order=True):
    """The place of an event in an account's journal: its time, then its till's own order. `stream`: till and epoch."""

    at_ms: int
    stream: str
    seq: int
    key: str


class AccountDoc(Doc, frozen=True, omit_defaults=True, kw_only=True):
    """`state` for points; `amount` for stamps and stored value. `held`: Σ of open holds on it.

    `journal`: the events posted since `base`, in their order. `due_on`: the first day on which something falls due.
    `moved_to`: the account everything went to when its member was merged.
    """

    member_id: str
    kind: str
    stamp_id: str | None = None
    programme: str | None = None
    state: Account | None = None
    amount: int = 0
    held: int = 0
    recent: tuple[Recent, ...] = ()
    base: Account | None = None
    journal: tuple[Entered, ...] = ()
    due_on: str | None = None
    moved_to: str | None = None

    @property
    def worth(self) -> int:
        """What the ledger's entries must add up to: Σ lots (pending ones too) − debt, or the plain amount."""
        if self.state is None:
            return self.amount
        day = self.state.day
        alive = [lot.amount for lot in self.state.lots if lot.expires_on is None or lot.expires_on > day]
        return sum(alive) - self.state.debt


class CardDoc(Doc, frozen=True, omit_defaults=True, kw_only=True):
    """A card number is its own id."""

    card_kind: str
    member_id: str | None = None
    status: str = "active"
    replaced_by: str | None = None


class CouponDoc(Doc, frozen=True, omit_defaults=True, kw_only=True):
    """`key` is the coupon's key inside the points account, which knows its dates and use."""

    member_id: str
    account_id: str
    key: str


class SoldLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of a sale as its `sale_line` row shows it; money after all discounts."""

    qty: int
    charged_minor: int
    points_minor: int
    sku: str | None = None
    name: str | None = None
    category: str | None = None
    returned_qty: int = 0
    refunded_minor: int = 0
    because: tuple[tuple[str, int], ...] = ()


class SaleDoc(Doc, frozen=True, omit_defaults=True, kw_only=True):
    """A sale or points_redeem that was applied. `purchase`: of a sale without an account, for its returns."""

    type: str
    store_id: str
    till_id: str
    at_ms: int
    receipt_no: str = ""
    staff_id: str = ""
    programme: str = ""
    member_id: str | None = None
    account_id: str | None = None
    total_minor: int = 0
    points: int = 0
    lines: tuple[SoldLine, ...] = ()
    purchase: Purchase | None = None
    moves: tuple[tuple[str, int], ...] = ()
    undone: bool = False


class HoldDoc(Doc, frozen=True, omit_defaults=True, kw_only=True):
    """`state`: open, used, released or void."""

    till_id: str
    epoch: int
    points: int
    state: str
    made_ms: int
    account_id: str | None = None
    coupon_id: str | None = None
    released: int = 0


class DayDoc(Doc, frozen=True, omit_defaults=True, kw_only=True):
    """Figures of one day of one store; `hours`: net money by hour, local."""

    store_id: str
    on: str
    sales: int = 0
    returns: int = 0
    gross_minor: int = 0
    net_minor: int = 0
    members: int = 0
    enrolments: int = 0
    points_issued: int = 0
    points_redeemed: int = 0
    points_expired: int = 0
    hours: tuple[int, ...] = (0,) * 24


@dataclass(frozen=True, slots=True)
class Kind:
    """How documents of one kind are stored."""

    table: Table
    load: Callable[[Row[Any]], Doc]
    store: Callable[[Any], Mapping[str, Any]]


def _text(doc: Doc) -> str:
    return msgspec.json.encode(doc).decode()


def _reader(kind: type[Doc]) -> Callable[[Row[Any]], Doc]:
    decode = msgspec.json.Decoder(kind).decode
    return lambda row: decode(row.doc)


def _plain(doc: Any) -> Mapping[str, Any]:
    return {"id": doc.id, "doc": _text(doc)}


def _member(doc: MemberDoc) -> Mapping[str, Any]:
    return {"id": doc.id, "member_no": doc.member_no, "phone": doc.personal.get("phone"), "doc": _text(doc)}


def _account(doc: AccountDoc) -> Mapping[str, Any]:
    return {"id": doc.id, "member_id": doc.member_id, "due_on": doc.due_on, "doc": _text(doc)}


_ACCOUNTS: Final = msgspec.json.Decoder(AccountDoc)


def _load_account(row: Row[Any]) -> Doc:
    """`due_on` is the column's: publishing a version moves it for every account at once."""
    return msgspec.structs.replace(_ACCOUNTS.decode(row.doc), due_on=row.due_on)


def _owned(doc: Any) -> Mapping[str, Any]:
    return {"id": doc.id, "member_id": doc.member_id, "doc": _text(doc)}


def _load_hold(row: Row[Any]) -> Doc:
    return HoldDoc(**row._mapping)


def _store_hold(doc: HoldDoc) -> Mapping[str, Any]:
    return msgspec.structs.asdict(doc)


KINDS: Final[Mapping[str, Kind]] = {
    "account": Kind(tables.ACCOUNT, _load_account, _account),
    "member": Kind(tables.MEMBER, _reader(MemberDoc), _member),
    "card": Kind(tables.CARD, _reader(CardDoc), _owned),
    "coupon": Kind(tables.COUPON, _reader(CouponDoc), _owned),
    "sale": Kind(tables.SALE, _reader(SaleDoc), _owned),
    "hold": Kind(tables.HOLD, _load_hold, _store_hold),
    "day": Kind(tables.DAY, _reader(DayDoc), _plain),
}
"""In the global lock order."""
