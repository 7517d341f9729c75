"""Fakes of every port, in memory: what a service or presenter test stands on. `fake_till()` is a whole till, ready.

They keep the contracts that matter: a transaction is all or nothing, the chain must follow, numbers are gapless,
own events lie over cached members, an unanswered UNKNOWN print job holds back what comes after it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from zoneinfo import ZoneInfo

from app.clock import ManualClock
from app.domain.card import CardScheme
from app.domain.day import DayFigures
from app.domain.events import NEVER_MEASURED, ClockOffset
from app.domain.holdings import AccountKind, HeldStamps, Holdings, StoredValue, account_id_of
from app.domain.member import Member, MemberStatus, PointsAccount
from app.domain.member_code import WeekKey
from app.domain.numbering import ReceiptFacts
from app.domain.product import Product
from app.domain.programme.document import Programme
from app.domain.receipt import JobState, Receipt
from app.domain.spending import Hold
from app.domain.staff import Staff
from app.domain.store_line import ReceiptAnswer, ReceiptOutcome, StoreLine
from app.errors import ConfigError
from app.i18n import ENGLISH, Translator
from app.ids import AccountId, EventId, MemberId, StoreId, TillId
from app.services import signon
from app.services.ports import Found, HoldAnswer, HoldOutcome, OwnMember, PrintJob, Setting
from app.services.till import Place, Session, Till
from app.wiring.papers import TillPapers
from tests.support import demo_people
from tests.support.fake_book import EPOCH, NOW_MS, FakeBook, Truth


class FakeMembers:
    """Cached members and own enrolments; own events are laid over both."""

    def __init__(self, cached: tuple[Member, ...], truth: Truth) -> None:
        self.cached = cached
        self.truth = truth
        self.loaded = True
        self.store_sales: dict[str, tuple[StoreLine, ...]] = {}
        self.held: dict[str, Holdings] = {}
        self.store_days: dict[str, DayFigures] = {}
        self.in_rows: set[str] = set()
        """Returns made here that `store_sales` contains."""

    def store_sale(self, event_id: EventId) -> tuple[StoreLine, ...]:
        mine = [one for one in self.truth.returns if one.of == event_id and one.event_id not in self.in_rows]
        return tuple(
            replace(row, returned_qty=row.returned_qty + sum(p.qty for one in mine for p in one.lines if p.line == n))
            for n, row in enumerate(self.store_sales.get(event_id, ()))
        )

    def store_day(self, on: str) -> DayFigures | None:
        return self.store_days.get(on)

    def by_card(self, number: str) -> Member | None:
        return next((member for member in self._all() if member.card == number), None)

    def by_id(self, member_id: MemberId) -> Member | None:
        return next((member for member in self._all() if member.member_id == member_id), None)

    def by_number(self, member_no: str) -> Member | None:
        return next((member for member in self._all() if member.member_no == member_no), None)

    def by_phone(self, phone: str) -> tuple[Member, ...]:
        return tuple(member for member in self._all() if member.phone == phone)

    def find(self, text: str, limit: int) -> Found:
        hits = [member for member in self._all() if self._matches(member, text)]
        return Found(tuple(hits[:limit]), len(hits), False)

    def own_points_of_card(self, number: str) -> int:
        return sum(effect.points for effect in self.truth.effects if effect.card == number)

    def own_points_since(self, key: str, since_ms: int) -> int:
        """Effects know no time here: those of events since then are as many as the newest events."""
        since = [at_ms for at_ms in self.truth.effect_times if at_ms >= since_ms]
        recent = self.truth.effects[len(self.truth.effects) - len(since) :]
        return sum(effect.points for effect in recent if key in (effect.account_id, effect.card))

    def holdings(self, member_id: MemberId, stamp_ids: tuple[str, ...]) -> Holdings:
        """What the test put there, with own events over it."""
        cached = self.held.get(member_id, Holdings((), (), StoredValue(AccountId(""), 0)))
        counts = {one.stamp_id: one.count for one in cached.stamps}
        money = account_id_of(member_id, AccountKind.STORED_VALUE)
        return Holdings(
            coupons=tuple(
                replace(one, used=int(not one.used) + self._own(one.coupon_id) < 1) for one in cached.coupons
            ),
            stamps=tuple(
                HeldStamps(card, made, counts.get(card, 0) + self._own(made))
                for card in stamp_ids
                for made in (account_id_of(member_id, AccountKind.STAMPS, card),)
            ),
            stored_value=StoredValue(money, cached.stored_value.balance_minor + self._own(money)),
        )

    def _own(self, key: str) -> int:
        return sum(effect.points for effect in self.truth.effects if effect.account_id == key)

    def count(self) -> int | None:
        return len(self.cached) if self.loaded else None

    def _all(self) -> Iterator[Member]:
        for member in self.cached if self.loaded else ():
            yield self._overlaid(member)
        for own in self.truth.own_members:
            yield self._overlaid(self._enrolled(own))

    def _overlaid(self, member: Member) -> Member:
        if member.account is None:
            return member
        own = [effect for effect in self.truth.effects if effect.account_id == member.account.account_id]
        return replace(member, own_points=sum(effect.points for effect in own), own_events=len(own))

    def _enrolled(self, own: OwnMember) -> Member:
        attachments = next(event.attachments for event in self.truth.events if event.event_id == own.event_id)
        pii = json.loads(next(item.pii for item in attachments if item.pii_ref == own.pii_ref))
        return Member(
            own.member_id,
            0,
            own.member_no,
            MemberStatus.ACTIVE,
            pii.get("name"),
            pii.get("phone"),
            pii.get("birthday_on"),
            (),
            (),
            own.home_store_id,
            own.enrolled_on,
            own.card,
            PointsAccount(AccountId(own.account_id), 0, 0),
        )

    @staticmethod
    def _matches(member: Member, text: str) -> bool:
        phone, card, name = member.phone or "", member.card or "", member.name or ""
        if text.isdigit():
            return card == text or (len(text) >= 4 and phone.endswith(text))
        return bool(text) and (text in name or demo_people.INITIALS.get(name, "").startswith(text.upper()))


class FakeEssentials:
    """Programme, products, staff and settings."""

    def __init__(
        self,
        programme: Programme | None,
        products: tuple[Product, ...],
        staff: tuple[Staff, ...],
        settings: Mapping[str, Setting],
    ) -> None:
        self.programme = programme
        self.products = products
        self.people = staff
        self.values = dict(settings)
        self.keys: tuple[WeekKey, ...] = ()

    def programme_at(self, at_ms: int) -> Programme:
        if self.programme is None:
            raise ConfigError("programme_missing")
        return self.programme

    def product(self, code: str) -> Product | None:
        for product in self.products:
            if code in product.barcodes:
                return product
        return next((product for product in self.products if product.sku == code), None)

    def staff(self) -> tuple[Staff, ...]:
        return tuple(sorted((person for person in self.people if person.active), key=lambda one: one.staff_no))

    def settings(self) -> Mapping[str, Setting]:
        return self.values

    def week_keys(self) -> tuple[WeekKey, ...]:
        return self.keys


class FakeJobs:
    """The print outbox over the same truth."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth

    def next_job(self) -> PrintJob | None:
        for job in self.truth.jobs:
            if job.state in (JobState.SENDING, JobState.SENT, JobState.UNKNOWN):
                return None
            if job.state is JobState.QUEUED:
                return job
        return None

    def mark(self, job_id: int, state: JobState, detail: str = "") -> None:
        self.truth.jobs[job_id - 1] = replace(self.truth.jobs[job_id - 1], state=state, detail=detail)

    def job(self, job_id: int) -> PrintJob | None:
        return self.truth.jobs[job_id - 1] if 1 <= job_id <= len(self.truth.jobs) else None

    def recover(self) -> int:
        left = [job for job in self.truth.jobs if job.state in (JobState.SENDING, JobState.SENT)]
        for job in left:
            self.mark(job.job_id, JobState.UNKNOWN)
        return len(left)

    def unknown(self) -> tuple[PrintJob, ...]:
        return tuple(job for job in self.truth.jobs if job.state is JobState.UNKNOWN)


