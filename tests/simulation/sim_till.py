"""A till of the simulator: real machine, files and transport; time and the network are its world's."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from app.clock import ManualClock
from app.domain.consent import Consent, Purpose
from app.domain.events import Basis, NewMember, attachment, enrolment_fact, sale_fact, seal, shift_open_fact
from app.domain.sale import Basket, Because, Line, Sale, SaleResult, Tender, TenderKind
from app.domain.shift import Shift
from app.ids import AccountId, EventId, MemberId, ShiftId, StaffId, uuid7
from app.services.ports import Effect as Overlay
from app.services.ports import OwnMember
from app.store import keys
from app.store.files import TillFiles, open_till
from app.store.pins import FLOOR
from app.store.syncing import TillSync
from app.store.transaction import SEQ_BITS
from sync.protocol.buckets import region_bucket
from sync.till.disk import carry_out, load
from sync.till.machine import Moment, begin, step
from sync.till.state import State
from sync.till.transport import Identity, Wire, client
from sync.till.values import EVENTS_MAX, Answered, Call, Drop, Grown, Input, Loss, Lost, Send, Tick, Wake
from tests.simulation.wire import ADDRESS, Captured, finished

PROGRAMME = "sim:1"


class Crash(Exception):
    """The process is gone."""


class Network(Protocol):
    """What a till's world does with a request, and when it wakes the till again."""

    def send(self, till: SimTill, no: int, send: Send) -> None: ...
    def wake(self, till: SimTill, after_ms: int) -> None: ...


@dataclass(frozen=True)
class Enrolled:
    """A member as the simulator remembers it."""

    member_id: str
    account_id: str
    card: str


