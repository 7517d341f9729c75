"""Pages into a cache generation: without indexes while it is being filled, with them in one that is in use."""

from __future__ import annotations

from collections.abc import Iterable

from app.services.sync_ports import FeedPage
from app.store import feed_rows, snapshot_file
from app.store.connect import Connection, transaction
from app.store.first_load import FirstLoad, is_loading


class CachePages:
    """The rows of one generation. Each call is one transaction; the building of the indexes has its own."""

    def __init__(self, cache: Connection) -> None:
        self._db = cache
        self._loading = FirstLoad(cache) if is_loading(cache) else None

    def take(self, page: FeedPage, more: Iterable[FeedPage] = ()) -> bool:
        """A page, or with `more` all of a snapshot file, which is done with then; see `feed_rows.take_page`."""
        if self._loading is not None and not self._loading.takes(page):
            self.finish()
        loading = self._loading
        if loading is not None:
            self._loading = FirstLoad(self._db)  # what it remembers holds only if this commits
        with transaction(self._db):
            holds = self._one(loading, page)
            for following in more:
                holds = self._one(loading, following)
            if not page.checksum:
                snapshot_file.forget(self._db)
        self._loading = loading
        return holds

    def finish(self) -> None:
        """Build the indexes of a generation that waits for them."""
        if self._loading is not None:
            self._loading.finish()
        self._loading = None

    def _one(self, loading: FirstLoad | None, page: FeedPage) -> bool:
        return feed_rows.take_page(self._db, page) if loading is None else loading.take(page)
