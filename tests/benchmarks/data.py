"""The tills that are measured: a million generated members, made once and kept in .run/bench."""

from __future__ import annotations

import os
import shutil
import sys
import time
from functools import cache
from pathlib import Path

from app.clock import SystemClock
from app.services.demo_members import DemoPlan, demo_members
from app.services.demo_products import demo_products
from app.store import bulk, keys
from app.store.install import Block, Setup, create_till
from app.store.migrate import CACHE_LINE, TILL_LINE
from app.store.pins import FLOOR
from tests.benchmarks.harness import FOLDER
from tests.support.tills import PROGRAMME, SETUP

MEMBERS = 1_000_000
GROWTH = (10_000, 100_000, MEMBERS)
"""Sizes at which a metric is repeated, where growth matters."""
CHUNK_BYTES = 8 << 20
CACHE_NAMES = "cache-"
STORES = ("s027", "s001", "s002", "s014")
MADE_FROM = f"3 {TILL_LINE.head} {CACHE_LINE.head}"
"""What the kept data depends on; a change makes it anew."""


def setup() -> Setup:
    """A till with all demo products and numbers for as many enrolments as a run may make."""
    return Setup(
        till_id=SETUP.till_id,
        store_id=SETUP.store_id,
        region_id=SETUP.region_id,
        settings={"receipt": {"brand": "柜台", "key": "5a" * 32, "host": "m.example.test"}},
        staff=SETUP.staff,
        programmes=(PROGRAMME,),
        blocks=(Block("member", "000900000000", "000900099999"), Block("card", "889000000000", "889000099999")),
        products=demo_products(),
    )


def till_of(members: int) -> Path:
    """The folder of a till with so many members, made unless it is there."""
    folder = FOLDER / f"till-{members}"
    stamp = FOLDER / f"till-{members}.made"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == MADE_FROM:
        _warm(folder)
        return folder
    stamp.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    started_s = time.monotonic()
    create_till(folder, setup(), SystemClock(), environment=os.environ, key_store="file", pin_cost=FLOOR)
    plan = DemoPlan(members, SystemClock().now_ms(), SETUP.store_id, store_ids=STORES)
    bulk.load_members(folder, keys.load(folder, os.environ), demo_members(plan))
    stamp.write_text(MADE_FROM, encoding="utf-8")
    print(f"made {members} members in {time.monotonic() - started_s:.0f} s", file=sys.stderr)
    return folder


@cache
def _warm(folder: Path) -> None:
    """Let the operating system hold the files, as on a till that is open: the disk is not what is measured. Once."""
    for path in folder.glob("*.db"):
        with path.open("rb") as file:
            while file.read(CHUNK_BYTES):
                pass


def fresh_copy(folder: Path, name: str, *, whole: bool = False) -> Path:
    """A till to write in, on the same disk. The cache, two gigabytes few write in, is the same file unless `whole`."""
    target = FOLDER / name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target, copy_function=shutil.copy2 if whole else _copy)
    target.chmod(0o700)
    return target


def _copy(source: str, target: str) -> None:
    if Path(source).name.startswith(CACHE_NAMES):
        os.link(source, target)
    else:
        shutil.copy2(source, target)
