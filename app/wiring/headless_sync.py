"""The steps of a headless till that have to do with head office: sync_now, wait_synced, online."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.errors import Refusal, SyncError
from app.services.link_problems import HEALS, NEEDS_CODE
from app.wiring.script import Step
from app.wiring.sync_link import SyncLink
from app.wiring.sync_news import Status, SyncNews

SYNCED_WAIT_S = 60
STARTING = frozenset(("sync_starting", "sync_not_running"))
LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class HeadlessSync:
    """The link of this till and what it said. `last_seq` reads the newest own event, on the store thread."""

    link: SyncLink
    news: SyncNews
    last_seq: Callable[[], int]

    def steps(self) -> Mapping[str, Callable[[Step], Mapping[str, object]]]:
        """By name, as HeadlessTill takes them."""
        return {"sync_now": self.sync_now, "wait_synced": self.wait_synced, "online": self.online}

    def sold(self) -> None:
        """There are new events."""
        self.link.tell("grown")

    def status(self) -> Status:
        """For the status step."""
        return self.news.status

    def sync_now(self, step: Step) -> Mapping[str, object]:
        """Ask head office now, whatever wait is on."""
        self._asked(step.number("timeout_s", SYNCED_WAIT_S))
        return {"asked": True}

    def wait_synced(self, step: Step) -> Mapping[str, object]:
        """Until every own event so far has its result and all that head office had when it was asked is here."""
        end = time.monotonic() + step.number("timeout_s", SYNCED_WAIT_S)
        last = self.last_seq()
        checks = self._asked(end - time.monotonic())

        def synced(status: Status) -> bool:
            done = status.get("checks", 0) > checks and status.get("resulted", 0) >= last
            return done and not status.get("building", True)

        if not self.news.wait(synced, end - time.monotonic()):
            raise _not_synced(self.news.status)
        return {"resulted": self.news.status["resulted"]}

    def online(self, step: Step) -> Mapping[str, object]:
        """Let the sync process run, or end it: a till without its network."""
        if step.flag("on"):
            self.link.start()
        else:
            self.link.stop()
        return {"online": step.flag("on")}

    def _asked(self, timeout_s: float) -> int:
        """The number of checks so far, after asking for one more; a process that starts is waited for."""
        end = time.monotonic() + timeout_s
        while True:
            try:
                checks: int = self.link.ask("sync_now")["checks"]
                return checks
            except SyncError as error:
                if error.code not in STARTING or time.monotonic() > end:
                    raise
            self.news.wait(lambda _: False, LOOK_S)


def _not_synced(status: Status) -> Refusal:
    """What to do about it: wait, or ask for a new code."""
    problem = str(status.get("problem") or "")
    if problem in NEEDS_CODE:
        return Refusal(NEEDS_CODE[problem], problem=problem)
    if problem in HEALS:
        return Refusal(HEALS[problem])
    return Refusal("not_synced", reason=problem or str(status.get("phase")))
