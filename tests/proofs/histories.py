"""100,000 made-up histories of the programme: `python -m tests.proofs.histories --count 100000` (opt-in, resumable).

Of every step: parts add up to wholes, the account adds up to what was posted, a second delivery changes nothing,
nothing is a float. Of every sale: what its basis says is enough to compute it again, and returning all of it in any
order and any number of steps leaves the account as it was. A failing seed is one command: `--seed N`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from copy import copy
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from app.domain.programme import lots
from app.domain.programme.account import Account
from app.domain.programme.facts import AccountFacts, LotFacts, open_account
from app.domain.programme.ledger import Ledger
from app.domain.programme.sale import SaleOutcome, compute_sale
from app.domain.programme.scenario import _Replay
from app.domain.programme.scenario_file import Do, Step, read_scenario
from app.domain.programme.tiers import qualifying, standing
from app.domain.programme.when import Moment
from app.errors import Refusal
from tests.proofs.made_up import history

RESULTS = Path(__file__).parents[2] / ".run" / "proofs" / "histories.json"
BATCH = 1_000


def problems(seed: int) -> list[str]:
    """What is wrong with the history of a seed, [] when nothing is."""
    return [f"seed {seed}: {one}" for one in _Walk(seed).problems()]


def results(seed: int) -> list[Any]:
    """The full result of every step of a seed's history; a return of a refused sale is left out."""
    walk = _Walk(seed)
    steps = (step for step in walk.scenario.steps if step.do is not Do.RETURN or walk.ledger.purchase(step.of))
    return [walk.replay.step(step).result for step in steps]


class _Walk:
    """One history while it is replayed and looked at."""

    def __init__(self, seed: int) -> None:
        document = history(seed)
        self.dice = Random(seed + 1)
        self.scenario = read_scenario(json.loads(json.dumps(document)))
        self.programme = self.scenario.programme
        day = self.scenario.day
        accounts = {one.member_id: open_account(self.programme, one, day) for one in self.scenario.members}
        self.ledger = Ledger(self.programme, accounts)
        self.replay = _Replay(self.ledger, day)

    def problems(self) -> Iterator[str]:
        for step in self.scenario.steps:
            if step.do is Do.RETURN and self.ledger.purchase(step.of) is None:
                continue  # the sale was refused
            if step.do is Do.SALE:
                yield from self._sale_alone(step)
            before = self._held()
            result = self.replay.step(step).result
            yield from self._step(step, result, before)
            if step.do is not Do.AGAIN:
                accounts = dict(self.ledger._accounts)
                self.replay.deliver(step)
                if self.ledger._accounts != accounts:
                    yield f"{step.id}: a second delivery changed something"
        for place in floats([self.ledger._accounts, self.programme]):
            yield f"a float at {place}"

    def _sale_alone(self, step: Step) -> Iterator[str]:
        """The sale before it is applied: by its basis, and taken back again."""
        moment = self.replay.moment(step)
        assert step.member is not None
        account = self.ledger.look(self.ledger.survivor(step.member).member, moment.day)
        try:
            outcome = compute_sale(self.programme, account, step.basket, moment, head_office=True)
        except Refusal:
            return
        yield from self._by_basis(step, account, outcome, moment)
        yield from self._undone(step, account, moment)

    def _by_basis(self, step: Step, account: Account, outcome: SaleOutcome, moment: Moment) -> Iterator[str]:
        tiers = self.programme.tiers
        if tiers is not None and tiers.qualifying_sale_uses_new_tier:
            return  # a basis names the tier, not the days that led to it
        again = compute_sale(self.programme, self._as_basis(account, moment.day), step.basket, moment)
        if again.result != outcome.result or again.tenders != outcome.tenders:
            yield f"{step.id}: by its basis {again.result}, but {outcome.result}"

    def _as_basis(self, account: Account, day: date) -> Account:
        """The account as an event's basis and the till's cache describe it."""
        rules = {f"rule.{rule.id}": account.rule_uses(rule.id) for rule in self.programme.earn.rules}
        counters = {
            "receipts": account.purchases_made,
            "day": account.points_on(day),
            "year": account.points_in(day.year),
        }
        tiers = self.programme.tiers
        facts = AccountFacts(
            member_id=account.member,
            birthday_on=account.birthday_on,
            tags=account.tags,
            segments=account.segments,
            tier=standing(tiers, account, day).tier,
            qualifying=qualifying(tiers, account, day) if tiers else 0,
            lots=tuple(LotFacts(lot.amount, lot.earned_on, lot.expires_on, lot.available_on) for lot in account.lots),
            debt=account.debt,
            counters={**counters, **rules},
            counters_on=day,
        )
        return replace(open_account(self.programme, facts, day), coupons=account.coupons)

    def _undone(self, step: Step, account: Account, moment: Moment) -> Iterator[str]:
        """Sell and take everything back on the spot, unit by unit in any order: the account is as it was."""
        ledger = copy(self.ledger)
        ledger._accounts, ledger._owners = dict(self.ledger._accounts), dict(self.ledger._owners)
        sold = ledger.sale(step.member, step.basket, moment)
        units = [number for number, one in enumerate(step.basket.lines) for _ in range(one.qty)]
        self.dice.shuffle(units)
        backs = []
        while units:
            count = self.dice.randint(1, len(units))
            quantities = {number: units[:count].count(number) for number in set(units[:count])}
            backs.append(ledger.give_back(step.id, quantities, replace(moment, event=f"{step.id}:{len(units)}")))
            units = units[count:]
        after = ledger.look(account.member, moment.day)
        for name, was, now in _told(account, after, moment.day):
            if was != now:
                yield f"{step.id}: {name} was {was}, and {now} after everything came back"
        paid = sum(one.minor or 0 for one in sold.tenders if one.kind.value != "points")
        if sum(one.refund_minor for one in backs) != paid:
            yield f"{step.id}: {paid} paid, {sum(one.refund_minor for one in backs)} refunded"
        restored = sum(one.points_restored for one in backs)
        if restored != sold.result.redeemed:
            yield f"{step.id}: {sold.result.redeemed} points spent, {restored} restored"

    def _step(self, step: Step, result: dict[str, Any], before: int) -> Iterator[str]:
        accounts = self.ledger._accounts.values()
        if any(account.debt < 0 or any(lot.amount < 0 for lot in account.lots) for account in accounts):
            yield f"{step.id}: an amount below zero"
        if step.do is Do.SALE and "refused" not in result:
            given = sum(one["points"] for one in result["because"])
            if given != result["earned"] + result["to_follow"]:
                yield f"{step.id}: rules gave {given}, the receipt says {result['earned']} + {result['to_follow']}"
        if self._held() - before != _change(step, result):
            yield f"{step.id}: the account moved by {self._held() - before}, the step says {_change(step, result)}"
        for place in floats(result):
            yield f"{step.id}: a float at {place}"

    def _held(self) -> int:
        """Everything in all accounts: lots, dead ones too, to follow, less debt; gifts and bonuses aside."""
        total = 0
        for account in self.ledger._accounts.values():
            gifts = sum(12 for name in account.gifts if name.startswith("day:"))
            given = gifts + sum(one.amount for one in account.paid)
            total += sum(lot.amount for lot in account.lots) + lots.following(account) - account.debt - given
        return total


