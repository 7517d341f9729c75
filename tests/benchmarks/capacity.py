"""`python -m tests.benchmarks.capacity`: what one call costs head office, the base figures of docs/capacity.md.

Head office is the real process on a real PostgreSQL, asked over HTTP. Processor time of its process and of the
database's is read from the operating system, so that neither the client nor a busy machine changes the figures much.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import zstandard
from sqlalchemy import create_engine, text

from app.wiring.hq_folder import open_office
from sync.hq.work.identities import issue
from tests.benchmarks.ingest import server
from tests.benchmarks.ingest_sales import Seller, customers_of, fill, publish
from tests.support.commands import guitai
from tests.support.head_office import STORE
from tests.support.hq_process import serving
from tests.support.wire_client import WireTill, new_id

MEMBERS = 5_000
SINGLE, BATCHES, BATCH = 300, 10, 100
HEADS, PAGES, PAGE_ROWS, HOLDS = 300, 40, 1_000, 150
PAUSE_S = 0.06
"""Head office lets a till ask twenty times a second."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of processor time for one of what `name` says."""

    name: str
    office_ms: float
    database_ms: float


@dataclass(frozen=True, slots=True)
class Meter:
    """Processor time of head office and of the database server, children included."""

    office: psutil.Process
    database: psutil.Process

    def cost(self, name: str, count: int, work: Callable[[], object]) -> Cost:
        """What `work` cost, divided by `count`."""
        office_s, database_s = _busy_s(self.office), _busy_s(self.database)
        work()
        spent = (_busy_s(self.office) - office_s, _busy_s(self.database) - database_s)
        return Cost(name, *(1_000 * one / count for one in spent))


def _busy_s(process: psutil.Process) -> float:
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        times = one.cpu_times()
        total += times.user + times.system
    ended = process.cpu_times()
    return total + float(ended.children_user) + float(ended.children_system)


def main() -> int:
    """Print the table and the bytes as Markdown."""
    with _chain() as (seller, meter, size, member_bytes):
        till = seller.till
        found = [meter.cost("a sale pushed alone", SINGLE, lambda: _push(seller, SINGLE, 1))]
        before = size()
        found.append(meter.cost("a sale of a batch of 100", BATCHES * BATCH, lambda: _push(seller, BATCHES, BATCH)))
        grown = (size() - before) / (BATCHES * BATCH)
        since = _since(till)
        found.append(meter.cost("heads, nothing new", HEADS, lambda: [_asked(till, since) for _ in range(HEADS)]))
        region = max(till.call("GET", "heads").value["heads"], key=lambda head: int(head["live_rows"]))
        pull = f"pull?bucket={region['id']}&limit={PAGE_ROWS}"
        rows = len(till.call("GET", pull).value["rows"])
        found.append(meter.cost("a row pulled", PAGES * rows, lambda: _pull(till, pull)))
        found.append(meter.cost("a hold, opened and deleted", HOLDS, lambda: _holds(seller)))
        sale = json.dumps(till.batch(len(till.events), len(till.events)), ensure_ascii=False).encode()
        hundred = json.dumps(till.batch(len(till.events) - BATCH + 1), ensure_ascii=False).encode()
        memory = meter.office.memory_info().rss
    print("| one … | head office's process, ms | PostgreSQL, ms |\n|---|--:|--:|")
    for cost in found:
        print(f"| {cost.name} | {cost.office_ms:.3f} | {cost.database_ms:.3f} |")
    squeeze = zstandard.ZstdCompressor().compress
    alone, among = len(squeeze(sale)), len(squeeze(hundred)) // BATCH
    print(f"\nA sale of 3 lines: {alone} bytes on the wire alone, {among} in a hundred,")
    print(
        f"{grown:.0f} in the database, indexes included; a member imported with card and account: {member_bytes:.0f}."
    )
    print(f"Head office's process held {memory / 2**20:.0f} MiB at the end.")
    return 0


@contextmanager
def _chain() -> Iterator[tuple[Seller, Meter, Callable[[], int], float]]:
    """Head office being served, a till, how big the database is in bytes, and how many of them a member took."""
    with tempfile.TemporaryDirectory(prefix="guitai-capacity-") as folder, server() as made, httpx.Client() as http:
        address, data = made("capacity"), Path(folder) / "hq"
        done = guitai("hq", "init", "--data", data, "--store", STORE, "--database", address)
        assert done.code == 0, done.err
        office, admin = open_office(data), create_engine(address)

        def size() -> int:
            with admin.connect() as connection:
                return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())

        name, programme = publish(office)
        with office.database.read() as connection:
            region_id = str(connection.execute(text("SELECT region_id FROM store")).scalar_one())
        empty = size()
        fill(office, region_id, programme, MEMBERS)
        member_bytes = (size() - empty) / MEMBERS
        code = office.database.run(lambda connection: issue(connection, STORE, None, office.clock.now_ms())).code
        customers = customers_of(office)
        with admin.connect() as connection:
            backend = psutil.Process(int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one()))
        postmaster = backend.parent()
        assert postmaster is not None
        office.database.close()
        with serving(data) as served:
            till = WireTill(served.address, http)
            assert till.enrol(code).status == 200
            meter = Meter(psutil.Process(served.process.pid), postmaster)
            yield Seller(till, programme, name, customers), meter, size, member_bytes
        admin.dispose()


def _push(seller: Seller, requests: int, sales: int) -> None:
    for _ in range(requests):
        threading.Event().wait(PAUSE_S)
        first = len(seller.till.events) + 1
        seller.sell(sales)
        answered = seller.till.push(first)
        assert answered.status == 200, answered.value
        assert {one["outcome"] for one in answered.value["results"]} == {"applied"}, answered.value


def _since(till: WireTill) -> str:
    heads = till.call("GET", "heads").value["heads"]
    return "heads?since=" + ",".join(f"{head['id']}.{head['seq']}" for head in heads)


def _asked(till: WireTill, target: str) -> None:
    threading.Event().wait(PAUSE_S)
    assert till.call("GET", target).value["heads"] == []


def _pull(till: WireTill, target: str) -> None:
    for _ in range(PAGES):
        threading.Event().wait(PAUSE_S)
        assert till.call("GET", target).status == 200


def _holds(seller: Seller) -> None:
    account = next(one for one in seller.customers if one.account.state and one.account.state.lots)
    for _ in range(HOLDS):
        threading.Event().wait(2 * PAUSE_S)
        hold_id = new_id()
        asked = {"hold_id": hold_id, "account_id": account.account_id, "points": 1}
        answered = seller.till.call("POST", "holds", asked)
        assert answered.status == 200, answered.value
        assert seller.till.call("DELETE", f"holds/{hold_id}").status == 200


if __name__ == "__main__":
    sys.exit(main())
