"""The till's side of its sync process: starts it, hands over the keys, asks and listens; starts it again when it dies.

Used by the headless till and by the window. Nothing here blocks but `ask`, which has a time limit. News arrives on the
link's own thread: `Listener` passes it on.
"""

from __future__ import annotations

import itertools
import queue
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from app import logs
from app.errors import SyncError
from app.store.vault import Secrets
from app.wiring.own_program import own_program
from sync.till.pipe import Pipe, PipeError

AGAIN_FIRST_S = 0.5
AGAIN_MAX_S = 60.0
ASK_TIMEOUT_S = 10.0
END_WITHIN_S = 10.0


class Listener(Protocol):
    """Whoever wants to know. Called on the link's thread."""

    def sync_status(self, status: Mapping[str, Any]) -> None:
        """The fields of sync.till.report.Report."""
        ...

    def sync_changed(self, topic: str) -> None:
        """`members`, `results` or `generation`: rows in the files are others now."""
        ...


class SyncLink:
    """One sync process at a time for a data folder; `start` and `stop` may follow each other."""

    def __init__(self, folder: Path, secrets: Secrets, listener: Listener) -> None:
        self._folder = folder
        self._secrets = secrets
        self._listener = listener
        self._numbers = itertools.count(1)
        self._answers: dict[int, queue.SimpleQueue[Mapping[str, Any]]] = {}
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Pipe | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Run the process from now on; again after `stop`."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._thread = threading.Thread(target=self._keep, name="sync-link", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the process and wait for it."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stopping.set()
        with self._lock:
            process = self._process
        if process is not None:
            _hang_up(process)
        thread.join(END_WITHIN_S * 2)

    def pid(self) -> int | None:
        """The process in hand, for those who look at processes."""
        with self._lock:
            return None if self._process is None else self._process.pid

    def tell(self, do: str) -> None:
        """Say something that wants no answer; lost when nobody listens."""
        pipe = self._pipe
        if pipe is not None:
            try:
                pipe.write({"do": do})
            except (OSError, ValueError):
                return

    def ask(self, do: str, *, timeout_s: float = ASK_TIMEOUT_S, **given: str | int) -> Mapping[str, Any]:
        """A command and its answer. SyncError: `sync_not_running`, `sync_no_answer`, or what head office said."""
        number = next(self._numbers)
        answer: queue.SimpleQueue[Mapping[str, Any]] = queue.SimpleQueue()
        self._answers[number] = answer
        try:
            pipe = self._pipe
            if pipe is None:
                raise SyncError("sync_not_running")
            pipe.write({"id": number, "do": do, **given})
            found = answer.get(timeout=timeout_s)
        except (OSError, ValueError) as error:
            raise SyncError("sync_not_running") from error
        except queue.Empty:
            raise SyncError("sync_no_answer") from None
        finally:
            del self._answers[number]
        if "error" in found:
            raise SyncError(found["error"], **found.get("facts", {}))
        ok: Mapping[str, Any] = found["ok"]
        return ok

    # ---- the link's thread

    def _keep(self) -> None:
        """One process after another until `stop`; each failure waits longer, a minute at most."""
        wait_s = AGAIN_FIRST_S
        while not self._stopping.is_set():
            if self._one():
                wait_s = AGAIN_FIRST_S
            if self._stopping.wait(wait_s):
                return
            wait_s = min(AGAIN_MAX_S, wait_s * 2)

    def _one(self) -> bool:
        """A process from its start to its end; True when it worked for a while."""
        process = subprocess.Popen(_command(self._folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdin is not None  # both were asked for
        assert process.stdout is not None
        pipe = Pipe(process.stdout, process.stdin)
        with self._lock:
            self._process = process
        spoke = False
        try:
            pipe.write({"device_key": self._secrets.device_key.hex(), "pepper": self._secrets.pepper.hex()})
            self._pipe = pipe
            while (frame := pipe.read()) is not None:
                spoke = self._heard(frame) or spoke
        except (OSError, PipeError):
            logs.event("sync", "link_broken")
        finally:
            self._pipe = None
            _end(process)
            with self._lock:
                self._process = None
            self._give_up_asking()
        if not self._stopping.is_set():
            self._listener.sync_status({"phase": "ended", "problem": f"exit_{process.returncode}"})
        return spoke

    def _heard(self, frame: Mapping[str, Any]) -> bool:
        """Pass a frame on; True for news of a process that works."""
        number = frame.get("id")
        if number is not None:
            answer = self._answers.get(number)
            if answer is not None:
                answer.put(frame)
            return True
        if frame.get("push") == "status":
            self._listener.sync_status(frame)
            return True
        if frame.get("push") == "changed":
            self._listener.sync_changed(str(frame["topic"]))
            return True
        logs.event("sync", "ended", code=str(frame.get("code", "")))
        return False

    def _give_up_asking(self) -> None:
        for answer in list(self._answers.values()):
            answer.put({"error": "sync_not_running"})


def _command(folder: Path) -> list[str]:
    return own_program("sync", "--data", str(folder))


def _hang_up(process: subprocess.Popen[bytes]) -> None:
    """The end of its stdin is the sync process's sign to end."""
    if process.stdin is not None:
        try:
            process.stdin.close()
        except OSError:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    _hang_up(process)
    try:
        process.wait(END_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
