"""Strict reading of a JSON or TOML table: every mistake is remembered with its path and what was expected there."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from app.errors import ConfigError, Fact

WHOLE_MAX = 2**53 - 1  # what JSON carries exactly (RFC 8785)
TEXT_CHARS_MAX = 256
LONG_TEXT_CHARS_MAX = 2_000
LIST_ITEMS_MAX = 10_000
DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
YEARS = range(1900, 2900)

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
Convert = Callable[[object], T]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: where (`earn.rules[0].factor`), and the code and facts of its words."""

    path: str
    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


class DocumentError(ConfigError):
    """A document does not fit; `mistakes` lists all that was found, in the order of reading."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("document_mistakes", count=len(mistakes), path=mistakes[0].path)
        self.mistakes = tuple(mistakes)


class NotThisError(ValueError):
    """A converter's no: the code and facts of what it expected."""

    def __init__(self, code: str, **facts: Fact) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def whole(low: int = 0, high: int = WHOLE_MAX) -> Convert[int]:
    """A JSON integer between `low` and `high`, both included; true and 1.0 are not integers."""

    def convert(raw: object) -> int:
        if type(raw) is not int or not low <= raw <= high:
            raise NotThisError("expected_whole", low=low, high=high)
        return raw

    return convert


def flag(raw: object) -> bool:
    """true or false."""
    if not isinstance(raw, bool):
        raise NotThisError("expected_flag")
    return raw


def text(raw: object) -> str:
    """Text of 1 to TEXT_CHARS_MAX characters."""
    if not isinstance(raw, str) or not 0 < len(raw) <= TEXT_CHARS_MAX:
        raise NotThisError("expected_text", chars_max=TEXT_CHARS_MAX)
    return raw


def long_text(raw: object) -> str:
    """Text of 1 to LONG_TEXT_CHARS_MAX characters: for people, no rule reads it."""
    if not isinstance(raw, str) or not 0 < len(raw) <= LONG_TEXT_CHARS_MAX:
        raise NotThisError("expected_text", chars_max=LONG_TEXT_CHARS_MAX)
    return raw


def choice(kind: type[E], *, but: E | None = None) -> Convert[E]:
    """One of the values of an Enum, `but` left out."""
    fitting = [one for one in kind if one is not but]

    def convert(raw: object) -> E:
        for one in fitting:
            if raw == one.value:
                return one
        raise NotThisError("expected_choice", choices=", ".join(one.value for one in fitting))

    return convert


def decimal(low: int, high: int) -> Convert[Fraction]:
    """Decimal text as "1.2" between `low` and `high`; a JSON or TOML number would not be exact."""

    def convert(raw: object) -> Fraction:
        if isinstance(raw, str) and DECIMAL.fullmatch(raw) and low <= Fraction(raw) <= high:
            return Fraction(raw)
        raise NotThisError("expected_decimal", low=low, high=high)

    return convert


def day(raw: object) -> date:
    """A date as text, 2026-01-31."""
    if isinstance(raw, str) and DAY.fullmatch(raw):
        try:
            found = date.fromisoformat(raw)
        except ValueError:
            raise NotThisError("expected_date") from None
        if found.year in YEARS:
            return found
    raise NotThisError("expected_date")


def clock(raw: object) -> time:
    """A time of day as text, 04:00."""
    if not isinstance(raw, str) or not CLOCK.fullmatch(raw):
        raise NotThisError("expected_clock")
    return time.fromisoformat(raw)


def local_time(zone: ZoneInfo) -> Convert[datetime]:
    """A local date and time as text without offset, 2026-01-01T00:00:00; made aware in `zone`."""

    def convert(raw: object) -> datetime:
        if isinstance(raw, str) and LOCAL.fullmatch(raw):
            try:
                found = datetime.fromisoformat(raw).replace(tzinfo=zone)
            except ValueError:
                raise NotThisError("expected_local_time") from None
            if found.year in YEARS:
                return found
        raise NotThisError("expected_local_time")

    return convert


def moment(raw: object) -> datetime:
    """A date and time as text with its offset, 2025-01-23T10:00:00+08:00."""
    if isinstance(raw, str) and LOCAL.match(raw):
        try:
            found = datetime.fromisoformat(raw)
        except ValueError:
            raise NotThisError("expected_moment") from None
        if found.tzinfo is not None and found.year in YEARS:
            return found
    raise NotThisError("expected_moment")


def timezone(raw: object) -> ZoneInfo:
    """A zone of the IANA list, Asia/Shanghai."""
    try:
        return ZoneInfo(text(raw))
    except (OSError, ValueError, LookupError):
        raise NotThisError("expected_timezone") from None


def mapping(raw: object) -> Mapping[str, object]:
    """A table."""
    if not isinstance(raw, dict):
        raise NotThisError("expected_table")
    return cast(Mapping[str, object], raw)


