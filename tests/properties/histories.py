"""Random histories of one member at three tills, as head office posts them: without a database, so that many are cheap.

`python -m tests.properties.histories --count 100000` runs so many; a seed that fails is named and can be run alone.
A till computes from the row it last saw; events arrive in any order that keeps each till's own; nights fall in between.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from app.domain.chain import canonical
from app.domain.programme.account import Account
from app.domain.programme.document import Programme
from app.domain.programme.facts import from_rows, open_account
from app.domain.programme.parse import parse
from app.domain.programme.sale import compute_sale
from app.domain.programme.tiers import standing
from app.domain.programme.when import Moment
from app.domain.sale import Basket, Line, OrderDiscount, Tender, TenderKind
from app.errors import Refusal
from app.services.rules import counters_of
from sync.hq.docs import AccountDoc, MemberDoc
from sync.hq.work import rows
from sync.hq.work.book import Book, Settings, with_
from sync.hq.work.coupon_ids import coupon_id
from sync.hq.work.journal import enter, opened
from sync.hq.work.posting import purchase_of, taken_back
from sync.hq.work.promise import Told, promise_of
from sync.protocol.envelope import Basis
from sync.protocol.facts import BODIES
from tests.properties.rulebook import random_document

START = date(2025, 1, 1)
TILLS = ("a", "b", "c")
CATEGORIES = ("food", "tea", "tobacco", None)


@dataclass
class History:
    """What one seed makes: the rules, the events in the order of their time, and the account posted in that order."""

    dice: random.Random
    programme: Programme
    member: MemberDoc
    start: AccountDoc
    doc: AccountDoc
    events: list[Told] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """Events that the same basis did not make the same again, or that were stale although the till knew everything."""
    day: date = START
    seen: dict[str, AccountDoc] = field(default_factory=dict)
    sold: list[str] = field(default_factory=list)

    def book(self) -> Book:
        """An empty book over these rules; nothing is read from a database."""
        book = Book(None, Settings(0, {self.programme.name: self.programme}, lambda _: ""))  # type: ignore[arg-type]
        book._versions = (self.programme,)
        return book


def history(seed: int, steps: int = 12) -> History:
    """A member's life of `steps` events."""
    dice = random.Random(seed)
    programme = parse(random_document(dice))
    born = date(1990, dice.randint(1, 12), 28)
    member = MemberDoc(
        id="m", member_no="1", home_store_id="s1", enrolled_on=START.isoformat(), notice_version=1,
        personal={"birthday_on": born.isoformat()}, accounts={"points": "p"},
    )  # fmt: skip
    state = Account("m", START - timedelta(days=1), enrolled_on=START)
    start = AccountDoc(id="p", member_id="m", kind="points", state=state, programme=programme.name)
    made = History(dice, programme, member, start, start)
    made.doc = _night(made, made.book(), start, START)
    made.start = made.doc
    made.seen = dict.fromkeys(TILLS, made.doc)
    for number in range(steps):
        _step(made, number)
    return made


def _night(made: History, book: Book, doc: AccountDoc, day: date) -> AccountDoc:
    if doc.state is None or doc.state.day >= day:
        return doc
    after: AccountDoc = with_(doc, state=opened(book, doc.state, made.member, day))
    return after


def _step(made: History, number: int) -> None:
    dice = made.dice
    made.day += timedelta(days=dice.choice((0, 0, 1, 3, 20, 90)))
    till = dice.choice(TILLS)
    fresh = dice.random() < 0.6
    if fresh:
        made.seen[till] = _night(made, made.book(), made.doc, made.day)
    told = dice.choice(ACTS)(made, number, till)
    if told is None:
        return
    book = made.book()
    for one in made.events:
        book.tell(one)
    made.doc, posted = enter(book, made.doc, made.member, told)
    made.events.append(told)
    if told.body.__class__.__name__ == "Sale":
        made.sold.append(told.key)
        if not promise_of(told, date.fromisoformat(made.member.personal["birthday_on"])).right:
            made.wrong.append(f"{told.key}: not the same with the same basis")
        elif fresh and "stale_basis" in posted.codes:
            made.wrong.append(f"{told.key}: stale, though the till knew everything")


def _told(made: History, number: int, till: str, kind: str, body: dict[str, Any], basis: Any = None) -> Told:
    """An event that has been to the wire and back."""
    text = canonical(body)
    at = datetime(made.day.year, made.day.month, made.day.day, 9, number, tzinfo=made.programme.zone)
    key = f"{made.day.isoformat()}/{number:03d}/{till}"
    return Told(
        key=key,
        at_ms=int(at.timestamp()) * 1000,
        stream=f"{till}/1",
        seq=number + 1,
        body=msgspec.convert(json.loads(text), BODIES[kind]),
        basis=basis,
        programme=made.programme,
        moment=Moment(key, at, "s1", "store", "r1"),
    )


