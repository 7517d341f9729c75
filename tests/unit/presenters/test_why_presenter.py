"""Why these points, asked by a key: of the receipt being built, and of the last one."""

from __future__ import annotations

import pytest

from app.domain.programme.document import RuleKind
from app.domain.programme.explain import Reason, Refused
from app.i18n import ENGLISH
from app.services.why import WhyRule
from tests.support.stage import Stage
from ui.presenters.keys import Key, Screen
from ui.views.why_words import kind_words, reason_words

WANTED = {
    Reason.WEEKDAYS: ("6", "7"), Reason.HOURS: ("18:00", "22:00"), Reason.MIN_SPEND: ("5000",),
    Reason.TENDER: ("stored_value",), Reason.BIRTHDAY: ("week",),
}  # fmt: skip
FOUND = {Reason.MIN_SPEND: ("4000",)}


@pytest.fixture
def stage() -> Stage:
    return Stage().sign_on()


def test_the_receipt_being_built_is_explained_and_left_with_esc(stage: Stage) -> None:
    stage.basket_of_the_pictures()
    assert stage.till.counter.char("?")
    assert stage.shell.state.screen is Screen.WHY
    shown = stage.till.why.state.why
    assert shown is not None
    assert shown.points == 324
    stage.shell.key(Key.ESC)
    assert (stage.shell.state.screen, stage.till.why.state.open) == (Screen.COUNTER, False)


def test_the_last_receipt_is_explained(stage: Stage) -> None:
    stage.basket_of_the_pictures().sell()
    stage.shell.open_receipt()
    assert stage.shell.key(Key.WHY)
    shown = stage.till.why.state.why
    assert shown is not None
    assert shown.receipt_no == "S027-2-000001"


def test_between_two_customers_the_key_explains_the_last_receipt(stage: Stage) -> None:
    stage.basket_of_the_pictures().sell()
    assert stage.till.counter.char("？")
    assert stage.shell.state.screen is Screen.WHY
    shown = stage.till.why.state.why
    assert shown is not None
    assert shown.receipt_no == "S027-2-000001"
    assert stage.shell.key(Key.ESC)
    assert stage.shell.state.screen is Screen.COUNTER


def test_before_the_first_sale_the_key_is_text(stage: Stage) -> None:
    assert not stage.till.counter.char("?")
    stage.shell.open_why()
    assert stage.shell.state.screen is Screen.COUNTER


def test_what_cannot_be_explained_is_said(stage: Stage) -> None:
    stage.basket_of_the_pictures().sell()
    stage.shell.open_receipt()
    stage.fake.truth.events.clear()
    stage.shell.key(Key.WHY)
    assert stage.till.why.state.why is None
    assert stage.till.why.state.notice is not None


def test_an_answer_that_comes_late_reaches_nobody(stage: Stage) -> None:
    stage.basket_of_the_pictures()
    stage.tasks.hold = True
    stage.shell.open_why()
    stage.till.why.back()
    stage.tasks.run_all()
    assert stage.till.why.state.why is None


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words_without_gaps(reason: Reason) -> None:
    said = reason_words(Refused(reason, WANTED.get(reason, ("gold",)), FOUND.get(reason, ())), ENGLISH)
    assert said
    assert "{" not in said


@pytest.mark.parametrize("kind", [None, *RuleKind])
def test_every_kind_of_rule_says_what_it_does(kind: RuleKind | None) -> None:
    said = kind_words(WhyRule("r", kind, 1_000, None, after_days=14, cut=1_234), ENGLISH)
    assert said.endswith("follow in 14 days · 1,234 cut by a limit")
