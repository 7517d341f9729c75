"""Why these points: for one basket what every rule gave, line by line, and of each that gave nothing the first reason.

explain(programme, account, basket, moment)    # a basket now; None as account: an anonymous one
explain_sold(programme, account, sold, now)    # a receipt of the past, with the points it promised
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.programme.account import Account, Entry, Status
from app.domain.programme.document import BASE_RULE, Earn, EarnRule, Programme, RuleKind, When
from app.domain.programme.due import advance
from app.domain.programme.earn import Goods, before_caps, lines_of, share_lines, used_up
from app.domain.programme.sale import sell
from app.domain.programme.when import Circumstances, Moment, circumstances, first_failed, matching
from app.domain.sale import Basket, Line
from app.errors import Refusal


class Reason(StrEnum):
    """Why a rule gave nothing. Those up to BRANDS are conditions, named as under `when` in the document."""

    TIERS = "tiers"
    TAGS = "tags"
    SEGMENTS = "segments"
    STORES = "stores"
    REGIONS = "regions"
    CHANNELS = "channels"
    WEEKDAYS = "weekdays"
    HOURS = "hours"
    FROM = "from"
    UNTIL = "until"
    BIRTHDAY = "birthday"
    NTH_PURCHASE = "nth_purchase"
    TENDER = "tender"
    MIN_SPEND = "min_spend_minor"
    SKUS = "skus"
    CATEGORIES = "categories"
    BRANDS = "brands"
    ANONYMOUS = "anonymous"
    """Nobody to give points to."""
    LIMIT = "limit_per_member"
    NOT_KNOWN = "not_known"
    """How often the rule was used is not known here: head office counts it."""
    NO_MONEY = "no_money"
    """Its goods are excluded, free, or paid with what does not earn."""
    BETTER_RULE = "better_rule"
    """Stacking "best": another rule multiplies these lines by more; `found` names it."""
    ROUNDING = "rounding"
    """Less than the smallest step."""
    CAP = "cap"
    """A cap of the programme left no room."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The first reason a rule gave nothing: what the rule wants and what there was, as the document writes values."""

    reason: Reason
    wanted: tuple[str, ...] = ()
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """One rule; `base` comes first. `by_line` are (line, points), scaled; `refused` is None when it gave points.

    `after_days` > 0: the points follow so many days later. `cut` are points a cap took off it.
    """

    rule: str
    kind: RuleKind | None
    by_line: tuple[tuple[int, int], ...] = ()
    refused: Refused | None = None
    after_days: int = 0
    cut: int = 0

    @property
    def applied(self) -> bool:
        return self.refused is None

    @property
    def points(self) -> int:
        return sum(points for _line, points in self.by_line)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every rule's answer, and the money of each line that points were counted from."""

    rules: tuple[RuleAnswer, ...]
    eligible_minor: tuple[int, ...]

    @property
    def points(self) -> int:
        """All points, to follow included, scaled."""
        return sum(answer.points for answer in self.rules)


@dataclass(frozen=True, slots=True)
class SoldGoods:
    """What a receipt of the past was: its lines, the money that earned on each, and what each rule gave."""

    lines: tuple[Line, ...]
    eligible_minor: tuple[int, ...]
    entries: tuple[Entry, ...]


def explain(programme: Programme, account: Account | None, basket: Basket, moment: Moment) -> Explanation:
    """What `compute_sale` gives this basket and why. Refusals are those of `compute_sale`."""
    if account is None:
        nobody = Refused(Reason.ANONYMOUS)
        answers = [RuleAnswer(BASE_RULE, None, refused=nobody)]
        answers += [RuleAnswer(rule.id, rule.kind, refused=nobody) for rule in programme.earn.rules]
        return Explanation(tuple(answers), tuple(0 for _line in basket.lines))
    if account.status is Status.BLOCKED:
        raise Refusal("member_blocked")
    sold = sell(programme, advance(programme, account, moment.day, head_office=False), basket, moment)
    goods = SoldGoods(basket.lines, sold.receipt.eligible, sold.purchase.entries)
    now = circumstances(sold.account, moment, sold.tier, sold.receipt.paid.kinds)
    return explain_sold(programme, sold.account, goods, now)


