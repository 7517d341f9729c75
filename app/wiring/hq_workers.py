"""Keeps several serving processes of head office alive: starts them, starts again who died, ends them together."""

from __future__ import annotations

import logging
import os
import selectors
import socket
import subprocess
from collections.abc import Callable, Sequence
from typing import Final

from app import logs

READY: Final = "ready\n"
AGAIN: Final = "--again"
"""Said to a worker that takes the place of one that died: its siblings serve, so no herd waits."""
AGAIN_S: Final = 1.0
"""The pause before a worker is started again that died before it served."""
END_WITHIN_S: Final = 30.0


class Workers:
    """`run` on the main thread; `stop` from a signal handler. A worker whose standard input ends serves to the end
    what it has in hand; so they also end when this process is killed."""

    def __init__(self, count: int, listener: socket.socket, command: Sequence[str]) -> None:
        self._count, self._listener, self._command = count, listener, list(command)
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._selector = selectors.DefaultSelector()
        self._wake_out, self._wake_in = os.pipe()
        os.set_blocking(self._wake_in, False)
        self._is_stopping = False

    def stop(self) -> None:
        """End soon."""
        self._is_stopping = True
        os.write(self._wake_in, b"x")

    def run(self, started: Callable[[], None]) -> bool:
        """Serve until `stop`; `started` is called when every worker serves. False: one died before it did."""
        self._selector.register(self._wake_out, selectors.EVENT_READ)
        try:
            for _ in range(self._count):
                self._start(self._command)
            if not self._all_ready():
                return self._is_stopping
            started()
            while not self._is_stopping:
                self._keep()
            return True
        finally:
            self._end()

    def _start(self, command: list[str]) -> None:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=(self._listener.fileno(),)
        )
        self._running[_output(process)] = process
        self._selector.register(_output(process), selectors.EVENT_READ)

    def _all_ready(self) -> bool:
        ready: set[int] = set()
        while len(ready) < self._count and not self._is_stopping:
            for descriptor in self._heard(None):
                if not os.read(descriptor, len(READY)):
                    return False
                ready.add(descriptor)
        return not self._is_stopping

    def _keep(self) -> None:
        """Wait for news; who died is started again, after a pause where starting fails."""
        missing = self._count - len(self._running)
        heard = self._heard(AGAIN_S if missing else None)
        for descriptor in heard:
            if not os.read(descriptor, len(READY)):
                self._bury(descriptor)
        if not self._is_stopping and missing and not heard:
            self._start([*self._command, AGAIN])

    def _heard(self, timeout_s: float | None) -> list[int]:
        found = [key.fd for key, _ in self._selector.select(timeout_s)]
        return [one for one in found if one != self._wake_out]

    def _bury(self, descriptor: int) -> None:
        self._selector.unregister(descriptor)
        process = self._running.pop(descriptor)
        code = process.wait()
        _hang_up(process)
        logs.event("hq", "worker_died", logging.ERROR, pid=process.pid, code=code)

    def _end(self) -> None:
        """Tell all, then wait for all; nothing new is taken meanwhile."""
        self._listener.close()
        for process in self._running.values():
            assert process.stdin is not None  # it was asked for
            process.stdin.close()
        for process in self._running.values():
            try:
                process.wait(END_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _hang_up(process)
        self._selector.close()
        os.close(self._wake_in)
        os.close(self._wake_out)


def _output(process: subprocess.Popen[bytes]) -> int:
    assert process.stdout is not None  # it was asked for
    return process.stdout.fileno()


def _hang_up(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
