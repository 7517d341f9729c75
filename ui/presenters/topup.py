"""Paying into stored value: how much, how it is paid, what the chain adds; one durable fact, offline too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.money import on_screen
from app.domain.sale import TenderKind
from app.errors import GuitaiError
from app.services import checkout, stored_value
from app.services.members import Customer
from app.services.stored_value import PAID_BY, Offer, ToppedUp
from app.services.till import Outcome
from ui.presenters.amount import typed_amount
from ui.presenters.base import Desk, Notice, Presenter
from ui.presenters.counter import CounterPresenter
from ui.theme.names import Role

LIKELY_MINOR = (10_000, 20_000, 50_000, 100_000)


@dataclass(frozen=True, slots=True)
class TopUpState:
    """`text` is the amount as typed; `offer` what it gives, None while nothing (valid) is typed."""

    open: bool = False
    customer: Customer | None = None
    text: str = ""
    kind: TenderKind = TenderKind.CASH
    offer: Offer | None = None
    saving: bool = False
    notice: Notice | None = None
    refused: int = 0


class TopUpPresenter(Presenter[TopUpState]):
    """`done` receives the durable top-up, `left` is told when it is closed without one."""

    def __init__(
        self, desk: Desk, counter: CounterPresenter, *, done: Callable[[ToppedUp], None], left: Callable[[], None]
    ) -> None:
        super().__init__(TopUpState())
        self._desk, self._counter = desk, counter
        self._done, self._left = done, left

    def open(self) -> None:
        """For the member on the receipt."""
        self._become(TopUpState(open=True, customer=self._counter.state.cart.customer))

    def choose(self, kind: TenderKind) -> None:
        """It is paid that way."""
        if not self.state.saving:
            self._become(replace(self.state, kind=kind))

    def move(self, by: int) -> None:
        """The next or previous way to pay."""
        place = PAID_BY.index(self.state.kind) + by
        if 0 <= place < len(PAID_BY):
            self.choose(PAID_BY[place])

    def typed(self, text: str) -> None:
        """The amount now in the field."""
        text = typed_amount(text)
        if self.state.saving or text == self.state.text:
            return
        self._become(replace(self.state, text=text, offer=None, notice=None))
        if text:
            till, customer = self._desk.till, self.state.customer
            self._desk.tasks.run(
                lambda: stored_value.offer(till, customer, checkout.parse_amount(text)),
                lambda offer: self._shown(text, offer),
                lambda error: self._no(text, error),
            )

    def key(self, key: str) -> None:
        """A key of the keypad."""
        self.typed(self.state.text + key)

    def delete(self) -> None:
        """The last digit goes."""
        self.typed(self.state.text[:-1])

    def give(self, minor: int) -> None:
        """One of the likely amounts."""
        self.typed(on_screen(minor).replace(",", "").removesuffix(".00"))

    def confirm(self) -> None:
        """Take the money."""
        state, till, session = self.state, self._desk.till, self._desk.session()
        offer = state.offer
        if state.saving or offer is None:
            return
        self._become(replace(state, saving=True, notice=None))
        self._desk.tasks.run(
            lambda: stored_value.pay_in(till, session, state.customer, offer.minor, state.kind),
            self._paid_in,
            self._refused,
        )

    def back(self) -> None:
        """Esc: the receipt as it is."""
        if not self.state.saving:
            self._become(TopUpState())
            self._left()

    def scan(self, code: str) -> None:
        """A scan belongs to the receipt."""
        if not self.state.saving:
            self.back()
            self._counter.scan(code)

    def _shown(self, text: str, offer: Offer) -> None:
        """Only for the amount that still stands in the field: what is confirmed is what is read there."""
        if self.state.open and text == self.state.text:
            self._become(replace(self.state, offer=offer))

    def _no(self, text: str, error: GuitaiError) -> None:
        """While typing an amount is not wrong, only not yet right: words, no sound."""
        if self.state.open and text == self.state.text:
            self._become(replace(self.state, notice=Notice(self._desk.speech.words(error), Role.ATTENTION)))

    def _paid_in(self, outcome: Outcome[ToppedUp]) -> None:
        self._desk.sounds.ok()
        self._become(TopUpState())
        self._done(outcome.value)
        self._desk.changed(outcome.changed)

    def _refused(self, error: GuitaiError) -> None:
        notice = self._desk.refuse(error)
        self._become(replace(self.state, saving=False, notice=notice, refused=self.state.refused + 1))
