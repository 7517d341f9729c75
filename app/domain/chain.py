"""The event chain: canonical JSON text, its hash over the previous hash, and the check of a whole chain.

Bytes are those of protocol.md ("Bytes") and wire.md ("Values"): RFC 8785 text of ints, text, bools, lists and objects,
no null, no floats, ASCII keys, no lone surrogates, at most 16 levels; hash = hex BLAKE2b-256(32 raw bytes of the
previous hash ‖ UTF-8 of raw); the first previous hash is 32 zero bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

Json = str | int | bool | Sequence["Json"] | Mapping[str, "Json"]

INT_MAX = 2**53 - 1
DEPTH_MAX = 16
RAW_BYTES_MAX = 64 * 1024
PII_BYTES_MAX = 32 * 1024
HASH_ZERO = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """The last event of a chain: where the next one hooks on. seq 0 and HASH_ZERO: an empty chain."""

    epoch: int
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """Personal data beside an event (protocol.md rule 11): the only thing erasure deletes. `salt`: 64 hex digits."""

    pii_ref: str
    salt: str
    pii: str


@dataclass(frozen=True, slots=True)
class SealedEvent:
    """An event as it is stored, sent and hashed: `raw` never changes again."""

    epoch: int
    seq: int
    event_id: str
    type: str
    at_ms: int
    raw: str
    hash: str
    attachments: tuple[Attachment, ...] = ()


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False).encode


def canonical(value: Mapping[str, Json]) -> str:
    """RFC 8785 text of `value`. ValueError names the JSON pointer of what cannot be written."""
    if not _fits(value, 1):
        _check(value, "", 1)
    return _encode(value)


def event_hash(previous: str, raw: str) -> str:
    """64 hex digits: BLAKE2b-256(previous hash's 32 bytes ‖ UTF-8 of raw)."""
    return blake2b(bytes.fromhex(previous) + raw.encode("utf-8"), digest_size=32).hexdigest()


def pii_hash(salt: str, pii: str) -> str:
    """64 hex digits: BLAKE2b-256(32 salt bytes ‖ UTF-8 of pii)."""
    return blake2b(bytes.fromhex(salt) + pii.encode("utf-8"), digest_size=32).hexdigest()


def row_hash(raw: str) -> str:
    """16 hex digits: BLAKE2b-64(UTF-8 of raw), the `h` of a replicated row."""
    return blake2b(raw.encode("utf-8"), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first place where a chain does not hold."""

    seq: int
    reason: str


def verify(events: Iterable[tuple[int, str, str]], start: Link) -> Link | BrokenLink:
    """Walk (seq, raw, hash) in order from `start`: the new head, or the first broken link.

    Reasons: `gap` (seq not one higher), `seq` (raw names another seq), `hash` (does not follow), `unreadable`.
    """
    seq, previous = start.seq, start.hash
    for number, raw, stored in events:
        if number != seq + 1:
            return BrokenLink(seq + 1, "gap")
        if event_hash(previous, raw) != stored:
            return BrokenLink(number, "hash")
        try:
            named = json.loads(raw)["seq"]
        except (ValueError, KeyError, TypeError):
            return BrokenLink(number, "unreadable")
        if named != number:
            return BrokenLink(number, "seq")
        seq, previous = number, stored
    return Link(start.epoch, seq, previous)


def _fits(value: object, depth: int) -> bool:
    """True when all in a container is plainly fit; False when only `_check` can tell. Every sale pays for this walk."""
    kind = type(value)
    if kind is dict:
        items = value.values()  # type: ignore[attr-defined]
        for key in value:  # type: ignore[attr-defined]
            if type(key) is not str or not key.isascii():
                return False
    elif kind is list or kind is tuple:
        items = value
    else:
        return False
    for item in items:
        kind = type(item)
        if kind is str:
            if not (item.isascii() or _encodes(item)):
                return False
        elif kind is int:
            if not -INT_MAX <= item <= INT_MAX:
                return False
        elif kind is not bool and (depth == DEPTH_MAX or not _fits(item, depth + 1)):
            return False
    return True


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _check(value: object, pointer: str, depth: int) -> None:
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        if abs(value) > INT_MAX:
            raise ValueError(f"{pointer}: integer beyond 2^53-1")
        return
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise ValueError(f"{pointer}: lone surrogate") from None
        return
    if not isinstance(value, Mapping | list | tuple):
        raise ValueError(f"{pointer}: {type(value).__name__} has no place in canonical text")
    if depth > DEPTH_MAX:
        raise ValueError(f"{pointer}: deeper than {DEPTH_MAX} levels")
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise ValueError(f"{pointer}: key is not ASCII text")
            _check(item, f"{pointer}/{key}", depth + 1)
        return
    for place, item in enumerate(value):
        _check(item, f"{pointer}/{place}", depth + 1)
