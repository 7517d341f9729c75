"""Tills that load head office's snapshot files, over HTTP: first loads, broken downloads, bent files, and a purge."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.cli import main
from app.domain.chain import canonical
from sync.hq import feed, snapshots
from sync.hq.feed import Change
from sync.hq.purge import purge
from sync.hq.tables import SNAPSHOT
from sync.protocol import bodies
from sync.till import transport
from sync.till.runner import Runner
from tests.support import tills
from tests.support.forwarding import through
from tests.support.head_office import HeadOffice
from tests.support.held import REGION, here, put, synced, there, till_db
from tests.support.loopback import Asked, Loopback, Said
from tests.support.running import News, run

FILE_CALL = f"/snapshots/{REGION}/"


def made(hq: HeadOffice, *buckets: str) -> None:
    office = hq.office
    for bucket in buckets:
        snapshots.make(office.database, office.files, office.clock, bucket)


@pytest.fixture
def joined(office: HeadOffice, data: Path, enrol: Callable[..., int]) -> Path:
    """A till that is enrolled and has fetched nothing yet."""
    assert enrol(office.address, office.code()) == 0
    return data


def test_a_first_load_comes_from_the_files_and_goes_on_by_pull(office: HeadOffice, joined: Path) -> None:
    put(office, REGION, *range(1, 40))
    made(office, REGION, "chain", "store:s027")
    put(office, REGION, 3, name="王大锤")
    _, paths = run(joined, office.address, synced)
    files = [path for path in paths if path.startswith("/snapshots/") and path.count("/") == 3]
    assert len(files) == 3
    assert all(path.endswith(" 200") for path in files)
    for bucket in (REGION, "chain", "store:s027"):
        assert here(joined, bucket) == there(office, bucket)
    assert office.faults() == []


def test_a_download_cut_at_every_few_bytes_goes_on_where_it_was(
    office: HeadOffice, joined: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No byte comes twice: the sum of what arrived is the file."""
    monkeypatch.setattr("sync.till.answers.BACK_OFF_FIRST_MS", 1)
    put(office, REGION, *range(1, 200))
    made(office, REGION)
    came: list[int] = []

    def cut(asked: Asked, said: Said) -> Said:
        if said.status not in (200, 206) or not asked.target.startswith(f"/v1{FILE_CALL}"):
            return said
        came.append(min(700, len(said.body)))
        headers = {name: value for name, value in said.headers.items() if name != "content-length"}
        return Said(said.status, said.body[:700], headers, cut=len(said.body) > 700)

    with Loopback(through(office.address, cut)) as way:
        run(joined, way.address, synced)
    size = office.read(select(SNAPSHOT.c.bytes).where(SNAPSHOT.c.bucket == REGION))[0].bytes
    assert len(came) > 5
    assert sum(came) == size
    assert here(joined, REGION) == there(office, REGION)


