"""One seeded world: a head office, its tills, members, a network that drops, doubles, delays and reorders.

Everything is drawn from the seed: the same seed is the same history. `run` plays it, heals the network, and lets it
come to rest; checks.py says after each step what must hold. Nothing waits: time is a number.
"""

from __future__ import annotations

import heapq
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.clock import ManualClock
from app.store.install import Block, Setup, create_till
from app.store.pins import FLOOR
from sync.hq import setup as head_office_setup
from sync.hq.database import Database
from sync.hq.meta import SideFile
from sync.hq.office import Limits, Office
from sync.hq.setup import Chain, NewStore
from sync.hq.tables import METADATA
from sync.hq.work.identities import enrol, new_code
from sync.protocol.shapes import EnrolRequest
from sync.till.transport import Identity
from sync.till.values import Call, Send
from tests.simulation.checks import Watch
from tests.simulation.sim_till import Crash, Enrolled, SimTill
from tests.simulation.wire import HeadOffice, Request

NOW_MS = 1_790_000_000_000
TILLS = ("A", "B", "C")
STORES = {"A": "s027", "B": "s027", "C": "s028"}
STEPS = 40
REST_STEPS_MAX = 2_000
NO_LIMITS = Limits(requests_per_s=1e9, requests_burst=10**9)
PROGRAMME: dict[str, Any] = {
    "schema": 1, "id": "sim", "version": 1, "currency": "CNY", "timezone": "Asia/Shanghai",
    "earn": {"points": 1, "per_minor": 100, "rounding": "whole_steps"},
    "redeem": {"points": 100, "value_minor": 100, "step_points": 100, "min_points": 100},
}  # fmt: skip


@dataclass(frozen=True, order=True)
class Coming:
    """Something that happens at `at_ms`; `n` keeps the order of equals."""

    at_ms: int
    n: int
    what: str = field(compare=False)
    do: Callable[[], None] = field(compare=False)


def make_template(folder: Path) -> Path:
    """A head office with two stores and three enrolled tills, made once and copied for each seed."""
    import os

    folder.mkdir()
    office = _office(folder)
    METADATA.create_all(office.database.engine)
    now, marker = office.database.run(
        lambda connection: head_office_setup.initialise(connection, Chain("ab" * 32, "member.example"), NOW_MS)
    )
    office.side.write(now, marker)
    office.database.run(lambda connection: head_office_setup.publish_programme(office.book(connection), PROGRAMME))
    for store in sorted(set(STORES.values())):
        office.database.run(
            lambda connection, s=store: head_office_setup.open_store(connection, NewStore(s, "r1", s.upper(), {}))
        )
    ids = {}
    for place, name in enumerate(TILLS):
        key = _key(name)
        public = key.public_key().public_bytes_raw().hex()
        _, code = office.database.run(lambda connection, n=name: new_code(connection, STORES[n], None, NOW_MS))
        request = EnrolRequest(code=code, public_key=public, hardware="sim", proto=1)
        made = office.database.run(lambda connection, r=request: enrol(office.book(connection), r))
        numbers = place * 1000
        blocks = (
            Block("member", f"{numbers:012d}", f"{numbers + 999:012d}"),
            Block("card", f"88{numbers:010d}", f"88{numbers + 999:010d}"),
        )
        setup = Setup(made.till_id, made.store_id, made.region_id, {}, (), (PROGRAMME,), blocks)
        create_till(folder / name, setup, ManualClock(NOW_MS), environment=os.environ, key_store="file", pin_cost=FLOOR)
        ids[name] = made.till_id
    (folder / "ids.json").write_bytes(msgspec.json.encode(ids))
    office.database.close()
    return _first_load(folder)


def _first_load(folder: Path) -> Path:
    """The template with its tills' first cache generation built and a shift open: what every seed begins with."""
    world = World(0, folder, folder.with_name("first-load"))
    world.faulty = False
    for till in world.tills:
        till.open_shift()
        till.grown()
    world.rest()
    world.stop()
    shutil.rmtree(folder)
    world.folder.rename(folder)
    return folder


def _key(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"."))


def _office(folder: Path, clock: ManualClock | None = None) -> Office:
    database = Database(f"sqlite:///{folder / 'hq.db'}")
    return Office(database, clock or ManualClock(NOW_MS), SideFile(folder / "hq.side"), lambda _: "", NO_LIMITS)


