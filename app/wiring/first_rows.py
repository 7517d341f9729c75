"""After a till was set up by its enrolment: let it fetch what opens the shop, before anybody opens it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from app.store.connect import TILL, connect
from app.store.folder import TILL_FILE
from app.store.keys import KeyRing
from app.wiring.sync_link import SyncLink

FETCH_WITHIN_S: Final = 60.0
LOOK_EVERY_S: Final = 0.5
OPENS_THE_SHOP: Final = (
    "SELECT EXISTS (SELECT 1 FROM setting WHERE level = 1) AND EXISTS (SELECT 1 FROM programme)"
    " AND EXISTS (SELECT 1 FROM number_block WHERE closed = 0)"
)
"""The store's settings come last of it: the till's own rows and the chain's are fetched before the store's."""


class _Waiting:
    """Rings when rows came."""

    def __init__(self) -> None:
        self.bell = threading.Event()

    def sync_status(self, _status: Mapping[str, Any]) -> None:
        """See Listener."""
        self.bell.set()

    def sync_changed(self, _topic: str) -> None:
        """See Listener."""
        self.bell.set()


def fetch_first_rows(folder: Path, ring: KeyRing) -> bool:
    """Run the sync process until the store's settings, the programme and number blocks are here; False: not in time.

    The till is as good then: everything comes when it is opened and head office answers.
    """
    waiting = _Waiting()
    link = SyncLink(folder, ring.secrets, waiting)
    till = connect(folder / TILL_FILE, ring.key(TILL_FILE), TILL)
    link.start()
    try:
        for _ in range(round(FETCH_WITHIN_S / LOOK_EVERY_S)):
            if till.execute(OPENS_THE_SHOP).fetchone()[0]:
                return True
            waiting.bell.wait(LOOK_EVERY_S)
            waiting.bell.clear()
        return False
    finally:
        till.close()
        link.stop()
