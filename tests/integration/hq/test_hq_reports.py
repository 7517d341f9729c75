"""What an operator reads: stale and wrong figures per store and one by one, and what partners owe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from sync.hq import reports
from sync.hq.reports import Settlement, Span, StoreBasis
from sync.hq.schema import REVISIONS
from tests.support.days import at_ms
from tests.support.head_office import HeadOffice, demo_programme
from tests.support.wire_client import BASIS, enrol_member, sell

EVER = Span(0, 1 << 53)
GOLD = {**BASIS, "tier": "gold", "account_ver": 1}


def gold_result(minor: int) -> dict[str, Any]:
    """What a till promises that takes a member for gold."""
    base, more = minor // 100, minor // 500
    because = [{"rule": "base", "line": 0, "points": base}, {"rule": "gold", "line": 0, "points": more}]
    return {"payable_minor": minor, "earned": base + more, "to_follow": 0, "redeemed": 0, "because": because}


def test_stale_and_wrong_figures_are_counted_per_store_and_kept_one_by_one(hq: HeadOffice) -> None:
    here, there = hq.till(), hq.till("s028")
    member = enrol_member(here)
    sell(here, 10_000, member)
    sell(here, 10_000, member, basis=GOLD, body={"result": gold_result(10_000)})
    wrong = sell(here, 10_000, member, earned=777)
    here.push()
    sell(there, 5_000, member)
    there.push()
    with hq.office.database.read() as connection:
        found = reports.basis_by_store(connection, EVER)
        [filed] = reports.findings(connection, EVER, "wrong_figures")
        assert list(reports.findings(connection, Span(0, 1), "wrong_figures")) == []
        assert reports.basis_by_store(connection, Span(0, 1)) == []
    assert found == [StoreBasis("s027", 3, 1, 1, 0), StoreBasis("s028", 1, 0, 0, 0)]
    assert [one.stale_per_mille for one in found] == [333, 0]
    assert StoreBasis("s029", 0, 0, 0, 0).stale_per_mille == 0
    assert (filed.event_id, filed.figures["promised"]["earned"]) == (wrong["event_id"], 777)
    assert filed.figures["with_basis"]["earned"] == 100
    assert filed.figures["now"]["earned"] == 100


def test_a_partners_points_are_settled_less_what_came_back(hq: HeadOffice) -> None:
    rule = {"id": "acme", "kind": "bonus", "points": 100, "partner": "acme", "when": {"categories": ["tea"]}}
    document = {**demo_programme(), "version": 2}
    hq.publish({**document, "earn": {**document["earn"], "rules": [rule]}})
    till = hq.till()
    member = enrol_member(till)
    line = {"sku": "A", "category": "tea", "qty": 2, "unit_minor": 5_000, "discount_minor": 0, "tax_minor": 0}
    because = [{"rule": "base", "line": 0, "points": 100}, {"rule": "acme", "line": 0, "points": 100}]
    result = {"payable_minor": 10_000, "earned": 200, "to_follow": 0, "redeemed": 0, "because": because}
    basis = {**BASIS, "programme": "demo:2", "account_ver": 1}
    when = at_ms("2026-03-31")
    sold = sell(till, 10_000, member, body={"lines": [line], "result": result}, basis=basis, at_ms=when)
    sell(till, 10_000, member, body={"lines": [line], "result": result}, basis=basis, at_ms=at_ms("2026-04-01"))
    till.write(
        "sale_return",
        {"shift_id": "s", "receipt_no": "r", "staff_id": "1", "business_on": "2026-04-02", "of": sold["event_id"],
         "lines": [{"line": 0, "qty": 1}], "tenders": [],
         "result": {"refund_minor": 5_000, "earned_reversed": 100, "points_restored": 0}},
        basis=basis, at_ms=at_ms("2026-04-02"),
    )  # fmt: skip
    assert {one.get("code") for one in till.push().value["results"]} == {None}
    with hq.office.database.read() as connection:
        book = hq.office.book(connection)
        assert reports.settlement(book, EVER) == [Settlement("acme", "acme", 2, 200, 50, 150)]
        assert reports.settlement(book, Span(0, at_ms("2026-04-01"))) == [Settlement("acme", "acme", 1, 100, 50, 50)]


def test_the_commands_say_the_same_in_words_and_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "hq"
    assert main(["--lang", "en", "hq", "init", "--data", str(folder), "--store", "s027"]) == 0
    office = HeadOffice(tmp_path, f"sqlite:///{tmp_path / 'other.db'}")
    till = office.till()
    member = enrol_member(till)
    sell(till, 10_000, member, earned=777)
    till.push()
    newest = f"INSERT INTO alembic_version VALUES ('{REVISIONS[-1]}')"
    office.write(lambda connection: connection.exec_driver_sql("CREATE TABLE alembic_version (version_num text)"))
    office.write(lambda connection: connection.exec_driver_sql(newest))
    office.close()
    (folder / "hq.toml").write_text(f'database = "sqlite:///{tmp_path / "other.db"}"\n', encoding="utf-8")

    def run(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main(["--lang", "en", "hq", "report", *words, "--data", str(folder)])
        return code, capsys.readouterr().out

    nothing = "Nothing of that kind in these days\n"
    assert run("stale-basis") == (0, "s027: 1 events, 0 stale (0.0 %), 1 wrong, 0 recomputed\n")
    assert json.loads(run("stale-basis", "--json")[1])[0]["wrong"] == 1
    assert '"earned": 777' in run("findings")[1]
    assert run("findings", "--until", "2000-01-01") == (0, nothing)
    assert run("partners", "--from", "2000-01-01", "--until", "9999-12-31") == (0, nothing)
    assert run("partners", "--json") == (0, "[]\n")
    assert run("partners", "--from", "2026-03-31", "--until", "2026-03-01")[0] != 0
    assert run("partners", "--from", "soon")[0] != 0