def _uuid(key: str) -> str:
    return coupon_id(f"id:{key}")


def _row_account(made: History, till: str) -> Account:
    """The account as the till's last rows tell it."""
    doc, book = made.seen[till], made.book()
    raw = json.loads(json.dumps({"id": "p", "ver": 1, **rows.account(book, doc)}))
    member = json.loads(json.dumps({"id": "m", "ver": 1, **rows.member(book, made.member)}))
    coupons = [
        {"id": coupon_id(one.key), "coupon_type": one.type, "issued_on": one.issued_on.isoformat(),
         "expires_on": one.expires_on.isoformat(), "state": "used" if one.used else "open"}
        for one in (doc.state.coupons if doc.state else ())
    ]  # fmt: skip
    stamps = dict(doc.state.stamps) if doc.state else {}
    facts = replace(from_rows(member, raw, coupons), stamps=stamps)
    return open_account(made.programme, facts, made.day)


def _sale(made: History, number: int, till: str) -> Told | None:
    dice, account = made.dice, _row_account(made, till)
    lines = tuple(
        Line(dice.choice((100, 333, 4_990, 12_000)), dice.randint(1, 3), category=dice.choice(CATEGORIES))
        for _ in range(dice.randint(1, 3))
    )
    discounts = (OrderDiscount(percent="10"),) if dice.random() < 0.2 else ()
    points = (Tender(TenderKind.POINTS, max_points=True),) if made.programme.redeem and dice.random() < 0.4 else ()
    held = [one.type for one in account.coupons if not one.used]
    used = (dice.choice(held),) if held and dice.random() < 0.5 else ()
    basket = Basket(lines, discounts, used, (), (*points, Tender(TenderKind.CASH)))
    key = f"{made.day.isoformat()}/{number:03d}/{till}"
    at = datetime(made.day.year, made.day.month, made.day.day, 9, number, tzinfo=made.programme.zone)
    try:
        outcome = compute_sale(made.programme, account, basket, Moment(key, at, "s1", "store", "r1"))
    except Refusal:
        return None
    result = outcome.result
    body = {
        "shift_id": "s", "receipt_no": "r", "staff_id": "1", "business_on": made.day.isoformat(), "currency": "CNY",
        "lines": [_line(one) for one in lines],
        "tenders": [_tender(one) for one in outcome.tenders if one.minor or one.points],
        "result": {
            "payable_minor": result.payable_minor, "earned": result.earned, "to_follow": result.to_follow,
            "redeemed": result.redeemed, "because": [{"rule": one.rule, "line": one.line or 0, "points": one.points}
                                                     for one in result.because],
            **({"stamps": dict(result.stamps)} if result.stamps else {}),
        },
        **({"order_discounts": [{"percent": "10"}]} if discounts else {}),
        **({"coupons": [{"coupon_id": coupon_id(one), "type": used[0]} for one in outcome.purchase.coupons]}
           if used else {}),
    }  # fmt: skip
    tier = standing(made.programme.tiers, account, made.day).tier
    counters = counters_of(account.earlier[0], made.day)
    basis = Basis(programme=made.programme.name, account_ver=1, tier=tier, tags=[], segments=[], counters=counters)
    return _told(made, number, till, "sale", body, basis)


def _line(line: Line) -> dict[str, Any]:
    found = {"qty": line.qty, "unit_minor": line.unit_minor, "discount_minor": 0, "tax_minor": 0}
    return {**found, "category": line.category} if line.category else found


def _tender(tender: Tender) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": tender.kind.value, "minor": tender.minor or 0}
    return {**found, "account_id": _uuid("p"), "points": tender.points} if tender.points else found


def _return(made: History, number: int, till: str) -> Told | None:
    """Some units of an earlier sale, as head office would take them back now, or a little off."""
    state = made.doc.state
    if not made.sold or state is None:
        return None
    key = made.dice.choice(made.sold)
    purchase = purchase_of(state, key)
    left = [(line, one.qty - one.returned) for line, one in enumerate(purchase.lines) if one.qty > one.returned]
    if not left:
        return None
    line, units = made.dice.choice(left)
    qty = made.dice.randint(1, units)
    body = {
        "shift_id": "s", "receipt_no": "r", "staff_id": "1", "business_on": made.day.isoformat(), "of": _uuid(key),
        "lines": [{"line": line, "qty": qty}], "tenders": [],
        "result": {"refund_minor": 0, "earned_reversed": 0, "points_restored": 0},
    }  # fmt: skip
    told = _told(made, number, till, "sale_return", body)
    told = replace(told, body=msgspec.structs.replace(told.body, of=key))
    outcome = taken_back(told, opened(made.book(), state, made.member, made.day), purchase, {line: qty})
    off = made.dice.choice((0, 0, 0, 1))
    result = msgspec.structs.replace(
        told.body.result, refund_minor=outcome.refund_minor, earned_reversed=outcome.earned_reversed + off,
        points_restored=outcome.points_restored,
    )  # fmt: skip
    return replace(told, body=msgspec.structs.replace(told.body, result=result))


