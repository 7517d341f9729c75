"""Points of a receipt per line and per rule: base rate, multipliers, rates, per unit, bonuses, then caps. Exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import lcm

from app.domain.money import half_up, largest_remainder
from app.domain.programme.account import Account, Entry
from app.domain.programme.document import BASE_RULE, Earn, EarnRule, Rounding, RuleKind, Scope, Stacking, Tax
from app.domain.programme.tender import Settlement
from app.domain.programme.when import Circumstances, holds, matching
from app.domain.sale import Line


def eligible_money(earn: Earn, lines: Sequence[Line], charged: Sequence[int], paid: Settlement) -> tuple[int, ...]:
    """Money of each line that earns: charged, less points and stored value, excluded goods out, tax off last."""
    eligible = []
    for number, line in enumerate(lines):
        money = charged[number]
        if not earn.points_tender_earns:
            money -= paid.points_by_line[number]
        if not earn.stored_value_tender_earns:
            money -= paid.stored_by_line[number]
        if line.category in earn.exclude_categories or line.sku in earn.exclude_skus:
            money = 0
        if earn.tax is Tax.EXCLUDED and money:
            money -= half_up(money * line.tax_minor, line.charged_minor)
        eligible.append(money)
    return tuple(eligible)


@dataclass(frozen=True, slots=True)
class Goods:
    """What rules look at: lines and their eligible money."""

    earn: Earn
    lines: Sequence[Line]
    eligible: Sequence[int]


def entries_for(
    earn: Earn, lines: Sequence[Line], eligible: Sequence[int], *, now: Circumstances, account: Account
) -> tuple[Entry, ...]:
    """Points of a member's sale, base first, then the rules as listed; used-up rules left out, capped."""
    return _capped(earn, before_caps(Goods(earn, lines, eligible), now, account), now, account)


def before_caps(receipt: Goods, now: Circumstances, account: Account) -> tuple[Entry, ...]:
    """What the base rate and every rule that is not used up would give if there were no caps."""
    return _entries(receipt, tuple(rule for rule in receipt.earn.rules if not used_up(rule, account)), now)


def used_up(rule: EarnRule, account: Account) -> bool:
    """Whether the rule gave its last points to this member, or nobody here knows how often it did."""
    if rule.limit_per_member is None:
        return False
    return not account.known or account.rule_uses(rule.id) >= rule.limit_per_member


def _entries(receipt: Goods, rules: Sequence[EarnRule], now: Circumstances) -> tuple[Entry, ...]:
    where = {rule.id: lines_of(receipt, rule, now) for rule in rules}
    multiply = [rule for rule in rules if rule.kind is RuleKind.MULTIPLY]
    amounts = _base(receipt, multiply, share_lines(receipt.earn, multiply, where))
    for rule in rules:
        if where[rule.id] and rule.kind is not RuleKind.MULTIPLY:
            amounts[rule.id] = _added(receipt, rule, where[rule.id])
    delays = {rule.id: rule.post_after_days for rule in rules}
    return tuple(
        Entry(name, line, points, delays.get(name, 0))
        for name in [BASE_RULE, *(rule.id for rule in rules)]
        for line, points in sorted(amounts.get(name, {}).items())
        if points
    )


def lines_of(receipt: Goods, rule: EarnRule, now: Circumstances) -> list[int]:
    """The lines with eligible money a rule acts on; none when a condition does not hold."""
    if not holds(rule.when, now):
        return []
    numbers = [number for number in matching(rule.when, receipt.lines) if receipt.eligible[number] > 0]
    spent = sum(receipt.eligible[number] for number in numbers)
    return numbers if spent >= rule.when.min_spend_minor else []


def share_lines(earn: Earn, rules: Sequence[EarnRule], where: dict[str, list[int]]) -> dict[str, frozenset[int]]:
    """The lines each multiply rule multiplies: all of its own, or with "best" those where none is higher."""
    if earn.stacking is Stacking.ADD:
        return {rule.id: frozenset(where[rule.id]) for rule in rules}
    best: dict[int, EarnRule] = {}
    for rule in sorted(rules, key=lambda rule: rule.factor, reverse=True):
        for line in where[rule.id]:
            best.setdefault(line, rule)
    return {rule.id: frozenset(line for line, one in best.items() if one is rule) for rule in rules}


def _pieces(receipt: Goods, number: int) -> list[tuple[int, int]]:
    """What of a line is rounded by itself: (money, how many alike).

    In unit scope a line's money is split over its units by largest remainder.
    """
    minor = receipt.eligible[number]
    if receipt.earn.rounding_scope is Scope.LINE:
        return [(minor, 1)]
    qty = receipt.lines[number].qty
    low, more = divmod(minor, qty)
    return [(low + 1, more), (low, qty - more)]


