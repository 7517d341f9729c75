"""One seeded world: a head office, its tills and members. `run` plays a plan, heals everything, and lets it rest.

Everything is drawn from the seed: the same seed is the same history. checks.py says after each step what must hold.
Nothing waits: time is a number.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from app.store.rotation import Rotation
from sync.hq.api.watch import Look
from sync.hq.office import Office
from sync.protocol.shapes import PullResponse
from sync.till.transport import Identity
from sync.till.values import Call, Compare, DiskEffect, Send, SyncNow
from tests.simulation import ailments, devices
from tests.simulation.checks import Scar, Watch
from tests.simulation.counter import Enrolled
from tests.simulation.head_office import Site
from tests.simulation.network import Letter, Network, Timeline
from tests.simulation.plan import Step, plan_of
from tests.simulation.sim_till import Crash, SimTill
from tests.simulation.stage import NOW_MS, STORES, TILLS, device_key, first_members, till_ids
from tests.simulation.steps import perform, told
from tests.simulation.wire import Answer, Request

REST_STEPS_MAX = 2_000
DISK_AGAIN_MS = 5_000
NOT_KNOWN = "signature"
"""Head office went back to before a till was enrolled again: it says so, and an operator makes a code."""


class World:
    """`plan` None: that of the seed."""

    def __init__(self, seed: int, template: Path, folder: Path, plan: Sequence[Step] | None = None) -> None:
        shutil.copytree(template, folder, copy_function=shutil.copy)
        self.seed, self.folder = seed, folder
        self.plan = plan_of(seed) if plan is None else plan
        self.timeline = Timeline(NOW_MS + 60_000)
        self.site = Site(folder, self.timeline.clock)
        self.network = Network(self.timeline, seed, self)
        self.members = first_members(folder)
        self.scars: set[Scar] = set()
        self.skewed: set[str] = set()
        self.merged: list[set[str]] = []
        self.erased: list[Enrolled] = []
        self.watch = Watch(self)
        self.ids = till_ids(folder)
        self.tills: list[SimTill] = []
        for name in TILLS:
            self.add_till(name, Identity(self.ids[name], 1, device_key(name)))

    @property
    def trace(self) -> list[str]:
        return self.timeline.trace

    @property
    def office(self) -> Office:
        return self.site.office

    def add_till(self, name: str, identity: Identity) -> SimTill:
        """A till over the folder of its name."""
        folder = self.folder / name
        folder.chmod(0o700)
        dice = random.Random(f"{self.seed}/{name}")
        till = SimTill(name, folder, identity, devices.OwnClock(self.timeline.clock), self, dice)
        self.tills.append(till)
        return till

    def stop(self) -> None:
        """End every process of this world; its files stay."""
        for till in self.tills:
            till.stop()
        self.watch.close()
        self.site.close()

    def close(self) -> None:
        """The end: nothing is left, and nothing is written into it any more."""
        shutil.rmtree(self.folder)
        for till in self.tills:
            till.store.close()
            till.files.close()
        self.watch.close()
        self.site.close()

    # ---- what the tills are given

    def send(self, till: SimTill, send: Send) -> None:
        """A request of the machine."""
        name, talk = f"{send.call.value} {send.no}", till.talk(send)
        wait_ms = send.wait_s * 1000 if send.call is Call.HEADS else 0

        def arrived(answer: Answer | None) -> None:
            self.alive(till, lambda: till.answered(send, talk, answer))
            if answer is not None and talk.request is not None:
                leave()

        def leave() -> None:
            self.network.carry(Letter(till, name, talk.asks, arrived, wait_ms))

        leave()

    def release(self, till: SimTill, request: Request) -> None:
        """A hold is given back at once; nobody waits for the answer."""
        self.network.carry(Letter(till, "release", request, lambda _: None))

    def wake(self, till: SimTill, after_ms: int) -> None:
        self.soon(till, after_ms, f"{till.name} wakes", till.tick)

    def again(self, till: SimTill, effect: DiskEffect) -> None:
        self.soon(till, DISK_AGAIN_MS, f"{till.name} tries its disk again", lambda: till.again(effect))

    def steady_ms(self) -> int:
        return self.timeline.clock.now_ms()

    def serve(self, till: SimTill, request: Request) -> Answer | None:
        """Head office answers; what it committed is looked at."""
        if till.name in self.skewed:
            request = replace(request, headers={**request.headers, "guitai-proto": "99"})
        answer = self.site.serve(request)
        self.watch.committed()
        if request.method != "GET" or answer is None:
            self.network.stir()
        return answer

    def look(self) -> Look:
        """Where everything stands, for those who wait."""
        return Look(self.watch.incarnation, self.watch.heads)

    def pulled(self, till: SimTill, send: Send, page: PullResponse) -> None:
        """A page is here, before it is applied."""
        self.watch.page(till, send, page)

    def mends(self, till: SimTill, send: Send) -> None:
        """A slice is here, before it is applied."""
        self.watch.slice(till, send)

    # ---- time

    def alive(self, till: SimTill, work: Callable[[], object]) -> None:
        """Do something in a till's process; a crash in the middle starts a new process."""
        till.crashes = self.network.faulty
        try:
            said = work()
            if isinstance(said, str):
                self.timeline.note(f"{till.name} {said}")
        except Crash:
            self.restart(till, "dies")
        finally:
            till.crashes = False
        self.watch.screen(till)

    def restart(self, till: SimTill, why: str, power: random.Random | None = None) -> None:
        """Its process ends; what `power` lost is gone; a new one starts."""
        self.timeline.note(f"{till.name} {why}")
        till.crashes = False
        till.stop(power)
        till.start()

    def soon(self, till: SimTill, after_ms: int, what: str, work: Callable[[], object]) -> None:
        """Later, unless the process has ended by then."""
        life = till.life

        def do() -> None:
            if till.life == life:
                self.alive(till, work)

        self.timeline.later(after_ms, what, do)

    # ---- the play

    def run(self) -> None:
        """Sell, fail, heal, rest; checks after every step and at the end."""
        for step in self.plan:
            perform(self, step)
            for _ in range(step.pause):
                self.timeline.next()
        self.heal()
        self.rest()
        for till in self.tills:  # what its head office took is signed with from the next start on
            if ailments.key_of(till) is Rotation.TAKEN:
                self.restart(till, "is started again")
        for till in self.tills:  # a waiting heads tells nothing of an identity that is used twice
            if till.hurt:
                till.feed(Compare())
            self.alive(till, lambda t=till: t.feed(SyncNow()))  # type: ignore[misc]
        self.rest()
        self.watch.rested()

    def heal(self) -> None:
        """The network is whole, disks have room, head office has what it needs, nobody dies any more."""
        self.network.heal()
        self.skewed.clear()
        self.site.places.dies_at = 0
        self.site.publish()
        self.watch.committed()
        self.network.stir()
        for till in self.tills:
            devices.fill_disk(till, full=False)

    def rest(self) -> None:
        """Until all letters are there, every counter is done, every till has an identity and owes nothing."""
        for _ in range(REST_STEPS_MAX):
            for till in self.tills:
                if till.state.durable.closed or till.state.problem == NOT_KNOWN:
                    self.enrol_again(till)
                if till.counter.cart.spend is not None:
                    self.alive(till, lambda t=till: told(t, lambda: t.counter.finish(t.dice)))  # type: ignore[misc]
            if not self.network.late and not any(self._busy(till) for till in self.tills):
                return
            if not self.timeline.next():
                raise AssertionError(f"seed {self.seed}: nothing is coming, and somebody still waits")
        raise AssertionError(f"seed {self.seed}: no rest after {REST_STEPS_MAX} steps (I8)")

    def _busy(self, till: SimTill) -> bool:
        return till.counter.asking is not None or not till.waits_for_heads or self.watch.behind(till)

    def enrol_again(self, till: SimTill) -> None:
        """An operator's code: the same place again; a second device of one place gets a place of its own."""
        place = self.ids.get(till.name)
        key = device_key(f"{till.name}{till.life}")
        made = self.site.enrol(STORES[till.name[0]], place, key.public_key().public_bytes_raw().hex())
        self.timeline.note(f"{till.name} is enrolled again, epoch {made.epoch}")
        till.stop()
        devices.become(till.folder, made, key)
        self.ids[till.name] = made.till_id
        till.tainted = True
        till.is_somebody(Identity(made.till_id, made.epoch, key))
        till.start()
        self.watch.committed()
