"""Essentials: programmes by time, settings by level, products by barcode or sku, active staff."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.domain.staff import Role
from app.errors import ConfigError, StoreError
from app.store import connect
from app.store.files import TillFiles
from app.store.folder import TILL_FILE
from app.store.install import put_programme, put_setting
from tests.support.tills import NOW_MS, PROGRAMME


@pytest.fixture
def db(files: TillFiles, folder: Path) -> connect.Connection:
    db = connect.connect(folder / TILL_FILE, files.ring.key(TILL_FILE), connect.TILL)
    yield db
    db.close()


def at_ms(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).timestamp() * 1000)


def test_a_sale_uses_the_programme_valid_at_its_time(files: TillFiles, db: connect.Connection) -> None:
    put_programme(db, {**PROGRAMME, "version": 2, "valid_from": "2027-01-01T00:00:00"})
    put_programme(db, {**PROGRAMME, "version": 3, "valid_from": "2028-01-01T00:00:00"})
    files.essentials.forget()
    versions = [
        files.essentials.programme_at(at_ms(text)).version
        for text in ("2026-12-31T23:59:59", "2027-01-01T00:00:00", "2030-01-01T00:00:00")
    ]
    assert versions == [1, 2, 3]


def test_without_a_valid_programme_nothing_is_guessed(files: TillFiles, db: connect.Connection) -> None:
    db.execute("DELETE FROM programme")
    put_programme(db, {**PROGRAMME, "valid_from": "2099-01-01T00:00:00"})
    with pytest.raises(ConfigError, match="programme_missing"):
        files.essentials.programme_at(NOW_MS)


@pytest.mark.parametrize("document", ["{", '{"schema":1}'])
def test_a_programme_that_went_bad_is_named(files: TillFiles, db: connect.Connection, document: str) -> None:
    db.execute("UPDATE programme SET document = ?", (document,))
    with pytest.raises(StoreError, match="programme_stored_bad"):
        files.essentials.programme_at(NOW_MS)


def test_the_narrower_settings_win_key_by_key(files: TillFiles, db: connect.Connection) -> None:
    put_setting(db, "chain", "receipt", {"brand": "链", "closing": "谢谢"})
    put_setting(db, "store", "checkout", {"amount_max_minor": 5, "fast": True})
    before = files.essentials.settings()
    assert files.essentials.settings() is before
    assert before["receipt.brand"] == "柜台测试店"
    assert before["receipt.closing"] == "谢谢"
    assert (before["checkout.amount_max_minor"], before["checkout.fast"]) == (5, True)
    put_setting(db, "till", "receipt", {"brand": "新"})
    files.essentials.forget()
    assert files.essentials.settings()["receipt.brand"] == "新"


def test_people_who_left_may_not_sign_on(files: TillFiles, db: connect.Connection) -> None:
    (row,) = db.execute("SELECT raw FROM staff").fetchone()
    left = json.dumps({**json.loads(row), "id": "x", "staff_no": "0001", "active": False})
    db.execute("INSERT INTO staff VALUES ('x', '0001', 1, ?)", (left,))
    there = [(person.staff_no, person.role) for person in files.essentials.staff()]
    assert there == [("1001", Role.CASHIER), ("1002", Role.SUPERVISOR)]


def test_a_table_that_cannot_be_read_is_said(files: TillFiles) -> None:
    files.book.connection.execute("DROP TABLE setting")
    with pytest.raises(StoreError, match="store_io"):
        files.essentials.settings()
