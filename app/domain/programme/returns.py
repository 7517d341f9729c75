"""Returns: the points of returned units go back, points paid come home to their lots, tiers forget (programme.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.domain.programme import coupons, lots, stamps
from app.domain.programme.account import Account, Purchase, Redemption
from app.domain.programme.calendar import plus_days
from app.domain.programme.document import Programme, Shortfall
from app.domain.programme.due import advance, take_back_bonuses
from app.domain.programme.when import Moment
from app.errors import Refusal


@dataclass(frozen=True, slots=True)
class ReturnOutcome:
    """What a return does. `refund_minor` is money to hand back, after a shortfall was deducted from it."""

    purchase: Purchase
    refund_minor: int
    account: Account | None = None
    earned_reversed: int = 0
    points_restored: int = 0
    points_lapsed: int = 0
    upgrade_bonus_reversed: int = 0
    deducted_minor: int = 0


def compute_return(
    programme: Programme,
    account: Account | None,
    purchase: Purchase,
    quantities: Mapping[int, int],
    *,
    moment: Moment,
) -> ReturnOutcome:
    """Take back `quantities` units by line number of a purchase; `account` None: it was anonymous.

    Refusal `return_window`, `already_returned`, `sale_line_unknown`: nothing changes then. A blocked member may return.
    """
    window = programme.returns.window_days
    if window is not None and moment.day > plus_days(purchase.on, window):
        raise Refusal("return_window", days=window)
    after = _with_returned(purchase, quantities)
    refund = _refundable(after) - _refundable(purchase)
    if account is None:
        return ReturnOutcome(after, refund)
    account = advance(programme, account, moment.day, head_office=True)
    account, after, restored, lapsed = _restore(programme, account, purchase, after, moment=moment)
    if not after.kept:
        account = coupons.reopen(account, after.coupons)
    reversed_points = after.reversed_points - purchase.reversed_points
    account, short = lots.take_back(account, reversed_points, purchase.event, moment.day)
    stamps_lost = _difference(stamps.counts(programme, purchase), stamps.counts(programme, after))
    kept = tuple(after if one.event == purchase.event else one for one in account.purchases)
    account = replace(stamps.take(account, stamps_lost), purchases=kept)
    account, bonuses, bonuses_short = take_back_bonuses(programme, account, moment.day)
    deducted, debt = _shortfall(programme, short + bonuses_short, refund)
    return ReturnOutcome(
        purchase=after,
        refund_minor=refund - deducted,
        account=replace(account, debt=account.debt + debt),
        earned_reversed=reversed_points,
        points_restored=restored,
        points_lapsed=lapsed,
        upgrade_bonus_reversed=bonuses,
        deducted_minor=deducted,
    )


def _with_returned(purchase: Purchase, quantities: Mapping[int, int]) -> Purchase:
    lines = list(purchase.lines)
    for number, qty in quantities.items():
        if number >= len(lines):
            raise Refusal("sale_line_unknown", line=number + 1)
        returned = lines[number].returned + qty
        if returned > lines[number].qty:
            raise Refusal("already_returned", line=number + 1, left=lines[number].qty - lines[number].returned)
        lines[number] = replace(lines[number], returned=returned)
    return replace(purchase, lines=tuple(lines))


def _refundable(purchase: Purchase) -> int:
    """Money of the units returned so far, less the part that points paid."""
    return sum(line.back(line.charged_minor) - line.back(line.points_minor) for line in purchase.lines)


def _difference(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    return {card: count - after[card] for card, count in before.items()}


def _owed(purchase: Purchase, redemption: Redemption) -> int:
    """Points of a redemption that belong to the units returned so far."""
    total = sum(redemption.minor_by_line)
    if not total:
        return 0 if purchase.kept else redemption.points
    back = sum(line.back(minor) for line, minor in zip(purchase.lines, redemption.minor_by_line, strict=True))
    return redemption.points * back // total


def _restore(
    programme: Programme, account: Account, before: Purchase, after: Purchase, *, moment: Moment
) -> tuple[Account, Purchase, int, int]:
    """Points spent go back to their lots, the last spent first; also how many, and how many of them lapsed."""
    restored = lapsed = 0
    redemptions = []
    for redemption in reversed(after.redemptions):
        points = _owed(after, redemption) - _owed(before, redemption)
        if redemption.coupons and before.kept and not after.kept:
            account, withdrawn = coupons.withdraw(account, redemption.coupons)
            points = redemption.points * withdrawn // len(redemption.coupons)
        given = lots.give_back(programme, account, redemption.spent, points, moment.day)
        account = given.account
        restored += points
        lapsed += given.lapsed
        redemptions.append(replace(redemption, spent=given.spent))
    return account, replace(after, redemptions=tuple(reversed(redemptions))), restored, lapsed


def _shortfall(programme: Programme, short: int, refund: int) -> tuple[int, int]:
    """(money deducted from the refund, points that become debt) for points that could not be found."""
    redeem = programme.redeem
    if programme.returns.shortfall is Shortfall.NEGATIVE or redeem is None:
        return 0, short
    deducted = min(redeem.value(short), refund)
    return deducted, short - deducted * redeem.points // redeem.value_minor
