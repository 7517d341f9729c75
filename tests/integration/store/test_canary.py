"""A planted name, phone, PIN and key are found nowhere in plain bytes: files, WAL, logs, copies, traces."""

from __future__ import annotations

import logging
import os
import traceback
from pathlib import Path

from app.clock import ManualClock
from app.domain.staff import Role
from app.errors import GuitaiError
from app.logs import to_file
from app.services.import_members import ImportedMember
from app.store import bulk, connect, keys
from app.store.folder import TILL_FILE
from app.store.install import NewStaff, Setup, create_till
from app.store.migrate import copy
from app.store.pins import FLOOR
from tests.support import tills
from tests.support.facts import enrol, open_shift, sell
from tests.support.tills import NOW_MS, PROGRAMME

NAME, PHONE, PIN = "金丝雀歌唱", "+8613912345678", "70421593"
PLANTED = (NAME.encode(), NAME.encode("gb18030"), NAME.encode("utf-16-le"), b"13912345678", PIN.encode())


def planted_till(folder: Path) -> None:
    setup = Setup("t", "s027", "sh", {}, (NewStaff("1", "李静", Role.CASHIER, PIN),), (PROGRAMME,), tills.SETUP.blocks)
    create_till(folder, setup, ManualClock(NOW_MS), environment=os.environ, key_store="file", pin_cost=FLOOR)


def test_what_was_planted_is_nowhere_in_plain_bytes(tmp_path: Path) -> None:
    folder, log = tmp_path / "till", tmp_path / "till.log"
    handlers = list(to_file(log))
    planted_till(folder)
    ring = keys.load(folder, os.environ)
    member = ImportedMember(2, "1", NAME, PHONE, "", "", "", 5, (), "2026-01-01", "s", "active")
    bulk.load_members(folder, ring, [member])
    files = tills.opened(folder)
    open_shift(files)
    sell(files)
    enrol(files, NAME, PHONE)
    assert len(files.members.find(NAME, 5).hits) == 2
    secrets = [files.ring.key(name).raw for name in files.ring.wrapped]
    secrets += [files.ring.secrets.device_key, files.ring.secrets.pepper]
    copy(files.book.connection, folder / "copy.db", files.ring.key(TILL_FILE))
    shown = [repr(files), repr(files.ring.secrets)]
    try:
        files.ring.key("no-such-file")
    except GuitaiError:
        shown.append(traceback.format_exc())
    logging.getLogger("guitai.store").info("the end")
    wal = folder / f"{TILL_FILE}-wal"
    assert wal.stat().st_size > connect.PAGE_BYTES
    held = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    files.close()
    for handler in handlers:
        handler.close()
        logging.getLogger("guitai").removeHandler(handler)
    assert log in held
    for path, content in held.items():
        for canary in PLANTED:
            assert canary not in content, path
        assert b"SQLite format 3" not in content, path
        for secret in secrets:
            assert secret not in content, path
            if path.name != "device.key":
                assert secret.hex().encode() not in content, path
    for text in shown:
        assert NAME not in text
        for secret in secrets:
            assert secret.hex() not in text
            assert repr(secret) not in text
