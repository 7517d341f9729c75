"""Between a simulated counter and head office while a cashier waits: the pipe to its sync process, without a pipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from app.domain.events import NEVER_MEASURED, ClockOffset
from app.errors import SyncError
from tests.simulation.wire import Answer, Talk

if TYPE_CHECKING:
    from tests.simulation.sim_till import SimTill


class Asking:
    """What the counter asks of its sync process, without a pipe between them. Nothing has answered yet."""

    def __init__(self, till: SimTill) -> None:
        self._till = till

    def ask(self, do: str, *, timeout_s: float, **given: str | int) -> Mapping[str, Any]:
        self._till.side_call(do, given)
        raise SyncError("sync_timeout")


@dataclass(frozen=True)
class Answering:
    """The same question, now that an answer is here."""

    talk: Talk[Mapping[str, Any]]
    answer: Answer

    def ask(self, do: str, *, timeout_s: float, **given: str | int) -> Mapping[str, Any]:
        self.talk.answered(self.answer)
        if self.talk.request is not None:
            raise SyncError("sync_timeout")
        return self.talk.result


class News:
    """The cashier may always try; what comes of it is the network's. The offset is what this till's wire measured."""

    status: Mapping[str, Any] = MappingProxyType({"phase": "idle"})

    def __init__(self, till: SimTill) -> None:
        self._till = till

    def clock_offset(self) -> ClockOffset:
        wire = self._till.wire
        if wire.offset_ms is None:
            return NEVER_MEASURED
        return ClockOffset(wire.offset_ms, max(0, self._till.clock.now_ms() - wire.measured_ms) // 1000)
