"""The generated part of docs/programme.md: what fits each key of the document, as the reader itself says it.

python -m tools.programme_keys --write
"""

from __future__ import annotations

import copy
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

from app.domain.programme.parse import parse
from app.domain.programme.schema import DocumentError, Mistake
from app.i18n import ENGLISH
from app.messages import ALL, say
from tools.files import ROOT

PAGE = ROOT / "docs" / "programme.md"
SCENARIOS = ROOT / "tests" / "scenarios"
BLOCK = re.compile(r"<!-- keys -->\n.*?<!-- /keys -->", re.DOTALL)
NO_VALUE: dict[str, Any] = {"nobody": ["would", "write", {"this": 0}]}


def documents() -> list[dict[str, Any]]:
    """The programmes of all scenarios: together they use every key."""
    files = sorted([*SCENARIOS.glob("*/*.json"), *(ROOT / "tests" / "acceptance" / "programme").glob("*.json")])
    return [json.loads(file.read_text(encoding="utf-8"))["programme"] for file in files]


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every key of a document that holds no table and no list of tables."""
    if isinstance(value, dict) and path[-1:] != ("confirm_days",):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, inner in enumerate(value):
            yield from places(inner, (*path, number))
    else:
        yield path


def name(path: tuple[str | int, ...]) -> str:
    """`earn.rules[].factor`; a condition is `when.…` wherever it stands."""
    text = ""
    for part in path:
        text += "[]" if isinstance(part, int) else f".{part}" if text else part
    return text[text.index("when.") :] if ".when." in text else text


def what_fits() -> dict[str, str]:
    """What the reader says of a value that cannot be right, by key."""
    found: dict[str, str] = {}
    for document in [*documents(), EXTRA]:
        for path in places(document):
            if name(path) not in found:
                found[name(path)] = _words_for(document, path)
    return dict(sorted(found.items()))


EXTRA: dict[str, Any] = {
    "schema": 1, "id": "extra", "version": 1, "currency": "CNY", "timezone": "Asia/Shanghai", "trust": "till",
    "valid_from": "2026-01-01T00:00:00", "business_day_starts": "04:00",
    "earn": {"points": 1, "per_minor": 100, "rounding": "floor",
             "rules": [{"id": "r", "kind": "bonus", "points": 1, "partner": "acme"}]},
    "redeem": {"points": 100, "value_minor": 100, "offline": "floor", "floor_points": 200},
    "coupon_types": [{"id": "c", "kind": "discount_minor", "value_minor": 1, "valid_days": 1, "offline": "deny"}],
    "returns": {"window_days": 30},
}  # fmt: skip
"""The keys that change no member's points, which no scenario has."""


def _words_for(document: dict[str, Any], path: tuple[str | int, ...]) -> str:
    """Of a list or a table of days what it must be, and each of its values."""
    table: Any = document
    for part in path:
        table = table[part]
    if isinstance(table, list):
        return f"{_refused(document, path, NO_VALUE)}; each {_refused(document, path, [NO_VALUE, 'x'])}"
    if isinstance(table, dict):
        return f"{_refused(document, path, [])}; each {_refused(document, path, NO_VALUE)}"
    return _refused(document, path, NO_VALUE)


def _refused(document: dict[str, Any], path: tuple[str | int, ...], value: object) -> str:
    changed = copy.deepcopy(document)
    table = changed
    for part in path[:-1]:
        table = table[part]
    table[path[-1]] = value
    wanted = name(path)
    try:
        parse(changed)
    except DocumentError as error:
        for mistake in error.mistakes:
            at = re.sub(r"\[\d+\]", "[]", mistake.path)
            if at == wanted or at.endswith(f".{wanted}"):
                return _words(mistake)
    raise AssertionError(f"{wanted} takes anything")


def _words(mistake: Mistake) -> str:
    return say(ALL[mistake.code], ENGLISH, mistake.facts).removeprefix("must be ")


def block() -> str:
    """The table between the marks."""
    rows = [f"| `{key}` | {words} |" for key, words in what_fits().items()]
    return "\n".join(["<!-- keys -->", "| Key | What fits |", "|---|---|", *rows, "<!-- /keys -->"])


def main(arguments: list[str]) -> int:
    text = PAGE.read_text(encoding="utf-8")
    written = BLOCK.sub(lambda _old: block(), text)
    if "--write" in arguments:
        PAGE.write_text(written, encoding="utf-8")
        return 0
    return 0 if written == text else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
