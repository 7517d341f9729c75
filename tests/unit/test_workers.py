"""The worker thread: order, results, errors, cancelling, and an orderly end."""

from __future__ import annotations

import threading

import pytest

from app.workers import Worker

WAIT_S = 30


def test_jobs_run_one_after_another_on_one_thread_of_that_name() -> None:
    worker = Worker("store")
    futures = [worker.submit(lambda n=n: (n, threading.current_thread().name)) for n in range(20)]
    assert [future.result(WAIT_S) for future in futures] == [(n, "store") for n in range(20)]
    worker.close()


def test_an_error_travels_to_whoever_waits_and_the_next_job_runs() -> None:
    worker = Worker("store")
    broken = worker.submit(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        broken.result(WAIT_S)
    assert worker.submit(lambda: "next").result(WAIT_S) == "next"
    worker.close()


def test_a_cancelled_job_does_not_run() -> None:
    worker, go, ran = Worker("store"), threading.Event(), []
    worker.submit(lambda: go.wait(WAIT_S))
    waiting = worker.submit(lambda: ran.append("ran"))
    assert waiting.cancel()
    go.set()
    worker.close()
    assert ran == []


def test_closing_lets_queued_jobs_end() -> None:
    worker, done = Worker("store"), []
    for number in range(10):
        worker.submit(lambda n=number: done.append(n))
    worker.close(WAIT_S)
    assert done == list(range(10))
    assert "store" not in {thread.name for thread in threading.enumerate()}
