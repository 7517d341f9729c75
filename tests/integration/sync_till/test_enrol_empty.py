"""`guitai enrol` in an empty folder: one command and a code make a till that can open its shop."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli import main
from app.store import keys
from tests.support import tills
from tests.support.commands import open_till_db
from tests.support.head_office import HeadOffice
from tests.support.loopback import Loopback, Said

WRONG_CODE = "AAAA-BBBB-CCCC"


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    return tmp_path / "till"


def enrol(folder: Path, url: str, code: str, *more: str | Path) -> int:
    options = ("--url", url, "--code", code, "--key-store", "file", *map(str, more))
    return main(["enrol", "--data", str(folder), *options])


def test_an_empty_folder_becomes_a_till_that_can_open_the_shop(office: HeadOffice, empty: Path) -> None:
    people = empty.parent / "staff.csv"
    people.write_text("staff_no,name,role,pin\n0271,林晓,cashier,24680\n", encoding="utf-8")
    assert enrol(empty, office.address, office.code(), "--till", "7", "--staff", people) == 0
    db = open_till_db(empty)
    try:
        assert db.execute("SELECT epoch, store_id, region_id FROM meta").fetchone() == (1, "s027", "r1")
        assert db.execute("SELECT series, closed FROM number_block ORDER BY 1").fetchall() == [
            ("card", 0),
            ("member", 0),
        ]
        assert db.execute("SELECT programme_id FROM programme").fetchall() == [("demo:1",)]
    finally:
        db.close()
    files = tills.opened(empty)
    try:
        settings = files.essentials.settings()
        assert (settings["till.no"], settings["store.name"]) == ("7", "S027")
        assert [one.name for one in files.essentials.staff()] == ["林晓"]
        with files.book.begin() as write:
            assert write.take_number("member")
    finally:
        files.close()


def test_a_till_nobody_named_has_a_number_of_its_own(office: HeadOffice, empty: Path) -> None:
    assert enrol(empty, office.address, office.code()) == 0
    files = tills.opened(empty)
    try:
        number = str(files.essentials.settings()["till.no"])
        assert (len(number), number.isalnum()) == (4, True)
        assert files.essentials.staff() == ()
    finally:
        files.close()


def test_a_refused_code_leaves_the_folder_empty_for_the_next_try(
    office: HeadOffice, empty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enrol(empty, office.address, WRONG_CODE) != 0
    assert "(S-45)" in capsys.readouterr().err
    assert list(empty.iterdir()) == []
    assert enrol(empty, office.address, office.code()) == 0


def test_head_office_out_of_reach_leaves_the_folder_empty_and_says_nothing_was_enrolled(
    empty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enrol(empty, "http://127.0.0.1:1", WRONG_CODE) != 0
    said = capsys.readouterr().err
    assert "(S-52)" in said
    assert "nothing was enrolled" in said
    assert list(empty.iterdir()) == []


def test_an_answer_cut_off_keeps_the_key_and_asks_for_the_same_command_again(
    empty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Loopback(lambda _: Said(200, b"{", {"Content-Type": "application/json"}, cut=True)) as cut:
        assert enrol(empty, cut.address, WRONG_CODE) != 0
    assert "(S-53)" in capsys.readouterr().err
    assert (empty / keys.KEYS_FILE).exists()


def test_a_lost_answer_keeps_the_key_so_that_the_same_code_counts_again(office: HeadOffice, empty: Path) -> None:
    with Loopback(lambda _: Said(200, b"<html></html>", {"Content-Type": "text/html"})) as portal:
        assert enrol(empty, portal.address, WRONG_CODE) != 0
    assert (empty / keys.KEYS_FILE).exists()
    assert enrol(empty, office.address, office.code()) == 0


@pytest.mark.parametrize(("more", "reference"), [(("--till", "二"), "(B-"), (("--staff", "nowhere.csv"), "(")])
def test_what_was_typed_wrong_makes_no_till(
    more: tuple[str, str], reference: str, empty: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enrol(empty, "https://hq.example", WRONG_CODE, *more) != 0
    assert reference in capsys.readouterr().err
    assert not empty.exists()


def test_a_folder_of_something_else_is_left_alone(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty.mkdir()
    (empty / "letters.txt").write_text("mine", encoding="utf-8")
    assert enrol(empty, "https://hq.example", WRONG_CODE) != 0
    assert capsys.readouterr().err
    assert [one.name for one in empty.iterdir()] == ["letters.txt"]
