"""Week keys of dynamic member codes: `chain` carries this week's and next week's, no others (wire.md, `code_key`)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, select

from app.domain import member_code
from app.domain.chain import Json
from app.domain.member_code import WeekKey
from sync.hq import feed, meta
from sync.hq.feed import Change
from sync.hq.setup import publish_rows
from sync.hq.tables import ROW
from sync.protocol.buckets import CHAIN

KIND: Final = "code_key"
WEEKS_AHEAD: Final = 1


def of_week(connection: Connection, week_no: int) -> WeekKey:
    """The chain's key of a week, from its master key."""
    return member_code.week_key(bytes.fromhex(meta.value(connection, "chain_master")), week_no)


def publish(connection: Connection, now_ms: int) -> int:
    """Bring the rows up to this week; when there is something to do again (the begin of the next one)."""
    week = member_code.week_of(now_ms)
    keys = [of_week(connection, week + ahead) for ahead in range(WEEKS_AHEAD + 1)]
    fields: dict[str, dict[str, Json]] = {
        str(one.week_no): {
            "week_no": one.week_no, "from_ms": one.from_ms, "until_ms": one.until_ms, "key": one.key.hex(),
        }
        for one in keys
    }  # fmt: skip
    mine = (ROW.c.bucket == CHAIN) & (ROW.c.kind == KIND) & ROW.c.h.is_not(None)
    standing = connection.execute(select(ROW.c.id).where(mine).order_by(ROW.c.id)).scalars()
    feed.publish(connection, [Change(CHAIN, KIND, one, None) for one in standing if one not in fields])
    publish_rows(connection, CHAIN, KIND, fields)
    return keys[0].until_ms
