"""What synchronisation needs of the till's files: a Protocol that app.store implements and sync.till drives.

Each call is one durable step; none holds a transaction open for longer than its rows take (≤ 200 rows of till.db at a
time). Called on one thread of the sync process. Plain values: neither side knows the other's types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from app.domain.chain import SealedEvent
from app.domain.events import Measured


@dataclass(frozen=True, slots=True)
class SeenHeadOffice:
    """What this till last saw of head office (wire.md, `Guitai-Seen`)."""

    incarnation_no: int
    incarnation: str
    life: str
    went_back: bool = False


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """A file of one bucket's live rows as head office made it at `seq`; `got` of its `bytes` are kept here so far."""

    bucket: str
    id: str
    seq: int
    sha256: str
    bytes: int
    rows: int
    got: int = 0


@dataclass(frozen=True, slots=True)
class SyncState:
    """What both files know at a start. `resulted`: last seq with a stored result of this incarnation, 0 without.

    `first_seq` is the oldest retained event of this epoch (1 when none is gone). `cursors` are those of the generation
    of this incarnation; `building`: that generation is not in use yet. `closed`: why this identity may not sync.
    `file`: the snapshot file that was being fetched into that generation.
    """

    till_id: str
    epoch: int
    first_seq: int
    last_seq: int
    sent: int
    resulted: int
    seen: SeenHeadOffice | None
    cursors: Mapping[str, int] = field(default_factory=dict)
    building: bool = True
    closed: str = ""
    file: SnapshotFile | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Events to push, oldest first; `prev_hash` is the hash of the event before the first."""

    base_seq: int
    prev_hash: str
    events: tuple[SealedEvent, ...]


@dataclass(frozen=True, slots=True)
class RowVersion:
    """A row an event changed, and the version that contains it."""

    kind: str
    id: str
    ver: int


@dataclass(frozen=True, slots=True)
class EventResult:
    """What became of one own event at head office (wire.md, `POST push`)."""

    seq: int
    outcome: str
    rows: tuple[RowVersion, ...]
    was: str = ""
    code: str = ""
    balance: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, members: Mapping[str, Any]) -> EventResult:
        """From the members of a push result or of an `event_result` row."""
        rows = tuple(RowVersion(row["kind"], row["id"], row["ver"]) for row in members["rows"])
        return cls(
            members["seq"],
            members["outcome"],
            rows,
            members.get("was", ""),
            members.get("code", ""),
            members.get("balance", {}),
        )


class FeedRow(msgspec.Struct, frozen=True, gc=False):
    """A row of the feed; `raw` None: deleted. `peers`: rows changed by the same transfer (fine print 5).

    Its hash is not taken from the wire: who keeps the row makes it of the text that came. A struct, because a first
    load reads millions of them.
    """

    kind: str
    id: str
    ver: int
    row_seq: int
    raw: str | None
    peers: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class FeedPage:
    """A page of one bucket. On the last one `live_rows` and `checksum` (empty: unknown) are compared with what is held.

    `first`: it begins at the bucket's start; `replace`: whatever is held there is replaced (repair).
    """

    bucket: str
    rows: tuple[FeedRow, ...]
    next_seq: int
    first: bool
    last: bool
    live_rows: int
    checksum: str
    incarnation_no: int
    replace: bool


@dataclass(frozen=True, slots=True)
class Slice:
    """All live rows of one slice of a bucket, as head office holds them."""

    bucket: str
    number: int
    rows: tuple[FeedRow, ...]
    incarnation_no: int


SliceOf = Callable[[str, str], int]
"""The number of the slice a row is in, from its kind and id."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """How much is waiting, for `progress` and the badge."""

    events: int
    oldest_ms: int | None


@dataclass(frozen=True, slots=True)
class BackOff:
    """Failed attempts in a row, and until when (wall time, 0: not at all) this till waits by itself or was told to."""

    failures: int = 0
    until_ms: int = 0
    server_until_ms: int = 0


class SyncStore(Protocol):
    """The two files as synchronisation uses them. StoreError as everywhere."""

    def load(self) -> SyncState: ...
    def last_seq(self) -> int: ...
    def outbox(self) -> Outbox: ...
    def cache_no(self) -> int: ...

    def note_clock(self, measured: Measured) -> None:
        """Remember how far head office's clock is from ours, for events written before it is measured again."""
        ...

    def back_off(self) -> BackOff: ...

    def note_back_off(self, waiting: BackOff) -> None:
        """Remember how long to wait, for a process that is started again meanwhile."""
        ...

    def prepare(self, base_seq: int, events_max: int, bytes_max: int) -> Batch:
        """Read events from `base_seq` and durably raise `sent` to the last of them (fine print 1)."""
        ...

    def store_results(self, results: tuple[EventResult, ...], acked: int, incarnation_no: int) -> None:
        """Results, ack and settled overlay in one transaction of till.db (rules 6 and 7)."""
        ...

    def apply_page(self, page: FeedPage) -> bool:
        """Rows and cursor of one bucket; False when the last page's checksum does not hold.

        A row replaces only by a higher (incarnation_no, ver), unless `replace`. Essentials and the till's own rows are
        durable in till.db before a cursor of the cache moves (fine print 10). Erasures delete first (fine print 9).
        """
        ...

    def begin_file(self, file: SnapshotFile) -> bool:
        """Forget the file that was being fetched and begin this one; False when there is no room for its rows."""
        ...

    def keep_piece(self, start: int, content: bytes) -> None:
        """The next bytes of the file, encrypted like the rows they will be."""
        ...

    def load_file(self, incarnation_no: int) -> bool:
        """The whole file in place of what its bucket holds, its seq as the cursor, as `apply_page` does it.

        False: its bytes are not those of its SHA-256, or no rows; the file is forgotten, nothing else changed.
        """
        ...

    def recount(self) -> tuple[str, ...]:
        """Count and add up the texts of the cached rows; the buckets whose figures are not those that were kept."""
        ...

    def differing_slices(
        self, bucket: str, theirs: Mapping[int, tuple[int, str]], slice_of: SliceOf
    ) -> tuple[int, ...]:
        """Which slices of a cached bucket are not theirs (number → live rows, checksum); its figures are put right."""
        ...

    def replace_slice(self, wanted: Slice, slice_of: SliceOf) -> bool:
        """These rows in the place of all the cache holds of that slice; True. till.db is not touched."""
        ...

    def drop_buckets(self, buckets: tuple[str, ...]) -> None: ...
    def store_version(self, seen: SeenHeadOffice, sent: int) -> None: ...

    def start_incarnation(self, seen: SeenHeadOffice) -> None:
        """Results count as absent, `sent` = last seq, cursors restart, a new empty generation is begun."""
        ...

    def switch_generation(self) -> None:
        """Indexes built, the number in till.db changed; readers reopen."""
        ...

    def close_identity(self, reason: str) -> None: ...
    def chain_holds(self) -> bool: ...
