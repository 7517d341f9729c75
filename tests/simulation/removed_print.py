"""The clauses of the fine print, and how to take each away (removed.py)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from app.domain.spending import HoldState
from app.store import feed_essentials
from app.store.syncing import SYNC, TillSync
from sync.hq import feed
from sync.hq.work import apply, holds, inbox, merge, others
from tests.simulation.plan import Do
from tests.simulation.removed import RULES, Removal, instead
from tests.simulation.sim_till import Crash

KEEP_ALL = "UPDATE effect SET n = n WHERE ? IS NULL"
DELETE_NONE = "DELETE FROM pii WHERE member_id = ? AND 0"
NOBODY = "SELECT 1 WHERE ? IS NULL"


def _keep_the_generation(patch: pytest.MonkeyPatch) -> None:
    kept = TillSync.start_incarnation

    def start_incarnation(till: Any, seen: Any) -> None:
        if till._cache is None:
            kept(till, seen)
            return
        with till._write() as db:
            before = db.execute(SYNC).fetchone()
            till._put_sync(db, seen, (0, before[5] if before else 0, ""))
            db.execute("UPDATE meta SET sent_through = ?, acked_through = 0", (till.last_seq(),))
            db.execute("DELETE FROM till_row")

    patch.setattr(TillSync, "start_incarnation", start_incarnation)


def _release_silently(_till: Any, write: Any, hold_id: str) -> None:
    write.move_hold(hold_id, HoldState.RELEASED)


def _leave_unseen_ids_open(patch: pytest.MonkeyPatch) -> None:
    """By event and by DELETE: each of the two closes what the other did not."""
    kept = holds.release

    def hold_released(context: Any, body: Any) -> None:
        if context.book.hold(body.hold_id) is not None:
            others.apply_hold_released(context, body)

    def release(book: Any, till: Any, hold_id: str) -> int:
        return 0 if book.hold(hold_id) is None else kept(book, till, hold_id)

    patch.setitem(apply.HANDLERS, "hold_released", hold_released)  # type: ignore[arg-type]  # read by everybody else
    patch.setattr(holds, "release", release)


def _count_versions_by_bucket(patch: pytest.MonkeyPatch) -> None:
    """A row that joins a region, or moves, begins anew there."""
    kept = feed.publish

    def publish(connection: Any, changes: Any) -> Any:
        versions: dict[tuple[str, str], int] = {}
        for bucket in sorted({one.bucket for one in changes}):
            versions |= kept(connection, [one for one in changes if one.bucket == bucket])
        return versions

    patch.setattr(feed, "MOVING", frozenset())
    for module in (feed, apply, holds, inbox, merge):
        patch.setattr(module, "publish", publish)


def _say_nothing_twice(patch: pytest.MonkeyPatch) -> None:
    kept = inbox._duplicate
    patch.setattr(
        inbox, "_duplicate", lambda *given, **more: msgspec.structs.replace(kept(*given, **more), rows=[], balance=None)
    )


def _copy_essentials_last(patch: pytest.MonkeyPatch) -> None:
    """The cache commits first; a process may end between the two files."""
    kept = TillSync.apply_page
    chance: dict[tuple[str, str], Random] = {}

    def apply_page(till: Any, page: Any) -> bool:
        whose = (till._folder.parent.name, till._folder.name)
        dice = chance.setdefault(whose, Random("/".join(whose)))
        with pytest.MonkeyPatch.context() as none:
            none.setattr(feed_essentials, "is_essential", lambda _: False)
            holds = kept(till, page)
        essentials = [row for row in page.rows if feed_essentials.is_essential(row)]
        if essentials and dice.random() < 0.2:
            raise Crash
        with till._write() as db:
            for row in essentials:
                feed_essentials.take_essential(db, page.bucket, row, till._clock.now_ms())
        return holds

    patch.setattr(TillSync, "apply_page", apply_page)


def _keep_cursors_elsewhere(patch: pytest.MonkeyPatch) -> None:
    """In a file that keeps what the cache loses with its power."""
    page_kept, load_kept = TillSync.apply_page, TillSync.load
    elsewhere: dict[tuple[Path, int], dict[str, int]] = {}

    def apply_page(till: Any, page: Any) -> bool:
        holds = page_kept(till, page)
        elsewhere.setdefault((till._folder, till._cache_no), {})[page.bucket] = page.next_seq
        return holds

    def load(till: Any) -> Any:
        state = load_kept(till)
        return replace(state, cursors={**state.cursors, **elsewhere.get((till._folder, till._cache_no), {})})

    patch.setattr(TillSync, "apply_page", apply_page)
    patch.setattr(TillSync, "load", load)


def _notice_nothing(patch: pytest.MonkeyPatch) -> None:
    """Each sign stands in for the other: a till whose numbers did not fall knows a life, and the other way round."""
    patch.setattr("sync.hq.meta._knows", lambda *_: True)
    patch.setattr("sync.till.answers._went_back", lambda *_: False)


RESTORES = {Do.BACKUP: 20, Do.RESTORE: 20}

QUICKLY_MISSED = frozenset(
    (
        "fine print 1",
        "fine print 4, both its signs",
        "fine print 5, regions",
        "fine print 6",
        "fine print 7, told later",
        "fine print 7, told again",
        "fine print 8, given back",
        "fine print 8, stored before asking",
        "fine print 9, accept",
        "fine print 9, the till",
    )
)

CLAUSES = (
    Removal("fine print 1", "state.unanswered", instead("sync.till.state.unanswered", lambda _: False)),
    Removal("fine print 2", "state.till_bucket_first", instead("sync.till.state.till_bucket_first", lambda *_: True)),
    Removal(
        "fine print 3, results", "results.FORGET_UNSHOWN", instead("app.store.results.FORGET_UNSHOWN", KEEP_ALL)
    ),
    Removal("fine print 3, a new generation", "TillSync.start_incarnation", _keep_the_generation),
    Removal("fine print 4, both its signs", "meta._knows, answers._went_back", _notice_nothing, often=RESTORES),
    Removal(
        "fine print 5, peers", "lookup._apart", instead("app.store.lookup.CachedMembers._apart", lambda *_: False),
        often={Do.MERGE: 30},
    ),
    Removal(
        "fine print 5, regions", "merge.join", instead("sync.hq.work.merge.join", lambda _book, member, _region: member)
    ),
    Removal("fine print 6", "feed.publish", _count_versions_by_bucket),
    Removal("fine print 7, told later", "inbox.tell", instead("sync.hq.work.inbox.tell", lambda *_: None)),
    Removal("fine print 7, told again", "inbox._duplicate", _say_nothing_twice),
    Removal(
        "fine print 8, given back", "holding._release", instead("app.services.holding._release", _release_silently)
    ),
    Removal("fine print 8, ids never seen", "others.apply_hold_released, holds.release", _leave_unseen_ids_open),
    Removal(
        "fine print 8, stored before asking", "spending.add_hold",
        instead("app.store.spending.add_hold", lambda *_: None),
    ),
    Removal(
        "fine print 8, enrolling retires", "identities.close_identity",
        instead("sync.hq.work.identities.close_identity", lambda *_: None),
    ),
    Removal(
        "fine print 9, accept", "attachments.erased", instead("sync.hq.work.attachments.erased", lambda *_: False),
        often={Do.ENROL: 40, Do.ERASE: 30},
    ),
    Removal(
        "fine print 9, the till", "feed_essentials._erase", instead("app.store.feed_essentials.DROP_PII", DELETE_NONE)
    ),
    Removal(
        "fine print 9, restored", "Office.erase_again", instead("sync.hq.office.Office.erase_again", lambda _: 0),
        often={**RESTORES, Do.ERASE: 30},
    ),
    Removal("fine print 10, essentials first", "TillSync.apply_page", _copy_essentials_last),
    Removal("fine print 10, cursors", "TillSync.load", _keep_cursors_elsewhere, often={Do.POWER: 30}),
    Removal("fine print 11", "tail.behind", instead("app.store.tail.behind", lambda *_: None)),
)  # fmt: skip

QUICK = (
    *(one for one in RULES if one.rule not in ("rule 2, by event_id", "rule 11")),
    *(one for one in CLAUSES if one.rule in QUICKLY_MISSED),
)
"""Those that a few dozen seeds miss: `make test` plays them; meta.py all."""
REMOVALS = (*RULES, *CLAUSES)
