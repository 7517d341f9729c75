"""The head office of a pair: a real one on loopback with a scenario's programme and members, its clock set by hand."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from app.clock import ManualClock
from app.domain.programme.account import Account
from app.domain.programme.document import Programme
from app.domain.programme.facts import open_account
from app.domain.programme.scenario import Result
from app.domain.programme.scenario_file import Scenario
from app.errors import ConfigError
from app.ids import uuid7
from app.resources import migrations
from sync.hq import nightly, setup
from sync.hq.api.server import Listening, Server
from sync.hq.database import Database
from sync.hq.docs import POINTS, STAMPS, STORED_VALUE, AccountDoc, MemberDoc
from sync.hq.feed import publish
from sync.hq.meta import SideFile
from sync.hq.office import Limits, Office
from sync.hq.schema import upgrade
from sync.hq.setup import Chain, NewStore
from sync.hq.work import rows
from sync.hq.work.audit import faults
from sync.hq.work.book import Book, with_
from sync.hq.work.channel import NewChannel, register
from sync.hq.work.identities import new_code
from sync.hq.work.merge import Merge, merge
from sync.hq.work.points import keep_account
from sync.hq.work.rates import Rate

T = TypeVar("T")

STARTS_WITHIN_S: Final = 30
NO_LIMITS: Final = Limits(
    requests_per_s=1e6, requests_burst=10**9, finds=Rate(60_000_000, 10**9), enrol_failures_per_s=1e6,
    enrol_failures_burst=10**9,
)  # fmt: skip
PURSE_MINOR: Final = 10**9
"""Stored value every member of a scenario may spend: its steps name money, not balances."""
NOT_AN_ID: Final = re.compile(r"[^a-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Person:
    """A scenario's member at head office: ids, and the account of each kind (`stamps:<card>` for stamp cards)."""

    member_id: str
    accounts: Mapping[str, str]


def place_id(name: str) -> str:
    """A store's or region's name of a scenario as an id of the wire."""
    return NOT_AN_ID.sub("-", name.lower()).strip("-_") or "store"


def placed(document: Any) -> Any:
    """A document whose conditions name stores and regions by their ids."""
    if isinstance(document, Mapping):
        return {
            name: [place_id(str(one)) for one in value]
            if name in ("stores", "regions") and isinstance(value, list)
            else placed(value)
            for name, value in document.items()
        }
    return [placed(one) for one in document] if isinstance(document, list) else document


