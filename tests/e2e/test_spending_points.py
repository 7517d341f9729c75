"""Points spent and goods returned at a till of real processes: holds end by one fact, and head office agrees."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.failpoints import Failpoint
from tests.support.chain_of_tills import RunningTill, Served, at_work, enrolled, kill_now, outbox
from tests.support.matrix import places

PHONE = "13912345678"


@pytest.fixture
def till(office: Served, tmp_path: Path) -> Iterator[RunningTill]:
    """A till with a member of 1,000 points and more."""
    with at_work(tmp_path / "a", office, phone=PHONE, spent_minor=100_000) as till:
        yield till


def account(office: Served) -> tuple[int, int]:
    """Balance and what of it is available, of the one member."""
    rows = office.read("SELECT raw FROM feed_row WHERE kind = 'account' AND raw IS NOT NULL")
    (found,) = [json.loads(raw) for (raw,) in rows if json.loads(raw)["account_kind"] == "points"]
    return found["balance"], found["available"]


def points(till: RunningTill) -> int:
    shown: int = till.do(do="find", text=PHONE, pick=0)["points"]
    till.do(do="nobody")
    return shown


def basket(till: RunningTill, amount: str) -> None:
    till.do(do="clear")
    till.do(do="find", text=PHONE, pick=0)
    till.do(do="amount", amount=amount)


def agree(office: Served, till: RunningTill) -> None:
    """Nothing waits, and head office finds nothing to say."""
    assert till.stop() == 0
    assert outbox(till.data) == 0
    office.verify()
    assert office.differences(till.data) == []


def test_points_pay_by_a_hold_and_come_back_with_the_goods(office: Served, till: RunningTill) -> None:
    before = points(till)
    basket(till, "10.00")
    asked = till.do(do="redeem", points=500)
    assert (asked["points"], asked["minor"], asked["due_minor"]) == (500, 500, 500)
    till.synced()
    assert account(office) == (before, before - 500)
    sold = till.do(do="pay")
    assert (sold["points_used"], sold["earned"]) == (500, 5)
    assert points(till) == before - 495
    till.synced()
    assert account(office) == (before - 495, before - 495)
    back = till.do(do="return", receipt=sold["receipt_no"])
    assert (back["refund_minor"], back["points_restored"], back["points_reversed"]) == (500, 500, 5)
    assert points(till) == before
    till.synced()
    assert (points(till), account(office)) == (before, (before, before))
    agree(office, till)


def test_a_sale_with_points_is_undone_and_a_return_without_network_arrives(office: Served, till: RunningTill) -> None:
    before = points(till)
    basket(till, "10.00")
    till.do(do="redeem")
    till.do(do="pay")
    till.do(do="undo")
    assert points(till) == before
    receipt = till.do(do="amount", amount="30.00") and till.do(do="pay")["receipt_no"]
    office.kill()
    till.do(do="return", receipt=receipt, lines=[{"line": 0, "qty": 1}])
    office.start()
    till.synced()
    assert (points(till), account(office)) == (before, (before, before))
    agree(office, till)


def test_points_kept_or_left_behind_are_free_again(office: Served, till: RunningTill) -> None:
    before = points(till)
    basket(till, "10.00")
    till.do(do="redeem", points=100)
    till.do(do="keep_points")
    till.do(do="redeem", points=200)
    till.do(do="amount", amount="1.00")  # another basket: given back
    assert till.do(do="status")["holds"] == 0
    till.synced()
    assert account(office) == (before, before)
    basket(till, "10.00")
    till.do(do="redeem", points=300)
    till.kill()
    till.start()
    till.synced()
    assert till.do(do="status")["holds"] == 0
    assert account(office) == (before, before)
    agree(office, till)


@pytest.mark.parametrize("place", places("hold."), ids=str)
def test_a_till_killed_around_its_question_keeps_no_points_away(
    place: Failpoint, office: Served, till: RunningTill, record_property: Callable[[str, object], None]
) -> None:
    record_property("kill matrix", place.value)
    before = points(till)
    assert till.stop() == 0
    till.start({"GUITAI_FAILPOINT": place.value})
    till.synced()
    basket(till, "10.00")
    till.last_words({"do": "redeem", "points": 500}, {"do": "keep_points"})
    till.start()
    till.synced()
    assert till.do(do="status")["holds"] == 0
    assert account(office) == (before, before)
    agree(office, till)


def test_without_an_answer_no_points_are_taken(office: Served, till: RunningTill) -> None:
    before = points(till)
    basket(till, "10.00")
    office.kill()
    kill_now(till.sync_pid())
    refused = till.ask(do="redeem", points=500)
    assert refused["code"] in ("redeem_offline", "hold_unanswered")
    assert till.do(do="status")["holds"] == 0
    office.start()
    till.do(do="pay")
    till.synced()
    assert account(office)[0] == account(office)[1] == before + 10
    assert till.stop() == 3  # one step was refused
    assert office.differences(till.data) == []


def test_head_office_says_how_many_are_free(office: Served, till: RunningTill, tmp_path: Path) -> None:
    other = enrolled(tmp_path / "b", office).start()
    other.synced()
    basket(till, "20.00")
    till.do(do="redeem", points=900)
    basket(other, "20.00")
    refused = other.ask(do="redeem", points=300)
    assert (refused["ok"], refused["code"]) == (False, "hold_too_few")
    assert "100" in refused["words"]
    other.do(do="redeem", points=100)
    other.do(do="pay")
    till.do(do="pay")
    for one in (till, other, till):
        one.synced()
    assert account(office)[0] == account(office)[1]
    assert [till.stop(), other.stop()] == [0, 3]
    assert office.differences(till.data, other.data) == []
