"""What one event sees while it is applied, and how it says that it must wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, select

from app.domain.programme.document import Programme
from app.domain.programme.when import Moment
from sync.hq.docs import POINTS, AccountDoc, MemberDoc
from sync.hq.tables import EXTERNAL
from sync.hq.work.book import Book, Till, with_
from sync.hq.work.coupon_ids import coupon_id
from sync.hq.work.journal import governing, moment_at, programme_of, stamp_of, stream_of
from sync.hq.work.parked import ParkedError
from sync.hq.work.promise import Told
from sync.protocol.facts import Envelope, Pii

CODES: Final = ("overdraft", "hold_missing", "grant_missing", "coupon_spent", "wrong_figures", "stale_basis",
                "pii_absent")  # fmt: skip
"""What an applied event may say, the gravest first: an answer has room for one."""


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
    figures: dict[str, object] = field(default_factory=dict)
    balance: dict[str, int] = field(default_factory=dict)
    adjusted: str | None = None
    backed: int = 0
    """Points that holds kept for this event."""

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
        """The version the event was computed with, else the one valid at its time. ParkedError `programme_unknown`."""
        basis = self.event.envelope.basis
        found = programme_of(self.book, basis.programme if basis else None, self.at_ms)
        if found is None:
            raise ParkedError("programme_unknown", f"programme:{basis.programme if basis else ''}")
        return found

    def told(self) -> Told:
        """The event as it is posted to an account. ParkedError `programme_unknown`."""
        body, basis = self.event.body, self.event.envelope.basis
        programme = governing(self.book, body, basis.programme if basis else None, self.at_ms) or self.programme()
        moment = moment_at(self.key, self.at_ms, programme, self.till)
        return Told(
            key=self.key,
            at_ms=self.at_ms,
            stream=stream_of(self.till.till_id, self.till.epoch),
            seq=self.event.envelope.seq,
            body=body,
            basis=basis,
            programme=programme,
            moment=moment,
            stamp=stamp_of(self.book, body),
        )

    def file(self, code: str, **figures: object) -> None:
        """Something to say of this event, kept with the figures promised and found (no personal data)."""
        self.codes.add(code)
        self.figures.update(figures)

    def now(self) -> Moment:
        """The event's own time and place. ParkedError `programme_unknown`."""
        return moment_at(self.key, self.at_ms, self.programme(), self.till)

    def member(self) -> MemberDoc | None:
        """The member the event is about, joined to this till's region; None: an anonymous event.

        ParkedError `member_unknown`, `card_unknown`.
        """
        found = self.named()
        return None if found is None else join(self.book, found, self.till.region_id)

    def named(self) -> MemberDoc | None:
        """The same, left in the regions where it is."""
        member_id = self.event.envelope.member_id or self._by_card() or self._by_external()
        if member_id is None:
            return None
        found = self.book.member(member_id)
        if found is None:
            raise ParkedError("member_unknown", f"member:{member_id}")
        return found

    def _by_card(self) -> str | None:
        number = self.event.envelope.card
        if number is None:
            return None
        card = self.book.card(number)
        if card is None or card.member_id is None:
            raise ParkedError("card_unknown", f"card:{number}")
        return card.member_id

    def _by_external(self) -> str | None:
        """Who the channel means by its own name for them."""
        name = getattr(self.event.envelope, "external_id", None)
        if name is None:
            return None
        found = by_external(self.book.connection, self.till.till_id, name)
        if found is None:
            raise ParkedError("member_unknown", external_name(self.till.till_id, name))
        return found

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


def by_external(connection: Connection, channel_id: str, name: str) -> str | None:
    """The member a channel calls so."""
    mine = (EXTERNAL.c.channel_id == channel_id) & (EXTERNAL.c.external_id == name)
    return connection.execute(select(EXTERNAL.c.member_id).where(mine)).scalar()


def external_name(channel_id: str, name: str) -> str:
    """What events wait for that name a customer of a channel nobody registered yet."""
    return f"external:{channel_id}:{name}"


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
