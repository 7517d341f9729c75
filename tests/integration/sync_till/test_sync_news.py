"""What the sync process said, kept: how far this clock is from head office's, and since when that is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.clock import ManualClock
from app.domain.events import NEVER_MEASURED, ClockOffset, Measured
from app.services.till import NotYetAsked
from app.wiring.sync_news import SyncNews
from app.workers import Worker
from tests.support import tills


def test_the_clock_is_known_once_it_was_measured_and_stays_so(tmp_path: Path) -> None:
    store = Worker("store")
    files = tills.opened(tills.make(tmp_path / "till"))
    try:
        news = SyncNews(store, files)
        assert news.clock_offset() is NEVER_MEASURED
        news.sync_status({"phase": "pulling", "offset_ms": 0, "measured_ms": 0})
        assert news.clock_offset() is NEVER_MEASURED
        news.sync_status({"phase": "idle", "offset_ms": -7_200_000, "measured_ms": 5})
        first = news.clock_offset()
        assert (first.offset_ms, first.age_s >= 0) == (-7_200_000, True)
        news.sync_status({"phase": "starting", "offset_ms": 0, "measured_ms": 0})
        assert news.clock_offset().offset_ms == -7_200_000
        before = NotYetAsked(ManualClock(100_000), Measured(5_000, 40_000))
        assert SyncNews(store, files, before).clock_offset() == ClockOffset(5_000, 60)
        assert SyncNews(store, files, replace(before, clock=ManualClock(0))).clock_offset() == ClockOffset(5_000, 0)
    finally:
        files.close()
        store.close()
