"""A programme document is read strictly: every mistake with its path, none left out, nothing ignored."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain.programme import DocumentError, parse, read_json, read_toml
from app.domain.programme.document import Expiry, ExpiryKind, OfflineRedeem, Period, Scope, Trust, When
from app.i18n import ENGLISH
from app.messages import ALL, say
from tests.support.scenarios import document

ROOT = Path(__file__).parents[4]
OFF = {"id": "off", "kind": "discount_minor", "value_minor": 100, "valid_days": 30}


def mistakes(raw: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(DocumentError) as caught:
        parse(raw)
    error = caught.value
    said = [say(ALL[one.code], ENGLISH, one.facts) for one in error.mistakes]
    assert not [words for words in said if "{" in words]
    assert error.facts == {"count": len(error.mistakes), "path": error.mistakes[0].path}
    return [(one.path, one.code) for one in error.mistakes]


def rule(**more: Any) -> dict[str, Any]:
    return document(earn={"rules": [{"id": "r", "kind": "bonus", "points": 1, **more}]})


def test_a_full_document_is_read_with_all_its_parts() -> None:
    source = """
        schema = 1
        id = "example"
        version = 7
        currency = "CNY"
        timezone = "Asia/Shanghai"
        points_scale = 1
        trust = "hq"
        valid_from = "2026-01-01T00:00:00"
        business_day_starts = "04:00"
        [earn]
        points = 1
        per_minor = 100
        rounding = "whole_steps"
        rounding_scope = "unit"
        exclude_skus = []
        [[earn.rules]]
        id = "gold"
        kind = "multiply"
        factor = "1.2"
        when.tiers = ["gold"]
        when.weekdays = [6, 7]
        when.hours = ["18:00", "02:00"]
        when.from = "2026-01-01"
        when.until = "2026-01-01"
        limit_per_member = 1
        post_after_days = 2
        partner = "acme"
        [redeem]
        points = 100
        value_minor = 50
        offline = "floor"
        floor_points = 200
        [expiry]
        kind = "end_of"
        unit = "month"
        plus_years = 1
        plus_months = 1
        [tiers]
        rolling_days = 365
        confirm_days = { online = 21 }
        levels = [{ id = "gold", threshold = 0 }]
    """
    programme = parse(read_toml(source))
    gold = programme.earn.rules[0]
    assert programme.name == "example:7"
    assert programme.trust is Trust.HQ
    assert programme.valid_from == datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert programme.business_day_starts == time(4)
    assert programme.earn.rounding_scope is Scope.UNIT
    assert (gold.factor, gold.limit_per_member, gold.post_after_days, gold.partner) == (Fraction(6, 5), 1, 2, "acme")
    assert gold.when == When(
        tiers=frozenset({"gold"}),
        weekdays=frozenset({6, 7}),
        hours=(time(18), time(2)),
        from_on=date(2026, 1, 1),
        until_on=date(2026, 1, 1),
    )
    assert programme.redeem is not None
    assert (programme.redeem.step_points, programme.redeem.offline) == (100, OfflineRedeem.FLOOR)
    assert programme.expiry == Expiry(ExpiryKind.END_OF, months=13, unit=Period.MONTH)


def test_json_and_toml_say_the_same() -> None:
    assert parse(read_json(json.dumps(document()))) == parse(document())
    assert read_toml("a = { b = [1] }") == read_json('{"a": {"b": [1]}}')


def test_the_demo_programme_is_sound() -> None:
    programme = parse(read_toml((ROOT / "resources" / "programmes" / "demo.toml").read_text(encoding="utf-8")))
    assert programme.tiers is not None
    assert [level.id for level in programme.tiers.levels] == ["base", "silver", "gold", "diamond"]


def test_all_mistakes_are_found_in_one_reading() -> None:
    raw = document(earn={"points": -1, "rounding": "up", "colour": 1}, currency="yuan", extra=True)
    raw["version"] = True
    del raw["id"]
    assert sorted(mistakes(raw)) == [
        ("currency", "expected_currency"),
        ("earn.colour", "key_unknown"),
        ("earn.points", "expected_whole"),
        ("earn.rounding", "expected_choice"),
        ("extra", "key_unknown"),
        ("id", "key_missing"),
        ("version", "expected_whole"),
    ]


@pytest.mark.parametrize(
    ("part", "path", "code"),
    [
        ({"schema": 2}, "schema", "expected_whole"),
        ({"id": ""}, "id", "expected_text"),
        ({"id": "x" * 257}, "id", "expected_text"),
        ({"timezone": "Mars/Base"}, "timezone", "expected_timezone"),
        ({"timezone": "../etc"}, "timezone", "expected_timezone"),
        ({"timezone": 8}, "timezone", "expected_timezone"),
        ({"points_scale": 1.0}, "points_scale", "expected_whole"),
        ({"valid_from": "2026-01-01T00:00:00+08:00"}, "valid_from", "expected_local_time"),
        ({"valid_from": "2026-02-30T00:00:00"}, "valid_from", "expected_local_time"),
        ({"valid_from": "0001-01-01T00:00:00"}, "valid_from", "expected_local_time"),
        ({"business_day_starts": "24:00"}, "business_day_starts", "expected_clock"),
        ({"earn": {"points_tender_earns": 1}}, "earn.points_tender_earns", "expected_flag"),
        ({"expiry": []}, "expiry", "expected_table"),
        ({"expiry": {"kind": "soon"}}, "expiry.kind", "expected_choice"),
        ({"expiry": {"kind": "never", "days": 3}}, "expiry.days", "key_unknown"),
        ({"expiry": {"kind": "after"}}, "expiry.days", "key_missing"),
        ({"expiry": {"kind": "after", "days": 3, "months": 1}}, "expiry.months", "one_of_two"),
        ({"expiry": {"kind": "after", "days": 0}}, "expiry.days", "expected_whole"),
        ({"expiry": {"kind": "inactivity"}}, "expiry.days", "key_missing"),
        ({"expiry": {"kind": "end_of"}}, "expiry.unit", "key_missing"),
        ({"redeem": {"points": 3, "value_minor": 100, "step_points": 1}}, "redeem.step_points", "step_not_exact"),
        ({"redeem": {"points": 3}}, "redeem.value_minor", "key_missing"),
        ({"redeem": {"points": 1, "value_minor": 1, "offline": "floor"}}, "redeem.floor_points", "key_missing"),
        (
            {"redeem": {"points": 1, "value_minor": 1, "max_share_percent": 101}},
            "redeem.max_share_percent",
            "expected_whole",
        ),
        ({"tiers": {"levels": []}}, "tiers.levels", "key_missing"),
        ({"tiers": {"levels": {}}}, "tiers.levels", "expected_tables"),
        ({"tiers": {"levels": [1]}}, "tiers.levels[0]", "expected_table"),
        (
            {"tiers": {"window": "rolling_days", "levels": [{"id": "a", "threshold": 0}]}},
            "tiers.rolling_days",
            "key_missing",
        ),
        ({"tiers": {"valid": "months", "levels": [{"id": "a", "threshold": 0}]}}, "tiers.valid_months", "key_missing"),
        (
            {"tiers": {"confirm_days": {"store": -1}, "levels": [{"id": "a", "threshold": 0}]}},
            "tiers.confirm_days",
            "expected_whole",
        ),
        (
            {"tiers": {"levels": [{"id": "a", "threshold": 5}, {"id": "b", "threshold": 5}]}},
            "tiers.levels[1].threshold",
            "not_rising",
        ),
        (
            {"tiers": {"levels": [{"id": "a", "threshold": 5}, {"id": "a", "threshold": 6}]}},
            "tiers.levels[1].id",
            "id_twice",
        ),
        (
            {"tiers": {"levels": [{"id": "a", "threshold": 0, "upgrade_bonus": 5}]}},
            "tiers.levels[0].upgrade_bonus",
            "bonus_never_paid",
        ),
        ({"returns": {"shortfall": "deduct_refund"}}, "returns.shortfall", "no_rate_to_deduct"),
        ({"returns": {"window_days": "30"}}, "returns.window_days", "expected_whole"),
        ({"stamps": [{"id": "s", "per_receipt_minor": 1, "goal": 3}]}, "stamps[0].coupon_type", "key_missing"),
        (
            {"stamps": [{"id": "s", "per_receipt_minor": 1, "coupon_type": "off"}], "coupon_types": [OFF]},
            "stamps[0].goal",
            "key_missing",
        ),
        ({"coupon_types": [OFF, OFF]}, "coupon_types[1].id", "id_twice"),
        (
            {"coupon_types": [{**OFF, "kind": "coupon", "coupon_type": "off"}]},
            "coupon_types[0].kind",
            "expected_choice",
        ),
        ({"coupon_types": [{**OFF, "kind": "gift"}]}, "coupon_types[0].kind", "expected_choice"),
        ({"coupon_types": [{**OFF, "percent": "10"}]}, "coupon_types[0].percent", "key_unknown"),
        (
            {"coupon_types": [{"id": "p", "kind": "discount_percent", "percent": 10, "valid_days": 1}]},
            "coupon_types[0].percent",
            "expected_decimal",
        ),
        (
            {"coupon_types": [{"id": "p", "kind": "discount_percent", "percent": "101", "valid_days": 1}]},
            "coupon_types[0].percent",
            "expected_decimal",
        ),
        (
            {"rewards": [{"id": "r", "points": 1, "kind": "coupon", "coupon_type": "none"}]},
            "rewards[0].coupon_type",
            "not_in_document",
        ),
        (
            {"rewards": [{"id": "r", "points": 1, "kind": "free_units", "sku": "A"}]},
            "rewards[0].units_per_reward",
            "key_missing",
        ),
        ({"rewards": [{"id": "r", "points": 1, "kind": "x"}]}, "rewards[0].kind", "expected_choice"),
        (
            {"gifts": [{"id": "g", "on": "birthday", "coupon_type": "off", "points": 1}]},
            "gifts[0].coupon_type",
            "one_of_two",
        ),
        ({"gifts": [{"id": "g", "on": "birthday"}]}, "gifts[0].coupon_type", "key_missing"),
    ],
)
def test_one_mistake_is_named_by_its_path(part: dict[str, Any], path: str, code: str) -> None:
    assert (path, code) in mistakes(document(**part))


@pytest.mark.parametrize(
    ("more", "path", "code"),
    [
        ({"id": "base"}, "earn.rules[0].id", "id_reserved"),
        ({"kind": "multiply"}, "earn.rules[0].factor", "key_missing"),
        ({"kind": "multiply", "factor": 1.2}, "earn.rules[0].factor", "expected_decimal"),
        ({"kind": "multiply", "factor": "0.9"}, "earn.rules[0].factor", "expected_decimal"),
        ({"kind": "multiply", "factor": "2"}, "earn.rules[0].points", "key_unknown"),
        ({"kind": "rate"}, "earn.rules[0].per_minor", "key_missing"),
        ({"factor": "2"}, "earn.rules[0].factor", "key_unknown"),
        ({"kind": "gift"}, "earn.rules[0].kind", "expected_choice"),
        ({"limit_per_member": 0}, "earn.rules[0].limit_per_member", "expected_whole"),
        ({"when": {"tiers": ["gold"]}}, "earn.rules[0].when.tiers", "not_in_document"),
        ({"when": {"tags": []}}, "earn.rules[0].when.tags", "expected_list"),
        ({"when": {"tags": ["a", "a"]}}, "earn.rules[0].when.tags", "expected_list"),
        ({"when": {"tags": "a"}}, "earn.rules[0].when.tags", "expected_list"),
        ({"when": {"weekdays": [0]}}, "earn.rules[0].when.weekdays", "expected_whole"),
        ({"when": {"hours": ["18:00"]}}, "earn.rules[0].when.hours", "expected_hours"),
        ({"when": {"hours": ["18:00", "25:00"]}}, "earn.rules[0].when.hours", "expected_clock"),
        ({"when": {"from": "2026-02-30"}}, "earn.rules[0].when.from", "expected_date"),
        ({"when": {"from": "20260101"}}, "earn.rules[0].when.from", "expected_date"),
        ({"when": {"from": "0001-01-01"}}, "earn.rules[0].when.from", "expected_date"),
        ({"when": {"from": "2026-01-02", "until": "2026-01-01"}}, "earn.rules[0].when.until", "until_before_from"),
        ({"when": {"birthday": "year"}}, "earn.rules[0].when.birthday", "expected_choice"),
        ({"when": {"tender": "gold"}}, "earn.rules[0].when.tender", "expected_choice"),
        ({"when": {"colour": 1}}, "earn.rules[0].when.colour", "key_unknown"),
        ({"when": 5}, "earn.rules[0].when", "expected_table"),
    ],
)
def test_one_mistake_in_a_rule_is_named_by_its_path(more: dict[str, Any], path: str, code: str) -> None:
    assert (path, code) in mistakes(rule(**more))


def test_an_unknown_kind_does_not_make_its_keys_unknown() -> None:
    assert mistakes(rule(kind="gift", factor="2")) == [("earn.rules[0].kind", "expected_choice")]


def test_without_its_rate_a_document_is_no_programme() -> None:
    raw = document()
    del raw["earn"]
    assert mistakes(raw) == [("earn", "key_missing")]
    assert mistakes({**raw, "earn": 3}) == [("earn", "expected_table")]


def test_thresholds_that_cannot_be_read_are_not_compared() -> None:
    levels = [{"id": "a", "threshold": "1"}, {"id": "b", "threshold": 0}]
    assert mistakes(document(tiers={"levels": levels})) == [("tiers.levels[0].threshold", "expected_whole")]


@pytest.mark.parametrize(
    ("read", "source", "code"),
    [
        (read_json, "{", "not_json"),
        (read_json, '{"a": 1, "a": 2}', "not_json"),
        (read_json, "[" * 100_000, "nested_too_deep"),
        (read_json, "[]", "document_no_table"),
        (read_toml, "a = ", "not_toml"),
        (read_toml, "a = " + "[" * 100_000, "nested_too_deep"),
    ],
)
def test_what_is_no_document_at_all(read: Any, source: str, code: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(source)
    assert [(one.path, one.code) for one in caught.value.mistakes] == [("", code)]


def test_every_code_of_a_mistake_has_words() -> None:
    folder = ROOT / "app" / "domain" / "programme"
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    codes = set(re.findall(r'(?:NotThisError\(|mistake\([^,]+, |Mistake\([^,]+, )"(\w+)"', source))
    assert len(codes) > 20
    assert codes <= set(ALL)
