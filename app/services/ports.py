"""What the use cases need of the outside: Protocols only. app.store and devices implement them; tests use fakes.

Everything here is called on the store thread. Only frozen values cross.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.domain.chain import Link, SealedEvent
from app.domain.day import DayFigures, DaySpan, TillDay
from app.domain.events import Basis, ClockOffset
from app.domain.holdings import Holdings
from app.domain.member import Member
from app.domain.member_code import WeekKey
from app.domain.numbering import ReceiptFacts
from app.domain.product import Product
from app.domain.programme.document import Programme
from app.domain.receipt import JobState
from app.domain.sale import Sale
from app.domain.shift import Shift, ShiftFigures, ShiftTotals
from app.domain.spending import Hold, HoldState, SaleReturn
from app.domain.staff import Attempts, Staff
from app.domain.store_line import ReceiptAnswer, StoreLine
from app.ids import AccountId, EventId, MemberId, ShiftId, StaffId

Setting = str | int | bool


@dataclass(frozen=True, slots=True)
class Found:
    """Hits of a search, best first; `total` counts all, up to `total_max` of the store (then `more` is True)."""

    hits: tuple[Member, ...]
    total: int
    more: bool = False


class Members(Protocol):
    """Cached members with this till's own events laid over them (protocol.md rule 7), own enrolments included.

    Each call is one read transaction: the cache first, then till.db.
    """

    def by_card(self, number: str) -> Member | None: ...
    def by_id(self, member_id: MemberId) -> Member | None: ...
    def by_number(self, member_no: str) -> Member | None:
        """By member number, as dynamic codes carry it."""
        ...

    def by_phone(self, phone: str) -> tuple[Member, ...]:
        """Exact match of an E.164 number."""
        ...

    def find(self, text: str, limit: int) -> Found:
        """Card number, phone, phone tail (≥ 4 digits), Chinese name (part), pinyin initials, or initials + tail."""
        ...

    def own_points_of_card(self, number: str) -> int:
        """Points this till gave to a card number nobody is known for."""
        ...

    def own_points_since(self, key: str, since_ms: int) -> int:
        """Points this till gave to an account, or to a card number nobody is known for, not settled yet, since then."""
        ...

    def store_sale(self, event_id: EventId) -> tuple[StoreLine, ...]:
        """The lines of a sale of this store as head office has them, by number; empty when they are not here."""
        ...

    def holdings(self, member_id: MemberId, stamp_ids: tuple[str, ...]) -> Holdings:
        """What the member holds beside points, own events laid over it; `stamp_ids`: the cards of the programme."""
        ...

    def store_day(self, on: str) -> DayFigures | None:
        """The whole store's business day as head office last sent it; None when it is not here."""
        ...

    def count(self) -> int | None:
        """Members in the cache; None while no cache is loaded."""
        ...


class Essentials(Protocol):
    """What opens the shop without a cache: programme versions, products, staff, settings (till.db)."""

    def programme_at(self, at_ms: int) -> Programme:
        """The version valid at that time. ConfigError `programme_missing`."""
        ...

    def product(self, code: str) -> Product | None:
        """By barcode, else by sku."""
        ...

    def staff(self) -> tuple[Staff, ...]:
        """Active staff by staff number."""
        ...

    def settings(self) -> Mapping[str, Setting]:
        """`section.key` → value, the narrower bucket already laid over the wider."""
        ...

    def week_keys(self) -> tuple[WeekKey, ...]:
        """The keys of dynamic member codes that head office gave out; empty before the first."""
        ...


