"""The till's own truth in memory: what till.db would hold, and its one write transaction at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from app.domain.chain import HASH_ZERO, Link, SealedEvent, event_hash
from app.domain.day import DayFigures, DaySpan, TillDay
from app.domain.events import Basis, basis_of
from app.domain.numbering import local_time
from app.domain.receipt import JobState
from app.domain.sale import Sale, TenderKind
from app.domain.shift import Shift, ShiftFigures, ShiftTotals
from app.domain.spending import Hold, HoldState, SaleReturn
from app.domain.staff import Attempts
from app.errors import Refusal
from app.ids import EventId, MemberId, ShiftId, StaffId
from app.services.ports import (
    AuditEntry,
    Effect,
    Moved,
    NewJob,
    OwnMember,
    PendingEvent,
    PrintJob,
    SaleSummary,
)
from app.store import shift_rows

EPOCH = 1
NOW_MS = 1_796_538_780_000  # 2026-12-06 14:33 in Shanghai, as on the receipt of the pictures


HOLD_WAYS = {
    HoldState.HELD: (HoldState.ASKED,),
    HoldState.USED: (HoldState.HELD,),
    HoldState.RELEASED: (HoldState.ASKED, HoldState.HELD),
}


@dataclass
class Truth:
    """What till.db would hold. A transaction works on a copy and puts it in place when it commits."""

    events: list[SealedEvent] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    effect_times: list[int] = field(default_factory=list)
    effect_events: list[str] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    returns: list[SaleReturn] = field(default_factory=list)
    holds: dict[str, Hold] = field(default_factory=dict)
    own_members: list[OwnMember] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
    closed_ms: dict[ShiftId, int] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)
    jobs: list[PrintJob] = field(default_factory=list)
    attempts: dict[StaffId, Attempts] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    steps: dict[tuple[str, int], None] = field(default_factory=dict)
    free_numbers: dict[str, list[str]] = field(default_factory=dict)

    def copy(self) -> Truth:
        return Truth(
            *(list(part) if isinstance(part, list) else dict(part) for part in self._parts()[:-1]),  # type: ignore[arg-type]
            {series: list(numbers) for series, numbers in self.free_numbers.items()},
        )

    def take_over(self, other: Truth) -> None:
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(other, name))

    def head(self) -> Link:
        if not self.events:
            return Link(EPOCH, 0, HASH_ZERO)
        last = self.events[-1]
        return Link(EPOCH, last.seq, last.hash)

    def _parts(self) -> list[object]:
        return [getattr(self, name) for name in self.__dataclass_fields__]


class FakeTransaction:
    """One transaction over a copy of the truth."""

    def __init__(self, truth: Truth, now_ms: int) -> None:
        self.draft = truth.copy()
        self.committed = False
        self._now_ms = now_ms

    def head(self) -> Link:
        return self.draft.head()

    def next_number(self, counter: str) -> int:
        self.draft.counters[counter] = self.draft.counters.get(counter, 0) + 1
        return self.draft.counters[counter]

    def take_number(self, series: str) -> str:
        free = self.draft.free_numbers.get(series, [])
        if not free:
            raise Refusal("numbers_used_up", series=series)
        return free.pop(0)

    def append(self, event: SealedEvent, effects: tuple[Effect, ...] = ()) -> None:
        head = self.head()
        assert event.seq == head.seq + 1, "an event must follow the head"
        assert event.hash == event_hash(head.hash, event.raw), "an event must be hashed over the head"
        assert all(known.event_id != event.event_id for known in self.draft.events), "an event id is used once"
        self.draft.events.append(event)
        self.draft.effects.extend(effects)
        self.draft.effect_times.extend([event.at_ms] * len(effects))
        self.draft.effect_events.extend([event.event_id] * len(effects))

    def add_sale(self, sale: Sale) -> None:
        self.draft.sales.append(sale)

    def add_return(self, back: SaleReturn) -> None:
        assert self.draft.events[-1].event_id == back.event_id, "the event of a return comes first"
        self.draft.returns.append(back)

    def add_hold(self, hold: Hold) -> None:
        assert hold.hold_id not in self.draft.holds, "a hold id is never used again"
        self.draft.holds[hold.hold_id] = hold

    def move_hold(self, hold_id: str, state: HoldState) -> None:
        hold = self.draft.holds.get(hold_id)
        if hold is None or hold.state not in HOLD_WAYS.get(state, ()):
            raise Refusal("hold_gone")
        self.draft.holds[hold_id] = replace(hold, state=state)

    def add_member(self, member: OwnMember) -> None:
        self.draft.own_members.append(member)

    def open_shift(self, shift: Shift) -> None:
        self.draft.shifts.append(shift)

    def close_shift(self, shift_id: ShiftId, closed_ms: int) -> None:
        if shift_id in self.draft.closed_ms:
            raise Refusal("shift_closed")
        self.draft.closed_ms[shift_id] = closed_ms

    def take_step(self, member_id: MemberId, step: int, forget_before: int) -> bool:
        self.draft.steps = {one: None for one in self.draft.steps if one[1] >= forget_before}
        fresh = (member_id, step) not in self.draft.steps
        self.draft.steps[member_id, step] = None
        return fresh

    def add_audit(self, entry: AuditEntry) -> None:
        self.draft.audit.append(entry)

    def add_job(self, job: NewJob) -> int:
        number = len(self.draft.jobs) + 1
        self.draft.jobs.append(
            PrintJob(number, job.event_id, job.kind, JobState.QUEUED, job.payload, job.model, job.copy_no, self._now_ms)
        )
        return number

    def set_attempts(self, staff_id: StaffId, attempts: Attempts) -> None:
        self.draft.attempts[staff_id] = attempts

    def commit(self) -> None:
        self.committed = True


class FakeBook:
    """The till's truth in memory. `refuse_with` makes the next commit fail, as a full disk does."""

    def __init__(self, truth: Truth, clock_ms: int = 0) -> None:
        self.truth = truth
        self.clock_ms = clock_ms
        self.refuse_with: Exception | None = None

    @contextmanager
    def begin(self) -> Iterator[FakeTransaction]:
        transaction = FakeTransaction(self.truth, self.clock_ms)
        yield transaction
        if transaction.committed:
            if self.refuse_with is not None:
                raise self.refuse_with
            self.truth.take_over(transaction.draft)

    def head(self) -> Link:
        return self.truth.head()

    def open_shift(self) -> Shift | None:
        return next((shift for shift in reversed(self._open_shifts())), None)

    def open_shift_of(self, staff_id: StaffId) -> Shift | None:
        return next((shift for shift in reversed(self._open_shifts()) if shift.staff_id == staff_id), None)

    def _open_shifts(self) -> list[Shift]:
        return [shift for shift in self.truth.shifts if shift.shift_id not in self.truth.closed_ms]

    def shift_totals(self, shift_id: ShiftId) -> ShiftTotals:
        """Sales, returns and cash of the shift; what till.db sums in SQL."""
        undone = {back.of for back in self.truth.returns if back.undo}
        mine = [sale for sale in self.truth.sales if sale.shift_id == shift_id]
        sales = [sale for sale in mine if sale.event_id not in undone]
        back = [one for one in self.truth.returns if one.shift_id == shift_id and not one.undo]
        paid = [tender for sale in sales for tender in sale.tenders]
        returned = [tender for one in back for tender in one.tenders]
        return ShiftTotals(
            sales=len(sales),
            member_sales=sum(sale.member_id is not None or sale.card is not None for sale in sales),
            undone=len(mine) - len(sales),
            returns=len(back),
            enrolments=len(self.truth.own_members),
            gross_minor=sum(line.qty * line.unit_minor for sale in sales for line in sale.basket.lines),
            net_minor=sum(sale.result.payable_minor for sale in sales),
            refund_minor=sum(one.refund_minor for one in back),
            points_issued=sum(sale.result.earned for sale in sales),
            points_redeemed=sum(sale.result.redeemed for sale in sales),
            sold={kind: sum(one.minor or 0 for one in paid if one.kind is kind) for kind in TenderKind},
            refunded={kind: sum(one.minor or 0 for one in returned if one.kind is kind) for kind in TenderKind},
            topped_up=shift_rows.topped_up(
                raw["body"]
                for event in self.truth.events
                if event.type == "stored_value_topup" and (raw := json.loads(event.raw))["body"]["shift_id"] == shift_id
            ),
            moves=tuple(
                shift_rows.move(raw)
                for event in self.truth.events
                if event.type == "cash_move" and (raw := json.loads(event.raw))["body"]["shift_id"] == shift_id
            ),
        )

    def shift_figures(self, shift_id: ShiftId) -> ShiftFigures:
        undone = {back.of for back in self.truth.returns if back.undo}
        sales = [sale for sale in self.truth.sales if sale.shift_id == shift_id and sale.event_id not in undone]
        return ShiftFigures(
            sales=len(sales),
            member_sales=sum(sale.member_id is not None or sale.card is not None for sale in sales),
            enrolments=len(self.truth.own_members),
            gross_minor=sum(sale.result.payable_minor for sale in sales),
        )

    def day(self, span: DaySpan, *, waiting_only: bool = False) -> DayFigures:
        undone = {back.of for back in self.truth.returns if back.undo}
        sales = [one for one in self.truth.sales if one.business_on == span.on and one.event_id not in undone]
        back = [one for one in self.truth.returns if one.business_on == span.on and not one.undo]
        hours = [0] * 24
        for sale in sales:
            hours[local_time(sale.at_ms, span.zone).hour] += sale.result.payable_minor
        return DayFigures(
            sales=len(sales),
            returns=len(back),
            gross_minor=sum(line.qty * line.unit_minor for sale in sales for line in sale.basket.lines),
            net_minor=sum(one.result.payable_minor for one in sales) - sum(one.refund_minor for one in back),
            members=sum(sale.member_id is not None or sale.card is not None for sale in sales),
            enrolments=len(self.truth.own_members),
            points_issued=sum(sale.result.earned for sale in sales),
            points_redeemed=sum(sale.result.redeemed for sale in sales),
            by_hour=tuple(hours),
        )

    def till_day(self, span: DaySpan) -> TillDay:
        sales = [one for one in self.truth.sales if one.business_on == span.on]
        members = [sale for sale in sales if sale.member_id is not None or sale.card is not None]
        others = [sale for sale in sales if sale not in members]
        enrolled = [json.loads(event.raw)["body"] for event in self.truth.events if event.type == "enrolment"]
        return TillDay(
            member_minor=sum(sale.result.payable_minor for sale in members),
            other_minor=sum(sale.result.payable_minor for sale in others),
            member_sales=len(members),
            other_sales=len(others),
            board={StaffId(body["staff_id"]): 1 for body in enrolled},
            approvals=sum(entry.kind == "override" for entry in self.truth.audit),
            drawer_opened=sum(entry.kind == "no_sale" for entry in self.truth.audit),
            undone=sum(back.undo for back in self.truth.returns),
        )

    def last_sale(self, shift_id: ShiftId) -> SaleSummary | None:
        for sale in reversed(self.truth.sales):
            if sale.shift_id == shift_id:
                job = next((job for job in reversed(self.truth.jobs) if job.event_id == sale.event_id), None)
                return SaleSummary(
                    sale.event_id,
                    sale.receipt_no,
                    sale.at_ms,
                    sale.result.payable_minor,
                    sale.result.earned,
                    sale.member_id,
                    sale.card,
                    job.job_id if job else None,
                    job.state if job else None,
                )
        return None

    def sale(self, event_id: EventId) -> Sale | None:
        return next((sale for sale in self.truth.sales if sale.event_id == event_id), None)

    def basis(self, event_id: EventId) -> Basis | None:
        raw = next((event.raw for event in self.truth.events if event.event_id == event_id), None)
        return None if raw is None else basis_of(json.loads(raw))

    def sale_by_receipt(self, receipt_no: str) -> Sale | None:
        return next((sale for sale in self.truth.sales if sale.receipt_no == receipt_no), None)

    def points_moved(self, event_id: EventId) -> Effect | None:
        moved = zip(self.truth.effect_events, self.truth.effects, strict=False)
        return next((one for event, one in moved if event == event_id and one.of is Moved.POINTS), None)

    def returns_of(self, event_id: EventId) -> tuple[SaleReturn, ...]:
        return tuple(back for back in self.truth.returns if back.of == event_id)

    def open_holds(self) -> tuple[Hold, ...]:
        return tuple(hold for hold in self.truth.holds.values() if hold.state in (HoldState.ASKED, HoldState.HELD))

    def pending_count(self) -> int:
        return len(self.truth.events)

    def pending(self, limit: int) -> tuple[PendingEvent, ...]:
        found = []
        for event in list(reversed(self.truth.events))[:limit]:
            raw = json.loads(event.raw)
            points = raw["body"].get("result", {}).get("earned")
            found.append(
                PendingEvent(event.seq, event.type, event.at_ms, raw.get("member_id"), raw.get("card"), points)
            )
        return tuple(found)

    def attempts(self, staff_id: StaffId) -> Attempts:
        return self.truth.attempts.get(staff_id, Attempts())

    def oldest_pending_ms(self) -> int | None:
        return self.truth.events[0].at_ms if self.truth.events else None

    def last_job(self, event_id: EventId) -> PrintJob | None:
        return next((job for job in reversed(self.truth.jobs) if job.event_id == event_id), None)

    def disk_free_bytes(self) -> int:
        return 20_000_000_000
