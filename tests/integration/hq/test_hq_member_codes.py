"""Week keys of dynamic member codes in `chain`, and one code used for two sales."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import main
from app.clock import ManualClock
from app.domain import member_code
from app.domain.member_code import STEP_MS, WEEK_MS
from sync.hq import meta, purge, reports
from sync.hq.reports import Finding, Span
from sync.hq.tables import CODE_USE
from tests.support.head_office import HeadOffice
from tests.support.wire_client import WireTill, enrol_member, sell

BEGIN_MS = 2_951 * WEEK_MS
STEP = BEGIN_MS // STEP_MS
REPORT = {"cursors": {}, "version": "1", "pending": {"events": 0}, "health": {}, "cache_no": 1}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(BEGIN_MS)


@pytest.fixture
def timed(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[HeadOffice]:
    """A head office with a clock of the test's own."""
    office = HeadOffice(tmp_path, database_url, clock=clock)
    yield office
    office.close()


def keys_of(hq: HeadOffice, till: WireTill) -> dict[str, str]:
    """Week → key as a till pulls them."""
    rows, _ = till.pull_all("chain")
    live = [json.loads(one["raw"]) for one in rows if one["kind"] == "code_key" and "raw" in one]
    master = hq.office.database.run(lambda connection: bytes.fromhex(meta.value(connection, "chain_master")))
    for one in live:
        made = member_code.week_key(master, one["week_no"])
        assert (one["id"], one["key"]) == (str(made.week_no), made.key.hex())
        assert (one["from_ms"], one["until_ms"]) == (made.from_ms, made.until_ms)
    return {one["id"]: one["key"] for one in live}


def twice(hq: HeadOffice) -> list[Finding]:
    with hq.office.database.read() as connection:
        return list(reports.findings(connection, Span(0, 1 << 53), "code_twice"))


def test_a_till_gets_this_week_s_key_and_the_next(timed: HeadOffice, clock: ManualClock) -> None:
    till = timed.till()
    till.now_ms = clock.now_ms
    assert list(keys_of(timed, till)) == ["2952", "2953"]
    timed.restart()
    till.address = timed.address
    assert list(keys_of(timed, till)) == ["2952", "2953"]


def test_a_week_that_begins_while_head_office_serves_brings_its_key(timed: HeadOffice, clock: ManualClock) -> None:
    till = timed.till()
    till.now_ms = clock.now_ms
    clock.set_ms(BEGIN_MS + WEEK_MS - 1)
    assert till.call("POST", "progress", REPORT).status == 200
    assert list(keys_of(timed, till)) == ["2952", "2953"]
    clock.set_ms(BEGIN_MS + WEEK_MS)
    assert till.call("POST", "progress", REPORT).status == 200
    assert list(keys_of(timed, till)) == ["2953", "2954"]
    assert timed.faults() == []


def test_a_code_used_at_two_tills_is_reported_and_nothing_is_refused(hq: HeadOffice) -> None:
    here, there = hq.till(), hq.till("s028")
    member = enrol_member(here)
    first = sell(here, 10_000, member, body={"found_by": "code", "code_step": STEP})
    sell(here, 10_000, member, body={"found_by": "code", "code_step": STEP + 1})
    assert {one["outcome"] for one in here.push().value["results"]} == {"applied"}
    here.push(1)
    assert twice(hq) == []
    second = sell(there, 10_000, member, body={"found_by": "code", "code_step": STEP})
    (answer,) = there.push().value["results"]
    assert (answer["outcome"], answer.get("code")) == ("applied", None)
    (found,) = twice(hq)
    assert (found.event_id, found.store_id) == (second["event_id"], "s028")
    assert (found.figures["code_step"], found.figures["first"]) == (STEP, first["event_id"])


def test_a_code_used_twice_in_one_batch_is_reported_too(hq: HeadOffice) -> None:
    till = hq.till()
    one, other = enrol_member(till), enrol_member(till, phone="+8613800001235")
    for member in (one, other, one):
        last = sell(till, 10_000, member, body={"found_by": "code", "code_step": STEP})
    till.push()
    assert [found.event_id for found in twice(hq)] == [last["event_id"]]


def test_uses_older_than_any_till_s_events_are_forgotten(timed: HeadOffice, clock: ManualClock) -> None:
    till = timed.till()
    till.now_ms = clock.now_ms
    member = enrol_member(till)
    for step in (STEP, STEP + 1):
        sell(till, 10_000, member, body={"found_by": "code", "code_step": step})
    till.push()
    clock.set_ms(BEGIN_MS + STEP_MS + purge.KEPT_DAYS * purge.DAY_MS)
    purge.purge(timed.office)
    assert [row.step for row in timed.read(CODE_USE.select())] == [STEP + 1]


def test_the_command_shows_what_a_phone_would(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "hq"
    members = tmp_path / "members.csv"
    members.write_text("member_no,name\n100000025093,张小凡\n77,王小明\n", encoding="utf-8")
    assert main(["--lang", "en", "hq", "init", "--data", str(folder), "--store", "s027"]) == 0
    assert (
        main(["--lang", "en", "hq", "import", "members", str(members), "--data", str(folder), "--store", "s027"]) == 0
    )

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["--lang", "en", "hq", "member-code", *words, "--data", str(folder)])
        said = capsys.readouterr()
        return code, said.out, said.err

    code, out, _ = run("100000025093")
    shown = member_code.read(out.removeprefix("Member code ").strip())
    assert (code, shown.member_no) == (0, "100000025093")
    told = json.loads(run("100000025093", "--json")[1])
    assert member_code.read(told["code"]).member_no == "100000025093"
    assert len(bytes.fromhex(told["secret"])) == 32
    assert "S-81" in run("100000025094")[2]
    assert "S-82" in run("77")[2]
