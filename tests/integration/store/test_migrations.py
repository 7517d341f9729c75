"""The two schema lines: they match the tables, upgrade a filled older file after a copy, and leave newer ones alone."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from app.errors import StoreError
from app.services.import_members import ImportedMember
from app.store import connect, keys, migrate
from app.store.folder import TILL_FILE, cache_file
from app.store.keys import FileKey
from app.store.mark import MARK_FILE
from app.store.member_rows import rows_of
from app.store.migrate import BACKUP_FOLDER, CACHE_LINE, TILL_LINE, Line, open_current, revision, upgrade
from app.store.tables import cache as cache_tables
from app.store.tables import till as till_tables
from tests.support import tills

LINES = pytest.mark.parametrize("line", [TILL_LINE, CACHE_LINE], ids=["till", "cache"])
KEY = FileKey("old.db", bytes(range(32)))


def old_file(folder: Path, line: Line, name: str = "old.db") -> Path:
    """An encrypted file at the line's first revision."""
    path = folder / name
    connect.create(path, KEY, line.tuning).close()
    upgrade(path, KEY, line, to=line.revisions[0])
    return path


def fill_old_till(path: Path) -> None:
    db = connect.connect(path, KEY, connect.TILL)
    db.execute("INSERT INTO meta VALUES (1, 't', 1, 's', 'r', 0, 0, 0, 0)")
    for n in range(1, 4):
        db.execute(
            "INSERT INTO sale VALUES (?, ?, ?, 5, '2026-01-01', 'sh', 'st', 'CNY', 'm', NULL, 'card',"
            " 900, 900, 0, 900, 0, 0, 0, 0, 0, 9, 0, 0, '{\"tenders\":[]}')",
            (n, f"e{n}", f"r{n}"),
        )
        db.execute("INSERT INTO sale_line VALUES (?, 0, 'g', NULL, NULL, NULL, 2, 500, 100, 0)", (n,))
    db.execute("DELETE FROM sale_line WHERE sale = 3")
    db.execute("INSERT INTO event VALUES (7, 'e9', 'enrolment', 44, NULL, NULL, '', 'hash', '{}')")
    db.close()


def old_member(n: int, **more: object) -> str:
    row = {"id": f"m{n}", "kind": "member", "ver": 1, "member_no": str(n), "home_store_id": "s", **more}
    return json.dumps(row, ensure_ascii=False)


def fill_old_cache(path: Path) -> None:
    db = connect.connect(path, KEY, connect.CACHE)
    rows = [
        (1, old_member(1, name="张小凡", pinyin="Zhang xiao fan", phone="+8613816582719")),
        (2, old_member(2)),
        (3, None),
        (4, old_member(4, name="Mary Smith·王")),
    ]
    for n, raw in rows:
        db.execute("INSERT INTO member VALUES (?, 1, ?, 0, 1, ?, ?, NULL)", (n, f"m{n}", n, raw))
    db.close()


@pytest.mark.filterwarnings("ignore:.*expression-based index .?ix_member_number")
@LINES
def test_the_scripts_make_the_tables_the_program_expects(line: Line, tmp_path: Path) -> None:
    from alembic import command

    path = tmp_path / "new.db"
    connect.create(path, KEY, line.tuning).close()
    upgrade(path, KEY, line)
    made = connect.engine(path, KEY, line.tuning)
    config = migrate.alembic_config(line)
    tables = till_tables if line is TILL_LINE else cache_tables
    with made.connect() as connection:
        config.attributes.update(connection=connection, metadata=tables.METADATA)
        config.stdout = io.StringIO()
        command.check(config)
    made.dispose()


@LINES
def test_the_program_knows_every_revision(line: Line) -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(migrate.alembic_config(line))
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == line.revisions


@LINES
def test_nothing_goes_back_by_a_script(line: Line, tmp_path: Path) -> None:
    from alembic import command

    path = old_file(tmp_path, line)
    upgrade(path, KEY, line)
    made = connect.engine(path, KEY, line.tuning)
    config = migrate.alembic_config(line)
    with made.connect() as connection:
        config.attributes["connection"] = connection
        with pytest.raises(RuntimeError, match="goes back by"):
            command.downgrade(config, "-1")
    made.dispose()


