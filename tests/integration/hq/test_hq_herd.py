"""After an outage all tills come at once: they drain one after another, push first, and nobody comes again too soon."""

from __future__ import annotations

import dataclasses
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.clock import ManualClock
from tests.support.head_office import PLENTY, HeadOffice
from tests.support.wire_client import Answered, WireTill, enrol_member, new_id, sell

TILLS = 200
FIRST = 20
PER_S = 10
AT_ONCE = 12
CALLERS = 16
STEP_S = 0.25
LIMITS = dataclasses.replace(PLENTY, at_once_max=AT_ONCE, tills_first=FIRST, tills_per_s=PER_S)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(time.time_ns() // 1_000_000)


@pytest.fixture
def narrow(tmp_path: Path, clock: ManualClock) -> Iterator[HeadOffice]:
    office = HeadOffice(tmp_path, f"sqlite:///{tmp_path / 'narrow.db'}", limits=LIMITS, clock=clock)
    yield office
    office.close()


class Herd:
    """Tills that push, then pull, and wait as long as every answer says, on head office's own clock."""

    def __init__(self, tills: list[WireTill]) -> None:
        self.due = dict.fromkeys(range(len(tills)), 0.0)
        self.tills = tills
        self.steps = [iter(("push", "pull")) for _ in tills]
        self.step = [next(one) for one in self.steps]
        self.asked: Counter[int] = Counter()
        self.pushed_s: dict[int, float] = {}
        self.first_refused: Counter[str] = Counter()

    def ask(self, number: int) -> Answered:
        till = self.tills[number]
        return till.push() if self.step[number] == "push" else till.call("GET", f"pull?bucket=till:{till.till_id}")

    def take(self, number: int, answered: Answered, now_s: float) -> None:
        self.asked[number] += 1
        wait_s = max(answered.value["next_after_ms"] / 1000, int(answered.headers.get("retry-after", "0")))
        self.due[number] = now_s + wait_s
        if answered.status == 503:
            self.first_refused[self.step[number]] += 1
            assert wait_s >= 1
            return
        assert answered.status == 200
        if self.step[number] == "push":
            assert answered.value["acked_through"] == len(self.tills[number].events)
            self.pushed_s[number] = now_s
        self.step[number] = next(self.steps[number], "done")
        if self.step[number] == "done":
            del self.due[number]


def test_two_hundred_tills_after_an_outage_drain_in_turn(narrow: HeadOffice, clock: ManualClock) -> None:
    tills = [narrow.till() for _ in range(TILLS)]
    for till in tills:
        sell(till, 1_000)
        sell(till, 2_000)
    narrow.restart()
    herd = Herd([dataclasses.replace(till, address=narrow.address) for till in tills])
    now_s = 0.0
    with ThreadPoolExecutor(CALLERS) as pool:
        while herd.due:
            ready = sorted(number for number, due_s in herd.due.items() if due_s <= now_s)
            for number, answered in zip(ready, pool.map(herd.ask, ready), strict=True):
                herd.take(number, answered, now_s)
            assert len(herd.pushed_s) <= FIRST + PER_S * now_s + TILLS // 5
            clock.advance_s(STEP_S)
            now_s += STEP_S
    assert len(herd.pushed_s) == TILLS
    assert TILLS / PER_S / 2 < max(herd.pushed_s.values()) < 4 * TILLS / PER_S
    assert max(herd.asked.values()) <= 12
    assert herd.asked.total() < 5 * TILLS
    assert narrow.faults() == []


def test_who_only_waits_keeps_nobody_out(narrow: HeadOffice) -> None:
    till = narrow.till()
    heads = till.call("GET", "heads").value["heads"]
    since = ",".join(f"{head['id']}.{head['seq']}" for head in heads)
    port = int(narrow.address.rpartition(":")[2])
    with ExitStack() as opened:
        waiting = [opened.enter_context(socket.create_connection(("127.0.0.1", port), 60)) for _ in range(2 * AT_ONCE)]
        for one in waiting:
            one.sendall(till.signed_request("GET", f"heads?since={since}&wait=25"))
            assert till.call("GET", "heads").status == 200  # taken in order: the poll before it waits by now
        enrol_member(till)
        assert till.push().status == 200
        assert {one.recv(12) for one in waiting} == {b"HTTP/1.1 200"}


def test_a_cashier_does_not_wait_for_a_turn(narrow: HeadOffice) -> None:
    tills = [narrow.till() for _ in range(3 * FIRST)]
    narrow.restart()
    tills = [dataclasses.replace(till, address=narrow.address) for till in tills]
    assert 503 in {till.call("GET", "heads").status for till in tills}
    assert {till.call("POST", "members/find", {"card": "880000"}).status for till in tills} == {200}
    assert {till.call("DELETE", f"holds/{new_id()}").status for till in tills} == {200}
