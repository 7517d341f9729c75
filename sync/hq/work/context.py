"""What one event sees while it is applied, and how it says that it must wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.numbering import local_time
from app.domain.programme.document import Programme
from app.domain.programme.when import Moment
from sync.hq.docs import POINTS, AccountDoc, MemberDoc
from sync.hq.work.book import Book, Till, with_
from sync.protocol.facts import Envelope, Pii

CODES: Final = ("overdraft", "hold_missing", "grant_missing", "coupon_spent", "wrong_figures", "stale_basis",
                "pii_absent")  # fmt: skip
"""What an applied event may say, the gravest first: an answer has room for one."""


class ParkedError(Exception):
    """This event waits for an operator, or for what `waits_for` names (`member:<id>`, `card:<number>` …)."""

    def __init__(self, code: str, waits_for: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.waits_for = waits_for


@dataclass(frozen=True, slots=True)
class Read:
    """An event that could be read: its envelope, its checked body, its personal data where they came along."""

    envelope: Envelope
    body: object
    personal: Pii | None = None


@dataclass
class Context:
    """One event at work. `codes` and `balance` are filled as it goes; `key` is its event_id."""

    book: Book
    till: Till
    event: Read
    codes: set[str] = field(default_factory=set)
    balance: dict[str, int] = field(default_factory=dict)
    adjusted: str | None = None

    @property
    def key(self) -> str:
        return self.event.envelope.event_id

    @property
    def at_ms(self) -> int:
        return self.event.envelope.at_ms

    def code(self) -> str | None:
        """The one code to answer with."""
        return self.adjusted or next((code for code in CODES if code in self.codes), None)

    def programme(self) -> Programme:
        """The programme version the event was computed with."""
        basis = self.event.envelope.basis
        if basis is None:
            return self.newest()
        found = self.book.programme(basis.programme)
        if found is None:
            raise ParkedError("programme_unknown", f"programme:{basis.programme}")
        return found

    def newest(self) -> Programme:
        """The programme published last, for events that name none."""
        name = self.book.newest_programme()
        found = self.book.programme(name) if name else None
        if found is None:
            raise ParkedError("programme_unknown", "programme:")
        return found

    def moment(self, programme: Programme) -> Moment:
        return Moment(self.key, moment_of(self.at_ms, programme.zone), self.till.store_id, "store", self.till.region_id)

    def member(self) -> MemberDoc | None:
        """The member the event is about, joined to this till's region; None: an anonymous event.

        ParkedError `member_unknown`, `card_unknown`.
        """
        envelope = self.event.envelope
        member_id = envelope.member_id
        if member_id is None:
            if envelope.card is None:
                return None
            card = self.book.card(envelope.card)
            if card is None or card.member_id is None:
                raise ParkedError("card_unknown", f"card:{envelope.card}")
            member_id = card.member_id
        found = self.book.member(member_id)
        if found is None:
            raise ParkedError("member_unknown", f"member:{member_id}")
        return join(self.book, found, self.till.region_id)

    def account(self, account_id: str) -> AccountDoc:
        """ParkedError `account_unknown`."""
        found = self.book.account(account_id)
        if found is None:
            raise ParkedError("account_unknown", f"account:{account_id}")
        return found

    def points_account(self, member: MemberDoc) -> AccountDoc:
        """The member's points account. ParkedError `account_unknown`."""
        account_id = member.accounts.get(POINTS)
        if account_id is None:
            raise ParkedError("account_unknown", f"account_of:{member.id}")
        return self.account(account_id)


def moment_of(at_ms: int, zone: ZoneInfo) -> datetime:
    """An instant as the programme's local time; one beyond the calendar counts as its last day."""
    try:
        return local_time(at_ms, zone)
    except OverflowError:
        return datetime(9999, 1, 1, tzinfo=UTC).astimezone(zone)


def join(book: Book, member: MemberDoc, region_id: str) -> MemberDoc:
    """The member in a region's feed too: its rows are written there from now on."""
    if region_id in member.regions:
        return member
    joined: MemberDoc = with_(member, regions=(*member.regions, region_id))
    book.put("member", joined)
    for kind, ids in rows_of(book, joined).items():
        for id_ in ids:
            doc = book.get(kind, id_)
            if doc is not None:
                book.put(kind, doc)
    return joined


def rows_of(book: Book, member: MemberDoc) -> Mapping[str, list[str]]:
    """Ids of the documents that are a member's rows, by kind, the member's own left out."""
    account_id = member.accounts.get(POINTS)
    owner = book.account(account_id) if account_id else None
    coupons = [coupon_id(one.key) for one in owner.state.coupons] if owner and owner.state else []
    return {"account": sorted(member.accounts.values()), "card": sorted(member.cards), "coupon": coupons}


def coupon_id(key: str) -> str:
    """The row id of a coupon: its key where that is a UUID, else one made of the key's hash, in the form of UUIDv7."""
    if len(key) == 36 and key.count("-") == 4:
        return key
    text = blake2b(key.encode("utf-8"), digest_size=16).hexdigest()
    return f"{text[:8]}-{text[8:12]}-7{text[13:16]}-8{text[17:20]}-{text[20:]}"


def day_of(text: str) -> date:
    return date.fromisoformat(text)
