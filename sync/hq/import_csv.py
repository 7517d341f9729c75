"""Members and products from files: what head office takes over from an older system, 5,000 lines a transaction.

Ids are derived from the member number, so that reading the same file again finds the same members. Points are taken
once, with the member; a later file corrects names, phones and tags, never balances.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from hashlib import blake2b
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from app import collector
from app.domain.chain import Json
from app.domain.holdings import AccountKind, account_id_of
from app.domain.product import Product
from app.domain.programme.document import Programme
from app.domain.programme.facts import AccountFacts, CouponFacts, LotFacts, open_account
from app.ids import uuid7
from app.services.import_members import NOTHING_BESIDE, ImportedMember
from sync.hq.docs import POINTS, STAMPS, STORED_VALUE, AccountDoc, CardDoc, MemberDoc
from sync.hq.feed import publish
from sync.hq.office import Office
from sync.hq.setup import publish_rows
from sync.hq.work import rows
from sync.hq.work.book import Book, with_
from sync.hq.work.points import keep_account
from sync.protocol.buckets import store_bucket

LINES_PER_TRANSACTION: Final = 5_000
ID_TIME_MS: Final = 946_684_800_000
"""2000-01-01, before any till: a corrected date must not make another person."""
T = TypeVar("T")


@dataclass
class Taken:
    """What an import did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """Where imported members belong: a region, the store of lines that name none, the programme, today."""

    region_id: str
    store_id: str
    programme: Programme
    day: date


