"""Facts about a member, as rows of the wire carry them or a scenario seeds them, turned into an account.

The till builds `AccountFacts` with `from_rows` from its cached `member`, `account` and `coupon` rows (wire.md, "Rows");
without an account row `known` is False: the balance, tier and past are unknown and only the base rate and rules that
ask nothing of the member apply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from app.domain.key_names import name_of
from app.domain.programme.account import Account, Coupon, Earlier, Lot, Paid, Status, ToFollow
from app.domain.programme.calendar import valid_until
from app.domain.programme.document import Programme
from app.domain.programme.tiers import level_at


@dataclass(frozen=True, slots=True)
class LotFacts:
    """A lot that exists; `available_on` None: it can be used already."""

    amount: int
    earned_on: date
    expires_on: date | None = None
    available_on: date | None = None


@dataclass(frozen=True, slots=True)
class FollowFacts:
    """Points still to be posted (wire.md `to_follow`)."""

    amount: int
    on: date
    rule: str


@dataclass(frozen=True, slots=True)
class CouponFacts:
    """A coupon held."""

    coupon_id: str
    type: str
    issued_on: date
    expires_on: date
    used: bool = False


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What is known of a member and their points account. `counters` as in wire.md, as of `counters_on`."""

    member_id: str
    status: Status = Status.ACTIVE
    known: bool = True
    enrolled_on: date | None = None
    birthday_on: date | None = None
    tags: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    tier: str | None = None
    tier_until_on: date | None = None
    qualifying: int = 0
    lots: tuple[LotFacts, ...] = ()
    to_follow: tuple[FollowFacts, ...] = ()
    debt: int = 0
    coupons: tuple[CouponFacts, ...] = ()
    stamps: Mapping[str, int] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)
    counters_on: date | None = None


RULE_COUNTER = "rule."


def open_account(programme: Programme, facts: AccountFacts, day: date) -> Account:
    """The account that these facts describe, as it stands at the start of `day`."""
    rule_uses = {
        name_of(name.removeprefix(RULE_COUNTER)): count
        for name, count in facts.counters.items()
        if name.startswith(RULE_COUNTER)
    }
    tier, until = _seeded_tier(programme, facts, day)
    earlier = Earlier(
        on=facts.counters_on or day,
        tier=tier,
        tier_until=until,
        qualifying=facts.qualifying,
        purchases=facts.counters.get("receipts", 0),
        day_points=facts.counters.get("day", 0),
        year_points=facts.counters.get("year", 0),
        rule_uses=rule_uses,
    )
    reached = _levels_up_to(programme, tier)
    return Account(
        member=facts.member_id,
        day=day - timedelta(days=1),
        status=facts.status,
        known=facts.known,
        enrolled_on=facts.enrolled_on,
        birthday_on=facts.birthday_on,
        tags=facts.tags,
        segments=facts.segments,
        lots=tuple(_lot(facts.member_id, number, lot) for number, lot in enumerate(facts.lots)),
        to_follow=tuple(
            ToFollow(f"{facts.member_id}:before:{number}", one.rule, one.amount, one.on, one.on)
            for number, one in enumerate(facts.to_follow)
        ),
        debt=facts.debt,
        coupons=tuple(
            Coupon(one.coupon_id, one.type, one.issued_on, one.expires_on, "before" if one.used else None)
            for one in facts.coupons
        ),
        stamps=dict(facts.stamps),
        earlier=(earlier,),
        paid=tuple(Paid(level, "", 0) for level in reached),
        posted=len(facts.lots),
    )


def unknown_account(card: str, day: date) -> Account:
    """The account of a member or card the till knows nothing about: points go to it, head office resolves it."""
    return Account(card, day, known=False)


def _lot(member: str, number: int, lot: LotFacts) -> Lot:
    key = f"{member}:before:{number}"
    return Lot(key, key, lot.amount, lot.earned_on, lot.expires_on, lot.available_on or lot.earned_on, number)


def _seeded_tier(programme: Programme, facts: AccountFacts, day: date) -> tuple[str | None, date | None]:
    """The tier in force and its last day: as given, else what `qualifying` reaches."""
    if programme.tiers is None:
        return None, None
    named = any(level.id == facts.tier for level in programme.tiers.levels)
    tier = facts.tier if named else level_at(programme.tiers, facts.qualifying)
    if tier is None or facts.tier_until_on is not None or programme.tiers.threshold(tier) == 0:
        return tier, facts.tier_until_on
    return tier, valid_until(programme.tiers, day)


def _levels_up_to(programme: Programme, tier: str | None) -> Sequence[str]:
    if programme.tiers is None or tier is None:
        return ()
    top = programme.tiers.threshold(tier)
    return [level.id for level in programme.tiers.levels if level.threshold <= top]


Row = Mapping[str, Any]
"""A row's JSON as in wire.md, already checked when it was read from the feed."""


def from_rows(member: Row, account: Row | None, coupons: Iterable[Row] = ()) -> AccountFacts:
    """Facts from the cached rows of one member; `account` None: its points account is not cached."""
    account = account or {}
    lots = [
        LotFacts(one["amount"], _day(one["earned_on"]), _maybe(one, "expires_on")) for one in account.get("lots", ())
    ]
    for one in account.get("pending", ()):
        available_on = _day(one["available_on"])
        lots.append(LotFacts(one["amount"], available_on, None, available_on))
    return AccountFacts(
        member_id=member["id"],
        status=Status(member.get("status", Status.ACTIVE)),
        known=bool(account),
        enrolled_on=_maybe(member, "enrolled_on"),
        birthday_on=_maybe(member, "birthday_on"),
        tags=frozenset(member.get("tags", ())),
        segments=frozenset(member.get("segments", ())),
        tier=account.get("tier"),
        tier_until_on=_maybe(account, "tier_until_on"),
        qualifying=account.get("qualifying", 0),
        lots=tuple(lots),
        to_follow=tuple(
            FollowFacts(one["amount"], _day(one["on"]), one["rule"]) for one in account.get("to_follow", ())
        ),
        debt=account.get("debt", 0),
        coupons=tuple(_coupon(one) for one in coupons),
        counters=dict(account.get("counters", {})),
        counters_on=_maybe(account, "counters_on"),
    )


def _coupon(row: Row) -> CouponFacts:
    return CouponFacts(
        coupon_id=row["id"],
        type=row["coupon_type"],
        issued_on=_day(row["issued_on"]),
        expires_on=_day(row["expires_on"]),
        used=row["state"] == "used",
    )


def _day(raw: str) -> date:
    return date.fromisoformat(raw)


def _maybe(row: Row, key: str) -> date | None:
    return _day(row[key]) if key in row else None
