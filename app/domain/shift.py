"""A shift: who sells at this till from when, the cash put in and taken out, what should be in the drawer at its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from app.domain.sale import TenderKind
from app.domain.staff import Approval
from app.ids import EventId, ShiftId, StaffId

NO_SHIFT = ShiftId("")
"""The shift of somebody who signed on where the float is counted first, or whose shift was closed."""

COUNTED_KINDS = (TenderKind.CASH, TenderKind.CARD, TenderKind.QR)
"""What a person can count: the drawer, and the sums of the two terminals' slips."""

NOTES_MINOR: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "CNY": (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10),
        "EUR": (20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
        "USD": (10_000, 5_000, 2_000, 1_000, 500, 100, 25, 10, 5, 1),
    }
)
"""Notes and coins in use, largest first, by currency; another currency is counted as one sum."""


class CashKind(StrEnum):
    """Cash moved without a sale (wire.md `cash_move`); `no_sale` only opens the drawer."""

    PAY_IN = "pay_in"
    PAY_OUT = "pay_out"
    DROP = "drop"
    NO_SALE = "no_sale"


CASH_REASONS: Mapping[CashKind, tuple[str, ...]] = MappingProxyType(
    {
        CashKind.PAY_IN: ("change", "float", "other"),
        CashKind.PAY_OUT: ("petty_cash", "supplier", "other"),
        CashKind.DROP: ("safe", "bank"),
        CashKind.NO_SALE: ("change", "check", "other"),
    }
)
"""Why cash is moved, as codes, by kind; the first is the usual one."""


@dataclass(frozen=True, slots=True)
class Shift:
    """An open shift. `z_no` counts shifts of this till from 1."""

    shift_id: ShiftId
    z_no: int
    staff_id: StaffId
    opened_ms: int
    float_minor: int = 0

    @property
    def is_open(self) -> bool:
        """False for the place of a shift that was not opened yet, or was closed."""
        return self.shift_id != NO_SHIFT


def no_shift(staff_id: StaffId) -> Shift:
    """What stands where somebody has no shift: nothing can be sold with it."""
    return Shift(NO_SHIFT, 0, staff_id, 0)


@dataclass(frozen=True, slots=True)
class ShiftFigures:
    """What the idle screen shows of the shift."""

    sales: int
    member_sales: int
    enrolments: int
    gross_minor: int


@dataclass(frozen=True, slots=True)
class CashMove:
    """Cash put in or taken out, or the drawer opened without a sale. `minor` ≥ 0, 0 for no_sale."""

    event_id: EventId
    at_ms: int
    shift_id: ShiftId
    kind: CashKind
    minor: int
    reason: str
    staff_id: StaffId
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class KindMinor:
    """Money of one kind of tender."""

    kind: TenderKind
    minor: int


@dataclass(frozen=True, slots=True)
class ShiftTotals:
    """Everything of a shift that its X and Z report sum. Sales taken back whole count in `undone` only.

    `sold`, `refunded` and `topped_up` are money by kind of tender; points are scaled. `discount_minor` is what lines,
    orders, coupons and rewards took off `gross_minor`.
    """

    sales: int = 0
    member_sales: int = 0
    undone: int = 0
    returns: int = 0
    enrolments: int = 0
    gross_minor: int = 0
    net_minor: int = 0
    refund_minor: int = 0
    points_issued: int = 0
    points_redeemed: int = 0
    sold: Mapping[TenderKind, int] = field(default_factory=dict)
    refunded: Mapping[TenderKind, int] = field(default_factory=dict)
    topped_up: Mapping[TenderKind, int] = field(default_factory=dict)
    moves: tuple[CashMove, ...] = ()

    @property
    def discount_minor(self) -> int:
        return self.gross_minor - self.net_minor

    def moved(self, kind: CashKind) -> int:
        """Cash of all moves of that kind."""
        return sum(move.minor for move in self.moves if move.kind is kind)

    @property
    def no_sales(self) -> int:
        """How often the drawer was opened without a sale."""
        return sum(move.kind is CashKind.NO_SALE for move in self.moves)

    def expected(self, float_minor: int) -> tuple[KindMinor, ...]:
        """What should be there at the end: cash always, the other kinds (points never) where there was any."""
        found = []
        for kind in TenderKind:
            minor = self.sold.get(kind, 0) - self.refunded.get(kind, 0) + self.topped_up.get(kind, 0)
            if kind is TenderKind.CASH:
                minor += float_minor + self.moved(CashKind.PAY_IN)
                minor -= self.moved(CashKind.PAY_OUT) + self.moved(CashKind.DROP)
            if kind is TenderKind.CASH or (minor and kind is not TenderKind.POINTS):
                found.append(KindMinor(kind, minor))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """A shift as X (so far) or Z (closed, `counted` known) shows it. `business_on` is the day it was opened on.

    `points_scale` of the programme: points in `totals` are scaled. `overdue`: its business day is over.
    """

    shift: Shift
    business_on: str
    at_ms: int
    staff_name: str
    totals: ShiftTotals
    expected: tuple[KindMinor, ...]
    points_scale: int
    overdue: bool
    counted: tuple[KindMinor, ...] | None = None

    @property
    def differences(self) -> tuple[KindMinor, ...]:
        """Counted less expected, of every kind that was counted."""
        expected = {one.kind: one.minor for one in self.expected}
        return tuple(KindMinor(one.kind, one.minor - expected.get(one.kind, 0)) for one in self.counted or ())
