"""Reads a scenario file strictly: a programme, seeded members, steps and what each expects (programme.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum

from app.domain.programme.account import Status
from app.domain.programme.calendar import expires_on, plus_days
from app.domain.programme.coupons import coupon_type
from app.domain.programme.document import Programme
from app.domain.programme.facts import AccountFacts, CouponFacts, LotFacts
from app.domain.programme.parse import read_programme
from app.domain.programme.parse_rules import MINOR_MAX, POINTS_MAX
from app.domain.programme.schema import (
    DocumentError,
    Mistake,
    NotThisError,
    Reader,
    any_names,
    choice,
    day,
    decimal,
    flag,
    long_text,
    moment,
    text,
    whole,
)
from app.domain.sale import LINES_MAX, QTY_MAX, Basket, Line, OrderDiscount, RewardUse, Tender, TenderKind

FIGURES = frozenset({
    *("refused", "earned", "to_follow", "redeemed", "payable_minor", "because", "upgrade_bonus"),
    *("earned_reversed", "points_restored", "points_lapsed", "refund_minor", "deducted_minor"),
    "upgrade_bonus_reversed",
})  # fmt: skip
STATE = frozenset({
    *("balance", "displayed", "debt", "pending", "to_follow", "lots", "tier", "tier_until", "stamps"),
    *("coupons", "status"),
})  # fmt: skip
RESULT_FIELDS = FIGURES | STATE
"""What `expect` may name: what a step did, and the state of the account after it."""


class Do(StrEnum):
    SALE = "sale"
    RETURN = "return"
    REDEEM = "redeem"
    ADJUST = "adjust"
    MERGE = "merge"
    AGAIN = "again"
    LOOK = "look"


class _Seeded(StrEnum):
    """States a member may start in."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `path` is its place in the file; `member` also the survivor of a merge; `of` the event it is about."""

    path: str
    do: Do
    id: str
    at: datetime | None
    expect: Mapping[str, object]
    member: str | None = None
    of: str = ""
    store: str = ""
    channel: str = "store"
    region: str = ""
    basket: Basket = field(default_factory=Basket)
    quantities: Mapping[int, int] = field(default_factory=dict)
    points: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A file that was read without a mistake. `day` is the local day of its first step."""

    programme: Programme
    members: tuple[AccountFacts, ...]
    steps: tuple[Step, ...]
    day: date


def read_scenario(document: Mapping[str, object]) -> Scenario:
    """The scenario of a JSON document; DocumentError with every mistake and its path."""
    mistakes: list[Mistake] = []
    reader = Reader(document, "", mistakes)
    reader.need("id", text)
    reader.maybe("source", long_text)
    reader.maybe("note", long_text)
    programme_reader = reader.section("programme")
    if "programme" not in document:
        reader.mistake("programme", "key_missing")
    programme = read_programme(programme_reader) if programme_reader else None
    sound = None if mistakes else programme
    steps_readers = reader.sections("steps")
    if not steps_readers and reader.fits("steps"):
        reader.mistake("steps", "expected_list")
    members_reader = reader.section("members")
    reader.done()
    known = frozenset(members_reader.table if members_reader else ())
    steps = [_step(one, known) for one in steps_readers]
    _check_ids(steps_readers, steps)
    days = _days(sound.zone, steps_readers, steps) if sound else []
    first = min(days, default=date.min)
    members = _members(members_reader, sound, first) if members_reader else ()
    if sound is None or mistakes:
        raise DocumentError(mistakes)
    return Scenario(sound, members, tuple(steps), first)


def _days(zone: tzinfo, readers: list[Reader], steps: list[Step]) -> list[date]:
    """The local days of the steps; one that goes back is a mistake."""
    days: list[date] = []
    for reader, step in zip(readers, steps, strict=True):
        if step.at is not None:
            local = step.at.astimezone(zone).date()
            if days and local < days[-1]:
                reader.mistake("at", "day_goes_back", before=days[-1].isoformat())
            days.append(local)
    return days


def _check_ids(readers: list[Reader], steps: list[Step]) -> None:
    """Ids are unique; `of` names an earlier step, for a return a sale."""
    seen: dict[str, Do] = {}
    for reader, step in zip(readers, steps, strict=True):
        if step.of and (step.of not in seen or (step.do is Do.RETURN and seen[step.of] is not Do.SALE)):
            reader.mistake("of", "not_in_document", name=step.of)
        if step.id:
            if step.id in seen:
                reader.mistake("id", "id_twice", id=step.id)
            seen[step.id] = step.do


def _member_of(reader: Reader, key: str, known: frozenset[str]) -> str:
    name = reader.need(key, text)
    if reader.fits(key) and name not in known:
        reader.mistake(key, "not_in_document", name=name)
    return name


def _step(reader: Reader, known: frozenset[str]) -> Step:
    do = reader.need("do", choice(Do))
    if not reader.fits("do"):
        return Step(reader.path, Do.LOOK, "", None, {})
    named = reader.maybe("id", text) if do in (Do.LOOK, Do.AGAIN) else reader.need("id", text)
    needs_time = do is not Do.AGAIN
    at = reader.need("at", moment) if needs_time else reader.maybe("at", moment)
    expect = reader.section("expect")
    for key in expect.table if expect else ():
        if expect and key not in RESULT_FIELDS:
            expect.mistake(key, "key_unknown")
    _explained(reader, expect.table if expect else {})
    step = Step(
        path=reader.path,
        do=do,
        id=named or "",
        at=at,
        expect=expect.table if expect else {},
        member=_who(reader, do, known),
        of=reader.need("of", text) if do in (Do.RETURN, Do.AGAIN) else "",
        store=reader.have("store", text, ""),
        channel=reader.have("channel", text, "store"),
        region=reader.have("region", text, ""),
        basket=_basket(reader) if do is Do.SALE else Basket(),
        quantities=_quantities(reader) if do is Do.RETURN else {},
        points=_points(reader, do),
        source=_member_of(reader, "from", known) if do is Do.MERGE else "",
    )
    reader.done()
    return step


def _explained(reader: Reader, expect: Mapping[str, object]) -> None:
    """`note` says how a step's figures come about; `derived` names those that were worked out, not published."""
    reader.maybe("note", long_text)
    for name in sorted(reader.maybe("derived", any_names) or ()):
        if name not in expect:
            reader.mistake("derived", "not_in_document", name=name)


