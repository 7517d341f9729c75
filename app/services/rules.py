"""The bridge to the programme: from a cart and what this till knows of the customer to the sale's result and basis.

What an offline till cannot know is never guessed in the customer's favour twice: a rule limited per member, or meant
for the nth purchase, gives nothing while the count is not known here; head office recomputes with the basis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.domain.events import Basis
from app.domain.holdings import HeldCoupon
from app.domain.key_names import key_of
from app.domain.member import Member, PointsAccount, balance_on
from app.domain.money import half_up
from app.domain.numbering import local_time
from app.domain.programme.account import Account, Coupon, Earlier, Lot, Status
from app.domain.programme.calendar import expires_on
from app.domain.programme.document import Programme, RuleKind
from app.domain.programme.price import reward_of, reward_points
from app.domain.programme.sale import SaleOutcome, compute_sale
from app.domain.programme.tiers import standing
from app.domain.programme.when import Circumstances, Moment, circumstances
from app.domain.sale import Basket, RewardUse, SaleResult, Tender, TenderKind
from app.services.benefits import StampLine
from app.services.members import Customer
from app.services.paper import PointsBlock
from app.services.till import Till
from app.services.views import whole

PURCHASES_UNKNOWN = 1_000_000_000
"""Past purchases of a member whose count is not known here: no rule for an nth purchase is near it."""
TAX_PERCENT_CHARS_MAX = 8


@dataclass(frozen=True, slots=True)
class Computed:
    """A sale as the programme sees it. `balance` is what the customer had before, scaled; None: not known here."""

    programme: Programme
    outcome: SaleOutcome
    basis: Basis
    today: date
    tier: str | None
    balance: int | None
    to_next_tier_minor: int | None

    @property
    def result(self) -> SaleResult:
        return self.outcome.result


@dataclass(frozen=True, slots=True)
class Ready:
    """What a sale now is computed from. `account` None: an anonymous one; `balance` as in `Computed`."""

    programme: Programme
    account: Account | None
    moment: Moment
    member: Member | None
    balance: int | None


def ready(
    till: Till,
    basket: Basket,
    customer: Customer | None,
    tenders: tuple[Tender, ...],
    coupons: tuple[HeldCoupon, ...] = (),
) -> Ready:
    """The programme valid now and what is known of the customer. Two look-ups."""
    now_ms = till.clock.now_ms()
    programme = till.essentials.programme_at(now_ms)
    at = local_time(now_ms, programme.zone)
    member = till.members.by_id(customer.member_id) if customer and customer.member_id else None
    account = _account(till, programme, customer, member, at=at)
    points = member.account if member else None
    cached = balance_on(points, at.date().isoformat()) if points else None
    balance = cached + member.own_points if member and cached is not None else None
    if account is not None:
        needed = _reward_points(programme, basket.rewards)
        lots = _spendable(balance or 0, tenders, at.date(), needed)
        account = replace(account, lots=lots, coupons=tuple(map(_coupon, coupons)))
    moment = Moment("sale", at, store=till.place.store_id, region=till.place.region_id)
    return Ready(programme, account, moment, member, balance)


def compute(
    till: Till,
    basket: Basket,
    customer: Customer | None,
    tenders: tuple[Tender, ...],
    coupons: tuple[HeldCoupon, ...] = (),
) -> Computed:
    """Price the basket and compute its points with the programme valid now. Pure but for two look-ups.

    `coupons` are those behind the types the basket names; no other is used.

    Refusal `member_blocked`, and those of `compute_sale`.
    """
    known = ready(till, basket, customer, tenders, coupons)
    points = known.member.account if known.member else None
    outcome = compute_sale(known.programme, known.account, replace(basket, tenders=tenders), known.moment)
    return Computed(
        programme=known.programme,
        outcome=outcome,
        basis=_basis(known.programme, known.member, known.account),
        today=known.moment.day,
        tier=points.tier if points else None,
        balance=known.balance,
        to_next_tier_minor=customer.view.to_next_tier_minor if customer else None,
    )


def circumstances_now(till: Till, customer: Customer | None) -> Circumstances:
    """What conditions look at here and now, before anything is paid."""
    now_ms = till.clock.now_ms()
    programme = till.essentials.programme_at(now_ms)
    at = local_time(now_ms, programme.zone)
    member = till.members.by_id(customer.member_id) if customer and customer.member_id else None
    account = _account(till, programme, customer, member, at=at)
    tier = standing(programme.tiers, account, at.date()).tier if account else None
    moment = Moment("sale", at, store=till.place.store_id, region=till.place.region_id)
    return circumstances(account, moment, tier, frozenset())


def balance_of(till: Till, customer: Customer | None) -> int | None:
    """Scaled points of the customer, own sales included; None: not known here."""
    member = till.members.by_id(customer.member_id) if customer and customer.member_id else None
    return member.account.balance + member.own_points if member and member.account else None


def today(till: Till, programme: Programme) -> date:
    """The day at the programme's place."""
    return local_time(till.clock.now_ms(), programme.zone).date()


