"""The sale: a cart, what it costs and earns, and its one durable transaction."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace

from app.domain import receipt as paper_model
from app.domain.events import sale_fact
from app.domain.holdings import StoredValue
from app.domain.money import AMOUNT_MINOR_MAX
from app.domain.numbering import business_on, receipt_no
from app.domain.product import Product
from app.domain.receipt import Receipt
from app.domain.sale import LINES_MAX, QTY_MAX, Basket, Because, CouponUse, Line, RewardUse, Sale, Tender, TenderKind
from app.domain.spending import HoldState, Spend, TakenCoupon, TakenReward
from app.errors import Refusal
from app.failpoints import Failpoint
from app.ids import EventId
from app.services import benefits, overlay, paper, payment, rules, settings, stored_value
from app.services.members import Customer
from app.services.paper import TakenLine
from app.services.payment import Paid
from app.services.ports import AuditEntry, NewJob, Transaction
from app.services.till import Outcome, Session, Till, Topic, new_id, sealed
from app.services.views import whole

AMOUNT_FORM = re.compile(r"(?P<whole>[0-9]{1,12})?(?:\.(?P<cents>[0-9]{0,2}))?")
AMOUNT_CHARS_MAX = 32


@dataclass(frozen=True, slots=True)
class Cart:
    """The sale being built; every change makes another one, without `spend`: points are held for one basket.

    `coupons` and `rewards` are held each for itself and stay while they fit (app.services.tray.fitting); the basket
    names them too, in the same order.
    """

    basket: Basket = field(default_factory=Basket)
    customer: Customer | None = None
    spend: Spend | None = None
    coupons: tuple[TakenCoupon, ...] = ()
    rewards: tuple[TakenReward, ...] = ()

    @property
    def hold_ids(self) -> tuple[str, ...]:
        """Everything head office keeps for this cart."""
        points = (self.spend.hold_id,) if self.spend else ()
        return (*points, *(one.hold_id for one in self.coupons), *(one.hold_id for one in self.rewards))

    @property
    def reward_points(self) -> int:
        """What its rewards cost, scaled."""
        return sum(one.points for one in self.rewards)

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
    """A finished sale, for the screen. `receipt` is the model that was printed; names in it are masked.

    `payable_minor` is points and money together, `given_minor` money alone; `change_kept`: it became stored value.
    """

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
    change_kept: bool = False


def with_product(till: Till, cart: Cart, product: Product, qty: int = 1) -> Cart:  # noqa: ARG001  as with_amount
    """The cart with the product added: an equal line grows, else a new last line. Refusal `qty_range`, `lines_max`."""
    line = Line(product.unit_minor, qty, product.sku, product.name, product.category or None, product.brand)
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
    """The cart for that customer; the lines stay, what another one's coupons and points gave does not."""
    before, after = cart.customer, customer
    if before is None or after is None or before.member_id is None or before.member_id != after.member_id:
        cart = with_taken(cart, (), ())
    return replace(cart, customer=customer, spend=None)


def with_taken(cart: Cart, coupons: tuple[TakenCoupon, ...], rewards: tuple[TakenReward, ...]) -> Cart:
    """The cart with exactly these coupons and rewards, priced in that order."""
    basket = replace(
        cart.basket,
        coupons=tuple(one.held.type for one in coupons),
        rewards=tuple(RewardUse(one.id, hold_id=one.hold_id) for one in rewards),
    )
    return replace(cart, basket=basket, coupons=coupons, rewards=rewards, spend=None)


def compute(till: Till, cart: Cart, tenders: tuple[Tender, ...]) -> rules.Computed:
    """The cart as the programme sees it, paid so."""
    return rules.compute(till, cart.basket, cart.customer, tenders, tuple(one.held for one in cart.coupons))


def quote(till: Till, cart: Cart) -> Quote:
    """Pure over the programme valid now: called on every change."""
    computed = compute(till, cart, cart.points_tenders)
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
    most = compute(till, cart, (Tender(TenderKind.POINTS, max_points=True),))
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


