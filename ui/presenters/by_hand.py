"""F8: the shift so far, its end, cash in and out, points and coupons by hand. A second person agrees where needed.

One page at a time. A scan goes to the receipt as everywhere, so a member card scanned here is whose points are meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeVar

from app.domain.money import on_screen
from app.domain.shift import CashKind, ShiftReport
from app.domain.staff import Approval, Capability
from app.errors import GuitaiError, Refusal
from app.services import adjustments, checkout, shifts
from app.services.adjustments import Adjusted
from app.services.members import Customer
from app.services.shifts import Closed
from app.services.till import Outcome, Session
from ui.presenters import count as counting
from ui.presenters import hand_form
from ui.presenters.approval import ApprovalPresenter
from ui.presenters.base import Desk, Presenter
from ui.presenters.by_hand_state import ByHandState, Page
from ui.presenters.hand_form import Form
from ui.presenters.keys import Key

T = TypeVar("T")


class Frame(Protocol):
    """What this screen asks of the shell."""

    def session_changed(self, session: Session) -> None: ...
    def show_counter(self) -> None: ...
    def open_today(self, approval: Approval | None) -> None: ...


class Receipt(Protocol):
    """What it asks of the receipt being built."""

    def customer(self) -> Customer | None: ...
    def payable(self) -> bool: ...


class ByHandPresenter(Presenter[ByHandState]):
    """Does each thing once: the form stays until the fact is durable, and says so with a toast."""

    def __init__(self, desk: Desk, receipt: Receipt, frame: Frame) -> None:
        super().__init__(ByHandState())
        self._desk, self._receipt, self._frame = desk, receipt, frame
        self.approval = ApprovalPresenter(desk)

    def detach(self) -> None:
        """See Presenter; the approval's sheet goes with the view."""
        super().detach()
        self.approval.detach()

    # ---- opening and leaving

    def open(self) -> None:
        """F8: the shift so far; without one, the float is asked."""
        session = self._desk.session()
        self._become(ByHandState(open=True, shift_open=session.shift.is_open, customer=self._receipt.customer()))
        if session.shift.is_open:
            self._read()
        else:
            self._become(replace(self.state, page=Page.OPEN))
        till = self._desk.till
        self._desk.tasks.run(lambda: adjustments.coupon_types(till), self._coupons, self._refuse)

    def follow(self) -> None:
        """The receipt has another customer."""
        customer = self._receipt.customer()
        if self.state.open and customer != self.state.customer:
            before = customer.view.points if customer else None
            self._become(replace(self.state, customer=customer, before=before))

    def back(self) -> None:
        """Esc: from a page to the shift, from there to the counter."""
        state = self.state
        if state.saving:
            return
        if state.page is Page.COUNT and state.reviewed is not None:
            self._become(replace(state, reviewed=None, notice=None))
        elif state.page is not Page.SHIFT and state.shift_open:
            self._become(replace(state, page=Page.SHIFT, notice=None))
            self._read()
        else:
            self._become(ByHandState())
            self._frame.show_counter()

    # ---- keys

    def actions(self) -> dict[Key, Callable[[], None]]:
        """What the keys mean now."""
        if self.approval.state.open:
            return self.approval.actions()
        form, page = self.state.form, self.state.page
        keys: dict[Key, Callable[[], None]] = {Key.ESC: self.back, Key.F8: self.back}
        if page is Page.COUNT:
            row = self.state.count.row
            keys |= {Key.UP: lambda: self.mark(row - 1), Key.DOWN: lambda: self.mark(row + 1)}
        elif page is not Page.SHIFT:
            keys |= {
                Key.LEFT: lambda: self.choose_kind(form.kind - 1),
                Key.RIGHT: lambda: self.choose_kind(form.kind + 1),
                Key.UP: lambda: self.choose_reason(form.reason - 1),
                Key.DOWN: lambda: self.choose_reason(form.reason + 1),
            }
        if page is not Page.SHIFT:
            keys |= {Key.ENTER: self.enter, Key.F10: self.confirm}
        return keys

    def char(self, char: str) -> bool:
        """A character of the keyboard or the keypad; True when it means something here."""
        if self.approval.state.open:
            if char.isdigit() and char.isascii():
                self.approval.digit(char)
            return True
        if self.state.page is Page.SHIFT:
            return self.choose_item(char)
        if char not in set("0123456789.+-") and char != "00":
            return False
        self._typed(char)
        return True

    def delete(self) -> None:
        """The last character again."""
        state = self.state
        if self.approval.state.open:
            self.approval.delete()
        elif state.page is Page.COUNT:
            self._become(replace(state, count=counting.deleted(state.count), reviewed=None, notice=None))
        elif not state.saving:
            self._become(replace(state, form=hand_form.deleted(state.form), notice=None))

    def choose_item(self, key: str) -> bool:
        """A line of the menu by its digit; False for a key that is none."""
        action = self._menu().get(key)
        if action is not None and not self.state.saving:
            action()
        return action is not None

    def _menu(self) -> dict[str, Callable[[], None]]:
        return {
            "1": self.print_x,
            "2": lambda: self.show(Page.COUNT if self.state.shift_open else Page.OPEN),
            "3": lambda: self.show(Page.CASH),
            "4": lambda: self.show(Page.POINTS),
            "5": lambda: self.show(Page.COUPON),
            "6": self.today,
        }

    def _typed(self, char: str) -> None:
        state = self.state
        if state.saving:
            return
        if state.page is Page.COUNT:
            if char not in "+-":
                self._become(replace(state, count=counting.typed(state.count, char), reviewed=None, notice=None))
        elif state.page is Page.POINTS:
            self._become(replace(state, form=hand_form.typed_points(state.form, char), notice=None))
        elif char not in "+-" and state.page is not Page.COUPON:
            self._become(replace(state, form=hand_form.typed_money(state.form, char), notice=None))

    # ---- choosing

    def show(self, page: Page) -> None:
        """Another page, empty."""
        state = self.state
        if state.saving or (not state.shift_open and page is not Page.OPEN):
            return
        if page is Page.COUNT and self._receipt.payable():
            self._refuse(Refusal("receipt_open"))
            return
        forms = {
            Page.CASH: hand_form.cash_form(),
            Page.POINTS: hand_form.points_form(),
            Page.COUPON: hand_form.coupon_form(state.coupons),
        }
        count = counting.begin(self._desk.till.place.currency)
        customer = self._receipt.customer()
        before = customer.view.points if customer else None
        self._become(
            replace(
                state, page=page, form=forms.get(page, Form()), count=count, reviewed=None, customer=customer,
                before=before, notice=None,
            )
        )  # fmt: skip

    def choose_kind(self, place: int) -> None:
        """A kind of cash, a type of coupon."""
        self._become(replace(self.state, form=hand_form.choose_kind(self.state.form, place), notice=None))

    def choose_reason(self, place: int) -> None:
        """A reason."""
        self._become(replace(self.state, form=hand_form.choose_reason(self.state.form, place), notice=None))

    def sign(self, *, minus: bool) -> None:
        """Points are taken away, or added."""
        self._typed("-" if minus else "+")

    def mark(self, row: int) -> None:
        """A row of the count."""
        self._become(replace(self.state, count=counting.moved(self.state.count, row)))

    def today(self) -> None:
        """The figures of the day; who may not see them alone asks somebody."""
        if Capability.REPORTS in self._desk.session().may:
            self._frame.open_today(None)
        else:
            self.approval.ask(Capability.REPORTS, "report", self._frame.open_today)

    # ---- doing

    def print_x(self) -> None:
        """X on paper."""
        till, session = self._desk.till, self._desk.session()
        self._desk.tasks.run(lambda: shifts.print_x(till, session), self._x_printed, self._refuse)

    def enter(self) -> None:
        """Enter: the next row of the count, else the confirmation."""
        count = self.state.count
        if self.state.page is Page.COUNT and self.state.reviewed is None and count.row < count.rows - 1:
            self.mark(count.row + 1)
        else:
            self.confirm()

    def confirm(self) -> None:
        """F10: do what the page says."""
        if self.state.saving:
            return
        {
            Page.OPEN: self._open_shift,
            Page.COUNT: self._count,
            Page.CASH: self._cash,
            Page.POINTS: self._points,
            Page.COUPON: self._coupon,
        }[self.state.page]()

    def _open_shift(self) -> None:
        till, session = self._desk.till, self._desk.session()
        text = self.state.form.text

        def job() -> Outcome[Session]:
            return shifts.open_shift(till, session, checkout.parse_amount(text) if text else 0)

        self._run(job, self._opened)

    def _count(self) -> None:
        till, session, reviewed = self._desk.till, self._desk.session(), self.state.reviewed
        try:
            counted = self.state.count.counted()
            if not counted:
                raise Refusal("count_cash")
        except Refusal as error:
            self._refuse(error)
            return
        if reviewed is not None:
            self._run(lambda: shifts.close(till, session, counted), self._closed)
        else:
            self._desk.tasks.run(
                lambda: replace(shifts.report(till, session), counted=counted), self._reviewed, self._refuse
            )

    def _cash(self) -> None:
        form = self.state.form
        kind, text = CashKind(form.kind_code), form.text
        try:
            minor = checkout.parse_amount(text) if text else 0
        except Refusal as error:
            self._refuse(error)
            return

        def act(approval: Approval | None) -> None:
            till, session = self._desk.till, self._desk.session()
            self._run(
                lambda: shifts.move_cash(till, session, kind, minor, reason=form.reason_code, approval=approval),
                self._moved,
            )

        needed = shifts.cash_capability(kind)
        if needed in self._desk.session().may:
            act(None)
        else:
            self.approval.ask(needed, form.reason_code, act)

    def _points(self) -> None:
        customer, form = self.state.customer, self.state.form
        till = self._desk.till
        if customer is None or customer.member_id is None:
            self._refuse(Refusal("member_unknown"))
            return
        member_id = customer.member_id

        def agreed(approval: Approval) -> None:
            session = self._desk.session()
            self._run(lambda: adjustments.adjust(till, session, member_id, form.points, approval), self._adjusted)

        self._desk.tasks.run(
            lambda: adjustments.preview(till, member_id, form.points),
            lambda _change: self.approval.ask(Capability.ADJUST, form.reason_code, agreed),
            self._refuse,
        )

    def _coupon(self) -> None:
        customer, form, till = self.state.customer, self.state.form, self._desk.till
        if customer is None or customer.member_id is None:
            self._refuse(Refusal("member_unknown"))
            return
        member_id = customer.member_id

        def agreed(approval: Approval) -> None:
            session = self._desk.session()
            self._run(lambda: adjustments.give_coupon(till, session, member_id, form.kind_code, approval), self._given)

        if form.kinds:
            self.approval.ask(Capability.COUPON, form.reason_code, agreed)
        else:
            self._refuse(Refusal("coupon_type_unknown"))

    # ---- what came of it

    def _run(self, job: Callable[[], Outcome[T]], done: Callable[[T], None]) -> None:
        self._become(replace(self.state, saving=True, notice=None))

        def finished(outcome: Outcome[T]) -> None:
            self._desk.sounds.ok()
            self._become(replace(self.state, saving=False))
            done(outcome.value)
            self._desk.changed(outcome.changed)

        self._desk.tasks.run(job, finished, self._refuse)

    def _read(self) -> None:
        till, session = self._desk.till, self._desk.session()
        self._desk.tasks.run(lambda: shifts.report(till, session), self._reported, self._refuse)

    def _reported(self, report: ShiftReport) -> None:
        self._become(replace(self.state, report=report))

    def _coupons(self, names: tuple[str, ...]) -> None:
        self._become(replace(self.state, coupons=names))

    def _x_printed(self, outcome: Outcome[int]) -> None:
        self._desk.toast(self._desk.speech.tr("The X report goes to the printer"))
        self._desk.changed(outcome.changed)

    def _opened(self, session: Session) -> None:
        self._frame.session_changed(session)
        self._become(ByHandState())
        self._desk.toast(self._desk.speech.tr("Shift {number} is open", number=session.shift.z_no))
        self._frame.show_counter()

    def _reviewed(self, report: ShiftReport) -> None:
        self._become(replace(self.state, reviewed=report))

    def _closed(self, closed: Closed) -> None:
        self._frame.session_changed(closed.session)
        done = replace(self.state, page=Page.SHIFT, shift_open=False, report=closed.report, closed=True, reviewed=None)
        self._become(done)
        self._desk.toast(self._desk.speech.tr("Shift {number} is closed", number=closed.report.shift.z_no))

    def _moved(self, _job_id: int) -> None:
        tr, form = self._desk.speech.tr, self.state.form
        if form.kind_code == CashKind.NO_SALE:
            self._desk.toast(tr("The drawer opens"))
        else:
            self._desk.toast(tr("¥{amount} moved", amount=on_screen(checkout.parse_amount(form.text))))
        self._home()

    def _adjusted(self, done: Adjusted) -> None:
        self._desk.toast(self._desk.speech.tr("{points} points posted by hand", points=f"{done.points:+,}"))
        self._home()

    def _given(self, _event_id: str) -> None:
        self._desk.toast(self._desk.speech.tr("The coupon is given; it can be used once head office has it"))
        self._home()

    def _home(self) -> None:
        self._become(replace(self.state, page=Page.SHIFT))
        self._read()

    def _refuse(self, error: GuitaiError) -> None:
        self._become(replace(self.state, saving=False, notice=self._desk.refuse(error)))
