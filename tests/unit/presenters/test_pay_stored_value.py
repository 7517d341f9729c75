"""Stored value and change at payment, by key: held, taken, given back, kept."""

from __future__ import annotations

from app.domain.sale import TenderKind
from app.domain.spending import HoldState
from app.services.ports import HoldAnswer, HoldOutcome
from tests.support.demo_people import card_number
from tests.support.stage import Stage
from tests.support.tray_till import ZHANG, furnish
from ui.presenters.keys import Key, Screen


def paying(*places: int) -> Stage:
    """At payment, with 张小凡 who has ¥36."""
    stage = Stage()
    stage.fake.head_office.online = True
    furnish(stage.fake)
    stage.sign_on().scan(stage.card(), *(stage.barcode(place) for place in places))
    stage.shell.open_pay()
    return stage


def holds(stage: Stage) -> list[HoldState]:
    return [one.state for one in stage.fake.truth.holds.values()]


def balance(stage: Stage) -> int:
    return stage.fake.members.holdings(ZHANG, ()).stored_value.balance_minor


def test_stored_value_pays_a_part_and_cash_the_rest() -> None:
    stage = paying(0)
    pay = stage.till.pay
    pay.choose(TenderKind.STORED_VALUE)
    assert (pay.state.given_minor, pay.state.short_minor) == (3_600, 1_390)
    stage.shell.key(Key.F10)
    assert (pay.state.kind, pay.state.rest_minor, pay.state.stored_minor) == (TenderKind.CASH, 1_390, 0)
    stage.shell.key(Key.F10)
    assert stage.shell.state.screen is Screen.COUNTER
    assert (holds(stage), balance(stage)) == ([HoldState.USED], 0)


def test_stored_value_that_is_enough_finishes_the_sale() -> None:
    stage = paying(5)
    stage.till.pay.choose(TenderKind.STORED_VALUE)
    stage.till.pay.finish()
    assert stage.shell.state.screen is Screen.COUNTER
    assert balance(stage) == 1_910


def test_a_part_taken_back_and_esc_give_it_back() -> None:
    stage = paying(0)
    pay = stage.till.pay
    pay.choose(TenderKind.STORED_VALUE)
    pay.typed("10")
    pay.finish()
    assert pay.state.stored_minor == 2_600
    pay.drop_taken()
    assert (pay.state.taken, pay.state.stored_minor) == ((), 3_600)
    pay.choose(TenderKind.STORED_VALUE)
    pay.typed("10")
    pay.finish()
    pay.back()
    assert holds(stage) == [HoldState.RELEASED, HoldState.RELEASED]


def test_head_office_may_say_no() -> None:
    stage = paying(0)
    pay = stage.till.pay
    stage.fake.head_office.answer = HoldAnswer(HoldOutcome.UNKNOWN)
    pay.choose(TenderKind.STORED_VALUE)
    pay.finish()
    assert (pay.state.asking, pay.state.taken, pay.state.refused) == (False, (), 1)
    assert len(stage.fake.head_office.told) == 1
    stage.fake.head_office.online = False
    pay.finish()
    assert pay.state.refused == 2


def test_without_stored_value_the_way_is_refused_in_words() -> None:
    stage = paying(0)
    stage.till.pay.back()
    stage.scan(card_number("0000003018"))
    stage.shell.open_pay()
    stage.till.pay.choose(TenderKind.STORED_VALUE)
    assert stage.till.pay.state.kind is TenderKind.CASH
    assert stage.till.pay.state.refused == 1


def test_while_head_office_is_asked_nothing_else_begins() -> None:
    stage = paying(0)
    pay = stage.till.pay
    pay.choose(TenderKind.STORED_VALUE)
    stage.tasks.hold = True
    pay.finish()
    assert pay.busy
    pay.choose(TenderKind.CASH)
    pay.typed("5")
    pay.drop_taken()
    pay.keep_change()
    pay.finish()
    pay.back()
    stage.shell.open_redeem()
    assert (pay.state.kind, pay.state.text, stage.shell.state.screen) == (TenderKind.STORED_VALUE, "", Screen.PAY)
    stage.tasks.hold = False
    stage.tasks.run_all()
    assert len(pay.state.taken) == 1


def test_another_member_takes_the_part_of_the_one_before_off() -> None:
    stage = paying(0)
    pay = stage.till.pay
    pay.choose(TenderKind.STORED_VALUE)
    pay.typed("10")
    pay.finish()
    pay.choose(TenderKind.STORED_VALUE)
    stage.scan(card_number("0000003018"))
    assert (pay.state.taken, pay.state.kind, pay.state.stored_minor) == ((), TenderKind.CASH, 0)
    assert holds(stage) == [HoldState.RELEASED]


def test_the_same_member_again_changes_nothing() -> None:
    stage = paying(0)
    pay = stage.till.pay
    pay.choose(TenderKind.STORED_VALUE)
    pay.typed("10")
    pay.finish()
    stage.scan(stage.card())
    assert len(pay.state.taken) == 1


def test_the_ways_to_pay_end_at_stored_value() -> None:
    stage = paying(0)
    for _ in range(5):
        stage.shell.key(Key.RIGHT)
    assert stage.till.pay.state.kind is TenderKind.STORED_VALUE


def test_s_keeps_the_change_as_stored_value() -> None:
    stage = paying(5)
    pay = stage.till.pay
    pay.keep_change()
    assert not pay.state.keep
    pay.typed("20")
    pay.keep_change()
    assert (pay.state.keep, pay.state.can_keep) == (True, True)
    pay.finish()
    assert balance(stage) == 3_600 + 310


def test_nobody_and_cards_keep_no_change() -> None:
    stage = Stage().sign_on()
    stage.scan(stage.barcode(5))
    stage.shell.open_pay()
    stage.till.pay.typed("20")
    assert not stage.till.pay.state.can_keep
