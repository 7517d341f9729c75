"""A sale that is to be taken back, for tests of returns and undo."""

from __future__ import annotations

from app.domain.receipt import QrCode
from app.domain.sale import Tender, TenderKind
from app.ids import EventId
from app.services import checkout, returns
from app.services.checkout import Done
from app.services.returns import Found
from app.services.till import Session
from tests.support.fakes import FakeTill
from tests.support.spending import basket_of, held

QR, CASH, CARD = TenderKind.QR, TenderKind.CASH, TenderKind.CARD
DAY_MS = 24 * 3600 * 1000
OTHER = EventId("0190dddd-0000-7000-8000-000000000001")


def sold(fake: FakeTill, session: Session, *, points: int = 0, code: str | None = "8800000025093") -> Done:
    """The basket of the pictures, paid by QR."""
    cart = basket_of(fake, code)
    if points:
        fake.head_office.online = True
        cart = held(fake, session, cart, points)
    return checkout.complete(fake.till, session, cart, (Tender(QR),)).value


def address(done: Done) -> str:
    return next(block.data for block in done.receipt.blocks if isinstance(block, QrCode))


def found_of(fake: FakeTill, done: Done) -> Found:
    return returns.find(fake.till, address(done))
