"""Today: the figures of the day from what this till has, the store's where head office sent them; nothing is asked.

The store's day is head office's row plus this till's own facts that are still waiting; without the row it is this
till's day alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.domain import receipt as paper_model
from app.domain.day import DayFigures, DaySpan, TillDay
from app.domain.numbering import business_on, local_time
from app.domain.programme.document import Programme
from app.domain.receipt import Receipt
from app.domain.staff import Approval, Capability
from app.domain.template import PaperKind, Row
from app.services import approvals, paper, settings, shift_paper
from app.services.paper import Sheet
from app.services.ports import AuditEntry, NewJob
from app.services.till import Outcome, Session, Till, Topic
from app.services.views import whole

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Staffed:
    """One person's enrolments."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Today:
    """The day so far. `store`: figures are the whole store's. `before`: the same weekday last week, None: not known.

    Points are whole; `redeemed_minor` is what the points spent were worth. `hour` is the hour now: `before` is compared
    up to its beginning. `waiting` facts of this till are not at head office yet, and counted.
    """

    business_on: str
    at_ms: int
    weekday: int
    hour: int
    first_hour: int
    store: bool
    figures: DayFigures
    before: DayFigures | None
    till: TillDay
    board: tuple[Staffed, ...]
    points_issued: int
    points_redeemed: int
    redeemed_minor: int
    enrolments_goal: int
    waiting: int

    def until_hour(self, figures: DayFigures) -> int:
        """Money of the hours that are over."""
        hours = [(self.first_hour + step) % 24 for step in range((self.hour - self.first_hour) % 24)]
        return sum(figures.by_hour[hour] for hour in hours)

    @property
    def change_percent(self) -> int | None:
        """Against the same weekday last week up to the hour now; None without anything to compare."""
        if self.before is None or not self.until_hour(self.before):
            return None
        then, now = self.until_hour(self.before), self.until_hour(self.figures)
        return (now - then) * 100 // then


def today(till: Till, session: Session, approval: Approval | None = None) -> Today:
    """The day so far. Refusals of `approvals.check` for somebody who may not see it alone."""
    if Capability.REPORTS not in session.may:
        approvals.check(till, session, approval, Capability.REPORTS)
    now_ms = till.clock.now_ms()
    programme = till.essentials.programme_at(now_ms)
    day = date.fromisoformat(business_on(now_ms, programme.zone, programme.business_day_starts))
    span, last_week = _span(programme, day), _span(programme, day - timedelta(days=WEEK_DAYS))
    row, row_before = till.members.store_day(span.on), till.members.store_day(last_week.on)
    if row is None:
        figures, before = till.book.day(span), till.book.day(last_week)
    else:
        figures, before = row.plus(till.book.day(span, waiting_only=True)), row_before or DayFigures()
    own = till.book.till_day(span)
    redeemed_minor = programme.redeem.value(figures.points_redeemed) if programme.redeem else 0
    return Today(
        business_on=span.on,
        at_ms=now_ms,
        weekday=day.weekday(),
        hour=local_time(now_ms, programme.zone).hour,
        first_hour=programme.business_day_starts.hour,
        store=row is not None,
        figures=figures,
        before=before if before.sales else None,
        till=own,
        board=_board(till, own),
        points_issued=whole(figures.points_issued, programme),
        points_redeemed=whole(figures.points_redeemed, programme),
        redeemed_minor=redeemed_minor,
        enrolments_goal=settings.read(till).enrolments_goal,
        waiting=till.book.pending_count(),
    )


def print_today(till: Till, session: Session, shown: Today) -> Outcome[int]:
    """The figures as they are shown, on paper; the print job."""
    receipt = _paper(till, shown)
    with till.book.begin() as write:
        write.add_audit(AuditEntry(till.clock.now_ms(), "day_report", session.staff_id, {"day": shown.business_on}))
        job_id = write.add_job(NewJob(None, "day", till.renderer.render(receipt), paper_model.to_json(receipt)))
        write.commit()
    return Outcome(job_id, frozenset({Topic.JOBS}), provisional=False)


def _span(programme: Programme, day: date) -> DaySpan:
    def starts(on: date) -> int:
        moment = datetime.combine(on, programme.business_day_starts, tzinfo=programme.zone)
        return int(moment.timestamp()) * 1000

    return DaySpan(day.isoformat(), starts(day), starts(day + timedelta(days=1)), programme.zone)


def _board(till: Till, own: TillDay) -> tuple[Staffed, ...]:
    found = [Staffed(shift_paper.staff_name(till, staff_id), count) for staff_id, count in own.board.items()]
    return tuple(sorted(found, key=lambda one: (-one.count, one.name)))


def _paper(till: Till, shown: Today) -> Receipt:
    figures = shown.figures
    values: Row = {
        "whole_store": shown.store,
        "business_on": shown.business_on,
        "net": figures.net_minor,
        "sales": figures.sales,
        "member_percent": figures.member_percent,
        "returns": figures.returns,
        "enrolments": figures.enrolments,
        "issued": shown.points_issued,
        "redeemed": shown.points_redeemed,
        "hours": [{"name": f"{hour:02d}:00", "amount": minor} for hour, minor in enumerate(figures.by_hour) if minor],
    }
    return paper.compose(till, Sheet(PaperKind.DAY, shown.at_ms, values))
