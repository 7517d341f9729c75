"""A database that kept channels' events before they posted: they move into the inbox and are tried again."""

from __future__ import annotations

from alembic import command
from sqlalchemy import text

from app.domain.chain import HASH_ZERO, event_hash
from app.resources import migrations
from sync.hq.database import Database
from sync.hq.schema import configuration, upgrade
from sync.hq.work.audit import faults
from sync.hq.work.settle import understood_now
from tests.support.channels import event, id_of, purchase

ADD = (
    "INSERT INTO channel_event (event_id, channel_id, type, at_ms, outcome, code, raw, received_ms)"
    " VALUES (:event_id, 'shop', :type, 5, :outcome, :code, :raw, :received_ms)"
)


def test_what_channels_told_before_is_not_lost(database_url: str) -> None:
    scripts = migrations() / "hq"
    told = [purchase(), event("browse", {"views": []})]
    database = Database(database_url)
    try:
        with database.write() as connection:
            config = configuration(scripts)
            config.attributes["connection"] = connection
            command.upgrade(config, "hq_0003")
            connection.exec_driver_sql("INSERT INTO store VALUES ('s001', 'r1', 'S', 'p', 'k')")
            connection.exec_driver_sql("INSERT INTO channel VALUES ('shop', 'Shop', 'key', NULL, 7)")
            for n, (one, kind, outcome, code) in enumerate(
                zip(told, ("purchase", "browse"), ("parked", "applied"), ("unknown_type", None), strict=True)
            ):
                values = {"event_id": id_of(one), "type": kind, "outcome": outcome, "code": code,
                          "raw": one["raw"].encode(), "received_ms": n}  # fmt: skip
                connection.execute(text(ADD), values)
        upgrade(database, scripts)
        first = event_hash(HASH_ZERO, told[0]["raw"])
        with database.read() as connection:
            inbox = connection.exec_driver_sql("SELECT till_id, epoch, seq, hash FROM inbox ORDER BY seq").all()
            assert [tuple(one) for one in inbox] == [
                ("shop", 0, 1, first), ("shop", 0, 2, event_hash(first, told[1]["raw"])),
            ]  # fmt: skip
            assert understood_now(connection) == [id_of(told[0])]
            assert connection.exec_driver_sql("SELECT store_id FROM till_place").scalar() == "s001"
            assert faults(connection) == []
    finally:
        database.close()
