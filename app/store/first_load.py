"""A cache generation that nobody reads yet: rows in arrival order, indexes and tokens after the last bucket.

`meta.complete` is 0 in its file until then, and the indexes' statements wait in a table of it. A bucket is loaded so
from its first row to its last; what it holds is remembered meanwhile, because there is no index to ask. What opens the
shop may change meanwhile: it comes first, when a walk over it is short. Whatever else comes (a change to members that
are complete, a repair) waits for the indexes: they are built first, and its rows are taken as in a cache in use
(protocol.md, "First load").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app import collector
from app.services.sync_ports import FeedPage
from app.store import feed_rows
from app.store.connect import Connection, transaction
from app.store.feed_rows import Held
from app.store.row_columns import TABLES, table_of, tokens_in

INDEXES: Final = (
    "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
    f" AND tbl_name IN ({', '.join(repr(table) for table in TABLES)}) ORDER BY name"
)
LATER: Final = "CREATE TABLE later_index (sql TEXT NOT NULL) STRICT"
NAMED: Final = "SELECT n, raw, coalesce(initials, '') FROM member WHERE raw IS NOT NULL"
ADD_TOKENS: Final = "INSERT OR IGNORE INTO name_token SELECT token, member FROM temp.token ORDER BY token, member"
TOKENS_AT_ONCE: Final = 10_000


def begin(cache: Connection) -> None:
    """Take the indexes away from an empty generation, inside a transaction of the caller."""
    indexes = list(cache.execute(INDEXES))
    cache.execute(LATER)
    cache.executemany("INSERT INTO later_index VALUES (?)", [(statement,) for _, statement in indexes])
    for name, _ in indexes:
        cache.execute(f"DROP INDEX {name}")
    cache.execute("UPDATE meta SET complete = 0")


def is_loading(cache: Connection) -> bool:
    """Whether this generation still waits for its indexes."""
    return not cache.execute("SELECT complete FROM meta").fetchone()[0]


class Places:
    """`feed_rows.Standing` of the bucket in hand: where its rows stand, because there is no index to ask."""

    def __init__(self, cache: Connection) -> None:
        self._db = cache
        self._kinds: dict[str, dict[str, int]] = {}

    def read(self, no: int) -> None:
        """Those of a half-loaded bucket: one walk over the tables."""
        for table in TABLES:
            kind = "kind" if table == "other" else f"'{table}'"
            for found, id_, n in self._db.execute(f"SELECT {kind}, id, n FROM {table} WHERE bucket = ?", (no,)):
                self._kinds.setdefault(found, {})[id_] = n

    def held(self, kind: str, ids: Sequence[str]) -> Mapping[str, Held]:
        places, table = self._kinds.get(kind, {}), table_of(kind)
        again = places.keys() & ids
        wanted = f"SELECT {feed_rows.held_columns(table)} FROM {table} WHERE n = ?"
        return Held.by_id(self._db.execute(wanted, (places[id_],)).fetchone() for id_ in again)

    def added(self, kind: str, ids: Sequence[str], first_n: int) -> None:
        self._kinds.setdefault(kind, {}).update(zip(ids, range(first_n, first_n + len(ids)), strict=True))


class FirstLoad:
    """The first sweep over a generation's buckets. A bucket half loaded before a restart is gone on with."""

    def __init__(self, cache: Connection) -> None:
        self._db = cache
        self._bucket = ""
        self._places = Places(cache)
        self._may_resume = True

    def takes(self, page: FeedPage) -> bool:
        """Whether the page belongs to the sweep; else the indexes must be built before it is taken."""
        if page.replace:
            return False
        if page.bucket == self._bucket and not page.first:
            return True
        row = self._db.execute(feed_rows.BUCKET, (page.bucket,)).fetchone()
        if row is not None and not self._may_resume and page.bucket.startswith("region:"):
            return False
        self._bucket, self._places = page.bucket, Places(self._db)
        if row is not None:
            self._places.read(row[0])
        self._may_resume = False
        return True

    def take(self, page: FeedPage) -> bool:
        """One page that `takes` agreed to, inside a transaction of the caller; see `feed_rows.take_page`."""
        holds = feed_rows.take_page(self._db, page, self._places)
        if page.last:
            self._bucket, self._places = "", Places(self._db)
        return holds

    def finish(self) -> None:
        """Build what waits, each index in a transaction of its own: a crash costs one, and no log holds all of them."""
        db = self._db
        for (statement,) in db.execute("SELECT sql FROM later_index").fetchall():
            with transaction(db):
                db.execute(statement)
                db.execute("DELETE FROM later_index WHERE sql = ?", (statement,))
        with collector.rests(), transaction(db):
            db.execute("CREATE TEMP TABLE token (token TEXT NOT NULL, member INTEGER NOT NULL)")
            named = db.execute(NAMED)
            while rows := named.fetchmany(TOKENS_AT_ONCE):
                tokens = [(token, n) for n, raw, initials in rows for token in tokens_in(raw, initials)]
                db.executemany("INSERT INTO temp.token VALUES (?, ?)", tokens)
            db.execute(ADD_TOKENS)
            db.execute("DROP TABLE temp.token")
            db.execute("DROP TABLE later_index")
            db.execute("UPDATE meta SET complete = 1")
