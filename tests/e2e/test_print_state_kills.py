"""A till ended by SIGKILL in each state a print job can have: no second paper without its mark, and none lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.domain.receipt import JobState
from devices.printer.device import CLEAN_RETRIES_MAX
from devices.printer.link import QUESTIONS
from devices.printer.status import ENABLE_ASB
from devices.simulated.printer import Faults
from tests.support import kill, tills
from tests.support.kill import SELL, SIGN_ON, Papers

MATRIX = "print state matrix"
RECEIPT_NO = "S027-1-000001"
WAIT: Mapping[str, object] = {"do": "wait_printed"}
NO_PAPER: Mapping[str, object] = {"do": "settle", "paper_came_out": False}
GREETING = len(ENABLE_ASB) + sum(map(len, QUESTIONS))
TORN = Faults(reset_at=GREETING + 200)
FULL = "file:/dev/full"
"""A printer that takes no byte of anything."""


@dataclass(frozen=True)
class Case:
    """Where the process ends and what state the job then has in till.db.

    `printer` None: the simulated one. `torn`: its line breaks in the first receipt. `settles`: the process that ends is
    the second one, in which a person says that no paper came. `queued`: copies that wait beside it.
    """

    state: JobState
    place: str
    printer: str | None = None
    profile: str = ""
    torn: bool = False
    settles: bool = False
    queued: int = 0
    copies: int = 0
    """Marked papers at the end; without any there is one unmarked."""
    steps: tuple[Mapping[str, object], ...] = field(default=())
    """What a person does at the next start, beside answering for the paper."""


CASES = (
    Case(JobState.QUEUED, "print.before_sending"),
    Case(JobState.QUEUED, "print.after_final_mark", printer=FULL, profile="one-way-80"),
    Case(JobState.SENDING, "print.after_sending_mark", copies=1),
    Case(JobState.SENDING, "print.after_first_bytes"),
    Case(JobState.SENT, "print.after_sent_mark"),
    Case(JobState.CONFIRMED, "print.after_final_mark"),
    Case(JobState.SPOOLED, "print.after_final_mark", profile="one-way-80"),
    Case(JobState.UNKNOWN, "print.after_final_mark", torn=True, copies=1),
    Case(JobState.UNKNOWN, "settle.after_queued", torn=True, settles=True, queued=1, copies=2),
    Case(JobState.CANCELLED, "settle.after_mark", torn=True, settles=True, queued=1, copies=1),
    Case(
        JobState.FAILED_CLEAN,
        f"print.after_final_mark:{CLEAN_RETRIES_MAX + 1}",
        printer=FULL,
        profile="one-way-80",
        copies=1,
        steps=({"do": "reprint"}, WAIT),
    ),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tills.make(tmp_path_factory.mktemp("states") / "till")


def test_the_matrix_has_every_state_of_a_job() -> None:
    assert {case.state for case in CASES} == set(JobState)


def ended(case: Case, data: Path, papers: Papers) -> None:
    """Sell, and end the process in the state of the case."""
    simulated = f"tcp://127.0.0.1:{papers.printer.port}"
    printer = {"GUITAI_PRINTER_ADDRESS": case.printer or simulated}
    if case.profile:
        printer["GUITAI_PRINTER_PROFILE"] = case.profile
    if case.torn:
        papers.printer.set_faults(TORN)
    steps = [SIGN_ON, *SELL, WAIT]
    if case.settles:
        first = kill.headless(data, steps, **printer)
        assert first.code == 0, first.out + first.err
        steps = [SIGN_ON, NO_PAPER]
    ran = kill.headless(data, steps, **printer, GUITAI_FAILPOINT=case.place)
    assert ran.code == kill.KILLED, f"{case.place} was never reached: {ran.out}{ran.err}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.state.value}, {case.place}")
def test_a_receipt_is_neither_lost_nor_printed_twice_without_its_mark(
    case: Case, template: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property(MATRIX, f"{case.state.value}, {case.place}")
    data = tills.copied(template, tmp_path / "till")
    with Papers() as papers:
        ended(case, data, papers)
        assert kill.job_states(data) == [(0, case.state.value), *([(1, "queued")] * case.queued)]
        kill.check_chains(data)
        papers.settled()
        asked: list[Mapping[str, object]] = []
        if kill.asks_a_person(data):
            came_out = papers.of(RECEIPT_NO, marked=False) == 1
            asked = [{"do": "settle", "paper_came_out": came_out}, *([] if came_out else [WAIT])]
        printer = {"GUITAI_PRINTER_ADDRESS": f"tcp://127.0.0.1:{papers.printer.port}"}
        again = kill.headless(data, [SIGN_ON, *asked, *case.steps, *SELL, WAIT], **printer)
        assert again.code == 0, again.out + again.err
        papers.settled()
        unmarked, marked = papers.of(RECEIPT_NO, marked=False), papers.of(RECEIPT_NO, marked=True)
        assert (unmarked, marked) == (0 if case.copies else 1, case.copies)
        assert papers.of("S027-1-000002", marked=False) == 1
    states = [state for _, state in kill.job_states(data)]
    assert set(states) <= kill.FINAL_STATES | {JobState.FAILED_CLEAN.value}
    assert len(kill.check_sales(data)) == 2
    kill.check_chains(data)