def _who(reader: Reader, do: Do, known: frozenset[str]) -> str | None:
    if do is Do.MERGE:
        return _member_of(reader, "into", known)
    if do in (Do.REDEEM, Do.ADJUST, Do.LOOK) or (do is Do.SALE and "member" in reader.table):
        return _member_of(reader, "member", known)
    return None


def _points(reader: Reader, do: Do) -> int:
    if do is Do.REDEEM:
        return reader.need("points", whole(1, POINTS_MAX))
    if do is Do.ADJUST:
        reader.maybe("reason", text)
        return reader.need("points", whole(-POINTS_MAX, POINTS_MAX))
    return 0


def _quantities(reader: Reader) -> dict[int, int]:
    found: dict[int, int] = {}
    lines = reader.sections("lines")
    if not lines and reader.fits("lines"):
        reader.mistake("lines", "expected_list")
    for line in lines:
        number = line.need("line", whole(0, LINES_MAX - 1))
        qty = line.need("qty", whole(1, QTY_MAX))
        if line.fits("line", "qty"):
            found[number] = found.get(number, 0) + qty
        line.done()
    return found


def _basket(reader: Reader) -> Basket:
    lines = reader.sections("lines")
    if not 0 < len(lines) <= LINES_MAX and reader.fits("lines"):
        reader.mistake("lines", "expected_list")
    return Basket(
        lines=tuple(_line(line) for line in lines),
        order_discounts=tuple(_order_discount(one) for one in reader.sections("order_discounts")),
        coupons=reader.have("coupons", _texts, ()),
        rewards=tuple(_reward_use(one) for one in reader.sections("rewards")),
        tenders=_tenders(reader),
    )


def _texts(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list):
        raise NotThisError("expected_list")
    return tuple(text(one) for one in raw)


def _line(reader: Reader) -> Line:
    line = Line(
        unit_minor=reader.need("unit_minor", whole(0, MINOR_MAX)),
        qty=reader.need("qty", whole(1, QTY_MAX)),
        sku=reader.maybe("sku", text),
        name=reader.maybe("name", text),
        category=reader.maybe("category", text),
        brand=reader.maybe("brand", text),
        discount_minor=reader.have("discount_minor", whole(0), 0),
        tax_minor=reader.have("tax_minor", whole(0), 0),
    )
    if reader.fits("unit_minor", "qty", "discount_minor", "tax_minor"):
        if line.charged_minor < 0:
            reader.mistake("discount_minor", "expected_whole", low=0, high=line.qty * line.unit_minor)
        elif line.tax_minor > line.charged_minor:
            reader.mistake("tax_minor", "expected_whole", low=0, high=line.charged_minor)
    reader.done()
    return line


