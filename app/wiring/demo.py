"""The demo till: 静安寺店 of the pictures, with generated members (no real person), made in a few seconds."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from app.clock import Clock
from app.domain.card import CardScheme
from app.domain.programme.schema import read_toml
from app.domain.staff import Role
from app.ids import uuid7
from app.resources import resources
from app.services.demo_members import DemoPlan, demo_members
from app.services.demo_products import demo_products
from app.services.ports import Setting
from app.store import bulk, keys
from app.store.folder import FolderLock
from app.store.install import NewStaff, Setup, create_till
from app.wiring.init_cli import blocks, settings_of

DEMO_MEMBERS = 100_000
DEMO_PIN = "246810"
STORE_ID = "s027"
MEMBERS_FROM, CARDS_FROM = "900000000000", "880990000000"
BENEFITS: Mapping[str, Mapping[str, Setting]] = {
    "stored_value": {"bonus": "20000+1000 50000+4000"},
    "coupon_names": {"welcome10": "迎新券 满 50 减 10", "tenth": "九折券"},
    "reward_names": {"five_yuan": "立减 5 元"},
    "stamp_names": {"hair": "护发印花卡"},
}
"""What the shop calls the programme's benefits; paying in 200 yuan gives 10 more, 500 give 40."""
PEOPLE = (
    ("0271", "林晓", Role.CASHIER),
    ("0268", "周敏", Role.CASHIER),
    ("0290", "何佳怡", Role.CASHIER),
    ("0112", "吴昊", Role.SUPERVISOR),
    ("0103", "沈岚", Role.MANAGER),
)
TEXT = {
    "timezone": "Asia/Shanghai",
    "store_id": STORE_ID,
    "store_name": "静安寺店",
    "address": "上海市静安区示例路 100 号",
    "brand": "花间生活馆",
    "till_no": "2",
    "receipt_host": "hui.example",
}


def make_demo(folder: Path, count: int, clock: Clock, progress: Callable[[int], None]) -> None:
    """Make the demo till in an empty folder; `progress` hears how many members are in. StoreError as for a new till.

    Its key is in a file beside it: the people are invented, and it must open on a machine without a keyring.
    """
    document = read_toml((resources() / "programmes" / "demo.toml").read_text(encoding="utf-8"))
    join = f"https://{TEXT['receipt_host']}/join?s={STORE_ID}"
    setup = Setup(
        till_id=uuid7(clock.now_ms()),
        store_id=STORE_ID,
        region_id="r1",
        settings={**settings_of(TEXT), "shift": {"enrolments_goal": 8}, "display": {"join_url": join}, **BENEFITS},
        staff=tuple(NewStaff(number, name, role, DEMO_PIN) for number, name, role in PEOPLE),
        programmes=(document,),
        blocks=blocks(CardScheme(), MEMBERS_FROM, CARDS_FROM),
        products=demo_products(),
    )
    create_till(folder, setup, clock, environment=os.environ, key_store="file")
    with FolderLock(folder):
        ring = keys.load(folder, os.environ)
        plan = DemoPlan(count, clock.now_ms(), STORE_ID)
        bulk.load_members(folder, ring, demo_members(plan), progress)
