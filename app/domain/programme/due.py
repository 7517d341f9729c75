"""What falls due as days pass: points to follow, upgrade bonuses, gifts; and bonuses taken back after a return."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from app.domain.programme.account import Account, Paid, ToFollow
from app.domain.programme.calendar import birthday_in
from app.domain.programme.coupons import issue
from app.domain.programme.document import Gift, GiftOn, Level, Programme
from app.domain.programme.lots import Posting, post, take_back
from app.domain.programme.tiers import first_days


@dataclass(frozen=True, slots=True)
class _Due:
    """Something to do to the account on a day."""

    on: date
    act: Callable[[Account], Account]


def advance(programme: Programme, account: Account, day: date, *, head_office: bool) -> Account:
    """The account as it stands on `day`: what fell due since is posted in the order of its days.

    Gifts are head office's to give: a till passes `head_office=False` and sees them when they arrive.
    """
    dues = [*_following(programme, account, day), *_upgrades(programme, account, day, head_office)]
    if head_office:
        dues += _gifts(programme, account, day)
    for due in sorted(dues, key=lambda one: one.on):
        account = due.act(account)
    return replace(account, day=max(day, account.day))


def _following(programme: Programme, account: Account, day: date) -> Iterator[_Due]:
    for one in account.to_follow:
        if one.on <= day:
            yield _Due(one.on, _posted(programme, one))


def _posted(programme: Programme, one: ToFollow) -> Callable[[Account], Account]:
    def act(account: Account) -> Account:
        rest = tuple(other for other in account.to_follow if other != one)
        posting = Posting(f"{one.event}:{one.rule}", one.event, one.amount, one.on, one.available_on)
        return post(programme, replace(account, to_follow=rest), posting, one.on)

    return act


def _upgrades(programme: Programme, account: Account, day: date, head_office: bool) -> Iterator[_Due]:
    """Levels effective by `day` that were not paid yet; each on its first effective day."""
    if programme.tiers is None or not account.known:
        return
    paid = {one.level for one in account.paid}
    days = first_days(programme.tiers, account, day)
    for level in programme.tiers.levels:
        if level.id in days and level.id not in paid:
            on = max(days[level.id], account.day)
            yield _Due(on, _bonus(programme, level, on))
            if head_office:
                for gift in programme.gifts:
                    if gift.on is GiftOn.UPGRADE:
                        yield _Due(on, _gift(programme, gift, f"upgrade:{level.id}", on))


def _bonus(programme: Programme, level: Level, day: date) -> Callable[[Account], Account]:
    def act(account: Account) -> Account:
        event = f"{account.member}:upgrade:{level.id}:{account.posted}"
        account = replace(account, paid=(*account.paid, Paid(level.id, event, level.upgrade_bonus)))
        return post(programme, account, Posting(event, event, level.upgrade_bonus, day, day), day)

    return act


def _gifts(programme: Programme, account: Account, day: date) -> Iterator[_Due]:
    """Enrolment and birthday gifts of the days after the account's own, up to `day`."""
    for gift in programme.gifts:
        if gift.on is GiftOn.ENROLMENT and account.enrolled_on and account.day < account.enrolled_on <= day:
            yield _Due(account.enrolled_on, _gift(programme, gift, "enrolment", account.enrolled_on))
        if gift.on is GiftOn.BIRTHDAY and account.birthday_on:
            for year in range(account.day.year, day.year + 1):
                birthday = birthday_in(account.birthday_on, year)
                if account.day < birthday <= day:
                    yield _Due(birthday, _gift(programme, gift, f"birthday:{year}", birthday))


def _gift(programme: Programme, gift: Gift, occasion: str, day: date) -> Callable[[Account], Account]:
    def act(account: Account) -> Account:
        name = f"{gift.id}:{occasion}"
        if name in account.gifts:
            return account
        account = replace(account, gifts=account.gifts | {name})
        key = f"{account.member}:gift:{name}"
        if gift.coupon_type is not None:
            return issue(programme, account, gift.coupon_type, key, day)
        return post(programme, account, Posting(key, key, gift.points, day, day), day)

    return act


def take_back_bonuses(programme: Programme, account: Account, day: date) -> tuple[Account, int, int]:
    """After a return: bonuses of levels that the kept purchases no longer reach.

    The account, the points to take and how many of them could not be found. Reached again later, a level pays again.
    """
    if programme.tiers is None:
        return account, 0, 0
    days = first_days(programme.tiers, account, day)
    total = missing = 0
    for one in account.paid:
        if one.event and one.level not in days:
            account, short = take_back(account, one.amount, one.event, day)
            rest = tuple(other for other in account.paid if other != one)
            account = replace(account, paid=rest)
            total += one.amount
            missing += short
    return account, total, missing
