"""A cache generation that nobody reads yet: rows in arrival order, indexes and tokens after the last bucket.

`meta.complete` is 0 in its file until then, and the indexes' statements wait in a table of it. A bucket is loaded so
from its first row to its last; what it holds is remembered meanwhile, because there is no index to ask. What opens the
shop may change meanwhile: it comes first, when a walk over it is short. Whatever else comes (a change to members that
are complete, a repair) waits for the indexes: they are built first, and its rows are taken as in a cache in use
(protocol.md, "First load").
"""

from __future__ import annotations

from typing import Final

from app import collector
from app.services.sync_ports import FeedPage
from app.store import feed_rows
from app.store.connect import Connection
from app.store.feed_rows import TABLES, Held, Standing

INDEXES: Final = (
    "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
    f" AND tbl_name IN ({', '.join(repr(table) for table in TABLES)}) ORDER BY name"
)
LATER: Final = "CREATE TABLE later_index (sql TEXT NOT NULL) STRICT"
NAMED: Final = "SELECT n, raw FROM member WHERE raw IS NOT NULL"
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


class FirstLoad:
    """The first sweep over a generation's buckets. A bucket half loaded before a restart is gone on with."""

    def __init__(self, cache: Connection) -> None:
        self._db = cache
        self._bucket = ""
        self._held: Standing = {}
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
        self._bucket, self._held = page.bucket, {} if row is None else self._read(row[0])
        self._may_resume = False
        return True

    def take(self, page: FeedPage) -> bool:
        """One page that `takes` agreed to, inside a transaction of the caller; see `feed_rows.take_page`."""
        holds = feed_rows.take_page(self._db, page, self._held)
        if page.last:
            self._bucket, self._held = "", {}
        return holds

    def finish(self) -> None:
        """Build what waits, inside a transaction of the caller."""
        db = self._db
        with collector.rests():
            for (statement,) in db.execute("SELECT sql FROM later_index").fetchall():
                db.execute(statement)
            db.execute("CREATE TEMP TABLE token (token TEXT NOT NULL, member INTEGER NOT NULL)")
            named = db.execute(NAMED)
            while rows := named.fetchmany(TOKENS_AT_ONCE):
                tokens = [(token, n) for n, raw in rows for token in feed_rows.tokens_in(raw)]
                db.executemany("INSERT INTO temp.token VALUES (?, ?)", tokens)
            db.execute(ADD_TOKENS)
            db.execute("DROP TABLE temp.token")
        db.execute("DROP TABLE later_index")
        db.execute("UPDATE meta SET complete = 1")

    def _read(self, no: int) -> Standing:
        """What a half-loaded bucket holds: one walk over the tables."""
        found: Standing = {}
        for table in TABLES:
            kind = "kind" if table == "other" else f"'{table}'"
            own = "".join(f", {name}" for name in feed_rows.COLUMNS[table])
            walk = f"SELECT {kind}, id, n, incarnation_no, ver, h{own} FROM {table} WHERE bucket = ?"
            for kind, id_, n, incarnation_no, ver, h, *indexed in self._db.execute(walk, (no,)):
                found[kind, id_] = Held(n, incarnation_no, ver, h, None, tuple(indexed))
        return found