def points_block(computed: Computed, stamps: tuple[StampLine, ...] = ()) -> PointsBlock:
    """What the paper says about points."""
    programme = computed.programme
    left = computed.to_next_tier_minor
    if left is not None:
        left -= computed.outcome.purchase.kept_spend_minor
    ends, vesting = expires_on(programme.expiry, computed.today), programme.earn.available_after_days
    before = None if computed.balance is None else whole(computed.balance, programme)
    used = whole(computed.result.redeemed, programme)
    moved = computed.result.earned - computed.result.redeemed
    after = None if computed.balance is None else whole(computed.balance + moved, programme)
    return PointsBlock(
        before=before,
        earned=whole(computed.result.earned, programme) if before is None or after is None else after - before + used,
        used=used,
        factor=_factor(computed),
        valid_until=ends - timedelta(days=1) if ends else None,
        to_next_tier_minor=left if left is not None and left > 0 else None,
        usable_from=computed.today + timedelta(days=vesting) if vesting else None,
        to_follow=whole(computed.result.to_follow, programme),
        stamps=stamps,
        parts=_parts(computed),
    )


def _parts(computed: Computed) -> tuple[tuple[str, int], ...]:
    """What each rule gave, in whole points; nothing where the sum and the tier's factor say it all."""
    found: dict[str, int] = {}
    for because in computed.result.because:
        found[because.rule] = found.get(because.rule, 0) + because.points
    shown = tuple((rule, whole(points, computed.programme)) for rule, points in found.items() if points)
    return shown if len(shown) > (2 if _factor(computed) else 1) else ()


def _coupon(held: HeldCoupon) -> Coupon:
    issued_on, expires_on = date.fromisoformat(held.issued_on), date.fromisoformat(held.expires_on)
    return Coupon(held.coupon_id, held.type, issued_on, expires_on, "before" if held.used else None)


def _reward_points(programme: Programme, rewards: tuple[RewardUse, ...]) -> int:
    """What the rewards of a basket cost."""
    known = [(reward_of(programme, use.id), use) for use in rewards]
    return sum(reward_points(reward, use) for reward, use in known if reward is not None)


def _spendable(balance: int, tenders: tuple[Tender, ...], today: date, needed: int) -> tuple[Lot, ...]:
    """What may be spent: what tenders and rewards name was held at head office; "the most" is within the balance."""
    wanted = [tender for tender in tenders if tender.kind is TenderKind.POINTS]
    if any(tender.max_points for tender in wanted):
        amount = max(needed, balance)
    else:
        amount = needed + sum(tender.points or 0 for tender in wanted)
    return (Lot("held", "held", amount, today, None, today, 0),) if amount else ()


def tax_inside(charged_minor: int, percent: str) -> int:
    """The tax inside a price that includes it, half up; percent as decimal text. Not a percent: no tax."""
    if len(percent) > TAX_PERCENT_CHARS_MAX or not percent.replace(".", "", 1).isdecimal():
        return 0
    numerator, denominator = Decimal(percent).as_integer_ratio()
    return half_up(charged_minor * numerator, 100 * denominator + numerator)


