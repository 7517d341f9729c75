"""The script of a headless till: one JSON object per line, checked when it is read (docs/headless.md)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from app.errors import ConfigError

LINE_CHARS_MAX = 64 * 1024

Fields = Mapping[str, type | tuple[type, ...]]

STEPS: Mapping[str, Fields] = {
    "sign_on": {"staff_no": str, "pin": str},
    "scan": {"code": str},
    "wait_scan": {},
    "find": {"text": str},
    "nobody": {},
    "amount": {"amount": str},
    "line": {"unit_minor": int},
    "qty": {"line": int, "qty": int},
    "clear": {},
    "redeem": {},
    "keep_points": {},
    "top_up": {"minor": int},
    "stored_value": {"minor": int},
    "tray": {},
    "take": {"id": str},
    "leave": {"id": str},
    "return": {"receipt": str},
    "undo": {},
    "pay": {},
    "enrol": {"phone": str, "name": str},
    "shift_open": {"float_minor": int},
    "shift_close": {"cash_minor": int},
    "x_report": {},
    "today": {},
    "why": {},
    "cash": {"kind": str},
    "adjust": {"points": int},
    "give_coupon": {"type": str},
    "wait_printed": {},
    "reprint": {},
    "settle": {"paper_came_out": bool},
    "status": {},
    "sync_now": {},
    "wait_synced": {},
    "online": {"on": bool},
}
APPROVED: Fields = {"approver": str, "approver_pin": str}
OPTIONAL: Mapping[str, Fields] = {
    "wait_scan": {"timeout_s": int},
    "find": {"pick": int},
    "line": {"qty": int, "name": str, "discount_minor": int},
    "pay": {"tenders": list, "keep_change": bool},
    "top_up": {"kind": str},
    "redeem": {"points": int},
    "take": {"kind": str},
    "return": {"lines": list, "typed": list, **APPROVED},
    "enrol": {"consents": list, "card": str, "birthday_on": str},
    "shift_close": {"card_minor": int, "qr_minor": int},
    "cash": {"minor": int, "reason": str, **APPROVED},
    "today": {**APPROVED},
    "adjust": {"reason": str, **APPROVED},
    "give_coupon": {"reason": str, **APPROVED},
    "wait_printed": {"timeout_s": int},
    "sync_now": {"timeout_s": int},
    "wait_synced": {"timeout_s": int},
}
EVERYWHERE: Fields = {"do": str, "expect": str}


@dataclass(frozen=True, slots=True)
class Step:
    """One line: what to do, with what. `expect`: the refusal code that must come; empty: none may."""

    line: int
    do: str
    fields: Mapping[str, object]
    expect: str = ""

    def text(self, name: str, default: str = "") -> str:
        return cast(str, self.fields.get(name, default))

    def number(self, name: str, default: int = 0) -> int:
        return cast(int, self.fields.get(name, default))

    def flag(self, name: str) -> bool:
        return cast(bool, self.fields.get(name, False))

    def items(self, name: str) -> list[object]:
        return cast("list[object]", self.fields.get(name, []))


def read(lines: Iterable[str]) -> Iterator[Step]:
    """The steps, one by one as they come; blank lines and those that begin with # are left out.

    ConfigError `script_line` names the line and the reason.
    """
    for number, text in enumerate(lines, start=1):
        if text.strip() and not text.lstrip().startswith("#"):
            yield _step(number, text)


def _step(number: int, text: str) -> Step:
    if len(text) > LINE_CHARS_MAX:
        raise ConfigError("script_line", line=number, reason="too long")
    try:
        raw = json.loads(text)
    except ValueError:
        raise ConfigError("script_line", line=number, reason="not JSON") from None
    if not isinstance(raw, dict) or raw.get("do") not in STEPS:
        raise ConfigError("script_line", line=number, reason=f"do is one of {', '.join(STEPS)}")
    do = raw["do"]
    needed, allowed = STEPS[do], {**STEPS[do], **OPTIONAL.get(do, {}), **EVERYWHERE}
    for name in needed:
        if name not in raw:
            raise ConfigError("script_line", line=number, reason=f"{name} is missing")
    for name, value in raw.items():
        if name not in allowed:
            raise ConfigError("script_line", line=number, reason=f"{name} is unknown")
        if not isinstance(value, allowed[name]) or (isinstance(value, bool) and allowed[name] is not bool):
            raise ConfigError("script_line", line=number, reason=f"{name} has the wrong type")
    return Step(number, do, raw, raw.get("expect", ""))
