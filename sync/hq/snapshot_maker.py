"""Makes snapshot files in the background, one at a time over all workers, for the buckets that were asked for."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from app import logs
from app.clock import Clock
from sync.hq import snapshots
from sync.hq.database import Database, Job


class SnapshotMaker:
    """One per office. Any thread."""

    def __init__(self, database: Database, files: snapshots.Files, clock: Clock) -> None:
        self._database, self._files, self._clock = database, files, clock
        self._lock = threading.Lock()
        self._waiting: set[str] = set()
        self._pool: ThreadPoolExecutor | None = None

    def want(self, bucket: str) -> None:
        """Make a bucket's file soon; asked again meanwhile, it is made once."""
        with self._lock:
            if bucket in self._waiting:
                return
            self._waiting.add(bucket)
            if self._pool is None:
                self._pool = ThreadPoolExecutor(1, thread_name_prefix="hq-snapshot")
            self._pool.submit(self._made, bucket)

    def stop(self) -> None:
        """End after the file in hand; what waits is asked for again."""
        with self._lock:
            pool, self._pool = self._pool, None
            self._waiting.clear()
        if pool is not None:
            pool.shutdown(cancel_futures=True)

    def _made(self, bucket: str) -> None:
        try:
            with self._database.alone(Job.SNAPSHOTS):
                self._make(bucket)
        except Exception as error:  # noqa: BLE001 the top of a thread: tills pull from 0 where no file is
            logs.event("hq", "snapshot_failed", logging.ERROR, error=type(error).__name__)
        finally:
            with self._lock:
                self._waiting.discard(bucket)

    def _make(self, bucket: str) -> None:
        """Unless another worker was faster."""
        with self._database.read() as connection:
            wanted = snapshots.stale(connection, bucket)
        if wanted:
            snapshots.make(self._database, self._files, self._clock, bucket)
