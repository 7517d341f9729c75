"""Bends JSON values: one member removed or replaced by something it should not be."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

JUNK: tuple[Any, ...] = (
    0, -1, 1, 2, 100, 10**12, 2**53 - 1, "", "x", "\u0000", "2026-02-31", "9999-12-31", True, [], {}, "a" * 300,
)  # fmt: skip
ADDRESSED_ELSEWHERE = ("seq", "event_id", "till_id", "epoch")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield from places(inner, (*path, name))


def bent(value: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The value with one member removed or replaced."""
    value = copy.deepcopy(value)
    path = chance.choice([one for one in places(value) if one and one[0] not in ADDRESSED_ELSEWHERE])
    holder: Any = value
    for step in path[:-1]:
        holder = holder[step]
    if chance.random() < 0.25:
        del holder[path[-1]]
    else:
        holder[path[-1]] = copy.deepcopy(chance.choice(JUNK))
    return value
