"""The till's own bucket: its rows and its cursor live in till.db (protocol.md, fine print 10).

Grants, event results, number blocks, commands, settings. Inside a transaction of the caller.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from app.domain.chain import row_hash
from app.services.sync_ports import EventResult, FeedPage, FeedRow
from app.store import feed_essentials
from app.store.connect import Connection
from app.store.event_key import event_n
from app.store.results import settle

PUT_TILL_ROW: Final = (
    "INSERT INTO till_row VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET incarnation_no ="
    " excluded.incarnation_no, ver = excluded.ver, row_seq = excluded.row_seq, raw = excluded.raw, h = excluded.h"
    " WHERE ?8 OR (excluded.incarnation_no, excluded.ver) > (incarnation_no, ver)"
)
TILL_SUM: Final = "SELECT h FROM till_row WHERE h IS NOT NULL"


def take_pages(till: Connection, pages: Iterable[FeedPage], epoch: int, now_ms: int) -> bool:
    """Rows and cursor of pages that follow each other; True unless the last one's figures do not hold."""
    holds = True
    for page in pages:
        if page.replace and page.first:
            till.execute("UPDATE till_row SET row_seq = -row_seq - 1 WHERE row_seq >= 0")
        for row in page.rows:
            _put(till, page, row, epoch, now_ms)
        if page.replace and page.last:
            till.execute("DELETE FROM till_row WHERE row_seq < 0")
        till.execute("UPDATE sync SET till_cursor = ?", (page.next_seq,))
        holds = not page.last or _holds(till, page)
    return holds


def _holds(till: Connection, page: FeedPage) -> bool:
    live = [int(h, 16) for (h,) in till.execute(TILL_SUM)]
    return len(live) == page.live_rows and page.checksum in ("", f"{sum(live) % (1 << 64):016x}")


def _put(till: Connection, page: FeedPage, row: FeedRow, epoch: int, now_ms: int) -> None:
    h = None if row.raw is None else row_hash(row.raw)
    values = (row.kind, row.id, page.incarnation_no, row.ver, row.row_seq, row.raw, h, page.replace)
    till.execute(PUT_TILL_ROW, values)
    if feed_essentials.is_essential(row):
        feed_essentials.take_essential(till, page.bucket, row, now_ms)
    if row.kind == "event_result" and row.raw is not None:
        members = json.loads(row.raw)
        if members["epoch"] == epoch:  # a parked event was settled (fine print 7), and it is one of this identity's
            settle(till, event_n(epoch, members["seq"]), EventResult.of(members), page.incarnation_no)