def explain_sold(programme: Programme, account: Account, goods: SoldGoods, now: Circumstances) -> Explanation:
    """Why a receipt gave the points of `goods.entries`; `account` and `now` are as they were known at its time."""
    asked = _Asked(Goods(programme.earn, goods.lines, goods.eligible_minor), account, now)
    whole = before_caps(asked.goods, now, account)
    answers = []
    for name, rule in [(BASE_RULE, None), *((rule.id, rule) for rule in programme.earn.rules)]:
        given = [entry for entry in goods.entries if entry.rule == name and entry.points]
        uncut = sum(entry.points for entry in whole if entry.rule == name)
        points = sum(entry.points for entry in given)
        refused = None if given else _refused(asked, rule) or Refused(Reason.CAP if uncut else Reason.ROUNDING)
        answers.append(
            RuleAnswer(
                rule=name,
                kind=rule.kind if rule else None,
                by_line=tuple((entry.line, entry.points) for entry in given),
                refused=refused,
                after_days=rule.post_after_days if rule else 0,
                cut=max(0, uncut - points) if given else 0,
            )
        )
    return Explanation(tuple(answers), goods.eligible_minor)


@dataclass(frozen=True, slots=True)
class _Asked:
    goods: Goods
    account: Account
    now: Circumstances


def _refused(asked: _Asked, rule: EarnRule | None) -> Refused | None:
    """The first reason before rounding and caps; None: the rule acts."""
    if rule is None:
        return None if any(minor > 0 for minor in asked.goods.eligible) else Refused(Reason.NO_MONEY)
    if rule.limit_per_member is not None and used_up(rule, asked.account):
        return _limited(rule.id, rule.limit_per_member, asked.account)
    failed = first_failed(rule.when, asked.now)
    if failed is not None:
        reason = Reason(failed)
        return Refused(reason, _wanted(rule.when, reason), _found(asked.now, reason))
    return _goods_missing(asked.goods, rule.when) or _outbid(asked, rule)


def _limited(rule: str, limit: int, account: Account) -> Refused:
    if not account.known:
        return Refused(Reason.NOT_KNOWN, (str(limit),))
    return Refused(Reason.LIMIT, (str(limit),), (str(account.rule_uses(rule)),))


def _goods_missing(goods: Goods, when: When) -> Refused | None:
    """The first of the conditions about goods and their money that leaves no line."""
    if when.skus and not matching(When(skus=when.skus), goods.lines):
        return Refused(Reason.SKUS, tuple(sorted(when.skus)))
    if when.categories and not matching(When(skus=when.skus, categories=when.categories), goods.lines):
        return Refused(Reason.CATEGORIES, tuple(sorted(when.categories)))
    numbers = matching(when, goods.lines)
    if when.brands and not numbers:
        return Refused(Reason.BRANDS, tuple(sorted(when.brands)))
    spent = sum(goods.eligible[number] for number in numbers)
    if spent <= 0:
        return Refused(Reason.NO_MONEY)
    if spent < when.min_spend_minor:
        return Refused(Reason.MIN_SPEND, (str(when.min_spend_minor),), (str(spent),))
    return None


def _outbid(asked: _Asked, rule: EarnRule) -> Refused | None:
    """A multiply rule all of whose lines another one multiplies by more."""
    if rule.kind is not RuleKind.MULTIPLY:
        return None
    rules = _multiplying(asked.goods.earn, asked.account)
    where = {one.id: lines_of(asked.goods, one, asked.now) for one in rules}
    shares = share_lines(asked.goods.earn, rules, where)
    if shares[rule.id]:
        return None
    winners = tuple(one.id for one in rules if not shares[one.id].isdisjoint(where[rule.id]))
    return Refused(Reason.BETTER_RULE, found=winners)


def _multiplying(earn: Earn, account: Account) -> Sequence[EarnRule]:
    return [rule for rule in earn.rules if rule.kind is RuleKind.MULTIPLY and not used_up(rule, account)]


def _wanted(when: When, reason: Reason) -> tuple[str, ...]:
    """The values a condition of the document asks for."""
    field = {"from": "from_on", "until": "until_on"}.get(reason.value, reason.value)
    value = getattr(when, field)
    if isinstance(value, frozenset):
        return tuple(str(one) for one in sorted(value))
    if isinstance(value, tuple):
        return tuple(f"{one:%H:%M}" for one in value)
    return (value.isoformat() if isinstance(value, date) else str(value),)


def _found(now: Circumstances, reason: Reason) -> tuple[str, ...]:
    """What there was instead; nothing where it says something about the person (tags, segments, birthday)."""
    moment = now.moment
    found = {
        Reason.TIERS: now.tier,
        Reason.STORES: moment.store or None,
        Reason.REGIONS: moment.region or None,
        Reason.CHANNELS: moment.channel,
        Reason.WEEKDAYS: str(moment.at.isoweekday()),
        Reason.HOURS: f"{moment.at:%H:%M}",
        Reason.FROM: moment.day.isoformat(),
        Reason.UNTIL: moment.day.isoformat(),
        Reason.NTH_PURCHASE: None if now.nth is None else str(now.nth),
    }
    if reason is Reason.TENDER:
        return tuple(sorted(now.tenders))
    one = found.get(reason)
    return () if one is None else (one,)
