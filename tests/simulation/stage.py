"""What every seed begins with: a head office with two stores, three enrolled tills, made once and copied for each."""

from __future__ import annotations

import os
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event

from app.clock import Clock, ManualClock
from app.store.files import open_till
from app.store.install import Block, Setup, create_till
from app.store.pins import FLOOR
from sync.hq import setup as head_office_setup
from sync.hq.database import Database
from sync.hq.meta import SideFile
from sync.hq.office import Limits, Office
from sync.hq.setup import Chain, NewStore
from sync.hq.tables import METADATA
from sync.hq.work.identities import enrol, new_code
from sync.protocol.shapes import EnrolRequest
from tests.simulation.counter import Enrolled
from tests.simulation.generation import make_once

NOW_MS = 1_790_000_000_000
TILLS = ("A", "B", "C")
FIRST_YUAN = 900
STORES = {"A": "s027", "B": "s027", "C": "s028"}
REGIONS = {"s027": "r1", "s028": "r2"}
NO_LIMITS = Limits(requests_per_s=1e9, requests_burst=10**9)
MEMORY = Path("/dev/shm")
PROGRAMME: dict[str, Any] = {
    "schema": 1, "id": "sim", "version": 1, "currency": "CNY", "timezone": "Asia/Shanghai",
    "earn": {"points": 1, "per_minor": 100, "rounding": "whole_steps"},
    "redeem": {"points": 100, "value_minor": 100, "step_points": 100, "min_points": 100},
}  # fmt: skip


class _Compiled(dict[Any, Any]):
    """Statements SQLAlchemy compiled, by (dialect, statement, …): head offices of one process differ in the first."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(key[1:], compiled)


COMPILED = _Compiled()


def memory() -> str | None:
    """Where worlds are made: in memory where the system has such a folder, for a world waits for many small files."""
    return str(MEMORY) if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) else None


def device_key(name: str) -> Ed25519PrivateKey:
    """The device key of a till place."""
    return Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"."))


def open_office(folder: Path, clock: Clock) -> Office:
    """Head office over the files of a folder, not begun yet."""
    database = Database(f"sqlite:///{folder / 'hq.db'}")
    database.engine.update_execution_options(compiled_cache=COMPILED)
    event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return Office(database, clock, SideFile(folder / "hq.side"), lambda _: "", NO_LIMITS)


def make_template(folder: Path) -> Path:
    """A head office and its tills, each with its first cache generation built and a shift open."""
    folder.mkdir()
    make_once(folder)
    office = open_office(folder, ManualClock(NOW_MS))
    METADATA.create_all(office.database.engine)
    now, marker = office.database.run(
        lambda connection: head_office_setup.initialise(connection, Chain("ab" * 32, "member.example"), NOW_MS)
    )
    office.side.write(now, marker)
    office.database.run(lambda connection: head_office_setup.publish_programme(office.book(connection), PROGRAMME))
    for store, region in REGIONS.items():
        new = NewStore(store, region, store.upper(), {})
        office.database.run(partial(head_office_setup.open_store, store=new))
    ids = {name: _enrolled(office, folder, name, place * 1000) for place, name in enumerate(TILLS)}
    (folder / "ids.json").write_bytes(msgspec.json.encode(ids))
    office.database.close()
    return _first_load(folder)


def till_ids(folder: Path) -> dict[str, str]:
    """Till ids by name."""
    return msgspec.json.decode((folder / "ids.json").read_bytes(), type=dict[str, str])


def first_members(folder: Path) -> list[Enrolled]:
    """Members every till knows from the start, with points to spend."""
    return msgspec.json.decode((folder / "members.json").read_bytes(), type=list[Enrolled])


def _enrolled(office: Office, folder: Path, name: str, numbers: int) -> str:
    public = device_key(name).public_key().public_bytes_raw().hex()
    _, code = office.database.run(lambda connection: new_code(connection, STORES[name], None, NOW_MS))
    request = EnrolRequest(code=code, public_key=public, hardware="sim", proto=1)
    made = office.database.run(lambda connection: enrol(office.book(connection), request))
    blocks = (
        Block("member", f"{numbers:012d}", f"{numbers + 999:012d}"),
        Block("card", f"88{numbers:010d}", f"88{numbers + 999:010d}"),
    )
    setup = Setup(made.till_id, made.store_id, made.region_id, {}, (), (PROGRAMME,), blocks)
    create_till(folder / name, setup, ManualClock(NOW_MS), environment=os.environ, key_store="file", pin_cost=FLOOR)
    return made.till_id


def _first_load(folder: Path) -> Path:
    """The template after its tills have fetched everything once."""
    from tests.simulation.world import World  # lazy: a world begins with a template

    (folder / "members.json").write_bytes(b"[]")
    world = World(0, folder, folder.with_name("first-load"), plan=())
    world.heal()
    for till in world.tills:
        till.counter.open_shift()
        world.members.append(till.counter.enrol(f"张{till.name}"))
        till.counter.sell(world.members[-1], FIRST_YUAN, 1, till.dice)
        till.grown()
    world.rest()
    world.watch.rested()
    (world.folder / "members.json").write_bytes(msgspec.json.encode(world.members))
    world.stop()
    for name in TILLS:  # closed as a program ends, not as one dies: every world reads these logs several times
        open_till(world.folder / name, os.environ, ManualClock(NOW_MS), pin_cost=FLOOR).close()
    shutil.rmtree(folder)
    world.folder.rename(folder)
    return folder