class SimTill:
    """One till place. `life` counts its processes: what was on its way to an earlier one is gone."""

    def __init__(
        self, name: str, folder: Path, identity: Identity, clock: ManualClock, network: Network, dice: random.Random
    ) -> None:
        self.name, self.folder, self.identity = name, folder, identity
        self.clock, self._network, self.dice = clock, network, dice
        self.life = 0
        self.crashes = False
        self.wire_out = Captured()
        self.wire = Wire(client(ADDRESS, False), identity, clock)
        self.wire._http._transport = self.wire_out  # the one seam: bytes leave and arrive through the world
        self.start()

    # ---- the process

    def start(self) -> None:
        """A new process over whatever the files hold."""
        self.life += 1
        ring = keys.load(self.folder, os.environ)
        self.store = TillSync(self.folder, ring, self.clock, lambda _: self._reopen())
        self.files: TillFiles = open_till(self.folder, os.environ, self.clock, pin_cost=FLOOR)
        self.state: State = replace(begin(load(self.store)), events_max=self.dice.choice((1, 2, 3, EVENTS_MAX)))
        self._network.wake(self, 0)

    def stop(self) -> None:
        """kill -9: transactions not committed are gone, everything in memory too."""
        self.store.close()
        self.files.close()

    def _reopen(self) -> None:
        self.files.close()
        self.files = open_till(self.folder, os.environ, self.clock, pin_cost=FLOOR)

    # ---- the machine

    def feed(self, given: Input) -> None:
        """One input and all disk effects it leads to; requests go to the world. Crash: the process died on the way."""
        pending: list[Input] = [given]
        while pending:
            self.state, effects = step(self.state, pending.pop(0), Moment(self.clock.now_ms(), self.dice.randrange))
            for effect in effects:
                if isinstance(effect, Send):
                    self._network.send(self, effect.no, effect)
                elif isinstance(effect, Wake):
                    self._network.wake(self, effect.after_ms)
                elif not isinstance(effect, Drop):
                    self._may_crash()
                    pending.append(carry_out(self.store, effect))
                    self._may_crash()

    def _may_crash(self) -> None:
        if self.crashes and self.dice.random() < 0.04:
            raise Crash

    def request(self, send: Send) -> Captured:
        """The signed request of `send`, built by the real transport and captured before it leaves."""
        self.wire_out.answer, self.wire_out.request = None, None
        finished(self.wire.exchange(send))
        return self.wire_out

    def answered(self, no: int, send: Send, answer: tuple[int, bytes] | None) -> None:
        """An answer (or None: it was lost) reaches this process; read by the real transport."""
        if answer is None:
            self.feed(Lost(no, Loss.TIMEOUT))
            return
        self.wire_out.answer = answer
        read = finished(self.wire.exchange(send))
        self.wire_out.answer = None
        self.feed(Lost(no, read) if isinstance(read, Loss) else Answered(no, *read))

    @property
    def waits_for_heads(self) -> bool:
        exchange = self.state.exchange
        return exchange is not None and exchange.call is Call.HEADS and exchange.wait_s > 0

    # ---- facts

    def open_shift(self) -> None:
        shift = Shift(ShiftId(self._id()), 1, StaffId(self._id()), self.clock.now_ms())
        with self.files.book.begin() as tx:
            tx.open_shift(shift)
            tx.append(seal(shift_open_fact(EventId(self._id()), shift), tx.head()))
            tx.commit()

    def enrol(self, name: str) -> Enrolled:
        """A member with a card of this till's block."""
        event_id, at_ms = EventId(self._id()), self.clock.now_ms()
        personal = attachment(self._id(), self.dice.randbytes(32), {"name": name, "phone": "+8613800000000"})
        with self.files.book.begin() as tx:
            number, card = tx.take_number("member"), tx.take_number("card")
            ids = MemberId(self._neighbour()), AccountId(self._id())
            made = NewMember(*ids, number, card, "s027", "2026-09-21", StaffId(self._id()))
            fact = enrolment_fact(
                event_id, at_ms, made, consents=(Consent(Purpose.SERVICE, True),), notice=1, personal=personal
            )
            tx.add_member(
                OwnMember(
                    made.member_id, made.account_id, event_id, personal.pii_ref, number, card, "s027", "2026-09-21"
                )
            )
            tx.append(seal(fact, tx.head()))
            tx.commit()
        self.grown()
        return Enrolled(made.member_id, made.account_id, card)

    def sell(self, member: Enrolled, yuan: int) -> str:
        """An amount-only sale: one point a yuan; its event id. To the card number where the member is not known."""
        known = self.knows(member)
        event_id, shift = EventId(self._id()), self.files.book.open_shift()
        if shift is None:
            raise AssertionError("a shift is open")
        with self.files.book.begin() as tx:
            result = SaleResult(yuan * 100, yuan, because=(Because("base", yuan, 0),))
            sale = Sale(
                event_id, f"{self.name}-{tx.next_number('receipt'):06d}", self.clock.now_ms(), "2026-09-21",
                shift.shift_id, shift.staff_id, "CNY", Basket((Line(yuan * 100),)),
                (Tender(TenderKind.CASH, yuan * 100),), result,
                yuan * 100, 0, MemberId(member.member_id) if known else None, None if known else member.card,
            )  # fmt: skip
            tx.add_sale(sale)
            fact = sale_fact(sale, Basis(PROGRAMME))
            key = (AccountId(member.account_id), None) if known else (None, member.card)
            tx.append(seal(fact, tx.head()), (Overlay(*key, yuan),))
            tx.commit()
        self.grown()
        return event_id

    def grown(self) -> None:
        """Tell the machine that there is something to push."""
        self.feed(Grown(self.files.book.head().seq))

    def tick(self) -> None:
        self.feed(Tick())

    def knows(self, member: Enrolled) -> bool:
        """The member can be found here."""
        return self.files.members.by_id(MemberId(member.member_id)) is not None

    def shown(self, member: Enrolled) -> tuple[int | None, int, int] | None:
        """What the screen says: (cached balance or None, own points on top, version of the cached account)."""
        found = self.files.members.by_id(MemberId(member.member_id))
        if found is None:
            return None
        if found.account is None or found.ver == 0:
            return None, found.own_points, 0
        return found.account.balance, found.own_points, found.account.ver

    def _neighbour(self) -> str:
        """An id whose rows share one bucket with those of every other member: what meets, meets often."""
        while True:
            found = self._id()
            if region_bucket("r1", found) == "region:r1:07":
                return found

    # ---- what the files hold, for the watch

    def own_sales(self) -> list[tuple[str, str, int]]:
        """(event_id, account_id, points) of every sale made here."""
        wanted = (
            "SELECT v.event_id, e.key, e.points FROM till.effect AS e JOIN till.event AS v ON v.n = e.n"
            " WHERE v.type = 'sale'"
        )
        return list(self.files.members.connection.execute(wanted))

    def own_chain(self) -> list[tuple[int, str, str]]:
        """(seq, raw, hash) of every event, in order."""
        wanted = "SELECT n & ?, raw, hash FROM till.event ORDER BY n"
        return list(self.files.members.connection.execute(wanted, ((1 << SEQ_BITS) - 1,)))

    def cached_rows(self, bucket: str) -> list[tuple[str, str, int, str]]:
        """(kind, id, ver, raw) of the live rows of a bucket."""
        db = self.files.members.connection
        if bucket.startswith("till:"):
            return list(db.execute("SELECT kind, id, ver, raw FROM till.till_row WHERE raw IS NOT NULL"))
        found = []
        for table in ("member", "card", "account", "other"):
            kind = "kind" if table == "other" else f"'{table}'"
            found += db.execute(
                f"SELECT {kind}, r.id, ver, raw FROM main.{table} AS r JOIN main.bucket AS b ON b.no = r.bucket"
                " WHERE b.id = ? AND raw IS NOT NULL",
                (bucket,),
            )
        return found

    def _id(self) -> str:
        return uuid7(self.clock.now_ms(), self.dice.getrandbits)
