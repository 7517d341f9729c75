"""Payment: how the customer pays, change, and the one moment the sale becomes durable.

While payment is open: a member card is given to the receipt at once (points are still to be promised) and the new
due is said; goods wait (counter.hold) and are said; a code that is refused is refused in words. While the sale is
being saved, whatever is scanned begins the next receipt. A due that changed after the cashier pressed finish is
shown, never charged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.money import on_screen
from app.domain.sale import Tender, TenderKind
from app.domain.spending import Hold
from app.errors import GuitaiError, Refusal
from app.i18n import mark
from app.services import checkout, holding, members, stored_value
from app.services.checkout import Cart, Done, Quote
from app.services.holding import ASK_TIMEOUT_S
from app.services.members import CustomerFound, ProductFound
from app.services.ports import HoldAnswer
from app.services.till import Outcome
from ui.presenters.amount import typed_amount
from ui.presenters.base import Desk, Notice, Presenter
from ui.presenters.counter import CounterPresenter
from ui.theme.names import Role

KINDS = (TenderKind.CASH, TenderKind.QR, TenderKind.CARD, TenderKind.STORED_VALUE)
NOTES_MINOR = (100, 500, 1_000, 5_000, 10_000)
SUGGESTIONS_MAX = 6


@dataclass(frozen=True, slots=True)
class PayState:
    """`taken` are part payments so far; `text` is what was typed for the next one, empty: all the rest.

    `stored_minor` is stored value not yet taken for this payment; `asking`: head office is asked for a part of it.
    `keep`: the change becomes stored value.
    """

    open: bool = False
    cart: Cart | None = None
    quote: Quote | None = None
    kind: TenderKind = TenderKind.CASH
    text: str = ""
    typed_minor: int | None = None
    taken: tuple[Tender, ...] = ()
    held: int = 0
    saving: bool = False
    notice: Notice | None = None
    refused: int = 0
    stored_minor: int = 0
    asking: bool = False
    keep: bool = False

    @property
    def due_minor(self) -> int:
        """What is to pay with money: the receipt less what points pay."""
        return self.quote.due_minor if self.quote else 0

    @property
    def rest_minor(self) -> int:
        """What is left after the part payments."""
        return self.due_minor - sum(tender.minor or 0 for tender in self.taken)

    @property
    def given_minor(self) -> int:
        """What is given now: as typed, else the rest."""
        if self.typed_minor is not None:
            return self.typed_minor
        return min(self.rest_minor, self.stored_minor) if self.kind is TenderKind.STORED_VALUE else self.rest_minor

    @property
    def can_keep(self) -> bool:
        """Whether change may become stored value: of cash, for a known member."""
        customer = self.cart.customer if self.cart else None
        known = customer is not None and customer.member_id is not None
        return known and self.kind is TenderKind.CASH and self.change_minor > 0

    @property
    def change_minor(self) -> int:
        """What goes back to the customer, 0 while too little is given."""
        return max(0, self.given_minor - self.rest_minor)

    @property
    def short_minor(self) -> int:
        """What would still be missing after this part payment."""
        return max(0, self.rest_minor - self.given_minor)


def suggestions(due_minor: int) -> tuple[int, ...]:
    """The amounts a customer is likely to hand over: exact, then rounded up to 1, 5, 10, 50, 100, 200, 500 yuan."""
    found = [due_minor]
    for note in (*NOTES_MINOR, 20_000, 50_000):
        up = -(-due_minor // note) * note
        if up not in found:
            found.append(up)
    return tuple(found[:SUGGESTIONS_MAX])


class PayPresenter(Presenter[PayState]):
    """`finished` receives the durable sale; `left` is told when payment is closed without one."""

    def __init__(
        self, desk: Desk, counter: CounterPresenter, *, finished: Callable[[Done], None], left: Callable[[], None]
    ) -> None:
        super().__init__(PayState())
        self._desk, self._counter = desk, counter
        self._finished, self._left = finished, left

    def open(self) -> None:
        """Payment of the counter's receipt."""
        counter = self._counter.state
        stored_minor = max(0, counter.tray.stored_minor) if counter.tray else 0
        self._become(PayState(open=True, cart=counter.cart, quote=counter.quote, stored_minor=stored_minor))

    @property
    def busy(self) -> bool:
        """The sale is being saved, or head office is asked: nothing else may begin."""
        return self.state.saving or self.state.asking

    def keep_change(self) -> None:
        """S: the change becomes stored value, or goes to the customer after all."""
        if not self.busy and (self.state.can_keep or self.state.keep):
            self._become(replace(self.state, keep=not self.state.keep))

    def choose(self, kind: TenderKind) -> None:
        """Pay (this part) that way."""
        if self.busy or kind is self.state.kind:
            return
        if kind is TenderKind.STORED_VALUE and not self.state.stored_minor:
            self._refuse(Refusal("stored_none"))
            return
        self._become(replace(self.state, kind=kind, notice=self._waiting()))

    def move(self, by: int) -> None:
        """The next or previous way to pay."""
        place = KINDS.index(self.state.kind) + by
        if 0 <= place < len(KINDS):
            self.choose(KINDS[place])

    def typed(self, text: str) -> None:
        """The amount now in the field."""
        if text == self.state.text or self.busy:
            return
        text = typed_amount(text)
        try:
            minor = checkout.parse_amount(text) if text else None
        except GuitaiError as error:
            self._become(replace(self.state, text=text, typed_minor=0, notice=self._words(error)))
            return
        self._become(replace(self.state, text=text, typed_minor=minor, notice=self._waiting()))

    def key(self, key: str) -> None:
        """A key of the keypad."""
        self.typed(self.state.text + key)

    def delete(self) -> None:
        """The keypad's delete key."""
        self.typed(self.state.text[:-1])

    def give(self, minor: int) -> None:
        """One of the likely amounts."""
        self.typed(on_screen(minor).replace(",", ""))

    def drop_taken(self) -> None:
        """Take back the last part payment."""
        if self.state.taken and not self.busy:
            self._give_back(self.state.taken[-1:])
            self._become(replace(self.state, taken=self.state.taken[:-1], notice=self._waiting()))

    def back(self) -> None:
        """Esc: to the receipt; what was scanned meanwhile comes onto it. Not while the sale is being saved."""
        if not self.busy:
            self._give_back(self.state.taken)
            self._become(PayState())
            self._left()
            self._counter.release()

    def finish(self) -> None:
        """Take this payment; when it covers the due, sell."""
        if not self.busy and self.state.open:
            due_minor = self.state.due_minor
            self._counter.when_settled(lambda: self._finish(due_minor))

    def follow(self) -> None:
        """The counter's receipt changed while payment is open."""
        if not self.state.open:
            return
        counter, before = self._counter.state, self.state.due_minor
        if not counter.cart.basket.lines:
            self.back()
            return
        state = replace(self.state, cart=counter.cart, quote=counter.quote, held=len(counter.held))
        before_cart, now = self.state.cart, counter.cart.customer
        if before_cart is None or now is None or now.member_id != (before_cart.customer or now).member_id:
            state = self._without_stored(state)
        notice = counter.notice
        if state.due_minor != before:
            text = mark("The due is now ¥{amount}.")
            notice = self._desk.say(text, Role.ATTENTION, amount=on_screen(state.due_minor))
        self._become(replace(state, notice=notice or state.notice))

    def scan(self, code: str) -> None:
        """A scan while payment is open; see the module's first lines."""
        till = self._desk.till
        self._desk.tasks.run(
            lambda: members.identify(till, code), lambda found: self._identified(code, found), self._refuse
        )

    def _identified(self, code: str, found: ProductFound | CustomerFound) -> None:
        self._counter.on_taken(code)
        if isinstance(found, CustomerFound):
            self._counter.give(found)
        elif not self.state.open:
            self._counter.add_product(found.product)
        else:
            self._counter.hold(found.product)
            held = len(self._counter.state.held)
            notice = self._waiting(held)
            self._become(replace(self.state, held=held, refused=self.state.refused + 1, notice=notice))

    def _waiting(self, held: int | None = None) -> Notice | None:
        """The sentence about goods scanned meanwhile; it stays until payment ends."""
        held = self.state.held if held is None else held
        if not held:
            return None
        text = mark(
            "Scanned while paying: {count} waiting. Esc adds them to this receipt; "
            "after payment they begin the next one."
        )
        return self._desk.say(text, Role.ATTENTION, count=held)

    def _finish(self, due_minor: int) -> None:
        state = self.state
        if not state.open or self.busy or state.due_minor != due_minor:
            return
        if state.kind is TenderKind.STORED_VALUE:
            self._ask_stored(min(state.given_minor, state.rest_minor))
            return
        if state.short_minor:
            if state.given_minor > 0:
                self._take_part()
            return
        self._sell((*state.taken, Tender(state.kind, minor=state.given_minor)))

    def _sell(self, tenders: tuple[Tender, ...]) -> None:
        till, session, cart = self._desk.till, self._desk.session(), self._counter.state.cart
        keep = self.state.keep and self.state.can_keep
        self._become(replace(self.state, saving=True, notice=None))
        self._desk.tasks.run(
            lambda: checkout.complete(till, session, cart, tenders, keep_change=keep), self._sold, self._not_sold
        )

    def _ask_stored(self, minor: int) -> None:
        """Ask head office for a part of the stored value; the part payment is taken when it holds it."""
        till, session, cart = self._desk.till, self._desk.session(), self._counter.state.cart
        text = mark("Asking head office, {seconds} s at most. Nothing is taken until it answers.")
        notice = self._desk.say(text, Role.INFO, seconds=round(ASK_TIMEOUT_S))
        self._become(replace(self.state, asking=True, notice=notice))
        self._desk.tasks.run(lambda: stored_value.begin(till, session, cart.customer, minor), self._ask, self._not_held)

    def _ask(self, hold: Hold) -> None:
        link, till = self._desk.till.head_office, self._desk.till

        def answered(answer: HoldAnswer) -> None:
            self._desk.tasks.run(lambda: stored_value.settle(till, hold, answer), self._held, refused)

        def refused(error: GuitaiError) -> None:
            self._counter.holds.tell(hold.hold_id)
            self._not_held(error)

        self._desk.tasks.away(lambda: holding.ask(link, hold), answered, refused)

    def _held(self, outcome: Outcome[Tender]) -> None:
        tender = outcome.value
        taken = (*self.state.taken, tender)
        left = self.state.stored_minor - (tender.minor or 0)
        self._become(replace(self.state, asking=False, taken=taken, stored_minor=left, text="", typed_minor=None))
        if self.state.rest_minor <= 0:
            self._sell(taken)
            return
        self._become(replace(self.state, kind=TenderKind.CASH))
        self._say_rest()

    def _not_held(self, error: GuitaiError) -> None:
        self._become(replace(self.state, asking=False))
        self._refuse(error)

    def _without_stored(self, state: PayState) -> PayState:
        """Another customer, or none: what the one before had in stored value does not pay any more."""
        stored = tuple(one for one in state.taken if one.kind is TenderKind.STORED_VALUE)
        self._give_back(stored)
        kind = TenderKind.CASH if state.kind is TenderKind.STORED_VALUE else state.kind
        taken = tuple(one for one in state.taken if one not in stored)
        return replace(state, taken=taken, kind=kind, stored_minor=0, keep=False)

    def _give_back(self, tenders: tuple[Tender, ...]) -> None:
        for one in tenders:
            if one.hold_id is not None:
                self._counter.holds.give_back(one.hold_id)
                self._become(replace(self.state, stored_minor=self.state.stored_minor + (one.minor or 0)))

    def _take_part(self) -> None:
        state = self.state
        taken = (*state.taken, Tender(state.kind, minor=state.given_minor))
        self._become(replace(state, taken=taken, text="", typed_minor=None))
        self._say_rest()

    def _say_rest(self) -> None:
        text = mark("¥{amount} to go. Choose how the rest is paid.")
        self._become(replace(self.state, notice=self._desk.say(text, amount=on_screen(self.state.rest_minor))))

    def _sold(self, outcome: Outcome[Done]) -> None:
        self._desk.sounds.ok()
        self._become(PayState())
        self._finished(outcome.value)
        self._desk.changed(outcome.changed)

    def _not_sold(self, error: GuitaiError) -> None:
        self._become(replace(self.state, saving=False))
        self._refuse(error)

    def _refuse(self, error: GuitaiError) -> None:
        if self.state.open:
            self._become(replace(self.state, notice=self._desk.refuse(error), refused=self.state.refused + 1))
        else:
            self._counter.refuse(error)

    def _words(self, error: GuitaiError) -> Notice:
        return Notice(self._desk.speech.words(error), Role.ERROR)
