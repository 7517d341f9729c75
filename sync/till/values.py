"""What passes between the machine, its disk and its wire: durable state, inputs, effects. Frozen values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.services.sync_ports import SnapshotFile
from sync.protocol.problems import Problem
from sync.protocol.seen import Seen
from sync.protocol.shapes import (
    Head,
    PullResponse,
    PushedEvent,
    PushResult,
    SliceResponse,
    Snapshot,
    VerifyResponse,
)

EVENTS_MAX = 500
WAIT_S_MAX = 25
PULL_ROWS = 5_000
PIECE_BYTES = 1 << 20
"""Of a snapshot file in one request: between two of them a push goes first."""


@dataclass(frozen=True, slots=True)
class Durable:
    """What survives a restart: till.db holds all of it, the cursors of the cache excepted, which it holds itself.

    `resulted` is the last seq with a stored result of this incarnation; `sent` the last seq that may have left.
    `building`: the cache generation of this incarnation is not complete yet; `cursors` are of that generation, and so
    is `download`.
    """

    till_id: str
    epoch: int
    first_seq: int
    last_seq: int
    sent: int
    resulted: int
    seen: Seen | None
    cursors: Mapping[str, int] = field(default_factory=dict)
    building: bool = True
    closed: str = ""
    download: SnapshotFile | None = None


class Call(StrEnum):
    PUSH = "push"
    HEADS = "heads"
    PULL = "pull"
    SNAPSHOT = "snapshot"
    FILE = "file"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class Version:
    """The version fields of an answer (wire.md, "Every response"); those of the till absent where none was known."""

    incarnation_no: int
    incarnation: str
    life: str
    server_ms: int
    next_after_ms: int
    acked_through: int | None = None
    acked_hash: str | None = None
    till_seq: int | None = None


# ---- inputs


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed; also the answer to `Wake`."""


@dataclass(frozen=True, slots=True)
class Grown:
    """The till wrote events: `last_seq` is the newest."""

    last_seq: int


@dataclass(frozen=True, slots=True)
class SyncNow:
    """A person asked; waiting times set by this till are over, those head office set are not."""


@dataclass(frozen=True, slots=True)
class Compare:
    """Count the rows of the cache again: once a day, at a minute of chance."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The batch asked for by `PreparePush`, its last seq already durably marked as sent."""

    base_seq: int
    prev_hash: str
    events: tuple[PushedEvent, ...]
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The disk effect in hand is durable. `holds` False: the checksum of a last page, the SHA-256 of a file or the own
    chain does not, or there is no room for a file. `differ`: the slices of `CompareSlices`; `buckets`: of `Recount`.

    `read` False: it was a page nobody can read; nothing of it is durable, and it is not tried as it is again.
    """

    holds: bool = True
    read: bool = True
    differ: tuple[int, ...] = ()
    buckets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pushed:
    results: tuple[PushResult, ...]


@dataclass(frozen=True, slots=True)
class Heads:
    heads: tuple[Head, ...]
    buckets: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Page:
    page: PullResponse


@dataclass(frozen=True, slots=True)
class Found:
    """The snapshot file there is of a bucket."""

    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of the file from where it was asked for: what came before the connection broke, at least one."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Slices:
    """The sums of a bucket's slices."""

    answer: VerifyResponse


@dataclass(frozen=True, slots=True)
class SliceRows:
    """All live rows of one slice."""

    answer: SliceResponse


@dataclass(frozen=True, slots=True)
class Refused:
    """A problem answer; `expected_seq` of a gap, `retry_after_s` of 429 and 503. `problem` None: one unknown here."""

    problem: Problem | None
    status: int
    expected_seq: int | None = None
    retry_after_s: int = 0


Body = Pushed | Heads | Page | Found | Piece | Slices | SliceRows | Refused


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to exchange `no`."""

    no: int
    version: Version | None
    body: Body


class Loss(StrEnum):
    """Why there is no answer that counts."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TLS = "tls"
    NOT_HEAD_OFFICE = "not_head_office"


@dataclass(frozen=True, slots=True)
class Lost:
    """Exchange `no` brought no answer that counts."""

    no: int
    loss: Loss


