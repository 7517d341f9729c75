"""Tombstones go when every till had time to read them; who was away for longer is sent to a snapshot."""

from __future__ import annotations

import json
import os

from sqlalchemy import delete, select, update

from sync.hq import feed, snapshots
from sync.hq.feed import Change
from sync.hq.purge import purge
from sync.hq.tables import BUCKET, META, ROW, SNAPSHOT
from tests.support.commands import guitai
from tests.support.head_office import HeadOffice

STORE = "store:s027"


def shown(hq: HeadOffice, *names: str, fields: bool = True) -> None:
    rows = [Change(STORE, "settings", name, {"values": {}} if fields else None) for name in names]
    hq.write(lambda connection: feed.publish(connection, rows))


def test_a_till_below_the_floor_loads_a_file_and_goes_on(hq: HeadOffice) -> None:
    till = hq.till()
    shown(hq, "a", "b", "c")
    shown(hq, "a", "b", fields=False)
    before = till.call("GET", f"pull?bucket={STORE}&after=0").value
    assert purge(hq.office).tombstones == 0, "nobody knows yet how old they are"
    done = purge(hq.office, days=0)
    assert (done.tombstones, done.files) == (2, 1)
    assert purge(hq.office, days=0).tombstones == 0
    below = till.call("GET", f"pull?bucket={STORE}&after=0")
    assert (below.status, below.problem, below.value["floor"]) == (410, "floor", before["seq"])
    told = till.call("GET", f"snapshots/{STORE}").value
    assert told["seq"] >= below.value["floor"]
    page = till.call("GET", f"pull?bucket={STORE}&after={told['seq']}").value
    assert (page["rows"], page["last"], page["checksum"]) == ([], True, before["checksum"])
    assert hq.faults() == []


def test_the_floor_stays_where_no_file_stands_above_it(hq: HeadOffice) -> None:
    shown(hq, "a")
    shown(hq, "a", fields=False)
    till = hq.till()
    purge(hq.office, days=0)
    assert till.call("GET", f"snapshots/{STORE}").status == 200
    hq.write(
        lambda connection: connection.execute(update(META).where(META.c.id == "incarnation").values(value="other"))
    )
    assert till.call("GET", f"snapshots/{STORE}").problem == "not_found", "a file of another incarnation"


def test_results_told_long_ago_become_tombstones(hq: HeadOffice) -> None:
    bucket = f"till:{hq.till().till_id}"
    row = Change(bucket, "event_result", "01a2034a-84e7-78c3-814b-813b669ba6b6", {"epoch": 1})
    hq.write(lambda connection: feed.publish(connection, [row]))
    assert purge(hq.office, days=0).results == 1
    assert purge(hq.office, days=0).tombstones == 1
    assert hq.faults() == []


def test_two_files_of_a_bucket_are_kept_and_lost_ones_swept(hq: HeadOffice) -> None:
    office = hq.office
    made = [snapshots.make(office.database, office.files, office.clock, "chain") for _ in range(3)]
    assert office.files.names() == {one.id for one in made[1:]}
    till = hq.till()
    assert till.call("GET", f"snapshots/chain/{made[0].id}").value["newest"] == made[2].id
    lost = office.files.path("lost")
    lost.write_bytes(b"x")
    assert snapshots.sweep(office.database, office.files, office.clock.now_ms()) == 0, "it may be just being made"
    os.utime(lost, (0, 0))
    assert snapshots.sweep(office.database, office.files, office.clock.now_ms()) == 1
    office.files.path(made[2].id).unlink()
    assert till.call("GET", f"snapshots/chain/{made[2].id}").problem == "not_found"
    assert till.call("GET", "snapshots/chain").value["id"] == made[1].id
    assert {row.id for row in hq.read(select(SNAPSHOT))} == {made[1].id}
    assert hq.read(select(BUCKET.c.floor).where(BUCKET.c.id == "chain"))[0].floor == 0


def test_a_file_that_cannot_be_made_is_asked_for_again(hq: HeadOffice) -> None:
    folder = hq.office.files.folder
    folder.write_text("in the way")
    till = hq.till()
    for _ in range(2):
        assert till.call("GET", "snapshots/chain").problem == "not_found"
        hq.office.snapshots.stop()
    folder.unlink()
    assert till.call("GET", "snapshots/chain").problem == "not_found"


def test_an_empty_bucket_below_a_floor_gets_its_file_again(hq: HeadOffice) -> None:
    """Somebody cleared the folder: without a file nobody could get over the floor."""
    shown(hq, "a")
    shown(hq, "a", fields=False)
    till = hq.till()
    purge(hq.office, days=0)
    hq.write(lambda connection: connection.execute(delete(SNAPSHOT).where(SNAPSHOT.c.bucket == STORE)))
    settings = [Change(STORE, "settings", row.id, None) for row in hq.read(select(ROW).where(ROW.c.bucket == STORE))]
    hq.write(lambda connection: feed.publish(connection, settings))
    assert till.call("GET", f"snapshots/{STORE}").problem == "not_found"
    hq.office.snapshots.stop()
    assert hq.read(select(SNAPSHOT.c.rows).where(SNAPSHOT.c.bucket == STORE)) == [(0,)]


def test_purge_is_a_command(tmp_path: object) -> None:
    made = guitai("hq", "init", "--data", f"{tmp_path}/hq", "--store", "s027")
    assert made.code == 0, made.err
    done = guitai("hq", "purge", "--data", f"{tmp_path}/hq", "--json")
    assert (done.code, json.loads(done.out)) == (0, {"tombstones": 0, "results": 0, "files": 0})
    said = guitai("--lang", "zh_CN", "hq", "purge", "--data", f"{tmp_path}/hq")
    assert (said.code, "已清除 0 条" in said.out) == (0, True)
    beyond = guitai("hq", "purge", "--data", f"{tmp_path}/hq", "--days", "99999999999999")
    assert (beyond.code, "1<=x<=3650" in beyond.err, "Traceback" in beyond.err) == (2, True, False)