@LINES
def test_a_file_at_its_head_is_opened_without_alembic(line: Line, tmp_path: Path) -> None:
    path = old_file(tmp_path, line)
    upgrade(path, KEY, line)
    open_current(path, KEY, line).close()
    assert not (tmp_path / BACKUP_FOLDER).exists()


def test_a_filled_older_till_is_upgraded_with_its_sales(tmp_path: Path) -> None:
    path = old_file(tmp_path, TILL_LINE)
    fill_old_till(path)
    db = open_current(path, KEY, TILL_LINE)
    assert revision(db, path) == TILL_LINE.head
    assert db.execute("SELECT n, gross_minor, payable_minor, cash_minor FROM sale ORDER BY n").fetchall() == [
        (1, 900, 900, 900),
        (2, 900, 900, 900),
        (3, 0, 900, 900),
    ]
    plan = db.execute("EXPLAIN QUERY PLAN SELECT count(*) FROM event WHERE type = 'enrolment' AND at_ms > 1").fetchall()
    assert "ix_event_enrolment" in str(plan)
    db.close()


def test_a_filled_older_cache_can_be_searched_afterwards(tmp_path: Path) -> None:
    path = old_file(tmp_path, CACHE_LINE)
    fill_old_cache(path)
    db = open_current(path, KEY, CACHE_LINE)
    assert db.execute("SELECT n, phone_back, initials FROM member ORDER BY n").fetchall() == [
        (1, "9172856183168", "zxf"),
        (2, None, None),
        (3, None, None),
        (4, None, None),
    ]
    assert db.execute("SELECT token FROM name_token WHERE member = 1 ORDER BY token").fetchall() == [
        ("zxf",),
        ("凡",),
        ("小凡",),
        ("张小凡",),
    ]
    db.close()


def test_the_script_s_tokens_are_those_of_new_rows(tmp_path: Path) -> None:
    path = old_file(tmp_path, CACHE_LINE)
    names = ("张小凡", "欧阳明月", "Mary Ann O'Neil", "阿卜杜拉·买买提")
    members = [
        ImportedMember(2, f"M{n}", name, f"+861381658271{n}", "", "", "", 0, (), "2026-01-01", "s", "active")
        for n, name in enumerate(names)
    ]
    rows = [rows_of(member, "sh") for member in members]
    db = connect.connect(path, KEY, connect.CACHE)
    for n, one in enumerate(rows, 1):
        db.execute("INSERT INTO member VALUES (?, 1, ?, 0, 1, ?, ?, ?)", (n, one.member[0], n, *one.member[1:]))
    db.close()
    db = open_current(path, KEY, CACHE_LINE)
    for n, one in enumerate(rows, 1):
        tokens = {row[0] for row in db.execute("SELECT token FROM name_token WHERE member = ?", (n,))}
        columns = db.execute("SELECT phone_back, initials FROM member WHERE n = ?", (n,)).fetchone()
        assert (tokens, columns) == (set(one.tokens), (one.phone_back, one.initials))
    db.close()


@LINES
def test_the_copy_from_before_opens_and_is_the_old_file(line: Line, tmp_path: Path) -> None:
    path = old_file(tmp_path, line)
    (tmp_path / BACKUP_FOLDER).mkdir()
    (tmp_path / BACKUP_FOLDER / f"old-{line.revisions[0]}.part").write_bytes(b"half of a copy")
    open_current(path, KEY, line).close()
    kept = tmp_path / BACKUP_FOLDER / f"old-{line.revisions[0]}.db"
    db = connect.connect(kept, KEY, line.tuning)
    assert revision(db, kept) == line.revisions[0]
    assert db.execute("PRAGMA quick_check").fetchone() == ("ok",)
    db.close()
    assert b"SQLite format 3" not in kept.read_bytes()
    assert [one.name for one in (tmp_path / BACKUP_FOLDER).iterdir()] == [kept.name]


@LINES
@pytest.mark.parametrize("found", ["till_9999", ""])
def test_a_file_of_a_later_version_is_left_alone(line: Line, found: str, tmp_path: Path) -> None:
    path = old_file(tmp_path, line)
    db = connect.connect(path, KEY, line.tuning)
    db.execute("UPDATE alembic_version SET version_num = ?", (found,))
    db.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="schema_newer"):
        open_current(path, KEY, line)
    assert path.read_bytes() == before


