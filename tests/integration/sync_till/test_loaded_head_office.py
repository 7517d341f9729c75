"""A head office with too much to do, over real HTTP: how long a till waits, what does not, what a restart changes."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.errors import SyncError
from app.services.sync_ports import BackOff
from app.store import back_off, keys
from app.store.connect import TILL, connect
from app.store.folder import TILL_FILE
from sync.protocol import bodies
from sync.till import answers
from sync.till.runner import Runner
from tests.support import tills
from tests.support.facts import open_shift, sell
from tests.support.forwarding import through
from tests.support.head_office import HeadOffice
from tests.support.loopback import Asked, Loopback, Said, said_json
from tests.support.running import News, run

LONG_S = 900
ALWAYS = (
    "incarnation_no",
    "incarnation",
    "life",
    "server_ms",
    "next_after_ms",
    "acked_through",
    "acked_hash",
    "till_seq",
)
ENDS_MS = 1_000
Until = Callable[[Runner, News, list[str]], bool]


def refusal(said: Said, status: int, problem: str, **more: int) -> Said:
    """The answer as a problem, with what every answer of head office carries."""
    headers = {name.lower(): value for name, value in said.headers.items()}
    members = json.loads(bodies.decoded(said.body, headers.get("content-encoding"), 1 << 24))
    kept = {name: members[name] for name in ALWAYS if name in members}
    retry = {"Retry-After": str(more.pop("retry_s"))} if "retry_s" in more else {}
    return said_json(status, {**kept, **more, "type": f"/problems/{problem}"}, **retry)


def a_sale(data: Path) -> None:
    files = tills.opened(data)
    if files.book.open_shift() is None:
        open_shift(files)
    sell(files)
    files.close()


def kept(data: Path) -> BackOff:
    db = connect(data / TILL_FILE, keys.load(data, os.environ).key(TILL_FILE), TILL)
    try:
        return back_off.get(db)
    finally:
        db.close()


def problems(news: News) -> list[tuple[str, str]]:
    return [(one["phase"], one["problem"]) for one in news if one["push"] == "status"]


def says(phase: str, problem: str) -> Until:
    return lambda _runner, news, _paths: bool(news) and (phase, problem) in problems(news)


def wait_ms(runner: Runner, name: str) -> int:
    """What is left of one of the machine's waits."""
    assert runner._state is not None
    left: int = getattr(runner._state, name) - time.monotonic_ns() // 1_000_000
    return left


@pytest.fixture
def enrolled(office: HeadOffice, data: Path, enrol: Callable[..., int]) -> Path:
    a_sale(data)
    assert enrol(office.address, office.code()) == 0
    return data


def test_a_till_that_is_too_old_for_the_feed_says_so_and_goes_on_sending(enrolled: Path, office: HeadOffice) -> None:
    def too_old(asked: Asked, said: Said) -> Said:
        return said if asked.method == "POST" else refusal(said, 426, "proto")

    sold: list[int] = []

    def sent_after_it(_runner: Runner, news: News, paths: list[str]) -> bool:
        if not sold and "/heads 426" in paths[2:] and ("trouble", "proto") in problems(news):
            a_sale(enrolled)
            sold.append(len(paths))
        return bool(sold) and "/push 200" in paths[sold[0] :]

    with Loopback(through(office.address, too_old)) as between:
        news, paths = run(enrolled, between.address, sent_after_it)
    assert ("trouble", "proto") in problems(news)
    assert paths.count("/push 200") == 2


@pytest.mark.parametrize(
    ("retry_s", "next_after_ms"), [(LONG_S, 0), (0, LONG_S * 1000), (LONG_S, 5), (1, LONG_S * 1000)]
)
@pytest.mark.parametrize(("status", "problem"), [(503, "busy"), (429, "rate")])
def test_the_larger_of_both_waits_counts_and_a_cashiers_call_does_not_wait(
    enrolled: Path, office: HeadOffice, retry_s: int, next_after_ms: int, status: int, problem: str
) -> None:
    def busy(asked: Asked, said: Said) -> Said:
        if asked.target != "/v1/push":
            return said
        return refusal(said, status, problem, retry_s=retry_s, next_after_ms=next_after_ms)

    asked: list[asyncio.Task[Mapping[str, Any]]] = []
    waits: list[int] = []

    def asked_meanwhile(runner: Runner, news: News, paths: list[str]) -> bool:
        if not asked and ("offline", problem) in problems(news):
            waits.append(wait_ms(runner, "server_wait_until_ms"))
            find = runner.command("fetch_member", {"card": "8810000000004"})
            asked.append(asyncio.get_running_loop().create_task(_none(find)))
        return bool(asked) and asked[0].done()

    with Loopback(through(office.address, busy)) as between:
        _, paths = run(enrolled, between.address, asked_meanwhile)
    assert waits[0] > LONG_S * 1000 - 60_000
    assert paths[-2:] == [f"/push {status}", "/members/find 200"]


