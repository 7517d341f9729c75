"""A copy that is being printed is ended by SIGKILL in every state of its job: no second paper goes without its mark."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from app.failpoints import Failpoint
from devices.printer.link import QUESTIONS
from devices.printer.status import ENABLE_ASB
from devices.simulated.printer import Faults
from tests.support import kill, tills
from tests.support.kill import SELL, SIGN_ON, Papers
from tests.support.matrix import places

RECEIPT_NO = "S027-1-000001"
GREETING = len(ENABLE_ASB) + sum(map(len, QUESTIONS))
WAIT = {"do": "wait_printed"}
PLACES = places("print.")
MARK = re.compile(r"REPRINT #(\d+)")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tills.make(tmp_path_factory.mktemp("copies") / "till")


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_copy_ended_anywhere_is_followed_by_marked_ones_only(
    place: Failpoint, template: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("kill matrix", f"copy, {place.value}")
    data = tills.copied(template, tmp_path / "till")
    with Papers() as papers:
        printer = {"GUITAI_PRINTER_ADDRESS": f"tcp://127.0.0.1:{papers.printer.port}"}
        papers.printer.set_faults(Faults(reset_at=GREETING + 200))
        first = kill.headless(data, [SIGN_ON, *SELL, WAIT], **printer)
        assert first.code == 0, first.out + first.err
        assert kill.job_states(data) == [(0, "unknown")]
        no_paper = {"do": "settle", "paper_came_out": False}
        kill.killed_at(place, data, [SIGN_ON, no_paper, WAIT], **printer)
        papers.settled()
        if kill.asks_a_person(data):
            came_out = bool(_marks(papers))
            steps = [SIGN_ON, {"do": "settle", "paper_came_out": came_out}, *([] if came_out else [WAIT])]
        else:
            steps = [SIGN_ON, *SELL, WAIT]
        again = kill.headless(data, steps, **printer)
        assert again.code == 0, again.out + again.err
        papers.settled()
        marks = _marks(papers)
        assert papers.of(RECEIPT_NO, marked=False) == 0  # the first one was torn off by the reset
        assert len(marks) == 1
        assert {state for _, state in kill.job_states(data)} <= kill.FINAL_STATES


def _marks(papers: Papers) -> list[int]:
    """The numbers of the copies that came out whole, in their order."""
    return [int(found[1]) for text in papers.texts if RECEIPT_NO in text and (found := MARK.search(text))]