class PairOffice:
    """Served on loopback from a thread of its own until `close`."""

    def __init__(self, folder: Path, url: str | None, clock: ManualClock, document: Mapping[str, Any]) -> None:
        folder.mkdir(parents=True)
        database = Database(url or f"sqlite:///{folder / 'hq.db'}")
        upgrade(database, migrations() / "hq")
        self.clock = clock
        self.office = Office(database, clock, SideFile(folder / "hq.side"), lambda _: "", NO_LIMITS)
        now, marker = database.run(
            lambda connection: setup.initialise(connection, Chain("ab" * 32, "member.example"), clock.now_ms())
        )
        self.office.side.write(now, marker)
        database.run(lambda connection: setup.publish_programme(self.office.book(connection), document))
        self.people: dict[str, Person] = {}
        self._stores: dict[str, str] = {}
        self._serve()

    def _serve(self) -> None:
        self.office.begin()
        self._server = Server(self.office, Listening())
        self.address = f"http://127.0.0.1:{self._server.address[1]}"
        ready = threading.Event()
        self._thread = threading.Thread(target=self._server.run, kwargs={"started": ready.set}, name="pair-office")
        self._thread.start()
        if not ready.wait(STARTS_WITHIN_S):
            raise ConfigError("hq_address", address=self.address)

    def close(self) -> None:
        self._server.stop()
        self._thread.join()
        self.office.database.close()

    def new_till(self, store: str, region: str) -> str:
        """A code for a till of that store, which is opened by its first one."""

        def work(connection: Connection) -> str:
            if store not in self._stores:
                setup.open_store(connection, NewStore(store, region, store.upper(), {}))
            return new_code(connection, store, None, self.clock.now_ms())[1]

        code = self.office.database.run(work)
        self._stores[store] = region
        return code

    def new_channel(self, new: NewChannel) -> str:
        """The id of a channel whose events are taken from now on."""
        return self.office.database.run(lambda connection: register(connection, new, self.clock.now_ms()))

    def purchase(self, event_id: str) -> Result:
        """What head office made of a channel's purchase."""
        sale = self._read(lambda book: book.sale(event_id))
        if sale is None:
            raise AssertionError("an applied purchase is kept")
        account_id = sale.account_id
        owner = self._read(lambda book: book.account(account_id)) if account_id is not None else None
        waiting = owner.state.to_follow if owner is not None and owner.state is not None else ()
        return {
            "earned": sale.points,
            "to_follow": sum(one.amount for one in waiting if one.event == event_id),
            "redeemed": 0,
            "payable_minor": sale.total_minor,
            "because": [
                {"rule": rule, "points": points, "line": number}
                for number, line in enumerate(sale.lines)
                for rule, points in line.because
            ],
        }

    def seed(self, read: Scenario, regions: tuple[str, ...], store: str) -> None:
        """The members of a scenario as they stand at the start of its first day."""

        def work(connection: Connection) -> None:
            book = self.office.book(connection)
            for number, facts in enumerate(read.members):
                person = self._person(read.programme)
                born = {"birthday_on": facts.birthday_on.isoformat()} if facts.birthday_on else {}
                book.put("member", MemberDoc(
                    id=person.member_id, member_no=f"{number + 1:06d}", home_store_id=store, notice_version=1,
                    enrolled_on=(facts.enrolled_on or read.day).isoformat(), status=facts.status.value,
                    personal=dict(born), tags=tuple(sorted(facts.tags)), segments=tuple(sorted(facts.segments)),
                    consents={"service": True}, accounts=dict(person.accounts), regions=regions,
                ))  # fmt: skip
                mine = replace(facts, member_id=person.member_id)
                self._add(book, person, open_account(read.programme, mine, read.day))
                self.people[facts.member_id] = person
            book.write()
            publish(connection, rows.changes(book))

        self.office.database.run(work)

    def _person(self, programme: Programme) -> Person:
        names = [POINTS, STORED_VALUE, *(f"{STAMPS}:{card.id}" for card in programme.stamps)]
        now_ms = self.clock.now_ms()
        return Person(uuid7(now_ms), {name: uuid7(now_ms) for name in names})

    def _add(self, book: Book, person: Person, state: Account) -> None:
        for name, account_id in reversed(list(person.accounts.items())):  # points last: they fill coupons and stamps
            kind, _, card = name.partition(":")
            empty = AccountDoc(id=account_id, member_id=person.member_id, kind=kind, stamp_id=card or None)
            full = with_(empty, amount=PURSE_MINOR if kind == STORED_VALUE else 0)
            if kind == POINTS:
                full = with_(empty, state=state)
            keep_account(book, f"import/{person.member_id}", self.clock.now_ms(), empty, full)

    def night(self, day: date) -> None:
        """Everything due up to and including the start of `day`."""
        for _ in nightly.run(self.office, day):
            continue

    def merge(self, source: str, survivor: str) -> None:
        """Refusal `member_blocked`, `merge_same`."""
        wanted = Merge(uuid7(self.clock.now_ms()), source, survivor, "scenario")
        self.office.database.run(lambda connection: merge(self.office.book(connection), wanted))

    def member(self, name: str) -> MemberDoc:
        """A scenario's own member."""
        found = self._read(lambda book: book.get("member", self.people[name].member_id))
        if not isinstance(found, MemberDoc):
            raise AssertionError(f"member {name} is seeded")
        return found

    def account(self, name: str, *, own: bool = False) -> AccountDoc:
        """The account that events of a member post to: its own, or the survivor's; `own`: its own in any case."""
        account_id = self.people[name].accounts[POINTS]
        found = self._read(lambda book: book.get("account", account_id) if own else book.account(account_id))
        if not isinstance(found, AccountDoc):
            raise AssertionError(f"member {name} has an account")
        return found

    def _read(self, work: Callable[[Book], T]) -> T:
        return self.office.database.run(lambda connection: work(self.office.book(connection)))

    def faults(self) -> list[str]:
        with self.office.database.read() as connection:
            return [f"{one.where}: {one.what}" for one in faults(connection)]
