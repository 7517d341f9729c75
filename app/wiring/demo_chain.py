"""The demo's chain in one folder: head office with generated members and products, and an enrolled till beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from app.clock import SystemClock
from app.domain.numbering import local_on
from app.services.demo_members import DemoPlan, demo_members
from app.services.demo_products import demo_products
from app.store.folder import TILL_FILE
from app.wiring.chain_here import HeadOfficeProcess, run
from app.wiring.demo import STORE_ID, make_demo
from app.wiring.hq_folder import CONFIG_FILE, open_office
from app.wiring.hq_import import newest, region_of
from sync.hq import import_csv
from sync.hq.import_csv import Target

READY_FILE: Final = "demo.json"
Say = Callable[[str], None]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class DemoChain:
    """Where everything lies. `database`: an address for head office's, None for a file in its folder."""

    folder: Path
    database: str | None = None

    @property
    def head_office(self) -> Path:
        return self.folder / "hq"

    @property
    def till(self) -> Path:
        return self.folder / "till"

    @property
    def port(self) -> int:
        """Of the network the till was enrolled through; 0 before that."""
        with suppress(OSError):
            port: int = json.loads((self.folder / READY_FILE).read_text(encoding="utf-8"))["port"]
            return port
        return 0


def make_head_office(chain: DemoChain, members: int, progress: Progress) -> None:
    """A head office on SQLite with products and generated members; one that was interrupted is gone on with."""
    chain.folder.mkdir(parents=True, exist_ok=True)
    if not (chain.head_office / CONFIG_FILE).exists():
        chosen = ("--database", chain.database) if chain.database else ()
        run("hq", "init", "--data", chain.head_office, "--store", STORE_ID, "--member-host", "hui.example", *chosen)
    office = open_office(chain.head_office)
    try:
        for _ in import_csv.import_products(office, [STORE_ID], demo_products()):
            continue
        now_ms, programme = office.clock.now_ms(), newest(office)
        day = date.fromisoformat(local_on(now_ms, programme.zone))
        target = Target(region_of(office, STORE_ID), STORE_ID, programme, day)
        for done in import_csv.import_members(office, target, demo_members(DemoPlan(members, now_ms, STORE_ID))):
            progress(done.added + done.changed + done.unchanged)
    finally:
        office.database.close()


def enrol_till(chain: DemoChain, office: HeadOfficeProcess) -> None:
    """The demo till, made empty and enrolled: its members come from head office."""
    if not (chain.till / TILL_FILE).exists():
        make_demo(chain.till, 0, SystemClock(), lambda _: None)
    code = office.code(STORE_ID)
    run("enrol", "--data", chain.till, "--url", office.relay.address, "--code", code)
    (chain.folder / READY_FILE).write_text(json.dumps({"port": office.relay.port}) + "\n", encoding="utf-8")
