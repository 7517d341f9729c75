"""One seeded world: a head office, its tills and members. `run` plays a plan, heals everything, and lets it rest.

Everything is drawn from the seed: the same seed is the same history. checks.py says after each step what must hold.
Nothing waits: time is a number.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from app.errors import Refusal
from app.services.ports import HoldAnswer, HoldOutcome
from app.services.redemption import ASK_TIMEOUT_S
from sync.till.transport import Identity
from sync.till.values import Call, Send
from tests.simulation.checks import Watch
from tests.simulation.network import Answer, Letter, Network, Timeline
from tests.simulation.plan import Do, Step, plan_of
from tests.simulation.sim_till import Crash, SimTill
from tests.simulation.stage import NOW_MS, TILLS, device_key, first_members, open_office, till_ids
from tests.simulation.wire import HeadOffice, Request

REST_STEPS_MAX = 2_000
UNANSWERED = HoldAnswer(HoldOutcome.UNKNOWN)


class World:
    """`plan` None: that of the seed."""

    def __init__(self, seed: int, template: Path, folder: Path, plan: Sequence[Step] | None = None) -> None:
        shutil.copytree(template, folder, copy_function=shutil.copy)
        self.seed, self.folder = seed, folder
        self.plan = plan_of(seed) if plan is None else plan
        self.timeline = Timeline(NOW_MS + 60_000)
        self.office = open_office(folder, self.timeline.clock)
        self.office.begin()
        self.head_office = HeadOffice(self.office)
        self.network = Network(self.timeline, seed, self.serve)
        self.members = first_members(folder)
        self.watch = Watch(self)
        ids = till_ids(folder)
        self.tills: list[SimTill] = []
        for name in TILLS:
            (folder / name).chmod(0o700)
            identity = Identity(ids[name], 1, device_key(name))
            dice = random.Random(f"{seed}/{name}")
            self.tills.append(SimTill(name, folder / name, identity, self.timeline.clock, self, dice))

    @property
    def trace(self) -> list[str]:
        return self.timeline.trace

    def stop(self) -> None:
        """End every process of this world; its files stay."""
        for till in self.tills:
            till.stop()
        self.watch.close()
        self.office.database.close()

    def close(self) -> None:
        """The end: nothing is left."""
        self.stop()
        shutil.rmtree(self.folder)

    # ---- what the tills are given

    def send(self, till: SimTill, send: Send) -> None:
        """A request of the machine."""
        name, request = f"{send.call.value} {send.no}", till.request(send)
        wait_ms = send.wait_s * 1000 if send.call is Call.HEADS else 0

        def arrived(answer: Answer | None) -> None:
            self.alive(till, lambda: till.answered(send, answer))

        self.network.carry(Letter(till, name, request, arrived, wait_ms))

    def release(self, till: SimTill, request: Request) -> None:
        """A hold is given back at once; nobody waits for the answer."""
        self.network.carry(Letter(till, "release", request, lambda _: None))

    def wake(self, till: SimTill, after_ms: int) -> None:
        self._soon(till, after_ms, f"{till.name} wakes", till.tick)

    def steady_ms(self) -> int:
        return self.timeline.clock.now_ms()

    def serve(self, till: SimTill, request: Request) -> Answer:
        """Head office answers; what it committed is looked at."""
        answer = self.head_office.serve(request)
        if request.method != "GET":
            self.watch.committed()
            self.network.stir()
        return answer

    # ---- time

    def alive(self, till: SimTill, work: Callable[[], object]) -> None:
        """Do something in a till's process; a crash in the middle starts a new process."""
        till.crashes = self.network.faulty
        try:
            told = work()
            if isinstance(told, str):
                self.timeline.note(f"{till.name} {told}")
        except Crash:
            self.restart(till, "dies")
        finally:
            till.crashes = False
        self.watch.screen(till)

    def restart(self, till: SimTill, why: str) -> None:
        self.timeline.note(f"{till.name} {why}")
        till.crashes = False
        till.stop()
        till.start()

    def _soon(self, till: SimTill, after_ms: int, what: str, work: Callable[[], object]) -> None:
        """Later, unless the process has ended by then."""
        life = till.life

        def do() -> None:
            if till.life == life:
                self.alive(till, work)

        self.timeline.later(after_ms, what, do)

    # ---- the play

    def run(self) -> None:
        """Open, sell, fail, heal, rest; checks after every step and at the end."""
        for step in self.plan:
            self.perform(step)
            for _ in range(step.pause):
                self.timeline.next()
        self.heal()
        self.rest()
        self.watch.rested()

    def heal(self) -> None:
        """The network is whole again, nobody dies any more."""
        self.network.heal()

    def rest(self) -> None:
        """Until every counter has nothing in hand, every till waits for heads and owes nothing."""
        for _ in range(REST_STEPS_MAX):
            for till in self.tills:
                if till.counter.cart.spend is not None:
                    self.alive(till, lambda t=till: self._told(t, lambda: t.counter.finish(t.dice)))
            if not any(
                till.counter.asking or not till.waits_for_heads or self.watch.behind(till) for till in self.tills
            ):
                return
            if not self.timeline.next():
                raise AssertionError(f"seed {self.seed}: nothing is coming, and somebody still waits")
        raise AssertionError(f"seed {self.seed}: no rest after {REST_STEPS_MAX} steps (I8)")

    def perform(self, step: Step) -> None:
        """One step of the plan; a cashier who waits for an answer does nothing else, points in hand are spent first."""
        till, dice = next(one for one in self.tills if one.name == step.till), step.dice()
        self.timeline.note(f"[{step.no}] {till.name} {step.do.value}")
        match step.do:
            case Do.KILL:
                self.restart(till, "was killed")
            case Do.WAIT:
                self.timeline.clock.advance_s(dice.choice((1, 30, 600)))
            case _ if till.counter.asking is not None:
                return
            case _ if till.counter.cart.spend is not None:
                self.alive(till, lambda: self._told(till, lambda: till.counter.finish(dice)))
            case Do.ENROL:
                self.alive(till, lambda: self._enrol(till))
            case Do.ASK:
                self.alive(till, lambda: self._ask(till, dice))
            case Do.SELL:
                self.alive(till, lambda: self._told(till, lambda: self._sell(till, dice)))
            case Do.RETURN:
                self.alive(till, lambda: self._told(till, lambda: till.counter.take_back(dice)))
            case Do.UNDO:
                self.alive(till, lambda: self._told(till, till.counter.undo))

    def _enrol(self, till: SimTill) -> None:
        self.members.append(till.counter.enrol(f"李{len(self.members)}"))
        till.grown()

    def _sell(self, till: SimTill, dice: random.Random) -> str:
        strangers = [member for member in self.members if not till.knows(member)]
        somebody = strangers if strangers and dice.random() < 0.7 else self.members
        member, yuan = dice.choice(somebody), dice.randrange(1, 500)
        return f"sells {yuan}, receipt {till.counter.sell(member, yuan, dice.randrange(1, 4), dice)}"

    def _ask(self, till: SimTill, dice: random.Random) -> str:
        """A hold is written down, then asked for; the cashier waits ASK_TIMEOUT_S, not longer."""
        try:
            till.counter.ask(dice.choice(self.members), dice.randrange(100, 500), dice)
        except Refusal as refusal:
            return refusal.code
        asked = till.counter.asking
        if asked is None:
            raise AssertionError("it was asked")

        def settle(answer: Answer | None) -> None:
            if till.counter.asking is asked and answer is not None:
                self.alive(till, lambda: self._told(till, lambda: till.counter.answered(till.read_hold(asked, answer))))

        def give_up() -> str:
            return self._told(till, lambda: till.counter.answered(UNANSWERED)) if till.counter.asking is asked else ""

        self.network.carry(Letter(till, "hold", till.request_hold(asked), settle))
        self._soon(till, int(ASK_TIMEOUT_S * 1000), f"{till.name} waits no longer", give_up)
        return f"asks for {asked.hold.points}"

    def _told(self, till: SimTill, work: Callable[[], str]) -> str:
        """What the counter did; its sync process hears of new events."""
        try:
            told = work()
        except Refusal as refusal:
            told = refusal.code
        till.grown()
        return told