def listed(convert: Convert[T]) -> Convert[tuple[T, ...]]:
    """A list of at least one value, none twice."""

    def converted(raw: object) -> tuple[T, ...]:
        if not isinstance(raw, list) or not 0 < len(raw) <= LIST_ITEMS_MAX:
            raise NotThisError("expected_list")
        items = tuple(convert(item) for item in raw)
        if len(set(items)) != len(items):
            raise NotThisError("expected_list")
        return items

    return converted


def names(raw: object) -> frozenset[str]:
    """A list of texts, at least one, none twice."""
    return frozenset(listed(text)(raw))


def any_names(raw: object) -> frozenset[str]:
    """A list of texts, none twice; it may be empty."""
    return frozenset() if raw == [] else names(raw)


class Reader:
    """Reads one table key by key; what is wrong goes to `mistakes`, and reading goes on."""

    def __init__(self, table: Mapping[str, object], path: str, mistakes: list[Mistake]) -> None:
        self.table = table
        self.path = path
        self.mistakes = mistakes
        self._asked: set[str] = set()
        self._wrong: set[str] = set()

    def at(self, key: str) -> str:
        """The path of `key` in this table."""
        return f"{self.path}.{key}" if self.path else key

    def mistake(self, key: str, code: str, **facts: Fact) -> None:
        """Remember a mistake at `key` ("" is the table itself)."""
        self._wrong.add(key)
        self.mistakes.append(Mistake(self.at(key) if key else self.path, code, facts))

    def fits(self, *keys: str) -> bool:
        """Whether all of these keys were read without a mistake, so that they can be compared with each other."""
        return not self._wrong.intersection(keys)

    def need(self, key: str, convert: Convert[T]) -> T:
        """The value of a required key. After a mistake the value means nothing and the document is refused."""
        found = self.maybe(key, convert)
        if key not in self.table:
            self.mistake(key, "key_missing")
        return cast(T, found)

    def have(self, key: str, convert: Convert[T], default: T) -> T:
        """The value of an optional key, or `default`."""
        found = self.maybe(key, convert)
        return default if found is None else found

    def maybe(self, key: str, convert: Convert[T]) -> T | None:
        """The value of an optional key, or None."""
        self._asked.add(key)
        if key not in self.table:
            return None
        try:
            return convert(self.table[key])
        except NotThisError as error:
            self.mistake(key, error.code, **error.facts)
            return None

    def section(self, key: str) -> Reader | None:
        """A reader of the table at `key`, None where it is absent or no table."""
        table = self.maybe(key, mapping)
        return None if table is None else Reader(table, self.at(key), self.mistakes)

    def sections(self, key: str) -> list[Reader]:
        """Readers of the tables in the list at `key`, [] where it is absent."""
        self._asked.add(key)
        raw = self.table.get(key, [])
        if not isinstance(raw, list) or len(raw) > LIST_ITEMS_MAX:
            self.mistake(key, "expected_tables")
            return []
        readers = []
        for number, item in enumerate(raw):
            path = f"{self.at(key)}[{number}]"
            if isinstance(item, dict):
                readers.append(Reader(item, path, self.mistakes))
            else:
                self.mistakes.append(Mistake(path, "expected_table"))
        return readers

    def done(self) -> None:
        """Every key that nobody asked for is a mistake."""
        for key in self.table:
            if key not in self._asked:
                self.mistake(key, "key_unknown")


def unique(readers: Sequence[Reader], ids: Sequence[str]) -> None:
    """Ids of one list appear once; the second one is the mistake."""
    seen: set[str] = set()
    for reader, one in zip(readers, ids, strict=True):
        if reader.fits("id") and one in seen:
            reader.mistake("id", "id_twice", id=one)
        seen.add(one)


def _no_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a key appears twice")
    return table


def read_json(source: str) -> Mapping[str, object]:
    """A JSON object; DocumentError with path "" when it is none, has a key twice, or is no JSON at all."""
    try:
        raw = json.loads(source, object_pairs_hook=_no_twins)
    except RecursionError:
        raise DocumentError([Mistake("", "nested_too_deep")]) from None
    except ValueError as error:
        raise DocumentError([Mistake("", "not_json", {"detail": str(error)})]) from None
    return _top(raw)


def read_toml(source: str) -> Mapping[str, object]:
    """A TOML document; DocumentError with path "" when it is none."""
    try:
        return tomllib.loads(source)
    except RecursionError:
        raise DocumentError([Mistake("", "nested_too_deep")]) from None
    except ValueError as error:
        raise DocumentError([Mistake("", "not_toml", {"detail": str(error)})]) from None


def _top(raw: object) -> Mapping[str, object]:
    if not isinstance(raw, dict):
        raise DocumentError([Mistake("", "document_no_table")])
    return cast(Mapping[str, object], raw)
