"""wire.md, "snapshots": a bucket as one file, in ranges that fit together, and the feed from where it ends."""

from __future__ import annotations

import hashlib
import io
import json
import time

import pytest
import zstandard

from tests.integration.hq.independent_client.counter import Served, enrolled, sell
from tests.integration.hq.independent_client.outsider import (
    VERSION_MEMBERS,
    Answer,
    Bent,
    Outsider,
    checksum,
    take,
    uuid7,
)

WAIT_S_MAX = 60
STORE = "store:s027"


@pytest.fixture
def till(office: Served) -> Outsider:
    made = office.till()
    customer = enrolled(made)
    for _ in range(3):
        sell(made, customer, 1_000)
    made.push_new(4)
    return made


def newest(till: Outsider, bucket: str) -> Answer:
    """Ask until it is made; heads waits meanwhile, as a till would."""
    until = time.monotonic() + WAIT_S_MAX
    answer = till.call("GET", f"/snapshots/{bucket}")
    while answer.status == 404 and time.monotonic() < until:
        assert answer.problem == "not_found"
        heads = till.call("GET", "/heads")
        since = ",".join(f"{one['id']}.{one['seq']}" for one in heads["heads"])
        till.call("GET", f"/heads?since={since}&wait=1")
        answer = till.call("GET", f"/snapshots/{bucket}")
    return answer


def part(till: Outsider, target: str, **headers: str) -> Answer:
    return till.call("GET", target, bent=Bent(headers={name.replace("_", "-"): one for name, one in headers.items()}))


def test_a_file_and_the_feed_after_it_make_the_bucket(till: Outsider) -> None:
    told = newest(till, STORE)
    assert told.status == 200
    target = f"/snapshots/{STORE}/{told['id']}"
    file = till.call("GET", target)
    assert (file.status, file.headers["content-type"]) == (200, "application/zstd")
    assert "content-encoding" not in file.headers
    assert set(VERSION_MEMBERS.values()) <= {_shown(name) for name in file.headers}
    assert int(file.headers["guitai-till-seq"]) >= 1
    assert (len(file.content), hashlib.sha256(file.content).hexdigest()) == (told["bytes"], told["sha256"])
    assert (file.headers["etag"], file.headers["accept-ranges"]) == (f'"{told["sha256"]}"', "bytes")
    text = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(file.content), read_across_frames=True).read().decode()
    rows = [json.loads(line) for line in text.split("\n")[:-1]]
    assert (text[-1], len(rows)) == ("\n", told["rows"])
    assert [one["row_seq"] for one in rows] == sorted(one["row_seq"] for one in rows)
    assert not any(one.get("deleted") for one in rows)
    held = {(one["kind"], one["id"]): one for one in rows}
    after, last = told["seq"], False
    while not last:
        page = till.pull(STORE, after)
        after, last = take(held, page.value, after), page["last"]
    assert (len(held), checksum(list(held.values()))) == (page["live_rows"], page["checksum"])


def _shown(name: str) -> str:
    return "-".join(one.capitalize() for one in name.split("-"))


def test_a_file_comes_in_ranges(till: Outsider) -> None:
    told = newest(till, "chain")
    target, size = f"/snapshots/chain/{told['id']}", told["bytes"]
    whole = till.call("GET", target).content
    etag = f'"{told["sha256"]}"'
    for header, start, end in (("bytes=0-9", 0, 9), ("bytes=10-", 10, size - 1), ("bytes=-7", size - 7, size - 1),
                               (f"bytes=5-{size + 99}", 5, size - 1)):  # fmt: skip
        got = part(till, target, Range=header, If_Range=etag)
        assert (got.status, got.headers["content-range"]) == (206, f"bytes {start}-{end}/{size}"), header
        assert got.content == whole[start : end + 1]
        assert got.headers["guitai-incarnation-no"] == "1"
    for headers in ({"Range": "bytes=0-9", "If_Range": '"other"'}, {"Range": "bytes=0-1,3-4"}, {"Range": "lines=1-2"},
                    {"Range": "bytes=9-3"}, {"Range": "bytes=-"}, {"Range": f"bytes=0-{size}"}):  # fmt: skip
        got = part(till, target, **headers)
        assert (got.status, got.content) == (200, whole), headers
    for header in (f"bytes={size}-", "bytes=-0"):
        got = part(till, target, Range=header)
        assert (got.status, got.content, got.headers["content-range"]) == (416, b"", f"bytes */{size}")
        assert got.headers["guitai-life"]
    unchanged = part(till, target, If_None_Match=f'"x", {etag}')
    assert (unchanged.status, unchanged.content, unchanged.headers["etag"]) == (304, b"", etag)


def test_an_id_that_is_not_served_names_the_newest(till: Outsider) -> None:
    told = newest(till, "chain")
    gone = till.call("GET", f"/snapshots/chain/{uuid7()}")
    assert (gone.status, gone.problem, gone["newest"]) == (410, "snapshot", told["id"])
    other = till.call("GET", f"/snapshots/{STORE}/{told['id']}")
    assert other.problem in ("snapshot", "not_found"), "a file belongs to its bucket"
    assert till.call("GET", "/snapshots/store:s900").problem == "forbidden"
    assert till.call("GET", f"/snapshots/store:s900/{told['id']}").problem == "forbidden"
    assert till.call("GET", "/snapshots/region:r1:63").status in (200, 404)
    assert till.call("DELETE", f"/snapshots/chain/{told['id']}").problem == "method"
    assert till.call("GET", f"/snapshots/chain/{told['id']}/x").problem == "not_found"