def complete(
    till: Till, session: Session, cart: Cart, tenders: tuple[Tender, ...], *, keep_change: bool = False
) -> Outcome[Done]:
    """Sell: one transaction of sale, event, audit and print job; durable when it returns.

    `tenders` must cover what the cart's points leave; only cash may exceed it (change). With `keep_change` the change
    goes into the member's stored value, in the same transaction. Refusal `cart_empty`, `member_blocked`,
    `shift_closed`, those of `payment.settled`, `stored_no_member`; `hold_gone` for rights given back meanwhile.
    """
    _check_may_sell(till, session, cart)
    priced = compute(till, cart, ())
    paid = payment.settled(cart.points_tenders, tenders, priced.result.payable_minor)
    computed = compute(till, cart, paid.tenders)  # a rule may ask how it was paid
    kept = stored_value.held(till, cart.customer) if keep_change and paid.change_minor else None
    till.failpoints.hit(Failpoint.SALE_BEFORE_BEGIN)
    with till.book.begin() as write:
        done = _write(till, session, cart, _Priced(computed, paid, kept), write)
        till.failpoints.hit(Failpoint.SALE_BEFORE_COMMIT)
        write.commit()
    till.failpoints.hit(Failpoint.SALE_AFTER_COMMIT)
    topics = {Topic.SALE, Topic.SHIFT, Topic.PENDING, Topic.JOBS}
    return Outcome(done, frozenset(topics | ({Topic.MEMBER} if cart.customer else set())), provisional=True)


@dataclass(frozen=True, slots=True)
class _Priced:
    computed: rules.Computed
    paid: Paid
    kept: StoredValue | None = None


def _check_may_sell(till: Till, session: Session, cart: Cart) -> None:
    if not cart.basket.lines:
        raise Refusal("cart_empty")
    check_shift(till, session)


def check_shift(till: Till, session: Session) -> None:
    """Refusal `shift_closed` when the session's shift is not the open one of its person."""
    shift = till.book.open_shift_of(session.staff_id)
    if shift is None or shift.shift_id != session.shift.shift_id:
        raise Refusal("shift_closed")


def _write(till: Till, session: Session, cart: Cart, priced: _Priced, write: Transaction) -> Done:
    sale = _sale(till, session, cart, priced, write.next_number("receipt"))
    write.add_sale(sale)
    till.failpoints.hit(Failpoint.SALE_AFTER_ROWS)
    event = sealed(till, sale_fact(sale, priced.computed.basis), write.head())
    write.append(event, overlay.of_sale(till, sale, cart.customer))
    for hold_id in (*cart.hold_ids, *(one.hold_id for one in sale.tenders if one.kind is TenderKind.STORED_VALUE)):
        write.move_hold(hold_id or "", HoldState.USED)
    if priced.kept is not None:
        stored_value.keep_change(till, sale, cart.customer, write)
    till.failpoints.hit(Failpoint.SALE_AFTER_EVENT)
    write.add_audit(AuditEntry(sale.at_ms, "sale", session.staff_id, {"seq": event.seq, "receipt_no": sale.receipt_no}))
    points = rules.points_block(priced.computed, benefits.stamp_lines(till, cart.customer, sale.result.stamps))
    left = stored_value.left_after(till, sale, cart.customer, priced.kept)
    taken = _taken(till, cart, priced.computed)
    points = replace(points, taken=taken, stored_left_minor=left, change_kept=priced.kept is not None)
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
        change_kept=points.change_kept,
    )


def _taken(till: Till, cart: Cart, computed: rules.Computed) -> tuple[TakenLine, ...]:
    """The coupons and rewards of the cart in words, with what each took off."""
    programme, outcome, tr = computed.programme, computed.outcome, till.receipt_words
    lines = []
    for coupon, minor in zip(cart.coupons, outcome.coupons_minor, strict=True):
        gives = benefits.coupon(till, programme, coupon.held.type)
        lines.append(TakenLine(benefits.words(gives, tr) if gives else coupon.held.type, minor))
    for reward, minor in zip(cart.rewards, outcome.rewards_minor, strict=True):
        gives = benefits.reward(till, programme, reward.id)
        lines.append(
            TakenLine(benefits.words(gives, tr) if gives else reward.id, minor, whole(reward.points, programme))
        )
    return tuple(lines)


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
        code_step=customer.code_step if customer else None,
        coupons=tuple(CouponUse(one.held.coupon_id, one.held.type, one.hold_id) for one in cart.coupons),
    )


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