class World:
    """`trace` is what happened, a line each: two runs of a seed have equal ones."""

    def __init__(self, seed: int, template: Path, folder: Path) -> None:
        shutil.copytree(template, folder, copy_function=shutil.copy)
        self.seed, self.folder = seed, folder
        self.dice = random.Random(seed)
        self.clock = ManualClock(NOW_MS + 60_000)
        self.office = _office(folder, self.clock)
        self.office.begin()
        self.head_office = HeadOffice(self.office)
        self.trace: list[str] = []
        self.coming: list[Coming] = []
        self.members: list[Enrolled] = []
        self.faulty = True
        self._n = 0
        self._polls: list[Callable[[], None]] = []
        ids = msgspec.json.decode((folder / "ids.json").read_bytes())
        self.tills: list[SimTill] = []
        for name in TILLS:
            (folder / name).chmod(0o700)
            identity = Identity(ids[name], 1, _key(name))
            dice = random.Random(f"{seed}/{name}")
            self.tills.append(SimTill(name, folder / name, identity, self.clock, self, dice))
        self.watch = Watch(self)

    def stop(self) -> None:
        """End every process of this world; its files stay."""
        for till in self.tills:
            till.stop()
        self.office.database.close()

    def close(self) -> None:
        """The end: nothing is left."""
        self.stop()
        shutil.rmtree(self.folder)

    # ---- the network

    def send(self, till: SimTill, no: int, send: Send) -> None:
        """A request leaves: it may be lost, arrive late, arrive twice."""
        life = till.life
        captured = till.request(send).request
        if captured is None:
            raise AssertionError("every request is captured")
        copies = 2 if self._chance(0.15) else 1
        lost = self._chance(0.15)
        self.note(f"{till.name} sends {send.call.value} {no}{' lost' if lost else ''}{' twice' if copies == 2 else ''}")
        if lost:
            self.later(
                self._delay(), f"{till.name} waits in vain {no}", lambda: self._arrive(till, life, (no, send), None)
            )
            return
        for copy in range(copies):
            answers = copy == 0
            delay = self._delay() * (1 if answers else 6)
            reach = self._reach(till, (no, send), captured, answers)
            self.later(delay, f"head office gets {till.name} {send.call.value} {no}", reach)

    def _reach(self, till: SimTill, sent: tuple[int, Send], captured: Request, answers: bool) -> Callable[[], None]:
        """What happens when a request arrives: head office answers; a waiting heads when something moved."""
        life, until_ms = till.life, self.clock.now_ms() + sent[1].wait_s * 1000

        def reach() -> None:
            status, body = self.head_office.serve(captured)
            if sent[1].call is Call.PUSH:
                self.watch.committed()
                self._stir()
            if not answers or till.life != life:
                return
            if b'"heads": []' in body and self.clock.now_ms() < until_ms:
                self._polls.append(reach)
                self.later(until_ms - self.clock.now_ms(), "a poll ends", self._stir)
                return
            dropped = self._chance(0.15)
            what = f"{till.name} gets {sent[0]} {status}{' not' if dropped else ''}"
            answer = None if dropped else (status, body)
            self.later(self._delay(), what, lambda: self._arrive(till, life, sent, answer))

        return reach

    def _stir(self) -> None:
        """Something moved, or a wait is over: every waiting heads looks again."""
        polls, self._polls = self._polls, []
        for poll in polls:
            poll()

    def wake(self, till: SimTill, after_ms: int) -> None:
        life = till.life

        def tick() -> None:
            if till.life == life:
                self.alive(till, till.tick)

        self.later(after_ms, f"{till.name} wakes", tick)

    def _arrive(self, till: SimTill, life: int, sent: tuple[int, Send], answer: tuple[int, bytes] | None) -> None:
        if till.life == life:
            self.alive(till, lambda: till.answered(*sent, answer))

    def _delay(self) -> int:
        return self.dice.randrange(5, 400) if self.faulty else 5

    def _chance(self, share: float) -> bool:
        return self.faulty and self.dice.random() < share

    # ---- time

    def later(self, after_ms: int, what: str, do: Callable[[], None]) -> None:
        self._n += 1
        heapq.heappush(self.coming, Coming(self.clock.now_ms() + max(0, after_ms), self._n, what, do))

    def next(self) -> bool:
        """Let the next thing happen; False when nothing is coming."""
        if not self.coming:
            return False
        coming = heapq.heappop(self.coming)
        self.clock.set_ms(max(self.clock.now_ms(), coming.at_ms))
        self.note(coming.what)
        coming.do()
        return True

    def note(self, what: str) -> None:
        self.trace.append(f"{self.clock.now_ms() - NOW_MS} {what}")

    def alive(self, till: SimTill, work: Callable[[], object]) -> None:
        """Do something in a till's process; a crash in the middle starts a new process."""
        till.crashes = self.faulty
        try:
            work()
        except Crash:
            self.note(f"{till.name} dies")
            till.crashes = False
            till.stop()
            till.start()
        finally:
            till.crashes = False
        self.watch.screen(till)

    # ---- the play

    def run(self) -> None:
        """Open, sell, fail, heal, rest; checks after every step and at the end."""
        for till in self.tills:
            self.members.append(till.enrol(f"张{till.name}"))
        for _ in range(STEPS):
            self._act()
            for _ in range(self.dice.randrange(4)):
                self.next()
        self.faulty = False
        self.rest()
        self.watch.rested()

    def rest(self) -> None:
        """The network is whole again: until every till waits for heads and owes nothing."""
        for _ in range(REST_STEPS_MAX):
            if all(till.waits_for_heads and not self.watch.behind(till) for till in self.tills):
                return
            if not self.next():
                raise AssertionError(f"seed {self.seed}: nothing is coming, and somebody still waits")
        raise AssertionError(f"seed {self.seed}: no rest after {REST_STEPS_MAX} steps (I8)")

    def _act(self) -> None:
        till = self.dice.choice(self.tills)
        draw = self.dice.random()
        if draw < 0.55:
            strangers = [member for member in self.members if not till.knows(member)]
            somebody = strangers if strangers and self.dice.random() < 0.5 else self.members
            member, yuan = self.dice.choice(somebody), self.dice.randrange(1, 300)
            self.note(f"{till.name} sells {yuan}")
            self.alive(till, lambda: till.sell(member, yuan))
        elif draw < 0.66:
            self.note(f"{till.name} enrols")
            self.alive(till, lambda: self.members.append(till.enrol(f"李{len(self.members)}")))
        elif draw < 0.72:
            self.note(f"{till.name} is killed")
            till.stop()
            till.start()
        elif draw < 0.8:
            self.clock.advance_s(self.dice.choice((1, 30, 600)))
