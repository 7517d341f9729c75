"""A real head office on either database, tills that sell to it through a network, and what an operator does to both."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.wiring.chaos import Chaos
from app.wiring.hq_folder import open_office
from tests.support.bad_network import Shop, differences, shop
from tests.support.chain_of_tills import Served
from tests.support.postgres import Postgres, postgres

DATABASES = ("sqlite", "postgresql")
PHONES = ("13912345678", "13912345679")


@dataclass
class Stack:
    """A head office on one of both databases and the tills of its store."""

    folder: Path
    server: Postgres | None
    office: Served = field(init=False)
    network: Chaos = field(init=False)
    shops: list[Shop] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.address = self.server.database() if self.server else None
        self.office = Served(self.folder / "hq").make(self.address)
        self.office.start()
        self.network = Chaos(self.office.port)

    def open(self, count: int) -> list[Shop]:
        self.shops = [
            shop(self.folder / str(number), self.office, self.network).open(PHONES[number]) for number in range(count)
        ]
        return self.shops

    def backup(self) -> Path:
        """What an operator keeps: without the side file, which stands beside the database."""
        if self.server:
            return self.server.backup()
        assert _stopped(self.office)
        kept = self.folder / "backup.db"
        shutil.copy2(self.office.folder / "hq.db", kept)
        self.office.start()
        return kept

    def restore(self, backup: Path) -> None:
        """Put it back while head office stands still."""
        self.office.kill()
        if self.server:
            self.server.restore(backup)
        else:
            for left in self.office.folder.glob("hq.db-*"):
                left.unlink()
            shutil.copy2(backup, self.office.folder / "hq.db")

    def incarnation(self) -> int:
        """Its number; one more for each time that head office went back."""
        office = open_office(self.office.folder)
        try:
            with office.database.read() as connection:
                return office.incarnation_no(connection)
        finally:
            office.database.close()

    def whole(self) -> None:
        """Every till has everything, twice: its own first, then what the others sent."""
        for _ in range(2):
            for one in self.shops:
                one.heals()
        self.office.verify()
        assert differences(self.office.folder, *(one.till.data for one in self.shops)) == []

    def close(self) -> None:
        for one in self.shops:
            one.close()
        self.network.close()
        self.office.kill()


def _stopped(office: Served) -> bool:
    """End it as an operator does before copying its file."""
    assert office.process is not None
    office.process.terminate()
    code = office.process.wait(60)
    office.kill()
    return code == 0


@contextmanager
def real_stack(database: str, folder: Path) -> Iterator[Stack]:
    """One of DATABASES, empty but for the store; ended with its tills."""
    if database == "sqlite":
        made = Stack(folder, None)
        try:
            yield made
        finally:
            made.close()
        return
    with postgres() as server:
        made = Stack(folder, server)
        try:
            yield made
        finally:
            made.close()
