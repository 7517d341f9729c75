"""A scenario through a pair: a real till and a real head office on loopback, step by step, over the real protocol.

The till computes each step from the rows it holds and writes its event; it is pushed, posted, and comes back in the
feed. What head office's rows say then must be what the rules alone say, and what the till shows must be the same.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from app.clock import ManualClock
from app.domain.programme import lots, scenario
from app.domain.programme.returns import compute_return
from app.domain.programme.scenario import BROKEN_AT, NOTHING, Difference, Result, StepResult
from app.domain.programme.scenario_file import Do, Scenario, Step, read_scenario
from app.domain.programme.schema import DocumentError, Mistake
from app.domain.programme.when import Moment
from app.errors import Refusal
from app.ids import EventId
from app.wiring.pair_channel import PairChannel, can_post, is_online
from app.wiring.pair_office import PairOffice, Person, place_id, placed
from app.wiring.pair_rows import row_state
from app.wiring.pair_till import PairTill
from sync.hq.docs import AccountDoc
from sync.hq.work.posting import purchase_of

HOME: Final = "r1"


def check_pair(document: Mapping[str, object], url: str | None = None) -> tuple[StepResult, ...]:
    """Replay a scenario through a till and head office. DocumentError as `scenario.check`, and for a step that neither
    a till nor another channel can say. `url`: an empty database for head office; None: a file of its own.
    """
    read = read_scenario(document)
    wanted = scenario.replay(read)
    online = {step.id for step in read.steps if is_online(step)}
    for step in read.steps:
        if (is_online(step) and not can_post(step)) or (step.do is Do.RETURN and step.of in online):
            raise DocumentError([Mistake(step.path, "pair_channel")])
    with tempfile.TemporaryDirectory(prefix="guitai-pair-") as folder, ExitStack() as closing:
        pair = Pair(Path(folder), url, document, read, closing)
        return tuple(pair.step(step, rules) for step, rules in zip(read.steps, wanted, strict=True))


class Pair:
    """Head office, a till per store, and the steps so far. Closed by the stack it is given."""

    def __init__(
        self, folder: Path, url: str | None, document: Mapping[str, object], read: Scenario, closing: ExitStack
    ) -> None:
        self._programme_text: Mapping[str, Any] = placed(document["programme"])
        self._read, self._folder, self._closing = read, folder, closing
        programme = read.programme
        start = datetime(read.day.year, read.day.month, read.day.day, tzinfo=programme.zone)
        self.clock = ManualClock(int(start.timestamp()) * 1000)
        self.office = PairOffice(folder / "hq", url, self.clock, self._programme_text)
        closing.callback(self.office.close)
        self.tills: dict[str, PairTill] = {}
        self._channels: dict[tuple[str, str], PairChannel] = {}
        self._stores = store_ids(read.steps)
        regions = tuple(dict.fromkeys(where for _, where in self._stores))
        first = next(iter(self._stores.values()))
        for (_, where), store in self._stores.items():
            self._add_till(store, where)
        self.office.seed(read, regions, first)
        self.day = date.min
        self.places: dict[str, tuple[PairTill, EventId, int]] = {}
        self.steps: dict[str, Step] = {}
        self.owners: dict[str, str | None] = {}

    def _add_till(self, store: str, region: str) -> None:
        till = PairTill(self._folder / f"till-{len(self.tills)}", store, self._programme_text, self.clock)
        till.enrol(self.office.address, self.office.new_till(store, region))
        self._closing.callback(till.close)
        self.tills[store] = till

    def step(self, step: Step, rules: StepResult) -> StepResult:
        """Do a step; it differs where its figures, or the state after it, are not those of the rules alone."""
        if step.at is not None:
            self._come(step.at)
        name = rules.step
        result = self._done(step)
        differences = [
            Difference(name, field, value, result.get(field))
            for field, value in rules.result.items()
            if field in result and result[field] != value
        ]
        differences += [Difference(name, field, value, result.get(field)) for field, value in step.expect.items()
                        if not scenario.fits(value, result.get(field))]  # fmt: skip
        if ("refused" in result) != ("refused" in rules.result):
            differences.append(Difference(name, "refused", rules.result.get("refused"), result.get("refused")))
        differences += self._shown(name)
        differences += [Difference(name, "head_office", None, one) for one in self.office.faults()]
        return StepResult(name, step.do, result, _once(differences))

    def _come(self, at: datetime) -> None:
        """The nights up to the step's day, and its time, at head office and every till."""
        local = at.astimezone(self._read.programme.zone)
        self.clock.set_ms(max(self.clock.now_ms(), int(at.timestamp()) * 1000))
        if local.date() > self.day:
            self.day = local.date()
            self.office.night(self.day)
        for till in self.tills.values():
            till.synced()

    def _done(self, step: Step) -> Result:
        if step.do is Do.AGAIN:
            till, _, seq = self.places.get(step.of, (None, None, 0))
            said = till.sync.again(seq) if till else "duplicate"
            self._settle()
            found = self._state(self.owners[step.of], own=False)
            return found if said == "duplicate" else {**found, "again": said}
        if step.do is Do.LOOK:
            return self._state(step.member, own=True)
        self.steps[step.id] = step
        self.owners[step.id] = self.owners[step.of] if step.do is Do.RETURN else step.member
        doings: Mapping[Do, Callable[[Step], Result]] = {
            Do.SALE: self._sale, Do.RETURN: self._return, Do.REDEEM: self._redeem, Do.ADJUST: self._adjust,
            Do.MERGE: self._merge,
        }  # fmt: skip
        before = self._account(self.owners[step.id])
        try:
            figures = doings[step.do](step)
        except Refusal as refusal:
            if refusal.code in BROKEN_AT:
                path = f"{step.path}.{BROKEN_AT[refusal.code]}"
                raise DocumentError([Mistake(path, refusal.code, refusal.facts)]) from None
            figures = {**dict.fromkeys(NOTHING.get(step.do, ()), 0), "refused": refusal.code}
        self._settle()
        bonus = {} if "refused" in figures else self._bonuses(step, before)
        return {**self._state(self.owners[step.id], own=False), **bonus, **figures}

    def _till(self, step: Step) -> PairTill:
        return self.tills[self._stores[_place_of(step)]]

    def _person(self, name: str | None) -> Person | None:
        return self.office.people[name] if name is not None else None

    def _placed(self, step: Step, till: PairTill, event: str) -> None:
        with till.opened() as opened:
            self.places[step.id] = (till, EventId(event), opened.book.head().seq)

    def _sale(self, step: Step) -> Result:
        if is_online(step):
            return self._online(step)
        till = self._till(step)
        outcome = till.sell(step, self._person(step.member))
        self._placed(step, till, outcome.purchase.event)
        result = outcome.result
        return {
            "earned": result.earned,
            "to_follow": result.to_follow,
            "redeemed": result.redeemed,
            "payable_minor": result.payable_minor,
            "because": [{"rule": one.rule, "points": one.points, "line": one.line} for one in result.because],
        }

    def _online(self, step: Step) -> Result:
        """A sale no till writes: its channel posts it, at the store the step names."""
        key = (step.channel, self._stores[_place_of(step)])
        if key not in self._channels:
            self._channels[key] = PairChannel(self.office, self.clock, *key)
        person = self._person(step.member)
        return self._channels[key].sell(step, person.member_id if person is not None else None)

    def _return(self, step: Step) -> Result:
        if step.of not in self.places:
            raise Refusal("sale_unknown")
        till, event_id, _ = self.places[step.of]
        beside = self._beside(event_id, step)
        found = till.give_back(event_id, step.quantities)
        self._placed(step, till, "")
        return {**beside, **found}

    def _beside(self, event_id: EventId, step: Step) -> Result:
        """What a return does beside its receipt's figures, from head office's own account."""
        doc = self._account(self.owners[step.id])
        if doc is None or doc.state is None or step.at is None:
            return {}
        programme = self._read.programme
        moment = Moment("beside", step.at.astimezone(programme.zone))
        outcome = compute_return(programme, doc.state, purchase_of(doc.state, event_id), step.quantities, moment=moment)
        return {
            "points_lapsed": outcome.points_lapsed,
            "deducted_minor": outcome.deducted_minor,
            "upgrade_bonus_reversed": outcome.upgrade_bonus_reversed,
        }

    def _redeem(self, step: Step) -> Result:
        till = self._till(step)
        till.redeem(step, self.office.people[step.member or ""])
        self._placed(step, till, "")
        return {"redeemed": step.points}

    def _adjust(self, step: Step) -> Result:
        till = self._till(step)
        till.adjust(step, self.office.people[step.member or ""])
        self._placed(step, till, "")
        return {}

    def _merge(self, step: Step) -> Result:
        try:
            people = self.office.people
            self.office.merge(people[step.source].member_id, people[step.member or ""].member_id)
        except Refusal as refusal:
            if refusal.code != "merge_same":
                raise
        return {}

    def _settle(self) -> None:
        """Everything is pushed and posted, and its rows are at every till."""
        for till in self.tills.values():
            till.synced()
        for till in self.tills.values():
            till.synced()

    def _account(self, name: str | None) -> AccountDoc | None:
        return self.office.account(name) if name is not None else None

    def _bonuses(self, step: Step, before: AccountDoc | None) -> Result:
        """What head office posted beside the event's own figures."""
        after = self._account(self.owners[step.id])
        if before is None or after is None or before.state is None or after.state is None:
            return {}
        came = sum(one.amount for one in after.state.paid if one not in before.state.paid)
        return {"upgrade_bonus": came} if step.do is Do.SALE else {}

    def _state(self, name: str | None, *, own: bool) -> Result:
        """The state of a member as the rows at the tills say; all must say the same."""
        if name is None:
            return {}
        member = self.office.member(name)
        person = self.office.people[name]
        if member.merged_into is not None and not own:
            name = next(key for key, one in self.office.people.items() if one.member_id == member.merged_into)
            return self._state(name, own=False)
        doc = self.office.account(name, own=True)
        found = [row_state(self._read.programme, till.rows(), person, doc) for till in self.tills.values()]
        agreed = [one for one in found if one]
        return agreed[0] if agreed and all(one == agreed[0] for one in agreed) else {"tills": found}

    def _shown(self, step: str) -> list[Difference]:
        """Counters that show other points than head office's rows."""
        found = []
        for name, person in self.office.people.items():
            doc = self.office.account(name, own=True)
            if doc.state is None:
                continue
            balance = lots.balance(doc.state, doc.state.day)
            shown = [till.shown(person.accounts["points"]) for till in self.tills.values()]
            found += [Difference(step, f"shown.{name}", balance, one) for one in shown if one not in (balance, None)]
        return found


def _place_of(step: Step) -> tuple[str, str]:
    return place_id(step.store), place_id(step.region) if step.region else HOME


def store_ids(steps: Iterable[Step]) -> dict[tuple[str, str], str]:
    """A store's id for each store and region of the steps; a store that a scenario has in two regions is two."""
    places = list(dict.fromkeys(_place_of(step) for step in steps))
    names = [store for store, _ in places]
    return {one: one[0] if names.count(one[0]) == 1 else f"{one[0]}-{one[1]}"[:32] for one in places}


def _once(differences: Iterable[Difference]) -> tuple[Difference, ...]:
    found: list[Difference] = []
    for one in differences:
        if one not in found:
            found.append(one)
    return tuple(found)
