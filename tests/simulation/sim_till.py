"""A till of the simulator: real machine, files, use cases and transport; time and the network are its world's."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from app.domain.member import Member
from app.errors import StoreError
from app.failpoints import Failpoint, Failpoints
from app.ids import MemberId
from app.services.holding import ask, recover
from app.services.ports import HoldAnswer
from app.services.redemption import Ask
from app.store import keys
from app.store.event_key import SEQ_BITS
from app.store.files import TillFiles, open_till
from app.store.pins import FLOOR
from app.store.syncing import TillSync
from app.wiring.head_office import LinkedHeadOffice
from sync.protocol.shapes import PullResponse
from sync.till.calls import SideCalls
from sync.till.disk import carry_out, load
from sync.till.machine import Moment, begin, step
from sync.till.state import State
from sync.till.transport import Identity, Wire
from sync.till.values import (
    EVENTS_MAX,
    Answered,
    Body,
    Call,
    DiskEffect,
    Drop,
    Grown,
    Input,
    Loss,
    Lost,
    Page,
    Send,
    Tick,
    Version,
    Wake,
)
from tests.simulation import ailments
from tests.simulation.asking import Answering, Asking, News
from tests.simulation.counter import Counter, Enrolled
from tests.simulation.devices import OwnClock, cut_off
from tests.simulation.wire import Answer, NoLimit, Request, Talk, line

CRASH_SHARE = 0.015
SHOWN_FROM = (
    "SELECT * FROM till.effect",
    "SELECT member_id FROM till.own_member",
)
"""What of till.db a member's points on the screen are made from (app/store/lookup.py, own_members.py)."""
Exchange = Talk[tuple[Version | None, Body] | Loss]


class Crash(BaseException):
    """The process is gone: nothing in it may catch this."""


class Network(Protocol):
    """What a till's world does with its requests, and when it wakes the till again."""

    def send(self, till: SimTill, send: Send) -> None: ...
    def release(self, till: SimTill, request: Request) -> None: ...
    def wake(self, till: SimTill, after_ms: int) -> None: ...
    def again(self, till: SimTill, effect: DiskEffect) -> None: ...
    def pulled(self, till: SimTill, send: Send, page: PullResponse) -> None: ...
    def mends(self, till: SimTill, send: Send) -> None: ...
    def steady_ms(self) -> int: ...


@dataclass(frozen=True)
class Shown:
    """A member's points on the screen: the cached balance or None, own points on top.

    `versions`: (incarnation, account, version) of the cached rows they come from, more than one where it was merged.
    """

    balance: int | None
    on_top: int
    versions: tuple[tuple[int, str, int], ...]
    cards: frozenset[str] = frozenset()


class _Places(Failpoints):
    """Every named place of the program may end this process."""

    def __init__(self, till: SimTill) -> None:
        super().__init__({})
        self._till = till

    def hit(self, place: Failpoint) -> None:
        self._till.may_crash()


