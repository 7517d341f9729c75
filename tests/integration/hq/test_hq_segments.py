"""Segments and tags: who is in one, what a till is told of it, and what a sale of before says."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli import main
from sync.hq.segments import Segmented, set_segment
from tests.support.days import at_ms
from tests.support.head_office import HeadOffice, demo_programme
from tests.support.wire_client import BASIS, NewMember, WireTill, enrol_member, sell

NAME = "demo:2"


def number_of(till: WireTill, member: NewMember) -> str:
    found: str = till.rows("member")[member.member_id]["member_no"]
    return found


def test_a_segment_is_who_it_names_and_nobody_else(hq: HeadOffice) -> None:
    till = hq.till()
    one, other = enrol_member(till), enrol_member(till, phone="+8613800005678")
    till.push()
    first, second = number_of(till, one), number_of(till, other)
    assert set_segment(hq.office, "vip", [first, "nobody"]) == Segmented(1, 0, ("nobody",))
    assert till.rows("member")[one.member_id]["segments"] == ["vip"]
    assert till.rows("segment")["vip"]["members_rough"] == 1
    assert set_segment(hq.office, "vip", [second]) == Segmented(1, 1, ())
    assert set_segment(hq.office, "vip", [second]) == Segmented(0, 0, ())
    assert till.rows("member")[one.member_id]["segments"] == []
    assert hq.faults() == []


def test_a_till_that_did_not_know_of_it_yet_was_right_by_its_basis(hq: HeadOffice) -> None:
    rule = {"id": "vip", "kind": "multiply", "factor": "2", "when": {"segments": ["vip"], "tags": ["friend"]}}
    document = {**demo_programme(), "version": 2}
    hq.publish({**document, "earn": {**document["earn"], "rules": [rule]}})
    till = hq.till()
    member = enrol_member(till)
    till.write("member_edit", {"base_ver": 1, "fields": [], "tags_add": ["friend"], "staff_id": "1"},
               member_id=member.member_id)  # fmt: skip
    till.push()
    set_segment(hq.office, "vip", [number_of(till, member)])
    basis = {**BASIS, "programme": NAME, "account_ver": 1, "tags": ["friend"]}
    sell(till, 10_000, member, basis=basis, at_ms=at_ms("2026-03-01"))
    because = [{"rule": "base", "line": 0, "points": 100}, {"rule": "vip", "line": 0, "points": 100}]
    result = {"payable_minor": 10_000, "earned": 200, "to_follow": 0, "redeemed": 0, "because": because}
    sell(till, 10_000, member, basis={**basis, "segments": ["vip"]}, body={"result": result},
         at_ms=at_ms("2026-03-02"))  # fmt: skip
    results = till.push(3).value["results"]
    assert [one.get("code") for one in results] == ["stale_basis", None]
    assert till.rows("account")[member.account_id]["balance"] == 300


def test_the_command_names_numbers_that_are_nobodys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, source, file = tmp_path / "hq", tmp_path / "members.csv", tmp_path / "vip.txt"
    assert main(["--lang", "en", "hq", "init", "--data", str(folder), "--store", "s027"]) == 0
    source.write_text("member_no,points\n7,50\n", encoding="utf-8")
    assert main(["hq", "import", "members", str(source), "--data", str(folder), "--store", "s027"]) == 0
    file.write_text("7\n\n8\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["--lang", "en", "hq", "segment", "vip", str(file), "--data", str(folder)]) == 3
    said = capsys.readouterr()
    assert said.out == "Segment vip: 1 members came in, 0 went out\n"
    assert "number 8" in said.err
    assert main(["--lang", "en", "hq", "segment", "v i p", str(file), "--data", str(folder)]) not in (0, 3)
    assert main(["--lang", "en", "hq", "segment", "vip", str(tmp_path / "none"), "--data", str(folder)]) not in (0, 3)
