"""What every use case is given: the till's ports and its place in the chain; and how a use case answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from app.clock import Clock
from app.domain.card import CardScheme
from app.domain.chain import Link, SealedEvent
from app.domain.events import NEVER_MEASURED, ClockOffset, Fact, Measured, seal
from app.domain.numbering import ReceiptFacts
from app.domain.shift import Shift
from app.domain.spending import Hold
from app.domain.staff import Capability, Role
from app.domain.store_line import ReceiptAnswer, ReceiptOutcome
from app.failpoints import NO_FAILPOINTS, Failpoints
from app.i18n import Translator
from app.ids import StaffId, StoreId, TillId, uuid7
from app.services.open_basket import NoOpenBasket, OpenBasket
from app.services.paper_ports import Papers, ReceiptRenderer
from app.services.ports import (
    Book,
    Essentials,
    HeadOfficeLink,
    HoldAnswer,
    HoldOutcome,
    Members,
    Pins,
    PrintJobs,
)

T = TypeVar("T")


class Topic(StrEnum):
    """What a use case changed; screens that show it refresh."""

    SALE = "sale"
    MEMBER = "member"
    SHIFT = "shift"
    PENDING = "pending"
    JOBS = "jobs"


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """The value of a mutating use case, what it changed, and whether head office has yet to confirm it."""

    value: T
    changed: frozenset[Topic]
    provisional: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where this till stands. `till_no` is what people call it; `epoch` counts its identities."""

    till_id: TillId
    epoch: int
    region_id: str
    store_id: StoreId
    store_name: str
    till_no: str
    address: str
    zone: ZoneInfo
    currency: str
    cards: CardScheme


class NoHeadOffice:
    """The link of a till that has none, or is not connected yet."""

    def is_online(self) -> bool:
        return False

    def clock_offset(self) -> ClockOffset:
        return NEVER_MEASURED

    def hold(self, hold: Hold, *, timeout_s: float) -> HoldAnswer:  # noqa: ARG002
        return HoldAnswer(HoldOutcome.UNKNOWN)

    def find_receipt(self, facts: ReceiptFacts, mac: str, *, timeout_s: float) -> ReceiptAnswer:  # noqa: ARG002
        return ReceiptAnswer(ReceiptOutcome.NO_ANSWER)

    def release(self, hold_id: str) -> None:
        """There is nobody to tell."""


NO_HEAD_OFFICE = NoHeadOffice()


@dataclass(frozen=True, slots=True)
class NotYetAsked(NoHeadOffice):
    """The link of a till that met head office before, until it is asked again: its clock is remembered."""

    clock: Clock
    measured: Measured

    def clock_offset(self) -> ClockOffset:
        return self.measured.seen_at(self.clock.now_ms())


@dataclass(frozen=True, slots=True)
class Till:
    """The ports of one till, put together in app.wiring. Frozen; used on the store thread only."""

    place: Place
    clock: Clock
    random_bytes: Callable[[int], bytes]
    members: Members
    essentials: Essentials
    book: Book
    jobs: PrintJobs
    pins: Pins
    renderer: ReceiptRenderer
    receipt_words: Translator
    papers: Papers
    failpoints: Failpoints = NO_FAILPOINTS
    head_office: HeadOfficeLink = NO_HEAD_OFFICE
    open_basket: OpenBasket = field(default_factory=NoOpenBasket)


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed on, what they may do, and the open shift every sale carries (`shift.is_open`: there is one)."""

    staff_id: StaffId
    staff_no: str
    staff_name: str
    role: Role
    shift: Shift
    may: frozenset[Capability] = frozenset()


def new_id(till: Till) -> str:
    """A fresh UUIDv7 from the till's clock and randomness."""

    def randbits(count: int) -> int:
        return int.from_bytes(till.random_bytes((count + 7) // 8), "big") >> -count % 8

    return uuid7(till.clock.now_ms(), randbits)


def sealed(till: Till, fact: Fact, head: Link) -> SealedEvent:
    """The fact as the event that follows `head`, with how far this clock is from head office's."""
    return seal(fact, head, till.head_office.clock_offset())
