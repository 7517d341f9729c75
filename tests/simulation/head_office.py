"""What happens at head office: it dies in its work, is backed up and restored, publishes, and enrols tills again."""

from __future__ import annotations

import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.clock import Clock
from app.failpoints import Failpoint, Failpoints
from sync.hq import purge, setup, snapshots
from sync.hq.snapshot_maker import SnapshotMaker
from sync.hq.tables import BUCKET, PLACE
from sync.hq.work.identities import enrol, new_code
from sync.hq.work.merge import Merge, merge
from sync.protocol.shapes import EnrolRequest, EnrolResponse
from tests.simulation.sim_till import Crash
from tests.simulation.stage import PROGRAMME, open_office
from tests.simulation.wire import Answer, HeadOffice, Request

NEXT_PROGRAMME: dict[str, Any] = {**PROGRAMME, "version": 2}


class _Places(Failpoints):
    """Head office dies the `dies_at`-th time it reaches a named place; 0: never."""

    def __init__(self) -> None:
        super().__init__({})
        self.dies_at = 0

    def hit(self, place: Failpoint) -> None:
        self.dies_at -= 1
        if self.dies_at == 0:
            raise Crash


class _Wanted(SnapshotMaker):
    """Files are made on a thread whose time is not the world's: here after the answer that said there is none yet.

    Only where nothing else helps: below a bucket's floor.
    """

    buckets: frozenset[str] = frozenset()

    def want(self, bucket: str) -> None:
        """It is made soon."""
        self.buckets |= {bucket}


class Site:
    """Head office's machine: its files, and whatever process runs over them."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._merges = 0
        self.places = _Places()
        self.office = open_office(folder, clock)
        self.office.failpoints = self.places
        self.wanted = _Wanted(self.office.database, self.office.files, clock)
        self.office.snapshots = self.wanted
        self.office.begin()

    def serve(self, request: Request) -> Answer | None:
        """The answer; None: it died on the way and has started again."""
        try:
            answer = HeadOffice(self.office).serve(request)
        except Crash:
            self.office.begin()
            return None
        wanted, self.wanted.buckets = self.wanted.buckets, frozenset()
        for bucket in sorted(wanted):
            self._make_below_floor(bucket)
        return answer

    def _make_below_floor(self, bucket: str) -> None:
        with self.office.database.read() as connection:
            floor = connection.execute(select(BUCKET.c.floor).where(BUCKET.c.id == bucket)).scalar()
        if floor:
            snapshots.make(self.office.database, self.office.files, self.office.clock, bucket)

    def back_up(self) -> None:
        """A snapshot beside the database; answers made after it carry another life (fine print 4)."""
        self._backup.unlink(missing_ok=True)
        db = sqlite3.connect(self._folder / "hq.db", isolation_level=None)
        db.execute("VACUUM INTO ?", (str(self._backup),))
        db.close()
        self.office.begin()

    def restore(self) -> bool:
        """The backup in the place of the database, told to nobody; False where there is none."""
        if not self._backup.exists():
            return False
        self.office.database.close()
        for tail in ("-wal", "-shm"):
            (self._folder / f"hq.db{tail}").unlink(missing_ok=True)
        (self._folder / "hq.db").write_bytes(self._backup.read_bytes())
        self.office.programmes.clear()
        self.office.begin()
        return True

    def publish(self) -> None:
        """The programme some tills sell by already."""
        self.office.database.run(
            lambda connection: setup.publish_programme(self.office.book(connection), NEXT_PROGRAMME)
        )

    def night(self) -> None:
        """A file of every bucket, and no deleted row is kept: the tills have had their 35 days."""
        office, now_ms = self.office, self.office.clock.now_ms()
        with office.database.read() as connection:
            names = snapshots.buckets(connection)
        office.database.run(partial(purge._mark, names, now_ms))
        for bucket in names:
            snapshots.make(office.database, office.files, office.clock, bucket)
            with office.database.read() as connection:
                floor = purge._next_floor(connection, bucket, now_ms)
            if floor:
                office.database.run(partial(purge._raise_floor, bucket, floor))

    def merge(self, source: str, survivor: str) -> None:
        """Two members are one person. Refusal where they cannot be."""
        self._merges += 1
        wanted = Merge(f"merge-{self._merges}", source, survivor, "document")
        self.office.database.run(lambda connection: merge(self.office.book(connection), wanted))

    def erase(self, member_id: str, on: str) -> None:
        """A person wants to be forgotten."""
        self.office.database.run(lambda connection: self.office._erase(member_id, on, connection))

    def enrol(self, store_id: str, till_id: str | None, public_key: str) -> EnrolResponse:
        """An operator makes a code, a till uses it. A place that went with a restore is made anew."""
        now_ms = self.office.clock.now_ms()
        with self.office.database.read() as connection:
            known = connection.execute(select(PLACE.c.till_id)).scalars().all()
        till_id = till_id if till_id in known else None
        _, code = self.office.database.run(lambda connection: new_code(connection, store_id, till_id, now_ms))
        request = EnrolRequest(code=code, public_key=public_key, hardware="sim", proto=1)
        return self.office.database.run(lambda connection: enrol(self.office.book(connection), request))

    def close(self) -> None:
        self.office.database.close()

    @property
    def _backup(self) -> Path:
        return self._folder / "hq.bak"
