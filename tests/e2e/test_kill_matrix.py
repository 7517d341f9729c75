"""The kill matrix: a real process ended by SIGKILL at every failpoint; nothing is lost, doubled or half there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.failpoints import Failpoint
from app.store import migrate
from tests.support import kill, tills
from tests.support.commands import guitai
from tests.support.kill import ENROL, SELL, SIGN_ON, Papers
from tests.support.matrix import places

MATRIX = "kill matrix"
WAIT = {"do": "wait_printed"}
APPROVED = {"approver": "1002", "approver_pin": tills.PIN}


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A till with one sale and one enrolment in it."""
    folder = tills.make(tmp_path_factory.mktemp("kill") / "till")
    ran = kill.headless(folder, [SIGN_ON, *SELL, ENROL])
    assert ran.code == 0, ran.out + ran.err
    return folder


def test_the_matrix_has_every_failpoint_the_command_lists() -> None:
    listed = guitai("dev", "failpoints").out.split()
    assert listed == [place.value for place in Failpoint]


@pytest.fixture
def data(template: Path, tmp_path: Path) -> Path:
    return tills.copied(template, tmp_path / "till")


@pytest.mark.parametrize("place", places("sale."), ids=str)
def test_a_sale_is_whole_or_absent(
    place: Failpoint, data: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property(MATRIX, place.value)
    ran = kill.killed_at(place, data, [SIGN_ON, *SELL])
    kill.check_chains(data)
    sold = kill.check_sales(data)
    assert len(sold) in (1, 2)
    assert {answer["event_id"] for answer in kill.done(ran, "pay")} <= set(sold)
    assert (len(sold) == 2) is (place in (Failpoint.SALE_AFTER_COMMIT, Failpoint.SALE_AFTER_DONE))
    again = kill.headless(data, [SIGN_ON, *SELL])
    assert again.code == 0, again.out
    assert len(kill.check_sales(data)) == len(sold) + 1
    kill.check_chains(data)


@pytest.mark.parametrize("place", places("return.", "undo."), ids=str)
def test_goods_come_back_whole_or_not_at_all(
    place: Failpoint, data: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property(MATRIX, place.value)
    undo = place.value.startswith("undo.")
    step = {"do": "undo"} if undo else {"do": "return", "receipt": "S027-1-000001"}
    before = [*SELL] if undo else []
    kill.killed_at(place, data, [SIGN_ON, *before, step])
    kill.check_chains(data)
    there = kill.check_returns(data)
    committed = place in (Failpoint.RETURN_AFTER_COMMIT, Failpoint.UNDO_AFTER_COMMIT)
    assert there == ([undo] if committed else [])
    refused = "sale_undone" if undo else "nothing_to_return"
    again = kill.headless(data, [SIGN_ON, {**step, **({"expect": refused} if committed else {})}, *SELL])
    assert again.code == 0, again.out
    assert kill.check_returns(data) == [undo]
    kill.check_chains(data)


@pytest.mark.parametrize("place", places("enrolment."), ids=str)
def test_an_enrolment_is_whole_or_absent(
    place: Failpoint, data: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property(MATRIX, place.value)
    ran = kill.killed_at(place, data, [SIGN_ON, ENROL])
    kill.check_chains(data)
    enrolled = kill.check_enrolments(data)
    assert {answer["member_no"] for answer in kill.done(ran, "enrol")} <= set(enrolled)
    assert (len(enrolled) == 2) is (place is Failpoint.ENROLMENT_AFTER_COMMIT)
    again = kill.headless(data, [SIGN_ON, ENROL, *SELL])
    assert again.code == 0, again.out
    assert len(kill.check_enrolments(data)) == len(enrolled) + 1
    kill.check_chains(data)


@pytest.mark.parametrize("place", places("shift."), ids=str)
def test_a_shift_opens_with_its_event_or_not_at_all(
    place: Failpoint, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property(MATRIX, place.value)
    data = tills.make(tmp_path / "till")
    kill.killed_at(place, data, [SIGN_ON])
    kill.check_chains(data)
    assert kill.check_shifts(data) == (1 if place is Failpoint.SHIFT_AFTER_COMMIT else 0)
    again = kill.headless(data, [SIGN_ON, *SELL])
    assert again.code == 0, again.out
    assert kill.check_shifts(data) == 1
    kill.check_chains(data)


@pytest.mark.parametrize("place", places("shift_close.", "cash_move."), ids=str)
def test_cash_and_the_end_of_a_shift_are_whole_or_absent(
    place: Failpoint, data: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property(MATRIX, place.value)
    kind, _, when = place.value.partition(".")
    closes = kind == "shift_close"
    step = {"do": "shift_close", "cash_minor": 1} if closes else {"do": "cash", "kind": "no_sale", **APPROVED}
    kill.killed_at(place, data, [SIGN_ON, step])
    kill.check_chains(data)
    there = when == "after_commit"
    assert kill.check_by_hand(data, kind) == int(there)
    again = kill.headless(data, [SIGN_ON, *SELL, step])
    assert again.code == 0, again.out
    assert kill.check_by_hand(data, kind) == 1 + there
    assert kill.check_shifts(data) == 1 + (there and closes)
    kill.check_chains(data)


@pytest.mark.parametrize("place", places("adjustment."), ids=str)
def test_points_by_hand_are_posted_once_or_not(
    place: Failpoint, data: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property(MATRIX, place.value)
    step = {"do": "adjust", "points": 50, "reason": "goodwill", **APPROVED}
    find = {"do": "find", "text": ENROL["phone"], "pick": 0}
    kill.killed_at(place, data, [SIGN_ON, find, step])
    there = place is Failpoint.ADJUSTMENT_AFTER_COMMIT
    assert kill.check_by_hand(data, "adjustment") == int(there)
    again = kill.headless(data, [SIGN_ON, find])
    assert again.code == 0, again.out
    assert again.answers[-1]["points"] == 50 * there
    kill.check_chains(data)


@pytest.mark.parametrize("place", places("print."), ids=str)
def test_a_receipt_is_never_printed_twice_without_its_mark(
    place: Failpoint, data: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property(MATRIX, place.value)
    with Papers() as papers:
        printer = {"GUITAI_PRINTER_ADDRESS": f"tcp://127.0.0.1:{papers.printer.port}"}
        ran = kill.killed_at(place, data, [SIGN_ON, *SELL, {"do": "wait_printed"}], **printer)
        sold = kill.check_sales(data)
        assert len(sold) == 2  # the printer may be quicker than the answer to "pay": the sale is there either way
        receipt_no = f"S027-1-{len(sold):06d}"
        assert {answer["receipt_no"] for answer in kill.done(ran, "pay")} <= {receipt_no}
        papers.settled()
        if kill.asks_a_person(data):
            # The cashier looks at the paper, as the words ask, and answers.
            came_out = papers.of(receipt_no, marked=False) == 1
            steps = [SIGN_ON, {"do": "settle", "paper_came_out": came_out}, *([] if came_out else [WAIT]), *SELL, WAIT]
        else:
            steps = [SIGN_ON, *SELL, WAIT]
        again = kill.headless(data, steps, **printer)
        assert again.code == 0, again.out + again.err
        papers.settled()
        assert papers.of(receipt_no, marked=False) + papers.of(receipt_no, marked=True) == 1
        assert papers.of(str(kill.done(again, "pay")[0]["receipt_no"]), marked=False) == 1
    assert kill.check_sales(data)[: len(sold)] == sold
    assert {state for _, state in kill.job_states(data)} <= kill.FINAL_STATES
    kill.check_chains(data)


@pytest.mark.parametrize("place", places("migration."), ids=str)
def test_an_upgrade_is_whole_or_not_begun(
    place: Failpoint, data: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property(MATRIX, place.value)
    assert migrate.TILL_LINE.head == "till_0007"
    sold, enrolled = kill.check_sales(data), kill.check_enrolments(data)
    kill.older(data)
    kill.killed_at(place, data, [SIGN_ON])
    again = kill.headless(data, [SIGN_ON, *SELL])
    assert again.code == 0, again.out + again.err
    assert kill.check_sales(data)[:-1] == sold
    assert kill.check_enrolments(data) == enrolled
    kill.check_chains(data)
