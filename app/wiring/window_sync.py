"""The window's side of head office: the sync process of an enrolled till, its news on the way to the screens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.store.enrolled import head_office
from app.wiring.sync_link import SyncLink
from app.wiring.sync_news import SyncNews
from app.wiring.till import OpenTill
from app.workers import Worker
from ui.presenters.head_office import Listener, state_of


@dataclass(frozen=True, slots=True)
class WindowSync:
    """The link to the sync process, and what it said."""

    link: SyncLink
    news: SyncNews


def make_sync(opened: OpenTill, store: Worker) -> WindowSync | None:
    """The link of an enrolled till, not yet started; None when it never was enrolled. Store thread."""
    if head_office(opened.files.book.connection) is None:
        return None
    news = SyncNews(store, opened.files, opened.till.head_office)
    return WindowSync(SyncLink(opened.files.folder, opened.files.ring.secrets, news), news)


class WindowHeadOffice:
    """See ui.presenters.head_office.HeadOffice. `made` gives what `make_sync` made when the till was opened."""

    def __init__(self, made: Callable[[], WindowSync | None]) -> None:
        self._made = made

    def start(self, listener: Listener) -> None:
        """Let the sync process run and tell the screens."""
        made = self._made()
        if made is None:
            return
        made.news.on_status = lambda status: listener.sync_status(state_of(status))
        made.news.on_changed = listener.sync_changed
        made.link.start()

    def sync_now(self) -> None:
        """Ask head office now. Returns at once."""
        made = self._made()
        if made is not None:
            made.link.tell("sync_now")
