"""The events that a till.db still holds, as far as they prove themselves, and the chain they make again.

An event follows the one before by its hash. Behind a hole the first one cannot be proven so; it counts when the page
it stood on is whole, or its text says who it is. Where something is missing all are numbered anew, under the same
event ids (protocol.md, rule 9: only the value of `seq` changes); head office knows them by those.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from app.domain.chain import HASH_ZERO, canonical, event_hash
from app.store import leaves
from app.store.event_key import SEQ_BITS, event_n
from app.store.leaves import Row
from app.store.pages import Image

SEQ_MASK: Final = (1 << SEQ_BITS) - 1
EVENT_VALUES: Final = (
    (type(None),),
    (str,),
    (str,),
    (int,),
    (int, type(None)),
    (int, type(None)),
    (str,),
    (str,),
    (str,),
)
PII_VALUES: Final = ((str,), (str,), (str, type(None)), (str,), (str,))
HEX_DIGITS: Final = 64


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """A row of `event`: its key, the columns between, hash and text."""

    n: int
    columns: Row
    hash: str
    raw: str

    @property
    def seq(self) -> int:
        return self.n & SEQ_MASK

    @property
    def row(self) -> Row:
        return (self.n, *self.columns, self.hash, self.raw)


@dataclass(frozen=True, slots=True)
class Salvaged:
    """Events oldest first, numbered from 1 without a hole; `places`: the key they had → the key they have.

    `missing`: seqs known to have been there, as (first, last); `loose`: events that no hash ties to the one before.
    """

    events: tuple[FoundEvent, ...]
    places: Mapping[int, int]
    missing: tuple[tuple[int, int], ...]
    loose: int
    pii: tuple[Row, ...]


def salvage(image: Image, epoch: int, last_seq: int) -> Salvaged:
    """What the image holds. `last_seq`: the newest event its mark speaks of, 0 without; keys begin at `epoch`."""
    found: dict[int, FoundEvent] = {}
    pii: dict[str, Row] = {}
    for rowid, row in leaves.rows(image.pages):
        if _is(row, EVENT_VALUES) and len(str(row[7])) == HEX_DIGITS:
            found[rowid] = FoundEvent(rowid, row[1:7], str(row[7]), str(row[8]))
        elif _is(row, PII_VALUES) and len(str(row[3])) == HEX_DIGITS:
            pii[str(row[0])] = row
    kept, loose = _proven((found[n] for n in sorted(found)), image.proven)
    missing = _missing(kept, last_seq)
    events = _numbered(kept, epoch, anew=bool(missing) or loose > 0)
    places = {old.n: new.n for old, new in zip(kept, events, strict=True)}
    return Salvaged(events, places, missing, loose, tuple(pii.values()))


def _is(row: Row, kinds: tuple[tuple[type, ...], ...]) -> bool:
    return len(row) == len(kinds) and all(type(value) in kind for value, kind in zip(row, kinds, strict=True))


def _proven(events: Iterable[FoundEvent], whole_pages: bool) -> tuple[list[FoundEvent], int]:
    """Those that count, and how many of them no hash ties to the one before."""
    kept: list[FoundEvent] = []
    loose = 0
    for event in events:
        before = kept[-1] if kept else None
        previous = HASH_ZERO if event.seq == 1 else before.hash if before and before.n + 1 == event.n else ""
        if previous and event_hash(previous, event.raw) == event.hash:
            kept.append(event)
        elif whole_pages or (not previous and _says_who_it_is(event)):
            kept.append(event)
            loose += 1
    return kept, loose


def _says_who_it_is(event: FoundEvent) -> bool:
    try:
        named = json.loads(event.raw)
        return bool(named["seq"] == event.seq and named["event_id"] == event.columns[0])
    except (ValueError, KeyError, TypeError):
        return False


def _missing(events: list[FoundEvent], last_seq: int) -> tuple[tuple[int, int], ...]:
    holes = []
    expected = 1
    for event in events:
        if event.seq > expected:
            holes.append((expected, event.seq - 1))
        expected = event.seq + 1
    if last_seq >= expected:
        holes.append((expected, last_seq))
    return tuple(holes)


def _numbered(events: list[FoundEvent], epoch: int, *, anew: bool) -> tuple[FoundEvent, ...]:
    """From 1 on, in their order. Unless `anew` only the epoch of the key may change, and never the text."""
    if not anew:
        return tuple(replace(event, n=event_n(epoch, event.seq)) for event in events)
    made: list[FoundEvent] = []
    previous = HASH_ZERO
    for seq, event in enumerate(events, 1):
        raw = _with_seq(event.raw, seq)
        previous = event_hash(previous, raw)
        made.append(replace(event, n=event_n(epoch, seq), raw=raw, hash=previous))
    return tuple(made)


def _with_seq(raw: str, seq: int) -> str:
    """The text with another seq and nothing else changed; text nobody can read stays, and head office parks it."""
    try:
        members = json.loads(raw)
        if canonical(members) != raw or "seq" not in members:
            return raw
    except (ValueError, TypeError, AttributeError):
        return raw
    return canonical({**members, "seq": seq})
