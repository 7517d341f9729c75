"""The state one slice of events works on: documents read under lock, changed per event, written once at the end.

Every event works on a fork of the book; what it did counts only when it is absorbed. That is the savepoint per event
of protocol.md rule 1, without a round trip to the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

import msgspec
from sqlalchemy import Connection, select

from app.domain.programme.account import Account
from app.domain.programme.document import Programme
from app.domain.programme.parse import parse
from app.domain.programme.schema import read_json
from app.domain.programme.upcoming import next_due
from app.failpoints import NO_FAILPOINTS, Failpoints
from sync.hq import tables
from sync.hq.docs import KINDS, AccountDoc, CardDoc, CouponDoc, Doc, HoldDoc, MemberDoc, SaleDoc
from sync.hq.feed import Change
from sync.hq.locks import insert_new, insert_rows, lock_by_id, upsert
from sync.hq.work.moments import moment_of
from sync.protocol.buckets import is_of, region_bucket

if TYPE_CHECKING:
    from sync.hq.work.promise import Told

MERGES_FOLLOWED_MAX: Final = 16
STORE_CHANNEL: Final = "store"
"""What programmes call a till's sales."""


@dataclass(frozen=True, slots=True)
class Till:
    """Where an event comes from: the authenticated identity and its place; another channel has epoch 0 and its name."""

    till_id: str
    epoch: int
    store_id: str
    region_id: str
    channel: str = STORE_CHANNEL

    def reads(self, bucket: str) -> bool:
        """Whether a bucket is one of this till's."""
        return is_of(bucket, self.till_id, self.store_id, self.region_id)


def _forget(_member_id: str, _on: str) -> None:
    """For work without a list of erasures beside the database."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the work needs beside the database. `today_ms` is head office's clock; `pinyin` may be empty text."""

    now_ms: int
    programmes: dict[str, Programme]
    pinyin: Callable[[str], str]
    failpoints: Failpoints = NO_FAILPOINTS
    note_erased: Callable[[str, str], None] = _forget
    """Told of every erased member and the day, before the erasure is committed."""


