"""`guitai rescue`: what can be read of a damaged till.db is saved, said, and can be sold on from."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.chain import SealedEvent, event_hash
from app.errors import StoreError
from app.store import keys, rescue, tail
from app.store.connect import PAGE_BYTES, Connection
from app.store.folder import TILL_FILE, FolderLock
from app.store.rescue import NEW_FILE, REPORT_FILE
from app.store.tail import KEPT_LOG
from tests.support import tills
from tests.support.damage import (
    FRAME_BYTES,
    LOG_HEAD_BYTES,
    WAL,
    enrolled_once,
    event_ids,
    flip,
    lay,
    open_file,
    past,
    rescued,
    saved,
    torn,
)
from tests.support.facts import sell


@pytest.fixture
def sold(folder: Path) -> Path:
    return past(folder)


def page_of(folder: Path, table: str) -> int:
    """The page at which the table begins."""
    db = open_file(folder)
    try:
        return int(db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0])
    finally:
        db.close()


def wipe(folder: Path, page: int) -> None:
    content = bytearray((folder / TILL_FILE).read_bytes())
    content[(page - 1) * PAGE_BYTES : page * PAGE_BYTES] = bytes(PAGE_BYTES)
    (folder / TILL_FILE).write_bytes(content)


def held(folder: Path, question: str) -> object:
    db = open_file(folder)
    try:
        return db.execute(question).fetchone()[0]
    finally:
        db.close()


def leaf_of_events(folder: Path, key: keys.FileKey) -> int:
    """A leaf with events in the middle of the table."""
    from app.store.leaves import rows
    from app.store.pages import read_image

    image = read_image(folder / TILL_FILE, key, ())
    found = [
        number
        for number, page in image.pages.items()
        if any(len(row) == 9 and isinstance(row[8], str) and row[8].startswith("{") for _, row in rows({number: page}))
    ]
    return found[len(found) // 2]


def test_a_sound_till_is_left_alone(sold: Path) -> None:
    before = (sold / TILL_FILE).read_bytes()
    assert rescued(sold) is None
    assert (sold / TILL_FILE).read_bytes() == before
    assert sorted(path.name for path in sold.glob("damaged-*")) == []


def test_the_tables_names_lost_no_event_is_and_the_damaged_file_is_kept(sold: Path) -> None:
    ids = event_ids(sold)
    damaged = bytearray((sold / TILL_FILE).read_bytes())
    damaged[:PAGE_BYTES] = bytes(PAGE_BYTES)
    (sold / TILL_FILE).write_bytes(damaged)
    found = saved(sold)
    assert (found.events, found.missing, found.needs_code) == (len(ids), (), True)
    assert found.rows["pii"] == 2
    assert event_ids(sold) == ids
    assert (sold / found.kept_in / TILL_FILE).read_bytes() == damaged
    assert json.loads((sold / found.kept_in / REPORT_FILE).read_text())["events"] == len(ids)
    with pytest.raises(StoreError, match="till_needs_code"):
        tills.opened(sold)


def test_the_branches_of_the_events_lost_no_event_is(sold: Path) -> None:
    ids, goods = event_ids(sold), held(sold, "SELECT count(*) FROM product")
    wipe(sold, page_of(sold, "event"))
    found = saved(sold)
    assert (found.damaged_pages, found.loose, found.missing) == (1, 0, ())
    assert event_ids(sold) == ids
    assert found.rows["product"] == goods


def test_events_that_are_lost_are_named_and_the_others_are_numbered_anew(sold: Path) -> None:
    ids = event_ids(sold)
    key = keys.load(sold, os.environ).key(TILL_FILE)
    wipe(sold, leaf_of_events(sold, key))
    found = saved(sold)
    lost = sum(last - first + 1 for first, last in found.missing)
    assert found.events == len(ids) - lost > 0
    assert 0 < lost < len(ids)
    assert found.loose == 1
    kept = event_ids(sold)
    assert kept == [event for event in ids if event in kept]
    receipts = [one["receipt_no"] for one in found.without_event]
    assert len(receipts) == lost
    assert held(sold, "SELECT count(*) FROM sale") == 12 - lost
    assert (
        held(sold, "SELECT count(*) FROM sale JOIN event USING (n) WHERE sale.event_id = event.event_id") == 12 - lost
    )


def test_only_the_seq_of_an_event_that_is_numbered_anew_is_another(sold: Path) -> None:
    db = open_file(sold)
    before = {row[0]: json.loads(row[1]) for row in db.execute("SELECT event_id, raw FROM event")}
    db.close()
    wipe(sold, leaf_of_events(sold, keys.load(sold, os.environ).key(TILL_FILE)))
    saved(sold)
    db = open_file(sold)
    rows = db.execute("SELECT event_id, raw, hash FROM event ORDER BY n").fetchall()
    db.close()
    previous = "0" * 64
    for seq, (event_id, raw, digest) in enumerate(rows, 1):
        assert json.loads(raw) == {**before[event_id], "seq": seq}
        assert event_hash(previous, raw) == digest
        previous = digest


def test_where_no_page_can_be_checked_an_event_behind_a_hole_says_who_it_is(sold: Path) -> None:
    ids = event_ids(sold)
    leaf = leaf_of_events(sold, keys.load(sold, os.environ).key(TILL_FILE))
    wipe(sold, leaf)
    wipe(sold, 1)
    found = saved(sold)
    assert (found.loose, len(found.missing)) == (1, 1)
    assert set(event_ids(sold)) < set(ids)


def test_where_no_page_can_be_checked_an_event_that_was_altered_is_not_believed(sold: Path) -> None:
    ids = event_ids(sold)
    leaf = leaf_of_events(sold, keys.load(sold, os.environ).key(TILL_FILE))
    wipe(sold, 1)
    flip(sold / TILL_FILE, leaf * PAGE_BYTES - 120)
    saved(sold)
    kept = event_ids(sold)
    assert len(ids) - 2 <= len(kept) < len(ids)


def test_text_that_nobody_can_read_stays_as_it_is_when_events_are_numbered_anew(sold: Path) -> None:
    files = tills.opened(sold)
    for raw in ("no JSON", '{"type":"tomorrow"}'):
        with files.book.begin() as write:
            head = write.head()
            digest = event_hash(head.hash, raw)
            write.append(SealedEvent(1, head.seq + 1, f"poison{raw}", "sale", 1, raw, digest))
            write.commit()
    files.close()
    wipe(sold, leaf_of_events(sold, keys.load(sold, os.environ).key(TILL_FILE)))
    assert saved(sold).missing != ()
    assert event_ids(sold)[-2:] == ["poisonno JSON", 'poison{"type":"tomorrow"}']


def test_a_torn_log_gives_back_every_sale_behind_the_tear(sold: Path) -> None:
    main, log = torn(sold)
    ids = event_ids(sold)
    frame = LOG_HEAD_BYTES + 2 * FRAME_BYTES + 900
    lay(sold, main, log[:frame] + bytes([log[frame] ^ 1]) + log[frame + 1 :])
    with pytest.raises(StoreError, match="till_behind"):
        tills.opened(sold)
    assert event_ids(sold) == ids[:-4]
    found = saved(sold)
    assert (found.events, found.missing) == (len(ids), ())
    assert event_ids(sold) == ids
    files = tills.opened(sold)
    assert files.identity.epoch == 2
    sell(files)
    files.close()
    assert not (sold / KEPT_LOG).exists()


def test_a_log_whose_end_is_gone_says_how_many_events_are_and_goes_on_behind_them(sold: Path) -> None:
    receipts = held(sold, "SELECT value FROM counter WHERE name = 'receipt'")
    main, _ = torn(sold)
    lay(sold, main, b"")
    found = saved(sold)
    assert found.missing == ((15, 18),)
    assert held(sold, "SELECT value FROM counter WHERE name = 'receipt'") == int(str(receipts)) + 4
    assert held(sold, "SELECT next FROM number_block WHERE series = 'member'") == "000000001006"
    files = tills.opened(sold)
    assert sell(files).receipt_no == "S027-1-000017"
    files.close()


def test_a_till_that_was_enrolled_waits_for_a_new_code(sold: Path) -> None:
    enrolled_once(sold)
    wipe(sold, page_of(sold, "programme"))
    assert saved(sold).needs_code
    with pytest.raises(StoreError, match="till_needs_code"):
        tills.opened(sold)
    assert rescued(sold) is None


def test_the_salt_with_a_turned_bit_is_turned_back(sold: Path) -> None:
    ids = event_ids(sold)
    flip(sold / TILL_FILE, 5)
    found = saved(sold)
    assert (found.damaged_pages, found.partly, event_ids(sold)) == (0, (), ids)


def test_an_audit_chain_with_a_hole_keeps_its_beginning_and_says_so(sold: Path) -> None:
    db = open_file(sold)
    db.execute("UPDATE audit SET raw = raw || ' ' WHERE seq = 5")
    db.close()
    found = saved(sold)
    assert found.rows["audit"] == 4
    assert "audit" in found.partly
    assert held(sold, "SELECT kind FROM audit ORDER BY seq DESC") == "rescued"


def test_personal_data_of_an_erased_member_does_not_come_back(sold: Path) -> None:
    db = open_file(sold)
    db.execute("INSERT INTO erased VALUES ('m-1', 1)")
    db.close()
    wipe(sold, page_of(sold, "programme"))
    assert saved(sold).rows["pii"] == 1
    assert held(sold, "SELECT member_id FROM pii") == "m-2"


def test_open_print_jobs_are_for_a_person(sold: Path) -> None:
    wipe(sold, page_of(sold, "programme"))
    saved(sold)
    files = tills.opened(sold)
    assert len(files.jobs.unknown()) == 12
    files.close()


@pytest.mark.parametrize("content", [b"", b"no database", bytes(3 * PAGE_BYTES)])
def test_of_a_file_that_holds_nothing_nothing_is_saved_and_that_is_said(sold: Path, content: bytes) -> None:
    (sold / WAL).unlink(missing_ok=True)
    (sold / TILL_FILE).write_bytes(content)
    found = saved(sold)
    assert (found.events, found.missing, found.needs_code) == (0, ((1, 14),), True)


def test_a_rescue_that_ends_before_its_last_step_is_gone_on_with(sold: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    main, log = torn(sold)
    ids = event_ids(sold)
    lay(sold, main, log[: LOG_HEAD_BYTES + 900])

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as ended:
        ended.setattr(Path, "replace", _but(NEW_FILE, crash))
        with pytest.raises(KeyboardInterrupt):
            rescued(sold)
    with pytest.raises(StoreError, match="till_behind"):
        tills.opened(sold)
    found = saved(sold)
    assert found.events == len(event_ids(sold)) == len(ids) - 4
    assert not (sold / NEW_FILE).exists()


def _but(name: str, crash: Callable[..., None]) -> Callable[[Path, Path], Path]:
    real = Path.replace

    def replace(path: Path, to: Path) -> Path:
        if path.name == name:
            crash()
        return real(path, to)

    return replace


@pytest.mark.parametrize("place", ["upgrade", "shutil.copyfile"])
def test_a_disk_that_is_full_leaves_everything_as_it_was(
    sold: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    wipe(sold, page_of(sold, "programme"))
    before = (sold / TILL_FILE).read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "x") if place.startswith("shutil") else StoreError("disk_full")

    with monkeypatch.context() as while_full:
        while_full.setattr(f"app.store.rescue.{place}", full)
        with pytest.raises(StoreError, match="disk_full"):
            rescued(sold)
    assert (sold / TILL_FILE).read_bytes() == before
    assert sorted(path.name for path in sold.glob("damaged-*")) == []
    assert saved(sold).events == 14


def test_a_till_that_is_open_is_not_rescued(sold: Path) -> None:
    with FolderLock(sold), pytest.raises(StoreError, match="till_in_use"):
        rescued(sold)


def test_a_folder_that_cannot_be_read_is_no_damage(sold: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> Connection:
        raise StoreError("store_busy")

    monkeypatch.setattr(rescue, "open_whole", busy)
    with pytest.raises(StoreError, match="store_busy"):
        rescued(sold)


def test_a_new_file_that_does_not_hold_takes_nobodys_place(sold: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wipe(sold, page_of(sold, "programme"))
    before = (sold / TILL_FILE).read_bytes()
    monkeypatch.setattr(rescue, "event_hash", lambda *_: "")
    with pytest.raises(StoreError, match="backup_failed"):
        rescued(sold)
    assert (sold / TILL_FILE).read_bytes() == before


def test_two_rescues_in_one_second_keep_both_files(sold: Path) -> None:
    for _ in range(2):
        wipe(sold, page_of(sold, "programme"))
        saved(sold)
    assert len(list(sold.glob("damaged-*"))) == 2


def test_a_kept_log_is_not_kept_twice(sold: Path) -> None:
    main, log = torn(sold)
    lay(sold, main, log[:-1])
    tail.keep_log(sold)
    lay(sold, main, b"x")
    tail.keep_log(sold)
    assert (sold / KEPT_LOG).read_bytes() == log[:-1]