class FakePins:
    """PINs "hashed" so that a test reads them: no protection, no waiting."""

    def verify(self, pin_hash: str, pin: str) -> bool:
        return pin_hash == self.hash(pin)

    def hash(self, pin: str) -> str:
        return f"fake:{pin}"


class FakeRenderer:
    """Rendered bytes are the model as text, with the mark a reprint must carry."""

    def render(self, receipt: Receipt, copy_no: int = 0) -> bytes:
        mark = f"REPRINT #{copy_no}\n" if copy_no else ""
        return (mark + "\n".join(map(repr, receipt.blocks))).encode()


class FakeHeadOffice:
    """Head office for one till: offline at first. `answer` None: it holds what is available, as the real one does."""

    def __init__(self, book: FakeBook) -> None:
        self.book = book
        self.online = False
        self.available = 1_000_000
        self.answer: HoldAnswer | None = None
        self.held: dict[str, int] = {}
        self.coupons_held: dict[str, str] = {}
        self.told: list[str] = []
        self.offset = NEVER_MEASURED
        self.receipts: dict[str, tuple[StoreLine, ...]] = {}

    def is_online(self) -> bool:
        return self.online

    def clock_offset(self) -> ClockOffset:
        return self.offset

    def find_receipt(self, facts: ReceiptFacts, mac: str, *, timeout_s: float) -> ReceiptAnswer:
        assert timeout_s > 0
        lines = self.receipts.get(facts.event_id, ()) if mac else ()
        return ReceiptAnswer(ReceiptOutcome.FOUND if lines else ReceiptOutcome.UNKNOWN, lines)

    def hold(self, hold: Hold, *, timeout_s: float) -> HoldAnswer:
        hold_id, points = hold.hold_id, hold.points
        assert timeout_s > 0
        assert hold_id in {hold.hold_id for hold in self.book.open_holds()}, "a hold is written before it is asked for"
        if self.answer is not None:
            return self.answer
        if points > self.available or hold.coupon_id in self.coupons_held.values():
            return HoldAnswer(HoldOutcome.INSUFFICIENT, 0 if hold.coupon_id else self.available)
        if hold.coupon_id:
            self.coupons_held[hold_id] = hold.coupon_id
        self.available -= points
        self.held[hold_id] = points
        return HoldAnswer(HoldOutcome.HELD, self.available)

    def release(self, hold_id: str) -> None:
        assert hold_id not in {hold.hold_id for hold in self.book.open_holds()}, "it is closed in till.db first"
        self.told.append(hold_id)
        self.available += self.held.pop(hold_id, 0)
        self.coupons_held.pop(hold_id, None)