def _base(receipt: Goods, rules: Sequence[EarnRule], shares: dict[str, frozenset[int]]) -> dict[str, dict[int, int]]:
    """Base points and what each multiplier added, by rule and line; the sum of a scope is rounded once."""
    acting = [rule for rule in rules if shares[rule.id]]
    unit = lcm(*(rule.factor.denominator for rule in acting))
    everything = frozenset(number for number, minor in enumerate(receipt.eligible) if minor > 0)
    steps = [(BASE_RULE, everything, unit)]
    steps += [(rule.id, shares[rule.id], int((rule.factor - 1) * unit)) for rule in acting]
    if not everything:
        return {}
    if receipt.earn.rounding_scope is Scope.RECEIPT:
        return _base_of_receipt(receipt, steps, unit)
    amounts: dict[str, dict[int, int]] = {name: {} for name, _, _ in steps}
    for number in everything:
        factors = [(amounts[name], factor) for name, lines, factor in steps if number in lines]
        _base_of_line(receipt, number, factors, unit)
    return amounts


def _base_of_receipt(
    receipt: Goods, steps: Sequence[tuple[str, frozenset[int], int]], unit: int
) -> dict[str, dict[int, int]]:
    """Whole receipt: base × Σ factor × money of the rule's lines ÷ all money, one exact quotient, shared over lines."""
    earn, eligible = receipt.earn, receipt.eligible
    amounts = {}
    whole = sum(eligible)
    product, divisor = _product(earn, whole, earn.points, earn.per_minor)
    exact = given = 0
    for name, lines, factor in steps:
        numbers = sorted(lines)
        money = [eligible[number] for number in numbers]
        exact += product * factor * sum(money)
        rounded = _rounded(exact, divisor * unit * whole, earn.rounding)
        amounts[name] = dict(zip(numbers, largest_remainder(rounded - given, money), strict=True))
        given = rounded
    return amounts


def _base_of_line(receipt: Goods, number: int, factors: Sequence[tuple[dict[int, int], int]], unit: int) -> None:
    """One line, or each of its units: add what the base and each multiplier give to their amounts."""
    earn = receipt.earn
    for minor, count in _pieces(receipt, number):
        product, divisor = _product(earn, minor, earn.points, earn.per_minor)
        exact = given = 0
        for amounts, factor in factors:
            exact += product * factor
            rounded = _rounded(exact, divisor * unit, earn.rounding)
            amounts[number] = amounts.get(number, 0) + (rounded - given) * count
            given = rounded


def _product(earn: Earn, minor: int, points: int, per_minor: int) -> tuple[int, int]:
    """Points of an amount as an exact quotient."""
    if earn.rounding is Rounding.WHOLE_STEPS:
        return minor // per_minor * points, 1
    return minor * points, per_minor


def _rounded(numerator: int, denominator: int, rounding: Rounding) -> int:
    if rounding is Rounding.CEIL:
        return -(-numerator // denominator)
    if rounding is Rounding.HALF_UP:
        return half_up(numerator, denominator)
    return numerator // denominator


def _added(receipt: Goods, rule: EarnRule, numbers: Sequence[int]) -> dict[int, int]:
    """What a rate, per_unit or bonus rule adds, by line."""
    if rule.kind is RuleKind.PER_UNIT:
        return {number: rule.points * receipt.lines[number].qty for number in numbers}
    money = [receipt.eligible[number] for number in numbers]
    if rule.kind is RuleKind.BONUS:
        return dict(zip(numbers, largest_remainder(rule.points, money), strict=True))
    if receipt.earn.rounding_scope is Scope.RECEIPT:
        points = _rate(receipt.earn, rule, sum(money))
        return dict(zip(numbers, largest_remainder(points, money), strict=True))
    return {
        number: sum(_rate(receipt.earn, rule, minor) * count for minor, count in _pieces(receipt, number))
        for number in numbers
    }


def _rate(earn: Earn, rule: EarnRule, minor: int) -> int:
    product, divisor = _product(earn, minor, rule.points, rule.per_minor)
    return _rounded(product, divisor, earn.rounding)


def _capped(earn: Earn, given: tuple[Entry, ...], now: Circumstances, account: Account) -> tuple[Entry, ...]:
    day = now.moment.day
    rooms = [
        earn.max_points_per_receipt,
        _room(earn.max_points_per_day, account.points_on(day)),
        _room(earn.max_points_per_calendar_year, account.points_in(day.year)),
    ]
    allowed = min((room for room in rooms if room is not None), default=None)
    total = sum(entry.points for entry in given)
    if allowed is None or total <= allowed:
        return given
    parts = largest_remainder(allowed, [entry.points for entry in given])
    return tuple(replace(entry, points=part) for entry, part in zip(given, parts, strict=True) if part)


def _room(cap: int | None, used: int) -> int | None:
    return None if cap is None else max(0, cap - used)
