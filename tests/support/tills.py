"""Real tills for tests: made once per run by Alembic and argon2, then copied folder by folder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from app.clock import Clock, ManualClock
from app.domain.product import Product
from app.domain.staff import Role
from app.services.ports import Setting
from app.store.files import TillFiles, open_till
from app.store.install import Block, NewStaff, Setup, create_till
from app.store.pins import FLOOR

NOW_MS = 1_790_000_000_000
PIN = "2580"
PROGRAMME: dict[str, object] = {
    "schema": 1,
    "id": "test",
    "version": 1,
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "earn": {"points": 1, "per_minor": 100, "rounding": "whole_steps"},
}
SETTINGS: dict[str, dict[str, Setting]] = {"receipt": {"brand": "柜台测试店"}}
MASK = Product("mask5", "玻尿酸补水面膜 5 片装", "skin", 4990, tax_percent="13", barcodes=("6901234567892",))
SETUP = Setup(
    till_id="01920000-0000-7000-8000-000000000001",
    store_id="s027",
    region_id="sh",
    settings=SETTINGS,
    staff=(NewStaff("1001", "李静", Role.CASHIER, PIN), NewStaff("1002", "赵敏", Role.SUPERVISOR, PIN)),
    programmes=(PROGRAMME,),
    blocks=(Block("member", "000000001000", "000000001999"), Block("card", "881000000000", "881000000999")),
    products=(MASK,),
)


def make(folder: Path, setup: Setup = SETUP, key_store: str = "file") -> Path:
    """A new till with a key file, cheap PIN hashes and one product."""
    create_till(folder, setup, ManualClock(NOW_MS), environment=os.environ, key_store=key_store, pin_cost=FLOOR)
    return folder


def copied(template: Path, folder: Path) -> Path:
    """A till of its own, as the template was."""
    shutil.copytree(template, folder, copy_function=shutil.copy2)
    folder.chmod(0o700)
    return folder


def opened(folder: Path, clock: Clock | None = None) -> TillFiles:
    return open_till(folder, os.environ, clock or ManualClock(NOW_MS), pin_cost=FLOOR)