def test_a_file_without_any_tables_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    db = connect.create(path, KEY, connect.TILL)
    db.execute("CREATE TABLE other (n INTEGER)")
    db.close()
    with pytest.raises(StoreError, match="schema_newer"):
        open_current(path, KEY, TILL_LINE)


def test_a_failing_script_leaves_the_file_and_says_where_the_copy_is(tmp_path: Path) -> None:
    path = old_file(tmp_path, TILL_LINE)
    fill_old_till(path)
    db = connect.connect(path, KEY, connect.TILL)
    db.execute("CREATE TABLE sale_next (n INTEGER)")  # in the way of the script
    db.close()
    with pytest.raises(StoreError) as caught:
        open_current(path, KEY, TILL_LINE)
    assert caught.value.code == "migration_failed"
    assert (tmp_path / str(caught.value.facts["backup"])).exists()
    db = connect.connect(path, KEY, connect.TILL)
    assert revision(db, path) == TILL_LINE.revisions[0]
    assert db.execute("SELECT count(*) FROM sale").fetchone() == (3,)
    db.close()


def test_a_damaged_file_is_not_upgraded_from_a_bad_copy(tmp_path: Path) -> None:
    path = old_file(tmp_path, TILL_LINE)
    fill_old_till(path)
    content = bytearray(path.read_bytes())
    content[-connect.PAGE_BYTES + 50] ^= 1
    path.write_bytes(content)
    with pytest.raises(StoreError, match="backup_failed"):
        open_current(path, KEY, TILL_LINE)
    assert path.read_bytes() == bytes(content)
    assert list((tmp_path / BACKUP_FOLDER).iterdir()) == []


@pytest.fixture
def old_till(folder: Path) -> Path:
    """A whole till whose two files are at their first revisions."""
    ring = keys.load(folder, os.environ)
    (folder / MARK_FILE).unlink()
    for name, line in ((TILL_FILE, TILL_LINE), (cache_file(1), CACHE_LINE)):
        key = ring.key(name)
        (folder / name).unlink()
        connect.create(folder / name, key, line.tuning).close()
        upgrade(folder / name, key, line, to=line.revisions[0])
    db = connect.connect(folder / TILL_FILE, ring.key(TILL_FILE), connect.TILL)
    db.execute("INSERT INTO meta VALUES (1, 't', 1, 's027', 'sh', 1, 0, 0, 0)")
    db.close()
    return folder


def test_an_older_till_opens_upgraded(old_till: Path) -> None:
    opened = tills.opened(old_till)
    assert opened.cache_problem is None
    assert opened.book.pending_count() == 0
    opened.close()
    names = sorted(path.name for path in (old_till / BACKUP_FOLDER).iterdir())
    assert names == ["cache-1-cache_0001.db", "till-till_0001.db"]


def test_an_older_till_with_events_and_overlay_can_synchronise_afterwards(tmp_path: Path) -> None:
    path = old_file(tmp_path, TILL_LINE)
    fill_old_till(path)
    db = connect.connect(path, KEY, connect.TILL)
    db.execute("INSERT INTO effect (key, n, place, points, settled_ver) VALUES ('a-1', 7, 0, 9, NULL)")
    db.close()
    db = open_current(path, KEY, TILL_LINE)
    rows = db.execute("SELECT key, points, settled_ver, before_incarnation_no, before_ver FROM effect").fetchall()
    assert rows == [("a-1", 9, None, None, None)]
    for table in ("sync", "head_office", "event_result", "till_row"):
        assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    db.close()


def test_an_older_cache_keeps_its_rows_and_takes_every_kind_afterwards(tmp_path: Path) -> None:
    path = old_file(tmp_path, CACHE_LINE)
    fill_old_cache(path)
    db = open_current(path, KEY, CACHE_LINE)
    assert db.execute("SELECT count(*) FROM member").fetchone() == (4,)
    assert db.execute("SELECT count(*) FROM other").fetchone() == (0,)
    db.close()
