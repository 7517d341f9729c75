"""A day's sales of a store at one till while the network is cut, then healed: how fast they drain, how large WALs get.

A figure: the sales of 24 hours are rung up one after another, so that the day is scaled to the minute or so they take.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.services.demo_members import card_number
from app.services.demo_products import demo_products
from app.wiring.chain_here import HeadOfficeProcess, TillProcess, program
from app.wiring.demo import DEMO_PIN, PEOPLE
from app.wiring.demo_chain import DemoChain, enrol_till, make_head_office
from tests.benchmarks.harness import Row, figure

MEMBERS = 2_000
SALES_QUICK = 100
SALES_DAY = 1_200
LINES = 3
SYNCED_WITHIN_S = 600
LOOK_EVERY_S = 0.02
MB = 1 << 20
NOTE = (
    "{sales} sales while the network was cut, {refused} refused, rung up in {sell:.0f} s; drained in {drain:.1f} s: "
    "{rate:.0f} events/s, {times:.1f} times as fast as rung up; largest WAL: till.db {till:.1f} MB, "
    "cache {cache:.1f} MB, head office {office:.1f} MB"
)


@dataclass(frozen=True, slots=True)
class Outage:
    """What a cut network meant: how many sales, of which refused, times, the largest write-ahead log by file."""

    sales: int
    refused: int
    sell_s: float
    drain_s: float
    wal_bytes: Mapping[str, int]

    def note(self) -> str:
        wal = {name: size / MB for name, size in self.wal_bytes.items()}
        return NOTE.format(
            sales=self.sales, refused=self.refused, sell=self.sell_s, drain=self.drain_s,
            rate=self.sales / self.drain_s, times=self.sell_s / self.drain_s, **wal,
        )  # fmt: skip


def measure(*, quick: bool) -> Sequence[Row]:
    """One outage."""
    with tempfile.TemporaryDirectory(prefix="guitai-outage-") as folder:
        found = outage(Path(folder) / "chain", SALES_QUICK if quick else SALES_DAY)
    return (figure("–", "a day offline, drained: per event", (found.drain_s * 1e6 / found.sales,), found.note()),)


def outage(folder: Path, sales: int) -> Outage:
    """Cut, sell, heal, drain."""
    chain = DemoChain(folder)
    make_head_office(chain, MEMBERS, lambda _: None)
    office = HeadOfficeProcess(chain.head_office)
    till = TillProcess(program("till", "--headless", "--script", "-", "--data", chain.till), folder / "till.log")
    try:
        enrol_till(chain, office)
        till.start()
        till.do({"do": "sign_on", "staff_no": PEOPLE[0][0], "pin": DEMO_PIN})
        till.do({"do": "wait_synced", "timeout_s": SYNCED_WITHIN_S})
        with _largest(chain) as wal_bytes:
            office.relay.cut()
            begun_s = time.monotonic()
            refused = sum(_refused(till, place) for place in range(sales))
            sold_s = time.monotonic()
            office.relay.restore()
            till.do({"do": "wait_synced", "timeout_s": SYNCED_WITHIN_S})
            drained_s = time.monotonic()
        till.end()
    finally:
        office.stop()
    return Outage(sales, refused, sold_s - begun_s, drained_s - sold_s, wal_bytes)


def _refused(till: TillProcess, place: int) -> bool:
    """One sale of three lines to a member, or to nobody where the member is blocked; whether it was refused."""
    steps: list[dict[str, object]] = [{"do": "scan", "code": card_number(place % MEMBERS)}]
    goods = demo_products()
    steps += [{"do": "scan", "code": goods[(place + line) % len(goods)].barcodes[0]} for line in range(LINES)]
    steps.append({"do": "pay", "tenders": [{"kind": "cash"}]})
    return not [till.ask(step)["ok"] for step in steps][-1]


@contextmanager
def _largest(chain: DemoChain) -> Iterator[dict[str, int]]:
    """The largest size each write-ahead log had meanwhile: `till`, `cache`, `office`."""
    found = {"till": 0, "cache": 0, "office": 0}
    patterns = {"till": (chain.till, "till.db-wal"), "cache": (chain.till, "cache-*-wal"),
                "office": (chain.head_office, "*.db-wal")}  # fmt: skip
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK_EVERY_S):
            for name, (folder, pattern) in patterns.items():
                sizes = [path.stat().st_size for path in folder.glob(pattern) if path.exists()]
                found[name] = max(found[name], *sizes, 0)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield found
    finally:
        over.set()
        looking.join()
