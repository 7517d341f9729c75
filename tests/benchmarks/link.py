"""How long after "done" on screen a sale is at head office: real processes over loopback, the median (a figure)."""

from __future__ import annotations

import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from app.services.demo_members import card_number
from app.services.demo_products import demo_products
from app.wiring.chain_here import HeadOfficeProcess, TillProcess, program
from app.wiring.demo import DEMO_PIN, PEOPLE
from app.wiring.demo_chain import DemoChain, enrol_till, make_head_office
from app.wiring.hq_folder import DATABASE_FILE
from tests.benchmarks.harness import Row, figure, quantile

SALES_QUICK = 40
SALES_FULL = 300
MEMBERS = 500
LOOK_EVERY_S = 0.0005
END_S = 30
HEAD = "SELECT coalesce(max(head_seq), 0) FROM till_stream"
NOTE = "p95 {p95:.0f} ms; head office on SQLite, from the till's answer to the row committed there, {sales} sales"


def measure(*, quick: bool) -> Sequence[Row]:
    """Sales one after another, each waited for."""
    with tempfile.TemporaryDirectory(prefix="guitai-link-") as folder:
        chain = DemoChain(Path(folder) / "chain")
        make_head_office(chain, MEMBERS, lambda _: None)
        office = HeadOfficeProcess(chain.head_office)
        try:
            enrol_till(chain, office)
            times_us = list(_sales(chain, SALES_QUICK if quick else SALES_FULL))
        finally:
            office.stop()
    p95_ms = quantile([int(one) for one in times_us], 0.95) / 1e3
    return (figure("–", '"done" → at head office, p50', times_us, NOTE.format(p95=p95_ms, sales=len(times_us))),)


def _sales(chain: DemoChain, count: int) -> Iterator[float]:
    """Microseconds of each."""
    till = TillProcess(
        program("till", "--headless", "--simulate-scanner", "--script", "-", "--data", chain.till),
        chain.folder / "till.log",
    )
    till.start()
    till.do({"do": "sign_on", "staff_no": PEOPLE[0][0], "pin": DEMO_PIN})
    till.do({"do": "wait_synced", "timeout_s": END_S})
    goods = [one.barcodes[0] for one in demo_products()[:3]]
    with closing(sqlite3.connect(f"file:{chain.head_office / DATABASE_FILE}?mode=ro", uri=True)) as there:
        for place in range(count):
            till.do({"do": "scan", "code": card_number(place)})
            for code in goods:
                till.do({"do": "scan", "code": code})
            before = there.execute(HEAD).fetchone()[0]
            till.do({"do": "pay", "tenders": [{"kind": "cash"}]})
            done = time.perf_counter_ns()
            _wait(there, before)
            yield (time.perf_counter_ns() - done) / 1e3
    till.end()


def _wait(there: sqlite3.Connection, before: int) -> None:
    """Until head office acknowledges one more. RuntimeError after END_S."""
    end, rest = time.monotonic() + END_S, threading.Event()
    while there.execute(HEAD).fetchone()[0] == before:
        if time.monotonic() > end:
            raise RuntimeError("the sale does not arrive")
        rest.wait(LOOK_EVERY_S)
