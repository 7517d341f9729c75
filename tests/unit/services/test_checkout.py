"""The sale: carts, what they cost and earn, and the one transaction that makes a sale durable."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.events import NEVER_MEASURED, ClockOffset
from app.domain.money import AMOUNT_MINOR_MAX
from app.domain.programme.document import When
from app.domain.sale import LINES_MAX, QTY_MAX, FoundBy, Line, Tender, TenderKind
from app.errors import Refusal, StoreError
from app.failpoints import Failpoint, Failpoints
from app.services import checkout, members
from app.services.checkout import Cart
from app.services.members import Customer, CustomerFound
from app.services.till import Topic
from tests.support.demo_people import card_number
from tests.support.fakes import FakeTill, fake_till

CASH, QR, CARD = TenderKind.CASH, TenderKind.QR, TenderKind.CARD
ZHANG = "8800000025093"


def customer(fake: FakeTill, code: str = ZHANG) -> Customer:
    answer = members.identify(fake.till, code)
    assert isinstance(answer, CustomerFound)
    return answer.customer


def demo_cart(fake: FakeTill, code: str | None = ZHANG) -> Cart:
    """The basket of the pictures: eight pieces, ¥270.20."""
    cart = Cart()
    for product, qty in zip(fake.essentials.products, (2, 1, 1, 1, 2, 1), strict=True):
        cart = checkout.with_product(fake.till, cart, product, qty)
    return checkout.with_customer(cart, customer(fake, code) if code else None)


def refusal(*tenders: Tender, fake: FakeTill | None = None, cart: Cart | None = None) -> Refusal:
    fake = fake or fake_till()
    session = fake.sign_on()
    with pytest.raises(Refusal) as caught:
        checkout.complete(fake.till, session, demo_cart(fake) if cart is None else cart, tenders)
    assert fake.truth.sales == []
    return caught.value


class Stops(Failpoints):
    """Notes the places that were reached, in order."""

    def __init__(self) -> None:
        super().__init__({})
        self.reached: list[Failpoint] = []

    def hit(self, place: Failpoint) -> None:
        self.reached.append(place)


# ---- the cart


def test_an_equal_product_makes_its_line_grow() -> None:
    fake = fake_till()
    mask = fake.essentials.products[0]
    cart = checkout.with_product(fake.till, checkout.with_product(fake.till, Cart(), mask), mask, 2)
    assert [(line.qty, line.tax_minor) for line in cart.basket.lines] == [(3, 1722)]


def test_goods_without_a_category_say_none() -> None:
    fake = fake_till()
    bag = replace(fake.essentials.products[0], category="")
    assert checkout.with_product(fake.till, Cart(), bag).basket.lines[0].category is None


def test_a_quantity_changes_its_line_and_its_tax() -> None:
    fake = fake_till()
    cart = checkout.with_qty(fake.till, demo_cart(fake), 0, 1)
    assert (cart.basket.lines[0].qty, cart.basket.lines[0].tax_minor) == (1, 574)
    assert len(checkout.with_qty(fake.till, cart, 0, 0).basket.lines) == 5


def test_an_amount_only_line_can_be_counted_too() -> None:
    fake = fake_till()
    cart = checkout.with_amount(fake.till, Cart(), 8640)
    assert checkout.with_qty(fake.till, cart, 0, 3).basket.gross_minor == 3 * 8640


def test_a_line_of_goods_no_longer_sold_keeps_its_price() -> None:
    fake = fake_till()
    cart = demo_cart(fake)
    fake.essentials.products = ()
    assert checkout.with_qty(fake.till, cart, 0, 5).basket.lines[0].qty == 5


@pytest.mark.parametrize("amount_minor", [0, -1, 10_000_000, AMOUNT_MINOR_MAX + 1])
def test_absurd_amounts_are_refused(amount_minor: int) -> None:
    with pytest.raises(Refusal, match="amount_range"):
        checkout.with_amount(fake_till().till, Cart(), amount_minor)


@pytest.mark.parametrize("qty", [-1, QTY_MAX + 1])
def test_absurd_quantities_are_refused(qty: int) -> None:
    fake = fake_till()
    with pytest.raises(Refusal, match="qty_range"):
        checkout.with_qty(fake.till, demo_cart(fake), 0, qty)


def test_a_quantity_may_not_make_an_absurd_amount() -> None:
    fake = fake_till()
    cart = checkout.with_amount(fake.till, Cart(), 9_999_999)
    with pytest.raises(Refusal, match="amount_range"):
        checkout.with_qty(fake.till, cart, 0, QTY_MAX)


def test_a_line_that_is_not_there_cannot_change() -> None:
    with pytest.raises(Refusal, match="line_unknown"):
        checkout.with_qty(fake_till().till, Cart(), 0, 1)


def test_a_receipt_has_a_longest_length() -> None:
    cart = Cart()
    for minor in range(LINES_MAX):
        cart = checkout.with_line(cart, Line(minor))
    with pytest.raises(Refusal, match="lines_max"):
        checkout.with_line(cart, Line(1))


def test_a_ready_line_may_be_free_but_not_negative() -> None:
    assert checkout.with_line(Cart(), Line(0)).basket.gross_minor == 0
    with pytest.raises(Refusal, match="amount_range"):
        checkout.with_line(Cart(), Line(100, discount_minor=101))


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("86.4", 8640),
        ("86", 8600),
        (".5", 50),
        ("1,234.50", 123450),
        ("¥ 12.05", 1205),
        ("８６．４０", 8640),
        ("7.", 700),
    ],
)
def test_typed_money_is_read(typed: str, minor: int) -> None:
    assert checkout.parse_amount(typed) == minor


@pytest.mark.parametrize("typed", ["", ".", "abc", "1.234", "1e5", "0x10", "1 2", "9" * 40])
def test_what_is_no_money_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="amount_form"):
        checkout.parse_amount(typed)


@pytest.mark.parametrize("typed", ["-5", "−5.00", "100000000.01"])
def test_negative_and_absurd_money_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="amount_range"):
        checkout.parse_amount(typed)


@given(st.integers(0, AMOUNT_MINOR_MAX))
def test_money_written_plainly_reads_back(minor: int) -> None:
    assert checkout.parse_amount(f"{minor // 100}.{minor % 100:02d}") == minor


# ---- what it costs and earns


def test_the_basket_of_the_pictures_earns_324_points() -> None:
    fake = fake_till()
    quote = checkout.quote(fake.till, demo_cart(fake))
    assert (quote.pieces, quote.gross_minor, quote.discount_minor, quote.payable_minor) == (8, 27020, 0, 27020)
    assert (quote.earns, quote.points_after) == (324, 17184)
    assert sum(because.points for because in quote.because) == 324


def test_an_anonymous_cart_earns_nothing_and_an_unknown_card_the_base_rate() -> None:
    fake = fake_till()
    assert checkout.quote(fake.till, demo_cart(fake, None)).earns == 0
    quote = checkout.quote(fake.till, demo_cart(fake, card_number("0000009999")))
    assert (quote.earns, quote.points_after) == (270, None)


# ---- the sale


def test_a_sale_is_one_fact_everywhere() -> None:
    fake = fake_till()
    outcome = checkout.complete(fake.till, fake.sign_on(), demo_cart(fake), (Tender(CASH, 30000),))
    done, sale = outcome.value, fake.truth.sales[0]
    assert (done.receipt_no, done.payable_minor, done.given_minor, done.change_minor) == (
        "S027-2-000001", 27020, 30000, 2980,
    )  # fmt: skip
    assert (done.earned, done.points_after, done.job_id) == (324, 17184, 1)
    assert (sale.tenders, sale.business_on, sale.found_by) == ((Tender(CASH, 27020),), "2026-12-06", FoundBy.CARD)
    event = json.loads(fake.truth.events[-1].raw)
    assert (event["type"], event["event_id"], event["body"]["result"]["earned"]) == ("sale", done.event_id, 324)
    assert event["basis"]["programme"] == "huajian:1"
    assert fake.truth.effects[0].points == 324
    assert [entry.kind for entry in fake.truth.audit] == ["sign_on", "sale"]
    assert [job.event_id for job in fake.truth.jobs] == [done.event_id]
    assert outcome.provisional
    assert Topic.MEMBER in outcome.changed


@pytest.mark.parametrize("offset", [NEVER_MEASURED, ClockOffset(-7_200_000, 40)])
def test_an_event_says_how_far_the_clock_was_off_and_when_that_was_measured(offset: ClockOffset) -> None:
    fake = fake_till()
    fake.head_office.offset = offset
    session = fake.sign_on()
    checkout.complete(fake.till, session, demo_cart(fake), (Tender(CASH),))
    raws = [json.loads(event.raw) for event in fake.truth.events]
    assert [raw["type"] for raw in raws] == ["shift_open", "sale"]
    assert {(raw["offset_ms"], raw["offset_age_s"]) for raw in raws} == {(offset.offset_ms, offset.age_s)}


def test_the_next_sale_sees_the_points_of_the_one_before() -> None:
    fake = fake_till()
    session = fake.sign_on()
    checkout.complete(fake.till, session, demo_cart(fake), (Tender(QR),))
    done = checkout.complete(fake.till, session, demo_cart(fake), (Tender(QR),)).value
    assert (done.receipt_no, done.points_after) == ("S027-2-000002", 17508)


def test_an_unknown_card_keeps_its_points_on_the_number() -> None:
    fake = fake_till()
    number = card_number("0000009999")
    outcome = checkout.complete(fake.till, fake.sign_on(), demo_cart(fake, number), (Tender(QR),))
    assert fake.members.own_points_of_card(number) == 270
    assert json.loads(fake.truth.events[-1].raw)["card"] == number
    assert outcome.value.points_after is None


def test_an_anonymous_sale_lays_nothing_over_anybody() -> None:
    fake = fake_till()
    outcome = checkout.complete(fake.till, fake.sign_on(), demo_cart(fake, None), (Tender(QR),))
    assert fake.truth.effects == []
    assert Topic.MEMBER not in outcome.changed


def test_a_member_without_account_row_keeps_points_on_the_card_and_without_card_nowhere() -> None:
    fake = fake_till()
    bare = replace(fake.members.cached[0], account=None)
    fake.members.cached = (bare,)
    session = fake.sign_on()
    checkout.complete(fake.till, session, demo_cart(fake), (Tender(QR),))
    assert (fake.truth.effects[-1].account_id, fake.truth.effects[-1].card) == (None, ZHANG)
    fake.members.cached = (replace(bare, card=None),)
    nameless = members.by_id(fake.till, bare.member_id, FoundBy.LIST)
    checkout.complete(fake.till, session, checkout.with_customer(demo_cart(fake, None), nameless), (Tender(QR),))
    assert len(fake.truth.effects) == 1


def test_tenders_may_be_mixed_and_one_takes_the_rest() -> None:
    fake = fake_till()
    done = checkout.complete(
        fake.till, fake.sign_on(), demo_cart(fake), (Tender(CASH, 10000), Tender(CARD), Tender(QR, 20))
    ).value
    assert [tender.minor for tender in fake.truth.sales[0].tenders] == [10000, 17000, 20]
    assert (done.given_minor, done.change_minor) == (27020, 0)


def test_change_is_taken_off_the_cash_wherever_it_stands() -> None:
    fake = fake_till()
    tenders = (Tender(CASH, 20000), Tender(CASH, 1000), Tender(QR, 20000))
    done = checkout.complete(fake.till, fake.sign_on(), demo_cart(fake), tenders).value
    assert [tender.minor for tender in fake.truth.sales[0].tenders] == [7020, 0, 20000]
    assert done.change_minor == 13980


def test_a_free_sale_needs_no_tender() -> None:
    fake = fake_till()
    cart = checkout.with_line(Cart(customer=customer(fake)), Line(0))
    done = checkout.complete(fake.till, fake.sign_on(), cart, ()).value
    assert (done.payable_minor, done.earned) == (0, 0)
    assert fake.truth.sales[0].tenders == ()


def test_what_does_not_pay_the_sale_is_refused() -> None:
    short = refusal(Tender(CASH, 27019))
    assert (short.code, short.facts) == ("tender_short", {"missing": "0.01"})
    assert refusal(Tender(QR, 27021)).code == "tender_over"
    assert refusal(Tender(CASH, 10), Tender(QR, 27030)).code == "tender_over"
    assert refusal(Tender(TenderKind.POINTS, points=100)).code == "redeem_offline"
    assert refusal(Tender(CASH, -1)).code == "amount_range"
    assert refusal(Tender(CASH, AMOUNT_MINOR_MAX + 1)).code == "amount_range"


def test_an_empty_cart_is_no_sale() -> None:
    assert refusal(Tender(CASH), cart=Cart()).code == "cart_empty"


def test_a_member_blocked_meanwhile_is_refused() -> None:
    fake = fake_till()
    cart = demo_cart(fake)
    blocked = replace(fake.members.cached[5], member_id=fake.members.cached[0].member_id)
    fake.members.cached = (blocked,)
    assert refusal(Tender(QR), fake=fake, cart=cart).code == "member_blocked"


def test_without_its_shift_a_session_cannot_sell() -> None:
    fake = fake_till()
    session = fake.sign_on()
    fake.truth.shifts.clear()
    with pytest.raises(Refusal, match="shift_closed"):
        checkout.complete(fake.till, session, demo_cart(fake), (Tender(QR),))
    other = replace(session, shift=replace(session.shift, shift_id=session.staff_id))  # type: ignore[arg-type]
    fake.sign_on()
    with pytest.raises(Refusal, match="shift_closed"):
        checkout.complete(fake.till, other, demo_cart(fake), (Tender(QR),))


def test_a_full_disk_leaves_nothing_of_the_sale_and_no_gap_in_the_numbers() -> None:
    fake = fake_till()
    session = fake.sign_on()
    fake.book.refuse_with = StoreError("disk_full")
    with pytest.raises(StoreError, match="disk_full"):
        checkout.complete(fake.till, session, demo_cart(fake), (Tender(QR),))
    assert (fake.truth.sales, fake.truth.jobs, fake.truth.effects) == ([], [], [])
    fake.book.refuse_with = None
    done = checkout.complete(fake.till, session, demo_cart(fake), (Tender(QR),)).value
    assert done.receipt_no == "S027-2-000001"


def test_every_failpoint_of_a_sale_is_passed_in_order() -> None:
    fake, stops = fake_till(), Stops()
    session = fake.sign_on()
    checkout.complete(replace(fake.till, failpoints=stops), session, demo_cart(fake), (Tender(QR),))
    assert stops.reached == [
        Failpoint.SALE_BEFORE_BEGIN,
        Failpoint.SALE_AFTER_ROWS,
        Failpoint.SALE_AFTER_EVENT,
        Failpoint.SALE_BEFORE_COMMIT,
        Failpoint.SALE_AFTER_COMMIT,
    ]


def test_how_it_is_paid_may_matter_to_a_rule() -> None:
    fake = fake_till()
    programme = fake.essentials.programme
    assert programme
    by_qr = replace(programme.earn.rules[0], id="qr", when=When(tender=QR), factor=programme.earn.rules[1].factor)
    fake.essentials.programme = replace(programme, earn=replace(programme.earn, rules=(by_qr,)))
    session = fake.sign_on()
    assert checkout.complete(fake.till, session, demo_cart(fake), (Tender(CASH),)).value.earned == 270
    assert checkout.complete(fake.till, session, demo_cart(fake), (Tender(QR),)).value.earned == 405
