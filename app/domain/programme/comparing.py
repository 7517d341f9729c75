"""What past sales would have earned under another version of the programme: both are run over the same history.

Every member starts with what the basis of their first sale says; from there tiers, caps, limits and returns go on as
each programme has it. Balances are not compared: whoever spent points or coupons then had them, so they have them here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from app.domain.numbering import local_time
from app.domain.programme.account import Account, Earlier, Purchase
from app.domain.programme.coupons import coupon_type, issue
from app.domain.programme.document import Programme
from app.domain.programme.facts import AccountFacts, LotFacts, open_account
from app.domain.programme.returns import compute_return
from app.domain.programme.sale import compute_sale
from app.domain.programme.when import STORED_VALUE, Moment
from app.domain.sale import Basket, Tender, TenderKind
from app.errors import Refusal

ENOUGH = 10**12
"""Points every member has to spend: that they could was decided when they did."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the till knew of the member when it sold: the basis of the event. `known` False: only that it is a card."""

    known: bool = False
    tier: str | None = None
    tags: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    counters: Mapping[str, int] = field(default_factory=dict)
    birthday_on: date | None = None


@dataclass(frozen=True, slots=True)
class PastSale:
    """A stored sale. `member` None: anonymous. `promised`: the points of its receipt, to follow included."""

    event: str
    at_ms: int
    store: str
    region: str
    member: str | None
    known: Known
    basket: Basket
    promised: int


@dataclass(frozen=True, slots=True)
class PastReturn:
    """A stored return of the sale `of`; `quantities` by line number, None: everything that is left."""

    event: str
    at_ms: int
    of: str
    quantities: Mapping[int, int] | None = None


Past = PastSale | PastReturn


@dataclass(frozen=True, slots=True)
class Figures:
    """What a history comes to under one programme; points less what was returned, scaled. `bonuses`: upgrades."""

    by_rule: Mapping[str, int]
    by_member: Mapping[str, int]
    bonuses: int
    refused: Mapping[str, int]

    @property
    def points(self) -> int:
        return sum(self.by_rule.values())


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same sales under two programmes, and what their receipts promised."""

    sales: int
    returns: int
    promised: int
    old: Figures
    new: Figures


def compare(old: Programme, new: Programme, history: Iterable[Past]) -> Comparison:
    """Run a history, in the order it happened, under both programmes. Pure."""
    past = sorted(history, key=lambda one: one.at_ms)
    sales = [one for one in past if isinstance(one, PastSale)]
    return Comparison(
        sales=len(sales),
        returns=len(past) - len(sales),
        promised=sum(one.promised for one in sales),
        old=figures(old, past),
        new=figures(new, past),
    )


def figures(programme: Programme, past: Sequence[Past]) -> Figures:
    """What a history comes to under one programme. A sale it would refuse counts by its code and earns nothing."""
    run = _Run(programme)
    for one in past:
        try:
            run.sale(one) if isinstance(one, PastSale) else run.give_back(one)
        except Refusal as refusal:
            run.refused[refusal.code] += 1
    return run.figures()


class _Run:
    """Accounts and anonymous sales under one programme, while the history goes on."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.accounts: dict[str, Account] = {}
        self.owners: dict[str, str] = {}
        self.refused: Counter[str] = Counter()

    def sale(self, past: PastSale) -> None:
        if past.member is None:
            return  # nobody earns
        moment = Moment(past.event, self._local(past.at_ms), past.store, "store", past.region)
        account = self._with_coupons(self._account(past, moment.day), past)
        basket = replace(past.basket, tenders=_open_ended(past.basket.tenders))
        outcome = compute_sale(self.programme, account, basket, moment)
        assert outcome.account is not None, "a member's sale has the member's account"
        self.accounts[past.member] = outcome.account
        self.owners[past.event] = past.member

    def give_back(self, past: PastReturn) -> None:
        if past.of not in self.owners:
            return  # a sale before this history, an anonymous one, or one that is refused here
        member = self.owners[past.of]
        account = self.accounts[member]
        purchase = next(one for one in account.purchases if one.event == past.of)
        moment = Moment(past.event, self._local(past.at_ms))
        quantities = _left(purchase) if past.quantities is None else past.quantities
        outcome = compute_return(self.programme, account, purchase, quantities, moment=moment)
        assert outcome.account is not None, "a member's return has the member's account"
        self.accounts[member] = outcome.account

    def figures(self) -> Figures:
        by_rule: Counter[str] = Counter()
        by_member: Counter[str] = Counter()
        for member, account in self.accounts.items():
            for purchase in account.purchases:
                by_member[member] += purchase.kept_points
                for entry in purchase.entries:
                    by_rule[entry.rule] += entry.points - purchase.lines[entry.line].back(entry.points)
        bonuses = sum(one.amount for account in self.accounts.values() for one in account.paid)
        return Figures(dict(by_rule), dict(by_member), bonuses, dict(self.refused))

    def _local(self, at_ms: int) -> datetime:
        return local_time(at_ms, self.programme.zone)

    def _account(self, past: PastSale, day: date) -> Account:
        """The account so far, with what the till knew of the member this time."""
        assert past.member is not None, "only a member has an account"
        found = self.accounts.get(past.member)
        if found is None:
            facts = AccountFacts(
                past.member,
                known=past.known.known,
                tier=past.known.tier,
                counters=past.known.counters,
                lots=(LotFacts(ENOUGH, day),),
            )
            found = open_account(self.programme, facts, day)
        return replace(
            found,
            tags=past.known.tags,
            segments=past.known.segments,
            birthday_on=past.known.birthday_on,
            earlier=tuple(self._in_tier(one, past.known.tier) for one in found.earlier),
        )

    def _in_tier(self, earlier: Earlier, tier: str | None) -> Earlier:
        """The tier the till knew: what was reached before this history is not in it."""
        levels = self.programme.tiers.levels if self.programme.tiers else ()
        return replace(earlier, tier=tier, tier_until=None) if any(one.id == tier for one in levels) else earlier

    def _with_coupons(self, account: Account, past: PastSale) -> Account:
        """The coupons this sale used, issued today, where this programme has them."""
        day = self._local(past.at_ms).date()
        for number, name in enumerate(past.basket.coupons):
            if coupon_type(self.programme, name) is not None:
                account = issue(self.programme, account, name, f"{past.event}:coupon:{number}", day)
        return account


def _left(purchase: Purchase) -> dict[int, int]:
    return {number: line.qty - line.returned for number, line in enumerate(purchase.lines)}


def _open_ended(tenders: Sequence[Tender]) -> tuple[Tender, ...]:
    """Points and stored value as they were; one other tender pays what is due here, be it more or less than then."""
    kept = [one for one in tenders if one.kind is TenderKind.POINTS or one.kind in STORED_VALUE]
    others = [one.kind for one in tenders if one not in kept]
    return (*kept, Tender(others[0] if others else TenderKind.CASH))
