"""What the customer is shown while somebody sells, and what never."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from app.domain.consent import Purpose
from app.domain.receipt import Align, Columns, Receipt, Text
from app.i18n import ENGLISH
from tests.support.stage import Stage
from ui.presenters.customer import THANKS_S
from ui.presenters.customer_state import CustomerState, Moment, ShownLine
from ui.presenters.keys import Key
from ui.presenters.pole import pole_text

WELCOME = Receipt((Text("花间生活馆", Align.CENTRE), Text("Welcome", Align.CENTRE)))


@pytest.fixture
def stage() -> Stage:
    return Stage().sign_on()


def shown(stage: Stage) -> CustomerState:
    return stage.till.customer.state


def test_an_idle_till_welcomes(stage: Stage) -> None:
    assert shown(stage) == CustomerState(brand="花间生活馆")
    assert stage.devices.poles[-1] == WELCOME


def test_goods_and_points_are_shown_as_they_come_and_nobody_by_name(stage: Stage) -> None:
    stage.basket_of_the_pictures()
    state, cart = shown(stage), stage.cart.state
    assert cart.quote is not None
    assert cart.cart.customer is not None
    view = cart.cart.customer.view
    assert state.moment is Moment.BASKET
    assert len(state.lines) == 6
    assert state.lines[0].qty == 2
    assert (state.marked, state.due_minor) == (cart.line, cart.quote.due_minor)
    assert (state.before, state.after, state.earned) == (view.points, cart.quote.points_after, cart.quote.earns)
    said = str(asdict(state)) + "".join(map(str, stage.devices.poles))
    assert "张" not in said
    assert view.phone not in said
    assert view.card not in said


def test_payment_shows_the_total_and_the_paid_receipt_its_change(stage: Stage) -> None:
    stage.basket_of_the_pictures().shell.open_pay()
    assert shown(stage).moment is Moment.TOTAL
    before = shown(stage).before
    stage.till.pay.typed("1000")
    stage.till.pay.finish()
    done, state = stage.cart.state.done, shown(stage)
    assert done is not None
    paid = (state.due_minor, state.given_minor, state.change_minor)
    assert (state.moment, paid, state.change_kept) == (Moment.THANKS, (27_020, 100_000, 72_980), False)
    assert (state.before, state.after, state.earned) == (before, done.points_after, done.earned)


def test_a_paid_receipt_leaves_after_a_while_or_for_the_next_one(stage: Stage) -> None:
    stage.scan(stage.barcode(0)).sell()
    stage.fake.clock.advance_s(THANKS_S - 1)
    stage.shell.tick()
    assert shown(stage).moment is Moment.THANKS
    stage.fake.clock.advance_s(1)
    stage.shell.tick()
    assert shown(stage).moment is Moment.WELCOME
    stage.shell.show_counter()
    assert shown(stage).moment is Moment.WELCOME
    stage.scan(stage.barcode(1))
    assert shown(stage).moment is Moment.BASKET
    stage.sell().scan(stage.barcode(2))
    assert shown(stage).moment is Moment.BASKET


def test_a_locked_till_shows_nothing_of_its_receipt(stage: Stage) -> None:
    stage.basket_of_the_pictures().shell.lock()
    assert shown(stage) == CustomerState(brand="花间生活馆")
    assert stage.devices.poles[-1] == WELCOME


def test_the_same_picture_is_not_sent_twice(stage: Stage) -> None:
    stage.scan(stage.barcode(0))
    count = len(stage.devices.poles)
    stage.shell.devices_changed()
    stage.cart.refresh()
    assert len(stage.devices.poles) == count


@pytest.mark.parametrize(
    ("state", "upper", "lower"),
    [
        (
            CustomerState(Moment.BASKET, lines=(ShownLine("Soap", 3, 2_970),), marked=0, due_minor=123_456),
            Columns("Soap×3", "29.70"),
            Columns("Total", "¥1,234.56"),
        ),
        (
            CustomerState(Moment.BASKET, lines=(ShownLine("", 1, 990),), marked=0, due_minor=990),
            Columns("Item", "9.90"),
            Columns("Total", "¥9.90"),
        ),
        (
            CustomerState(Moment.BASKET, before=1_200, after=1_200),
            Text("Welcome", Align.CENTRE),
            Columns("Pts", "1,200"),
        ),
        (CustomerState(Moment.BASKET), Text("Welcome", Align.CENTRE), Text("")),
        (
            CustomerState(Moment.TOTAL, due_minor=990, before=1_200, after=1_209),
            Columns("Total", "¥9.90"),
            Columns("Pts", "1200→1209"),
        ),
        (CustomerState(Moment.TOTAL, due_minor=990, before=7), Columns("Total", "¥9.90"), Columns("Pts", "7")),
        (
            CustomerState(Moment.THANKS, due_minor=990),
            Columns("Paid", "¥9.90"),
            Text("Thank you", Align.CENTRE),
        ),
        (
            CustomerState(Moment.THANKS, due_minor=990, change_minor=10, before=1, after=10),
            Columns("Change", "¥0.10"),
            Columns("Pts", "1→10"),
        ),
        (
            CustomerState(Moment.THANKS, due_minor=990, given_minor=1_000, change_minor=10, change_kept=True),
            Columns("Into stored value", "¥0.10"),
            Text("Thank you", Align.CENTRE),
        ),
        (
            CustomerState(Moment.BASKET, lines=(ShownLine("氨基酸洁面乳 120g", 1, 3_900),), marked=0),
            Columns("氨基酸洁面乳", "39.00"),
            Columns("Total", "¥0.00"),
        ),
        (
            CustomerState(Moment.BASKET, lines=(ShownLine("Cleanser mild 120g", 2, 7_800),), marked=0),
            Columns("Cleanser×2", "78.00"),
            Columns("Total", "¥0.00"),
        ),
    ],
)
def test_two_lines_say_it(state: CustomerState, upper: object, lower: object) -> None:
    assert pole_text(state, ENGLISH).blocks == (upper, lower)


def test_an_emptied_receipt_is_a_welcome_again(stage: Stage) -> None:
    stage.scan(stage.barcode(0))
    stage.shell.key(Key.ESC)
    stage.shell.key(Key.ESC)
    assert shown(stage) == CustomerState(brand="花间生活馆")


def test_a_paid_receipt_shows_its_own_address_and_takes_one_answer(stage: Stage) -> None:
    stage.basket_of_the_pictures()
    stage.till.customer.rate(5)
    stage.sell()
    assert shown(stage).link.startswith("https://hui.example/r/")
    pending = stage.cart.state.pending
    stage.till.customer.rate(4)
    stage.till.customer.rate(1)
    assert shown(stage).score == 4
    assert stage.fake.truth.events[-1].type == "feedback"
    assert stage.cart.state.pending == pending + 1
    stage.shell.show_counter()
    assert shown(stage).score == 4
    stage.scan(stage.barcode(0)).sell()
    assert shown(stage).score is None


def test_an_answer_that_comes_back_late_is_kept_and_not_shown_on_the_next_receipt(stage: Stage) -> None:
    stage.scan(stage.barcode(0)).sell()
    stage.tasks.hold = True
    stage.till.customer.rate(2)
    stage.till.customer.rate(3)
    stage.shell.lock()
    stage.tasks.hold = False
    stage.tasks.run_all()
    assert shown(stage).score is None
    assert [event.type for event in stage.fake.truth.events].count("feedback") == 1


def test_an_answer_that_cannot_be_kept_leaves_the_buttons(stage: Stage) -> None:
    stage.scan(stage.barcode(0)).sell()
    kept = list(stage.fake.truth.sales)
    stage.fake.truth.sales.clear()
    stage.till.customer.rate(2)
    assert (shown(stage).score, stage.cart.state.notice) == (None, None)
    stage.fake.truth.sales.extend(kept)
    stage.till.customer.rate(2)
    assert shown(stage).score == 2


@pytest.mark.parametrize(
    ("address", "shown_as"),
    [
        ("https://hui.example/join", "https://hui.example/join"),
        ("http://hui.example/join", ""),
        ("https://hui.example/" + "x" * 200, ""),
        ("https://hui.example/\n", ""),
    ],
)
def test_the_address_to_join_is_the_chains_and_must_be_one(address: str, shown_as: str) -> None:
    stage = Stage()
    stage.fake.essentials.values["display.join_url"] = address
    stage.sign_on()
    assert shown(stage).join == shown_as
    stage.scan(stage.barcode(0)).sell()
    assert shown(stage).join == shown_as


def test_a_customer_answers_for_themselves_while_a_member_is_enrolled(stage: Stage) -> None:
    stage.scan(stage.barcode(0))
    stage.till.customer.answer(Purpose.SERVICE, True)
    assert stage.till.enrol.state.answers == ()
    stage.shell.open_enrol()
    assert shown(stage) == CustomerState(Moment.CONSENT, brand="花间生活馆")
    assert stage.devices.poles[-1] == WELCOME
    stage.till.customer.answer(Purpose.SERVICE, True)
    stage.till.customer.answer(Purpose.MARKETING, False)
    stage.till.enrol.answer(Purpose.SHARING, True)
    answers = [(shown(stage).answer(purpose), stage.till.enrol.state.answer(purpose)) for purpose in Purpose]
    assert answers == [(True, True), (False, False), (None, None), (True, True)]
    stage.till.enrol.phone_typed("13612348804")
    stage.till.enrol.name_typed("陈小宁")
    stage.till.enrol.finish()
    stage.shell.tick()
    assert "陈" not in str(asdict(shown(stage)))
    assert shown(stage).moment is Moment.BASKET
