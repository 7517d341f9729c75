"""The till of a pair: real encrypted files, its events computed from the rows it holds, and what its counter shows."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from app.clock import ManualClock
from app.domain.chain import Json
from app.domain.events import Basis, Fact, sale_fact
from app.domain.hand_facts import Adjustment, adjustment_fact
from app.domain.numbering import business_on, local_time, receipt_no
from app.domain.programme.account import Account
from app.domain.programme.document import Programme
from app.domain.programme.facts import from_rows, open_account
from app.domain.programme.postings import adjust, redeem
from app.domain.programme.sale import SaleOutcome, compute_sale
from app.domain.programme.scenario_file import Step
from app.domain.programme.tiers import standing
from app.domain.programme.when import Moment
from app.domain.sale import CouponUse, Sale, SaleResult, Tender, TenderKind
from app.domain.shift import Shift
from app.domain.staff import Approval, Capability, Role
from app.errors import Refusal, SyncError
from app.ids import AccountId, EventId, MemberId, ShiftId, StaffId, StoreId
from app.services import returns
from app.services.ports import Effect
from app.services.rules import counters_of
from app.services.till import Session, Till, new_id, sealed
from app.store import keys
from app.store.connect import CACHE, TILL, connect
from app.store.enrolled import HeadOffice
from app.store.files import read_identity
from app.store.folder import TILL_FILE, cache_file
from app.store.install import Block, NewStaff, Setup, create_till
from app.store.pins import FLOOR
from app.wiring.enrol_cli import become
from app.wiring.hq_reconcile import read_till
from app.wiring.pair_office import Person
from app.wiring.pair_sync import PairSync
from app.wiring.till import open_till

STAFF: Final = NewStaff("1001", "Pair", Role.MANAGER, "246810")
CARD_OF_A_GIFT: Final = "8899000000017"
Row = Mapping[str, Any]
Known = tuple[Account | None, Mapping[tuple[str, str], Row]]
"""An account as the till has it, and the rows it comes from."""


class PairTill:
    """One store's till. `close` ends its synchronisation."""

    def __init__(self, folder: Path, store: str, document: Mapping[str, Any], clock: ManualClock) -> None:
        self.folder, self.store, self.clock = folder, store, clock
        blocks = (Block("member", "000000001000", "000000001999"), Block("card", "881000000000", "881000000999"))
        settings = {"store": {"timezone": str(document.get("timezone", "Asia/Shanghai"))}, "till": {"no": "1"}}
        setup = Setup("", store, "", settings, (STAFF,), (document,), blocks)
        create_till(folder, setup, clock, environment=os.environ, key_store="file", pin_cost=FLOOR)

    def enrol(self, address: str, code: str) -> None:
        """Become one of head office's tills, open a shift and fetch everything."""
        become(self.folder, HeadOffice(address, "", ""), code)
        self.sync = PairSync(self.folder, self.clock)
        self.synced()
        with self.opened() as till:
            self.staff_id = next(one.staff_id for one in till.essentials.staff())
            self.shift = Shift(ShiftId(new_id(till)), 1, self.staff_id, self.clock.now_ms())
            with till.book.begin() as write:
                write.open_shift(self.shift)
                write.commit()

    def close(self) -> None:
        self.sync.close()

    @contextmanager
    def opened(self) -> Iterator[Till]:
        """The till as its use cases see it, with the cache generation now in use."""
        found = open_till(self.folder, os.environ, clock=self.clock)
        try:
            yield found.till
        finally:
            found.close()

    def synced(self) -> None:
        with self.opened() as till:
            last_seq = till.book.head().seq
        self.sync.synced(last_seq)

    def rows(self) -> dict[tuple[str, str], Row]:
        """Every live row of the cache by kind and id."""
        ring, path = keys.load(self.folder, os.environ), self.folder / TILL_FILE
        with closing(connect(path, ring.key(TILL_FILE), TILL)) as till:
            cache = self.folder / cache_file(read_identity(till, path).cache_no)
        found = {}
        with closing(connect(cache, ring.key(cache.name), CACHE)) as db:
            for table in ("member", "card", "account", "other"):
                order = f"SELECT raw FROM {table} WHERE raw IS NOT NULL ORDER BY incarnation_no, ver"
                for (raw,) in db.execute(order):
                    row = json.loads(raw)
                    found[row["kind"], row["id"]] = row
        return found

    def shown(self, account_id: str) -> int | None:
        """Points as the counter shows them; None: the account is not known here."""
        return read_till(self.folder).shown.get(account_id)

    # ---- what a person does

    def sell(self, step: Step, person: Person | None) -> SaleOutcome:
        """Write a sale. Refusals of `compute_sale`, `tenders_short`; nothing is written then."""
        with self.opened() as till:
            programme, moment = self._moment(till, step)
            known = self._account(programme, person, moment)
            account = known[0]
            outcome = compute_sale(programme, account, step.basket, moment)
            if outcome.unpaid_minor:
                raise Refusal("tenders_short", unpaid_minor=outcome.unpaid_minor)
            sale = replace(
                self._sale(till, programme, step, outcome, person),
                coupons=self._coupons(till, person, step.basket.coupons),
            )
            fact = sale_fact(sale, self._basis(programme, known, person, moment.day))
            moved = outcome.result.earned - outcome.result.redeemed
            self._write(till, fact, person, moved, sale)
        return outcome

    def give_back(self, of: EventId, quantities: Mapping[int, int]) -> Mapping[str, int]:
        """Take goods back with the till's own use case; the figures its receipt promised. Refusals of `returns`."""
        with self.opened() as till:
            sale = till.book.sale(of)
            if sale is None:
                raise Refusal("sale_unknown")
            session = Session(self.staff_id, STAFF.staff_no, STAFF.name, STAFF.role, self.shift)
            done = returns.confirm(till, session, returns.find(till, sale.receipt_no), quantities).value
            back = next(one for one in till.book.returns_of(of) if one.event_id == done.event_id)
        return {
            "refund_minor": back.refund_minor,
            "earned_reversed": back.earned_reversed,
            "points_restored": back.points_restored,
        }

    def redeem(self, step: Step, person: Person) -> None:
        """Spend points without a receipt. Refusals of `postings.redeem`."""
        with self.opened() as till:
            programme, moment = self._moment(till, step)
            known = self._account(programme, person, moment)
            redeem(programme, _known(known[0]), step.points, moment)
            body: dict[str, Json] = {
                "shift_id": self.shift.shift_id,
                "account_id": person.accounts["points"],
                "points": step.points,
                "staff_id": self.staff_id,
                "hold_id": self._hold(till, person, step.points),
            }
            basis = self._basis(programme, known, person, moment.day)
            fact = Fact(
                EventId(moment.event), "points_redeem", self.clock.now_ms(), body,
                member_id=MemberId(person.member_id), basis=basis,
            )  # fmt: skip
            self._write(till, fact, person, -step.points)

    def adjust(self, step: Step, person: Person) -> None:
        """Correct points by hand. Refusals of `postings.adjust`."""
        with self.opened() as till:
            programme, moment = self._moment(till, step)
            account, _ = self._account(programme, person, moment)
            adjust(programme, _known(account), step.points, moment)
            if not step.points:
                return
            now_ms = self.clock.now_ms()
            approval = Approval(self.staff_id, StaffId("2002"), "goodwill", Capability.ADJUST, now_ms)
            one = Adjustment(
                EventId(moment.event), now_ms, self.shift.shift_id, MemberId(person.member_id),
                AccountId(person.accounts["points"]), step.points, approval,
            )  # fmt: skip
            self._write(till, adjustment_fact(one), person, step.points)

    # ---- from rows to events

    def _moment(self, till: Till, step: Step) -> tuple[Programme, Moment]:
        now_ms = self.clock.now_ms()
        programme = till.essentials.programme_at(now_ms)
        at, place = local_time(now_ms, programme.zone), till.place
        return programme, Moment(new_id(till), at, place.store_id, step.channel, place.region_id)

    def _account(self, programme: Programme, person: Person | None, moment: Moment) -> Known:
        """The account as the cached rows tell it, a merged member's being its survivor's; None: an anonymous sale."""
        rows = self.rows()
        if person is None:
            return None, rows
        member = self._survivor(rows, person)
        mine = [row for (kind, _), row in rows.items() if kind == "account" and row["member_id"] == member["id"]]
        points = next((row for row in mine if row["account_kind"] == "points"), None)
        coupons = [row for (kind, _), row in rows.items() if kind == "coupon" and row["member_id"] == member["id"]]
        stamps = {row["stamp_id"]: row["balance"] for row in mine if row["account_kind"] == "stamps"}
        facts = replace(from_rows(member, points, sorted(coupons, key=lambda row: row["expires_on"])), stamps=stamps)
        return open_account(programme, facts, moment.day), rows

    def _survivor(self, rows: Mapping[tuple[str, str], Row], person: Person) -> Row:
        member = rows["member", person.member_id]
        while "merged_into" in member:
            member = rows["member", member["merged_into"]]
        return member

    def _basis(
        self,
        programme: Programme,
        known: tuple[Account | None, Mapping[tuple[str, str], Row]],
        person: Person | None,
        today: date,
    ) -> Basis:
        account, rows = known
        if account is None or person is None:
            return Basis(programme.name)
        member = self._survivor(rows, person)
        points = next(row for row in rows.values() if row["kind"] == "account" and row["member_id"] == member["id"]
                      and row["account_kind"] == "points")  # fmt: skip
        return Basis(
            programme=programme.name,
            account_ver=points["ver"],
            tier=standing(programme.tiers, account, today).tier,
            tags=tuple(member["tags"]),
            segments=tuple(member["segments"]),
            counters=counters_of(account.earlier[0], today),
        )

    def _hold(self, till: Till, person: Person, points: int) -> str:
        """Refusal `insufficient_points` where head office has not so many."""
        hold_id = new_id(till)
        try:
            self.sync.hold(hold_id, points, account_id=person.accounts["points"])
        except SyncError as error:
            raise Refusal("insufficient_points", needed=points, usable=error.facts.get("available", 0)) from error
        return hold_id

    def _sale(self, till: Till, programme: Programme, step: Step, outcome: SaleOutcome, person: Person | None) -> Sale:
        now_ms = self.clock.now_ms()
        number = till.book.head().seq
        return Sale(
            event_id=EventId(outcome.purchase.event),
            receipt_no=receipt_no(StoreId(self.store), "1", number + 1),
            at_ms=now_ms,
            business_on=business_on(now_ms, programme.zone, programme.business_day_starts),
            shift_id=self.shift.shift_id,
            staff_id=self.staff_id,
            currency=programme.currency,
            basket=step.basket,
            tenders=tuple(self._tender(till, one, person) for one in outcome.tenders),
            result=_promised(outcome.result),
            given_minor=outcome.result.payable_minor,
            change_minor=0,
            member_id=MemberId(person.member_id) if person else None,
        )

    def _tender(self, till: Till, tender: Tender, person: Person | None) -> Tender:
        """A tender with the account or card it is taken from; points are held at head office first."""
        named = _with_account(tender, person)
        if person is None or tender.kind is not TenderKind.POINTS or not tender.points:
            return named
        return replace(named, hold_id=self._hold(till, person, tender.points))

    def _coupons(self, till: Till, person: Person | None, types: Iterable[str]) -> tuple[CouponUse, ...]:
        """The coupons a basket uses, the earliest to expire of each type, each held at head office first."""
        rows = self.rows()
        member = self._survivor(rows, person)["id"] if person else None
        there = [row for (kind, _), row in rows.items()
                 if kind == "coupon" and row["state"] == "open" and row["member_id"] == member]  # fmt: skip
        found: list[CouponUse] = []
        for name in types:
            taken = {one.coupon_id for one in found}
            mine = [row for row in there if row["coupon_type"] == name and row["id"] not in taken]
            first = min(mine, key=lambda row: str(row["expires_on"]))
            hold_id = new_id(till)
            self.sync.hold(hold_id, 1, coupon_id=first["id"])
            found.append(CouponUse(first["id"], name, hold_id))
        return tuple(found)

    def _write(self, till: Till, fact: Fact, person: Person | None, points: int, sale: Sale | None = None) -> None:
        account_id = AccountId(person.accounts["points"]) if person else None
        effects = (Effect(account_id, None, points),) if account_id else ()
        with till.book.begin() as write:
            if sale is not None:
                write.next_number("receipt")
                write.add_sale(sale)
            write.append(sealed(till, fact, write.head()), effects)
            write.commit()


def _known(account: Account | None) -> Account:
    if account is None:
        raise AssertionError("the step names a member")
    return account


def _with_account(tender: Tender, person: Person | None) -> Tender:
    """A tender with the account or card it is taken from."""
    if tender.kind is TenderKind.GIFT_CARD:
        return replace(tender, card=CARD_OF_A_GIFT)
    name = {TenderKind.POINTS: "points", TenderKind.STORED_VALUE: "stored_value"}.get(tender.kind)
    return replace(tender, account_id=person.accounts[name]) if name and person else tender


def _promised(result: SaleResult) -> SaleResult:
    return replace(result, stamps={card: count for card, count in result.stamps.items() if count})
