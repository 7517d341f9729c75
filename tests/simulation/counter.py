"""The cashier of a simulated till: the real use cases over its real files; the world times asking and waiting."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.domain.consent import Consent, Purpose
from app.domain.events import NewMember, attachment, enrolment_fact, seal, shift_open_fact
from app.domain.receipt import Receipt
from app.domain.sale import FoundBy, Line, Tender, TenderKind
from app.domain.shift import Shift
from app.domain.staff import Role
from app.errors import Refusal
from app.i18n import load as load_words
from app.ids import AccountId, EventId, MemberId, ShiftId, StaffId, uuid7
from app.resources import resources
from app.services import checkout, holding, redemption, returns
from app.services.checkout import Cart
from app.services.members import Customer, customer_of, unknown_card
from app.services.ports import HoldAnswer, OwnMember
from app.services.redemption import Ask
from app.services.till import Session, Till
from app.wiring.papers import TillPapers
from app.wiring.till import place_of
from sync.protocol.buckets import region_bucket

if TYPE_CHECKING:
    from tests.simulation.sim_till import SimTill

WORDS = load_words(resources() / "locale", "en")
PAPERS = TillPapers("en", None)


@dataclass(frozen=True)
class Enrolled:
    """A member as the simulator remembers it."""

    member_id: str
    account_id: str
    card: str
    name: str


class NoPaper:
    """The renderer of a till whose paper nobody looks at."""

    def render(self, receipt: Receipt, copy_no: int = 0) -> bytes:
        """See ReceiptRenderer."""
        return b""


class Counter:
    """One process of a till's counter. `asking`: head office was asked for points and has not answered."""

    def __init__(self, process: SimTill) -> None:
        files, self._process, self.dice = process.files, process, process.dice
        self.till = Till(
            place=place_of(files.identity, files.essentials, process.clock.now_ms()),
            clock=process.clock,
            random_bytes=self.dice.randbytes,
            members=files.members,
            essentials=files.essentials,
            book=files.book,
            jobs=files.jobs,
            pins=files.pins,
            renderer=NoPaper(),
            receipt_words=WORDS,
            papers=PAPERS,
            failpoints=process.failpoints,
            head_office=process.link,
        )
        self.asking: Ask | None = None
        self.cart = Cart()

    def reopened(self) -> None:
        """The files were opened anew: another cache generation is in use."""
        files = self._process.files
        self.till = replace(self.till, members=files.members, essentials=files.essentials, book=files.book,
                            jobs=files.jobs)  # fmt: skip

    # ---- sales

    def sell(self, member: Enrolled, yuan: int, pieces: int, plan: random.Random) -> str:
        """An amount-only sale, to the card number where the member is not known here; its receipt number."""
        self.cart = self._cart(member, yuan, pieces)
        return self._pay(plan)

    def finish(self, plan: random.Random) -> str:
        """What is on the receipt is paid, or the points are given back."""
        if plan.random() < 0.7:
            return f"pays, receipt {self._pay(plan)}"
        self.keep()
        return "keeps the points"

    def keep(self) -> None:
        """Points are not spent after all."""
        spend = self.cart.spend
        if spend is not None:
            holding.give_back(self.till, spend.hold_id)
            self.cart = Cart()
            self.till.head_office.release(spend.hold_id)

    def ask(self, member: Enrolled, yuan: int, plan: random.Random) -> None:
        """Write down a hold that head office is then asked for. Refusal where there is no room for points."""
        cart = self._cart(member, yuan, 1)
        room = redemption.room(self.till, cart)
        points = room.step * plan.randrange(room.least // room.step, room.most // room.step + 1)
        self.cart = cart
        self.asking = redemption.begin(self.till, self._session(), cart, points)

    def answered(self, answer: HoldAnswer) -> str:
        """What head office said; without points the basket is dropped."""
        asked = self.asking
        if asked is None:
            raise AssertionError("something was asked")
        try:
            self.cart = replace(self.cart, spend=redemption.settle(self.till, asked, answer).value)
            self.asking = None
        except Refusal as refusal:
            self.cart, self.asking = Cart(), None
            self.till.head_office.release(asked.hold.hold_id)
            return refusal.code
        return "held"

    def take_back(self, plan: random.Random) -> str:
        """Goods of a receipt of this till come back, all that is left or a piece of it."""
        receipts = self._process.receipts()
        if not receipts:
            return "has sold nothing"
        found = returns.find(self.till, plan.choice(receipts))
        left = {no: line.qty - line.returned for no, line in enumerate(found.bought.purchase.lines)}
        wanted = {no: plan.randrange(1, qty + 1) for no, qty in left.items() if qty}
        return f"takes back {returns.confirm(self.till, self._session(), found, wanted).value.receipt_no}"

    def undo(self) -> str:
        """The last sale is taken back whole."""
        return f"undoes {returns.undo(self.till, self._session()).value.receipt_no}"

    # ---- members and the shift

    def open_shift(self) -> None:
        shift = Shift(ShiftId(self.fresh_id()), 1, StaffId(self.fresh_id()), self.till.clock.now_ms())
        with self.till.book.begin() as tx:
            tx.open_shift(shift)
            tx.append(seal(shift_open_fact(EventId(self.fresh_id()), shift), tx.head()))
            tx.commit()

    def enrol(self, name: str) -> Enrolled:
        """A member with a card of this till's block."""
        event_id, at_ms = EventId(self.fresh_id()), self.till.clock.now_ms()
        name = f"{name}{event_id[-12:]}"  # found wherever it may be left
        personal = attachment(self.fresh_id(), self.dice.randbytes(32), {"name": name, "phone": "+8613800000000"})
        with self.till.book.begin() as tx:
            number, card = tx.take_number("member"), tx.take_number("card")
            ids = MemberId(self._neighbour()), AccountId(self.fresh_id())
            made = NewMember(*ids, number, card, "s027", "2026-09-21", StaffId(self.fresh_id()))
            fact = enrolment_fact(
                event_id, at_ms, made, consents=(Consent(Purpose.SERVICE, True),), notice=1, personal=personal
            )
            tx.add_member(
                OwnMember(
                    made.member_id, made.account_id, event_id, personal.pii_ref, number, card, "s027", "2026-09-21"
                )
            )
            tx.append(seal(fact, tx.head()))
            tx.commit()
        return Enrolled(made.member_id, made.account_id, card, name)

    # ---- inside

    def _pay(self, plan: random.Random) -> str:
        kind = plan.choice((TenderKind.CASH, TenderKind.CARD))
        done = checkout.complete(self.till, self._session(), self.cart, (Tender(kind, None),)).value
        self.cart = Cart()
        return done.receipt_no

    def _cart(self, member: Enrolled, yuan: int, pieces: int) -> Cart:
        return checkout.with_customer(checkout.with_line(Cart(), Line(yuan * 100, pieces)), self._customer(member))

    def _customer(self, member: Enrolled) -> Customer:
        known = self.till.members.by_card(member.card)
        return customer_of(self.till, known, FoundBy.CARD) if known else unknown_card(self.till, member.card)

    def _session(self) -> Session:
        shift = self.till.book.open_shift()
        if shift is None:
            raise AssertionError("a shift is open")
        return Session(shift.staff_id, "01", "", Role.CASHIER, shift)

    def _neighbour(self) -> str:
        """An id whose rows share one of two buckets with those of every other member: what meets, meets often."""
        while True:
            found = self.fresh_id()
            if region_bucket("r1", found) in ("region:r1:07", "region:r1:08"):
                return found

    def fresh_id(self) -> str:
        """An id nobody has yet."""
        return uuid7(self.till.clock.now_ms(), self.dice.getrandbits)
