"""Short ways to write a programme, steps and members, and to replay them through the production rules."""

from __future__ import annotations

from typing import Any

from app.domain.programme.scenario import check

Json = dict[str, Any]


def document(**parts: Any) -> Json:
    """A programme: 1 point per whole yuan, unless `earn` adds or changes something; other parts as given."""
    earn = {"points": 1, "per_minor": 100, "rounding": "whole_steps", **parts.pop("earn", {})}
    basics = {"schema": 1, "id": "t", "version": 1, "currency": "CNY", "timezone": "Asia/Shanghai"}
    return {**basics, "earn": earn, **parts}


def line(unit_minor: int, **more: Any) -> Json:
    return {"qty": 1, "unit_minor": unit_minor, **more}


def sale(name: str, day: str, *lines: Json, **more: Any) -> Json:
    """A sale to m at ten in the morning, paid in cash; `at` and `member` may be given."""
    return {
        "do": "sale",
        "id": name,
        "at": f"{day}T10:00:00+08:00",
        "member": "m",
        "lines": list(lines),
        "tenders": [{"kind": "cash"}],
        **more,
    }


def give_back(name: str, of: str, day: str, *quantities: tuple[int, int]) -> Json:
    lines = [{"line": number, "qty": qty} for number, qty in quantities]
    return {"do": "return", "id": name, "of": of, "at": f"{day}T11:00:00+08:00", "lines": lines}


def look(day: str, member: str = "m") -> Json:
    return {"do": "look", "member": member, "at": f"{day}T12:00:00+08:00"}


def redeem(name: str, day: str, points: int) -> Json:
    return {"do": "redeem", "id": name, "member": "m", "at": f"{day}T12:00:00+08:00", "points": points}


def adjust(name: str, day: str, points: int, member: str = "m") -> Json:
    return {"do": "adjust", "id": name, "member": member, "at": f"{day}T12:00:00+08:00", "points": points}


def merge(name: str, day: str, source: str, into: str) -> Json:
    return {"do": "merge", "id": name, "from": source, "into": into, "at": f"{day}T12:00:00+08:00"}


def pay_points(points: int | None = None) -> Json:
    """A points tender of this many, or of the most."""
    return {"kind": "points", "max": True} if points is None else {"kind": "points", "points": points}


def scenario(programme: Json, *steps: Json, **members: Json) -> Json:
    return {"id": "s", "programme": programme, "members": members or {"m": {}}, "steps": list(steps)}


def play(programme: Json, *steps: Json, **members: Json) -> list[Json]:
    """The full result of every step; members default to a new `m`."""
    return [dict(one.result) for one in check(scenario(programme, *steps, **members))]


def lots(*pairs: tuple[int, str]) -> list[Json]:
    """Seeded lots of (points, earned_on)."""
    return [{"points": points, "earned_on": day} for points, day in pairs]


def because(result: Json) -> list[tuple[str, int, int]]:
    """(rule, line, points) of a sale's result."""
    return [(one["rule"], one["line"], one["points"]) for one in result["because"]]
