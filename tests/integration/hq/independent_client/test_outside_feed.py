"""wire.md, "heads", "pull", "verify", "find", "progress": what is read, page by page, and how it adds up."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

import pytest

from tests.integration.hq.independent_client.counter import Customer, Served, enrolled, outcomes, sell
from tests.integration.hq.independent_client.outsider import Outsider, checksum, short, take, uuid7


@pytest.fixture
def till(office: Served) -> Outsider:
    return office.till()


@pytest.fixture
def customer(till: Outsider) -> Customer:
    made = enrolled(till)
    for yuan in range(1, 8):
        sell(till, made, yuan * 100)
    assert outcomes(till.push_new(8)) == ["applied"] * 8
    return made


def region(customer: Customer) -> str:
    return f"region:r1:{short(customer.member_id)[0] % 64:02}"


def test_a_bucket_is_the_same_in_pages_of_any_size(till: Outsider, customer: Customer) -> None:
    store = "store:s027"
    whole = till.bucket(store)
    held: dict[tuple[str, str], dict[str, object]] = {}
    after, last = 0, False
    while not last:
        page = till.pull(store, after, max(1, len(whole) // 3))
        after, last = take(held, page.value, after), page["last"]
    assert held == whole
    assert sum(1 for kind, _ in whole if kind == "sale_line") >= 7
    rows = till.bucket(region(customer))
    assert {("member", customer.member_id), ("account", customer.points)} <= set(rows)
    beyond = till.pull(store, 2**53 - 1)
    assert (beyond.status, beyond["rows"], beyond["last"]) == (200, [], True)


def test_slices_add_up_to_the_bucket(till: Outsider, customer: Customer) -> None:
    bucket = region(customer)
    rows = till.bucket(bucket)
    told = till.call("GET", f"/verify?bucket={bucket}")
    assert (told["live_rows"], told["checksum"]) == (len(rows), checksum(list(rows.values())))
    by_number: dict[int, list[dict[str, object]]] = {}
    for (kind, row_id), row in rows.items():
        by_number.setdefault(short(f"{kind}/{row_id}")[0], []).append(row)
    assert told["slices"] == [
        {"n": n, "live_rows": len(mine), "checksum": checksum(mine)} for n, mine in sorted(by_number.items())
    ]
    n = min(by_number)
    part = till.call("GET", f"/verify?bucket={bucket}&slice={n}")
    assert (part["n"], part["seq"], sorted(one["id"] for one in part["rows"])) == (
        n, told["seq"], sorted(str(one["id"]) for one in by_number[n]))  # fmt: skip


def test_heads_name_what_differs_and_the_buckets_of_the_till(till: Outsider, customer: Customer) -> None:
    all_ = till.call("GET", "/heads")
    assert all_["buckets"] == sorted(all_["buckets"]) == sorted(till.home["buckets"])
    assert {"chain", "store:s027", region(customer), f"till:{till.till_id}"} <= {one["id"] for one in all_["heads"]}
    now = dict.fromkeys(all_["buckets"], 0) | {one["id"]: one["seq"] for one in all_["heads"]}
    since = ",".join(f"{name}.{seq}" for name, seq in now.items())
    answer = till.call("GET", f"/heads?since={since}&wait=1")
    assert (answer["heads"], "buckets" in answer.value) == ([], False)
    lower = since.replace(f"store:s027.{now['store:s027']}", "store:s027.1")
    assert [one["id"] for one in till.call("GET", f"/heads?since={lower}&wait=25")["heads"]] == ["store:s027"]
    higher = since.replace(f"store:s027.{now['store:s027']}", "store:s027.999999")
    assert [one["id"] for one in till.call("GET", f"/heads?since={higher}&wait=25")["heads"]] == ["store:s027"]
    assert till.call("GET", f"/heads?since={since},store:gone.4")["buckets"] == all_["buckets"]


def test_what_is_not_this_tills_is_forbidden_and_nonsense_is_malformed(till: Outsider) -> None:
    for target, status in (
        ("/pull", 400), ("/pull?bucket=store:s900", 403), (f"/pull?bucket=till:{uuid7()}", 403),
        ("/pull?bucket=%00", 403),
        ("/pull?bucket=region:r2:00", 403), ("/pull?bucket=region:r1:64", 403), ("/pull?bucket=chain&limit=0", 400),
        ("/pull?bucket=chain&limit=5001", 400), ("/pull?bucket=chain&after=-1", 400),
        ("/pull?bucket=chain&after=1.0", 400),
        ("/pull?bucket=chain&after=9007199254740992", 400), ("/pull?bucket=chain&bucket=chain", 400),
        ("/pull?bucket=chain&after=%D9%A1", 400), ("/pull?bucket=%ff", 400), ("/heads?wait=26", 400),
        ("/heads?since=chain", 400), ("/heads?since=chain.1,chain.1", 400), ("/heads?since=" + "x" * 8200, 400),
        ("/verify?bucket=chain&slice=256", 400), ("/verify?bucket=store:s900", 403), ("/snapshots/store:s900", 403),
        ("/pull?bucket=region%3Ar1%3A00", 200), ("/verify?bucket=chain&slice=255&future=1", 200),
    ):  # fmt: skip
        assert till.call("GET", target).status == status, target


def test_a_member_is_found_by_what_is_exact(till: Outsider, customer: Customer, office: Served) -> None:
    far = office.till("s900")
    found = far.call("POST", "/members/find", {"phone": customer.phone})["rows"]
    assert [one["kind"] for one in found] == ["member", "account"]
    bucket = f"region:r2:{short(customer.member_id)[0] % 64:02}"
    assert {one["bucket"] for one in found} == {bucket}, "the member joins the till's region"
    assert {kind for kind, _ in far.bucket(bucket)} >= {"member", "account"}
    assert far.call("POST", "/members/find", {"card": "no-such"})["rows"] == []
    for body in ({}, {"card": "1", "phone": "+8613800001234"}, {"card": "a\0b"}, {"card": None}, {"phone": 1}):
        assert far.call("POST", "/members/find", body).problem == "malformed", body
    answers = [far.call("POST", "/members/find", {"card": "1"}) for _ in range(90)]
    limited = next(one for one in answers if one.status != 200)
    assert (limited.status, limited.problem, "retry-after" in limited.headers) == (429, "rate", True)


def test_another_stores_sale_is_found_by_its_receipt(till: Outsider, office: Served) -> None:
    sale = sell(till, None, 5_500, receipt_no="QR-1")
    assert outcomes(till.push_new(1)) == ["applied"]
    settings = till.everything()["settings"]["receipt"]["values"]
    text = f"https://{settings['host']}/r/QR-1?e={sale}&t=5500&p=55"
    mac = hmac.new(bytes.fromhex(settings["key"]), text.encode(), hashlib.sha256).hexdigest()[:16]
    far = office.till("s900")
    asked = {"receipt_no": "QR-1", "event_id": sale, "total_minor": 5500, "points": 55, "mac": mac}
    rows = far.call("POST", "/receipts/find", asked)["rows"]
    assert [(one["kind"], one["id"]) for one in rows] == [("sale_line", f"{sale}:0")]
    assert json.loads(rows[0]["raw"])["receipt_no"] == "QR-1"
    for other in ({"mac": "0" * 16}, {"points": 56}, {"event_id": uuid7()}, {"receipt_no": "QR-2"}):
        assert far.call("POST", "/receipts/find", {**asked, **other}).problem == "not_found", other


def test_progress_is_taken_as_it_comes(till: Outsider) -> None:
    pending = {"events": 3, "oldest_ms": time.time_ns() // 1_000_000}
    report = {"cursors": {"chain": 1}, "version": "0.1", "cache_no": 1, "pending": pending,
              "health": {"disk_mb": 5, "printer": "ready"}}  # fmt: skip
    checkpoint = {"audit_seq": 1, "audit_hash": "0" * 64}
    assert till.call("POST", "/progress", report).status == 200
    assert till.call("POST", "/progress", {**report, "audit_checkpoint": checkpoint, "future": [1]}).status == 200
    for bad in ({"cursors": {"chain": "1"}}, {"health": {str(n): 1 for n in range(65)}}, {"pending": {}}):
        assert till.call("POST", "/progress", {**report, **bad}).problem == "malformed", bad
    assert till.call("POST", "/channel/events", {"events": []}).problem == "forbidden", "a till is no channel"