def _order_discount(reader: Reader) -> OrderDiscount:
    if ("percent" in reader.table) == ("minor" in reader.table):
        reader.mistake("minor", "one_of_two", this="minor", other="percent")
    reader.maybe("percent", decimal(0, 100))
    discount = OrderDiscount(
        percent=reader.maybe("percent", text),
        minor=reader.maybe("minor", whole(0, MINOR_MAX)),
        categories=reader.have("categories", any_names, frozenset()),
    )
    reader.done()
    return discount


def _reward_use(reader: Reader) -> RewardUse:
    use = RewardUse(
        id=reader.need("id", text),
        times=reader.have("times", whole(1, QTY_MAX), 1),
        units=reader.maybe("units", whole(1, QTY_MAX * LINES_MAX)),
    )
    reader.done()
    return use


def _tenders(owner: Reader) -> tuple[Tender, ...]:
    if "tenders" not in owner.table:
        return (Tender(TenderKind.CASH),)
    return tuple(_tender(reader) for reader in owner.sections("tenders"))


def _tender(reader: Reader) -> Tender:
    kind = reader.need("kind", choice(TenderKind))
    if reader.fits("kind") and kind is TenderKind.POINTS:
        if ("points" in reader.table) == ("max" in reader.table):
            reader.mistake("points", "one_of_two", this="points", other="max")
        points = reader.maybe("points", whole(1, POINTS_MAX))
        tender = Tender(kind, points=points, max_points=reader.have("max", flag, False))
    else:
        tender = Tender(kind, minor=reader.maybe("minor", whole(0, MINOR_MAX)))
    reader.done()
    return tender


def _members(owner: Reader, programme: Programme | None, first: date) -> tuple[AccountFacts, ...]:
    readers = ((name, owner.section(name)) for name in owner.table)
    return tuple(_member(name, reader, programme, first) for name, reader in readers if reader)


def _member(name: str, reader: Reader, programme: Programme | None, first: date) -> AccountFacts:
    """A seeded member; without a sound programme only the shape is read."""
    tier = reader.maybe("tier", text)
    levels = {level.id for level in programme.tiers.levels} if programme and programme.tiers else set()
    if programme and tier is not None and tier not in levels:
        reader.mistake("tier", "not_in_document", name=tier)
    facts = AccountFacts(
        member_id=name,
        status=Status(reader.have("status", choice(_Seeded), _Seeded.ACTIVE).value),
        enrolled_on=reader.maybe("enrolled_on", day),
        birthday_on=reader.maybe("birthday", day),
        tags=reader.have("tags", any_names, frozenset()),
        segments=reader.have("segments", any_names, frozenset()),
        tier=tier,
        tier_until_on=reader.maybe("tier_until", day),
        qualifying=reader.have("qualifying", whole(0, MINOR_MAX), 0),
        lots=tuple(_lot(one, programme) for one in reader.sections("lots")),
        coupons=_coupons(name, reader, programme, first),
        counters={"receipts": reader.have("purchases", whole(0), 0)},
    )
    reader.done()
    return facts


def _lot(reader: Reader, programme: Programme | None) -> LotFacts:
    points = reader.need("points", whole(0, POINTS_MAX))
    earned_on = reader.need("earned_on", day)
    given = reader.maybe("expires_on", day)
    reader.done()
    if programme and given is None and reader.fits("earned_on"):
        given = expires_on(programme.expiry, earned_on)
    return LotFacts(points, earned_on, given)


def _coupons(member: str, owner: Reader, programme: Programme | None, first: date) -> tuple[CouponFacts, ...]:
    """Coupons held: a type's name (issued on the first day) or a table with its own `issued_on`."""
    found = []
    for number, item in enumerate(owner.maybe("coupons", _anything) or ()):
        table = {"type": item} if isinstance(item, str) else item
        path = f"{owner.at('coupons')}[{number}]"
        if not isinstance(table, dict):
            owner.mistakes.append(Mistake(path, "expected_table"))
            continue
        reader = Reader(table, path, owner.mistakes)
        name = reader.need("type", text)
        issued_on = reader.have("issued_on", day, first)
        kind = coupon_type(programme, name) if programme else None
        if programme and kind is None and reader.fits("type"):
            reader.mistake("type", "not_in_document", name=name)
        reader.done()
        if kind is not None and reader.fits("issued_on"):
            until = plus_days(issued_on, kind.valid_days)
            found.append(CouponFacts(f"{member}:coupon:{number}", name, issued_on, until))
    return tuple(found)


def _anything(raw: object) -> tuple[object, ...]:
    if not isinstance(raw, list):
        raise NotThisError("expected_list")
    return tuple(raw)
