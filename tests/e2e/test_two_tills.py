"""Head office and two tills as processes over real HTTP: cut, killed and started again, every sale arrives once."""

from __future__ import annotations

import json
import os
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.chain_of_tills import RunningTill, Served, at_work, buckets, ended, kill_now, outbox
from tests.support.commands import open_till_db

PHONE = "13912345678"


@pytest.fixture
def tills(office: Served, tmp_path: Path) -> Iterator[tuple[RunningTill, RunningTill]]:
    with at_work(tmp_path / "a", office) as one, at_work(tmp_path / "b", office) as other:
        yield one, other


def balance_at_head_office(office: Served) -> int:
    rows = office.read("SELECT raw FROM feed_row WHERE kind = 'account' AND raw IS NOT NULL")
    return sum(json.loads(raw)["balance"] for (raw,) in rows)


def shown(till: RunningTill) -> tuple[int, int]:
    """What a cashier sees of the member: points, and how many of them are still to come from head office."""
    found = till.do(do="find", text=PHONE, pick=0)
    return found["points"], found["pending_points"]


def check_agreement(office: Served, tills: tuple[RunningTill, RunningTill], earned: int) -> None:
    """Both tills are closed: nothing waits, head office has every point once, and copies are copies."""
    for till in tills:
        assert outbox(till.data) == 0
    assert balance_at_head_office(office) == earned
    office.verify()
    assert office.differences(*(till.data for till in tills)) == []
    found = office.read("SELECT id, seq, live_rows, checksum FROM bucket")
    heads = {name: (seq, live, checksum) for name, seq, live, checksum in found}
    for till in tills:
        for name, held in buckets(till.data).items():
            assert held == heads[name], name


def test_sales_of_two_tills_arrive_once_and_both_see_them(
    office: Served, tills: tuple[RunningTill, RunningTill]
) -> None:
    one, two = tills
    one.do(do="enrol", phone=PHONE, name="王小明")
    earned = one.sell(8640, PHONE)
    one.synced()
    assert shown(one) == (earned, 0)
    two.synced()
    assert shown(two) == (earned, 0)
    earned += two.sell(10_000, PHONE)
    assert shown(two) == (earned, 100)
    two.synced()
    assert shown(two) == (earned, 0)
    one.synced()
    assert shown(one) == (earned, 0)
    assert [till.stop() for till in tills] == [0, 0]
    check_agreement(office, tills, earned)


def test_a_cut_network_stops_no_sale_and_doubles_none(office: Served, tills: tuple[RunningTill, RunningTill]) -> None:
    one, two = tills
    one.do(do="enrol", phone=PHONE, name="王小明")
    one.synced()
    two.synced()
    office.kill()
    earned = sum(one.sell(1_000 * n, PHONE) for n in range(1, 4)) + two.sell(5_000, PHONE)
    late = one.ask(do="wait_synced", timeout_s=1)
    assert (late["ok"], late["code"]) == (False, "not_synced")
    assert one.do(do="status")["pending"] == 3
    office.start()
    one.synced()
    two.synced()
    one.synced()
    assert shown(one) == shown(two) == (earned, 0)
    assert [till.stop() for till in tills] == [3, 0]
    check_agreement(office, tills, earned)


def test_a_till_is_synced_although_another_never_stops_selling(
    office: Served, tills: tuple[RunningTill, RunningTill]
) -> None:
    one, two = tills
    one.do(do="enrol", phone=PHONE, name="王小明")
    one.synced()
    two.synced()
    enough, sold = threading.Event(), threading.Event()
    earned: list[int] = []

    def sell_on() -> None:
        while not enough.is_set():
            earned.append(two.sell(10_000, PHONE))
            sold.set()

    seller = threading.Thread(target=sell_on)
    seller.start()
    try:
        for _ in range(3):
            assert sold.wait(60)
            earned.append(one.sell(5_000, PHONE))
            one.synced()
            sold.clear()
    finally:
        enough.set()
        seller.join()
    two.synced()
    one.synced()
    assert shown(one) == shown(two) == (sum(earned), 0)
    assert [till.stop() for till in tills] == [0, 0]
    check_agreement(office, tills, sum(earned))


def test_a_receipt_says_offline_only_while_head_office_does_not_answer(
    office: Served, tills: tuple[RunningTill, RunningTill]
) -> None:
    one, _ = tills
    one.do(do="enrol", phone=PHONE, name="王小明")
    one.sell(5_000, PHONE)
    office.kill()
    assert not one.ask(do="wait_synced", timeout_s=2)["ok"]
    one.sell(5_000, PHONE)
    one.stop()
    one.start()  # offline from its start: what was measured before is remembered
    one.sell(5_000, PHONE)
    one.stop()
    db = open_till_db(one.data)
    try:
        papers = [model for (model,) in db.execute("SELECT model FROM print_job WHERE kind = 'sale' ORDER BY job_id")]
        clocks = [json.loads(raw)["offset_age_s"] for (raw,) in db.execute("SELECT raw FROM event WHERE type = 'sale'")]
    finally:
        db.close()
    assert ["离线开出" in paper or "Issued offline" in paper for paper in papers] == [False, True, True]
    assert min(clocks) >= 0


def test_killed_processes_lose_and_double_nothing(office: Served, tills: tuple[RunningTill, RunningTill]) -> None:
    drawn = random.Random(20261122)
    one, two = tills
    one.do(do="enrol", phone=PHONE, name="王小明")
    one.synced()
    two.synced()
    earned = 0
    for _ in range(6):
        for till in tills:
            earned += till.sell(100 * drawn.randrange(1, 500), PHONE)
        victim = drawn.choice(tills)
        if drawn.random() < 0.5:
            kill_now(victim.sync_pid())
        else:
            child = os.pidfd_open(victim.sync_pid())
            victim.kill()
            assert ended(child), "the sync process outlived its till"
            victim.start()
        if drawn.random() < 0.4:
            office.kill()
            office.start()
    for till in (one, two, one):
        till.synced()
    assert shown(one) == shown(two) == (earned, 0)
    assert [till.stop() for till in tills] == [0, 0]
    check_agreement(office, tills, earned)
