"""Why these points: of the basket before it is paid and of a receipt of this till, line by line and rule by rule.

A receipt's points are those it promised. Why a rule gave nothing then is answered from what the till knew then: the
event carries it (its basis).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from app.domain.events import Basis
from app.domain.numbering import local_time
from app.domain.programme.account import Account, Earlier
from app.domain.programme.document import Programme, RuleKind
from app.domain.programme.explain import Explanation, Reason, Refused, RuleAnswer, SoldGoods, explain, explain_sold
from app.domain.programme.when import Circumstances, Moment
from app.domain.sale import Line, Sale
from app.errors import Refusal
from app.ids import EventId
from app.services import purchases, rules
from app.services.checkout import Cart
from app.services.settings import rule_name, tier_name
from app.services.till import Till
from app.services.views import whole


@dataclass(frozen=True, slots=True)
class WhyLine:
    """One line: what of its money earns, and its points (whole) by rule."""

    name: str | None
    charged_minor: int
    eligible_minor: int
    points: int
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class WhyRule:
    """One rule: its points (whole) or the first reason it gave none. Rules and tiers are called by their names."""

    rule: str
    kind: RuleKind | None
    points: int
    refused: Refused | None
    after_days: int
    cut: int


@dataclass(frozen=True, slots=True)
class Why:
    """`receipt_no` is empty for a basket. `nobody`: there is no member to give points to."""

    lines: tuple[WhyLine, ...]
    rules: tuple[WhyRule, ...]
    points: int
    receipt_no: str = ""
    nobody: bool = False


def of_basket(till: Till, cart: Cart) -> Why:
    """The basket as it is. Refusal `cart_empty`, and those of `rules.compute`."""
    if not cart.basket.lines:
        raise Refusal("cart_empty")
    held = tuple(one.held for one in cart.coupons)
    known = rules.ready(till, cart.basket, cart.customer, cart.points_tenders, held)
    basket = replace(cart.basket, tenders=cart.points_tenders)
    told = explain(known.programme, known.account, basket, known.moment)
    return _why(till, known.programme, cart.basket.lines, told, nobody=cart.customer is None)


def of_receipt(till: Till, event_id: EventId) -> Why:
    """A sale of this till. Refusal `receipt_unknown`."""
    sale, basis = till.book.sale(event_id), till.book.basis(event_id)
    if sale is None or basis is None:
        raise Refusal("receipt_unknown")
    bought = purchases.own(till, sale, ())
    programme, purchase = bought.programme, bought.purchase
    moment = Moment(event_id, local_time(sale.at_ms, programme.zone), till.place.store_id, region=till.place.region_id)
    goods = SoldGoods(sale.basket.lines, tuple(line.eligible_minor for line in purchase.lines), purchase.entries)
    account = _account(till, sale, basis, moment.day)
    if account is None:
        nobody = Refused(Reason.ANONYMOUS)
        names = [("base", None), *((rule.id, rule.kind) for rule in programme.earn.rules)]
        told = Explanation(tuple(RuleAnswer(name, kind, refused=nobody) for name, kind in names), goods.eligible_minor)
    else:
        told = explain_sold(programme, account, goods, _then(sale, basis, account, moment))
    shown = _why(till, programme, sale.basket.lines, told, nobody=account is None)
    return replace(shown, receipt_no=sale.receipt_no)


def _account(till: Till, sale: Sale, basis: Basis, day: date) -> Account | None:
    """The account as the till knew it at that sale."""
    name = sale.member_id or sale.card
    if name is None:
        return None
    member = till.members.by_id(sale.member_id) if sale.member_id else None
    counters = basis.counters
    earlier = Earlier(
        on=day,
        purchases=counters.get("receipts", 0),
        day_points=counters.get("day", 0),
        year_points=counters.get("year", 0),
        rule_uses={name.removeprefix("rule."): count for name, count in counters.items() if name.startswith("rule.")},
    )
    return Account(
        member=name,
        day=day,
        known=basis.account_ver is not None,
        birthday_on=date.fromisoformat(member.birthday_on) if member and member.birthday_on else None,
        tags=frozenset(basis.tags),
        segments=frozenset(basis.segments),
        earlier=(earlier,),
    )


def _then(sale: Sale, basis: Basis, account: Account, moment: Moment) -> Circumstances:
    return Circumstances(
        moment=moment,
        tenders=frozenset(tender.kind for tender in sale.tenders if tender.minor),
        tier=basis.tier,
        tags=account.tags,
        segments=account.segments,
        birthday_on=account.birthday_on,
        nth=account.purchases_made + 1 if account.known else None,
    )


def _why(till: Till, programme: Programme, lines: tuple[Line, ...], told: Explanation, *, nobody: bool) -> Why:
    found = []
    for number, line in enumerate(lines):
        parts = tuple(
            (rule_name(till, answer.rule), whole(points, programme))
            for answer in told.rules
            for on, points in answer.by_line
            if on == number
        )
        scaled = sum(points for answer in told.rules for on, points in answer.by_line if on == number)
        eligible = told.eligible_minor[number]
        found.append(WhyLine(line.name, line.charged_minor, eligible, whole(scaled, programme), parts))
    return Why(
        lines=tuple(found),
        rules=tuple(_rule(till, programme, answer) for answer in told.rules),
        points=whole(told.points, programme),
        nobody=nobody,
    )


def _rule(till: Till, programme: Programme, answer: RuleAnswer) -> WhyRule:
    refused = answer.refused
    if refused is not None and refused.reason is Reason.TIERS:
        wanted, found = (tuple(tier_name(till, one) for one in names) for names in (refused.wanted, refused.found))
        refused = replace(refused, wanted=wanted, found=found)
    elif refused is not None and refused.reason is Reason.BETTER_RULE:
        refused = replace(refused, found=tuple(rule_name(till, one) for one in refused.found))
    return WhyRule(
        rule=rule_name(till, answer.rule),
        kind=answer.kind,
        points=whole(answer.points, programme),
        refused=refused,
        after_days=answer.after_days,
        cut=whole(answer.cut, programme),
    )