@dataclass(frozen=True, slots=True)
class SaleSummary:
    """A past sale of this till, as lists and the idle screen need it. Names come from the member, masked."""

    event_id: EventId
    receipt_no: str
    at_ms: int
    payable_minor: int
    earned: int
    member_id: MemberId | None
    card: str | None
    job_id: int | None
    job_state: JobState | None


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An event not yet at head office, for the status screen."""

    seq: int
    type: str
    at_ms: int
    member_id: MemberId | None
    card: str | None
    points: int | None


class Book(Protocol):
    """The till's own truth: reads, and one write transaction at a time."""

    def begin(self) -> AbstractContextManager[Transaction]:
        """BEGIN IMMEDIATE; leaving the block without `commit()` rolls back. StoreError `disk_full`, `store_busy`."""
        ...

    def head(self) -> Link: ...
    def open_shift(self) -> Shift | None:
        """The shift opened last that is not closed."""
        ...

    def open_shift_of(self, staff_id: StaffId) -> Shift | None:
        """This person's open shift; several people may each have one."""
        ...

    def shift_figures(self, shift_id: ShiftId) -> ShiftFigures: ...
    def shift_totals(self, shift_id: ShiftId) -> ShiftTotals:
        """Everything of the shift so far; all zero for one that is not known."""
        ...

    def day(self, span: DaySpan, *, waiting_only: bool = False) -> DayFigures:
        """This till's business day, or what of it head office does not have yet."""
        ...

    def till_day(self, span: DaySpan) -> TillDay:
        """What only this till knows of the day."""
        ...

    def last_sale(self, shift_id: ShiftId) -> SaleSummary | None: ...
    def sale(self, event_id: EventId) -> Sale | None: ...
    def basis(self, event_id: EventId) -> Basis | None:
        """What this till knew when it made that sale; None for an event it did not make."""
        ...

    def sale_by_receipt(self, receipt_no: str) -> Sale | None:
        """The sale of this till with exactly that receipt number."""
        ...

    def points_moved(self, event_id: EventId) -> Effect | None:
        """What an event of this till does to points; None where it moved nobody's, or is another till's."""
        ...

    def returns_of(self, event_id: EventId) -> tuple[SaleReturn, ...]:
        """What came back here of a sale, this till's or another's, oldest first; an undo counts."""
        ...

    def open_holds(self) -> tuple[Hold, ...]:
        """Holds asked for or held, oldest first: neither used nor released."""
        ...

    def pending_count(self) -> int: ...
    def pending(self, limit: int) -> tuple[PendingEvent, ...]:
        """Newest first."""
        ...

    def oldest_pending_ms(self) -> int | None:
        """When the oldest event not yet at head office happened."""
        ...

    def attempts(self, staff_id: StaffId) -> Attempts: ...
    def last_job(self, event_id: EventId) -> PrintJob | None:
        """The newest print job of an event, reprints included."""
        ...

    def disk_free_bytes(self) -> int:
        """Room left where the files are."""
        ...


class Moved(StrEnum):
    """What an effect changes: points, or the units of another account (stamps, minor units), or a coupon's being."""

    POINTS = "points"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Effect:
    """What an event does to a row before head office has said so: the overlay of protocol.md rule 7.

    `account_id` or, when no member is known, the `card` number; `points` is the signed change in the account's unit.
    A coupon stands in for an account by its id: −1 uses it, +1 gives it back.
    """

    account_id: AccountId | None
    card: str | None
    points: int
    of: Moved = Moved.POINTS


