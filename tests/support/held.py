"""What a till holds of a bucket beside what head office does, and members made up to be held."""

from __future__ import annotations

import json
import os
from pathlib import Path

from sqlalchemy import select

from app.store import connect, keys
from app.store.folder import TILL_FILE, cache_file
from sync.hq import feed
from sync.hq.feed import Change
from sync.hq.tables import ROW
from sync.till.runner import Runner
from tests.support.feed import member
from tests.support.head_office import HeadOffice
from tests.support.running import News

REGION = "region:r1:07"


def member_id(number: int) -> str:
    return f"01920000-0000-7000-8000-{number:012x}"


def put(hq: HeadOffice, bucket: str, *numbers: int, live: bool = True, name: str = "张小凡") -> None:
    """Members of a bucket, as any writer of head office publishes them."""
    changes = []
    for number in numbers:
        raw = member(row_id=member_id(number), name=f"{name}{number}").raw
        assert raw is not None
        fields = {key: value for key, value in json.loads(raw).items() if key not in ("kind", "id", "ver")}
        changes.append(Change(bucket, "member", member_id(number), fields if live else None))
    hq.write(lambda connection: feed.publish(connection, changes))


def synced(_: Runner, news: News, __: list[str]) -> bool:
    last = next((one for one in reversed(news) if one["push"] == "status"), {})
    return last.get("phase") == "idle" and not last["building"] and not last["left"]


def there(hq: HeadOffice, bucket: str) -> set[tuple[str, str, int, str]]:
    """(kind, id, ver, raw) of head office's live rows."""
    wanted = select(ROW).where(ROW.c.bucket == bucket, ROW.c.h.is_not(None))
    return {(one.kind, one.id, one.ver, one.raw) for one in hq.read(wanted)}


def till_db(data: Path) -> tuple[connect.Connection, keys.KeyRing]:
    ring = keys.load(data, os.environ)
    return connect.connect(data / TILL_FILE, ring.key(TILL_FILE), connect.TILL), ring


def here(data: Path, bucket: str) -> set[tuple[str, str, int, str]]:
    """The same of the till's generation in use, or of its own bucket."""
    till, ring = till_db(data)
    number, till_id = till.execute("SELECT cache_no, till_id FROM meta").fetchone()
    if bucket == f"till:{till_id}":
        found = set(till.execute("SELECT kind, id, ver, raw FROM till_row WHERE raw IS NOT NULL"))
        till.close()
        return found
    till.close()
    path = data / cache_file(number)
    cache = connect.connect(path, ring.key(path.name), connect.CACHE)
    found = set()
    for table in ("member", "card", "account", "other"):
        kind = "kind" if table == "other" else f"'{table}'"
        where = "bucket = (SELECT no FROM bucket WHERE id = ?) AND raw IS NOT NULL"
        found |= set(cache.execute(f"SELECT {kind}, id, ver, raw FROM {table} WHERE {where}", (bucket,)))
    cache.close()
    return found
