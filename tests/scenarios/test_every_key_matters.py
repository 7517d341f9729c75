"""Every key of the programme document decides something: its value altered, some scenario comes out otherwise.

The keys are those the reader asks for, so that a new key without a scenario fails here. `tests/scenarios/keys` holds
scenarios for what no operator's programme shows.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.domain.programme import document as enums
from app.domain.programme.parse import parse
from app.domain.programme.scenario import check
from app.domain.programme.schema import DocumentError, Reader
from app.domain.sale import TenderKind

HERE = Path(__file__).parent
FILES = sorted([*(HERE / "programme").glob("*.json"), *(HERE / "keys").glob("*.json")])
FILES += sorted((HERE.parent / "acceptance" / "programme").glob("*.json"))
Path_ = tuple[str | int, ...]

OFFLINE = {"redeem.offline", "redeem.floor_points", "coupon_types[].offline"}
"""Read and kept, without effect until grants come (protocol.md)."""

ELSEWHERE = {
    "schema": "tests/unit/domain/programme/test_document_mistakes.py",
    "id": "tests/scenarios/test_keys_beside_points.py",
    "version": "tests/scenarios/test_keys_beside_points.py",
    "currency": "tests/scenarios/test_keys_beside_points.py",
    "valid_from": "tests/integration/store/test_essentials.py",
    "business_day_starts": "tests/scenarios/test_keys_beside_points.py",
    "gifts[].id": "tests/scenarios/test_keys_beside_points.py",
    "earn.rules[].partner": "tests/unit/wiring/test_programme_explain.py",
    "trust": "tests/integration/hq/test_hq_apply.py",
}
"""Keys that change no member's points: the tests that show what they do change."""

WORDS = ["zzz", "one", "1", "2", "50", "99.5", "2020-01-01", "2024-06-01", "2026-06-01", "03:00", "UTC", "Asia/Tokyo"]
WORDS += [
    one.value for kind in vars(enums).values() if isinstance(kind, type) and issubclass(kind, StrEnum) for one in kind
]
WORDS += [one.value for one in TenderKind]


DISCOUNTED = ("coupon_types", "rewards")
SKIPPED = {"coupon_types": "units_per_reward", "rewards": "units"}
KIND_KEYS: dict[str, dict[str, Any]] = {
    "discount_minor": {"value_minor": 1},
    "discount_percent": {"percent": "1", "max_minor": 1},
    "free_units": {"sku": "A", "units": 1, "units_per_reward": 1},
    "coupon": {"coupon_type": "ten"},
}


@cache
def scenarios() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(file.read_text(encoding="utf-8")) for file in FILES)


def leaves(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Every value of a document that is no table and no list of tables; a table of days by channel is one value."""
    if isinstance(value, dict) and path[-1:] != ("confirm_days",):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, number))
    else:
        yield path, value


def _joined(path: Path_) -> str:
    text = ""
    for part in path:
        text += "[]" if isinstance(part, int) else f".{part}" if text else part
    return text


@cache
def keys_of_the_schema() -> frozenset[str]:
    """What the reader asks for in all the scenarios' documents together."""
    asked: set[str] = set()
    with pytest.MonkeyPatch.context() as patch:
        reading = Reader.maybe

        def maybe(self: Reader, key: str, convert: Any) -> Any:
            asked.add(re.sub(r"\[\d+\]", "[]", self.at(key)))
            return reading(self, key, convert)

        patch.setattr(Reader, "maybe", maybe)
        for one in scenarios():
            parse(one["programme"])
    tables = {key for key in asked if key in ("earn", "redeem", "expiry", "tiers", "returns") or key.endswith(".when")}
    return frozenset(asked - tables)


def altered(value: Any) -> Iterator[Any]:
    """Other values of the same kind; which of them fit is left to the reader."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (
            one for one in (value + 1, value - 1, value * 2, value * 10, 0, 1, 2, value + 10**6) if one != value
        )
    elif isinstance(value, str):
        yield from (word for word in WORDS if word != value)
    elif isinstance(value, dict):
        yield {name: days + 30 for name, days in value.items()}
    elif value and isinstance(value[0], int):
        yield from ([day] for day in range(1, 8))
    else:
        yield from (["zzz"], ["base"], value[1:], ["00:00", "00:01"], [*value, "general"], ["food"])


def results(document: dict[str, Any]) -> list[Any]:
    return [step.result for step in check(document)]


def with_value(document: dict[str, Any], path: Path_, value: Any) -> dict[str, Any]:
    """The scenario with one value of its programme altered; a name that others refer to is altered there as well."""
    if path[-1] == "id" and path[0] in ("coupon_types", "tiers"):
        old = json.dumps(_at(document["programme"], path))
        renamed = json.dumps(document["programme"]).replace(old, json.dumps(value))
        return {**document, "programme": json.loads(renamed)}
    changed = copy.deepcopy(document)
    table = _at(changed["programme"], path[:-1])
    table[path[-1]] = value
    if path[-1] == "kind" and path[0] in DISCOUNTED:  # another kind of discount needs its own keys
        for name in {key for keys in KIND_KEYS.values() for key in keys} & set(table):
            del table[name]
        table.update({key: one for key, one in KIND_KEYS.get(value, {}).items() if key != SKIPPED[str(path[0])]})
    return changed


def _at(value: Any, path: Path_) -> Any:
    for part in path:
        value = value[part]
    return value


def matters(key: str) -> bool:
    """Whether some scenario comes out otherwise with some other value of `key`."""
    for one in scenarios():
        places = [(path, value) for path, value in leaves(one["programme"]) if _joined(path) == key]
        for path, value in places:
            for other in altered(value):
                try:
                    if results(with_value(one, path, other)) != results(one):
                        return True
                except DocumentError:
                    continue  # that value does not fit
    return False


@pytest.mark.parametrize("key", sorted(keys_of_the_schema() - OFFLINE - set(ELSEWHERE)))
def test_another_value_gives_another_result(key: str) -> None:
    assert matters(key)


@pytest.mark.parametrize("key", sorted(ELSEWHERE))
def test_a_key_beside_the_points_has_its_own_test(key: str) -> None:
    text = (HERE.parents[1] / ELSEWHERE[key]).read_text(encoding="utf-8")
    assert key.rpartition(".")[2] in text


def test_every_key_of_every_scenario_is_one_the_reader_asks_for() -> None:
    used = {_joined(path) for one in scenarios() for path, _value in leaves(one["programme"])}
    assert used - keys_of_the_schema() == set()