@dataclass(frozen=True, slots=True)
class OwnMember:
    """A member enrolled here and not yet in the cache. Personal data stays in the event's attachment."""

    member_id: MemberId
    account_id: AccountId
    event_id: EventId
    pii_ref: str
    member_no: str
    card: str | None
    home_store_id: str
    enrolled_on: str


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One audit fact; `facts` are ids, codes and counts only."""

    at_ms: int
    kind: str
    staff_id: StaffId | None
    facts: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class NewJob:
    """A print job to be queued with the fact it belongs to: rendered bytes, and the model as JSON for the preview."""

    event_id: EventId | None
    kind: str
    payload: bytes
    model: str
    copy_no: int = 0


class Transaction(Protocol):
    """One IMMEDIATE transaction in till.db."""

    def head(self) -> Link: ...
    def next_number(self, counter: str) -> int:
        """The next value of a gapless counter of this till, from 1: `receipt`, `z`."""
        ...

    def take_number(self, series: str) -> str:
        """The next free number of a lent block (`member`, `card`). Refusal `numbers_used_up`."""
        ...

    def append(self, event: SealedEvent, effects: tuple[Effect, ...] = ()) -> None:
        """The event, its attachments and overlay. The event must follow `head()`."""
        ...

    def add_sale(self, sale: Sale) -> None: ...
    def add_return(self, back: SaleReturn) -> None:
        """What came back; its event is the one appended last."""
        ...

    def add_hold(self, hold: Hold) -> None:
        """A hold, before head office is asked for it (fine print 8)."""
        ...

    def move_hold(self, hold_id: str, state: HoldState) -> None:
        """`held` follows asked, `used` follows held, `released` either. Refusal `hold_gone` for any other way."""
        ...

    def add_member(self, member: OwnMember) -> None: ...
    def open_shift(self, shift: Shift) -> None: ...
    def close_shift(self, shift_id: ShiftId, closed_ms: int) -> None:
        """Its sales are over. Refusal `shift_closed` when it is not open."""
        ...

    def take_step(self, member_id: MemberId, step: int, forget_before: int) -> bool:
        """Use up a dynamic code: False when this till took that step of the member before.

        Steps below `forget_before` are forgotten: no key that is here makes them.
        """
        ...

    def add_audit(self, entry: AuditEntry) -> None: ...
    def add_job(self, job: NewJob) -> int: ...
    def set_attempts(self, staff_id: StaffId, attempts: Attempts) -> None: ...
    def commit(self) -> None: ...


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A job as the printer worker and the screens see it."""

    job_id: int
    event_id: EventId | None
    kind: str
    state: JobState
    payload: bytes
    model: str
    copy_no: int
    queued_ms: int
    detail: str = ""


class PrintJobs(Protocol):
    """The job outbox in till.db. Each call is its own durable transaction."""

    def next_job(self) -> PrintJob | None:
        """The oldest QUEUED job, if no job is SENDING or UNKNOWN-and-unanswered before it."""
        ...

    def mark(self, job_id: int, state: JobState, detail: str = "") -> None: ...
    def job(self, job_id: int) -> PrintJob | None: ...
    def recover(self) -> int:
        """At start: jobs left SENDING or SENT by a crash become UNKNOWN; how many."""
        ...

    def unknown(self) -> tuple[PrintJob, ...]:
        """Jobs a person must decide about, oldest first."""
        ...


class Pins(Protocol):
    """PIN check: argon2id over HMAC with the store's pepper from the keyring (security.md). Takes 40–200 ms."""

    def verify(self, pin_hash: str, pin: str) -> bool: ...
    def hash(self, pin: str) -> str: ...


class HoldOutcome(StrEnum):
    """What came of asking for points. `unknown`: no answer in time, so head office may hold them or not."""

    HELD = "held"
    INSUFFICIENT = "insufficient"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class HoldAnswer:
    """Head office's answer. `available`: what is left (held) or could be had (insufficient), scaled points."""

    outcome: HoldOutcome
    available: int = 0


class HeadOfficeLink(Protocol):
    """Head office as a cashier who waits for an answer needs it. Never called on the store thread: it may wait."""

    def is_online(self) -> bool:
        """Whether asking makes sense now; returns at once, on any thread."""
        ...

    def clock_offset(self) -> ClockOffset:
        """How far its clock is from ours, as last measured; returns at once, on any thread."""
        ...

    def hold(self, hold: Hold, *, timeout_s: float) -> HoldAnswer:
        """Ask once; at most `timeout_s`. Without a clear answer `unknown`, never an exception."""
        ...

    def find_receipt(self, facts: ReceiptFacts, mac: str, *, timeout_s: float) -> ReceiptAnswer:
        """The sale behind a receipt's code, wherever it was made; at most `timeout_s`, never an exception."""
        ...

    def release(self, hold_id: str) -> None:
        """Give a hold back at once, after it is closed in till.db. Lost silently: the event says the same."""
        ...
