"""Whether a rule's conditions hold: about the member, the place, the time and the lines of a receipt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from app.domain.programme.account import Account
from app.domain.programme.calendar import birthday_holds
from app.domain.programme.document import When
from app.domain.sale import Line, TenderKind

STORED_VALUE = frozenset({TenderKind.STORED_VALUE, TenderKind.GIFT_CARD})
"""Both count as stored value."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where something happens. `at` is local, in the programme's zone; `event` is its id."""

    event: str
    at: datetime
    store: str = ""
    channel: str = "store"
    region: str = ""

    @property
    def day(self) -> date:
        return self.at.date()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What conditions look at. `nth` is the number of this purchase, None when the past is not known."""

    moment: Moment
    tenders: frozenset[TenderKind] = frozenset()
    tier: str | None = None
    tags: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    birthday_on: date | None = None
    nth: int | None = None


def circumstances(
    account: Account | None, moment: Moment, tier: str | None, tenders: frozenset[TenderKind]
) -> Circumstances:
    """The circumstances of a sale; None: an anonymous one."""
    if account is None:
        return Circumstances(moment, tenders)
    return Circumstances(
        moment=moment,
        tenders=tenders,
        tier=tier,
        tags=account.tags,
        segments=account.segments,
        birthday_on=account.birthday_on,
        nth=account.purchases_made + 1 if account.known else None,
    )


CONDITIONS = (
    "tiers", "tags", "segments", "stores", "regions", "channels", "weekdays", "hours", "from", "until", "birthday",
    "nth_purchase", "tender",
)  # fmt: skip
"""The conditions about member, place and time, named as in the document, in the order they are looked at."""


def holds(when: When, now: Circumstances) -> bool:
    """All conditions but those about lines and money."""
    return all(_checks(when, now))


def first_failed(when: When, now: Circumstances) -> str | None:
    """The first of CONDITIONS that does not hold; None: all do."""
    return next((name for name, ok in zip(CONDITIONS, _checks(when, now), strict=True) if not ok), None)


def _checks(when: When, now: Circumstances) -> Iterator[bool]:
    moment = now.moment
    yield not when.tiers or now.tier in when.tiers
    yield not when.tags or not when.tags.isdisjoint(now.tags)
    yield not when.segments or not when.segments.isdisjoint(now.segments)
    yield not when.stores or moment.store in when.stores
    yield not when.regions or moment.region in when.regions
    yield not when.channels or moment.channel in when.channels
    yield not when.weekdays or moment.at.isoweekday() in when.weekdays
    yield when.hours is None or _within(when.hours, moment.at.time())
    yield when.from_on is None or moment.day >= when.from_on
    yield when.until_on is None or moment.day <= when.until_on
    yield when.birthday is None or (
        now.birthday_on is not None and birthday_holds(when.birthday, now.birthday_on, moment.day)
    )
    yield when.nth_purchase is None or now.nth == when.nth_purchase
    yield when.tender is None or not _alike(when.tender).isdisjoint(now.tenders)


def _within(hours: tuple[time, time], clock: time) -> bool:
    start, end = hours
    if start < end:
        return start <= clock < end
    return clock >= start or clock < end


def _alike(tender: TenderKind) -> frozenset[TenderKind]:
    return STORED_VALUE if tender in STORED_VALUE else frozenset({tender})


def matching(when: When, lines: Sequence[Line]) -> list[int]:
    """Numbers of the lines a rule looks at; all of them when it names no goods."""
    numbers = list(range(len(lines)))
    if when.skus:
        numbers = [number for number in numbers if lines[number].sku in when.skus]
    if when.categories:
        numbers = [number for number in numbers if lines[number].category in when.categories]
    if when.brands:
        numbers = [number for number in numbers if lines[number].brand in when.brands]
    return numbers
