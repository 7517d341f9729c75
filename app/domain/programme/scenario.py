"""Replays a scenario through the same rules the till and head office use, and compares what each step expects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import cast

from app.domain.programme import lots
from app.domain.programme.account import Account, Lot
from app.domain.programme.explain import Explanation, explain
from app.domain.programme.facts import open_account
from app.domain.programme.ledger import Ledger
from app.domain.programme.offers import Offer, offers
from app.domain.programme.scenario_file import Do, Scenario, Step, read_scenario
from app.domain.programme.schema import DocumentError, Mistake
from app.domain.programme.tiers import standing
from app.domain.programme.when import Moment
from app.errors import Refusal

Result = dict[str, object]

BROKEN_AT = {
    "tender_twice": "tenders",
    "tenders_over": "tenders",
    "tenders_short": "tenders",
    "sale_unknown": "of",
    "sale_line_unknown": "lines",
}
"""Refusals that say the file is wrong, not the member; and the key of the step that is."""

NOTHING = {
    Do.SALE: ("earned", "to_follow", "redeemed"),
    Do.RETURN: ("earned_reversed", "points_restored", "points_lapsed", "refund_minor"),
    Do.REDEEM: ("redeemed",),
}
"""Figures that are 0 when a step is refused."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one step that is not as expected. `got` is None where the step has no such field."""

    step: str
    field: str
    expected: object
    got: object


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step gave, in full, and where it differs from what was expected."""

    step: str
    do: str
    result: Result
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class ExplainedSale:
    """A sale's step and why its rules gave what they gave; `explanation` is None where the sale was `refused`."""

    step: str
    offers: tuple[Offer, ...]
    explanation: Explanation | None = None
    refused: str | None = None


def check(document: Mapping[str, object]) -> tuple[StepResult, ...]:
    """Replay the scenario of a JSON document. DocumentError with paths when the file is malformed."""
    return replay(read_scenario(document))


def replay(scenario: Scenario) -> tuple[StepResult, ...]:
    """Replay steps in order. DocumentError when a step cannot be applied: tenders or lines that do not fit."""
    replayed = _begun(scenario)
    return tuple(replayed.step(step) for step in scenario.steps)


def explain_sales(scenario: Scenario) -> tuple[ExplainedSale, ...]:
    """Replay steps in order and explain every sale as its member stood then. DocumentError as `replay`."""
    replayed = _begun(scenario)
    found = []
    for step in scenario.steps:
        if step.do is Do.SALE:
            found.append(replayed.explained(step))
        replayed.step(step)
    return tuple(found)


def _begun(scenario: Scenario) -> _Replay:
    accounts = {facts.member_id: open_account(scenario.programme, facts, scenario.day) for facts in scenario.members}
    return _Replay(Ledger(scenario.programme, accounts), scenario.day)


