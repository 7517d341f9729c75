"""`guitai rotate-key`: the old key signs until head office has answered, then the new one, and nothing is lost."""

from __future__ import annotations

import os
from pathlib import Path

from app.store import keys, rotation
from app.store.enrolled import head_office
from tests.support.chain_of_tills import RunningTill, Served, enrolled, outbox
from tests.support.commands import guitai, new_till, open_till_db


def in_use(till: RunningTill) -> str:
    db = open_till_db(till.data)
    try:
        found = head_office(db)
    finally:
        db.close()
    assert found is not None
    return found.key_name


def known_there(office: Served) -> list[tuple[str, str | None]]:
    return [tuple(row) for row in office.read("SELECT public_key, next_key FROM till_stream")]


def test_a_key_is_changed_without_losing_a_sale(office: Served, tmp_path: Path) -> None:
    till = enrolled(tmp_path / "a", office)
    done = guitai("--lang", "en", "rotate-key", "--data", till.data)
    assert done.code == 0, done.err
    assert in_use(till) == "signing-1"
    refused = guitai("--lang", "en", "rotate-key", "--data", till.data)
    assert (refused.code, "has not answered yet" in refused.err) == (4, True)
    till.start()
    till.sell(5_000)
    till.synced()
    assert till.stop() == 0
    ring = keys.load(till.data, os.environ)
    old, new = rotation.public_key(ring, "signing-1"), rotation.public_key(ring, "signing-2")
    assert known_there(office) == [(old, new)]
    till.start()
    till.sell(5_000)
    till.synced()
    assert till.stop() == 0
    assert (in_use(till), known_there(office)) == ("signing-2", [(new, None)])
    assert outbox(till.data) == 0
    office.verify()
    assert guitai("rotate-key", "--data", till.data).code == 0


def test_a_till_nobody_knows_has_no_key_to_change(tmp_path: Path) -> None:
    done = guitai("--lang", "en", "rotate-key", "--data", new_till(tmp_path))
    assert (done.code, "not enrolled" in done.err) == (4, True)
