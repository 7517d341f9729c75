"""Reads a programme document strictly: every mistake with its path, unknown keys refused, references followed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from zoneinfo import ZoneInfo

from app.domain.programme.document import (
    Earn,
    Effective,
    Expiry,
    ExpiryKind,
    Level,
    Metric,
    OfflineRedeem,
    Period,
    Programme,
    Redeem,
    Returns,
    Rounding,
    Shortfall,
    Tiers,
    Trust,
    Validity,
    Window,
)
from app.domain.programme.parse_rules import (
    DAYS_MAX,
    MINOR_MAX,
    POINTS_MAX,
    References,
    read_coupon_types,
    read_earn,
    read_gifts,
    read_rewards,
    read_stamps,
)
from app.domain.programme.schema import (
    Convert,
    DocumentError,
    Mistake,
    NotThisError,
    Reader,
    any_names,
    choice,
    clock,
    flag,
    local_time,
    mapping,
    text,
    timezone,
    unique,
    whole,
)

SCHEMA = 1
SCALE_MAX = 6
MONTHS_MAX = 1_200
YEARS_MAX = 100
CURRENCY_LETTERS = 3


def parse(document: Mapping[str, object], path: str = "") -> Programme:
    """The programme of a document read from TOML or JSON; DocumentError with every mistake, `path` before its own."""
    mistakes: list[Mistake] = []
    programme = read_programme(Reader(document, path, mistakes))
    if mistakes:
        raise DocumentError(mistakes)
    return programme


def read_programme(reader: Reader) -> Programme:
    """As `parse`, leaving the mistakes with the reader; with mistakes the programme means nothing."""
    refs = References()
    reader.need("schema", whole(SCHEMA, SCHEMA))
    earn_reader = reader.section("earn")
    if "earn" not in reader.table:
        reader.mistake("earn", "key_missing")
    zone = reader.need("timezone", timezone)
    programme = Programme(
        id=reader.need("id", text),
        version=reader.need("version", whole(1)),
        currency=reader.need("currency", _currency),
        zone=zone,
        earn=read_earn(earn_reader, refs) if earn_reader else Earn(0, 1, Rounding.FLOOR),
        points_scale=reader.have("points_scale", whole(0, SCALE_MAX), 0),
        trust=reader.have("trust", choice(Trust), Trust.TILL),
        valid_from=reader.maybe("valid_from", local_time(zone if reader.fits("timezone") else ZoneInfo("UTC"))),
        business_day_starts=reader.have("business_day_starts", clock, time(0)),
        stamps=read_stamps(reader, refs),
        redeem=_redeem(reader),
        rewards=read_rewards(reader, refs),
        coupon_types=read_coupon_types(reader, refs),
        gifts=read_gifts(reader, refs),
        expiry=_expiry(reader),
        tiers=_tiers(reader),
        returns=_returns(reader),
    )
    reader.done()
    _follow(refs, programme)
    return programme


def _currency(raw: object) -> str:
    if isinstance(raw, str) and len(raw) == CURRENCY_LETTERS and raw.isascii() and raw.isalpha() and raw.isupper():
        return raw
    raise NotThisError("expected_currency")


def _follow(refs: References, programme: Programme) -> None:
    coupons = {one.id for one in programme.coupon_types}
    levels = {level.id for level in programme.tiers.levels} if programme.tiers else set()
    for found, wanted in ((coupons, refs.coupons), (levels, refs.levels)):
        for reader, key, name in wanted:
            if name not in found:
                reader.mistake(key, "not_in_document", name=name)


def _redeem(owner: Reader) -> Redeem | None:
    reader = owner.section("redeem")
    if reader is None:
        return None
    points = reader.need("points", whole(1, POINTS_MAX))
    redeem = Redeem(
        points=points,
        value_minor=reader.need("value_minor", whole(1, MINOR_MAX)),
        step_points=reader.have("step_points", whole(1, POINTS_MAX), points),
        min_points=reader.have("min_points", whole(0, POINTS_MAX), 0),
        max_points=reader.maybe("max_points", whole(0, POINTS_MAX)),
        max_share_percent=reader.have("max_share_percent", whole(0, 100), 100),
        offline=reader.have("offline", choice(OfflineRedeem), OfflineRedeem.GRANT),
        floor_points=reader.maybe("floor_points", whole(0, POINTS_MAX)),
        exclude_categories=reader.have("exclude_categories", any_names, frozenset()),
    )
    if reader.fits("points", "value_minor", "step_points") and redeem.step_points * redeem.value_minor % points:
        reader.mistake("step_points", "step_not_exact", points=points, value_minor=redeem.value_minor)
    if redeem.offline is OfflineRedeem.FLOOR and "floor_points" not in reader.table:
        reader.mistake("floor_points", "key_missing")
    reader.done()
    return redeem


def _one_span(reader: Reader, convert_days: Convert[int]) -> tuple[int, int]:
    """(days, months) of exactly one of days, months, years."""
    given = [key for key in ("days", "months", "years") if key in reader.table]
    for extra in given[1:]:
        reader.mistake(extra, "one_of_two", this=extra, other=given[0])
    days = reader.maybe("days", convert_days)
    months = reader.maybe("months", whole(1, MONTHS_MAX))
    years = reader.maybe("years", whole(1, YEARS_MAX))
    if not given:
        reader.mistake("days", "key_missing")
    return days or 0, (months or 0) + 12 * (years or 0)


def _expiry(owner: Reader) -> Expiry:
    reader = owner.section("expiry")
    if reader is None:
        return Expiry()
    kind = reader.need("kind", choice(ExpiryKind))
    positive = whole(1, DAYS_MAX)
    expiry = Expiry(kind)
    if kind is ExpiryKind.AFTER:
        days, months = _one_span(reader, positive)
        expiry = Expiry(kind, days=days, months=months)
    elif kind is ExpiryKind.INACTIVITY:
        expiry = Expiry(kind, days=reader.need("days", positive))
    elif kind is ExpiryKind.END_OF:
        months = reader.have("plus_months", whole(0, MONTHS_MAX), 0)
        months += 12 * reader.have("plus_years", whole(0, YEARS_MAX), 0)
        expiry = Expiry(kind, months=months, unit=reader.need("unit", choice(Period)))
    if reader.fits("kind"):
        reader.done()
    return expiry


def _tiers(owner: Reader) -> Tiers | None:
    reader = owner.section("tiers")
    if reader is None:
        return None
    level_readers = reader.sections("levels")
    tiers = Tiers(
        levels=tuple(_level(level) for level in level_readers),
        metric=reader.have("metric", choice(Metric), Metric.SPEND),
        window=reader.have("window", choice(Window), Window.LIFETIME),
        rolling_days=reader.have("rolling_days", whole(1, DAYS_MAX), 0),
        effective=reader.have("effective", choice(Effective), Effective.IMMEDIATELY),
        confirm_days=reader.have("confirm_days", _days_by_channel, {}),
        valid=reader.have("valid", choice(Validity), Validity.FOREVER),
        valid_months=reader.have("valid_months", whole(1, MONTHS_MAX), 0),
        qualifying_sale_uses_new_tier=reader.have("qualifying_sale_uses_new_tier", flag, False),
    )
    if not tiers.levels and reader.fits("levels"):
        reader.mistake("levels", "key_missing")
    for needed, key in ((Window.ROLLING_DAYS, "rolling_days"), (Validity.MONTHS, "valid_months")):
        if needed in (tiers.window, tiers.valid) and key not in reader.table:
            reader.mistake(key, "key_missing")
    unique(level_readers, [level.id for level in tiers.levels])
    _rising(level_readers, tiers.levels)
    reader.done()
    return tiers


def _days_by_channel(raw: object) -> Mapping[str, int]:
    return {text(channel): whole(0, DAYS_MAX)(days) for channel, days in mapping(raw).items()}


def _level(reader: Reader) -> Level:
    level = Level(
        id=reader.need("id", text),
        threshold=reader.need("threshold", whole(0, MINOR_MAX)),
        upgrade_bonus=reader.have("upgrade_bonus", whole(0, POINTS_MAX), 0),
    )
    if level.threshold == 0 and level.upgrade_bonus:
        reader.mistake("upgrade_bonus", "bonus_never_paid")
    reader.done()
    return level


def _rising(readers: list[Reader], levels: tuple[Level, ...]) -> None:
    for number in range(1, len(levels)):
        comparable = readers[number - 1].fits("threshold") and readers[number].fits("threshold")
        if comparable and levels[number].threshold <= levels[number - 1].threshold:
            readers[number].mistake("threshold", "not_rising", above=levels[number - 1].threshold)


def _returns(owner: Reader) -> Returns:
    reader = owner.section("returns")
    if reader is None:
        return Returns()
    returns = Returns(
        shortfall=reader.have("shortfall", choice(Shortfall), Shortfall.NEGATIVE),
        restore_expired_days=reader.have("restore_expired_days", whole(0, DAYS_MAX), 0),
        window_days=reader.maybe("window_days", whole(0, DAYS_MAX)),
    )
    if returns.shortfall is Shortfall.DEDUCT_REFUND and "redeem" not in owner.table:
        reader.mistake("shortfall", "no_rate_to_deduct")
    reader.done()
    return returns
