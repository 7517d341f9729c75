"""Postings without goods: a redemption by itself, an adjustment by hand, the merge of two members."""

from __future__ import annotations

from dataclasses import replace

from app.domain.programme import lots, stamps
from app.domain.programme.account import Account, Status
from app.domain.programme.document import Programme
from app.domain.programme.due import advance
from app.domain.programme.tender import check_step
from app.domain.programme.when import Moment
from app.errors import Refusal


def _open(programme: Programme, account: Account, moment: Moment) -> Account:
    if account.status is Status.BLOCKED:
        raise Refusal("member_blocked")
    return advance(programme, account, moment.day, head_office=True)


def _spent(programme: Programme, account: Account, points: int, moment: Moment) -> Account:
    usable = max(0, lots.balance(account, moment.day))
    if points > usable:
        raise Refusal("insufficient_points", usable=usable, needed=points)
    return lots.spend(programme, account, points, moment.day)[0]


def redeem(programme: Programme, account: Account, points: int, moment: Moment) -> Account:
    """Spend points without a receipt; no share limit. Without `[redeem]` only the balance limits.

    Refusal `member_blocked`, `insufficient_points`, `below_minimum`, `not_a_step`, `over_share` (`max_points`).
    """
    after = _spent(programme, _open(programme, account, moment), points, moment)
    rules = programme.redeem
    if rules is not None:
        check_step(rules, points)
        if rules.max_points is not None and points > rules.max_points:
            raise Refusal("over_share", points=points, most=rules.max_points)
    return after


def adjust(programme: Programme, account: Account, points: int, moment: Moment) -> Account:
    """Correct by hand: a positive amount is a lot earned that day, a negative one spends lots.

    Refusal `member_blocked`, `insufficient_points`.
    """
    account = _open(programme, account, moment)
    if points < 0:
        return _spent(programme, account, -points, moment)
    posting = lots.Posting(moment.event, moment.event, points, moment.day, moment.day)
    return lots.post(programme, account, posting, moment.day)


def merge(programme: Programme, source: Account, survivor: Account, moment: Moment) -> tuple[Account, Account]:
    """Move everything of `source` to `survivor`; (the empty source, the survivor). Refusal `member_blocked`."""
    source = _open(programme, source, moment)
    survivor = _open(programme, survivor, moment)
    moved = tuple(replace(lot, order=lot.order + survivor.posted) for lot in source.lots)
    both = replace(
        survivor,
        lots=(*survivor.lots, *moved),
        posted=survivor.posted + source.posted,
        to_follow=tuple(sorted((*survivor.to_follow, *source.to_follow), key=lambda one: one.on)),
        debt=survivor.debt + source.debt,
        coupons=(*survivor.coupons, *source.coupons),
        purchases=tuple(sorted((*survivor.purchases, *source.purchases), key=lambda sale: sale.on)),
        earlier=(*survivor.earlier, *source.earlier),
        paid=(*survivor.paid, *source.paid),
        gifts=survivor.gifts | source.gifts,
    )
    both = stamps.add(programme, both, dict(source.stamps), moment)
    empty = Account(source.member, source.day, Status.MERGED, merged_into=survivor.member)
    return empty, advance(programme, both, moment.day, head_office=True)
