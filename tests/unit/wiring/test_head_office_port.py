"""Head office through the sync process: what each answer of the link means to a cashier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from app.domain.numbering import ReceiptFacts
from app.domain.spending import Hold
from app.domain.store_line import ReceiptAnswer, ReceiptOutcome
from app.errors import SyncError
from app.ids import AccountId, EventId
from app.services.ports import HoldAnswer, HoldOutcome
from app.wiring.head_office import LinkedHeadOffice


class Link:
    """Answers as told and remembers what was asked."""

    def __init__(self, answer: Mapping[str, Any] | SyncError) -> None:
        self.answer = answer
        self.asked: list[tuple[str, float, Mapping[str, Any]]] = []

    def ask(self, do: str, *, timeout_s: float, **given: str | int) -> Mapping[str, Any]:
        self.asked.append((do, timeout_s, given))
        if isinstance(self.answer, SyncError):
            raise self.answer
        return self.answer


class News:
    """The last status."""

    def __init__(self, phase: str) -> None:
        self.status: Mapping[str, Any] = {"phase": phase}


HOLD = Hold("h", AccountId("a"), 500, 0)


def asked(answer: Mapping[str, Any] | SyncError) -> HoldAnswer:
    return LinkedHeadOffice(Link(answer), News("idle")).hold(HOLD, timeout_s=6)


def test_a_yes_holds_and_says_what_is_left() -> None:
    link = Link({"held": 500, "available": 40})
    answer = LinkedHeadOffice(link, News("idle")).hold(HOLD, timeout_s=6)
    assert answer == HoldAnswer(HoldOutcome.HELD, 40)
    assert link.asked == [("hold", 6, {"hold_id": "h", "account_id": "a", "points": 500})]


def test_a_coupon_is_asked_for_by_its_own_id() -> None:
    link = Link({"held": 1, "available": 0})
    coupon = replace(HOLD, points=1, coupon_id="c-1")
    assert LinkedHeadOffice(link, News("idle")).hold(coupon, timeout_s=6).outcome is HoldOutcome.HELD
    assert link.asked == [("hold", 6, {"hold_id": "h", "coupon_id": "c-1", "points": 1})]


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (SyncError("hold_insufficient", available=40), HoldAnswer(HoldOutcome.INSUFFICIENT, 40)),
        (SyncError("hold_insufficient"), HoldAnswer(HoldOutcome.INSUFFICIENT)),
        (SyncError("hold_closed"), HoldAnswer(HoldOutcome.REFUSED)),
        (SyncError("member_blocked"), HoldAnswer(HoldOutcome.REFUSED)),
        (SyncError("sync_refused", problem="not_found"), HoldAnswer(HoldOutcome.REFUSED)),
        (SyncError("sync_no_answer"), HoldAnswer(HoldOutcome.UNKNOWN)),
        (SyncError("sync_unreachable"), HoldAnswer(HoldOutcome.UNKNOWN)),
        (SyncError("sync_not_running"), HoldAnswer(HoldOutcome.UNKNOWN)),
    ],
)
def test_a_no_is_told_from_silence(error: SyncError, answer: HoldAnswer) -> None:
    assert asked(error) == answer


@pytest.mark.parametrize("answer", [{"released": 5}, SyncError("sync_no_answer")])
def test_a_release_is_told_once_and_its_fate_is_not_waited_for(answer: Mapping[str, Any] | SyncError) -> None:
    link = Link(answer)
    LinkedHeadOffice(link, News("idle")).release("h")
    assert [(do, given) for do, _, given in link.asked] == [("release", {"hold_id": "h"})]


@pytest.mark.parametrize(
    ("phase", "online"),
    [("idle", True), ("pushing", True), ("pulling", True), ("offline", False), ("starting", False), ("ended", False)],
)
def test_online_is_what_the_last_exchange_said(phase: str, online: bool) -> None:
    assert LinkedHeadOffice(Link({}), News(phase)).is_online() is online


FACTS = ReceiptFacts("S031-1-000007", EventId("0190dddd-0000-7000-8000-000000000031"), 9_980, 90)
ROW = (
    '{"id":"0190dddd-0000-7000-8000-000000000031:0","ver":1,"receipt_no":"S031-1-000007","at_ms":5,"till_id":"t",'
    '"qty":2,"returned_qty":1,"charged_minor":9980,"points_minor":0,"because":[{"rule":"base","points":90}]}'
)


def sought(answer: Mapping[str, Any] | SyncError) -> ReceiptAnswer:
    return LinkedHeadOffice(Link(answer), News("idle")).find_receipt(FACTS, "0" * 16, timeout_s=6)


def test_a_receipt_is_asked_for_with_its_mark_and_comes_as_lines() -> None:
    link = Link({"rows": [ROW]})
    found = LinkedHeadOffice(link, News("idle")).find_receipt(FACTS, "0" * 16, timeout_s=6)
    assert found.outcome is ReceiptOutcome.FOUND
    assert (found.lines[0].qty, found.lines[0].returned_qty, found.lines[0].because) == (2, 1, (("base", 90),))
    (do, timeout_s, given) = link.asked[0]
    assert (do, timeout_s, given["mac"], given["receipt_no"]) == ("find_receipt", 6, "0" * 16, "S031-1-000007")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (SyncError("sync_refused", problem="not_found"), ReceiptOutcome.UNKNOWN),
        (SyncError("sync_refused", problem="rate"), ReceiptOutcome.NO_ANSWER),
        (SyncError("sync_unreachable"), ReceiptOutcome.NO_ANSWER),
        ({"rows": []}, ReceiptOutcome.NO_ANSWER),
        ({"rows": ["{}"]}, ReceiptOutcome.NO_ANSWER),
    ],
)
def test_only_head_offices_own_no_is_a_no(answer: Mapping[str, Any] | SyncError, outcome: ReceiptOutcome) -> None:
    assert sought(answer) == ReceiptAnswer(outcome)
