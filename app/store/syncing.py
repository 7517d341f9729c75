"""The `SyncStore` port over both files: push, results, pages, incarnations. One thread of the sync process.

Only acks, results, grants, identity and essentials are written to till.db, in short IMMEDIATE transactions; the cache
takes the rest (architecture.md). A cursor moves in the transaction of its rows; essentials are durable before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from app import collector
from app.clock import Clock
from app.domain.chain import HASH_ZERO, BrokenLink, Link, verify
from app.domain.events import Measured
from app.errors import StoreError
from app.services.sync_ports import (
    BackOff,
    Batch,
    EventResult,
    FeedPage,
    FeedRow,
    Outbox,
    SeenHeadOffice,
    Slice,
    SliceOf,
    SnapshotFile,
    SyncState,
)
from app.store import (
    back_off,
    batches,
    clock_known,
    feed_essentials,
    feed_rows,
    first_load,
    own_rows,
    slices,
    snapshot_file,
)
from app.store.batches import SEQ_MASK
from app.store.cache_pages import CachePages
from app.store.connect import CACHE, Connection, connect, damaged_pages, faults, transaction
from app.store.event_key import event_n, head_of
from app.store.files import STOPS_THE_TILL, read_identity
from app.store.folder import TILL_FILE, cache_file
from app.store.install import make_cache
from app.store.keys import KeyRing
from app.store.mark import Commits
from app.store.migrate import CACHE_LINE, open_current
from app.store.results import forget_unshown, settle
from app.store.tail import open_whole

TILL_ROWS_MAX: Final = 100
UNREADABLE: Final = (ValueError, LookupError, TypeError, AttributeError, OverflowError, msgspec.MsgspecError)
"""What rows say less than they must raises, a BadFileError too."""

SYNC: Final = "SELECT incarnation_no, incarnation, life, went_back, till_cursor, building_no, closed FROM sync"
PUT_SYNC: Final = "INSERT OR REPLACE INTO sync VALUES (1, ?, ?, ?, ?, ?, ?, ?)"
MARKS: Final = "SELECT acked_through, sent_through, cache_no FROM meta"
RAISE_SENT: Final = "UPDATE meta SET sent_through = max(sent_through, ?)"
MOVE_ACK: Final = "UPDATE meta SET acked_through = max(acked_through, ?)"
FIRST: Final = "SELECT min(n) FROM event WHERE n > ? AND n < ?"
WAITING: Final = "SELECT count(*), min(at_ms) FROM event WHERE n > ? AND n < ?"
CHAIN: Final = "SELECT n - ?, raw, hash FROM event WHERE n > ? AND n < ? ORDER BY n"
CURSORS: Final = "SELECT id, seq FROM bucket"
FORGET_RESULTS: Final = "UPDATE meta SET sent_through = ?, acked_through = 0"
CLEAR_TILL_ROWS: Final = "DELETE FROM till_row"


class TillSync:
    """Both files of a till as synchronisation uses them. `on_switch` is told of a new generation in use."""

    def __init__(self, folder: Path, ring: KeyRing, clock: Clock, on_switch: Callable[[int], None]) -> None:
        self._folder = folder
        self._ring = ring
        self._clock = clock
        self._on_switch = on_switch
        self._path = folder / TILL_FILE
        self._till = open_whole(folder, ring)
        self._commits = Commits(self._till, folder)
        self._identity = read_identity(self._till, self._path)
        self._epoch = self._identity.epoch
        self._cache: Connection | None = None
        self._cache_no = 0
        self._filling: CachePages | None = None
        self._sweep()
        self._open_cache(self._building() or self._identity.cache_no)
        self._let_go_of_damage()

    def close(self) -> None:
        """Close both files."""
        if self._cache is not None:
            self._cache.close()
        self._commits.close()
        self._till.close()

    def load(self) -> SyncState:
        """See the port. A generation that is lost or damaged is followed by an empty one: the feed fills it again."""
        if self._cache is None and self._seen():
            self._begin_generation()
        with faults(self._path):
            row = self._till.execute(SYNC).fetchone()
            acked, sent, _ = self._till.execute(MARKS).fetchone()
            first = self._till.execute(FIRST, self._span()).fetchone()[0]
        last = self.last_seq()
        first_seq = last + 1 if first is None else first & SEQ_MASK
        if row is None:
            return SyncState(self._identity.till_id, self._epoch, first_seq, last, sent, acked, None)
        seen = SeenHeadOffice(row[0], row[1], row[2], bool(row[3]))
        building = row[5] != 0
        cursors = {self._till_bucket(): row[4]} if row[4] else {}
        file = None
        if self._cache is not None:
            cursors.update(dict(self._cache.execute(CURSORS)))
            file = snapshot_file.kept(self._cache)
        return SyncState(
            self._identity.till_id, self._epoch, first_seq, last, sent, acked, seen, cursors, building, row[6], file
        )

    def last_seq(self) -> int:
        with faults(self._path):
            return head_of(self._till, self._epoch).seq

    def outbox(self) -> Outbox:
        with faults(self._path):
            acked = self._till.execute(MARKS).fetchone()[0]
            span = (event_n(self._epoch, acked), event_n(self._epoch + 1, 0))
            return Outbox(*self._till.execute(WAITING, span).fetchone())

    def cache_no(self) -> int:
        with faults(self._path):
            number: int = self._till.execute(MARKS).fetchone()[2]
            return number

    def note_clock(self, measured: Measured) -> None:
        with self._write() as till:
            clock_known.put(till, measured)

    def back_off(self) -> BackOff:
        with faults(self._path):
            return back_off.get(self._till)

    def note_back_off(self, waiting: BackOff) -> None:
        with self._write() as till:
            back_off.put(till, waiting)

    def prepare(self, base_seq: int, events_max: int, bytes_max: int) -> Batch:
        with self._write(synced=True) as till:
            batch = batches.read(till, self._epoch, base_seq, events_max=events_max, bytes_max=bytes_max)
            if batch.events:
                till.execute(RAISE_SENT, (batch.events[-1].seq,))
        return batch

    def store_results(self, results: tuple[EventResult, ...], acked: int, incarnation_no: int) -> None:
        with self._write() as till:
            for result in results:
                settle(till, event_n(self._epoch, result.seq), result, incarnation_no)
            till.execute(MOVE_ACK, (acked,))

    def apply_page(self, page: FeedPage) -> bool:
        if page.bucket == self._till_bucket():
            return self._apply_own((page,))
        if not page.bucket.startswith("region:"):
            self._take_essentials(page.bucket, page.rows)
        with faults(self._cache_in_hand()[1]):
            return self._pages().take(page)

    def begin_file(self, file: SnapshotFile) -> bool:
        cache, path = self._cache_in_hand()
        with faults(path), transaction(cache):
            snapshot_file.forget(cache)
            room = snapshot_file.has_room(self._folder, file)
            if room:
                snapshot_file.begin(cache, file)
        return room

    def keep_piece(self, start: int, content: bytes) -> None:
        cache, path = self._cache_in_hand()
        with faults(path), transaction(cache):
            snapshot_file.keep(cache, start, content)

    def load_file(self, incarnation_no: int) -> bool:
        cache, path = self._cache_in_hand()
        with faults(path), collector.rests():
            file = snapshot_file.kept(cache)
            holds = file is not None and snapshot_file.is_whole(cache, file)
            if file is not None and holds:
                try:
                    holds = self._load(cache, file, incarnation_no)
                except UNREADABLE:
                    holds = False
            if not holds:
                with transaction(cache):
                    snapshot_file.forget(cache)
        return holds

    def _load(self, cache: Connection, file: SnapshotFile, incarnation_no: int) -> bool:
        """A file that is whole, in place of its bucket. Essentials that are not in it are none any more."""
        own = file.bucket == self._till_bucket()
        replaces = own or feed_rows.stands(cache, file.bucket)
        pages = snapshot_file.pages(cache, file, incarnation_no, replace=replaces)
        if own:
            return self._apply_own(pages) and self._forgotten(cache)
        if not file.bucket.startswith("region:"):
            held = feed_rows.held_ids(cache, file.bucket)
            for page in snapshot_file.pages(cache, file, incarnation_no, replace=False):
                self._take_essentials(file.bucket, page.rows)
                held -= {(row.kind, row.id) for row in page.rows}
            gone = [FeedRow(kind, id_, 0, 0, None) for kind, id_ in sorted(held) if kind != "erasure"]
            self._take_essentials(file.bucket, gone)
        return self._pages().take(next(pages), pages)

    def _forgotten(self, cache: Connection) -> bool:
        with transaction(cache):
            snapshot_file.forget(cache)
        return True

    def _take_essentials(self, bucket: str, rows: Iterable[FeedRow]) -> None:
        """Into till.db before a cursor of the cache moves (fine print 10), in short transactions."""
        essentials = [row for row in rows if feed_essentials.is_essential(row)]
        for start in range(0, len(essentials), TILL_ROWS_MAX):
            with self._write() as till:
                for row in essentials[start : start + TILL_ROWS_MAX]:
                    feed_essentials.take_essential(till, bucket, row, self._clock.now_ms())

    def recount(self) -> tuple[str, ...]:
        cache, path = self._cache_in_hand()
        with faults(path):
            return slices.recount(cache)

    def differing_slices(
        self, bucket: str, theirs: Mapping[int, tuple[int, str]], slice_of: SliceOf
    ) -> tuple[int, ...]:
        cache, path = self._cache_in_hand()
        with faults(path), transaction(cache):
            return slices.differing(cache, bucket, theirs, slice_of)

    def replace_slice(self, wanted: Slice, slice_of: SliceOf) -> bool:
        cache, path = self._cache_in_hand()
        with faults(path):
            self._pages().finish()
            with transaction(cache):
                slices.replace(cache, wanted, slice_of)
        return True

    def drop_buckets(self, buckets: tuple[str, ...]) -> None:
        cache, path = self._cache_in_hand()
        with faults(path), transaction(cache):
            for bucket in buckets:
                feed_rows.drop_bucket(cache, bucket)
            file = snapshot_file.kept(cache)
            if file is not None and file.bucket in buckets:
                snapshot_file.forget(cache)

    def store_version(self, seen: SeenHeadOffice, sent: int) -> None:
        with self._write() as till:
            row = till.execute(SYNC).fetchone()
            cursor, building, closed = (0, 0, "") if row is None else row[4:7]
            self._put_sync(till, seen, (cursor, building, closed))
            till.execute(RAISE_SENT, (sent,))

    def start_incarnation(self, seen: SeenHeadOffice) -> None:
        """The new file is made first; till.db names it and forgets results in one transaction."""
        generation = self._make_generation()
        with self._write() as till:
            forget_unshown(till)
            self._put_sync(till, seen, (0, generation, ""))
            till.execute(FORGET_RESULTS, (head_of(till, self._epoch).seq,))
            till.execute(CLEAR_TILL_ROWS)
        self._open_cache(generation)

    def switch_generation(self) -> None:
        generation = self._building()
        if not generation:
            return
        cache, path = self._cache_in_hand()
        with faults(path):
            self._pages().finish()
            cache.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # synced before it is named
        with self._write() as till:
            till.execute("UPDATE sync SET building_no = 0")
            till.execute("UPDATE meta SET cache_no = ?", (generation,))
        self._sweep()
        self._on_switch(generation)

    def close_identity(self, reason: str) -> None:
        with self._write() as till:
            till.execute("UPDATE sync SET closed = ?", (reason,))

    def chain_holds(self) -> bool:
        base = event_n(self._epoch, 0)
        with faults(self._path):
            rows: Iterator[tuple[int, str, str]] = self._till.execute(CHAIN, (base, *self._span()))
            return not isinstance(verify(rows, Link(self._epoch, 0, HASH_ZERO)), BrokenLink)

    def _apply_own(self, pages: Iterable[FeedPage]) -> bool:
        """The till's own bucket lives in till.db, its cursor too (fine print 10)."""
        with self._write() as till:
            return own_rows.take_pages(till, pages, self._epoch, self._clock.now_ms())

    def _put_sync(self, till: Connection, seen: SeenHeadOffice, rest: tuple[int, int, str]) -> None:
        figures = (seen.incarnation_no, seen.incarnation, seen.life, int(seen.went_back))
        till.execute(PUT_SYNC, (*figures, *rest))

    def _building(self) -> int:
        with faults(self._path):
            row = self._till.execute("SELECT building_no FROM sync").fetchone()
        return 0 if row is None else int(row[0])

    def _seen(self) -> bool:
        with faults(self._path):
            return self._till.execute(SYNC).fetchone() is not None

    def _make_generation(self) -> int:
        """An empty file nobody names yet; what a crash left of the same number is made anew."""
        generation = max(self.cache_no(), self._building()) + 1
        self._remove(generation)
        self._ring = self._ring.with_new_key(cache_file(generation))
        make_cache(self._folder, self._ring, generation)
        path = self._folder / cache_file(generation)
        with closing(connect(path, self._ring.key(path.name), CACHE)) as made, faults(path), transaction(made):
            first_load.begin(made)
        return generation

    def _begin_generation(self) -> None:
        """Of the same incarnation: the results stand, all rows but the till's own are fetched again."""
        generation = self._make_generation()
        with self._write() as till:
            till.execute("UPDATE sync SET building_no = ?", (generation,))
        self._open_cache(generation)

    def _sweep(self) -> None:
        """Remove generations nobody names; one a reader still holds open (Windows) goes next time."""
        kept = {cache_file(self.cache_no()), cache_file(self._building())}
        for path in self._folder.glob("cache-*.db"):
            number = path.stem.removeprefix("cache-")
            if path.name not in kept and number.isdecimal():
                with suppress(OSError):
                    self._remove(int(number))
                    self._ring = self._ring.without_key(path.name)

    def _remove(self, generation: int) -> None:
        name = cache_file(generation)
        for tail in ("", "-wal", "-shm"):
            (self._folder / f"{name}{tail}").unlink(missing_ok=True)

    def _open_cache(self, generation: int) -> None:
        if self._cache is not None:
            self._cache.close()
            self._cache = None
        path = self._folder / cache_file(generation)
        try:
            if generation:
                self._cache = open_current(path, self._ring.key(path.name), CACHE_LINE)
        except StoreError as error:
            if error.code in STOPS_THE_TILL:
                raise
        self._cache_no = generation
        self._filling = None

    def _pages(self) -> CachePages:
        if self._filling is None:
            self._filling = CachePages(self._cache_in_hand()[0])
        return self._filling

    def _let_go_of_damage(self) -> None:
        """A cache of which one page is not whole is as good as lost: `load` begins another, and the feed fills it."""
        if self._cache is None:
            return
        with faults(self._folder / cache_file(self._cache_no)):
            if damaged_pages(self._cache):
                self._cache.close()
                self._cache = None

    def _cache_in_hand(self) -> tuple[Connection, Path]:
        path = self._folder / cache_file(self._cache_no)
        if self._cache is None:
            raise StoreError("file_missing", file=path.name)
        return self._cache, path

    def _till_bucket(self) -> str:
        return f"till:{self._identity.till_id}"

    def _span(self) -> tuple[int, int]:
        return event_n(self._epoch, 0), event_n(self._epoch + 1, 0)

    @contextmanager
    def _write(self, *, synced: bool = False) -> Iterator[Connection]:
        """`synced`: the mark is durable too before this ends; what has left must not be forgotten without a word."""
        with faults(self._path), self._commits.writing(self._epoch, synced=synced):
            yield self._till
