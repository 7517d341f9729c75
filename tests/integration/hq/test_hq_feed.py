"""The feed as a till reads it: pages, heads, the long poll, slices for repair, progress."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from sync.hq.feed import Change, publish
from sync.hq.tables import ROW
from tests.support.head_office import HeadOffice
from tests.support.wire_client import sell


def test_verify_names_the_slices_and_their_rows(hq: HeadOffice) -> None:
    till = hq.till()
    for _ in range(30):
        sell(till, 100)
    till.push()
    whole = till.call("GET", "verify?bucket=store:s027").value
    assert sum(one["live_rows"] for one in whole["slices"]) == whole["live_rows"] == 33
    total = sum(int(one["checksum"], 16) for one in whole["slices"]) % 2**64
    assert f"{total:016x}" == whole["checksum"]
    first = whole["slices"][0]
    part = till.call("GET", f"verify?bucket=store:s027&slice={first['n']}").value
    assert (part["n"], len(part["rows"]), part["seq"]) == (first["n"], first["live_rows"], whole["seq"])
    assert sum(int(row["h"], 16) for row in part["rows"]) % 2**64 == int(first["checksum"], 16)


def test_pages_end_where_they_say_and_heads_only_name_what_moved(hq: HeadOffice) -> None:
    till = hq.till()
    for _ in range(25):
        sell(till, 100)
    till.push()
    rows, last = till.pull_all("store:s027", limit=10)
    assert [row["row_seq"] for row in rows] == sorted(row["row_seq"] for row in rows)
    assert (last["last"], last["next"]) == (True, last["seq"])
    live = [row for row in rows if "raw" in row]
    assert f"{sum(int(row['h'], 16) for row in live) % 2**64:016x}" == last["checksum"]
    heads = {one["id"]: one["seq"] for one in till.call("GET", "heads").value["heads"]}
    since = ",".join(f"{name}.{heads.get(name, 0)}" for name in till.buckets)
    answered = till.call("GET", f"heads?since={since}").value
    assert answered["heads"] == []
    assert "buckets" not in answered
    behind = since.replace(f"store:s027.{heads['store:s027']}", "store:s027.1")
    assert [one["id"] for one in till.call("GET", f"heads?since={behind}").value["heads"]] == ["store:s027"]


def test_a_waiting_heads_answers_when_something_moves(hq: HeadOffice) -> None:
    till, other = hq.till(), hq.till()
    heads = {one["id"]: one["seq"] for one in till.call("GET", "heads").value["heads"]}
    since = ",".join(f"{name}.{heads.get(name, 0)}" for name in till.buckets)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(till.call, "GET", f"heads?since={since}&wait=25")
        sell(other, 100)
        other.push()
        assert [one["id"] for one in waiting.result(20).value["heads"]] == ["store:s027"]


def test_progress_is_kept(hq: HeadOffice) -> None:
    till = hq.till()
    report = {"cursors": {"chain": 1}, "version": "1.0", "cache_no": 1, "pending": {"events": 0},
              "health": {"disk_free": 5, "printer": "ok"}}  # fmt: skip
    answered = till.call("POST", "progress", report)
    assert answered.status == 200
    assert till.call("POST", "progress", {**report, "health": {"x": {}}}).problem == "malformed"


def test_a_row_waits_for_no_version_of_its_partner_that_nobody_writes(hq: HeadOffice) -> None:
    here, there = "region:sh:01", "region:sh:02"

    def published(*changes: Change) -> dict[str, int]:
        hq.write(lambda connection: publish(connection, changes))
        rows = hq.read(select(ROW.c.id, ROW.c.peers).where(ROW.c.kind == "account", ROW.c.peers.is_not(None)))
        return json.loads({row.id: row.peers for row in rows}.get("a1", "{}"))  # type: ignore[no-any-return]

    published(Change(here, "account", "a1", {"balance": 1}), Change(there, "account", "a2", {"balance": 2}))
    published(Change(there, "account", "a2", None))
    gone = (Change(there, "account", "a2", None, ("a1",)), Change(there, "account", "a3", None))
    assert published(Change(here, "account", "a1", {"balance": 3}, ("a2", "a3")), *gone) == {"a2": 2}
