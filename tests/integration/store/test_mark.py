"""The mark beside till.db: written after each commit, whole after a crash, and what a file behind it may not do."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli import main
from app.clock import ManualClock
from app.domain.chain import HASH_ZERO, Link
from app.domain.receipt import JobState
from app.errors import StoreError
from app.messages.store import EXIT_CODES
from app.services.sync_ports import SeenHeadOffice
from app.store import connect, keys, mark, tail
from app.store.bulk import load_products
from app.store.enrolled import Given, HeadOffice, take_identity
from app.store.files import TillFiles
from app.store.folder import TILL_FILE
from app.store.mark import MARK_FILE, SLOT_BYTES, Commits, Mark
from app.store.syncing import TillSync
from app.store.tail import KEPT_LOG, open_whole
from tests.support import tills
from tests.support.facts import open_shift, sell

WAL = f"{TILL_FILE}-wal"


def till_db(folder: Path) -> connect.Connection:
    return connect.connect(folder / TILL_FILE, keys.load(folder, os.environ).key(TILL_FILE), connect.TILL)


def marked(folder: Path) -> Mark:
    found = mark.read(folder)
    assert found is not None
    return found


def older(folder: Path, work: Callable[[], object]) -> None:
    """Do the work, then put till.db back as it was before, its mark left as it is."""
    kept = folder.with_name("kept.db")
    shutil.copy(folder / TILL_FILE, kept)
    work()
    for tail_of in ("-wal", "-shm"):
        (folder / f"{TILL_FILE}{tail_of}").unlink(missing_ok=True)
    shutil.copy(kept, folder / TILL_FILE)


def a_sale(folder: Path) -> None:
    """One event more."""
    files = tills.opened(folder)
    if files.book.open_shift() is None:
        open_shift(files)
    sell(files)
    files.close()


def refused(folder: Path) -> StoreError:
    with pytest.raises(StoreError) as found:
        tills.opened(folder)
    return found.value


def test_a_new_till_has_a_mark_only_its_owner_reads(folder: Path) -> None:
    assert marked(folder) == Mark(1, 0, HASH_ZERO, 1)
    assert stat.S_IMODE((folder / MARK_FILE).stat().st_mode) == 0o600


def test_every_commit_moves_the_mark_sales_jobs_goods_and_synchronisation(folder: Path, files: TillFiles) -> None:
    open_shift(files)
    sell(files)
    job = files.jobs.next_job()
    assert job is not None
    head = files.book.head()
    assert marked(folder) == Mark(1, 1, head.hash, 3)
    files.jobs.mark(job.job_id, JobState.SENDING)
    assert marked(folder) == Mark(1, 1, head.hash, 4)
    load_products(folder, files.ring, [replace(tills.MASK, unit_minor=1)])
    assert marked(folder).n == 5
    sync = TillSync(folder, files.ring, ManualClock(tills.NOW_MS), lambda _: None)
    sync.store_version(SeenHeadOffice(1, "i", "l"), 0)
    sync.prepare(1, 9, 1 << 20)
    sync.close()
    assert marked(folder) == Mark(1, 1, head.hash, 7)


def test_what_was_rolled_back_moves_no_mark(folder: Path, files: TillFiles) -> None:
    before = marked(folder)
    with files.book.begin() as write:
        write.next_number("receipt")
    assert marked(folder) == before


def test_a_torn_slot_leaves_the_mark_before_it(folder: Path, files: TillFiles) -> None:
    open_shift(files)
    path = folder / MARK_FILE
    held = path.read_bytes()
    place = held.index(b'"n":2')
    for cut in range(place // SLOT_BYTES * SLOT_BYTES, place + 5):
        torn = held[:cut] + b"\0" * (place // SLOT_BYTES * SLOT_BYTES + SLOT_BYTES - cut) + held[cut + SLOT_BYTES :]
        path.write_bytes(torn)
        assert marked(folder).n == 1


def test_of_two_writers_the_higher_count_is_read(folder: Path, files: TillFiles) -> None:
    late, db = Commits(files.book.connection, folder), files.book.connection
    db.execute("BEGIN IMMEDIATE")
    late.commit(1, Link(1, 0, HASH_ZERO))
    late._write(Mark(1, 0, HASH_ZERO, 1), False)
    assert marked(folder).n == 2
    late.close()
    late.close()


def test_a_mark_that_cannot_be_written_stops_nobody(folder: Path) -> None:
    (folder / MARK_FILE).unlink()
    (folder / MARK_FILE).mkdir()
    a_sale(folder)
    files = tills.opened(folder)
    assert files.book.head().seq == 1
    assert mark.read(folder) is None
    files.close()


def test_a_mark_of_which_nothing_is_left_is_said_and_nothing_is_sold(folder: Path) -> None:
    a_sale(folder)
    path = folder / MARK_FILE
    path.write_bytes(bytes(byte ^ 1 for byte in path.read_bytes()))
    assert refused(folder).code == "mark_unreadable"
    assert main(["--lang", "en", "verify", "--data", str(folder)]) == EXIT_CODES["mark_unreadable"]
    assert mark.read(folder) is None
    assert main(["--lang", "en", "rescue", "--data", str(folder)]) == 0
    assert marked(folder).seq == 1


def test_one_torn_slot_alone_is_a_crash_and_stops_nobody(folder: Path) -> None:
    path = folder / MARK_FILE
    held = path.read_bytes()
    place = held.index(b'"n":1')
    path.write_bytes(held[:place])
    tills.opened(folder).close()
    assert mark.known(folder) is None


def test_a_mark_that_may_not_be_read_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_: Path) -> bytes:
        raise PermissionError

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(StoreError, match="mark_unreadable"):
        mark.known(folder)


def test_a_crash_between_commit_and_mark_means_nothing(folder: Path) -> None:
    kept = (folder / MARK_FILE).read_bytes()
    a_sale(folder)
    (folder / MARK_FILE).write_bytes(kept)
    files = tills.opened(folder)
    assert (files.book.head().seq, files.cache_problem) == (1, None)
    files.close()


def test_a_till_without_a_mark_opens_and_is_marked_at_its_next_commit(folder: Path) -> None:
    (folder / MARK_FILE).unlink()
    a_sale(folder)
    assert marked(folder).seq == 1


def test_an_older_file_sells_nothing_shows_no_members_and_says_what_is_missing(folder: Path) -> None:
    older(folder, lambda: a_sale(folder))
    found = refused(folder)
    assert (found.code, found.facts) == ("till_behind", {"seq": 0, "events": 1})
    assert refused(folder).code == "till_behind"
    db = till_db(folder)
    assert db.execute("SELECT cache_no FROM meta").fetchone() == (0,)
    db.close()
    (folder / MARK_FILE).unlink()
    assert refused(folder).facts == {"seq": 0, "events": 0}


def test_losing_only_what_synchronisation_wrote_is_noticed_too(folder: Path) -> None:
    def sync_works() -> None:
        sync = TillSync(folder, keys.load(folder, os.environ), ManualClock(tills.NOW_MS), lambda _: None)
        sync.store_version(SeenHeadOffice(1, "i", "l"), 0)
        sync.close()

    older(folder, sync_works)
    assert refused(folder).facts == {"seq": 0, "events": 0}


def test_another_history_of_the_same_length_is_noticed(folder: Path) -> None:
    older(folder, lambda: a_sale(folder))
    (folder / MARK_FILE).rename(folder / "kept.mark")
    a_sale(folder)
    a_sale(folder)
    db = till_db(folder)
    db.execute("UPDATE event SET hash = ? WHERE n = (SELECT min(n) FROM event)", ("f" * 64,))
    db.close()
    (folder / "kept.mark").replace(folder / MARK_FILE)
    assert refused(folder).code == "till_behind"


def test_the_torn_log_is_kept_as_it_was(folder: Path) -> None:
    files = tills.opened(folder)
    open_shift(files)
    sell(files)
    log = (folder / WAL).read_bytes()
    main = (folder / TILL_FILE).read_bytes()
    files.close()
    torn = bytearray(log)
    torn[-2000] ^= 4
    (folder / TILL_FILE).write_bytes(main)
    (folder / WAL).write_bytes(torn)
    assert refused(folder).facts == {"seq": 0, "events": 1}
    assert (folder / KEPT_LOG).read_bytes() == torn
    assert refused(folder).code == "till_behind"
    assert (folder / KEPT_LOG).read_bytes() == torn


def test_a_log_that_cannot_be_kept_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = tills.opened(folder)
    open_shift(files)
    log, main = (folder / WAL).read_bytes(), (folder / TILL_FILE).read_bytes()
    files.close()
    (folder / TILL_FILE).write_bytes(main)
    (folder / WAL).write_bytes(log[:-9])

    def full(*_: object) -> None:
        raise OSError(28, "x")

    monkeypatch.setattr(shutil, "copyfile", full)
    assert refused(folder).code == "disk_full"
    assert not (folder / KEPT_LOG).exists()


def test_neither_goods_nor_synchronisation_touch_a_file_that_is_behind(folder: Path) -> None:
    older(folder, lambda: a_sale(folder))
    ring = keys.load(folder, os.environ)
    for work in (
        lambda: load_products(folder, ring, []),
        lambda: TillSync(folder, ring, ManualClock(tills.NOW_MS), lambda _: None),
    ):
        with pytest.raises(StoreError, match="till_behind"):
            work()


def test_a_new_identity_lets_the_till_sell_again(folder: Path) -> None:
    db = open_whole(folder, keys.load(folder, os.environ))
    db.execute("BEGIN")
    tail.put(db, tail.SellsNot.NEEDS_CODE)
    db.execute("COMMIT")
    assert refused(folder).code == "till_needs_code"
    take_identity(db, folder, Given("01920000-0000-7000-8000-0000000000ff", 2, "s027", "sh"), HeadOffice("x", "", ""))
    db.close()
    assert marked(folder).epoch == 2
    files = tills.opened(folder)
    assert files.identity.epoch == 2
    files.close()
