"""Several workers on one PostgreSQL database: real processes, killed and ended while tills push and wait."""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from app.wiring.hq_folder import open_office
from app.wiring.hq_workers import Workers
from sync.hq import meta
from sync.hq.api.server import Listening, Server
from sync.hq.database import Database
from sync.hq.office import Office
from sync.hq.work.audit import faults
from sync.hq.work.identities import issue
from sync.hq.work.reconcile import TillEvent, differences, stray_entries
from tests.support.chain_of_tills import ended
from tests.support.commands import guitai
from tests.support.hq_process import Serving, serving
from tests.support.wire_client import NewMember, WireTill, enrol_member, sell

TILLS = 8
SALES = 12
WAITS_S = 60
TWO = ("--workers", "2")
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.fixture
def folder(tmp_path: Path, postgresql: Callable[[], str]) -> Path:
    """A head office on PostgreSQL, not yet served."""
    made = guitai("hq", "init", "--data", tmp_path / "hq", "--store", "s027", "--database", postgresql())
    assert made.code == 0, made.err
    return tmp_path / "hq"


@pytest.fixture
def office(folder: Path) -> Iterator[Office]:
    """The same head office as the operator's commands see it."""
    found = open_office(folder)
    yield found
    found.database.close()


def new_till(office: Office, address: str, http: httpx.Client) -> WireTill:
    till = WireTill(address, http)
    code = office.database.run(lambda connection: issue(connection, "s027", None, office.clock.now_ms())).code
    assert till.enrol(code).status == 200
    return till


