"""JSON on the wire: the canonical-text test of `raw` and `pii`, and the value rules of the request around them.

wire.md, "Values": RFC 8785, an object of ints, text, bools, lists and objects; no null, no floats (`1.0`, `1e3`, `-0`),
ASCII keys without repeats, no lone surrogates, ≤ 16 levels. The test is write(parse(text)) = text; depth is measured
before parsing. A request need not be canonical; the same value rules hold there, ≤ 8 levels.
"""

from __future__ import annotations

import json
import re
from typing import NoReturn, cast

from app.domain.chain import DEPTH_MAX, INT_MAX, Json, canonical

REQUEST_DEPTH_MAX = 8
INT_CHARS_MAX = 17
_TOKENS = re.compile(r'\\.|["\[\]{}]', re.DOTALL)


class TextError(ValueError):
    """The text breaks a rule of wire.md, "Values"; `pointer` is the JSON pointer where that is known, else empty."""

    def __init__(self, reason: str, pointer: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.pointer = pointer


def depth(text: str) -> int:
    """Levels of brackets outside strings, whether or not they match. One pass, linear in the text."""
    level = deepest = 0
    inside = False
    for token in _TOKENS.findall(text):
        if token == '"':
            inside = not inside
        elif inside:
            continue
        elif token in "[{":
            level += 1
            deepest = max(deepest, level)
        elif token in "]}":
            level -= 1
    return deepest


def read_canonical(text: str) -> dict[str, Json]:
    """The object of a canonical text; TextError when it is not one. Pure."""
    if depth(text) > DEPTH_MAX:
        raise TextError(f"deeper than {DEPTH_MAX} levels")
    try:
        value = json.loads(text)
        if not isinstance(value, dict):
            raise TextError("not an object")
        if canonical(value) != text:
            raise TextError("not canonical")
    except TextError:
        raise
    except (ValueError, RecursionError) as error:
        raise TextError(str(error)) from None
    return cast("dict[str, Json]", value)


def read_request(body: bytes) -> object:
    """The value of a request body (or an answer); TextError names the rule it breaks. Any JSON value at the top."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise TextError("not UTF-8") from None
    if depth(text) > REQUEST_DEPTH_MAX:
        raise TextError(f"deeper than {REQUEST_DEPTH_MAX} levels")
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_int=_integer, parse_float=_no_float, parse_constant=_no_float
        )
    except (ValueError, RecursionError) as error:
        raise error if isinstance(error, TextError) else TextError("not JSON") from None
    _check(value, "")
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise TextError("a key appears twice")
    if not all(key.isascii() for key in found):
        raise TextError("a key is not ASCII")
    return found


def _integer(digits: str) -> int:
    if digits == "-0" or len(digits) > INT_CHARS_MAX or abs(int(digits)) > INT_MAX:
        raise TextError("an integer beyond 2^53-1, or -0")
    return int(digits)


def _no_float(_: str) -> NoReturn:
    raise TextError("a number that is no integer")


def _check(value: object, pointer: str) -> None:
    """Null and lone surrogates have no place. Depth is known to be small here."""
    if value is None:
        raise TextError("null", pointer)
    if isinstance(value, str):
        if not value.isascii():
            try:
                value.encode("utf-8")
            except UnicodeEncodeError:
                raise TextError("a lone surrogate", pointer) from None
    elif isinstance(value, dict):
        for key, item in value.items():
            _check(item, f"{pointer}/{_escaped(key)}")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            _check(item, f"{pointer}/{place}")


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


_STEP = re.compile(r"\.([A-Za-z0-9_]+)|\[(\d+)\]|\[\.\.\.\]")


def pointer_of(message: str) -> str:
    """The JSON pointer in a msgspec message (`… - at `$.events[0].raw``); empty for the top or a map's values."""
    _, found, path = message.rpartition(" - at `$")
    if not found:
        return ""
    return "".join(f"/{name or place}" for name, place in _STEP.findall(path.rstrip("`")) if name or place)
