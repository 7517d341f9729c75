"""A real head office for tests: its own database, served over loopback by uvicorn in a thread."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection

from app.clock import Clock, SystemClock
from app.domain.programme.schema import read_toml
from app.resources import resources
from sync.hq import setup
from sync.hq.api.server import Listening, Server
from sync.hq.database import Database
from sync.hq.meta import SideFile
from sync.hq.office import Limits, Office
from sync.hq.setup import Chain, NewStore
from sync.hq.tables import METADATA
from sync.hq.work.audit import faults
from sync.hq.work.identities import new_code
from sync.hq.work.rates import Rate
from tests.support.wire_client import WireTill

STORE = "s027"
STORES = {"s027": "r1", "s028": "r1", "w001": "west"}
PLENTY = Limits(
    requests_per_s=10_000, requests_burst=100_000, finds=Rate(60_000, 10_000),
    enrol_failures_per_s=1_000, enrol_failures_burst=10_000,
)  # fmt: skip


BENEFITS = ("coupon_types", "rewards", "stamps")


def demo_programme() -> dict[str, Any]:
    """The demo's without coupons, rewards and stamps: a test adds those it is about."""
    document = read_toml((resources() / "programmes" / "demo.toml").read_text(encoding="utf-8"))
    return {name: value for name, value in document.items() if name not in BENEFITS}


class HeadOffice:
    """Made once per test; `start` and `stop` may follow each other: the database stays."""

    def __init__(self, folder: Path, url: str, *, limits: Limits = PLENTY, clock: Clock | None = None) -> None:
        self.folder, self.url, self.limits, self.clock = folder, url, limits, clock or SystemClock()
        self.office = self._opened()
        now_ms = self.office.clock.now_ms()
        now, marker = self.office.database.run(
            lambda connection: setup.initialise(connection, Chain("ab" * 32, "member.example"), now_ms)
        )
        self.office.side.write(now, marker)
        self.publish(demo_programme())
        for store_id, region_id in STORES.items():
            self.office.database.run(
                lambda connection, s=store_id, r=region_id: setup.open_store(connection, NewStore(s, r, s.upper(), {}))
            )
        self.http = httpx.Client(timeout=60, trust_env=False)
        self._thread: threading.Thread | None = None
        self.address = ""
        self.start()

    def _opened(self) -> Office:
        database = Database(self.url)
        METADATA.create_all(database.engine)  # test_hq_schema proves that the migrations make the same
        return Office(database, self.clock, SideFile(self.folder / "hq.side"), lambda _: "", self.limits)

    def start(self) -> None:
        self.office.begin()
        self._server = Server(self.office, Listening())
        self.address = f"http://127.0.0.1:{self._server.address[1]}"
        ready = threading.Event()
        self._thread = threading.Thread(target=self._server.run, kwargs={"started": ready.set})
        self._thread.start()
        if not ready.wait(30):
            raise TimeoutError("head office did not start")

    def stop(self) -> None:
        """Stop serving and let go of the database."""
        if self._thread is not None:
            self._server.stop()
            self._thread.join(30)
            self._thread = None
        self.office.database.close()

    def close(self) -> None:
        """The end of the test."""
        self.http.close()
        self.stop()

    def restart(self) -> None:
        self.stop()
        self.office = self._opened()
        self.start()

    def publish(self, document: Mapping[str, Any]) -> str:
        return self.office.database.run(
            lambda connection: setup.publish_programme(self.office.book(connection), document)
        )

    def code(self, store_id: str = STORE, till_id: str | None = None) -> str:
        now_ms = self.office.clock.now_ms()
        return self.office.database.run(lambda connection: new_code(connection, store_id, till_id, now_ms))[1]

    def stranger(self) -> WireTill:
        """A till that is not enrolled."""
        return WireTill(self.address, self.http)

    def till(self, store_id: str = STORE) -> WireTill:
        """A newly enrolled till."""
        made = self.stranger()
        answered = made.enrol(self.code(store_id))
        if answered.status != 200:
            raise AssertionError(answered.value)
        return made

    def faults(self) -> list[str]:
        """What head office finds wrong with itself."""
        with self.office.database.read() as connection:
            return [f"{one.invariant} {one.where} {one.what}" for one in faults(connection)]

    def read(self, statement: Any) -> list[Any]:
        with self.office.database.read() as connection:
            return list(connection.execute(statement).all())

    def write(self, work: Any) -> Any:
        def whole(connection: Connection) -> Any:
            return work(connection)

        return self.office.database.run(whole)
