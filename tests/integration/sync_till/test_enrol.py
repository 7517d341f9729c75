"""`guitai enrol`: the right code makes this till head office's; whatever is wrong has words and changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.store import keys
from app.store.connect import TILL, connect
from app.store.enrolled import head_office, store_pepper
from app.store.event_key import event_n, head_of
from app.store.folder import TILL_FILE, FolderLock
from app.store.pins import FLOOR, ArgonPins
from tests.support import tills
from tests.support.commands import open_till_db
from tests.support.facts import open_shift, sell
from tests.support.head_office import HeadOffice
from tests.support.loopback import Loopback, Said, certificate, said_json

Enrol = Callable[..., int]
WRONG_CODE = "AAAA-BBBB-CCCC"


def identity(data: Path) -> tuple[str, int, str, str]:
    db = open_till_db(data)
    try:
        found: tuple[str, int, str, str] = db.execute("SELECT till_id, epoch, store_id, region_id FROM meta").fetchone()
        return found
    finally:
        db.close()


def sold(data: Path, times: int) -> None:
    files = tills.opened(data)
    try:
        if files.book.open_shift() is None:
            open_shift(files)
        for _ in range(times):
            sell(files)
    finally:
        files.close()


def test_a_till_becomes_one_of_head_office_s(office: HeadOffice, data: Path, enrol: Enrol) -> None:
    sold(data, 2)
    before = identity(data)
    assert enrol(office.address, office.code()) == 0
    after = identity(data)
    assert after[0] != before[0]
    assert after[1:] == (1, "s027", "r1")
    db = open_till_db(data)
    office_row = head_office(db)
    assert office_row is not None
    assert (office_row.url, office_row.key_name) == (office.address, "signing-1")
    assert head_of(db, 1).seq == 2
    assert db.execute("SELECT acked_through, sent_through FROM meta").fetchone() == (0, 2)
    assert db.execute("SELECT min(closed) FROM number_block").fetchone() == (1,)
    db.close()


def test_enrolled_again_its_events_move_to_the_new_identity_unchanged(
    office: HeadOffice, data: Path, enrol: Enrol
) -> None:
    assert enrol(office.address, office.code()) == 0
    sold(data, 3)
    db = open_till_db(data)
    raws = db.execute("SELECT raw, hash FROM event ORDER BY n").fetchall()
    db.close()
    till_id = identity(data)[0]
    assert enrol(office.address, office.code(till_id=till_id)) == 0
    assert identity(data)[:2] == (till_id, 2)
    db = open_till_db(data)
    assert db.execute("SELECT raw, hash FROM event ORDER BY n").fetchall() == raws
    assert db.execute("SELECT min(n), max(n) FROM event").fetchone() == (event_n(2, 1), event_n(2, 3))
    assert db.execute("SELECT min(n), max(n) FROM sale").fetchone() == (event_n(2, 1), event_n(2, 3))
    assert head_of(db, 2).seq == 3
    db.close()
    sold(data, 1)


@pytest.mark.parametrize("used", [False, True], ids=["unknown", "used by another till"])
def test_a_wrong_or_used_code_changes_nothing(
    used: bool, office: HeadOffice, data: Path, enrol: Enrol, capsys: pytest.CaptureFixture[str]
) -> None:
    code = WRONG_CODE
    if used:
        code = office.code()
        assert office.stranger().enrol(code).status == 200
    before = identity(data)
    assert enrol(office.address, code) != 0
    assert "(S-45)" in capsys.readouterr().err
    assert identity(data) == before


def test_a_lost_answer_is_asked_for_again_with_the_same_key(
    office: HeadOffice, data: Path, enrol: Enrol, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = office.code()

    def lost(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("app.wiring.enrol_cli.take_identity", lost)
        assert enrol(office.address, code) != 0
    assert enrol(office.address, code) == 0
    assert [name for name in keys.load(data, os.environ).wrapped if name.startswith("signing-")] == ["signing-1"]


@pytest.mark.parametrize(
    ("url", "reference"),
    [
        ("http://hq.example", "(S-43)"), ("ftp://hq.example", "(S-42)"), ("hq.example", "(S-42)"),
        ("https://", "(S-42)"), ("https://hq.example/?x=1", "(S-42)"), ("https://me@hq.example", "(S-42)"),
        ("http://127.0.0.1:1", "(S-52)"), ("http://[::1", "(S-42)"),
    ],
)  # fmt: skip
def test_an_address_that_will_not_do_is_refused_in_words(
    url: str, reference: str, data: Path, enrol: Enrol, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enrol(url, WRONG_CODE) != 0
    assert reference in capsys.readouterr().err


@pytest.mark.parametrize(
    ("said", "reference"),
    [
        (Said(200, b"<html></html>", {"Content-Type": "text/html"}), "(S-39)"),
        (said_json(200, {"till_id": "nobody"}), "(S-39)"),
        (Said(500, b"oops", {"Content-Type": "application/json"}), "(S-39)"),
        (said_json(403, {"type": 5}), "(S-40)"),
    ],
    ids=["a captive portal", "another shape", "no JSON", "no problem we know"],
)
def test_something_else_than_head_office_is_not_believed(
    said: Said, reference: str, data: Path, enrol: Enrol, capsys: pytest.CaptureFixture[str]
) -> None:
    before = identity(data)
    with Loopback(lambda _: said) as server:
        assert enrol(server.address, WRONG_CODE) != 0
    assert reference in capsys.readouterr().err
    assert identity(data) == before


def test_somebody_else_s_certificate_is_not_asked(
    data: Path, enrol: Enrol, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs, _ = certificate(tmp_path, "theirs")
    _, ours = certificate(tmp_path, "ours")
    authority = tmp_path / "ca.pem"
    authority.write_text(ours, encoding="ascii")
    with Loopback(lambda _: said_json(200, {}), theirs) as server:
        assert enrol(server.address, WRONG_CODE, "--ca", authority) != 0
        assert server.asked == []
    said = capsys.readouterr().err
    assert "(S-38)" in said
    assert "--ca" in said


@pytest.mark.parametrize(("content", "reference"), [(b"nothing", "(S-44)"), (b"\xff", "(")])
def test_a_file_without_a_certificate_is_refused(
    content: bytes, reference: str, data: Path, enrol: Enrol, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    authority = tmp_path / "ca.pem"
    authority.write_bytes(content)
    assert enrol("https://hq.example", WRONG_CODE, "--ca", authority) != 0
    assert reference in capsys.readouterr().err


def test_a_till_in_use_is_not_enrolled(data: Path, enrol: Enrol, capsys: pytest.CaptureFixture[str]) -> None:
    with FolderLock(data):
        assert enrol("http://127.0.0.1:1", WRONG_CODE) != 0
    assert "(T-01)" in capsys.readouterr().err


def test_the_signing_key_is_wrapped_and_stands_nowhere_in_the_open(
    office: HeadOffice, data: Path, enrol: Enrol
) -> None:
    assert enrol(office.address, office.code()) == 0
    raw = keys.load(data, os.environ).key("signing-1").raw
    db = connect(data / TILL_FILE, keys.load(data, os.environ).key(TILL_FILE), TILL)
    db.close()
    for path in data.iterdir():
        content = path.read_bytes()
        assert raw not in content
        assert raw.hex().encode() not in content


def test_staff_of_head_office_sign_on_with_the_store_s_pepper_and_own_staff_as_before(
    office: HeadOffice, data: Path, enrol: Enrol
) -> None:
    assert enrol(office.address, office.code()) == 0
    pepper = store_pepper(keys.load(data, os.environ))
    assert pepper is not None
    from_head_office = ArgonPins(pepper, FLOOR).hash("13579")
    files = tills.opened(data)
    try:
        assert files.pins.verify(from_head_office, "13579")
        assert not files.pins.verify(from_head_office, "13570")
        assert files.pins.verify(files.essentials.staff()[0].pin_hash, tills.PIN)
        assert ArgonPins(pepper, FLOOR).verify(files.pins.hash("24680"), "24680")
    finally:
        files.close()
