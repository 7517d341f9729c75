"""Points as money: how many this basket takes, what so many do to it, and the hold they are paid by (holding.py)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.programme.document import Programme, Redeem
from app.domain.sale import Tender, TenderKind
from app.domain.spending import Hold, Spend
from app.errors import Refusal
from app.ids import AccountId
from app.services import checkout, holding
from app.services.checkout import Cart, Quote
from app.services.holding import Codes, Wanted
from app.services.ports import HoldAnswer
from app.services.till import Outcome, Session, Till
from app.services.views import whole

CODES = Codes("hold_refused", "hold_unanswered")


class Limit(StrEnum):
    """What stops more points on this basket."""

    BALANCE = "balance"
    SHARE = "share"
    RECEIPT = "receipt"
    GOODS = "goods"


@dataclass(frozen=True, slots=True)
class Room:
    """How many points this basket takes, in whole points; `least` and `step` as the programme says.

    `balance` is what the member has as far as this till knows; head office decides when it is asked.
    """

    balance: int
    most: int
    most_minor: int
    least: int
    step: int
    limit: Limit
    share_percent: int
    excluded: tuple[str, ...] = ()
    """Goods on this receipt that points cannot pay for, by name."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What `points` whole points do to this sale: before and after, for the screen."""

    points: int
    minor: int
    before: Quote
    after: Quote


@dataclass(frozen=True, slots=True)
class Ask:
    """A hold that is in till.db and may now be asked for."""

    hold: Hold
    minor: int


def check(till: Till, cart: Cart) -> AccountId:
    """The account points would come from. Refusal `redeem_not_offered`, `redeem_no_member`, `redeem_no_account`,
    `redeem_merging`, `cart_empty`, and `redeem_offline` while head office does not answer: this till was lent none."""
    _redeem(till)
    if cart.customer is None:
        raise Refusal("redeem_no_member")
    if not cart.basket.lines:
        raise Refusal("cart_empty")
    if cart.customer.account_id is None:
        raise Refusal("redeem_no_account")
    if cart.customer.view.merging:
        raise Refusal("redeem_merging")
    if not till.head_office.is_online():
        raise Refusal("redeem_offline")
    return cart.customer.account_id


def room(till: Till, cart: Cart) -> Room:
    """How many points this basket takes. Refusal as in `check`, `redeem_no_room` when it takes none."""
    check(till, cart)
    computed = checkout.compute(till, cart, (Tender(TenderKind.POINTS, max_points=True),))
    programme, redeem = computed.programme, _redeem(till)
    tender = computed.outcome.tenders[0]
    most, balance = tender.points or 0, max(0, (computed.balance or 0) - cart.reward_points)
    if not most:
        raise Refusal("redeem_no_room", usable=whole(balance, programme), least=whole(redeem.min_points, programme))
    return Room(
        balance=whole(balance, programme),
        most=whole(most, programme),
        most_minor=tender.minor or 0,
        least=whole(redeem.min_points, programme),
        step=max(1, whole(redeem.step_points, programme)),
        limit=_limit(redeem, most, balance, computed.result.payable_minor),
        share_percent=redeem.max_share_percent,
        excluded=_excluded(redeem, cart),
    )


def _excluded(redeem: Redeem, cart: Cart) -> tuple[str, ...]:
    lines = (line for line in cart.basket.lines if line.category in redeem.exclude_categories)
    return tuple(dict.fromkeys(line.name or line.sku or line.category or "" for line in lines))


def preview(till: Till, cart: Cart, points: int) -> Preview:
    """What so many whole points would do. Refusal of the programme: `below_minimum`, `not_a_step`, `over_share`,
    `insufficient_points`; and as in `check`."""
    spend = _priced(till, cart, points)
    bare = replace(cart, spend=None)
    return Preview(points, spend.minor, checkout.quote(till, bare), checkout.quote(till, replace(cart, spend=spend)))


def begin(till: Till, session: Session, cart: Cart, points: int) -> Ask:
    """Write down the hold that is about to be asked for; durable when it returns. Refusal as in `preview`."""
    spend = _priced(till, cart, points)
    member_id = cart.customer.member_id if cart.customer else None
    return Ask(holding.begin(till, session, Wanted(spend.account_id, spend.points, member_id)), spend.minor)


def settle(till: Till, asked: Ask, answer: HoldAnswer) -> Outcome[Spend]:
    """The answer becomes points the cart may pay with, or the hold is released.

    Refusal, when the release is durable: `hold_too_few`, `hold_refused`, `hold_unanswered`.
    """
    hold = asked.hold
    left = holding.settle(till, hold, answer, CODES)
    if left is not None:
        programme = _programme(till)
        raise Refusal("hold_too_few", usable=whole(left, programme), needed=whole(hold.points, programme))
    return Outcome(Spend(hold.hold_id, hold.account_id, hold.points, asked.minor), frozenset(), provisional=False)


def _priced(till: Till, cart: Cart, points: int) -> Spend:
    """So many whole points as a spend of this cart, checked by the programme, without a hold yet."""
    account_id = check(till, cart)
    programme = _programme(till)
    scaled = points * 10**programme.points_scale
    if scaled <= 0:
        raise Refusal("below_minimum", points=points, least=whole(_redeem(till).min_points, programme))
    limits = room(till, cart)
    if points > limits.balance:
        raise Refusal("insufficient_points", usable=limits.balance, needed=points)
    computed = checkout.compute(till, cart, (Tender(TenderKind.POINTS, points=scaled),))
    return Spend("", account_id, scaled, computed.outcome.tenders[0].minor or 0)


def _limit(redeem: Redeem, most: int, balance: int, payable_minor: int) -> Limit:
    """Which limit the most runs into: the first that one more step would break."""
    more = most + redeem.step_points
    if more > balance:
        return Limit.BALANCE
    if redeem.max_points is not None and more > redeem.max_points:
        return Limit.RECEIPT
    return Limit.SHARE if redeem.value(more) > payable_minor * redeem.max_share_percent // 100 else Limit.GOODS


def _redeem(till: Till) -> Redeem:
    redeem = _programme(till).redeem
    if redeem is None:
        raise Refusal("redeem_not_offered")
    return redeem


def _programme(till: Till) -> Programme:
    return till.essentials.programme_at(till.clock.now_ms())
