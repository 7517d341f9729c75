"""`make prove`: head office's database takes no writes: its disk is full."""

from __future__ import annotations

import resource
from pathlib import Path

from sqlalchemy import create_engine

from tests.support.bad_network import Shop
from tests.support.real_stack import Stack, real_stack

ATTENTION = ("Needs attention", "需要处理")
GROWTH_BYTES = 20_000
SALES = 40


def sell_without(shops: list[Shop]) -> None:
    """Sales at every till while nothing can be stored at head office."""
    for _ in range(SALES):
        for one in shops:
            one.sell()
    for one in shops:
        assert not one.till.ask(do="wait_synced", timeout_s=3)["ok"]
        assert (one.badge(), one.status()["sync"]["problem"]) == (ATTENTION, "internal")
        assert one.status()["pending"] > 0


def test_a_full_disk_under_sqlite_stops_no_sale(tmp_path: Path) -> None:
    """No file of the process may grow beyond what it is: writing fails in the middle of a push, at whatever byte."""
    with real_stack("sqlite", tmp_path) as stack:
        shops = stack.open(2)
        for step in range(3):
            assert stack.office.process is not None
            pid = stack.office.process.pid
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            largest = max(path.stat().st_size for path in stack.office.folder.glob("hq.db*"))
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest + step * GROWTH_BYTES, hard))
            sell_without(shops)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
            stack.whole()


def test_a_full_disk_under_postgresql_stops_no_sale(tmp_path: Path) -> None:
    """Every write fails as the server says it then: SQLSTATE 53100, in the middle of the transaction of a push."""
    with real_stack("postgresql", tmp_path) as stack:
        shops = stack.open(2)
        for table in ("inbox", "entry"):
            full(stack, table, "BEFORE INSERT OR UPDATE")
            sell_without(shops)
            room_again(stack, table)
            stack.whole()
        assert stack.incarnation() == 1  # nobody took it for an older head office


def full(stack: Stack, table: str, when: str) -> None:
    """No row gets into that table any more."""
    run(
        stack,
        "CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$",
        f"CREATE TRIGGER no_room {when} ON {table} EXECUTE FUNCTION no_room()",
    )


def room_again(stack: Stack, table: str) -> None:
    run(stack, f"DROP TRIGGER no_room ON {table}")


def run(stack: Stack, *statements: str) -> None:
    assert stack.address is not None
    admin = create_engine(stack.address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    admin.dispose()