def counting_bytes() -> Callable[[int], bytes]:
    """Bytes that are different at every call and the same in every run."""
    calls = 0

    def take(count: int) -> bytes:
        nonlocal calls
        calls += 1
        return blake2b(calls.to_bytes(8, "big"), digest_size=count).digest()

    return take


@dataclass(frozen=True)
class FakeTill:
    """A till and everything behind it that a test may look at or move."""

    till: Till
    truth: Truth
    clock: ManualClock
    book: FakeBook
    members: FakeMembers
    essentials: FakeEssentials
    jobs: FakeJobs
    head_office: FakeHeadOffice

    def sign_on(self, staff_no: str = "0271") -> Session:
        """林晓 unless told otherwise."""
        person = next(person for person in self.essentials.people if person.staff_no == staff_no)
        return signon.sign_on(self.till, person.staff_id, demo_people.DEMO_PIN)


def fake_till(receipt_words: Translator = ENGLISH) -> FakeTill:
    """静安寺店 till 2 with the staff, members and products of the pictures; nobody signed on, nothing sold."""
    truth = Truth(
        free_numbers={
            "member": [f"{200_000_000_000 + number}" for number in range(1, 21)],
            "card": [demo_people.card_number(f"{77_000_000 + number:010d}") for number in range(1, 21)],
        }
    )
    clock = ManualClock(NOW_MS)
    book, jobs = FakeBook(truth, NOW_MS), FakeJobs(truth)
    members = FakeMembers(demo_people.members(), truth)
    essentials = FakeEssentials(
        demo_people.programme(), demo_people.products(), demo_people.staff(), demo_people.SETTINGS
    )
    head_office = FakeHeadOffice(book)
    place = Place(
        till_id=TillId("0190eeee-0000-7000-8000-000000000002"),
        epoch=EPOCH,
        region_id="r1",
        store_id=StoreId("s027"),
        store_name="静安寺店",
        till_no="2",
        address="上海市静安区示例路 100 号",
        zone=ZoneInfo("Asia/Shanghai"),
        currency="CNY",
        cards=CardScheme(),
    )
    till = Till(
        place=place,
        clock=clock,
        random_bytes=counting_bytes(),
        members=members,
        essentials=essentials,
        book=book,
        jobs=jobs,
        pins=FakePins(),
        renderer=FakeRenderer(),
        receipt_words=receipt_words,
        papers=TillPapers(receipt_words.language, None),
        head_office=head_office,
    )
    return FakeTill(till, truth, clock, book, members, essentials, jobs, head_office)