@dataclass
class Book:
    """Documents by (kind, id), the feed rows that change, and ledger entries; a fork sees through to its parent."""

    connection: Connection
    settings: Settings
    parent: Book | None = None
    docs: dict[tuple[str, str], Doc | None] = field(default_factory=dict)
    changed: dict[tuple[str, str], None] = field(default_factory=dict)
    rows: dict[tuple[str, str, str], Change] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    arrived: set[str] = field(default_factory=set)
    """What parked events may have waited for: `member:<id>`, `card:<number>` …"""
    missing: set[tuple[str, str]] = field(default_factory=set)
    """Documents that did not exist when they were read (on the outermost book): nobody could lock them."""
    came: set[str] = field(default_factory=set)
    """Names that came or are waited for in this transaction: looked at once more after it (`accept.push`)."""
    findings: list[dict[str, Any]] = field(default_factory=list)
    peers: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """Rows that one transfer changes together: (kind, id) → the other ids."""
    told: dict[str, Told] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    """Accounts that were asked for and have moved to another: alias → where its points are."""
    code_uses: dict[tuple[str, int], str] = field(default_factory=dict)
    """Dynamic codes that sales named: (member, step) → event."""
    _versions: tuple[Programme, ...] | None = None

    def fork(self) -> Book:
        return Book(self.connection, self.settings, parent=self)

    def absorb(self, done: Book) -> None:
        """Take over what a fork did."""
        self.docs.update(done.docs)
        self.changed.update(done.changed)
        self.rows.update(done.rows)
        self.entries += done.entries
        self.arrived |= done.arrived
        self.findings += done.findings
        for one, others in done.peers.items():
            self.peers[one] = tuple(dict.fromkeys((*self.peers.get(one, ()), *others)))
        self.told.update(done.told)
        self.code_uses.update(done.code_uses)

    def preload(self, kind: str, ids: Iterable[str]) -> None:
        """Read and lock documents; those that do not exist are remembered as missing."""
        wanted = {one for one in ids if (kind, one) not in self.docs}
        for one in wanted:
            self.docs[kind, one] = None
        found = lock_by_id(self.connection, KINDS[kind].table, wanted)
        for row in found:
            self.docs[kind, row.id] = KINDS[kind].load(row)
        self._outermost().missing |= {(kind, one) for one in wanted - {row.id for row in found}}

    def _outermost(self) -> Book:
        return self if self.parent is None else self.parent._outermost()

    def get(self, kind: str, id_: str) -> Doc | None:
        """The document as this fork sees it; read and locked when nobody asked for it before."""
        key = (kind, id_)
        book: Book = self
        while key not in book.docs:
            if book.parent is None:
                book.preload(kind, [id_])
                break
            book = book.parent
        return book.docs[key]

    def put(self, kind: str, doc: Doc) -> None:
        """The document as it is from now on."""
        self.docs[kind, doc.id] = doc
        self.changed[kind, doc.id] = None

    def member(self, id_: str) -> MemberDoc | None:
        """The member, or the one it was merged into."""
        merged: dict[str, str] = {}
        for _ in range(MERGES_FOLLOWED_MAX):
            doc = cast("MemberDoc | None", self.get("member", id_))
            if doc is None:
                return None
            if doc.merged_into is None:
                mine = ((alias, doc.accounts.get(name)) for alias, name in merged.items())
                self.aliases.update({alias: there for alias, there in mine if there not in (None, alias)})
                return doc
            merged.update({account_id: name for name, account_id in doc.accounts.items()})
            id_ = doc.merged_into
        return None

    def member_as_it_is(self, id_: str) -> MemberDoc | None:
        """The member itself, merged or not."""
        return cast("MemberDoc | None", self.get("member", id_))

    def account(self, id_: str) -> AccountDoc | None:
        """The account, or the one everything of it was moved to."""
        passed: list[str] = []
        for _ in range(MERGES_FOLLOWED_MAX):
            doc = cast("AccountDoc | None", self.get("account", id_))
            if doc is not None and doc.moved_to is not None:
                passed.append(id_)
                id_ = doc.moved_to
                continue
            if doc is not None:
                self.aliases.update(dict.fromkeys(passed, id_))
            return doc
        return None

    def card(self, number: str) -> CardDoc | None:
        return cast("CardDoc | None", self.get("card", number))

    def coupon(self, id_: str) -> CouponDoc | None:
        return cast("CouponDoc | None", self.get("coupon", id_))

    def sale(self, id_: str) -> SaleDoc | None:
        return cast("SaleDoc | None", self.get("sale", id_))

    def hold(self, id_: str) -> HoldDoc | None:
        return cast("HoldDoc | None", self.get("hold", id_))

    def programme(self, name: str) -> Programme | None:
        """A published version by `id:version`; read once per process, versions never change."""
        found = self.settings.programmes.get(name)
        if found is None:
            wanted = select(tables.PROGRAMME.c.document).where(tables.PROGRAMME.c.name == name)
            document = self.connection.execute(wanted).scalar()
            if document is None:
                return None
            found = self.settings.programmes[name] = parse(read_json(document))
        return found

    def versions(self) -> tuple[Programme, ...]:
        """All versions of the programme published last, the first one first; read once in a transaction."""
        if self.parent is not None:
            return self.parent.versions()
        if self._versions is None:
            wanted = select(tables.PROGRAMME.c.name).order_by(tables.PROGRAMME.c.published_ms.desc())
            names = list(self.connection.execute(wanted).scalars())
            ids = {name: name.rpartition(":")[0] for name in names}
            mine = [self.programme(name) for name in names if ids[name] == ids[names[0]]]
            self._versions = tuple(sorted((one for one in mine if one), key=lambda one: one.version))
        return self._versions

    def forget_versions(self) -> None:
        """A version was published in this transaction."""
        self._versions = None

    def programme_at(self, at_ms: int) -> Programme | None:
        """The version valid at an instant: the highest that has begun, else the first. None: nothing is published."""
        found = self.versions()
        begun = [one for one in found if one.valid_from is None or one.valid_from <= moment_of(at_ms, one.zone)]
        return begun[-1] if begun else next(iter(found), None)

    def programme_on(self, day: date) -> Programme | None:
        """The version valid when a local day begins."""
        found = self.versions()
        begun = [one for one in found if one.valid_from is None or _begins(one.valid_from) <= day]
        return begun[-1] if begun else next(iter(found), None)

    def changes_after(self, day: date) -> list[date]:
        """The days after `day` on which another version begins to govern: every account is looked at then."""
        begins = (_begins(one.valid_from) for one in self.versions() if one.valid_from is not None)
        return [one for one in begins if one > day]

    def versions_until(self, start: date, day: date) -> Iterator[tuple[Programme, date]]:
        """The versions that govern the days after `start` up to `day`, each with its last one of them."""
        changes = [one for one in self.changes_after(start) if one <= day]
        lasts = sorted({one - timedelta(days=1) for one in changes} | {max(start, day)})
        for last in lasts:
            programme = self.programme_on(last)
            if programme is not None:
                yield programme, last

    def tell(self, told: Told) -> None:
        """Remember an event as it is posted, for the accounts that may be computed again in this transaction."""
        self.told[told.key] = told

    def told_of(self, key: str) -> Told | None:
        """An event told before in this transaction."""
        found = self.told.get(key)
        return found if found is not None or self.parent is None else self.parent.told_of(key)

    def show(self, change: Change) -> None:
        """A row of the feed that is not drawn from a document."""
        self.rows[change.bucket, change.kind, change.id] = change

    def enter(self, event_key: str, before: AccountDoc, after: AccountDoc, at_ms: int) -> None:
        """Keep an account's new state and post the difference to the ledger."""
        if after.state is not None:
            after = self._kept(after, after.state)
        self.put("account", after)
        amount = after.worth - before.worth
        if amount:
            self.entries.append({"event_key": event_key, "account_id": after.id, "amount": amount, "at_ms": at_ms})

    def _kept(self, doc: AccountDoc, state: Account) -> AccountDoc:
        """The account with its next day, and without what is the member's own: an account says nothing of a person."""
        programme = self.programme_on(state.day)
        bare = replace(state, birthday_on=None, tags=frozenset(), segments=frozenset())
        if programme is None:
            return cast("AccountDoc", with_(doc, state=bare))
        member = self.member(doc.member_id)
        born = member.personal.get("birthday_on") if member is not None else None
        known = replace(state, birthday_on=date.fromisoformat(born) if born else None)
        days = [next_due(programme, known), *self.changes_after(state.day)]
        due_on = min((day for day in days if day is not None), default=None)
        on = due_on.isoformat() if due_on else None
        return cast("AccountDoc", with_(doc, state=bare, due_on=on, programme=programme.name))

    def write(self) -> None:
        """Write what changed: documents in the global lock order and by id, then the ledger.

        A document that was missing is only ever inserted: when somebody else was faster the key is taken, and the
        transaction starts again with theirs (`Database.run`) instead of writing over it.
        """
        changed = sorted(self.changed)
        for kind, stored in KINDS.items():
            mine = [one for one in changed if one[0] == kind]
            fresh = [one for one in mine if one in self.missing]
            for keys, put in ((fresh, insert_rows), ([one for one in mine if one not in self.missing], upsert)):
                docs = [self.docs[one] for one in keys]
                put(self.connection, stored.table, [stored.store(doc) for doc in docs if doc is not None])
            self.missing.difference_update(fresh)
        insert_rows(self.connection, tables.ENTRY, _summed(self.entries))
        insert_new(self.connection, tables.FINDING, self.findings)
        used = [{"member_id": of, "step": step, "event_key": key} for (of, step), key in self.code_uses.items()]
        insert_new(self.connection, tables.CODE_USE, used)

    def name_aliases(self) -> None:
        """The rows of aliases are drawn again beside those of the accounts they stand for (fine print 5).

        A till that has still to hear of the merge lays its event over the alias: the result has to name that row.
        """
        for alias, account_id in self.aliases.items():
            doc = self.get("account", alias)
            if doc is not None and ("account", account_id) in self.changed:
                self.put("account", doc)
                self.peers["account", alias] = (account_id,)
                others = self.peers.get(("account", account_id), ())
                self.peers["account", account_id] = tuple(dict.fromkeys((*others, alias)))

    def transfers(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Each row that transfers of this transaction changed, and all others they changed with it, by way of others
        too: a till that has one and lacks another shows no number, wherever its chain of aliases ends."""
        groups: dict[tuple[str, str], set[str]] = {}
        for (kind, id_), others in self.peers.items():
            joined = {id_, *others}.union(*(groups.get((kind, one), ()) for one in (id_, *others)))
            groups |= {(kind, one): joined for one in joined}
        return {(kind, id_): tuple(sorted(group - {id_})) for (kind, id_), group in groups.items()}

    def buckets_of_member(self, member: MemberDoc) -> list[str]:
        """The region buckets that hold this member's rows."""
        return [region_bucket(region, member.id) for region in member.regions]


def _summed(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One entry per event and account."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in entries:
        key = (entry["event_key"], entry["account_id"])
        found[key] = {**entry, "amount": entry["amount"] + found[key]["amount"]} if key in found else entry
    return list(found.values())


def _begins(valid_from: datetime) -> date:
    """The first whole day of a version; one that begins at another hour governs the days after."""
    return valid_from.date() if valid_from.time() == time(0) else valid_from.date() + timedelta(days=1)


def with_(doc: Any, **changes: Any) -> Any:
    """A document with some fields changed."""
    return msgspec.structs.replace(doc, **changes)


Versions = Mapping[tuple[str, str], int]
