"""How a member stands: when the tier ends, what is missing for the next one or to keep it, what is still to come."""

from __future__ import annotations

from app.domain.member import Coming, Member, MemberStanding, PointsAccount, TierGap
from app.domain.programme.document import Level, Metric, Programme, Tiers, Validity, Window
from app.services.settings import tier_name
from app.services.till import Till


def standing(till: Till, member: Member, programme: Programme, today: str) -> MemberStanding:
    """From the cached row; what is missing is not known while sales made here are not in it."""
    account, tiers = member.account, programme.tiers
    if account is None:
        return MemberStanding()
    scale = 10**programme.points_scale
    vesting = _still(account.vesting, today)
    follow = _still(account.to_follow, today)
    known = tiers is not None and not member.own_events
    return MemberStanding(
        tier_until=account.tier_until_on,
        ahead=_ahead(till, account, tiers, scale) if tiers and known else None,
        keep=_keep(till, account, tiers, scale) if tiers and known else None,
        debt=-(-account.debt // scale),
        vesting=sum(one.amount for one in vesting) // scale,
        vesting_on=min((one.on for one in vesting), default=None),
        to_follow=sum(one.amount for one in follow) // scale,
        to_follow_on=min((one.on for one in follow), default=None),
    )


def _still(coming: tuple[Coming, ...], today: str) -> list[Coming]:
    return [one for one in coming if one.on > today]


def _ahead(till: Till, account: PointsAccount, tiers: Tiers, scale: int) -> TierGap | None:
    level = _level(tiers, account.next_tier)
    if level is None or level.threshold <= account.qualifying:
        return None
    return _gap(till, tiers, level, account.qualifying, scale)


def _keep(till: Till, account: PointsAccount, tiers: Tiers, scale: int) -> TierGap | None:
    """Another term: what the window still lacks of the threshold; nothing to do for a tier that never ends."""
    level = _level(tiers, account.tier)
    if level is None or not level.threshold or account.tier_until_on is None:
        return None
    if tiers.valid is Validity.FOREVER or tiers.window is Window.LIFETIME:
        return None
    return _gap(till, tiers, level, account.qualifying, scale)


def _level(tiers: Tiers, name: str | None) -> Level | None:
    return next((one for one in tiers.levels if one.id == name), None)


def _gap(till: Till, tiers: Tiers, level: Level, reached: int, scale: int) -> TierGap:
    missing = max(0, level.threshold - reached)
    if tiers.metric is Metric.POINTS:
        missing = -(-missing // scale)
    return TierGap(tiers.metric.value, missing, tier_name(till, level.id))
