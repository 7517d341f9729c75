"""What the F8 screen shows: its pages, the form or count that is filled in, what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.shift import ShiftReport
from app.services.members import Customer
from ui.presenters.base import Notice
from ui.presenters.count import Count
from ui.presenters.hand_form import Form


class Page(StrEnum):
    """What the right side shows. SHIFT is also where the keys 1 to 6 open the others."""

    SHIFT = "shift"
    OPEN = "open"
    COUNT = "count"
    CASH = "cash"
    POINTS = "points"
    COUPON = "coupon"


@dataclass(frozen=True, slots=True)
class ByHandState:
    """`report`: the shift so far, or (`closed`) as it ended; None: no shift is open. `difference`: count − expected is
    shown and the next confirmation closes. `before`, `after`: whole points of `customer`; None: not known."""

    open: bool = False
    page: Page = Page.SHIFT
    shift_open: bool = False
    report: ShiftReport | None = None
    closed: bool = False
    form: Form = field(default_factory=Form)
    count: Count = field(default_factory=Count)
    reviewed: ShiftReport | None = None
    customer: Customer | None = None
    before: int | None = None
    coupons: tuple[str, ...] = ()
    saving: bool = False
    notice: Notice | None = None
