"""What a screen may know of a member: masked, in whole points, with everything the glance column says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo
from functools import lru_cache

from app.domain.member import (
    Member,
    MemberStatus,
    MemberView,
    PointsAccount,
    balance_on,
    mask_card,
    mask_name,
    mask_phone,
)
from app.domain.numbering import local_time
from app.domain.programme.document import Metric, Programme
from app.ids import MemberId
from app.services.settings import tier_name
from app.services.standing import standing
from app.services.till import Till

EXPIRING_DAYS = 30
QUARTER_MS = 15 * 60 * 1000


def whole(points: int, programme: Programme) -> int:
    """Scaled points as screens and paper show them: rounded down, below zero too."""
    return int(points // 10**programme.points_scale)


def member_view(till: Till, member: Member) -> MemberView:
    """A member masked for the screen; figures are the cached row with this till's own events over it."""
    now_ms = till.clock.now_ms()
    programme, today = till.essentials.programme_at(now_ms), _today(now_ms // QUARTER_MS, till.place.zone)
    name, account = member.name or "", member.account
    cached = None if account is None else balance_on(account, today.iso)
    balance = None if cached is None else cached + member.own_points
    expiring, expiring_on = _expiring(account, today)
    tier = account.tier if account else None
    to_next, percent = _to_next_tier(member, programme)
    birthday_on = member.birthday_on or ""
    return MemberView(
        member_id=member.member_id,
        card=mask_card(member.card) if member.card else "",
        name=mask_name(name),
        avatar=name[:1],
        phone=mask_phone(member.phone) if member.phone else "",
        initials=member.initials,
        status=member.status,
        tier=tier,
        tier_name=tier_name(till, tier),
        points=None if balance is None else whole(balance, programme),
        pending_points=whole(member.own_points, programme),
        worth_minor=_worth(balance, programme),
        usable_points=None if balance is None else _usable(till, balance, programme),
        expiring_points=whole(expiring, programme),
        expiring_on=expiring_on,
        birthday=birthday_on[5:],
        birthday_hint=birthday_on[5:7] == today.month,
        to_next_tier_minor=to_next,
        next_tier_name=tier_name(till, account.next_tier if account else None),
        tier_progress_percent=percent,
        merging=account is not None and account.merging,
        last_visit=_last_visit(till, account, today),
        enrolled_here=member.ver == 0,
        standing=standing(till, member, programme, today.iso),
    )


def card_view(till: Till, number: str) -> MemberView:
    """A card number nobody is known for: no name, no balance, only what this till gave to it."""
    programme = till.essentials.programme_at(till.clock.now_ms())
    return replace(
        EMPTY, card=mask_card(number), pending_points=whole(till.members.own_points_of_card(number), programme)
    )


def new_member_view(member_id: MemberId, card: str, personal: Mapping[str, str]) -> MemberView:
    """A member enrolled this moment: nothing earned yet, no tier until head office gives one."""
    return replace(
        EMPTY,
        member_id=member_id,
        card=mask_card(card),
        name=mask_name(personal.get("name", "")),
        avatar=personal.get("name", "")[:1],
        phone=mask_phone(personal.get("phone", "")),
        birthday=personal.get("birthday_on", "")[5:],
        points=0,
        usable_points=0,
        enrolled_here=True,
    )


EMPTY = MemberView(
    member_id=None,
    card="",
    name="",
    avatar="",
    phone="",
    initials="",
    status=MemberStatus.ACTIVE,
    tier=None,
    tier_name="",
    points=None,
    pending_points=0,
    worth_minor=None,
    usable_points=None,
    expiring_points=0,
    expiring_on=None,
    birthday="",
    birthday_hint=False,
    to_next_tier_minor=None,
    next_tier_name="",
    tier_progress_percent=0,
    merging=False,
    last_visit="",
    enrolled_here=False,
)


def _usable(till: Till, balance: int, programme: Programme) -> int:
    """Whole points that can be spent now: nothing is lent to this till, so only while head office answers."""
    return whole(max(0, balance), programme) if till.head_office.is_online() else 0


def _worth(balance: int | None, programme: Programme) -> int | None:
    if balance is None or programme.redeem is None:
        return None
    return programme.redeem.value(max(0, balance))


@dataclass(frozen=True, slots=True)
class _Today:
    """A day as the views compare it; dates are ISO text, which sorts as days do."""

    day: date
    iso: str
    month: str
    soonest: str
    latest: str


@lru_cache(maxsize=8)
def _today(quarter: int, zone: tzinfo) -> _Today:
    """The day of a quarter of an hour since 1970: midnights everywhere fall on one."""
    day = local_time(quarter * QUARTER_MS, zone).date()
    # Usable today and no longer than EXPIRING_DAYS from now; `expires_on` itself is the day after the last one.
    soonest, latest = day + timedelta(days=1), day + timedelta(days=EXPIRING_DAYS + 1)
    return _Today(day, day.isoformat(), f"{day.month:02d}", soonest.isoformat(), latest.isoformat())


def _expiring(account: PointsAccount | None, today: _Today) -> tuple[int, str | None]:
    """Points whose last day is within EXPIRING_DAYS, and the first of those days."""
    points, first = 0, ""
    for lot in account.lots if account else ():
        ends = lot.expires_on
        if ends is not None and today.soonest <= ends <= today.latest:
            points += lot.amount
            first = ends if not first or ends < first else first
    return points, (date.fromisoformat(first) - timedelta(days=1)).isoformat() if first else None


def _to_next_tier(member: Member, programme: Programme) -> tuple[int | None, int]:
    """Spend still missing for the next tier (None where another metric counts), and how far along in percent.

    None and 0 when sales made here are not in the cached row yet: then nobody knows.
    """
    account, tiers = member.account, programme.tiers
    if account is None or tiers is None or member.own_events:
        return None, 0
    goal, start = None, 0
    for level in tiers.levels:
        if level.id == account.next_tier:
            goal = level.threshold
        elif level.id == account.tier:
            start = level.threshold
    if goal is None:
        return None, 0
    done = min(max(account.qualifying - start, 0), goal - start)
    missing = max(0, goal - account.qualifying) if tiers.metric is Metric.SPEND else None
    return missing, done * 100 // max(1, goal - start)


def _last_visit(till: Till, account: PointsAccount | None, today: _Today) -> str:
    if account is None or account.last_visit_ms is None:
        return ""
    days = (today.day - local_time(account.last_visit_ms, till.place.zone).date()).days
    return f"{max(0, days)}|{(account.last_store_id or '').upper()}|{account.last_total_minor or 0}"
