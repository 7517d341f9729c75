"""What the sync process said, kept for whoever asks or waits; and the cache generation followed when it changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

from app.domain.events import ClockOffset
from app.services.ports import HeadOfficeLink
from app.services.till import NO_HEAD_OFFICE
from app.store.files import TillFiles, switch_cache
from app.workers import Worker

Status = Mapping[str, Any]


class SyncNews:
    """The last status, and a bell for those who wait. `on_changed` is called on the store thread after rows changed.

    `before`: what is known of head office's clock until this process has measured it.
    """

    def __init__(self, store: Worker, files: TillFiles, before: HeadOfficeLink = NO_HEAD_OFFICE) -> None:
        self._store = store
        self._files = files
        self._before = before
        self._bell = threading.Condition()
        self._status: Status = {"phase": "starting", "problem": ""}
        self._measured_at_s = 0.0
        self.on_status: Callable[[Status], None] = lambda _: None
        self.on_changed: Callable[[str], None] = lambda _: None

    @property
    def status(self) -> Status:
        """The last one."""
        with self._bell:
            return self._status

    def clock_offset(self) -> ClockOffset:
        """Head office's clock minus ours as the sync process last measured it, and how long ago."""
        with self._bell:
            if not self._status.get("measured_ms"):
                return self._before.clock_offset()
            return ClockOffset(self._status["offset_ms"], int(time.monotonic() - self._measured_at_s))

    def sync_status(self, status: Status) -> None:
        """See Listener. The age of a measurement is counted by a clock nobody sets."""
        with self._bell:
            if status.get("measured_ms", 0) not in (0, self._status.get("measured_ms")):
                self._measured_at_s = time.monotonic()
            elif not status.get("measured_ms"):  # a process that has not measured yet takes nothing back
                status = {name: value for name, value in status.items() if name not in ("offset_ms", "measured_ms")}
            self._status = {**self._status, **{name: value for name, value in status.items() if name != "push"}}
            self._bell.notify_all()
        self.on_status(self._status)

    def sync_changed(self, topic: str) -> None:
        """See Listener. A new generation is opened, and the essentials are read afresh, before anybody is told."""

        def job() -> None:
            if topic == "generation":
                switch_cache(self._files)
            self._files.essentials.forget()  # a programme, a price or a setting may have come
            self.on_changed(topic)

        self._store.submit(job).add_done_callback(_heed)

    def wait(self, holds: Callable[[Status], bool], timeout_s: float) -> bool:
        """Wait until the status is as wanted; False when it was not in time."""
        end = time.monotonic() + timeout_s
        with self._bell:
            while not holds(self._status):
                left = end - time.monotonic()
                if left <= 0 or not self._bell.wait(left):
                    return holds(self._status)
            return True


def _heed(done: Future[None]) -> None:
    """An error of the switch is the store thread's to show at its next read; here it is only not lost."""
    error = done.exception()
    if error is not None:
        from app import logs

        logs.event("sync", "switch_failed", code=getattr(error, "code", type(error).__name__))
