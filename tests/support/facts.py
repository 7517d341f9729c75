"""Facts for store tests: sales, enrolments and shifts as services would make them, written through the ports."""

from __future__ import annotations

from dataclasses import replace

from app.domain.chain import Attachment
from app.domain.events import Basis, NewMember, attachment, enrolment_fact, sale_fact, seal
from app.domain.sale import (
    Basket,
    Because,
    FoundBy,
    Line,
    OrderDiscount,
    RewardUse,
    Sale,
    SaleResult,
    Tender,
    TenderKind,
)
from app.domain.shift import Shift
from app.ids import AccountId, EventId, MemberId, ShiftId, StaffId, uuid7
from app.services.ports import AuditEntry, Effect, NewJob, OwnMember
from app.store.files import TillFiles
from tests.support.tills import NOW_MS

SHIFT = Shift(ShiftId("01920000-0000-7000-8000-00000000000a"), 1, StaffId("staff-1"), NOW_MS)
SALE = Sale(
    event_id=EventId("01920000-0000-7000-8000-00000000000b"),
    receipt_no="S027-1-000001",
    at_ms=NOW_MS,
    business_on="2026-09-21",
    shift_id=SHIFT.shift_id,
    staff_id=SHIFT.staff_id,
    currency="CNY",
    basket=Basket(
        lines=(
            Line(4990, 2, "mask5", "玻尿酸补水面膜 5 片装", "skin", None, 980, 1035),
            Line(1000),
        ),
        order_discounts=(OrderDiscount(minor=100, categories=frozenset(("skin",))),),
        coupons=("c1",),
        rewards=(RewardUse("r1", 2, 3),),
        tenders=(Tender(TenderKind.CASH),),
    ),
    tenders=(Tender(TenderKind.CARD, 5000, ref="T1"), Tender(TenderKind.CASH, 4900)),
    result=SaleResult(9900, 99, 3, 0, {"summer": 1}, (Because("base", 99, 0), Because("gold", 0))),
    given_minor=10_000,
    change_minor=100,
    member_id=MemberId("m-1"),
    card="8810000000004",
    found_by=FoundBy.CARD,
)


def open_shift(files: TillFiles, shift: Shift = SHIFT) -> None:
    with files.book.begin() as write:
        write.open_shift(shift)
        write.commit()


def sell(files: TillFiles, sale: Sale = SALE, effects: tuple[Effect, ...] = (), *, with_job: bool = True) -> Sale:
    """One sale with its event, overlay, audit and job; a fresh event id and receipt number each time."""
    with files.book.begin() as write:
        number = write.next_number("receipt")
        made = replace(sale, event_id=EventId(uuid7(NOW_MS)), receipt_no=f"S027-1-{number:06d}")
        write.add_sale(made)
        event = seal(sale_fact(made, Basis("test:1")), write.head())
        write.append(event, effects)
        write.add_audit(AuditEntry(made.at_ms, "sale", made.staff_id, {"seq": event.seq}))
        if with_job:
            write.add_job(NewJob(made.event_id, "sale", b"paper", '{"blocks":[]}'))
        write.commit()
    return made


def enrol(files: TillFiles, name: str, phone: str, *, member_id: str = "m-own", at_ms: int = NOW_MS) -> OwnMember:
    """An enrolment with numbers from the blocks and personal data beside the event."""
    with files.book.begin() as write:
        member_no, card = write.take_number("member"), write.take_number("card")
        member = NewMember(
            MemberId(member_id), AccountId(f"a-{member_id}"), member_no, card, "s027", "2026-09-21", SHIFT.staff_id
        )
        personal = personal_of(name, phone, member_id)
        event_id = EventId(uuid7(at_ms))
        event = seal(enrolment_fact(event_id, at_ms, member, consents=(), notice=1, personal=personal), write.head())
        write.append(event)
        own = OwnMember(
            member.member_id, member.account_id, event_id, personal.pii_ref, member_no, card, "s027", "2026-09-21"
        )
        write.add_member(own)
        write.commit()
    return own


def personal_of(name: str, phone: str, ref: str) -> Attachment:
    return attachment(f"pii-{ref}", bytes(32), {"name": name, "phone": phone, "birthday_on": "1990-05-06"})