def test_a_restart_in_the_middle_fetches_only_the_rest(
    office: HeadOffice, joined: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "PIECE_BYTES", 500)
    put(office, REGION, *range(1, 200))
    made(office, REGION)

    def half(_: Runner, __: News, paths: list[str]) -> bool:
        return len([path for path in paths if path.startswith(FILE_CALL)]) >= 4

    _, before = run(joined, office.address, half)
    _, after = run(joined, office.address, synced)
    pieces = [path for path in [*before, *after] if path.startswith(FILE_CALL)]
    size = office.read(select(SNAPSHOT.c.bytes).where(SNAPSHOT.c.bucket == REGION))[0].bytes
    assert -(-size // 500) <= len(pieces) <= -(-size // 500) + 1, "one piece may have been on its way"
    assert [path for path in after if path.startswith(FILE_CALL)]
    assert here(joined, REGION) == there(office, REGION)


def test_a_tampered_file_is_not_used_and_the_bucket_is_pulled(
    office: HeadOffice, joined: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.till.answers.BACK_OFF_FIRST_MS", 1)
    put(office, REGION, *range(1, 40))
    made(office, REGION)

    def flip(asked: Asked, said: Said) -> Said:
        if said.status != 200 or not asked.target.startswith(f"/v1{FILE_CALL}"):
            return said
        return Said(200, said.body[:-1] + bytes([said.body[-1] ^ 1]), said.headers)

    with Loopback(through(office.address, flip)) as way:
        news, paths = run(joined, way.address, synced)
    assert "snapshot_damaged" in {one.get("problem") for one in news}
    assert len([path for path in paths if path.startswith(FILE_CALL)]) == 1
    assert here(joined, REGION) == there(office, REGION)


def test_a_file_replaced_during_the_download_is_followed_by_the_newer_one(
    office: HeadOffice, joined: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "PIECE_BYTES", 500)
    put(office, REGION, *range(1, 100))
    made(office, REGION)
    begun: list[str] = []

    def replaced(asked: Asked, said: Said) -> Said:
        if asked.target.startswith(f"/v1{FILE_CALL}") and not begun:
            begun.append(asked.target)
            put(office, REGION, *range(100, 200))
            made(office, REGION, REGION)
        return said

    with Loopback(through(office.address, replaced)) as way:
        _, paths = run(joined, way.address, synced)
    assert f"{begun[0].removeprefix('/v1')} 410" in paths
    assert here(joined, REGION) == there(office, REGION)


def test_after_a_purge_a_new_till_and_one_behind_the_floor_hold_what_head_office_holds(
    office: HeadOffice, joined: Path, till_template: Path, tmp_path: Path
) -> None:
    """The purge forgot the tombstones of what the one behind still holds: members, a product, a command of its own."""
    till, _ = till_db(joined)
    own = f"till:{till.execute('SELECT till_id FROM meta').fetchone()[0]}"
    till.close()
    put(office, REGION, *range(1, 30))
    product = {"name": "奶茶", "unit_minor": 900, "tax_percent": "6", "barcodes": ["6901"], "active": True}
    commands = [Change(own, "command", f"c{n}", {"command": "resync", "args": {}, "until_ms": 1}) for n in (1, 2)]
    shop = [Change("store:s027", "product", sku, product | {"barcodes": [f"690{sku}"]}) for sku in ("1", "2")]
    office.write(lambda connection: feed.publish(connection, [*shop, *commands]))
    run(joined, office.address, synced)
    put(office, REGION, *range(1, 20), live=False)
    gone = [Change("store:s027", "product", "1", None), Change(own, "command", "c1", None)]
    office.write(lambda connection: feed.publish(connection, gone))
    purge(office.office)
    assert purge(office.office, days=0).tombstones >= 21
    fresh = tills.copied(till_template, tmp_path / "fresh")
    assert main(["enrol", "--data", str(fresh), "--url", office.address, "--code", office.code()]) == 0
    for data in (joined, fresh):
        _, paths = run(data, office.address, synced)
        for bucket in (REGION, "chain", "store:s027"):
            assert here(data, bucket) == there(office, bucket), (data, paths)
    assert here(joined, own) == there(office, own)
    till, _ = till_db(joined)
    assert [sku for (sku,) in till.execute("SELECT sku FROM product WHERE sku IN ('1', '2')")] == ["2"]
    till.close()
    assert office.faults() == []


def test_a_disk_without_room_says_so_and_the_old_members_stay(
    office: HeadOffice, joined: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Head office names a file that no disk holds."""
    put(office, REGION, 1, 2)
    run(joined, office.address, synced)
    put(office, REGION, 1, live=False)
    purge(office.office)
    put(office, REGION, 2, live=False)
    purge(office.office, days=0)
    before = here(joined, REGION)

    def huge(asked: Asked, said: Said) -> Said:
        if said.status != 200 or not asked.target.startswith(f"/v1/snapshots/{REGION}"):
            return said
        return Said(200, canonical({**plain(said), "bytes": 1 << 50}).encode(), {"Content-Type": "application/json"})

    with Loopback(through(office.address, huge)) as way:
        news, _ = run(joined, way.address, lambda _, news, __: bool(news) and news[-1].get("problem") == "no_room")
    assert news[-1]["phase"] == "trouble"
    assert here(joined, REGION) == before


def plain(said: Said) -> dict[str, Any]:
    """The JSON of an answer."""
    encoding = {name.lower(): value for name, value in said.headers.items()}.get("content-encoding")
    found: dict[str, Any] = json.loads(bodies.decoded(said.body, encoding, 1 << 20))
    return found
