"""Snapshot files into a till's cache: piece by piece, whole or not at all, in place of what was there."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import zstandard

from app.errors import StoreError
from app.services.sync_ports import FeedRow, SeenHeadOffice, SnapshotFile
from app.store import connect, feed_rows, keys, snapshot_file
from app.store.files import TillFiles, switch_cache
from app.store.folder import TILL_FILE
from app.store.syncing import TillSync
from tests.support.feed import CARD, REGION, account, card, member, page, row

SEEN = SeenHeadOffice(1, "i1", "l1")
STORE = "store:s027"
OTHER = "01920000-0000-7000-8000-0000000000dd"


@pytest.fixture
def sync(open_sync: Callable[[], TillSync]) -> TillSync:
    """A till that has just met head office: its generation is empty."""
    made = open_sync()
    made.start_incarnation(SEEN)
    return made


def packed(*rows: FeedRow, frames: int = 1) -> bytes:
    """A file's bytes: a line per row, in so many zstd frames."""
    lines = [
        json.dumps(
            {"kind": one.kind, "id": one.id, "ver": one.ver, "row_seq": one.row_seq, "raw": one.raw}
            | ({"peers": dict(one.peers)} if one.peers else {})
        ).encode()
        + b"\n"
        for one in rows
    ]
    size = -(-len(lines) // frames) or 1
    parts = [b"".join(lines[start : start + size]) for start in range(0, len(lines), size)]
    return b"".join(zstandard.ZstdCompressor().compress(part) for part in parts)


def named(content: bytes, *, seq: int, rows: int, bucket: str = REGION) -> SnapshotFile:
    return SnapshotFile(bucket, "f1", seq, hashlib.sha256(content).hexdigest(), len(content), rows)


def fetched(sync: TillSync, content: bytes, file: SnapshotFile, pieces: int = 3) -> None:
    """The whole file, in so many pieces."""
    assert sync.begin_file(file)
    size = -(-len(content) // pieces) or 1
    for start in range(0, len(content), size):
        sync.keep_piece(start, content[start : start + size])


def loaded(sync: TillSync, *rows: FeedRow, seq: int, bucket: str = REGION, frames: int = 1) -> bool:
    content = packed(*rows, frames=frames)
    fetched(sync, content, named(content, seq=seq, rows=len(rows), bucket=bucket))
    return sync.load_file(1)


def shown(files: TillFiles, sync: TillSync) -> int | None:
    """The member's points once the generation is in use."""
    sync.switch_generation()
    switch_cache(files)
    found = files.members.by_card(CARD)
    return None if found is None or found.account is None else found.account.balance


def till_db(folder: Path) -> connect.Connection:
    return connect.connect(folder / TILL_FILE, keys.load(folder, os.environ).key(TILL_FILE), connect.TILL)


def test_a_file_s_rows_are_found_and_go_on_by_pull(files: TillFiles, sync: TillSync) -> None:
    rows = (member(), card(), account(100))
    assert loaded(sync, *rows, seq=5, frames=3)
    state = sync.load()
    assert (state.cursors, state.file) == ({REGION: 5}, None)
    assert sync.apply_page(page(account(250, 2, 6), after=5, live=(member(), card(), account(250, 2, 6))))
    assert shown(files, sync) == 250
    assert files.members.find("张小", 5).total == 1


def test_a_row_of_a_transfer_keeps_its_peers(sync: TillSync, folder: Path) -> None:
    assert loaded(sync, msgspec.structs.replace(account(100), peers={OTHER: 4}), seq=5)
    assert sync._cache is not None
    assert sync._cache.execute("SELECT peers FROM account").fetchone() == (f'{{"{OTHER}": 4}}',)


def test_an_empty_file_is_an_empty_bucket(sync: TillSync) -> None:
    assert loaded(sync, seq=5)
    assert sync.load().cursors == {REGION: 5}


def test_a_file_takes_the_place_of_what_its_bucket_held(
    files: TillFiles, sync: TillSync, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows whose tombstones head office forgot go, with everything they were found by."""
    monkeypatch.setattr(snapshot_file, "PACKED_BYTES", 8)
    assert sync.apply_page(page(member(), card(), account(100), member(1, 4, "李四", OTHER)))
    assert shown(files, sync) == 100
    assert loaded(sync, member(), card(), account(300, 2, 9), seq=9, frames=2)
    found = files.members.by_card(CARD)
    assert found is not None
    assert found.account is not None
    assert found.account.balance == 300
    assert files.members.find("李四", 5).total == 0
    live = (member(), card(), account(310, 3, 10))
    assert sync.apply_page(page(live[2], after=9, live=live))


def test_the_download_goes_on_after_a_restart(
    files: TillFiles, sync: TillSync, open_sync: Callable[[], TillSync]
) -> None:
    content = packed(member(), card(), account(100))
    file = named(content, seq=5, rows=3)
    assert sync.begin_file(file)
    sync.keep_piece(0, content[:40])
    sync.close()
    again = open_sync()
    assert again.load().file == replace(file, got=40)
    again.keep_piece(40, content[40:])
    assert again.load_file(1)
    assert shown(files, again) == 100


def test_a_load_that_broke_off_is_done_again_from_the_same_file(
    files: TillFiles, sync: TillSync, monkeypatch: pytest.MonkeyPatch, open_sync: Callable[[], TillSync]
) -> None:
    monkeypatch.setattr(snapshot_file, "PACKED_BYTES", 8)
    whole, written = feed_rows.BucketRows.write, []

    def full_in_the_middle(bucket: feed_rows.BucketRows) -> None:
        written.append(bucket)
        if len(written) == 2:
            raise StoreError("disk_full")
        whole(bucket)

    monkeypatch.setattr(feed_rows.BucketRows, "write", full_in_the_middle)
    content = packed(member(), card(), account(100), frames=3)
    fetched(sync, content, named(content, seq=5, rows=3))
    with pytest.raises(StoreError, match="disk_full"):
        sync.load_file(1)
    assert sync.load().cursors == {}
    sync.close()
    again = open_sync()
    assert again.load_file(1)
    assert shown(files, again) == 100


@pytest.mark.parametrize(
    "content",
    [b"\x28\xb5\x2f\xfd garbage", zstandard.ZstdCompressor().compress(b'{"kind":1}\n'),
     zstandard.ZstdCompressor().compress(b'{"kind":"card"}'),
     packed(msgspec.structs.replace(card(), raw='{"number":1}')),
     packed(msgspec.structs.replace(account(1), raw=f'{{"balance":{10**30}}}'))],
    ids=["no zstd", "another shape", "no last line feed", "a row of another form", "a number no file holds"],
)  # fmt: skip
def test_a_file_that_is_no_rows_changes_nothing(content: bytes, sync: TillSync) -> None:
    fetched(sync, content, named(content, seq=5, rows=1))
    assert not sync.load_file(1)
    state = sync.load()
    assert (state.cursors, state.file) == ({}, None)


@pytest.mark.parametrize("how", ["a byte", "the end", "all"])
def test_a_file_that_is_not_the_one_named_changes_nothing(how: str, sync: TillSync) -> None:
    content = packed(member(), card(), account(100))
    file = named(content, seq=5, rows=3)
    came = {"a byte": b"\0" + content[1:], "the end": content[:-1], "all": b""}[how]
    fetched(sync, came, file)
    assert not sync.load_file(1)
    assert sync.load().file is None
    assert not sync.load_file(1), "there is none any more"


def test_the_count_of_rows_is_looked_at(sync: TillSync) -> None:
    content = packed(member(), card())
    fetched(sync, content, named(content, seq=5, rows=3))
    assert not sync.load_file(1)


def test_another_file_takes_the_place_of_the_one_begun(sync: TillSync) -> None:
    content = packed(member(), card(), account(100))
    fetched(sync, content, named(content, seq=5, rows=3))
    assert loaded(sync, member(), seq=6)
    assert sync.load().cursors == {REGION: 6}


def test_without_room_nothing_is_begun_and_the_old_file_s_room_is_given_back(sync: TillSync) -> None:
    content = packed(member())
    file = named(content, seq=5, rows=1)
    fetched(sync, content, file)
    assert not sync.begin_file(replace(file, id="f2", bytes=1 << 50))
    assert sync.load().file is None


def test_a_bucket_that_left_takes_its_file_along_and_no_other(sync: TillSync) -> None:
    content = packed(member())
    fetched(sync, content, named(content, seq=5, rows=1))
    sync.drop_buckets(("region:sh:08",))
    assert sync.load().file is not None
    sync.drop_buckets((REGION,))
    assert sync.load().file is None


def test_what_opens_the_shop_is_durable_and_what_left_it_is_gone(sync: TillSync, folder: Path) -> None:
    """A product, a person and a setting whose tombstones head office forgot are taken away; an erasure never is."""
    stays = row("product", "A1", 1, 1, name="奶茶", unit_minor=900, tax_percent="6", barcodes=["6901"], active=True)
    left = row("product", "B2", 1, 2, name="咖啡", unit_minor=900, tax_percent="6", barcodes=["6902"], active=True)
    person = row(
        "staff", OTHER, 1, 3, staff_no="77", name="王", role="cashier", capabilities=[], pin_hash="", active=True
    )
    rule = row("settings", "returns", 1, 4, values={"days": 7})
    erased = row("erasure", "01920000-0000-7000-8000-0000000000ee", 1, 5, on="2026-01-05")
    assert sync.apply_page(page(stays, left, person, rule, erased, bucket=STORE))
    sync.switch_generation()
    newer = row("product", "C3", 1, 8, name="果汁", unit_minor=900, tax_percent="6", barcodes=["6903"], active=True)
    assert loaded(sync, stays, newer, seq=9, bucket=STORE)
    db = till_db(folder)
    skus = {sku for (sku,) in db.execute("SELECT sku FROM product")}
    assert skus >= {"A1", "C3"}
    assert "B2" not in skus
    assert db.execute("SELECT count(*) FROM product_barcode WHERE code = '6902'").fetchone() == (0,)
    assert db.execute("SELECT count(*) FROM staff WHERE staff_id = ?", (OTHER,)).fetchone() == (0,)
    assert db.execute("SELECT count(*) FROM setting WHERE level = 1 AND section = 'returns'").fetchone() == (0,)
    assert db.execute("SELECT count(*) FROM erased").fetchone() == (1,)
    db.close()


def test_the_till_s_own_bucket_is_loaded_into_its_own_file(sync: TillSync, folder: Path) -> None:
    own = f"till:{sync.load().till_id}"
    stays = row("command", "c1", 1, 1, command="resync", args={}, until_ms=1)
    left = row("command", "c2", 1, 2, command="repair", args={}, until_ms=1)
    assert sync.apply_page(page(stays, left, bucket=own))
    newer = row("command", "c3", 1, 8, command="update", args={}, until_ms=1)
    assert loaded(sync, stays, newer, seq=9, bucket=own)
    state = sync.load()
    assert (state.cursors[own], state.file) == (9, None)
    db = till_db(folder)
    assert sorted(id_ for (id_,) in db.execute("SELECT id FROM till_row")) == ["c1", "c3"]
    db.close()


def test_what_opens_the_shop_may_change_before_the_members_are_complete(files: TillFiles, sync: TillSync) -> None:
    """A change to it builds no index early: those of the members come after the last bucket."""
    old = row("settings", "returns", 1, 1, values={"days": 7})
    new = row("settings", "returns", 2, 2, values={"days": 8})
    assert loaded(sync, old, seq=1, bucket=STORE)
    assert sync.apply_page(page(new, bucket=STORE, after=1, live=(new,)))
    assert sync._cache is not None
    assert not sync._cache.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'ix_card_number'").fetchone()[0]
    assert loaded(sync, member(), card(), account(100), seq=5)
    assert shown(files, sync) == 100
