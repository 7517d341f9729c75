"""A short form: what, how much, why. Cash in and out, a float, points and coupons by hand. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain.shift import CASH_REASONS, CashKind
from app.services.adjustments import REASONS
from ui.presenters.amount import typed_amount

POINTS_CHARS_MAX = 7


@dataclass(frozen=True, slots=True)
class Form:
    """`kinds` and `reasons` are codes, one of each is chosen; `text` is the figure as typed; `minus`: taken away."""

    kinds: tuple[str, ...] = ()
    kind: int = 0
    reasons: tuple[str, ...] = ()
    reason: int = 0
    text: str = ""
    minus: bool = False

    @property
    def kind_code(self) -> str:
        """The kind chosen; empty where there is nothing to choose."""
        return self.kinds[self.kind] if self.kinds else ""

    @property
    def reason_code(self) -> str:
        """The reason chosen; empty where none is asked."""
        return self.reasons[self.reason] if self.reasons else ""

    @property
    def points(self) -> int:
        """The figure as signed points; 0 while nothing is typed."""
        count = int(self.text or 0)
        return -count if self.minus else count


def cash_form() -> Form:
    """Cash in first, with its usual reason."""
    return Form(tuple(kind.value for kind in CashKind), 0, CASH_REASONS[CashKind.PAY_IN])


def points_form() -> Form:
    """Points to add."""
    return Form(reasons=REASONS)


def coupon_form(types: tuple[str, ...]) -> Form:
    """One of the programme's coupons."""
    return Form(types, reasons=REASONS)


def choose_kind(form: Form, place: int) -> Form:
    """Another kind; cash has other reasons for each."""
    if not 0 <= place < len(form.kinds):
        return form
    known = {kind.value: CASH_REASONS[kind] for kind in CashKind}
    reasons = known.get(form.kinds[place], form.reasons)
    return replace(form, kind=place, reasons=reasons, reason=0 if reasons != form.reasons else form.reason)


def choose_reason(form: Form, place: int) -> Form:
    """Another reason."""
    return replace(form, reason=place) if 0 <= place < len(form.reasons) else form


def typed_money(form: Form, key: str) -> Form:
    """A digit or the point of an amount."""
    return replace(form, text=typed_amount(form.text + key))


def typed_points(form: Form, key: str) -> Form:
    """A digit of points, or the sign."""
    if key in "+-":
        return replace(form, minus=key == "-")
    return replace(form, text=(form.text + key)[:POINTS_CHARS_MAX]) if key != "." else form


def deleted(form: Form) -> Form:
    """Without the last character."""
    return replace(form, text=form.text[:-1])
