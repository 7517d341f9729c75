"""The sale: a cart, what it costs and earns, and its one durable transaction."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.product import Product
from app.domain.receipt import Receipt
from app.domain.sale import Basket, Because, Tender
from app.ids import EventId
from app.services.members import Customer
from app.services.till import Outcome, Session, Till


@dataclass(frozen=True, slots=True)
class Cart:
    """The sale being built; every change makes another one."""

    basket: Basket = Basket()
    customer: Customer | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What the cart costs and earns now. Points are whole (floored); `points_after` None: balance unknown."""

    pieces: int
    gross_minor: int
    discount_minor: int
    payable_minor: int
    earns: int
    points_after: int | None
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """A finished sale, for the screen. `receipt` is the model that was printed; names in it are masked."""

    event_id: EventId
    receipt_no: str
    at_ms: int
    payable_minor: int
    given_minor: int
    change_minor: int
    earned: int
    points_after: int | None
    job_id: int
    receipt: Receipt


def with_product(till: Till, cart: Cart, product: Product, qty: int = 1) -> Cart:
    """The cart with the product added: an equal line grows, else a new last line. Refusal `qty_range`, `lines_max`."""
    ...


def with_amount(till: Till, cart: Cart, amount_minor: int) -> Cart:
    """The cart with an amount-only line. Refusal `amount_range` (zero, negative or above the till's limit)."""
    ...


def with_qty(till: Till, cart: Cart, number: int, qty: int) -> Cart:
    """The cart with `qty` pieces on line `number`; 0 removes it. Refusal `qty_range`."""
    ...


def with_customer(cart: Cart, customer: Customer | None) -> Cart:
    """The cart for that customer; the lines stay."""
    ...


def quote(till: Till, cart: Cart) -> Quote:
    """Pure over the programme valid now: called on every change."""
    ...


def redeem_points(till: Till, cart: Cart) -> Cart:
    """Points as tender: Refusal `redeem_offline`, with the reason, until head office lends or holds points."""
    ...


def parse_amount(text: str) -> int:
    """Typed money as minor units: `86.4` → 8640. Refusal `amount_form`, `amount_range`."""
    ...


def complete(till: Till, session: Session, cart: Cart, tenders: tuple[Tender, ...]) -> Outcome[Done]:
    """Sell: one transaction of sale, event, audit and print job; durable when it returns.

    `tenders` must cover the payable amount; only cash may exceed it (change). Refusal `cart_empty`, `tender_short`,
    `tender_over`, `member_blocked`, `redeem_offline`, `shift_closed`.
    """
    ...
