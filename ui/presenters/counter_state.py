"""What the counter shows, and one change of its receipt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.product import Product
from app.domain.receipt import JobState
from app.i18n import mark
from app.services import checkout, members, tray
from app.services.checkout import Cart, Done, Quote
from app.services.members import Customer
from app.services.status import ShiftView, UnknownPaper
from app.services.till import Till
from app.services.tray import Tray
from ui.presenters.base import Desk, Notice
from ui.theme.names import Role

CHANGES_WAITING_MAX = 64
EMPTY = Cart()


@dataclass(frozen=True, slots=True)
class Changed:
    """A cart after one change, and what was recognised: words for the scan field, the line to mark."""

    cart: Cart
    quote: Quote
    line: int
    who: Customer | None = None
    product: str = ""
    unknown_card: bool = False
    lost: bool = False
    code: str = ""
    amount: str = ""
    left: bool = False
    """A coupon or reward was taken off on purpose: nothing needs to be said of it."""


Change = Callable[[Cart], Changed]


@dataclass(frozen=True, slots=True)
class CounterState:
    """The whole counter but what is being typed. `flash` counts recognised scans, `refused` refused ones."""

    cart: Cart = EMPTY
    quote: Quote | None = None
    line: int = -1
    notice: Notice | None = None
    shift: ShiftView | None = None
    done: Done | None = None
    job_state: JobState | None = None
    paper: UnknownPaper | None = None
    pending: int = 0
    held: tuple[Product, ...] = ()
    flash: int = 0
    flash_text: str = ""
    refused: int = 0
    clearing: bool = False
    undoing: bool = False
    tray: Tray | None = None
    """What the member has beside points for the receipt as it is; None for nobody, and until it is looked up."""

    @property
    def unknown_job(self) -> int | None:
        """The print job the cashier is asked about."""
        return self.paper.job_id if self.paper else None

    @property
    def empty(self) -> bool:
        """Nothing sold and nobody recognised: the idle screen."""
        return not self.cart.basket.lines and self.cart.customer is None

    @property
    def payable(self) -> bool:
        """There is something to pay for."""
        return bool(self.cart.basket.lines)


def made(till: Till, cart: Cart, line: int) -> Changed:
    """A changed cart with what of its coupons and rewards still fits, and what it costs. Store thread."""
    cart = tray.fitting(till, cart)
    return Changed(cart, checkout.quote(till, cart), line)


def renewed(till: Till, cart: Cart, line: int) -> Changed:
    """The receipt with its customer as the files say now: a return or a correction has moved points. Store thread."""
    before = cart.customer
    after = members.again(till, before) if before else None
    return made(till, cart if after == before else checkout.with_customer(cart, after), line)


def news_of(desk: Desk, changed: Changed, before: Cart) -> Notice | None:
    """What a cashier must be told of a change: points or coupons given back, or a card nobody is known for."""
    kept = changed.cart.hold_ids
    taken = (*(one.hold_id for one in before.coupons), *(one.hold_id for one in before.rewards))
    if not changed.left and any(hold_id not in kept for hold_id in taken):
        text = mark("A coupon or reward does not fit the receipt any more: it is the customer's again.")
        return desk.say(text, Role.ATTENTION)
    if before.spend is not None and changed.cart.spend is None:
        text = mark("The points are given back: they were held for this receipt as it was. F4 asks for them again.")
        return desk.say(text, Role.ATTENTION)
    if not changed.unknown_card or changed.who is None:
        return None
    if changed.lost:
        text = mark("Members cannot be looked up here now. The points of this sale go to card ···{tail}.")
        return desk.say(text, Role.ATTENTION, tail=changed.who.view.card)
    text = mark("Nobody is known for card ···{tail} at this till. The points of this sale go to the card number.")
    return desk.say(text, tail=changed.who.view.card)
