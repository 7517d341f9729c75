"""The receipt being built: scans, amounts, quantities, the customer, and the last sale with its paper.

Changes to the cart run one after another on the store thread, each on the result of the one before, so a burst of
scans never loses one and never shows an older cart. A refused change leaves the cart as it was and says why.
Products scanned while payment is open wait in `held`: Esc adds them to this receipt, a finished payment starts the
next receipt with them (a cashier has them in the hand either way, and is told which).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from app.domain.member import MemberStatus
from app.domain.product import Product
from app.domain.receipt import JobState
from app.domain.spending import Spend, TakenCoupon, TakenReward
from app.errors import GuitaiError, Refusal
from app.i18n import mark
from app.services import checkout, members, receipts, status, tray
from app.services.checkout import Cart, Done
from app.services.members import CustomerFound, ProductFound
from app.services.status import LastSale, ShiftView, UnknownPaper
from app.services.till import Outcome
from app.services.tray import Tray
from ui.presenters.base import Desk, Notice, Presenter
from ui.presenters.counter_state import CHANGES_WAITING_MAX, Change, Changed, CounterState, made, news_of, renewed
from ui.presenters.holds import Holds
from ui.presenters.papers import job_words
from ui.theme.names import Role


class CounterPresenter(Presenter[CounterState]):
    """The cart and its neighbours.

    `on_change` is told after every change, so that an open payment can follow; `on_taken` the code just recognised,
    `on_amount` the typed amount that became a line, or "" when a change was refused.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(CounterState())
        self._desk = desk
        self._waiting: deque[Change] = deque()
        self._busy = False
        self._receipts = 0
        self._settled: list[Callable[[], None]] = []
        self.holds = Holds(desk, self.refuse)
        self.on_change: Callable[[], None] = _nothing
        self.on_taken: Callable[[str], None] = _nobody
        self.on_amount: Callable[[str], None] = _nobody

    # ---- scans and other changes of the cart

    def scan(self, code: str) -> None:
        """A scanned or entered code: product or customer onto the receipt."""
        till = self._desk.till

        def change(cart: Cart) -> Changed:
            found = members.identify(till, code)
            if isinstance(found, ProductFound):
                changed = self._with_product(cart, found.product)
            else:
                changed = self._with_customer(cart, found)
            return replace(changed, code=code)

        self._enqueue(change)

    def add_product(self, product: Product) -> None:
        """A product that was recognised elsewhere."""
        self._enqueue(lambda cart: self._with_product(cart, product))

    def give(self, found: CustomerFound) -> None:
        """This customer gets the points of the receipt; the lines stay."""
        self._enqueue(lambda cart: self._with_customer(cart, found))

    def add_amount(self, text: str) -> None:
        """A typed amount as a line of its own."""
        till = self._desk.till

        def change(cart: Cart) -> Changed:
            cart = checkout.with_amount(till, cart, checkout.parse_amount(text))
            return replace(made(till, cart, len(cart.basket.lines) - 1), amount=text)

        self._enqueue(change)

    def set_quantity(self, number: int, quantity: int) -> None:
        """`quantity` pieces on line `number`; 0 takes it off. A line that is gone meanwhile is left alone."""
        till = self._desk.till
        wanted = self._line_at(number)

        def change(cart: Cart) -> Changed:
            lines = cart.basket.lines
            if number < len(lines) and lines[number].sku == wanted:
                cart = checkout.with_qty(till, cart, number, quantity)
            return made(till, cart, min(number, len(cart.basket.lines) - 1))

        self._enqueue(change)

    def step(self, by: int) -> None:
        """One piece more or less on the marked line."""
        lines, number = self.state.cart.basket.lines, self.state.line
        if 0 <= number < len(lines):
            self.set_quantity(number, lines[number].qty + by)

    def step_line(self, number: int, by: int) -> None:
        """One piece more or less on line `number`, which becomes the marked one."""
        self.select(number)
        self.step(by)

    def select(self, number: int) -> None:
        """Mark a line; outside the basket the nearest one."""
        last = len(self.state.cart.basket.lines) - 1
        self._become(replace(self.state, line=max(0, min(number, last)) if last >= 0 else -1))

    def drop_customer(self) -> None:
        """The receipt without a customer; the lines stay."""
        till = self._desk.till

        def change(cart: Cart) -> Changed:
            return made(till, checkout.with_customer(cart, None), self.state.line)

        self._enqueue(change)

    # ---- points as money

    def spend(self, spend: Spend, asked: Cart) -> None:
        """Points held for the receipt as it was `asked` about pay a part of it; for any other they are given back."""
        till = self._desk.till

        def change(cart: Cart) -> Changed:
            if cart != asked:
                self.holds.give_back(spend.hold_id)
                raise Refusal("hold_basket_changed")
            return made(till, replace(cart, spend=spend), self.state.line)

        self._enqueue(change)

    def keep_points(self) -> None:
        """The receipt without points: they are given back."""
        if self.state.cart.spend is not None:
            till = self._desk.till

            self._enqueue(lambda cart: made(till, replace(cart, spend=None), self.state.line))

    def take(self, taken: TakenCoupon | TakenReward, asked: Cart) -> None:
        """A coupon or reward held for the receipt as it was `asked` about is used; for any other it is given back."""
        till = self._desk.till

        def change(cart: Cart) -> Changed:
            if cart != asked:
                self.holds.give_back(taken.hold_id)
                raise Refusal("hold_basket_changed")
            return made(till, tray.take(till, cart, taken), self.state.line)

        self._enqueue(change)

    def leave(self, name: str) -> None:
        """The coupon of that id, or the reward of that name, is not used after all."""
        till = self._desk.till
        self._enqueue(lambda cart: replace(made(till, tray.leave(cart, name), self.state.line), left=True))

    # ---- products scanned during payment

    def hold(self, product: Product) -> None:
        """Keep a product scanned while payment is open, and say so. Beyond the limit it is refused."""
        if len(self.state.held) >= CHANGES_WAITING_MAX:
            self.refuse(Refusal("scans_too_many"))
            return
        self._desk.sounds.refused()
        held = (*self.state.held, product)
        self._become(replace(self.state, held=held, refused=self.state.refused + 1))

    def release(self) -> None:
        """Put the held products onto the receipt."""
        held = self.state.held
        self._become(replace(self.state, held=()))
        for product in held:
            self.add_product(product)

    # ---- leaving

    def back(self) -> bool:
        """Esc: puts away a sentence; with a receipt open, a second Esc empties it. False when there was nothing."""
        state = self.state
        if state.clearing:
            self._reset(keep_done=True)
        elif state.notice is not None:
            self._become(replace(state, notice=None, undoing=False))
        elif not state.empty:
            text = mark("Press Esc again to empty this receipt. Any other key keeps it.")
            self._become(replace(state, clearing=True, notice=self._desk.say(text, Role.ATTENTION)))
        else:
            return False
        return True

    def keep(self) -> None:
        """Any other key or scan after the first Esc: the receipt stays."""
        if self.state.clearing or self.state.undoing:
            self._become(replace(self.state, clearing=False, undoing=False, notice=None))

    def sold(self, done: Done) -> None:
        """The sale is durable: a new receipt, begun with what was scanned during payment."""
        self._reset(keep_done=False, used=True)
        self._become(replace(self.state, done=done, job_state=JobState.QUEUED))
        self.release()

    def when_settled(self, then: Callable[[], None]) -> None:
        """Call `then` as soon as no change is under way."""
        if self._busy:
            self._settled.append(then)
        else:
            then()

    def say(self, notice: Notice | None) -> None:
        """Show a sentence in the flow, or none."""
        self._become(replace(self.state, notice=notice, clearing=False))

    def ask_undo(self, notice: Notice) -> None:
        """Ask whether the last sale shall be taken back."""
        self._become(replace(self.state, undoing=True, notice=notice))

    # ---- what surrounds the receipt

    def refresh(self, *, renew: bool = False) -> None:
        """Shift figures, the last sale and the pending count, afresh from the files; with `renew` the customer too."""
        till, session = self._desk.till, self._desk.session()

        def job() -> tuple[ShiftView, int, UnknownPaper | None]:
            papers = status.unknown_papers(till)
            return status.shift_view(till, session), status.pending_count(till), papers[0] if papers else None

        self._desk.tasks.run(job, self._refreshed, self.refuse)
        if renew and self.state.cart.customer is not None:
            self._enqueue(lambda cart: renewed(till, cart, self.state.line))

    def job_changed(self, job_id: int, state: JobState) -> None:
        """News from the printer, about the last sale or any other paper."""
        done, last = self.state.done, self.state.shift.last_sale if self.state.shift else None
        if (done is not None and done.job_id == job_id) or (last is not None and last.summary.job_id == job_id):
            self._become(replace(self.state, job_state=state))
            if state is JobState.FAILED_CLEAN:
                self._desk.toast(job_words(state, self._desk.speech.tr))
        if state is JobState.UNKNOWN:
            self._desk.sounds.refused()
        self.refresh()

    def settle_paper(self, *, came_out: bool) -> None:
        """The cashier looked: the paper came out, or a marked copy shall be printed."""
        job_id = self.state.unknown_job
        if job_id is None:
            return
        till, session = self._desk.till, self._desk.session()
        self._desk.tasks.run(
            lambda: receipts.settle_unknown(till, session, job_id, paper_came_out=came_out), self._settle, self.refuse
        )

    def last_sale(self) -> LastSale | None:
        """The last sale of this shift, as the strip shows it."""
        return self.state.shift.last_sale if self.state.shift else None

    def refuse(self, error: GuitaiError) -> None:
        """The last action did not happen: words, sound, crimson field."""
        notice = self._desk.refuse(error)
        self._become(replace(self.state, notice=notice, refused=self.state.refused + 1, clearing=False))

    # ---- inside

    def _settle(self, outcome: Outcome[int | None]) -> None:
        self._become(replace(self.state, paper=None))
        self._desk.changed(outcome.changed)

    def _refreshed(self, fresh: tuple[ShiftView, int, UnknownPaper | None]) -> None:
        shift, pending, paper = fresh
        job_state = shift.last_sale.job_state if shift.last_sale else None
        self._become(replace(self.state, shift=shift, pending=pending, paper=paper, job_state=job_state))
        self.on_change()

    def _reset(self, *, keep_done: bool, used: bool = False) -> None:
        for hold_id in () if used else self.state.cart.hold_ids:
            self.holds.give_back(hold_id)
        kept, self._receipts = self.state, self._receipts + 1
        self._become(
            CounterState(
                shift=kept.shift,
                done=kept.done if keep_done else None,
                job_state=kept.job_state,
                held=kept.held,
                pending=kept.pending,
                paper=kept.paper,
                flash=kept.flash,
                refused=kept.refused,
            )
        )

    def _line_at(self, number: int) -> str | None:
        lines = self.state.cart.basket.lines
        return lines[number].sku if number < len(lines) else None

    def _with_product(self, cart: Cart, product: Product) -> Changed:
        till = self._desk.till
        after = checkout.with_product(till, cart, product)
        pairs = enumerate(zip(after.basket.lines, cart.basket.lines, strict=False))
        line = next((number for number, (new, old) in pairs if new != old), len(after.basket.lines) - 1)
        return replace(made(till, after, line), product=product.name)

    def _with_customer(self, cart: Cart, found: CustomerFound) -> Changed:
        if found.customer.view.status is MemberStatus.BLOCKED:
            raise Refusal("member_blocked")
        changed = made(self._desk.till, checkout.with_customer(cart, found.customer), self.state.line)
        return replace(changed, who=found.customer, unknown_card=found.unknown_card, lost=found.lost)

    def _enqueue(self, change: Change) -> None:
        if len(self._waiting) >= CHANGES_WAITING_MAX:
            self.refuse(Refusal("scans_too_many"))
            return
        self._waiting.append(change)
        self._next()

    def _next(self) -> None:
        if self._busy:
            return
        if not self._waiting:
            settled, self._settled = self._settled, []
            for then in settled:
                then()
            return
        self._busy = True
        change, cart, receipt = self._waiting.popleft(), self.state.cart, self._receipts
        self._desk.tasks.run(
            lambda: change(cart), lambda changed: self._applied(receipt, change, changed), self._not_changed
        )

    def _applied(self, receipt: int, change: Change, changed: Changed) -> None:
        self._busy = False
        if receipt == self._receipts:
            self._changed(changed)
        else:  # scanned while the receipt before was being saved: it begins this one
            self._waiting.appendleft(change)
        self._next()

    def _changed(self, changed: Changed) -> None:
        recognised = changed.who.view.name or changed.who.view.card if changed.who else changed.product
        flash, before = self.state.flash + bool(recognised), self.state.cart
        for hold_id in before.hold_ids:
            if hold_id not in changed.cart.hold_ids:
                self.holds.give_back(hold_id)
        if recognised:
            self._desk.sounds.ok()
        self._become(
            replace(
                self.state,
                cart=changed.cart,
                quote=changed.quote,
                line=changed.line,
                clearing=False,
                done=None,
                flash=flash,
                flash_text=recognised,
                undoing=False,
                notice=news_of(self._desk, changed, before),
                tray=self.state.tray if changed.cart.customer == before.customer else None,
            )
        )
        self.look_again()
        self.on_change()
        self.on_taken(changed.code)
        if changed.amount:
            self.on_amount(changed.amount)

    def look_again(self) -> None:
        """What the member has for the receipt; it comes when it comes, no scan waits for it."""
        till, cart = self._desk.till, self.state.cart
        if cart.customer is not None and cart.customer.member_id is not None:
            self._desk.tasks.run(lambda: tray.look(till, cart), lambda found: self._looked(cart, found), self.refuse)

    def _looked(self, cart: Cart, found: Tray) -> None:
        if cart == self.state.cart:
            self._become(replace(self.state, tray=found))

    def _not_changed(self, error: GuitaiError) -> None:
        self._busy = False
        self.refuse(error)
        self.on_amount("")
        self.on_change()
        self._next()


def _nothing() -> None:
    """Nobody else wants to know."""


def _nobody(_code: str) -> None:
    """Nobody typed it."""
