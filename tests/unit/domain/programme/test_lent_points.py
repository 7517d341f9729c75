"""Points lent to a till stay in their lots whatever else is posted; the difference is debt until they are free."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.domain.programme import lots
from app.domain.programme.account import Account, Lot

DAY = date(2026, 1, 6)


def lot(key: str, amount: int, expires_on: date | None = None) -> Lot:
    return Lot(key, key, amount, DAY, expires_on, DAY, int(key))


def account(*held: Lot, debt: int = 0) -> Account:
    return Account("m", DAY, lots=held, debt=debt)


def test_what_was_taken_of_lent_points_goes_back_and_is_debt() -> None:
    before = account(lot("1", 30), lot("2", 50))
    after, short = lots.take_back(before, 70, "other", DAY)
    assert (short, lots.keep_lent(before, after, 10)) == (0, (after, 0))
    kept, taken = lots.keep_lent(before, after, 60)
    assert ([one.amount for one in kept.lots], kept.debt, taken) == ([10, 50], 50, 50)
    assert lots.balance(kept, DAY) == lots.balance(after, DAY)


def test_points_that_were_never_there_or_expired_are_not_lent() -> None:
    before = account(lot("1", 30, expires_on=DAY), lot("2", 5))
    after = replace(before, lots=(*before.lots[:1], lot("2", 0), lot("3", 4)))
    kept, taken = lots.keep_lent(before, after, 100)
    assert ([one.amount for one in kept.lots], kept.debt, taken) == ([30, 5, 4], 5, 5)


def test_one_lent_point_that_is_missing_comes_back_and_nothing_else_does() -> None:
    expired, untouched = lot("1", 30, expires_on=DAY), lot("3", 5)
    before = account(expired, lot("2", 5), untouched)
    after = account(lot("1", 0, expires_on=DAY), lot("2", 0), untouched)
    kept, taken = lots.keep_lent(before, after, 6)
    assert ([one.amount for one in kept.lots], kept.debt, taken) == ([0, 1, 5], 1, 1)


def test_neither_expired_nor_new_lots_take_what_is_missing() -> None:
    expired = lot("1", 30, expires_on=DAY)
    before = account(expired, lot("2", 5))
    after = account(replace(expired, amount=0), lot("2", 0), lot("3", 0))
    kept, taken = lots.keep_lent(before, after, 20)
    assert ([one.amount for one in kept.lots], kept.debt, taken) == ([0, 5, 0], 5, 5)


def test_points_that_are_free_again_pay_debt_first() -> None:
    paid = lots.pay_debt(account(lot("1", 30), lot("2", 50), debt=60), 40)
    assert ([one.amount for one in paid.lots], paid.debt) == ([0, 40], 20)
    assert lots.pay_debt(account(lot("1", 30), debt=9), 40) == account(lot("1", 30), debt=9)