def _told(before: Account, after: Account, day: date) -> Iterator[tuple[str, object, object]]:
    """What a customer would see of an account, before and after. The coupon an upgrade brought is a gift and stays.

    Debt is part of the balance: a sale that paid it leaves it paid, and takes its points back from other lots.
    """
    yield "balance", lots.balance(before, day), lots.balance(after, day)
    yield "pending", lots.pending(before, day), lots.pending(after, day)
    yield "to follow", before.to_follow, after.to_follow
    yield (
        "stamps",
        {name: n for name, n in before.stamps.items() if n},
        {name: n for name, n in after.stamps.items() if n},
    )
    yield "open coupons", _open_coupons(before), _open_coupons(after)
    yield "purchases", before.purchases_made, after.purchases_made


def _open_coupons(account: Account) -> int:
    return sum(not one.used for one in account.coupons if ":gift:up:" not in one.key)


def _change(step: Step, result: dict[str, Any]) -> int:
    """What a step adds to all accounts together."""
    if step.do is Do.SALE and "refused" not in result:
        return int(result["earned"] + result["to_follow"] - result["redeemed"])
    if step.do is Do.RETURN and "refused" not in result:
        return int(result["points_restored"] - result["earned_reversed"])
    if step.do is Do.REDEEM and "refused" not in result:
        return -step.points
    return step.points if step.do is Do.ADJUST and "refused" not in result else 0


def floats(value: object, place: str = "") -> Iterator[str]:
    """Where a float is inside a value: tables, lists, dataclasses all the way down."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from floats(inner, f"{place}.{name}")
    elif isinstance(value, list | tuple | set | frozenset):
        for number, inner in enumerate(value):
            yield from floats(inner, f"{place}[{number}]")
    elif is_dataclass(value):
        for one in fields(value):
            yield from floats(getattr(value, one.name), f"{place}.{one.name}")
    elif isinstance(value, float | complex):
        yield place


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, help="look at this one alone")
    given = parser.parse_args(arguments)
    if given.seed is not None:
        found = problems(given.seed)
        print("\n".join(found) or f"seed {given.seed}: nothing wrong")
        return 1 if found else 0
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    done = json.loads(RESULTS.read_text())["done"] if RESULTS.exists() else 0
    while done < given.count:
        batch = range(done, min(done + BATCH, given.count))
        found = [one for seed in batch for one in problems(seed)]
        if found:
            print("\n".join(found))
            return 1
        done = batch.stop
        RESULTS.write_text(json.dumps({"done": done}))
        print(f"{done} of {given.count} histories, nothing wrong", flush=True)
    print(f"{done} histories, nothing wrong")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
