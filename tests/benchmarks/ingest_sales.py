"""Signed pushes of sales by enrolled tills: three lines each, computed by the programme as a till computes them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from random import Random
from typing import Any

import msgspec
from sqlalchemy import select

from app.domain.numbering import local_on, local_time
from app.domain.programme.document import Programme
from app.domain.programme.parse import parse
from app.domain.programme.sale import compute_sale
from app.domain.programme.tiers import standing
from app.domain.programme.when import Moment
from app.domain.sale import Basket, Line, Tender, TenderKind
from app.services.demo_members import DemoPlan, demo_members
from app.services.demo_products import demo_products
from sync.hq import setup
from sync.hq.api.http import Request
from sync.hq.docs import AccountDoc
from sync.hq.import_csv import Target, import_members
from sync.hq.office import Office
from sync.hq.tables import ACCOUNT
from sync.protocol.bodies import ZSTD, compressed
from sync.protocol.signing import Signable, content_digest, sign
from tests.support.head_office import STORE, STORES, HeadOffice, demo_programme
from tests.support.wire_client import WireTill, new_id

EVENTS_PER_BATCH = 100
LINES = 3
RULES: list[dict[str, Any]] = [
    {"id": "gold", "kind": "multiply", "factor": "1.2", "when": {"tiers": ["gold"]}},
    {"id": "diamond", "kind": "multiply", "factor": "1.5", "when": {"tiers": ["diamond"]}},
    {"id": "skin", "kind": "rate", "points": 1, "per_minor": 200, "when": {"categories": ["skin"]}},
    {"id": "big", "kind": "bonus", "points": 20, "when": {"min_spend_minor": 20_000}},
    {"id": "each", "kind": "per_unit", "points": 2, "when": {"categories": ["hair"]}},
]
"""Five kinds of work: by tier, by category, by amount, by piece."""


@dataclass(frozen=True, slots=True)
class Batches:
    """Requests as they arrive, those of a till in the order of its chain."""

    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """How big the chain is."""

    members: int
    tills: int

    @property
    def words(self) -> str:
        """For the table: `100k members, 100 tills`."""
        members = f"{self.members // 1_000_000}M" if self.members >= 1_000_000 else f"{self.members // 1_000}k"
        return f"{members} members, {self.tills:,} till{'s' if self.tills > 1 else ''}"


@dataclass(frozen=True, slots=True)
class Customer:
    """A member's account of points."""

    account_id: str
    account: AccountDoc


@dataclass(slots=True)
class Seller:
    """A till that sells to one customer after the other."""

    till: WireTill
    programme: Programme
    programme_name: str
    customers: Iterator[Customer]

    def sell(self, count: int) -> None:
        """Write so many sales; nothing is sent."""
        for customer in islice(self.customers, count):
            _sell(self.till, self.programme, self.programme_name, customer.account)


def batches(head_office: HeadOffice, count: int, size: Size) -> Batches:
    """So many pushes of sales, each to a member of its own, by one till after the other."""
    if size.members < count * EVENTS_PER_BATCH:
        raise ValueError(f"{count} batches need {count * EVENTS_PER_BATCH} members")
    name, programme = publish(head_office.office)
    fill(head_office.office, STORES[STORE], programme, size.members)
    customers = customers_of(head_office.office)
    sellers = [Seller(head_office.till(), programme, name, customers) for _ in range(size.tills)]
    return Batches(tuple(_batch(sellers[number % len(sellers)]) for number in range(count)))


def publish(office: Office) -> tuple[str, Programme]:
    """A programme of five rules, `id:version` and read."""
    document = {**demo_programme(), "id": "ingest", "earn": {**demo_programme()["earn"], "rules": RULES}}
    name = office.database.run(lambda connection: setup.publish_programme(office.book(connection), document))
    return name, parse(document)


def fill(office: Office, region_id: str, programme: Programme, members: int) -> None:
    """Import so many members."""
    now_ms = time.time_ns() // 1_000_000
    target = Target(region_id, STORE, programme, date.fromisoformat(local_on(now_ms, programme.zone)))
    for _ in import_members(office, target, demo_members(DemoPlan(members, now_ms, STORE))):
        continue


def customers_of(office: Office) -> Iterator[Customer]:
    """Accounts of points in an order that has nothing to do with their keys."""
    decode = msgspec.json.Decoder(AccountDoc).decode
    with office.database.read() as connection:
        found = list(connection.execute(select(ACCOUNT.c.id, ACCOUNT.c.doc).order_by(ACCOUNT.c.id)).all())
    Random(8).shuffle(found)
    read = (Customer(row.id, decode(row.doc)) for row in found)
    return (customer for customer in read if customer.account.state is not None)


def _batch(seller: Seller) -> Request:
    first = len(seller.till.events) + 1
    seller.sell(EVENTS_PER_BATCH)
    return _signed(seller.till, seller.till.batch(first))


def _sell(till: WireTill, programme: Programme, name: str, account: AccountDoc) -> None:
    assert account.state is not None
    at_ms = time.time_ns() // 1_000_000
    at, event_id = local_time(at_ms, programme.zone), new_id()
    goods = Random(len(till.events)).sample(demo_products(), LINES)
    lines = tuple(Line(one.unit_minor, 1, one.sku, one.name, one.category) for one in goods)
    basket = Basket(lines, tenders=(Tender(TenderKind.CASH),))
    moment = Moment(event_id, at, till.store_id, "store", till.region_id)
    found = compute_sale(programme, account.state, basket, moment, head_office=True)
    body = {
        "shift_id": "shift-1", "receipt_no": f"S027-2-{len(till.events):06d}", "staff_id": "1001",
        "business_on": at.date().isoformat(), "currency": "CNY",
        "lines": [{"sku": one.sku, "name": one.name, "category": one.category, "qty": one.qty,
                   "unit_minor": one.unit_minor, "discount_minor": 0, "tax_minor": 0} for one in lines],
        "tenders": [{"kind": "cash", "minor": found.result.payable_minor}],
        "result": {"payable_minor": found.result.payable_minor, "earned": found.result.earned, "to_follow": 0,
                   "redeemed": 0,
                   "because": [{"rule": one.rule, "points": one.points, "line": one.line}
                               for one in found.result.because if one.line is not None]},
    }  # fmt: skip
    tier = standing(programme.tiers, account.state, at.date()).tier
    basis = {"programme": name, "account_ver": 1, "tags": sorted(account.state.tags), "segments": [], "counters": {}}
    till.write(
        "sale", body, event_id=event_id, at_ms=at_ms, member_id=account.member_id,
        basis={**basis, **({"tier": tier} if tier else {})},
    )  # fmt: skip


def _signed(till: WireTill, batch: dict[str, Any]) -> Request:
    content = compressed(json.dumps(batch, ensure_ascii=False).encode())
    digest = content_digest(content)
    given, signature = sign(
        Signable("POST", "/v1/push", "", digest), key=till.key, keyid=till.till_id, created_s=int(time.time())
    )
    headers = {
        "content-type": "application/json", "content-encoding": ZSTD, "content-digest": digest,
        "signature-input": given, "signature": signature,
    }  # fmt: skip
    return Request("POST", "/v1/push", "", headers, content, "127.0.0.1")
