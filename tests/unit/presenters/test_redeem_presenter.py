"""Spending points at the counter: what fits, the one question, its answers, and points given back."""

from __future__ import annotations

import json

import pytest

from app.domain.spending import HoldState
from app.errors import StoreError
from app.services.ports import HoldAnswer, HoldOutcome
from app.services.redemption import Limit
from tests.support.stage import Stage
from ui.presenters.keys import Key, Screen
from ui.presenters.redeem import RedeemPresenter
from ui.theme.names import Role


@pytest.fixture
def stage() -> Stage:
    """The basket of the pictures for 张小凡, head office answering."""
    stage = Stage().sign_on()
    stage.fake.head_office.online = True
    return stage.basket_of_the_pictures()


@pytest.fixture
def redeem(stage: Stage) -> RedeemPresenter:
    assert stage.shell.key(Key.F4)
    return stage.till.redeem


def holds(stage: Stage) -> list[HoldState]:
    return [hold.state for hold in stage.fake.truth.holds.values()]


def events(stage: Stage) -> list[str]:
    return [event.type for event in stage.fake.truth.events]


def test_f4_offers_the_most_at_once(stage: Stage, redeem: RedeemPresenter) -> None:
    assert stage.shell.state.screen is Screen.REDEEM
    state = redeem.state
    assert state.room is not None
    assert (state.room.most, state.room.limit, state.points) == (13_500, Limit.SHARE, 13_500)
    assert state.preview is not None
    assert state.preview.after.due_minor == 27_020 - 13_500


def test_offline_the_reason_is_said_where_the_receipt_is() -> None:
    stage = Stage().sign_on().basket_of_the_pictures()
    stage.shell.key(Key.F4)
    assert stage.shell.state.screen is Screen.COUNTER
    assert stage.cart.state.notice is not None
    assert "offline" in stage.cart.state.notice.text


def test_nobody_on_the_receipt_opens_nothing() -> None:
    stage = Stage().sign_on()
    stage.fake.head_office.online = True
    stage.shell.open_redeem()
    stage.scan(stage.barcode())
    stage.shell.open_redeem()
    assert stage.shell.state.screen is Screen.COUNTER
    assert Stage().shell.till is None
    Stage().shell.open_redeem()


def test_keys_type_points_and_the_preview_follows(redeem: RedeemPresenter) -> None:
    assert redeem.char("c")
    assert (redeem.state.points, redeem.state.preview) == (0, None)
    for char in "200":
        assert redeem.char(char)
    assert redeem.state.preview is not None
    assert redeem.state.preview.minor == 200
    redeem.digit("00")
    redeem.delete()
    assert redeem.state.points == 2_000
    assert redeem.char("A")
    assert redeem.state.points == 13_500
    assert not redeem.char("x")
    redeem.clear()
    for _ in range(12):
        redeem.digit("9")
    assert redeem.state.points == 999_999_999


def test_the_first_digit_begins_a_number_of_its_own(redeem: RedeemPresenter) -> None:
    assert redeem.state.points == 13_500
    for char in "2000":
        redeem.char(char)
    assert redeem.state.points == 2_000
    redeem.choose(5_000)
    redeem.digit("3")
    assert redeem.state.points == 3
    redeem.all()
    redeem.delete()
    redeem.digit("9")
    assert redeem.state.points == 13_509
    assert redeem.state.before is not None
    assert redeem.state.before.due_minor == 27_020


def test_a_number_that_does_not_fit_is_said_without_noise(stage: Stage, redeem: RedeemPresenter) -> None:
    heard = list(stage.sounds.heard)
    redeem.choose(150)
    assert redeem.state.notice is not None
    assert redeem.state.notice.role is Role.ATTENTION
    assert redeem.state.preview is None
    redeem.confirm()
    assert holds(stage) == []
    assert stage.sounds.heard == heard


def test_arrows_go_by_the_steps_of_the_programme(stage: Stage, redeem: RedeemPresenter) -> None:
    redeem.clear()
    stage.shell.key(Key.RIGHT)
    assert redeem.state.points == 100
    stage.shell.key(Key.RIGHT)
    assert redeem.state.points == 200
    for _ in range(3):
        stage.shell.key(Key.LEFT)
    assert redeem.state.points == 0
    redeem.all()
    stage.shell.key(Key.RIGHT)
    assert redeem.state.points == 13_500


def test_held_points_pay_a_part_and_the_sale_takes_them(stage: Stage, redeem: RedeemPresenter) -> None:
    redeem.choose(2_000)
    stage.shell.key(Key.ENTER)
    assert stage.shell.state.screen is Screen.COUNTER
    quote = stage.cart.state.quote
    assert quote is not None
    assert (quote.due_minor, quote.points_minor) == (25_020, 2_000)
    stage.shell.open_pay()
    assert stage.till.pay.state.due_minor == 25_020
    stage.till.pay.finish()
    assert holds(stage) == [HoldState.USED]
    assert stage.fake.truth.sales[0].result.redeemed == 2_000
    assert "hold_released" not in events(stage)
    assert stage.fake.head_office.told == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [(HoldAnswer(HoldOutcome.UNKNOWN), "did not answer"), (HoldAnswer(HoldOutcome.REFUSED), "does not give"),
     (HoldAnswer(HoldOutcome.INSUFFICIENT, 300), "300 points free")],
)  # fmt: skip
def test_without_points_the_words_stay_on_the_sheet_and_nothing_is_held(
    stage: Stage, redeem: RedeemPresenter, answer: HoldAnswer, said: str
) -> None:
    stage.fake.head_office.answer = answer
    redeem.confirm()
    assert stage.shell.state.screen is Screen.REDEEM
    assert redeem.state.notice is not None
    assert said in redeem.state.notice.text
    assert (redeem.state.asking, redeem.state.refused) == (False, 1)
    assert holds(stage) == [HoldState.RELEASED]
    assert stage.fake.head_office.told == list(stage.fake.truth.holds)


