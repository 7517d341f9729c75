"""Tiers: which levels a member's kept purchases reach, from when until when (programme.md, "Tiers")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from app.domain.programme.account import Account, Purchase
from app.domain.programme.calendar import effective_on, plus_days, valid_until
from app.domain.programme.document import Metric, Tiers, Window


@dataclass(frozen=True, slots=True)
class Grant:
    """A level in force from `start` up to and including `end`; None: for ever."""

    level: str
    start: date
    end: date | None

    def in_force(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Standing:
    """The level in force and its last day; both None without tiers."""

    tier: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class _Fact:
    """Something that counts from `on`; `triggers` where that day may grant or renew a level."""

    on: date
    amount: int
    triggers: bool = True


def standing(tiers: Tiers | None, account: Account, day: date) -> Standing:
    """The highest level in force on `day`."""
    if tiers is None or not account.known:
        return Standing()
    grants = [grant for grant in _all_grants(tiers, account, day) if grant.in_force(day)]
    for level in reversed(tiers.levels):
        ends = [grant.end for grant in grants if grant.level == level.id]
        if ends:
            return Standing(level.id, None if None in ends else max(end for end in ends if end))
    return Standing()


def first_days(tiers: Tiers, account: Account, day: date) -> dict[str, date]:
    """Levels the purchases reached and that are effective by `day`, with their first effective day."""
    found: dict[str, date] = {}
    for grant in reached(tiers, account, day):
        if grant.start <= day:
            found[grant.level] = min(found.get(grant.level, grant.start), grant.start)
    return found


def reached(tiers: Tiers, account: Account, day: date) -> list[Grant]:
    """Every grant and renewal by purchases that qualified up to `day`. Levels at threshold 0 need none."""
    if not account.purchases:
        return []  # what was before them grants nothing again
    facts = sorted((fact for fact in _facts(tiers, account) if fact.on <= day), key=lambda fact: fact.on)
    grants: list[Grant] = []
    total = first = 0
    for qualified_on, same_day in groupby(facts, key=lambda fact: fact.on):
        today = list(same_day)
        total += sum(fact.amount for fact in today)
        start = _window_start(tiers, qualified_on)
        while facts[first].on < start:
            total -= facts[first].amount
            first += 1
        if any(fact.triggers for fact in today):
            grants.extend(
                Grant(level.id, effective_on(tiers, qualified_on), valid_until(tiers, qualified_on))
                for level in tiers.levels
                if 0 < level.threshold <= total
            )
    return grants


def qualifying(tiers: Tiers, account: Account, day: date) -> int:
    """The metric reached in the window that ends on `day`."""
    start = _window_start(tiers, day)
    return sum(fact.amount for fact in _facts(tiers, account) if start <= fact.on <= day)


def level_at(tiers: Tiers, amount: int) -> str | None:
    """The highest level whose threshold `amount` reaches."""
    return next((level.id for level in reversed(tiers.levels) if level.threshold <= amount), None)


def _window_start(tiers: Tiers, day: date) -> date:
    if tiers.window is Window.CALENDAR_YEAR:
        return date(day.year, 1, 1)
    if tiers.window is Window.ROLLING_DAYS:
        return plus_days(day, 1 - tiers.rolling_days)
    return date.min


def _all_grants(tiers: Tiers, account: Account, day: date) -> list[Grant]:
    given = [Grant(level.id, date.min, None) for level in tiers.levels if level.threshold == 0]
    given += [Grant(one.tier, one.on, one.tier_until) for one in account.earlier if one.tier is not None]
    return given + reached(tiers, account, day)


def _facts(tiers: Tiers, account: Account) -> list[_Fact]:
    before = [_Fact(one.on, one.qualifying, triggers=False) for one in account.earlier]
    kept = [sale for sale in account.purchases if sale.kept]
    if tiers.metric is Metric.VISITS:
        return before + _visits(kept)
    points = tiers.metric is Metric.POINTS
    days: dict[date, int] = {}  # a fact per day, not per sale: an account may have thousands
    for sale in kept:
        amount = sale.kept_points if points else sale.kept_spend_minor
        days[sale.qualifies_on] = days.get(sale.qualifies_on, 0) + amount
    return before + [_Fact(on, amount) for on, amount in days.items()]


def _visits(kept: Sequence[Purchase]) -> list[_Fact]:
    """One per sale day, counted from the earliest qualifying day of its sales."""
    days: dict[date, date] = {}
    for sale in kept:
        days[sale.on] = min(days.get(sale.on, sale.qualifies_on), sale.qualifies_on)
    return [_Fact(on, 1) for on in days.values()]
