"""The device thread: never blocks its caller, comes back after a loss, leaves a hung call behind."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from app.errors import DeviceError
from devices.worker import ABANDONED_MAX, QUEUE_MAX, DeviceWorker, Hooks, Lease, Pace

PATIENT = Pace(backoff_first_s=0.001, backoff_max_s=0.01, call_s_max=60.0)
STRICT = Pace(backoff_first_s=0.001, backoff_max_s=0.01, call_s_max=0.4)


class FakeSession:
    """A device whose every tick a test decides."""

    def __init__(self, log: queue.Queue[str], tick: Callable[[], float], close: Callable[[], object]) -> None:
        self._log = log
        self._tick = tick
        self._close = close

    def tick(self) -> float:
        return self._tick()

    def close(self) -> None:
        self._close()
        self._log.put("closed")


class Bench:
    """A worker, what it did, and doors its calls can hang at."""

    def __init__(self, *, pace: Pace = PATIENT, tick: Callable[[], float] = lambda: 0.05) -> None:
        self.log: queue.Queue[str] = queue.Queue()
        self.threads: list[int] = []
        self.leases: list[Lease] = []
        self.tick = tick
        self.close: Callable[[], object] = lambda: None
        self.open_error: Exception | None = None
        hooks = Hooks(
            open=self._open,
            opened=lambda: self.log.put("opened"),
            lost=lambda error: self.log.put(f"lost {error.code}"),
            hung=lambda: self.log.put("hung"),
        )
        self.worker: DeviceWorker[FakeSession] = DeviceWorker("bench", hooks, pace)

    def _open(self, lease: Lease) -> FakeSession:
        self.threads.append(threading.get_ident())
        self.leases.append(lease)
        if self.open_error is not None:
            error, self.open_error = self.open_error, None
            raise error
        return FakeSession(self.log, self.tick, self.close)

    def wait_for(self, what: str) -> None:
        while self.log.get(timeout=10) != what:
            continue


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.worker.stop()


@pytest.fixture
def strict() -> Iterator[Bench]:
    """A bench whose watchdog bites soon."""
    made = Bench(pace=STRICT)
    yield made
    made.worker.stop()


def test_calls_run_on_the_devices_thread_in_order(bench: Bench) -> None:
    bench.worker.start()
    done: queue.Queue[int] = queue.Queue()
    for number in range(5):
        assert bench.worker.submit(lambda _session, number=number: done.put(number))
    assert [done.get(timeout=10) for _ in range(5)] == [0, 1, 2, 3, 4]
    ran_on: queue.Queue[int] = queue.Queue()
    bench.worker.submit(lambda _session: ran_on.put(threading.get_ident()))
    assert ran_on.get(timeout=10) == bench.threads[0] != threading.get_ident()


def test_a_full_queue_refuses_and_never_waits(bench: Bench) -> None:
    taken = [bench.worker.submit(lambda _session: None) for _ in range(QUEUE_MAX + 1)]
    assert taken == [True] * QUEUE_MAX + [False]
    bench.worker.poke()


def test_stopping_with_a_full_queue_ends_as_well() -> None:
    bench = Bench()
    bench.worker.start()
    bench.wait_for("opened")
    for _ in range(QUEUE_MAX * 4):
        bench.worker.submit(lambda _session: None)
    bench.worker.stop()
    bench.wait_for("closed")


def test_a_lost_device_is_opened_again_on_a_new_thread(bench: Bench) -> None:
    bench.open_error = DeviceError("device_unreachable", device="bench")
    bench.worker.start()
    bench.wait_for("lost device_unreachable")
    bench.wait_for("opened")
    assert len(set(bench.leases)) == 2
    assert not bench.leases[0].held


def test_a_drivers_bug_is_a_lost_device(bench: Bench) -> None:
    bench.open_error = ZeroDivisionError("driver")
    bench.worker.start()
    bench.wait_for("lost device_failed")
    bench.wait_for("opened")


def test_a_session_that_fails_is_closed_before_the_next(bench: Bench) -> None:
    ticks = iter([DeviceError("device_lost", device="bench")])

    def tick() -> float:
        for error in ticks:
            raise error
        return 0.05

    bench.tick = tick
    bench.worker.start()
    bench.wait_for("opened")
    bench.wait_for("lost device_lost")
    bench.wait_for("closed")
    bench.wait_for("opened")


def test_a_session_that_hangs_while_it_is_closed_is_left_behind(strict: Bench) -> None:
    door = threading.Event()
    strict.close = door.wait
    strict.worker.start()
    strict.wait_for("opened")
    strict.worker.submit(_lose)
    strict.wait_for("lost device_lost")
    strict.wait_for("hung")
    strict.wait_for("opened")
    door.set()


def test_a_driver_that_fails_while_it_closes_is_a_lost_device(bench: Bench) -> None:
    bench.close = lambda: 1 // 0
    bench.worker.start()
    bench.wait_for("opened")
    bench.worker.submit(_lose)
    bench.wait_for("lost device_lost")
    bench.wait_for("lost device_failed")
    bench.wait_for("opened")


def test_many_that_hang_are_halted_first_and_cost_one_time_together() -> None:
    door = threading.Event()
    benches = [Bench() for _ in range(8)]
    for bench in benches:
        bench.worker.start()
        bench.wait_for("opened")
        bench.worker.submit(lambda _session: door.wait())
    for bench in benches:
        bench.worker.halt()
    for bench in benches:
        bench.worker.stop(timeout_s=0.0)
    door.set()
    for bench in benches:
        bench.wait_for("closed")


def _lose(_session: FakeSession) -> None:
    raise DeviceError("device_lost", device="bench")


def test_a_hung_call_is_left_behind_and_its_late_end_means_nothing(strict: Bench) -> None:
    door = threading.Event()
    strict.worker.start()
    strict.wait_for("opened")
    strict.worker.submit(lambda _session: door.wait())
    strict.wait_for("hung")
    strict.wait_for("opened")
    assert not strict.leases[0].held
    door.set()
    strict.wait_for("closed")
    assert strict.leases[1].held


def test_a_hung_call_that_fails_late_is_not_reported_again(strict: Bench) -> None:
    door = threading.Event()

    def hang(_session: FakeSession) -> None:
        door.wait()
        raise DeviceError("device_lost", device="bench")

    strict.worker.start()
    strict.wait_for("opened")
    strict.worker.submit(hang)
    strict.wait_for("hung")
    strict.wait_for("opened")
    door.set()
    strict.wait_for("closed")
    assert strict.log.empty()


def test_a_long_call_that_extends_its_lease_is_not_hung(strict: Bench) -> None:
    def long(_session: FakeSession) -> None:
        end_s = time.monotonic() + STRICT.call_s_max * 1.5
        while time.monotonic() < end_s:
            strict.leases[0].extend()
        strict.log.put("long")

    strict.worker.start()
    strict.wait_for("opened")
    strict.worker.submit(long)
    assert strict.log.get(timeout=10) == "long"
    assert strict.leases[0].held


def test_a_driver_that_always_hangs_takes_a_bounded_number_of_threads() -> None:
    door = threading.Event()
    bench = Bench(pace=Pace(backoff_first_s=0.001, backoff_max_s=0.001, call_s_max=0.01))
    bench.tick = lambda: float(door.wait()) * 0.05
    bench.worker.start()
    for _ in range(ABANDONED_MAX + 1):
        bench.wait_for("hung")
    assert len(bench.threads) == ABANDONED_MAX + 1
    door.set()
    bench.wait_for("closed")
    bench.worker.stop()


def test_stopping_during_the_pause_opens_nothing_more() -> None:
    bench = Bench(pace=Pace(backoff_first_s=60.0, backoff_max_s=60.0))
    bench.open_error = DeviceError("device_unreachable", device="bench")
    bench.worker.start()
    bench.wait_for("lost device_unreachable")
    bench.worker.stop()
    assert bench.log.empty()
