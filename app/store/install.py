"""A new till in an empty folder: keys, both files, identity, settings, staff, numbers, programme (`guitai init`, demo).

Until head office enrols tills, this is where number blocks and essentials come from. Everything is made in a folder
beside and moved in at the end, keys.json last: without it there is no till.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.clock import Clock
from app.domain.product import Product
from app.domain.staff import Role
from app.errors import StoreError
from app.ids import uuid7
from app.services.ports import Setting
from app.store import folder as data_folder
from app.store import keys
from app.store.connect import CACHE, TILL, Connection, connect, create, faults
from app.store.folder import TILL_FILE, cache_file
from app.store.keys import KeyRing
from app.store.mark import Commits
from app.store.migrate import CACHE_LINE, TILL_LINE, upgrade
from app.store.pins import STANDARD, ArgonPins, PinCost
from app.store.products import put_product
from app.store.programmes import as_json, put_programme
from app.store.vault import FileVault, KeyringVault, Vault

DRAFT: Final = ".new"
FIRST_EPOCH: Final = 1
LEVELS: Final = {"chain": 0, "store": 1, "till": 2}


@dataclass(frozen=True, slots=True)
class Block:
    """Numbers lent to this till: digits of equal length, `first` to `last` inclusive. Cards without check digit."""

    series: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class NewStaff:
    """A person who may sign on, with the first PIN."""

    staff_no: str
    name: str
    role: Role
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Setup:
    """What a new till is given. `settings`: section → key → value; `programmes`: documents as parsed."""

    till_id: str
    store_id: str
    region_id: str
    settings: Mapping[str, Mapping[str, Setting]]
    staff: tuple[NewStaff, ...]
    programmes: tuple[Mapping[str, object], ...]
    blocks: tuple[Block, ...]
    products: tuple[Product, ...] = ()


def create_till(
    folder: Path,
    setup: Setup,
    clock: Clock,
    *,
    environment: Mapping[str, str],
    key_store: str = "keyring",
    pin_cost: PinCost = STANDARD,
) -> None:
    """Make a till. `key_store`: `keyring`, or `file` for a kiosk without one (a key file only its owner reads).

    StoreError `folder_not_empty`, `folder_read_only`, `disk_full` and those of the keyring; DocumentError for a
    programme with mistakes. After an error the folder is as it was.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(entry.name != DRAFT and not entry.name.endswith(".lock") for entry in folder.iterdir()):
        raise StoreError("folder_not_empty", folder=str(folder))
    data_folder.own(folder)
    data_folder.check_writable(folder)
    draft = folder / DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    try:
        _make(draft, setup, clock, vault=_vault(draft, environment, key_store), pin_cost=pin_cost)
        for entry in sorted(draft.iterdir(), key=lambda entry: entry.name == keys.KEYS_FILE):
            entry.replace(folder / entry.name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    keys.sync_folder(folder)


def _vault(draft: Path, environment: Mapping[str, str], key_store: str) -> Vault:
    return FileVault(draft) if key_store == "file" else KeyringVault(environment)


def _make(draft: Path, setup: Setup, clock: Clock, *, vault: Vault, pin_cost: PinCost) -> None:
    ring = keys.create(draft, vault).with_new_key(TILL_FILE).with_new_key(cache_file(1))
    create(draft / TILL_FILE, ring.key(TILL_FILE), TILL).close()
    upgrade(draft / TILL_FILE, ring.key(TILL_FILE), TILL_LINE)
    make_cache(draft, ring, 1)
    db = connect(draft / TILL_FILE, ring.key(TILL_FILE), TILL)
    commits = Commits(db, draft)
    try:
        with faults(draft / TILL_FILE):
            db.execute("BEGIN IMMEDIATE")
            _fill(db, setup, clock, ArgonPins(ring.secrets.pepper, pin_cost))
            commits.commit(FIRST_EPOCH)
    finally:
        commits.close()
        db.close()


def make_cache(folder: Path, ring: KeyRing, generation: int) -> None:
    """An empty cache generation at the newest schema; its key must be in the ring."""
    path = folder / cache_file(generation)
    create(path, ring.key(path.name), CACHE).close()
    upgrade(path, ring.key(path.name), CACHE_LINE)
    db = connect(path, ring.key(path.name), CACHE)
    try:
        with faults(path):
            db.execute("INSERT INTO meta VALUES (1, ?, 0, 1)", (generation,))
    finally:
        db.close()


def _fill(db: Connection, setup: Setup, clock: Clock, pins: ArgonPins) -> None:
    now_ms = clock.now_ms()
    identity = (setup.till_id, FIRST_EPOCH, setup.store_id, setup.region_id, now_ms)
    db.execute("INSERT INTO meta VALUES (1, ?, ?, ?, ?, 1, 0, 0, ?)", identity)
    for section, values in setup.settings.items():
        put_setting(db, "till", section, values)
    for person in setup.staff:
        staff_id = uuid7(now_ms)
        row = {
            "kind": "staff",
            "id": staff_id,
            "ver": 1,
            "staff_no": person.staff_no,
            "name": person.name,
            "role": person.role.value,
            "capabilities": [],
            "pin_hash": pins.hash(person.pin),
            "active": True,
        }
        db.execute("INSERT INTO staff VALUES (?, ?, 1, ?)", (staff_id, person.staff_no, as_json(row)))
    for document in setup.programmes:
        put_programme(db, document)
    for block in setup.blocks:
        numbers = (uuid7(now_ms), block.series, block.first, block.last, block.first)
        db.execute("INSERT INTO number_block VALUES (?, ?, ?, ?, ?, 0)", numbers)
    for product in setup.products:
        put_product(db, product)


def put_setting(db: Connection, level: str, section: str, values: Mapping[str, Setting]) -> None:
    """Write one settings row (wire.md `settings`), inside a transaction of the caller."""
    raw = as_json({"kind": "settings", "id": section, "ver": 1, "values": dict(values)})
    db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?, 1, ?)", (LEVELS[level], section, raw))
