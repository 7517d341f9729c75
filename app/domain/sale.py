"""A basket as it is being built, and a sale as it was made: lines, discounts, tenders, what the receipt promised.

Field names and meaning are those of wire.md (event `sale`); money in minor units, points in scaled integers.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.ids import EventId, MemberId, ShiftId, StaffId

LINES_MAX = 200
QTY_MAX = 9_999
TEXT_CHARS_MAX = 120


class TenderKind(StrEnum):
    CASH = "cash"
    CARD = "card"
    QR = "qr"
    POINTS = "points"
    STORED_VALUE = "stored_value"
    GIFT_CARD = "gift_card"


class FoundBy(StrEnum):
    """How the cashier identified the member."""

    CARD = "card"
    CODE = "code"
    PHONE = "phone"
    NAME = "name"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Line:
    """One basket line; its number is its place from 0. `tax_minor` is the tax inside the whole line's price."""

    unit_minor: int
    qty: int = 1
    sku: str | None = None
    name: str | None = None
    category: str | None = None
    brand: str | None = None
    discount_minor: int = 0
    tax_minor: int = 0

    @property
    def charged_minor(self) -> int:
        """qty × unit − line discount: the money of the line before order discounts."""
        return self.qty * self.unit_minor - self.discount_minor


@dataclass(frozen=True, slots=True)
class OrderDiscount:
    """Off the whole basket, or off the lines of `categories`: either `percent` (decimal text) or `minor`."""

    percent: str | None = None
    minor: int | None = None
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RewardUse:
    """A catalogue reward asked for: `times` it, or for free units the `units` wanted."""

    id: str
    times: int = 1
    units: int | None = None
    hold_id: str | None = None


@dataclass(frozen=True, slots=True)
class CouponUse:
    """A coupon of the member that this sale uses, held for it at head office."""

    coupon_id: str
    type: str
    hold_id: str


@dataclass(frozen=True, slots=True)
class Tender:
    """A part payment asked for or taken. `minor` None pays the rest; `points`, `max_points`: kind points only."""

    kind: TenderKind
    minor: int | None = None
    points: int | None = None
    max_points: bool = False
    account_id: str | None = None
    card: str | None = None
    ref: str | None = None
    hold_id: str | None = None


@dataclass(frozen=True, slots=True)
class Basket:
    """What will be sold, to be priced and computed by the programme. Immutable: every change makes another one."""

    lines: tuple[Line, ...] = ()
    order_discounts: tuple[OrderDiscount, ...] = ()
    coupons: tuple[str, ...] = ()
    rewards: tuple[RewardUse, ...] = ()
    tenders: tuple[Tender, ...] = ()

    @property
    def units(self) -> int:
        """Pieces in the basket."""
        return sum(line.qty for line in self.lines)

    @property
    def gross_minor(self) -> int:
        """Sum of the lines' charged money, before order discounts."""
        return sum(line.charged_minor for line in self.lines)

    def with_line(self, line: Line) -> Basket:
        return replace(self, lines=(*self.lines, line))

    def with_qty(self, number: int, qty: int) -> Basket:
        """The basket with `qty` pieces on line `number`; 0 removes the line."""
        lines = list(self.lines)
        if qty == 0:
            del lines[number]
        else:
            lines[number] = replace(lines[number], qty=qty)
        return replace(self, lines=tuple(lines))


@dataclass(frozen=True, slots=True)
class Because:
    """What one rule gave: `rule` is its id ("base" for the base rate), `line` its basket line, None for the receipt."""

    rule: str
    points: int
    line: int | None = None


@dataclass(frozen=True, slots=True)
class SaleResult:
    """What the receipt promises (wire.md `sale.result`). Points are scaled integers."""

    payable_minor: int
    earned: int = 0
    to_follow: int = 0
    redeemed: int = 0
    stamps: dict[str, int] = field(default_factory=dict)
    because: tuple[Because, ...] = ()


@dataclass(frozen=True, slots=True)
class Sale:
    """A finished sale as it is stored at the till. `tenders` all carry amounts and add up to the payable amount."""

    event_id: EventId
    receipt_no: str
    at_ms: int
    business_on: str
    shift_id: ShiftId
    staff_id: StaffId
    currency: str
    basket: Basket
    tenders: tuple[Tender, ...]
    result: SaleResult
    given_minor: int
    change_minor: int
    member_id: MemberId | None = None
    card: str | None = None
    found_by: FoundBy | None = None
    coupons: tuple[CouponUse, ...] = ()
    """The coupons behind the types the basket names, in the same order."""
    code_step: int | None = None
    """The step of the dynamic code the member was found by."""
