"""The next day on which something of an account changes by itself: what a nightly run has to look at, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from app.domain.programme.account import Account
from app.domain.programme.calendar import birthday_in, plus_days
from app.domain.programme.document import GiftOn, Programme, Tiers, Window
from app.domain.programme.tiers import qualifying, reached

YEARS_TO_A_BIRTHDAY = 2


def next_due(programme: Programme, account: Account) -> date | None:
    """The first day after the account's own on which points vest, expire or are posted, a tier begins or ends, its
    window moves on, a coupon expires or a birthday is given for. None: nothing ever does.
    """
    return min((day for day in _days(programme, account) if day > account.day), default=None)


def _days(programme: Programme, account: Account) -> Iterator[date]:
    lots = [lot for lot in account.lots if lot.amount]
    yield from {lot.available_on for lot in lots}
    yield from {lot.expires_on for lot in lots if lot.expires_on is not None}
    yield from (one.on for one in account.to_follow)
    yield from (one.expires_on for one in account.coupons if not one.used)
    if programme.tiers is not None and account.known:
        yield from _tier_days(programme.tiers, account)
    yield from _gift_days(programme, account)


def _tier_days(tiers: Tiers, account: Account) -> Iterator[date]:
    yield from {sale.qualifies_on for sale in account.purchases if sale.kept}
    for grant in reached(tiers, account, account.day):
        yield grant.start
        if grant.end is not None:
            yield plus_days(grant.end, 1)
    for one in account.earlier:
        yield one.on
        if one.tier_until is not None:
            yield plus_days(one.tier_until, 1)
    if tiers.window is Window.ROLLING_DAYS:
        yield from (plus_days(sale.qualifies_on, tiers.rolling_days) for sale in account.purchases if sale.kept)
        yield from (plus_days(one.on, tiers.rolling_days) for one in account.earlier if one.qualifying)
    if tiers.window is Window.CALENDAR_YEAR and qualifying(tiers, account, account.day):
        yield date(account.day.year + 1, 1, 1)


def _gift_days(programme: Programme, account: Account) -> Iterator[date]:
    occasions = {gift.on for gift in programme.gifts}
    if GiftOn.BIRTHDAY in occasions and account.birthday_on is not None:
        for year in range(account.day.year, account.day.year + YEARS_TO_A_BIRTHDAY):
            yield birthday_in(account.birthday_on, year)
    if GiftOn.ENROLMENT in occasions and account.enrolled_on is not None:
        yield account.enrolled_on
