"""A worker thread with one bounded queue: the store thread of the till and whoever else must not share a thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")
QUEUE_MAX = 1024


class Worker:
    """Runs jobs one after another on its own thread, in the order given.

    `submit` may be called from any thread; the Future completes on the worker thread. `close` lets queued jobs end.
    """

    def __init__(self, name: str) -> None:
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue(QUEUE_MAX)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = job()
            except Exception as error:  # noqa: BLE001  thread top: the error travels to whoever waits
                future.set_exception(error)
            else:
                future.set_result(result)

        self._jobs.put(run)
        return future

    def close(self, timeout_s: float = 10.0) -> None:
        """Let queued jobs end, then stop the thread."""
        self._jobs.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