def _undo(made: History, number: int, till: str) -> Told | None:
    if not made.sold or made.dice.random() < 0.5:
        return None
    key = made.sold.pop(made.dice.randrange(len(made.sold)))
    told = _told(made, number, till, "undo", {"shift_id": "s", "of": _uuid(key), "staff_id": "1", "reason": "mistake"})
    return replace(told, body=msgspec.structs.replace(told.body, of=key))


def _redeem(made: History, number: int, till: str) -> Told | None:
    """What the till believes is there may be gone: an overdraft."""
    points = made.dice.randint(1, 60)
    body = {"shift_id": "s", "account_id": _uuid("p"), "points": points, "staff_id": "1"}
    return _told(made, number, till, "points_redeem", body)


def _adjust(made: History, number: int, till: str) -> Told | None:
    amount = made.dice.choice((-30, -1, 5, 40))
    body = {
        "shift_id": "s", "account_id": _uuid("p"), "amount": amount, "reason": "goodwill", "staff_id": "1",
        "approval": {"staff_id": "1", "by_staff_id": "2", "reason": "goodwill"},
    }  # fmt: skip
    return _told(made, number, till, "adjustment", body)


ACTS: tuple[Callable[[History, int, str], Told | None], ...] = (
    _sale,
    _sale,
    _sale,
    _sale,
    _return,
    _undo,
    _redeem,
    _adjust,
)


# ---- what must hold


def arrived_otherwise(made: History) -> AccountDoc:
    """The same events in another order of arrival, each till's own kept, with nights wherever they fall."""
    dice, book, doc = made.dice, made.book(), made.start
    left = {till: [one for one in made.events if one.stream.startswith(till)] for till in TILLS}
    waiting: list[Told] = []
    there: set[str] = set()
    latest = START
    while any(left.values()) or waiting:
        ready = [one for one in waiting if getattr(one.body, "of", None) in there]
        if ready:
            told = ready[0]
            waiting.remove(told)
        else:
            told = left[dice.choice([till for till, events in left.items() if events])].pop(0)
        of = getattr(told.body, "of", None)
        if of is not None and of not in there:
            waiting.append(told)
            continue
        doc, _ = enter(book, doc, made.member, told)
        there.add(told.key)
        latest = max(latest, told.moment.day)
        if dice.random() < 0.3:
            doc = _night(made, book, doc, latest)
    return doc


def same_in_the_end(made: History) -> bool:
    """Whether balance, lots, debt, tier, coupons and stamps are the same whatever the order of arrival."""
    other = arrived_otherwise(made)
    end = made.day + timedelta(days=400)
    one, two = (_night(made, made.book(), doc, end).state for doc in (made.doc, other))
    return one == two


def everything_back(made: History) -> bool:
    """Returning all that is left of every sale, in any order, leaves nothing earned, spent or owed by sales."""
    dice, state = made.dice, made.doc.state
    if state is None:
        return False
    day = max(made.day, state.day)
    told = _told(made, 58, "a", "undo", {"shift_id": "s", "of": _uuid("x"), "staff_id": "1", "reason": "mistake"})
    told = replace(told, moment=replace(told.moment, at=told.moment.at.replace(year=day.year, month=day.month, day=1)))
    units = [(sale.event, line) for sale in state.purchases for line, one in enumerate(sale.lines)
             for _ in range(one.qty - one.returned)]  # fmt: skip
    dice.shuffle(units)
    for event, line in units:
        state = taken_back(told, state, purchase_of(state, event), {line: 1}).account or state
    gone = all(not sale.kept_points and not sale.kept_spend_minor for sale in state.purchases)
    owed = sum(
        one.amount for sale in state.purchases if sale.lines for spent in sale.redemptions for one in spent.spent
    )
    own = {sale.event for sale in state.purchases}
    return gone and not owed and not any(one.event in own for one in state.to_follow)


def failures(seed: int) -> list[str]:
    """What does not hold for a seed; [] when all does."""
    made = history(seed)
    found = list(made.wrong)
    if not same_in_the_end(made):
        found.append("the order of arrival matters")
    if not everything_back(made):
        found.append("returning everything does not restore everything")
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run many seeds; 1 when one fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    given = parser.parse_args(arguments)
    failed = 0
    for seed in range(given.first, given.first + given.count):
        for one in failures(seed):
            failed += 1
            print(f"seed {seed}: {one}")
        if seed % 1_000 == 999:
            print(f"{seed + 1 - given.first} of {given.count} histories, {failed} failures", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
