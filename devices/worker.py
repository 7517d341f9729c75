"""One thread and one bounded queue for a device, and a watchdog: a call that hangs is left behind, never waited for.

A session is one connection to the device; it is opened, used and closed on the worker's thread and nowhere else. When
the session fails, or a call takes longer than its limit, the worker makes a new thread with a new session after a
pause of 0.5 s, doubling to 5 s (devices.md). Whoever calls `submit` or `poke` never waits.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

from app import logs
from app.errors import DeviceError

QUEUE_MAX = 64
BACKOFF_FIRST_S = 0.5
BACKOFF_MAX_S = 5.0
CALL_S_MAX = 15.0
ABANDONED_MAX = 8
STOP_S_MAX = 2.0


class Session(Protocol):
    """One connection to a device."""

    def tick(self) -> float:
        """Do what is due; seconds until the next tick is wanted. DeviceError when the device is lost."""
        ...

    def close(self) -> None: ...


S = TypeVar("S", bound=Session)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pace:
    """Times of a worker, in seconds; tests shorten them."""

    backoff_first_s: float = BACKOFF_FIRST_S
    backoff_max_s: float = BACKOFF_MAX_S
    call_s_max: float = CALL_S_MAX


class Lease:
    """A session's right to speak for its device, from the thread's start until the worker goes on without it.

    A long call extends it while it gets on; what a call wants to say or write after `held` turned False is void,
    because by then the watchdog has already said what became of it.
    """

    def __init__(self, changed: threading.Condition, call_s_max: float) -> None:
        self._changed = changed
        self._call_s_max = call_s_max
        self.held = True
        self.deadline_s: float | None = None

    def extend(self) -> None:
        """The call is getting on: its time starts again."""
        with self._changed:
            self.deadline_s = time.monotonic() + self._call_s_max
            self._changed.notify_all()

    def rest(self) -> None:
        """No call is running."""
        with self._changed:
            self.deadline_s = None


@dataclass(frozen=True, slots=True)
class Hooks(Generic[S]):
    """What a worker needs of its device; all but `hung` are called on the worker's thread, `hung` on the watchdog's."""

    open: Callable[[Lease], S]
    opened: Callable[[], None]
    lost: Callable[[DeviceError], None]
    hung: Callable[[], None]


class DeviceWorker(Generic[S]):
    """Runs a device. `start` and `stop` once each; `submit`, `poke` from any thread."""

    def __init__(self, name: str, hooks: Hooks[S], pace: Pace | None = None) -> None:
        self._name = name
        self._hooks = hooks
        self._pace = pace or Pace()
        self._calls: queue.Queue[Callable[[S], None] | None] = queue.Queue(QUEUE_MAX)
        self._lock = threading.Condition()
        self._lease: Lease | None = None
        self._thread: threading.Thread | None = None
        self._watch: threading.Thread | None = None
        self._abandoned: list[threading.Thread] = []
        self._backoff_s = 0.0
        self._stopping = False

    def start(self) -> None:
        """Begin the thread and its watchdog; returns at once, the session is opened over there."""
        self._watch = threading.Thread(target=self._watchdog, name=f"{self._name}-watch", daemon=True)
        with self._lock:
            self._spawn()
        self._watch.start()

    def submit(self, call: Callable[[S], None]) -> bool:
        """Have `call(session)` run on the device's thread once it has a session; False when the queue is full."""
        try:
            self._calls.put_nowait(call)
        except queue.Full:
            return False
        return True

    def poke(self) -> None:
        """Have the session tick now. Never blocks; a full queue will tick anyway."""
        if self._calls.empty():
            self.submit(_nothing)

    def halt(self) -> None:
        """Ask the thread to end and close the session; returns at once. Several workers are halted, then stopped."""
        with self._lock:
            if self._stopping:
                return
            self._stopping = True
            if self._lease is not None:
                self._lease.held = False
            self._lock.notify_all()
        try:
            self._calls.put_nowait(None)
        except queue.Full:
            logs.event("devices", "worker_queue_full", device=self._name)

    def stop(self, timeout_s: float = STOP_S_MAX) -> None:
        """Halt, and wait `timeout_s` at most; a call that hangs is left to its daemon thread."""
        self.halt()
        end_s = time.monotonic() + timeout_s
        for one in (self._thread, self._watch):
            if one is not None and one is not threading.current_thread():
                one.join(max(0.0, end_s - time.monotonic()))

    def _spawn(self) -> None:
        self._lease = lease = Lease(self._lock, self._pace.call_s_max)
        self._thread = threading.Thread(target=self._top, args=(lease,), name=self._name, daemon=True)
        self._thread.start()

    def _top(self, lease: Lease) -> None:
        self._pause(lease)
        closing = ExitStack()
        self._guarded(lease, lambda: self._serve(lease, closing))
        self._guarded(lease, closing.close)
        self._replace(lease)

    def _guarded(self, lease: Lease, call: Callable[[], None]) -> None:
        try:
            call()
        except DeviceError as error:
            self._failed(lease, error)
        except Exception as error:  # noqa: BLE001  thread top: a driver's bug is a lost device, not a dead till
            logs.event("devices", "worker_crashed", device=self._name, error=type(error).__name__)
            self._failed(lease, DeviceError("device_failed", device=self._name, error=type(error).__name__))

    def _pause(self, lease: Lease) -> None:
        end_s = time.monotonic() + self._backoff_s
        with self._lock:
            while lease.held and (left_s := end_s - time.monotonic()) > 0:
                self._lock.wait(left_s)

    def _serve(self, lease: Lease, closing: ExitStack) -> None:
        """One connection, closed by `closing`: only after its loss has been said, because closing may hang as well."""
        if not lease.held:
            return
        session = self._within(lease, lambda: self._hooks.open(lease))
        closing.callback(lambda: self._within(lease, session.close))
        if lease.held:
            self._backoff_s = 0.0
            self._hooks.opened()
        while lease.held:
            self._step(lease, session)

    def _step(self, lease: Lease, session: S) -> None:
        """Calls first (a drawer must not wait for a receipt), then what is due, then rest until the next call."""
        while (call := self._next_call(0.0)) is not None and lease.held:
            self._within(lease, partial(call, session))
        wait_s = self._within(lease, session.tick) if lease.held else 0.0
        if wait_s > 0 and (call := self._next_call(wait_s)) is not None and lease.held:
            self._within(lease, partial(call, session))

    def _next_call(self, wait_s: float) -> Callable[[S], None] | None:
        try:
            return self._calls.get(timeout=wait_s) if wait_s > 0 else self._calls.get_nowait()
        except queue.Empty:
            return None

    def _within(self, lease: Lease, call: Callable[[], T]) -> T:
        lease.extend()
        try:
            return call()
        finally:
            lease.rest()

    def _failed(self, lease: Lease, error: DeviceError) -> None:
        if lease.held:
            self._hooks.lost(error)

    def _replace(self, lease: Lease) -> None:
        with self._lock:
            if not lease.held or self._stopping:
                return
            lease.held = False
            doubled_s = self._backoff_s * 2 or self._pace.backoff_first_s
            self._backoff_s = min(doubled_s, self._pace.backoff_max_s)
            self._spawn()

    def _watchdog(self) -> None:
        while (late := self._wait_for_late()) is not None:
            lease, thread = late
            logs.event("devices", "worker_abandoned", device=self._name)
            self._hooks.hung()
            self._abandoned = [*(one for one in self._abandoned if one.is_alive()), thread]
            if len(self._abandoned) > ABANDONED_MAX:
                thread.join()
            self._replace(lease)

    def _wait_for_late(self) -> tuple[Lease, threading.Thread] | None:
        """Until a call is past its limit; None when the worker stops."""
        with self._lock:
            while not self._stopping:
                lease, thread = self._lease, self._thread
                if lease is None or thread is None or lease.deadline_s is None:
                    self._lock.wait()
                    continue
                left_s = lease.deadline_s - time.monotonic()
                if left_s <= 0:
                    return lease, thread
                self._lock.wait(left_s)
        return None


def _nothing(_session: object) -> None:
    """A call that only wakes the worker."""
