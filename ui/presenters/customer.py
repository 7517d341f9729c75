"""What the customer is shown: goods, total, change, points before and after. Never a name, phone or card.

The pole display and the second screen show this one state; the words are in the language of the receipts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.domain.consent import Purpose
from app.domain.receipt import Receipt
from app.errors import GuitaiError
from app.i18n import ENGLISH, Translator
from app.ids import EventId
from app.services import feedback, settings
from app.services.checkout import Done, Quote
from app.services.till import Outcome
from ui.presenters.base import Desk, Presenter
from ui.presenters.counter import CounterPresenter
from ui.presenters.customer_state import CustomerState, Moment, ShownLine
from ui.presenters.enrol import EnrolPresenter
from ui.presenters.keys import Screen
from ui.presenters.papers import link_of
from ui.presenters.pole import pole_text

THANKS_S = 30
"""After so long a paid receipt leaves the display, if the next one did not begin before."""


class CustomerPresenter(Presenter[CustomerState]):
    """Follows the receipt; `show_pole` is given every new picture for two lines. UI thread."""

    def __init__(
        self, desk: Desk, cart: CounterPresenter, enrol: EnrolPresenter, show_pole: Callable[[Receipt], None]
    ) -> None:
        super().__init__(CustomerState())
        self._desk, self._cart, self._enrol, self._show_pole = desk, cart, enrol, show_pole
        enrol.on_answer = lambda: self.follow(Screen.ENROL)
        self._tr: Translator = ENGLISH
        self._pole: Receipt | None = None
        self._thanked: EventId | None = None
        self._since_s = 0.0
        self._rating = False
        self.refresh()

    def refresh(self) -> None:
        """The shop's name and the customers' language, afresh."""
        till = self._desk.till

        def job() -> tuple[str, str, Translator]:
            read = settings.read(till)
            return read.brand, read.join_url, till.receipt_words

        self._desk.tasks.run(job, self._known, lambda _error: None)

    def follow(self, screen: Screen) -> None:
        """The receipt, or the screen the cashier sees, is another than before."""
        cart, done = self._cart.state, self._cart.state.done
        if screen is Screen.SIGN_ON:
            self._become(self._idle())
        elif screen is Screen.ENROL and self._enrol.state.open and self._enrol.state.enrolled is None:
            self._become(replace(self._idle(), moment=Moment.CONSENT, answers=self._enrol.state.answers))
        elif not cart.empty:
            self._become(self._selling(screen))
        elif done is not None and done.event_id != self._thanked:
            if self.state.moment is not Moment.THANKS:
                self._since_s = self._desk.clock.monotonic_s()
            self._become(self._paid(done))
        elif self.state.moment is not Moment.WELCOME:
            self._become(self._idle())

    def tick(self) -> None:
        """Once a second: a paid receipt is not shown for ever."""
        done = self._cart.state.done
        if self.state.moment is Moment.THANKS and self._desk.clock.monotonic_s() - self._since_s >= THANKS_S:
            self._thanked = done.event_id if done is not None else None
            self._become(self._idle())
            self.refresh()

    def answer(self, purpose: Purpose, given: bool) -> None:
        """The customer agreed or declined, on their own screen."""
        if self.state.moment is Moment.CONSENT:
            self._enrol.answer(purpose, given)

    def rate(self, score: int) -> None:
        """The customer's answer about the receipt just paid; the first one counts."""
        done, till = self._cart.state.done, self._desk.till
        if done is None or self.state.moment is not Moment.THANKS or self.state.score is not None or self._rating:
            return
        self._rating = True
        self._desk.tasks.run(
            lambda: feedback.rate(till, done.event_id, score), lambda kept: self._rated(done, kept), self._not_rated
        )

    def _rated(self, done: Done, kept: Outcome[int]) -> None:
        self._rating = False
        if self.state.moment is Moment.THANKS and self._cart.state.done is done:
            self._become(replace(self.state, score=kept.value))
        self._desk.changed(kept.changed)

    def _not_rated(self, _error: GuitaiError) -> None:
        """The buttons stay; whatever is wrong with the files the cashier hears of at the next sale."""
        self._rating = False

    def _become(self, state: CustomerState) -> None:
        super()._become(state)
        pole = pole_text(state, self._tr)
        if pole != self._pole:
            self._pole = pole
            self._show_pole(pole)

    def _known(self, found: tuple[str, str, Translator]) -> None:
        brand, join, self._tr = found
        self._become(replace(self.state, brand=brand, join=join))

    def _idle(self) -> CustomerState:
        return CustomerState(brand=self.state.brand, join=self.state.join)

    def _selling(self, screen: Screen) -> CustomerState:
        cart, quote = self._cart.state, self._cart.state.quote or Quote(0, 0, 0, 0, 0, None, ())
        customer = cart.cart.customer
        lines = tuple(ShownLine(one.name or "", one.qty, one.charged_minor) for one in cart.cart.basket.lines)
        return CustomerState(
            moment=Moment.TOTAL if screen is Screen.PAY else Moment.BASKET,
            brand=self.state.brand,
            join=self.state.join,
            lines=lines,
            marked=cart.line,
            due_minor=quote.due_minor,
            discount_minor=quote.discount_minor,
            before=customer.view.points if customer else None,
            after=quote.points_after,
            earned=quote.earns if customer else 0,
            used=quote.points_used,
        )

    def _paid(self, done: Done) -> CustomerState:
        after = done.points_after
        return CustomerState(
            moment=Moment.THANKS,
            brand=self.state.brand,
            join=self.state.join,
            link=link_of(done.receipt),
            score=self.state.score if self.state.moment is Moment.THANKS else None,
            due_minor=done.given_minor - done.change_minor,
            given_minor=done.given_minor,
            change_minor=done.change_minor,
            change_kept=done.change_kept,
            before=None if after is None else after - done.earned + done.points_used,
            after=after,
            earned=done.earned,
            used=done.points_used,
        )
