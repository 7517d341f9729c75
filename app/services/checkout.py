"""The sale: a cart, what it costs and earns, and its one durable transaction."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace

from app.domain import receipt as paper_model
from app.domain.events import sale_fact
from app.domain.money import AMOUNT_MINOR_MAX, on_screen
from app.domain.numbering import business_on, receipt_no
from app.domain.product import Product
from app.domain.receipt import Receipt
from app.domain.sale import LINES_MAX, QTY_MAX, Basket, Because, Line, Sale, Tender, TenderKind
from app.domain.spending import HoldState, Spend
from app.errors import Refusal
from app.failpoints import Failpoint
from app.ids import EventId
from app.services import paper, rules, settings
from app.services.members import Customer
from app.services.ports import AuditEntry, Effect, NewJob, Transaction
from app.services.till import Outcome, Session, Till, Topic, new_id, sealed
from app.services.views import whole

AMOUNT_FORM = re.compile(r"(?P<whole>[0-9]{1,12})?(?:\.(?P<cents>[0-9]{0,2}))?")
AMOUNT_CHARS_MAX = 32


@dataclass(frozen=True, slots=True)
class Cart:
    """The sale being built; every change makes another one, without `spend`: points are held for one basket."""

    basket: Basket = field(default_factory=Basket)
    customer: Customer | None = None
    spend: Spend | None = None

    @property
    def points_tenders(self) -> tuple[Tender, ...]:
        """The part of this cart that points pay."""
        if self.spend is None:
            return ()
        spend = self.spend
        return (
            Tender(TenderKind.POINTS, spend.minor, spend.points, account_id=spend.account_id, hold_id=spend.hold_id),
        )


@dataclass(frozen=True, slots=True)
class Quote:
    """What the cart costs and earns now. Points are whole (floored); `points_after` None: balance unknown.

    `payable_minor` is before points pay `points_minor` of it; `most_minor` is what points could pay while head office
    answers, 0 otherwise.
    """

    pieces: int
    gross_minor: int
    discount_minor: int
    payable_minor: int
    earns: int
    points_after: int | None
    because: tuple[Because, ...]
    points_minor: int = 0
    points_used: int = 0
    most_minor: int = 0

    @property
    def due_minor(self) -> int:
        """What is left to pay with money."""
        return self.payable_minor - self.points_minor


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
    points_used: int = 0


def with_product(till: Till, cart: Cart, product: Product, qty: int = 1) -> Cart:  # noqa: ARG001  as with_amount
    """The cart with the product added: an equal line grows, else a new last line. Refusal `qty_range`, `lines_max`."""
    line = Line(product.unit_minor, qty, product.sku, product.name, product.category, product.brand)
    for number, known in enumerate(cart.basket.lines):
        if replace(known, qty=qty, tax_minor=0) == line:
            return _priced(cart, number, product, known.qty + qty)
    return _priced(with_line(cart, line), len(cart.basket.lines), product, qty)


def with_line(cart: Cart, line: Line) -> Cart:
    """The cart with a ready line, zero-priced ones too (a gift, an imported purchase). Refusal `qty_range`,
    `lines_max`, `amount_range`."""
    if len(cart.basket.lines) >= LINES_MAX:
        raise Refusal("lines_max", lines_max=LINES_MAX)
    _check_qty(line.qty)
    if not 0 <= line.charged_minor <= AMOUNT_MINOR_MAX:
        raise Refusal("amount_range")
    return replace(cart, basket=cart.basket.with_line(line), spend=None)


def with_amount(till: Till, cart: Cart, amount_minor: int) -> Cart:
    """The cart with an amount-only line. Refusal `amount_range` (zero, negative or above the till's limit)."""
    if not 0 < amount_minor <= settings.read(till).amount_max_minor:
        raise Refusal("amount_range")
    return with_line(cart, Line(amount_minor))


def with_qty(till: Till, cart: Cart, number: int, qty: int) -> Cart:
    """The cart with `qty` pieces on line `number`; 0 removes it. Refusal `qty_range`, `line_unknown`."""
    if not 0 <= number < len(cart.basket.lines):
        raise Refusal("line_unknown")
    if qty == 0:
        return replace(cart, basket=cart.basket.with_qty(number, 0), spend=None)
    line = cart.basket.lines[number]
    product = till.essentials.product(line.sku) if line.sku else None
    if product is not None:
        return _priced(cart, number, product, qty)
    return replace(cart, basket=_resized(cart.basket, number, replace(line, qty=qty)), spend=None)


def with_customer(cart: Cart, customer: Customer | None) -> Cart:
    """The cart for that customer; the lines stay."""
    return replace(cart, customer=customer, spend=None)


def quote(till: Till, cart: Cart) -> Quote:
    """Pure over the programme valid now: called on every change."""
    computed = rules.compute(till, cart.basket, cart.customer, cart.points_tenders)
    gross = sum(line.qty * line.unit_minor for line in cart.basket.lines)
    earned = whole(computed.result.earned, computed.programme)
    balance = cart.customer.view.points if cart.customer else None
    used = whole(computed.result.redeemed, computed.programme)
    return Quote(
        pieces=cart.basket.units,
        gross_minor=gross,
        discount_minor=gross - computed.result.payable_minor,
        payable_minor=computed.result.payable_minor,
        earns=earned,
        points_after=None if balance is None else balance + earned - used,
        because=computed.result.because,
        points_minor=cart.spend.minor if cart.spend else 0,
        points_used=used,
        most_minor=_most_minor(till, cart),
    )


def _most_minor(till: Till, cart: Cart) -> int:
    """What points could pay of this cart: for the button that offers it, so only while head office answers."""
    customer, offered = cart.customer, till.essentials.programme_at(till.clock.now_ms()).redeem is not None
    if not (offered and customer and customer.account_id and cart.basket.lines and till.head_office.is_online()):
        return 0
    most = rules.compute(till, cart.basket, customer, (Tender(TenderKind.POINTS, max_points=True),))
    return most.outcome.tenders[0].minor or 0


def parse_amount(text: str) -> int:
    """Typed money as minor units: `86.4` → 8640. Refusal `amount_form`, `amount_range`."""
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("¥").replace(",", "").strip()
    if plain.startswith(("-", "\u2212")):
        raise Refusal("amount_range")
    found = AMOUNT_FORM.fullmatch(plain) if len(plain) <= AMOUNT_CHARS_MAX else None
    if found is None or not (found["whole"] or found["cents"]):
        raise Refusal("amount_form")
    minor = int(found["whole"] or 0) * 100 + int((found["cents"] or "").ljust(2, "0"))
    if minor > AMOUNT_MINOR_MAX:
        raise Refusal("amount_range")
    return minor


def complete(till: Till, session: Session, cart: Cart, tenders: tuple[Tender, ...]) -> Outcome[Done]:
    """Sell: one transaction of sale, event, audit and print job; durable when it returns.

    `tenders` must cover what the cart's points leave; only cash may exceed it (change). Refusal `cart_empty`,
    `tender_short`, `tender_over`, `member_blocked`, `redeem_offline`, `shift_closed`; `hold_gone` for points given
    back meanwhile.
    """
    _check_may_sell(till, session, cart)
    priced = rules.compute(till, cart.basket, cart.customer, ())
    paid = _settled(cart.points_tenders, tenders, priced.result.payable_minor)
    computed = rules.compute(till, cart.basket, cart.customer, paid.tenders)  # a rule may ask how it was paid
    till.failpoints.hit(Failpoint.SALE_BEFORE_BEGIN)
    with till.book.begin() as write:
        done = _write(till, session, cart, _Priced(computed, paid), write)
        till.failpoints.hit(Failpoint.SALE_BEFORE_COMMIT)
        write.commit()
    till.failpoints.hit(Failpoint.SALE_AFTER_COMMIT)
    topics = {Topic.SALE, Topic.SHIFT, Topic.PENDING, Topic.JOBS}
    return Outcome(done, frozenset(topics | ({Topic.MEMBER} if cart.customer else set())), provisional=True)


@dataclass(frozen=True, slots=True)
class _Paid:
    """Tenders with their amounts, adding up to the payable amount; cash net of its change."""

    tenders: tuple[Tender, ...]
    given_minor: int
    change_minor: int


@dataclass(frozen=True, slots=True)
class _Priced:
    computed: rules.Computed
    paid: _Paid


def _check_may_sell(till: Till, session: Session, cart: Cart) -> None:
    if not cart.basket.lines:
        raise Refusal("cart_empty")
    check_shift(till, session)


def check_shift(till: Till, session: Session) -> None:
    """Refusal `shift_closed` when the session's shift is not the open one of its person."""
    shift = till.book.open_shift_of(session.staff_id)
    if shift is None or shift.shift_id != session.shift.shift_id:
        raise Refusal("shift_closed")


def _settled(points: tuple[Tender, ...], tenders: tuple[Tender, ...], payable_minor: int) -> _Paid:
    """Fill in the tender that pays the rest, and take the change off the cash. Refusal as in `complete`."""
    if any(tender.kind is TenderKind.POINTS for tender in tenders):
        raise Refusal("redeem_offline")  # points pay by a hold of the cart, never by a tender that names none
    tenders = (*points, *tenders)
    if any(tender.minor is not None and not 0 <= tender.minor <= AMOUNT_MINOR_MAX for tender in tenders):
        raise Refusal("amount_range")
    left = payable_minor - sum(tender.minor or 0 for tender in tenders)
    paid = []
    for tender in tenders:
        if tender.minor is None:
            tender, left = replace(tender, minor=max(0, left)), min(0, left)
        paid.append(tender)
    if left > 0:
        raise Refusal("tender_short", missing=on_screen(left))
    given = sum(tender.minor or 0 for tender in paid if tender.kind is not TenderKind.POINTS)
    return _Paid(_without_change(paid, -left), given, -left)


def _without_change(tenders: list[Tender], change_minor: int) -> tuple[Tender, ...]:
    left, kept = change_minor, []
    for tender in reversed(tenders):
        if left and tender.kind is TenderKind.CASH:
            taken = min(left, tender.minor or 0)
            left -= taken
            tender = replace(tender, minor=(tender.minor or 0) - taken)
        kept.append(tender)
    if left:
        raise Refusal("tender_over")
    return tuple(reversed(kept))


def _write(till: Till, session: Session, cart: Cart, priced: _Priced, write: Transaction) -> Done:
    sale = _sale(till, session, cart, priced, write.next_number("receipt"))
    write.add_sale(sale)
    till.failpoints.hit(Failpoint.SALE_AFTER_ROWS)
    event = sealed(till, sale_fact(sale, priced.computed.basis), write.head())
    write.append(event, effects(cart.customer, sale.result.earned - sale.result.redeemed))
    if cart.spend is not None:
        write.move_hold(cart.spend.hold_id, HoldState.USED)
    till.failpoints.hit(Failpoint.SALE_AFTER_EVENT)
    write.add_audit(AuditEntry(sale.at_ms, "sale", session.staff_id, {"seq": event.seq, "receipt_no": sale.receipt_no}))
    points = rules.points_block(priced.computed)
    receipt = paper.sale_receipt(till, session, sale, cart.customer, points)
    job_id = write.add_job(NewJob(sale.event_id, "sale", till.renderer.render(receipt), paper_model.to_json(receipt)))
    return Done(
        event_id=sale.event_id,
        receipt_no=sale.receipt_no,
        at_ms=sale.at_ms,
        payable_minor=sale.result.payable_minor,
        given_minor=sale.given_minor,
        change_minor=sale.change_minor,
        earned=points.earned,
        points_after=None if points.before is None else points.before - points.used + points.earned,
        job_id=job_id,
        receipt=receipt,
        points_used=points.used,
    )


def _sale(till: Till, session: Session, cart: Cart, priced: _Priced, number: int) -> Sale:
    now_ms, place, customer = till.clock.now_ms(), till.place, cart.customer
    programme = priced.computed.programme
    return Sale(
        event_id=EventId(new_id(till)),
        receipt_no=receipt_no(place.store_id, place.till_no, number),
        at_ms=now_ms,
        business_on=business_on(now_ms, programme.zone, programme.business_day_starts),
        shift_id=session.shift.shift_id,
        staff_id=session.staff_id,
        currency=programme.currency,
        basket=cart.basket,
        tenders=priced.paid.tenders,
        result=priced.computed.result,
        given_minor=priced.paid.given_minor,
        change_minor=priced.paid.change_minor,
        member_id=customer.member_id if customer else None,
        card=customer.card if customer else None,
        found_by=customer.found_by if customer else None,
    )


def effects(customer: Customer | None, points: int) -> tuple[Effect, ...]:
    """What a sale lies over the cached rows until head office has said so."""
    if customer is None:
        return ()
    if customer.account_id is not None:
        return (Effect(customer.account_id, None, points),)
    return (Effect(None, customer.card, points),) if customer.card else ()


def _priced(cart: Cart, number: int, product: Product, qty: int) -> Cart:
    line = replace(cart.basket.lines[number], qty=qty)
    tax = rules.tax_inside(line.charged_minor, product.tax_percent)
    return replace(cart, basket=_resized(cart.basket, number, replace(line, tax_minor=tax)), spend=None)


def _resized(basket: Basket, number: int, line: Line) -> Basket:
    _check_qty(line.qty)
    if line.charged_minor > AMOUNT_MINOR_MAX:
        raise Refusal("amount_range")
    return replace(basket, lines=(*basket.lines[:number], line, *basket.lines[number + 1 :]))


def _check_qty(qty: int) -> None:
    if not 1 <= qty <= QTY_MAX:
        raise Refusal("qty_range", qty_max=QTY_MAX)