Input = Tick | Grown | SyncNow | Compare | Prepared | Done | Answered | Lost


# ---- effects


@dataclass(frozen=True, slots=True)
class PreparePush:
    """Disk: read at most `events_max` events from `base_seq` (256 kB), raise `sent` to the last, answer `Prepared`."""

    base_seq: int
    events_max: int


@dataclass(frozen=True, slots=True)
class Send:
    """Wire: one request; answered by `Answered` or `Lost` with the same `no`."""

    no: int
    call: Call
    seen: Seen | None
    push: Prepared | None = None
    bucket: str = ""
    after: int = 0
    since: Mapping[str, int] = field(default_factory=dict)
    wait_s: int = 0
    file: SnapshotFile | None = None
    slice_no: int | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """Wire: nobody waits for exchange `no` any more."""

    no: int


@dataclass(frozen=True, slots=True)
class StoreResults:
    """Disk: results of seqs up to `acked`, of incarnation `incarnation_no`, in one transaction. Answer `Done`."""

    results: tuple[PushResult, ...]
    acked: int
    acked_hash: str
    incarnation_no: int


@dataclass(frozen=True, slots=True)
class ApplyPage:
    """Disk: rows and cursor of one bucket in one transaction. `first`: from its start; `replace`: repair."""

    bucket: str
    page: PullResponse
    incarnation_no: int
    first: bool
    replace: bool


@dataclass(frozen=True, slots=True)
class BeginFile:
    """Disk: a file will be fetched; what there was of another goes. Answer `Done`, `holds` False: no room for it."""

    download: SnapshotFile


@dataclass(frozen=True, slots=True)
class KeepPiece:
    """Disk: the next bytes of the file that was begun, from `start`."""

    start: int
    content: bytes


@dataclass(frozen=True, slots=True)
class LoadFile:
    """Disk: the whole file's rows and its seq as cursor, in one transaction; they replace what the bucket holds.

    Answer `Done`, `holds` False: its bytes are not those of its SHA-256; it is gone then, nothing else changed.
    """

    download: SnapshotFile
    incarnation_no: int


@dataclass(frozen=True, slots=True)
class Recount:
    """Disk: count and add up the texts of all cached rows. Answer `Done`, `buckets` those whose figures are others."""


@dataclass(frozen=True, slots=True)
class CompareSlices:
    """Disk: the rows of a bucket beside head office's slices. Answer `Done`, `differ` the numbers of those that do."""

    bucket: str
    answer: VerifyResponse


@dataclass(frozen=True, slots=True)
class ReplaceSlice:
    """Disk: these rows in the place of all that the bucket holds of the slice; till.db is not touched."""

    bucket: str
    answer: SliceResponse
    incarnation_no: int


@dataclass(frozen=True, slots=True)
class DropBuckets:
    """Disk: rows and cursors of buckets this till no longer has."""

    buckets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoreVersion:
    """Disk: what was last seen of head office, and a raised `sent`. Answer `Done`."""

    seen: Seen
    sent: int


@dataclass(frozen=True, slots=True)
class StartIncarnation:
    """Disk: results count as absent, `sent` = last seq, a new empty cache generation is begun. Answer `Done`."""

    seen: Seen


@dataclass(frozen=True, slots=True)
class CheckChain:
    """Disk: does the own chain hold? Answer `Done`, `holds` False when not."""


@dataclass(frozen=True, slots=True)
class SwitchGeneration:
    """Disk: the generation being built holds everything: use it."""


@dataclass(frozen=True, slots=True)
class Close:
    """Disk: this identity is closed; the till sells on and needs a new enrolment code."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wake:
    """Send a `Tick` in `after_ms`."""

    after_ms: int


DiskEffect = (
    PreparePush
    | StoreResults
    | ApplyPage
    | BeginFile
    | KeepPiece
    | LoadFile
    | Recount
    | CompareSlices
    | ReplaceSlice
    | DropBuckets
    | StoreVersion
    | StartIncarnation
    | CheckChain
    | SwitchGeneration
    | Close
)
Effect = DiskEffect | Send | Drop | Wake
