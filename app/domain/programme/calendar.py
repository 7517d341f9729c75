"""Days of the programme: when a lot expires, a tier starts and ends, a birthday falls. Dates only, no clock."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from app.domain.programme.document import (
    BirthdaySpan,
    Effective,
    Expiry,
    ExpiryKind,
    Period,
    Tiers,
    Validity,
)

BIRTHDAY_WEEK_DAYS = 3
"""`birthday = "week"` is this many days before and after."""


def plus_days(day: date, days: int) -> date:
    return day + timedelta(days=days)


def plus_months(day: date, months: int) -> date:
    """The same day of a later month, the last one where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def expires_on(expiry: Expiry, earned_on: date) -> date | None:
    """The first day a lot earned on `earned_on` can no longer be used; None: never."""
    if expiry.kind is ExpiryKind.NEVER:
        return None
    if expiry.kind is ExpiryKind.END_OF:
        month = 1 if expiry.unit is Period.YEAR else earned_on.month
        start = date(earned_on.year, month, 1)
        return plus_months(start, expiry.months + (12 if expiry.unit is Period.YEAR else 1))
    return plus_days(plus_months(earned_on, expiry.months), expiry.days)


def effective_on(tiers: Tiers, qualified_on: date) -> date:
    """The first day of a level reached on `qualified_on`."""
    if tiers.effective is Effective.FIRST_OF_NEXT_MONTH:
        return plus_months(qualified_on.replace(day=1), 1)
    return plus_days(qualified_on, 1 if tiers.effective is Effective.NEXT_DAY else 0)


def valid_until(tiers: Tiers, qualified_on: date) -> date | None:
    """The last day of a level reached on `qualified_on`; None: for ever."""
    if tiers.valid is Validity.END_OF_NEXT_YEAR:
        return date(qualified_on.year + 1, 12, 31)
    if tiers.valid is Validity.MONTHS:
        return plus_days(plus_months(qualified_on, tiers.valid_months), -1)
    return None


def birthday_in(born_on: date, year: int) -> date:
    """The birthday in a year; 29 February counts as the 28th in other years."""
    return plus_months(born_on, 12 * (year - born_on.year))


def birthday_holds(span: BirthdaySpan, born_on: date, day: date) -> bool:
    """Whether `day` is the birthday, within three days of it, or in its month."""
    if span is BirthdaySpan.MONTH:
        return day.month == born_on.month
    reach = BIRTHDAY_WEEK_DAYS if span is BirthdaySpan.WEEK else 0
    years = (day.year - 1, day.year, day.year + 1)
    return any(abs((birthday_in(born_on, year) - day).days) <= reach for year in years)
