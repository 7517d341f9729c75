"""What a till.db that lost a part of its past may have given out: numbers are never given again, paper is for a person.

Inside a transaction of the caller.
"""

from __future__ import annotations

from typing import Final

from app.store.connect import Connection
from app.store.mark import COMMITS, Mark

RAISE: Final = (
    "INSERT INTO counter VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = max(value + ?3, excluded.value)"
)
OPEN_BLOCKS: Final = "SELECT block_id, last, next FROM number_block WHERE closed = 0"
MOVE_BLOCK: Final = "UPDATE number_block SET next = ?, closed = ? WHERE block_id = ?"
JUDGE_JOBS: Final = "UPDATE print_job SET state = 'unknown' WHERE state IN ('queued', 'sending', 'sent')"
LOOK_AT_ALL_JOBS: Final = "UPDATE counter SET value = 0 WHERE name = 'jobs_settled'"
EVERY_EVENT_TOOK_ONE: Final = ("receipt", "z")


def skip(db: Connection, lost: int) -> None:
    """Leave out the numbers that `lost` events may have used: receipts, shifts, members' and cards' numbers."""
    for name in EVERY_EVENT_TOOK_ONE:
        db.execute(RAISE, (name, lost, lost))
    for block_id, last, coming in db.execute(OPEN_BLOCKS).fetchall():
        following = int(coming) + lost
        digits = str(min(following, int(last))).zfill(len(last))
        db.execute(MOVE_BLOCK, (digits, int(following > int(last)), block_id))


def count_on(db: Connection, known: Mark | None) -> None:
    """Commits are counted on above the mark, so that only what comes after is newer than it."""
    db.execute(RAISE, (COMMITS, (known.n if known else 0) + 1, 1))


def judge_jobs(db: Connection) -> None:
    """Whether an open print job came out before, nobody knows: a person decides."""
    db.execute(JUDGE_JOBS)
    db.execute(LOOK_AT_ALL_JOBS)