def test_while_head_office_is_asked_nothing_else_is_chosen(stage: Stage, redeem: RedeemPresenter) -> None:
    redeem.choose(2_000)
    stage.tasks.hold = True
    redeem.confirm()
    assert redeem.state.notice is not None
    assert "6 s at most" in redeem.state.notice.text
    redeem.choose(100)
    assert redeem.char("7")
    redeem.delete()
    assert not redeem.state.typed
    redeem.confirm()
    redeem.back()
    redeem.open()
    assert (redeem.state.points, stage.shell.state.screen) == (2_000, Screen.REDEEM)
    assert len(stage.tasks.waiting) == 1


def test_a_scan_while_asking_gives_the_points_back(stage: Stage, redeem: RedeemPresenter) -> None:
    redeem.choose(2_000)
    stage.tasks.hold = True
    redeem.confirm()
    stage.scan(stage.barcode(3))
    stage.tasks.hold = False
    stage.tasks.run_all()
    assert stage.cart.state.cart.spend is None
    assert stage.cart.state.cart.basket.units == 9
    assert stage.cart.state.notice is not None
    assert "given back" in stage.cart.state.notice.text
    assert holds(stage) == [HoldState.RELEASED]


def test_a_scan_on_the_sheet_goes_to_the_receipt(stage: Stage, redeem: RedeemPresenter) -> None:
    stage.scan(stage.barcode(3))
    assert stage.shell.state.screen is Screen.COUNTER
    assert stage.cart.state.cart.basket.units == 9
    assert not redeem.state.open


def test_late_answers_of_a_closed_sheet_change_nothing(stage: Stage, redeem: RedeemPresenter) -> None:
    stage.tasks.hold = True
    redeem.choose(100)
    redeem.choose(150)
    redeem.back()
    stage.tasks.hold = False
    stage.tasks.run_all()
    assert redeem.state.preview is None
    assert redeem.state.notice is None
    redeem.step(1)
    redeem.all()
    redeem.choose(100)
    assert redeem.state.points == 0


def test_a_receipt_that_changed_while_the_room_was_sought_opens_no_sheet(stage: Stage) -> None:
    stage.tasks.hold = True
    stage.shell.open_redeem()
    room = stage.tasks.waiting.popleft()
    stage.tasks.hold = False
    stage.cart.drop_customer()
    room()
    assert stage.shell.state.screen is Screen.COUNTER


def test_another_article_gives_the_points_back_in_words(stage: Stage, redeem: RedeemPresenter) -> None:
    redeem.confirm()
    stage.scan(stage.barcode(0))
    assert stage.cart.state.cart.spend is None
    assert stage.cart.state.notice is not None
    assert "given back" in stage.cart.state.notice.text
    assert holds(stage) == [HoldState.RELEASED]
    assert stage.fake.head_office.told == list(stage.fake.truth.holds)
    assert json.loads(stage.fake.truth.events[-1].raw)["type"] == "hold_released"


def test_f4_again_gives_back_and_asks_anew(stage: Stage, redeem: RedeemPresenter) -> None:
    redeem.confirm()
    stage.shell.key(Key.F4)
    assert stage.shell.state.screen is Screen.REDEEM
    assert holds(stage) == [HoldState.RELEASED]
    redeem.choose(100)
    redeem.confirm()
    assert holds(stage) == [HoldState.RELEASED, HoldState.HELD]


def test_emptying_the_receipt_gives_the_points_back(stage: Stage, redeem: RedeemPresenter) -> None:
    redeem.confirm()
    stage.shell.key(Key.ESC)
    stage.shell.key(Key.ESC)
    assert stage.cart.state.empty
    assert holds(stage) == [HoldState.RELEASED]


def test_from_payment_the_sheet_opens_over_the_receipt(stage: Stage) -> None:
    stage.shell.open_pay()
    stage.shell.key(Key.F4)
    assert stage.shell.state.screen is Screen.REDEEM
    stage.shell.key(Key.ESC)
    assert stage.shell.state.screen is Screen.COUNTER


def test_a_disk_that_refuses_the_hold_is_said(stage: Stage, redeem: RedeemPresenter) -> None:
    stage.fake.book.refuse_with = StoreError("disk_full")
    redeem.confirm()
    assert redeem.state.notice is not None
    assert redeem.state.notice.role is Role.ERROR
    assert holds(stage) == []


def test_a_release_that_cannot_be_written_is_said_and_found_at_the_next_start(
    stage: Stage, redeem: RedeemPresenter
) -> None:
    redeem.confirm()
    stage.fake.book.refuse_with = StoreError("disk_full")
    stage.cart.drop_customer()
    assert stage.cart.state.notice is not None
    assert holds(stage) == [HoldState.HELD]


def test_without_points_on_the_receipt_there_are_none_to_give_back(stage: Stage) -> None:
    stage.cart.keep_points()
    assert events(stage).count("hold_released") == 0
