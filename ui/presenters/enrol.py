"""Enrol a new member: phone, name, consent per purpose, a card that works at once.

While the form is open: an unknown member card becomes the new member's card; a known one is shown as such and opens
nobody by itself; goods go onto the receipt behind the form (nothing is being paid). Unanswered consents count as
declined. Nothing typed is lost by any scan or refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.consent import Consent, Purpose
from app.domain.member import mask_name
from app.errors import GuitaiError
from app.i18n import mark
from app.services import enrolment, members
from app.services.enrolment import Enrolled, Form, PhoneCheck
from app.services.members import Customer, CustomerFound, ProductFound
from app.services.till import Outcome
from ui.presenters.base import Desk, Notice, Presenter
from ui.presenters.counter import CounterPresenter
from ui.theme.names import Role

PHONE_CHARS_MAX = 20
NAME_CHARS_MAX = 40
PHONE_DIGITS_MIN = 11
NO_ANSWERS: tuple[Consent, ...] = ()


@dataclass(frozen=True, slots=True)
class EnrolState:
    """The form. `check` belongs to the phone as typed or is None; `enrolled` ends the form."""

    open: bool = False
    phone: str = ""
    check: PhoneCheck | None = None
    name: str = ""
    answers: tuple[Consent, ...] = NO_ANSWERS
    card: str | None = None
    staff_name: str = ""
    store_name: str = ""
    elapsed_s: int = 0
    saving: bool = False
    notice: Notice | None = None
    refused: int = 0
    enrolled: Enrolled | None = None
    leaving: bool = False

    @property
    def filled(self) -> bool:
        """Something would be lost with the form."""
        return self.enrolled is None and bool(self.phone or self.name or self.answers or self.card)

    def answer(self, purpose: Purpose) -> bool | None:
        """What the customer said about a purpose; None: not asked yet."""
        return next((consent.given for consent in self.answers if consent.purpose is purpose), None)

    @property
    def unanswered(self) -> tuple[Purpose, ...]:
        """Purposes nobody has answered yet."""
        return tuple(purpose for purpose in Purpose if self.answer(purpose) is None)

    @property
    def ready(self) -> bool:
        """Phone, name and the answers the card needs are there."""
        return self.check is not None and bool(self.name.strip()) and self.answer(Purpose.SERVICE) is True

    @property
    def masked_name(self) -> str:
        """The name as it is shown when nobody is typing it."""
        return mask_name(self.name.strip())

    @property
    def step(self) -> int:
        """The step that wants attention: 0 phone, 1 name, 2 consent, 3 card."""
        if self.enrolled is not None:
            return 3
        if self.check is None:
            return 0
        return 2 if self.name.strip() else 1


class EnrolPresenter(Presenter[EnrolState]):
    """`left` is told when the form closes; a new member is given to the counter's receipt first."""

    def __init__(self, desk: Desk, counter: CounterPresenter, *, left: Callable[[], None]) -> None:
        super().__init__(EnrolState())
        self._desk, self._counter, self._left = desk, counter, left
        self._opened_s = 0.0
        self.on_answer: Callable[[], None] = _nothing
        """Told when the customer has answered, here or on their own screen."""

    def open(self) -> None:
        """An empty form."""
        self._opened_s = self._desk.clock.monotonic_s()
        staff_name, store_name = self._desk.session().staff_name, self._desk.till.place.store_name
        self._become(EnrolState(open=True, staff_name=staff_name, store_name=store_name))

    def tick(self) -> None:
        """Once a second: how long the customer has been standing here."""
        state = self.state
        if state.open and state.enrolled is None:
            self._become(replace(state, elapsed_s=int(self._desk.clock.monotonic_s() - self._opened_s)))

    def phone_typed(self, phone: str) -> None:
        """The phone as typed so far; checked as soon as it can be a number."""
        self.keep()
        phone = phone[:PHONE_CHARS_MAX]
        if phone != self.state.phone:
            self._become(replace(self.state, phone=phone, check=None, notice=None))
            if sum(char.isdigit() for char in phone) >= PHONE_DIGITS_MIN:
                self.check_phone()

    def check_phone(self) -> None:
        """Look the phone up, as when the field is left; a refusal belongs to the field."""
        phone = self.state.phone
        if phone and self.state.check is None:
            till = self._desk.till
            self._desk.tasks.run(
                lambda: enrolment.check_phone(till, phone),
                lambda check: self._checked(phone, check),
                lambda error: self._bad_phone(phone, error),
            )

    def name_typed(self, name: str) -> None:
        """The name as typed so far."""
        self.keep()
        self._become(replace(self.state, name=name[:NAME_CHARS_MAX]))

    def answer(self, purpose: Purpose, given: bool) -> None:
        """The customer agreed or declined."""
        self.keep()
        others = tuple(consent for consent in self.state.answers if consent.purpose is not purpose)
        self._become(replace(self.state, answers=(*others, Consent(purpose, given)), notice=None))
        self.on_answer()

    def open_known(self) -> None:
        """Take the member who has this phone already; the form is not needed."""
        check = self.state.check
        if check is not None and check.duplicates:
            known = check.duplicates[0]
            self._close()
            self._counter.give(CustomerFound(known, unknown_card=False))

    def electronic_card(self) -> None:
        """Back to a card number from the till's block."""
        self._become(replace(self.state, card=None))

    def scan(self, code: str) -> None:
        """A scan while the form is open; see the module's first lines."""
        self.keep()
        till = self._desk.till
        self._desk.tasks.run(
            lambda: members.identify(till, code), lambda found: self._identified(code, found), self._refuse
        )

    def finish(self) -> None:
        """Save the new member; when that is done, back to the receipt."""
        state = self.state
        if state.enrolled is not None:
            self._close()
            return
        if state.saving or not state.open:
            return
        consents = tuple(Consent(purpose, bool(state.answer(purpose))) for purpose in Purpose)
        form = Form(phone=state.phone, name=state.name.strip(), consents=consents, card=state.card)
        till, session = self._desk.till, self._desk.session()
        self._become(replace(state, saving=True, notice=None))
        self._desk.tasks.run(lambda: enrolment.enrol(till, session, form), self._done, self._not_done)

    def back(self) -> None:
        """Esc: to the receipt; a form with something in it asks for a second Esc. Not while it is being saved."""
        state = self.state
        if state.saving:
            return
        if state.filled and not state.leaving:
            text = mark("Press Esc again to discard this form. Any other key keeps it.")
            self._become(replace(state, leaving=True, notice=self._desk.say(text, Role.ATTENTION)))
        else:
            self._close()

    def keep(self) -> None:
        """Any other key or scan after the first Esc: the form stays."""
        if self.state.leaving:
            self._become(replace(self.state, leaving=False, notice=None))

    def _checked(self, phone: str, check: PhoneCheck) -> None:
        if phone == self.state.phone:
            self._become(replace(self.state, check=check, notice=None))

    def _bad_phone(self, phone: str, error: GuitaiError) -> None:
        if phone == self.state.phone:
            self._refuse(error)

    def _identified(self, code: str, found: ProductFound | CustomerFound) -> None:
        self._counter.on_taken(code)
        if isinstance(found, ProductFound):
            self._counter.add_product(found.product)
            if self.state.open:
                text = mark("Added to the receipt: {name}")
                self._become(replace(self.state, notice=self._desk.say(text, name=found.product.name)))
        elif not self.state.open or self.state.enrolled is not None:
            self._counter.give(found)
        elif found.unknown_card:
            self._desk.sounds.ok()
            self._become(replace(self.state, card=found.customer.card, notice=None))
        else:
            self._known_card(found.customer)

    def _known_card(self, customer: Customer) -> None:
        self._desk.sounds.refused()
        text = mark("This card belongs to {name} already. Take another card, or press Esc and scan it for the receipt.")
        name = customer.view.name or customer.view.card
        notice = self._desk.say(text, Role.ERROR, name=name)
        self._become(replace(self.state, notice=notice, refused=self.state.refused + 1))

    def _done(self, outcome: Outcome[Enrolled]) -> None:
        enrolled = outcome.value
        self._desk.sounds.ok()
        self._become(replace(self.state, saving=False, enrolled=enrolled))
        self._counter.give(CustomerFound(enrolled.customer, unknown_card=False))
        self._desk.changed(outcome.changed)

    def _not_done(self, error: GuitaiError) -> None:
        self._become(replace(self.state, saving=False))
        self._refuse(error)

    def _refuse(self, error: GuitaiError) -> None:
        self._become(replace(self.state, notice=self._desk.refuse(error), refused=self.state.refused + 1))

    def _close(self) -> None:
        self._become(EnrolState())
        self._left()


def _nothing() -> None:
    """Nobody else shows the answers."""