def derived_id(kind: str, text: str) -> str:
    """An id in the form of UUIDv7 from a kind and a number: the same each time."""
    chance = int.from_bytes(blake2b(f"{kind}:{text}".encode(), digest_size=16).digest())
    return uuid7(ID_TIME_MS, lambda bits: chance >> (12 if bits > 12 else 0) & (1 << bits) - 1)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with the ids it stands for."""

    member_id: str
    account_id: str
    given: ImportedMember

    @classmethod
    def of(cls, given: ImportedMember) -> _Line:
        return cls(derived_id("member", given.member_no), derived_id("account", given.member_no), given)

    @property
    def coupon_ids(self) -> list[str]:
        return [derived_id("coupon", f"{self.given.member_no}:{no}") for no in range(len(self.given.beside.coupons))]

    @property
    def plain_accounts(self) -> dict[str, AccountDoc]:
        """Stamps and stored value, by their names in the member."""
        beside, member_id = self.given.beside, self.member_id
        if beside is NOTHING_BESIDE:
            return {}
        found = {
            f"{STAMPS}:{card}": AccountDoc(
                id=account_id_of(member_id, AccountKind.STAMPS, card),
                member_id=member_id,
                kind=STAMPS,
                stamp_id=card,
                amount=count,
            )
            for card, count in beside.stamps
        }
        if beside.stored_minor:
            money = account_id_of(member_id, AccountKind.STORED_VALUE)
            found[STORED_VALUE] = AccountDoc(
                id=money, member_id=member_id, kind=STORED_VALUE, amount=beside.stored_minor
            )
        return found


def import_members(office: Office, target: Target, members: Iterable[ImportedMember]) -> Iterator[Taken]:
    """Take members over; yields the counts so far after each transaction."""
    done = Taken()
    for batch in _batches(members):
        with collector.rests():
            added, changed = office.database.run(partial(_take, office, target, batch))
        done.added, done.changed = done.added + added, done.changed + changed
        done.unchanged += len(batch) - added - changed
        yield done


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    source = iter(items)
    while batch := list(islice(source, LINES_PER_TRANSACTION)):
        yield batch


def _take(office: Office, target: Target, batch: list[ImportedMember], connection: Connection) -> tuple[int, int]:
    """Members added and changed."""
    book = office.book(connection)
    lines = [_Line.of(one) for one in batch]
    beside = [one.id for line in lines for one in line.plain_accounts.values()]
    book.preload("account", [*(line.account_id for line in lines), *beside])
    book.preload("coupon", [one for line in lines for one in line.coupon_ids])
    book.preload("member", [line.member_id for line in lines])
    book.preload("card", [one.card for one in batch if one.card])
    added = changed = 0
    for line in lines:
        standing = book.get("member", line.member_id)
        if standing is None:
            _add(book, target, line)
            added += 1
        elif isinstance(standing, MemberDoc) and _correct(book, standing, line.given):
            changed += 1
    book.write()
    publish(book.connection, rows.changes(book))
    return added, changed


def _add(book: Book, target: Target, line: _Line) -> None:
    one = line.given
    card = one.card if one.card and book.card(one.card) is None else ""
    member = MemberDoc(
        id=line.member_id,
        member_no=one.member_no,
        home_store_id=one.store or target.store_id,
        enrolled_on=one.enrolled_on or target.day.isoformat(),
        notice_version=1,
        status=one.status,
        personal=_personal(one),
        tags=one.tags,
        consents={"service": True},
        accounts={POINTS: line.account_id, **{name: plain.id for name, plain in line.plain_accounts.items()}},
        cards=(card,) if card else (),
        regions=(target.region_id,),
    )
    book.put("member", member)
    if card:
        book.put("card", CardDoc(id=card, card_kind="plastic", member_id=member.id))
    facts = AccountFacts(
        member_id=member.id,
        enrolled_on=date.fromisoformat(member.enrolled_on),
        birthday_on=date.fromisoformat(one.birthday_on) if one.birthday_on else None,
        tags=frozenset(one.tags),
        tier=one.tier or None,
        qualifying=one.qualifying or _threshold(target.programme, one.tier),
        lots=tuple(
            LotFacts(lot.amount, date.fromisoformat(lot.earned_on), _maybe_day(lot.expires_on)) for lot in one.lots
        ),
        debt=max(0, -one.points),
        coupons=tuple(
            CouponFacts(id_, held.type, date.fromisoformat(held.issued_on), date.fromisoformat(held.expires_on))
            for id_, held in zip(line.coupon_ids, one.beside.coupons, strict=True)
        ),
        stamps=dict(one.beside.stamps),
    )
    empty = AccountDoc(id=member.accounts[POINTS], member_id=member.id, kind=POINTS)
    state = replace(open_account(target.programme, facts, target.day), day=target.day)
    full = with_(empty, state=state, programme=target.programme.name)
    key, now_ms = f"import/{one.member_no}", book.settings.now_ms
    if one.beside is NOTHING_BESIDE:
        book.enter(key, empty, full, now_ms)
        return
    for plain in line.plain_accounts.values():
        book.enter(key, with_(plain, amount=0), plain, now_ms)
    keep_account(book, key, now_ms, empty, full)


def _threshold(programme: Programme, tier: str) -> int:
    """What a member of this tier has reached at least."""
    levels = programme.tiers.levels if programme.tiers else ()
    return next((level.threshold for level in levels if level.id == tier), 0)


def _correct(book: Book, member: MemberDoc, one: ImportedMember) -> bool:
    """Bring name, phone, birthday, tags and status up to the file; whether that changed anything."""
    after = with_(member, personal={**member.personal, **_personal(one)}, tags=one.tags, status=one.status)
    if after == member:
        return False
    book.put("member", after)
    return True


def _personal(one: ImportedMember) -> dict[str, Any]:
    found = {"name": one.name, "phone": one.phone, "birthday_on": one.birthday_on}
    return {name: value for name, value in found.items() if value}


def _maybe_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def import_products(office: Office, stores: Iterable[str], products: Iterable[Product]) -> Iterator[int]:
    """Publish products to these stores; yields how many lines were read so far."""
    read = 0
    buckets = [store_bucket(one) for one in stores]
    for batch in _batches(products):
        found = {one.sku: _product(one) for one in batch}

        def work(connection: Connection, fields: dict[str, dict[str, Json]] = found) -> None:
            for bucket in buckets:
                publish_rows(connection, bucket, "product", fields)

        office.database.run(work)
        read += len(batch)
        yield read


def _product(one: Product) -> dict[str, Json]:
    fields: dict[str, Json] = {
        "name": one.name,
        "category": one.category,
        "unit_minor": one.unit_minor,
        "tax_percent": one.tax_percent,
        "barcodes": list(one.barcodes),
        "active": one.active,
    }
    return fields if one.brand is None else {**fields, "brand": one.brand}