class _Replay:
    """The accounts while steps are applied, the day they have come to, and the steps by id for `again`."""

    def __init__(self, ledger: Ledger, day: date) -> None:
        self.ledger = ledger
        self.day = day
        self.steps: dict[str, Step] = {}

    def step(self, step: Step) -> StepResult:
        if step.at is not None:
            self.day = step.at.astimezone(self.ledger.programme.zone).date()
        if step.do is Do.AGAIN:
            result = self.deliver(self.steps[step.of])
        else:
            self.steps[step.id] = step
            result = self.deliver(step)
        name = step.id or f"{step.path} {step.do}"
        return StepResult(name, step.do, result, tuple(_compare(name, step.expect, result)))

    def explained(self, step: Step) -> ExplainedSale:
        """Why the sale of a step, before it is applied, gives what it gives."""
        moment = self.moment(step)
        account = None
        if step.member is not None:
            account = self.ledger.look(self.ledger.survivor(step.member).member, moment.day)
        programme = self.ledger.programme
        beside = offers(programme, account, step.basket, moment)
        try:
            return ExplainedSale(step.id, beside, explain(programme, account, step.basket, moment))
        except Refusal as refusal:
            return ExplainedSale(step.id, beside, refused=refusal.code)

    def deliver(self, step: Step) -> Result:
        """Apply a step unless it was delivered before; its figures and the account's current state."""
        if step.do is Do.LOOK or self.ledger.seen(step.id):
            member = step.member if step.do is Do.LOOK else self.ledger.owner(step.id)
            return self.state(member, own=step.do is Do.LOOK)
        apply: dict[Do, Callable[[Step, Moment], Result]] = {
            Do.SALE: self.sale,
            Do.RETURN: self.give_back,
            Do.REDEEM: self.redeem,
            Do.ADJUST: self.adjust,
            Do.MERGE: self.merge,
        }
        try:
            figures = apply[step.do](step, self.moment(step))
        except Refusal as refusal:
            if refusal.code in BROKEN_AT:
                path = f"{step.path}.{BROKEN_AT[refusal.code]}"
                raise DocumentError([Mistake(path, refusal.code, refusal.facts)]) from None
            figures = {**dict.fromkeys(NOTHING.get(step.do, ()), 0), "refused": refusal.code}
        return {**self.state(self.ledger.owner(step.id), own=False), **figures}

    def moment(self, step: Step) -> Moment:
        assert step.at is not None, "only a step with its time is delivered"
        at = step.at.astimezone(self.ledger.programme.zone)
        return Moment(step.id, at, step.store, step.channel, step.region)

    def sale(self, step: Step, moment: Moment) -> Result:
        outcome = self.ledger.sale(step.member, step.basket, moment)
        if outcome.unpaid_minor:
            raise Refusal("tenders_short", unpaid_minor=outcome.unpaid_minor)
        result = outcome.result
        return {
            "earned": result.earned,
            "to_follow": result.to_follow,
            "redeemed": result.redeemed,
            "payable_minor": result.payable_minor,
            "upgrade_bonus": outcome.upgrade_bonus,
            "because": [asdict(one) for one in result.because],
        }

    def give_back(self, step: Step, moment: Moment) -> Result:
        outcome = self.ledger.give_back(step.of, step.quantities, moment)
        return {
            "earned_reversed": outcome.earned_reversed,
            "points_restored": outcome.points_restored,
            "points_lapsed": outcome.points_lapsed,
            "refund_minor": outcome.refund_minor,
            "deducted_minor": outcome.deducted_minor,
            "upgrade_bonus_reversed": outcome.upgrade_bonus_reversed,
        }

    def redeem(self, step: Step, moment: Moment) -> Result:
        self.ledger.redeem(cast(str, step.member), step.points, moment)
        return {"redeemed": step.points}

    def adjust(self, step: Step, moment: Moment) -> Result:
        self.ledger.adjust(cast(str, step.member), step.points, moment)
        return {}

    def merge(self, step: Step, moment: Moment) -> Result:
        self.ledger.merge(step.source, cast(str, step.member), moment)
        return {}

    def state(self, member: str | None, *, own: bool) -> Result:
        """The member's account as it stands; of a merged one the survivor's unless it is `own`."""
        if member is None:
            return {}
        name = member if own else self.ledger.survivor(member).member
        return account_state(self.ledger, self.ledger.look(name, self.day), self.day)


def account_state(ledger: Ledger, account: Account, day: date) -> Result:
    """An account's state as `expect` names it."""
    programme = ledger.programme
    balance = lots.balance(account, day)
    stands = standing(programme.tiers, account, day)
    return {
        "balance": balance,
        "displayed": balance // 10**programme.points_scale,
        "debt": account.debt,
        "pending": lots.pending(account, day),
        "to_follow": lots.following(account),
        "lots": [_lot(lot) for lot in lots.usable(account, day)],
        "tier": stands.tier,
        "tier_until": stands.until.isoformat() if stands.until else None,
        "stamps": {card.id: account.stamps.get(card.id, 0) for card in programme.stamps},
        "coupons": [
            {
                "type": one.type,
                "issued_on": one.issued_on.isoformat(),
                "expires_on": one.expires_on.isoformat(),
                "state": "used" if one.used else "open" if one.expires_on > day else "expired",
            }
            for one in account.coupons
        ],
        "status": account.status.value,
    }


def _lot(lot: Lot) -> Result:
    expires_on = lot.expires_on.isoformat() if lot.expires_on else None
    return {"points": lot.amount, "earned_on": lot.earned_on.isoformat(), "expires_on": expires_on}


def _compare(step: str, expect: Mapping[str, object], result: Result) -> list[Difference]:
    differences = [
        Difference(step, field, wanted, result.get(field))
        for field, wanted in expect.items()
        if not fits(wanted, result.get(field))
    ]
    if "refused" in result and "refused" not in expect:
        differences.append(Difference(step, "refused", None, result["refused"]))
    return differences


def fits(wanted: object, got: object) -> bool:
    """Whether `got` holds all that is wanted: of a table any subset of its keys, of a list every item in order."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        return all(key in got and fits(value, got[key]) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(got, list):
        return len(wanted) == len(got) and all(fits(one, other) for one, other in zip(wanted, got, strict=True))
    return type(wanted) is type(got) and wanted == got
