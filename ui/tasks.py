"""The one way off the UI thread: jobs for the store thread, answers back through one queued signal."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from app.errors import GuitaiError
from app.workers import Worker

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished job and who waits for it."""

    future: Future[Any]
    done: Callable[[Any], None]
    refused: Callable[[GuitaiError], None]


class StoreTasks(QObject):
    """Presenters' `Tasks` over the store thread. Made and used on the UI thread."""

    _finished = Signal(object)

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self._worker = worker
        self._away: Worker | None = None
        self._closed = False
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(self, job: Callable[[], T], done: Callable[[T], None], refused: Callable[[GuitaiError], None]) -> None:
        """Run `job` on the store thread; `done` or `refused` follows on the UI thread, in the order of the jobs.

        An error that is no GuitaiError is a fault of the program: logged, and refused as `program_fault`.
        """
        self._send(self._worker, job, done, refused)

    def away(self, job: Callable[[], T], done: Callable[[T], None], refused: Callable[[GuitaiError], None]) -> None:
        """See Tasks: a second worker, started when first needed."""
        if self._away is None:
            self._away = Worker("away")
        self._send(self._away, job, done, refused)

    def close(self) -> None:
        """Answers that still come reach nobody; a job that waits for the network is not waited for."""
        self._closed = True
        if self._away is not None:
            self._away.close(timeout_s=0)

    def _send(
        self, worker: Worker, job: Callable[[], T], done: Callable[[T], None], refused: Callable[[GuitaiError], None]
    ) -> None:
        future = worker.submit(job)
        future.add_done_callback(lambda future: self._finished.emit(Answer(future, done, refused)))

    def _deliver(self, answer: Answer) -> None:
        if self._closed:
            return
        error = answer.future.exception()
        if error is None:
            answer.done(answer.future.result())
        elif isinstance(error, GuitaiError):
            answer.refused(error)
        else:
            logging.getLogger("guitai.ui").error("a job failed", exc_info=error)
            answer.refused(GuitaiError("program_fault"))
