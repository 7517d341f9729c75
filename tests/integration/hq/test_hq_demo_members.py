"""The demo's members at head office: coupons, stamps and stored value come in with them, once, and add up."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from sqlalchemy import text

from app.clock import SystemClock
from app.services.demo_members import DemoPlan, demo_members
from app.wiring.demo import STORE_ID
from app.wiring.demo_chain import DemoChain, make_head_office
from app.wiring.hq_folder import open_office
from tests.support.commands import guitai

MEMBERS = 120


def rows(chain: DemoChain, kind: str) -> list[dict[str, object]]:
    wanted = text("SELECT raw FROM feed_row WHERE kind = :kind AND raw IS NOT NULL")
    office = open_office(chain.head_office)
    try:
        return office.database.run(
            lambda connection: [json.loads(raw) for (raw,) in connection.execute(wanted, {"kind": kind})]
        )
    finally:
        office.database.close()


def test_what_demo_members_hold_is_at_head_office_once_and_adds_up(tmp_path: Path) -> None:
    chain = DemoChain(tmp_path / "chain")
    seen: list[int] = []
    make_head_office(chain, MEMBERS, seen.append)
    before = {kind: rows(chain, kind) for kind in ("member", "account", "coupon")}
    make_head_office(chain, MEMBERS, seen.append)
    assert {kind: rows(chain, kind) for kind in before} == before
    given = [one.beside for one in demo_members(DemoPlan(MEMBERS, SystemClock().now_ms(), STORE_ID))]
    kinds = Counter(one["coupon_type"] for one in before["coupon"] if one["state"] == "open")
    assert kinds == Counter(coupon.type for one in given for coupon in one.coupons)
    balances = {
        kind: sorted(int(str(one["available"])) for one in before["account"] if one["account_kind"] == kind)
        for kind in ("stamps", "stored_value")
    }
    assert balances["stamps"] == sorted(count for one in given for _, count in one.stamps)
    assert balances["stored_value"] == sorted(one.stored_minor for one in given if one.stored_minor)
    assert len(before["member"]) == MEMBERS
    verified = guitai("hq", "verify", "--data", chain.head_office)
    assert verified.code == 0, verified.out + verified.err
