"""Metric 12: a durable sale (sale, event, audit, print job) ÷ committing one row with the same library and settings.

The sale is the whole transaction: number, rows, the event's canonical text and hash, overlay, audit link, print job.
What comes before it, the rules and the receipt's bytes, is metric 2's; it is shown beside.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from app.domain.events import sale_fact, seal
from app.domain.sale import FoundBy, Sale, Tender, TenderKind
from app.ids import EventId, uuid7
from app.services import checkout, rules
from app.services.checkout import Cart
from app.services.demo_members import card_number
from app.services.demo_products import barcode
from app.services.members import customer_of
from app.services.ports import AuditEntry, Effect, NewJob
from app.services.signon import choices, sign_on
from app.services.till import Session, Till
from app.store.connect import TILL, create
from app.store.folder import TILL_FILE
from app.wiring.till import open_till
from tests.benchmarks.data import fresh_copy, till_of
from tests.benchmarks.harness import Effort, Row, compare
from tests.support.tills import PIN

MEMBERS = 20_000
CARTS = 200
LINES = 3
QUICK = Effort(blocks=30, calls=25)
FULL = Effort(blocks=100, calls=200)

Call = Callable[[], object]


def measure(*, quick: bool) -> Sequence[Row]:
    """A three-line sale to a known member; the bound is one INSERT and COMMIT at synchronous=FULL."""
    folder = fresh_copy(till_of(MEMBERS), "sale")
    opened = open_till(folder, os.environ)
    ring = opened.files.ring.with_new_key("one-row.db")
    other = create(folder / "one-row.db", ring.key("one-row.db"), TILL)
    other.execute("CREATE TABLE one (n INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, text TEXT NOT NULL) STRICT")

    def bound() -> object:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO one (at_ms, text) VALUES (?, ?)", (1, "x" * 100))
        return other.execute("COMMIT")

    effort = QUICK if quick else FULL
    try:
        till = opened.till
        session = sign_on(till, choices(till)[0].staff_id, PIN)
        carts = _carts(till)
        durable = compare(_durable(till, session, carts), bound, effort)
        pressed = compare(_pressed(till, session, carts), bound, effort)
        wal_kib = (folder / f"{TILL_FILE}-wal").stat().st_size // 1024
    finally:
        other.close()
        opened.close()
    note = f"largest WAL {wal_kib} KiB"
    return (
        durable.row("12", "durable sale, 3 lines, p50", at=0.5, target=2.5, note=note),
        durable.row("12", "durable sale, 3 lines, p99", at=0.99, target=None),
        pressed.row("12", "with rules and receipt bytes, p50", at=0.5, target=None),
    )


def _carts(till: Till) -> list[Cart]:
    """Baskets of known members."""
    rng = Random(3)
    products = [till.essentials.product(barcode(place)) for place in range(LINES)]
    carts = []
    for _ in range(CARTS):
        member = till.members.by_card(card_number(rng.randrange(MEMBERS)))
        assert member is not None
        cart = checkout.with_customer(Cart(), customer_of(till, member, FoundBy.CARD))
        for product in products:
            assert product is not None
            cart = checkout.with_product(till, cart, product)
        if member.status == "active":
            carts.append(cart)
    return carts


def _pressed(till: Till, session: Session, carts: Sequence[Cart]) -> Call:
    """From Pay pressed to durable: the use case as the screen calls it."""
    rng = Random(4)
    return lambda: checkout.complete(till, session, rng.choice(carts), (Tender(TenderKind.CASH),))


def _durable(till: Till, session: Session, carts: Sequence[Cart]) -> Call:
    """The transaction of `checkout.complete` with everything computed and rendered before."""
    rng = Random(5)
    computed = rules.compute(till, carts[0].basket, carts[0].customer, ())
    first = checkout.complete(till, session, carts[0], (Tender(TenderKind.CASH),)).value
    sold, job = till.book.sale(first.event_id), till.jobs.job(first.job_id)
    assert sold is not None
    assert job is not None

    def sell() -> Sale:
        customer = rng.choice(carts).customer
        assert customer is not None
        at_ms = till.clock.now_ms()
        with till.book.begin() as write:
            number = write.next_number("receipt")
            event_id = EventId(uuid7(at_ms))
            sale = replace(
                sold, event_id=event_id, receipt_no=f"B{number:012d}", at_ms=at_ms, member_id=customer.member_id
            )
            write.add_sale(sale)
            event = seal(sale_fact(sale, computed.basis), write.head())
            write.append(event, (Effect(customer.account_id, None, sale.result.earned),))
            facts = {"seq": event.seq, "receipt_no": sale.receipt_no}
            write.add_audit(AuditEntry(at_ms, "sale", session.staff_id, facts))
            write.add_job(NewJob(event_id, "sale", job.payload, job.model))
            write.commit()
        return sale

    return sell