def wait_until(is_so: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(WAITS_S * 20):
        if is_so():
            return
        pause.wait(0.05)
    raise AssertionError("it never came to that")


class Pushing:
    """A till that pushes everything until it is acknowledged, however often its connection is torn."""

    def __init__(self, till: WireTill) -> None:
        self.till = till
        self.torn = 0

    def __call__(self) -> None:
        while True:
            try:
                answered = self.till.push()
            except httpx.HTTPError:
                self.torn += 1
                continue
            if answered.status == 200:
                assert answered.value["acked_hash"] == self.till.events[-1]["hash"]
                return


@contextmanager
def held_up(database: Database) -> Iterator[None]:
    """Every push waits in the middle of its transaction until this ends."""
    with database.engine.begin() as connection:
        connection.execute(text("SELECT 1 FROM till_stream FOR UPDATE"))
        yield


def is_blocked(database: Database, count: int) -> bool:
    with database.read() as connection:
        return bool(connection.execute(text(BLOCKED)).scalar_one() >= count)


def killed_in_a_push(served: Serving, office: Office, tills: list[WireTill], pid: int) -> int:
    """All tills push, that worker is killed while they do; how many connections that tore."""
    pushing = [Pushing(till) for till in tills]
    with ThreadPoolExecutor(len(tills)) as pool:
        with held_up(office.database):
            done = [pool.submit(one) for one in pushing]
            wait_until(lambda: is_blocked(office.database, len(tills)))
            os.kill(pid, signal.SIGKILL)
        for one in done:
            one.result(WAITS_S)
    wait_until(lambda: pid not in served.workers() and len(served.workers()) == 2)
    return sum(one.torn for one in pushing)


def test_a_worker_killed_while_eight_tills_push_loses_and_doubles_nothing(folder: Path, office: Office) -> None:
    clients = [httpx.Client(timeout=WAITS_S, trust_env=False) for _ in range(TILLS)]
    with serving(folder, None, *TWO) as served:
        tills = [new_till(office, served.address, http) for http in clients]
        member = enrol_member(tills[0])
        Pushing(tills[0])()
        torn = 0
        for round_, pid in enumerate(served.workers()):
            if torn:
                break  # the first had somebody in hand
            for till in tills:
                sold(till, member, round_)
            torn += killed_in_a_push(served, office, tills, pid)
        assert torn
        total = sum(len(till.events) for till in tills) - 1
        account = tills[1].rows("account")[member.account_id]
        assert account["balance"] == total  # a point a sale
        assert agreed(office, tills) == []
        for till in tills:
            for bucket in ("chain", f"till:{till.till_id}", "store:s027"):
                rows, page = till.pull_all(bucket)
                live = sum(int(row["h"], 16) for row in rows if "h" in row)
                assert f"{live % 2**64:016x}" == page["checksum"]
    for client in clients:
        client.close()


def sold(till: WireTill, member: NewMember, round_: int) -> None:
    for number in range(SALES):
        sell(till, 100, member, body={"receipt_no": f"S027-{till.till_id[-4:]}-{round_}{number:05d}"})


def agreed(office: Office, tills: list[WireTill]) -> list[object]:
    """Everything in which head office is wrong, or differs from what the tills wrote."""
    with office.database.read() as connection:
        found: list[object] = [*faults(connection), *stray_entries(connection)]
        for till in tills:
            wrote = [
                TillEvent(till.epoch, seq, "", one["raw"], one["hash"]) for seq, one in enumerate(till.events, start=1)
            ]
            found += differences(connection, till.till_id, wrote)
    return found


def test_told_to_stop_every_worker_answers_who_waits_and_the_next_start_serves(
    folder: Path, office: Office, tmp_path: Path
) -> None:
    said = tmp_path / "said.txt"
    with said.open("w") as errors, httpx.Client(timeout=WAITS_S, trust_env=False) as http:
        with serving(folder, None, *TWO, errors=errors) as served:
            till = new_till(office, served.address, http)
            heads = till.call("GET", "heads").value["heads"]
            since = ",".join(f"{head['id']}.{head['seq']}" for head in heads)
            port = int(served.address.rpartition(":")[2])
            waiting = [socket.create_connection(("127.0.0.1", port), timeout=WAITS_S) for _ in range(6)]
            for one in waiting:
                one.sendall(till.signed_request("GET", f"heads?since={since}&wait=25"))
            assert till.call("GET", "heads").status == 200
            served.process.send_signal(signal.SIGTERM)
            for one in waiting:
                answer = b"".join(iter(lambda one=one: one.recv(65536), b""))  # type: ignore[misc] # one is bound
                assert answer.startswith(b"HTTP/1.1 200 ")
                one.close()
            assert served.process.wait(WAITS_S) == 0
        with serving(folder, None, *TWO, errors=errors) as served:
            till.address = served.address
            assert till.call("GET", "heads").status == 200
    assert said.read_text(encoding="utf-8") == ""


def test_what_one_worker_takes_ends_the_wait_at_another(office: Office) -> None:
    office.begin()
    servers = [Server(office, Listening()) for _ in range(2)]
    threads = [threading.Thread(target=one.run) for one in servers]
    for one in threads:
        one.start()
    addresses = [f"http://127.0.0.1:{one.address[1]}" for one in servers]
    with ThreadPoolExecutor(1) as pool, httpx.Client(timeout=WAITS_S, trust_env=False) as http:
        till = new_till(office, addresses[0], http)
        heads = till.call("GET", "heads").value["heads"]
        since = ",".join(f"{head['id']}.{head['seq']}" for head in heads)
        elsewhere = dataclasses.replace(till, address=addresses[1])
        waiting = pool.submit(elsewhere.call, "GET", f"heads?since={since}&wait=25")
        enrol_member(till)
        assert till.push().status == 200
        assert waiting.result(WAITS_S).value["heads"]
    for one, thread in zip(servers, threads, strict=True):
        one.stop()
        thread.join(WAITS_S)


def test_a_push_in_hand_is_answered_before_the_end(folder: Path, office: Office) -> None:
    with serving(folder, None, *TWO) as served, httpx.Client(timeout=WAITS_S, trust_env=False) as http:
        till = new_till(office, served.address, http)
        sell(till, 100)
        port = int(served.address.rpartition(":")[2])
        with ThreadPoolExecutor(1) as pool:
            with held_up(office.database):
                pushing = pool.submit(till.push)
                wait_until(lambda: is_blocked(office.database, 1))
                served.process.send_signal(signal.SIGTERM)
                wait_until(lambda: is_closed(port))
            assert pushing.result(WAITS_S).value["acked_through"] == 1
        assert served.process.wait(WAITS_S) == 0


def is_closed(port: int) -> bool:
    """Whether nobody listens there any more."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_workers_that_postgresql_has_no_room_for_are_refused(folder: Path) -> None:
    done = guitai("--lang", "en", "hq", "serve", "--data", folder, "--port", "0", "--workers", "60")
    assert (done.code, "S-97" in done.err) == (4, True)


def test_workers_end_with_the_process_that_started_them(folder: Path) -> None:
    with serving(folder, None, *TWO) as served:
        workers = [os.pidfd_open(pid) for pid in served.workers()]
        assert len(workers) == 2
        served.process.kill()
        assert [ended(one) for one in workers] == [True, True]


def test_a_certificate_that_is_not_there_is_said_in_words(folder: Path, tmp_path: Path) -> None:
    for option in ("--certificate", "--key"):
        done = guitai("--lang", "en", "hq", "serve", "--data", folder, "--port", "0", option, tmp_path / "missing.pem")
        assert (done.code, "S-95" in done.err) == (4, True)


def test_a_worker_that_ends_before_it_serves_ends_the_start() -> None:
    started = threading.Event()
    with socket.socket() as listener:
        assert not Workers(2, listener, [sys.executable, "-c", "pass"]).run(started.set)
    assert not started.is_set()


def test_workers_that_begin_at_once_start_one_incarnation(office: Office) -> None:
    """The marker says that the database went back: whoever is first starts the incarnation, the others join it."""
    office.begin()
    with office.database.read() as connection:
        before = meta.incarnation(connection)
    office.side.write(before, "pg:elsewhere")
    with ThreadPoolExecutor(4) as pool:
        begun = list(pool.map(lambda _: office.begin(), range(4)))
    assert {one.number for one in begun} == {before.number + 1}
    assert len({one.life for one in begun}) == 4
    assert office.side.number() == before.number + 1


def test_one_file_is_served_by_one_process(tmp_path: Path) -> None:
    assert guitai("hq", "init", "--data", tmp_path / "hq", "--store", "s027").code == 0
    done = guitai("--lang", "en", "hq", "serve", "--data", tmp_path / "hq", "--port", "0", *TWO)
    assert (done.code, "S-92" in done.err) == (4, True)