class SimTill:
    """One till place. `life` counts its processes: what was on its way to an earlier one is gone."""

    def __init__(
        self, name: str, folder: Path, identity: Identity, clock: OwnClock, network: Network, dice: random.Random
    ) -> None:
        self.name, self.folder = name, folder
        self.tainted = False
        self.clock, self._network, self.dice = clock, network, dice
        self.life = 0
        self.crashes = False
        self.failpoints = _Places(self)
        self.asked: Talk[Mapping[str, Any]] | None = None
        self.hurt: set[tuple[str, int]] = set()
        self.is_somebody(identity)
        self.start()

    def is_somebody(self, identity: Identity) -> None:
        """Who signs from now on, until the folder says which key came after this one."""
        self._made = identity
        self._signs_as(identity)

    def _signs_as(self, identity: Identity) -> None:
        self.identity = identity
        # the one seam: bytes leave and arrive through the world
        self.wire = Wire(line(), identity, self.clock, NoLimit)

    # ---- the process

    def start(self) -> None:
        """A new process over whatever the files hold."""
        self.life += 1
        ring = keys.load(self.folder, os.environ)
        signing = ailments.signs(self.folder, ring, self._made)
        if signing.key.private_bytes_raw() != self.identity.key.private_bytes_raw():
            self._signs_as(signing)
        self.store = TillSync(self.folder, ring, self.clock, lambda _: self._reopen())
        self.files: TillFiles = open_till(self.folder, os.environ, self.clock, pin_cost=FLOOR)
        self._no_waiting_for_disks()
        self.counter = Counter(self)
        recover(self.counter.till)
        self.state: State = replace(begin(load(self.store)), events_max=self.dice.choice((1, 2, 3, EVENTS_MAX)))
        self.shown_at: tuple[Any, ...] = ()
        self._network.wake(self, 0)

    def stop(self, power: random.Random | None = None) -> None:
        """kill -9: transactions not committed are gone, everything in memory too; with `power` as devices.cut_off."""
        with cut_off(self.folder, power):
            self.store.close()
            self.files.close()

    def _no_waiting_for_disks(self) -> None:
        """Nobody pulls this machine's plug: what is not synced is lost by design (faults.py), never by chance."""
        for db in (self.store._till, self.store._cache, self.files.book.connection, self.files.members.connection):
            if db is not None:
                db.execute("PRAGMA synchronous=OFF")

    def _reopen(self) -> None:
        self.files.close()
        self.files = open_till(self.folder, os.environ, self.clock, pin_cost=FLOOR)
        self._no_waiting_for_disks()
        self.counter.reopened()

    # ---- the machine

    def feed(self, given: Input) -> None:
        """One input and all disk effects it leads to; requests go to the world. Crash: the process died on the way."""
        pending: list[Input] = [given]
        while pending:
            moment = Moment(self._network.steady_ms(), self.dice.randrange)
            self.state, effects = step(self.state, pending.pop(0), moment)
            for effect in effects:
                if isinstance(effect, Send):
                    self._network.send(self, effect)
                elif isinstance(effect, Wake):
                    self._network.wake(self, effect.after_ms)
                elif not isinstance(effect, Drop):
                    pending += self._written(effect)

    def again(self, effect: DiskEffect) -> None:
        """The disk refused an effect a while ago: the same once more."""
        for found in self._written(effect):
            self.feed(found)

    def _written(self, effect: DiskEffect) -> list[Input]:
        """What carrying an effect out says; nothing while the disk refuses, then it is tried again later."""
        self.may_crash()
        try:
            found = carry_out(self.store, effect)
        except StoreError:
            self._network.again(self, effect)
            return []
        self.may_crash()
        return [found]

    def grown(self) -> None:
        """Events were written: the sync process is told, as `Topic.PENDING` does."""
        self.feed(Grown(self.store.last_seq()))

    def tick(self) -> None:
        self.feed(Tick())

    def may_crash(self) -> None:
        if self.crashes and self.dice.random() < CRASH_SHARE:
            raise Crash

    # ---- the wire, its two halves apart

    def talk(self, send: Send) -> Exchange:
        """The exchange of `send`: its signed request, built by the real transport, is on its way."""
        return Talk(self.wire.exchange(send))

    def answered(self, send: Send, talk: Exchange, answer: Answer | None) -> None:
        """An answer (or None: it was lost) reaches this process, read by the real transport, which may ask again."""
        if answer is None:
            self.feed(Lost(send.no, Loss.TIMEOUT))
            return
        talk.answered(answer)
        if talk.request is None:
            read = talk.result
            if isinstance(read, tuple) and isinstance(read[1], Page):
                self._network.pulled(self, send, read[1].page)
            self._network.mends(self, send)
            self.feed(Lost(send.no, read) if isinstance(read, Loss) else Answered(send.no, *read))

    def request_hold(self, asked: Ask) -> Talk[Mapping[str, Any]]:
        """Points are asked for: the signed request is on its way."""
        self.asked = None
        ask(self.link, asked.hold)
        if self.asked is None:
            raise AssertionError("head office is asked")
        return self.asked

    def read_hold(self, asked: Ask, talk: Talk[Mapping[str, Any]], answer: Answer) -> HoldAnswer:
        """What an answer to it says, read by the real link; unknown where it asks once more."""
        return ask(LinkedHeadOffice(Answering(talk, answer), News(self)), asked.hold)

    @property
    def link(self) -> LinkedHeadOffice:
        """The till's own way to head office while a cashier waits."""
        return LinkedHeadOffice(Asking(self), News(self))

    def side_call(self, do: str, given: Mapping[str, Any]) -> None:
        """A command of the counter, through the real calls; a release leaves at once, nobody waits for its answer."""
        talk = Talk(SideCalls(self.wire).command(do, given, self.state.durable.seen))
        if do == "release":
            self._network.release(self, talk.asks)
        else:
            self.asked = talk

    @property
    def waits_for_heads(self) -> bool:
        exchange = self.state.exchange
        return exchange is not None and exchange.call is Call.HEADS and exchange.wait_s > 0

    # ---- what the screen says and the files hold, for the world and the watch

    def knows(self, member: Enrolled) -> bool:
        return self.files.members.by_card(member.card) is not None

    def shown(self, member: Enrolled) -> Shown | None:
        """What the screen says."""
        found = self.files.members.by_id(MemberId(member.member_id))
        if found is None:
            return None
        if found.account is None or found.ver == 0:
            return Shown(None, found.own_points, ())
        if found.account.merging:  # the screen says so, and no number (fine print 5)
            return None
        return Shown(
            found.account.balance, found.own_points, tuple(self._versions(member.member_id)), self._cards(found)
        )

    def is_merging(self, member: Enrolled) -> bool:
        """Whether the screen shows no number because a transfer is here in part."""
        found = self.files.members.by_id(MemberId(member.member_id))
        return found is not None and found.account is not None and found.account.merging

    def _cards(self, found: Member) -> frozenset[str]:
        wanted = "SELECT number FROM main.card WHERE member_id = ? AND raw IS NOT NULL"
        return frozenset(number for (number,) in self.files.members.connection.execute(wanted, (found.member_id,)))

    def _versions(self, member_id: str | None) -> Iterator[tuple[int, str, int]]:
        db = self.files.members.connection
        while member_id is not None:
            newest = " AND raw IS NOT NULL ORDER BY incarnation_no DESC, ver DESC LIMIT 1"
            row = db.execute(
                f"SELECT raw ->> 'merged_into' FROM main.member WHERE id = ?{newest}", (member_id,)
            ).fetchone()
            wanted = f"SELECT incarnation_no, id, ver FROM main.account WHERE member_id = ?{newest}"
            if row is not None:
                yield from db.execute(wanted, (member_id,))
            member_id = row[0] if row else None

    def moved(self) -> bool:
        """Whether anything that members' points are shown from changed since this was asked last.

        The cache is asked whether it changed; of the till's own file, which is written all the time, the rows are.
        """
        db = self.files.members.connection
        versions = [db.execute(f"PRAGMA {schema}.data_version").fetchone()[0] for schema in ("main", "till")]
        if self.shown_at[:2] == (db, versions):
            return False
        last, self.shown_at = self.shown_at, (db, versions, [db.execute(one).fetchall() for one in SHOWN_FROM])
        return not (last and last[0] is db and last[1][0] == versions[0] and last[2] == self.shown_at[2])

    def own_effects(self) -> list[tuple[str, str, int]]:
        """(event_id, account_id or card, points) of everything done here that moved points."""
        wanted = "SELECT v.event_id, e.key, e.points FROM till.effect AS e JOIN till.event AS v ON v.n = e.n"
        return list(self.files.members.connection.execute(wanted))

    def essentials(self) -> set[tuple[str, str]]:
        """(kind, id) of the programmes and erasures in till.db."""
        db = self.files.members.connection
        programmes = db.execute("SELECT programme_id FROM till.programme")
        found = {("programme", name) for (name,) in programmes}
        return found | {("erasure", one) for (one,) in db.execute("SELECT member_id FROM till.erased")}

    def tables_with(self, text: str) -> list[str]:
        """Every table of either file in which a text stands."""
        db, found = self.files.members.connection, []
        for schema in ("main", "till"):
            tables = db.execute(f"SELECT name FROM {schema}.sqlite_schema WHERE type = 'table' AND rootpage > 0")
            for (table,) in tables.fetchall():
                columns = [row[1] for row in db.execute(f"PRAGMA {schema}.table_info('{table}')")]
                anywhere = " OR ".join(f'instr(CAST("{one}" AS TEXT), ?1)' for one in columns)
                if db.execute(f'SELECT 1 FROM {schema}."{table}" WHERE {anywhere} LIMIT 1', (text,)).fetchone():
                    found.append(f"{schema}.{table}")
        return found

    def settled(self) -> set[str]:
        """Own events whose stored result is final."""
        wanted = (
            "SELECT v.event_id FROM till.event_result AS r JOIN till.event AS v ON v.n = r.n"
            " WHERE coalesce(json_extract(r.raw, '$.was'), r.outcome) != 'parked'"
        )
        return {event_id for (event_id,) in self.files.members.connection.execute(wanted)}

    def receipts(self) -> list[str]:
        """Receipt numbers of this till's sales, oldest first."""
        wanted = "SELECT receipt_no FROM till.sale ORDER BY n"
        return [number for (number,) in self.files.members.connection.execute(wanted)]

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
