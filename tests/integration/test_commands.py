"""The command line on real tills: what it makes, what it says, what it ends with."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import httpx
import pytest

from app.cli import COMMANDS, exit_code, main, translator
from app.errors import ConfigError, DeviceError, Refusal, StoreError
from app.failpoints import Failpoint
from app.store.folder import FolderLock
from app.wiring.till import open_till
from tests.support import tills
from tests.support.commands import PIN, SIGN_ON, STAFF, guitai, new_till, open_till_db, script
from tests.support.loopback import Loopback, Said


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_till(tmp_path_factory.mktemp("commands"))


@pytest.fixture
def data(template: Path, tmp_path: Path) -> Path:
    return tills.copied(template, tmp_path / "till")


@pytest.fixture
def staff(tmp_path: Path) -> Path:
    file = tmp_path / "staff.csv"
    file.write_text(STAFF, encoding="utf-8-sig")
    return file


def run_script(data: Path, tmp_path: Path, *steps: dict[str, object]) -> int:
    file = tmp_path / "script.jsonl"
    file.write_text(script([SIGN_ON, *steps]), encoding="utf-8")
    return main(["till", "--headless", "--script", str(file), "--data", str(data)])


def test_every_command_is_there_and_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out
    for name, (_, _, about) in COMMANDS.items():
        assert (f"  {name}  " in listed) == bool(about), name
        assert main([name, "--help"]) == 0
        assert "Usage" in capsys.readouterr().out


def test_a_new_till_opens_with_what_it_was_given(data: Path) -> None:
    opened = open_till(data, os.environ)
    try:
        till = opened.till
        assert (till.place.store_id, till.place.store_name, till.place.till_no) == ("s027", "静安寺店", "2")
        assert till.place.currency == "CNY"
        assert [person.name for person in till.essentials.staff()] == ["沈岚", "林晓"]
        assert till.essentials.settings()["receipt.host"] == "hui.example"
        assert till.members.count() == 0
    finally:
        opened.close()
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_a_till_is_never_made_over_another(data: Path, staff: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}
    arguments = ["init", "--data", str(data), "--store", "s1", "--till", "1", "--staff", str(staff)]
    assert main([*arguments, "--key-store", "file"]) == 12
    assert "T-03" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()} == before


def test_the_first_person_is_asked_for_when_no_list_is_given(tmp_path: Path) -> None:
    folder = tmp_path / "till"
    made = guitai(
        *("init", "--data", folder, "--store", "s1", "--till", "1", "--key-store", "file"),
        given=f"0103\n沈岚\n{PIN}\n{PIN}\n",
    )
    assert made.code == 0, made.err
    assert PIN not in made.out + made.err


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (["--store", "S 1"], "B-07"),
        (["--till", "two!"], "B-07"),
        (["--timezone", "Mars/Olympus"], "B-06"),
        (["--members-from", "12"], "B-08"),
        (["--cards-from", "990000000000"], "B-08"),
        (["--cards-from", "889999999999"], "B-08"),
        (["--staff", "missing.csv"], "B-09"),
        (["--programme", "missing.toml"], "B-09"),
    ],
)
def test_wrong_options_make_nothing(
    changes: list[str], words: str, tmp_path: Path, staff: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "till"
    right = ["--store", "s1", "--till", "1", "--staff", str(staff), "--key-store", "file"]
    assert main(["init", "--data", str(folder), *right, *changes]) == 4
    assert words in capsys.readouterr().err
    assert not folder.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("staff_no,name\n1,a\n", "B-10"),
        ("staff_no,name,role,pin\n", "B-10"),
        ("staff_no,name,role,pin\n1,李,cashier,12\n", "B-11"),
        ("staff_no,name,role,pin\n1,李,king,1234\n", "B-11"),
        ("staff_no,name,role,pin\n1,,cashier,1234\n", "B-11"),
        ("staff_no,name,role,pin\n1,李\n", "B-11"),
    ],
)
def test_a_staff_list_with_mistakes_makes_nothing(
    text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(text, encoding="utf-8")
    arguments = ["init", "--data", str(tmp_path / "till"), "--store", "s1", "--till", "1"]
    assert main([*arguments, "--staff", str(file), "--key-store", "file"]) == 4
    assert words in capsys.readouterr().err
    assert not (tmp_path / "till").exists()


def test_a_command_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dance"]) == 2
    assert "dance" in capsys.readouterr().err
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("guitai ")


def test_failpoints_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dev", "failpoints"]) == 0
    assert capsys.readouterr().out.split() == [place.value for place in Failpoint]


def test_a_bad_network_may_be_tried_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dev", "chaos", "8700", "--fault", "rain"]) == 2
    assert "half_open" in capsys.readouterr().err
    with Loopback(lambda _: Said(200, b"{}")) as office:
        command = [sys.executable, "-m", "app", "--lang", "en", "dev", "chaos", str(office.port), "--fault", "gateway"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            address = process.stdout.readline().strip().removeprefix("Listening on ")
            assert httpx.get(f"{address}/v1/heads", trust_env=False).status_code == 502
            assert main(["dev", "chaos", str(office.port), "--port", address.rpartition(":")[2]]) == 4
            process.terminate()
            assert process.wait(60) == 0
        assert office.asked == []


def test_without_a_folder_named_it_is_the_users_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify"]) == 11
    assert os.environ["XDG_DATA_HOME"] in capsys.readouterr().err


def test_an_interrupted_command_leaves_no_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(click.Group, "invoke", interrupted)
    assert main(["dev", "failpoints"]) == 130
    assert capsys.readouterr().err == ""


def test_errors_have_an_exit_code_by_their_kind() -> None:
    errors = (StoreError("disk_full"), Refusal("cart_empty"), ConfigError("config_key"), DeviceError("device_lost"))
    assert [exit_code(error) for error in errors] == [28, 3, 4, 5]


def test_a_till_that_is_not_there_is_said_in_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for lang, said in (("en", "There is no till in"), ("zh_CN", "（T-02）")):
        assert main(["--lang", lang, "verify", "--data", str(tmp_path)]) == 11
        assert said in capsys.readouterr().err


def test_the_language_is_chosen_then_that_of_the_machine() -> None:
    assert translator({}, "zh_CN").language == "zh_CN"
    assert translator({"GUITAI_LOOK_LANGUAGE": "zh_CN"}, None).language == "zh_CN"
    assert translator({"LANG": "zh_CN.UTF-8"}, None).language == "zh_CN"
    assert translator({"LC_ALL": "de_DE"}, None).language == "en"
    assert translator({}, None).language == "en"
    assert translator({"GUITAI_LOOK_LANGUAGE": "xx"}, None).language == "en"


def test_one_till_at_a_time_uses_a_folder(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FolderLock(data):
        assert run_script(data, tmp_path) == 10
        assert main(["till", "--data", str(data)]) == 10
    assert capsys.readouterr().err.count("T-01") == 2


def test_a_broken_chain_is_named(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_script(data, tmp_path, {"do": "amount", "amount": "1"}, {"do": "pay"}) == 0
    assert main(["verify", "--data", str(data)]) == 0
    db = open_till_db(data)
    db.execute("UPDATE event SET raw = replace(raw, '\"payable_minor\":100', '\"payable_minor\":900')")
    db.close()
    capsys.readouterr()
    assert main(["verify", "--data", str(data)]) == 35
    assert "T-25" in capsys.readouterr().err
    db = open_till_db(data)
    db.execute("UPDATE event SET raw = replace(raw, '\"payable_minor\":900', '\"payable_minor\":100')")
    db.execute("UPDATE audit SET raw = replace(raw, 'sign_on', 'sign_off')")
    db.close()
    assert main(["verify", "--data", str(data)]) == 35


Answers = Callable[[], list[dict[str, object]]]


@pytest.fixture
def answers(capsys: pytest.CaptureFixture[str]) -> Answers:
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_day_at_the_counter(data: Path, tmp_path: Path, answers: Answers) -> None:
    code = run_script(
        data,
        tmp_path,
        {"do": "enrol", "phone": "13912345678", "name": "王小明", "consents": ["service", "marketing"]},
        {"do": "amount", "amount": "86.40"},
        {"do": "qty", "line": 0, "qty": 2},
        {"do": "redeem", "expect": "redeem_offline"},
        {"do": "pay", "tenders": [{"kind": "qr", "minor": 7280}, {"kind": "cash"}]},
        {"do": "wait_printed"},
        {"do": "find", "text": "王小明"},
        {"do": "find", "text": "5678", "pick": 0},
        {"do": "line", "unit_minor": 0, "name": "赠品"},
        {"do": "pay"},
        {"do": "reprint"},
        {"do": "wait_printed"},
        {"do": "amount", "amount": "5"},
        {"do": "nobody"},
        {"do": "clear"},
        {"do": "status"},
    )
    said = answers()
    assert code == 0, said
    by_line = {int(str(one["line"])): one for one in said}
    assert (by_line[6]["payable_minor"], by_line[6]["earned"], by_line[6]["points_after"]) == (17280, 172, 172)
    assert by_line[7]["state"] == "cancelled"
    assert by_line[8] | {"members": []} == {"line": 8, "do": "find", "ok": True, "total": 1, "members": []}
    assert (by_line[9]["name"], by_line[9]["points"]) == ("王*明", 172)
    assert by_line[17] == {
        "line": 17, "do": "status", "ok": True, "pending": 4, "members": 0, "unknown_jobs": [], "holds": 0,
    }  # fmt: skip


def test_codes_come_through_a_scanner(data: Path, tmp_path: Path, answers: Answers) -> None:
    file = tmp_path / "script.jsonl"
    file.write_text(script([SIGN_ON, {"do": "scan", "code": "8800000025093"}]), encoding="utf-8")
    assert main(["till", "--headless", "--simulate-scanner", "--script", str(file), "--data", str(data)]) == 0
    assert answers()[1] == {
        "line": 2, "do": "scan", "ok": True, "found": "card",
        "name": "", "card": "5093", "points": None, "pending_points": 0,
    }  # fmt: skip


def test_what_is_refused_says_so_and_the_rest_goes_on(data: Path, tmp_path: Path, answers: Answers) -> None:
    steps: list[tuple[dict[str, object], str]] = [
        ({"do": "reprint"}, "receipt_unknown"),
        ({"do": "wait_printed"}, "receipt_unknown"),
        ({"do": "settle", "paper_came_out": True}, "job_settled"),
        ({"do": "pay"}, "cart_empty"),
        ({"do": "find", "text": "zxf", "pick": 0}, "member_unknown"),
        ({"do": "scan", "code": "134567890123456789"}, "payment_code"),
        ({"do": "amount", "amount": "-5"}, "amount_range"),
        ({"do": "amount", "amount": "1", "expect": "amount_range"}, ""),
        ({"do": "pay", "tenders": [{"kind": "beads"}]}, "tender_form"),
        ({"do": "wait_scan", "timeout_s": 0}, "nothing_scanned"),
        ({"do": "sign_on", "staff_no": "9999", "pin": "1"}, "staff_unknown"),
    ]
    assert run_script(data, tmp_path, *(step for step, _ in steps)) == 3
    said = answers()[1:]
    assert [one.get("code", "") for one in said] == [code for _, code in steps]
    assert not any(one["ok"] for one in said)


def test_nothing_is_sold_before_somebody_signs_on(data: Path, tmp_path: Path, answers: Answers) -> None:
    file = tmp_path / "script.jsonl"
    file.write_text(script([{"do": "pay", "expect": "sign_on_first"}]), encoding="utf-8")
    assert main(["till", "--headless", "--script", str(file), "--data", str(data)]) == 0
    assert answers()[0]["ok"] is True


def test_a_script_that_is_missing_or_wrong_ends_with_words(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    till = ["till", "--headless", "--data", str(data)]
    assert main([*till, "--script", str(tmp_path / "none")]) == 4
    assert "B-09" in capsys.readouterr().err
    assert main(till) == 2
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text('{"do": "dance"}\n', encoding="utf-8")
    assert main(["--lang", "zh_CN", *till, "--script", str(wrong)]) == 4
    assert "脚本第 1 行" in capsys.readouterr().err


def test_a_wrong_set_up_opens_nothing(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text, words in (("[printer]\naddress = 'nowhere'\n", "D-"), ("[look]\nsize = 3\n", "B-04")):
        (data / "till.toml").write_text(text, encoding="utf-8")
        assert run_script(data, tmp_path) == 4
        assert words in capsys.readouterr().err


def test_a_demo_till_is_made_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, file = tmp_path / "demo", tmp_path / "script.jsonl"
    file.write_text(script([SIGN_ON, {"do": "status"}]), encoding="utf-8")
    arguments = ["till", "--demo", "50", "--data", str(folder), "--headless", "--script", str(file), "--lang", "en"]
    assert main(arguments) == 0
    assert "Making a demo till with 50 members" in capsys.readouterr().out
    assert main(arguments) == 0
    said = capsys.readouterr().out
    assert "Making" not in said
    assert json.loads(said.splitlines()[-1])["members"] == 50