def _account(
    till: Till, programme: Programme, customer: Customer | None, member: Member | None, *, at: datetime
) -> Account | None:
    if customer is None:
        return None
    given = _given_here(till, programme, customer, at)
    if member is None or member.account is None:
        name = customer.member_id or customer.card or ""
        return Account(name, at.date(), _status(member), known=False, earlier=(given,))
    return Account(
        member=member.member_id,
        day=at.date(),
        status=_status(member),
        enrolled_on=date.fromisoformat(member.enrolled_on),
        birthday_on=date.fromisoformat(member.birthday_on) if member.birthday_on else None,
        tags=frozenset(member.tags),
        segments=frozenset(member.segments),
        earlier=(_earlier(programme, member, member.account, given),),
    )


def _status(member: Member | None) -> Status:
    return Status(member.status.value) if member else Status.ACTIVE


def _given_here(till: Till, programme: Programme, customer: Customer, at: datetime) -> Earlier:
    """Points of own events that head office does not count yet, today and this year; asked only for a cap."""
    key, earn = customer.account_id or customer.card, programme.earn
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    day = year = 0
    if key is not None and earn.max_points_per_day is not None:
        day = till.members.own_points_since(key, _ms(midnight))
    if key is not None and earn.max_points_per_calendar_year is not None:
        year = till.members.own_points_since(key, _ms(midnight.replace(month=1, day=1)))
    return Earlier(at.date(), day_points=day, year_points=year)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def _earlier(programme: Programme, member: Member, account: PointsAccount, given: Earlier) -> Earlier:
    counters, new_here = account.counters, member.ver == 0
    today = given.on.isoformat()
    same_day, same_year = account.counters_on == today, account.counters_on[:4] == today[:4]
    return Earlier(
        on=given.on,
        tier=account.tier,
        tier_until=date.fromisoformat(account.tier_until_on) if account.tier_until_on else None,
        qualifying=account.qualifying,
        purchases=member.own_events + (0 if new_here else counters.get("receipts", PURCHASES_UNKNOWN)),
        day_points=given.day_points + (counters.get("day", 0) if same_day else 0),
        year_points=given.year_points + (counters.get("year", 0) if same_year else 0),
        rule_uses=_rule_uses(programme, counters, certain=member.own_events == 0 and (new_here or bool(counters))),
    )


def _rule_uses(programme: Programme, counters: Mapping[str, int], *, certain: bool) -> dict[str, int]:
    """How often each limited rule was used; while that is not certain it counts as used up."""
    limits = {rule.id: rule.limit_per_member for rule in programme.earn.rules if rule.limit_per_member is not None}
    return {name: counters.get(f"rule.{key_of(name)}", 0) if certain else limit for name, limit in limits.items()}


def _basis(programme: Programme, member: Member | None, account: Account | None) -> Basis:
    """What was computed with: every figure of the past that a rule may read, as this till took it."""
    counters = counters_of(account.earlier[0], account.day) if account is not None else {}
    if member is None or account is None or member.account is None:
        return Basis(programme.name, counters=counters)
    return Basis(
        programme=programme.name,
        account_ver=member.account.ver,
        tier=standing(programme.tiers, account, account.day).tier,
        tags=member.tags,
        segments=member.segments,
        counters=counters,
    )


def counters_of(earlier: Earlier, today: date) -> dict[str, int]:
    """The figures of the past that rules read on that day, as a basis names them (wire.md, "Events")."""
    uses = {f"rule.{key_of(rule)}": count for rule, count in earlier.rule_uses.items()}
    found = {
        "receipts": earlier.purchases,
        "day": earlier.day_points if earlier.on == today else 0,
        "year": earlier.year_points if earlier.on.year == today.year else 0,
        "qualifying": earlier.qualifying,
        **uses,
    }
    return {name: count for name, count in found.items() if count > 0}


def _factor(computed: Computed) -> str:
    """The multiplier of the tier's rule that gave points on this sale, as `1.2`; empty without one."""
    gave = {because.rule for because in computed.result.because}
    for rule in computed.programme.earn.rules:
        if rule.kind is RuleKind.MULTIPLY and computed.tier in rule.when.tiers and rule.id in gave:
            return f"{(Decimal(rule.factor.numerator) / rule.factor.denominator).normalize():f}"
    return ""
