"""`make prove`: sixty tills that were offline come back at once, over a bad network, to a head office on PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from app.wiring.chaos import Chaos
from app.wiring.chaos_plan import drawn
from app.wiring.hq_folder import open_office
from sync.hq.work.identities import new_code
from tests.support.real_stack import Stack, real_stack
from tests.support.wire_client import NewMember, WireTill, enrol_member, sell

TILLS = 60
SALES = 20
MINOR = 10_000
BATCH = 7
SEED = 20261122
GIVES_UP_S = 5.0
WAIT_S_MAX = 2.0
ANSWERED_WITHIN_S = 300.0


def test_a_herd_of_tills_drains_and_counts_everything_once(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with real_stack("postgresql", tmp_path) as stack, httpx.Client(timeout=GIVES_UP_S, trust_env=False) as http:
        herd = [offline(till) for till in enrolled(stack, http)]
        network = Chaos(stack.office.port, drawn(SEED))
        begun_s = time.monotonic()
        with ThreadPoolExecutor(TILLS) as pool:
            refused = sum(pool.map(lambda one: comes_back(one[0], network.address), herd))
        took_s = time.monotonic() - begun_s
        network.close()
        record_property(
            "herd", f"{TILLS} tills, {TILLS * (SALES + 1)} events, {took_s:.0f} s, {refused} times told to wait"
        )
        for till, _ in herd:
            till.address = stack.office.address
            assert till.call("GET", "heads").value["acked_through"] == SALES + 1
        accounts = herd[0][0].rows("account")
        assert {accounts[member.account_id]["balance"] for _, member in herd} == {SALES * MINOR // 100}
        stack.office.verify()


def enrolled(stack: Stack, http: httpx.Client) -> list[WireTill]:
    """New tills of the store, each with its key."""
    office = open_office(stack.office.folder)
    try:
        made = []
        for _ in range(TILLS):
            till = WireTill(stack.office.address, http)
            code = office.database.run(lambda db: new_code(db, "s027", None, office.clock.now_ms()))[1]
            assert till.enrol(code).status == 200
            made.append(till)
        return made
    finally:
        office.database.close()


def offline(till: WireTill) -> tuple[WireTill, NewMember]:
    """A member and the sales of a day without network."""
    member = enrol_member(till, phone=f"+86138{hash(till.till_id) % 10**8:08d}")
    for _ in range(SALES):
        sell(till, MINOR, member)
    return till, member


def comes_back(till: WireTill, address: str) -> int:
    """Push until everything is acknowledged, waiting as told; how often head office said to wait."""
    till.address = address
    acked, told, rest = 0, 0, threading.Event()
    end_s = time.monotonic() + ANSWERED_WITHIN_S
    while acked < len(till.events):
        assert time.monotonic() < end_s, "never drained"
        try:
            answered = till.push(acked + 1, min(acked + BATCH, len(till.events)))
        except (httpx.HTTPError, ValueError):  # the network, or a page that is no answer
            continue
        if answered.status == 200:
            acked = answered.value["acked_through"]
            continue
        assert answered.status in (429, 502, 503), answered
        told += 1
        rest.wait(min(WAIT_S_MAX, answered.value.get("next_after_ms", 0) / 1000))
    return told
