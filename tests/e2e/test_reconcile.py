"""`guitai hq reconcile` on real folders: [] when all agree; each planted difference is named, in JSON and in words."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support.chain_of_tills import Served, enrolled
from tests.support.commands import guitai

PHONE = "13800138000"


def test_a_missing_a_doubled_an_altered_an_unsent_event_and_other_points_are_named(tmp_path: Path) -> None:
    office = Served(tmp_path / "hq").make()
    office.start()
    try:
        till = enrolled(tmp_path / "one", office).start()
        till.synced()  # its number blocks come from head office
        till.do(do="enrol", phone=PHONE, name="王小明")
        for _ in range(4):
            till.sell(1_000, PHONE)
        till.synced()
        assert till.stop() == 0
        assert office.differences(till.data) == []
    finally:
        office.kill()
    till.start()
    till.sell(2_000, PHONE)
    till.kill()
    _plant(office.folder / "hq.db")
    named = [(one["what"], one.get("seq")) for one in office.differences(till.data) if "till_id" in one]
    assert named == [("missing", 3), ("altered", 5), ("unsent", 7), ("doubled", 8), ("points", None)]
    told = guitai("--lang", "en", "hq", "reconcile", "--data", office.folder, "--till", till.data)
    assert told.code == 1
    for words in ("is missing at head office", "reads otherwise", "is at head office twice", "it to send, or sends it"):
        assert words in told.err
    assert "shows 60 points, head office 45" in told.err


def _plant(path: Path) -> None:
    """One event gone, one changed, one twice, and an account's row with other points. The demo gives a point a yuan."""
    with closing(sqlite3.connect(path)) as database, database:
        columns = "till_id, epoch, {seq}, event_key, raw, hash, received_ms, differs"
        twice = columns.format(seq="8")
        database.execute(f"INSERT INTO inbox ({columns.format(seq='seq')}) SELECT {twice} FROM inbox WHERE seq = 4")
        database.execute("DELETE FROM inbox WHERE seq = 3")
        database.execute("UPDATE inbox SET raw = CAST('{}' AS BLOB) WHERE seq = 5")
        changed = database.execute(
            "UPDATE feed_row SET raw = json_set(raw, '$.balance', 45) WHERE kind = 'account' AND raw IS NOT NULL"
        )
        assert changed.rowcount == 1
