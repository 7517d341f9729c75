"""Head office for a cashier who waits: the `HeadOfficeLink` port over the sync process (wire.md, "holds")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from app.domain.events import ClockOffset
from app.domain.numbering import ReceiptFacts
from app.domain.spending import Hold
from app.domain.store_line import ReceiptAnswer, ReceiptOutcome
from app.errors import SyncError
from app.services.ports import HoldAnswer, HoldOutcome
from app.store.store_sales import lines_of

ANSWERING = frozenset(("idle", "pushing", "pulling"))
RELEASE_TIMEOUT_S = 6.0
INSUFFICIENT = "hold_insufficient"
NOT_FOUND = "not_found"
REFUSED = frozenset(("hold_closed", "member_blocked", "sync_refused"))


class Asking(Protocol):
    """The sync process's ear: app.wiring.sync_link.SyncLink."""

    def ask(self, do: str, *, timeout_s: float, **given: str | int) -> Mapping[str, Any]:
        """A command and its answer. SyncError."""
        ...


class Heard(Protocol):
    """What the sync process said last: app.wiring.sync_news.SyncNews."""

    @property
    def status(self) -> Mapping[str, Any]:
        """The fields of sync.till.report.Report."""
        ...

    def clock_offset(self) -> ClockOffset:
        """As last measured."""
        ...


class LinkedHeadOffice:
    """Asks through the sync process. `is_online` on any thread; the others wait and belong on no thread of the till."""

    def __init__(self, link: Asking, news: Heard) -> None:
        self._link = link
        self._news = news

    def is_online(self) -> bool:
        """True while the last exchange with head office went well."""
        return self._news.status.get("phase") in ANSWERING

    def clock_offset(self) -> ClockOffset:
        """See the port."""
        return self._news.clock_offset()

    def hold(self, hold: Hold, *, timeout_s: float) -> HoldAnswer:
        """One question. Anything but a clear yes or no is `unknown`: head office may hold it or not."""
        which = {"account_id": hold.account_id} if hold.coupon_id is None else {"coupon_id": hold.coupon_id}
        try:
            found = self._link.ask("hold", timeout_s=timeout_s, hold_id=hold.hold_id, points=hold.points, **which)
        except SyncError as error:
            if error.code == INSUFFICIENT:
                return HoldAnswer(HoldOutcome.INSUFFICIENT, int(error.facts.get("available", 0)))
            return HoldAnswer(HoldOutcome.REFUSED if error.code in REFUSED else HoldOutcome.UNKNOWN)
        return HoldAnswer(HoldOutcome.HELD, found["available"])

    def find_receipt(self, facts: ReceiptFacts, mac: str, *, timeout_s: float) -> ReceiptAnswer:
        """One question. Only head office's own "not found" is a no."""
        try:
            found = self._link.ask(
                "find_receipt",
                timeout_s=timeout_s,
                receipt_no=facts.receipt_no,
                event_id=facts.event_id,
                total_minor=facts.total_minor,
                points=facts.points,
                mac=mac,
            )
        except SyncError as error:
            unknown = error.facts.get("problem") == NOT_FOUND
            return ReceiptAnswer(ReceiptOutcome.UNKNOWN if unknown else ReceiptOutcome.NO_ANSWER)
        lines = lines_of(found["rows"])
        return ReceiptAnswer(ReceiptOutcome.FOUND if lines else ReceiptOutcome.NO_ANSWER, lines)

    def release(self, hold_id: str) -> None:
        """Tell head office at once; the event tells it again."""
        try:
            self._link.ask("release", timeout_s=RELEASE_TIMEOUT_S, hold_id=hold_id)
        except SyncError:
            return