async def _none(call: Any) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = await call
        return found
    except SyncError as error:
        return {"code": error.code}


def test_whoever_stands_before_head_office_is_waited_for_too(enrolled: Path) -> None:
    said = Said(503, b"later", {"Content-Type": "text/plain", "Retry-After": str(LONG_S)})
    waits: list[int] = []

    def waiting(runner: Runner, news: News, _paths: list[str]) -> bool:
        waits.append(wait_ms(runner, "server_wait_until_ms") if problems(news) else 0)
        return waits[-1] > ENDS_MS

    with Loopback(lambda _: said) as between:
        _, paths = run(enrolled, between.address, waiting)
    assert waits[-1] > LONG_S * 1000 - 60_000
    assert paths == ["/heads 503"]


def test_a_restart_goes_on_waiting_and_success_ends_it(
    enrolled: Path, office: HeadOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "BACK_OFF_LEAST_MS", 600_000)

    with Loopback(lambda _: Said(500, b"x", {"Content-Type": "text/plain"})) as between:
        run(enrolled, between.address, lambda _runner, _news, paths: bool(paths) and kept(enrolled).failures == 1)
    assert kept(enrolled).failures == 1
    begun: list[int] = []

    def asks_when_told(runner: Runner, news: News, paths: list[str]) -> bool:
        if not begun and runner._state is not None:
            assert paths == []
            begun.append(wait_ms(runner, "own_wait_until_ms"))
            asyncio.get_running_loop().create_task(_none(runner.command("sync_now", {})))
        return bool(problems(news)) and problems(news)[-1] == ("idle", "") and kept(enrolled).failures == 0

    run(enrolled, office.address, asks_when_told)
    assert begun[0] > 500_000
    assert kept(enrolled).failures == 0


def test_asking_now_counts_as_an_attempt_and_does_not_shorten_what_head_office_asked_for(
    enrolled: Path, office: HeadOffice
) -> None:
    told: list[int] = []

    def busy(asked: Asked, said: Said) -> Said:
        return refusal(said, 503, "busy", retry_s=LONG_S) if asked.target == "/v1/push" else said

    def pressed(runner: Runner, news: News, _paths: list[str]) -> bool:
        if ("offline", "busy") in problems(news) and len(told) < 50:
            told.append(wait_ms(runner, "server_wait_until_ms"))
            asyncio.get_running_loop().create_task(_none(runner.command("sync_now", {})))
        return len(told) == 50

    with Loopback(through(office.address, busy)) as between:
        _, paths = run(enrolled, between.address, pressed)
    assert paths.count("/push 503") == 1
    assert min(told) > LONG_S * 1000 - 60_000


def test_a_clock_set_back_never_makes_a_till_wait_longer_than_the_longest_wait(enrolled: Path) -> None:
    db = connect(enrolled / TILL_FILE, keys.load(enrolled, os.environ).key(TILL_FILE), TILL)
    db.execute("BEGIN IMMEDIATE")
    back_off.put(db, BackOff(9, 2**45, 2**45))
    db.execute("COMMIT")
    db.close()
    waits: list[int] = []

    def begun(runner: Runner, _news: News, _paths: list[str]) -> bool:
        if runner._state is not None:
            waits.extend(wait_ms(runner, name) for name in ("own_wait_until_ms", "server_wait_until_ms"))
        return bool(waits)

    with Loopback(lambda _: Said(500, b"", {})) as between:
        run(enrolled, between.address, begun)
    assert max(waits) <= answers.BACK_OFF_MAX_MS
    assert min(waits) > answers.BACK_OFF_MAX_MS - 60_000


def test_a_new_identity_does_not_wait_for_the_old_ones_failures(
    enrolled: Path, office: HeadOffice, enrol: Callable[..., int]
) -> None:
    db = connect(enrolled / TILL_FILE, keys.load(enrolled, os.environ).key(TILL_FILE), TILL)
    back_off.put(db, BackOff(9, 2**45, 2**45))
    db.close()
    assert enrol(office.address, office.code()) == 0
    assert kept(enrolled) == BackOff()


def test_a_waiting_question_is_dropped_when_there_is_something_to_send(enrolled: Path, office: HeadOffice) -> None:
    sold: list[int] = []

    def sent(_runner: Runner, news: News, paths: list[str]) -> bool:
        if not sold and problems(news)[-1:] == [("idle", "")]:
            sold.append(len(paths))
            a_sale(enrolled)
        return bool(sold) and "/push 200" in paths[sold[0] :]

    with Loopback(through(office.address, lambda _asked, said: said)) as between:
        _, paths = run(enrolled, between.address, sent)
        waited = [one.target for one in between.asked if one.target.endswith("wait=25")]
    assert len(waited) >= 1
    assert paths[sold[0]] == "/push 200"
