"""`guitai replay`: a part of the real purchases over a bad network, to the cent; twice is once."""

from __future__ import annotations

from pathlib import Path

from tests.support import cdnow
from tests.support.commands import guitai, open_till_db

LINES = 60
SEED = "1455"
"""Its first requests meet losses and copies, and few that a till waits long for; every fault is met in make prove."""


def events(work: Path) -> list[tuple[int, str]]:
    """Every event of both tills: its number and bytes."""
    found: list[tuple[int, str]] = []
    for name in ("till-1", "till-2"):
        db = open_till_db(work / name)
        try:
            found += db.execute("SELECT n, raw FROM event ORDER BY n").fetchall()
        finally:
            db.close()
    return found


def test_replayed_purchases_equal_the_file_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    file, work = tmp_path / "purchases.txt", tmp_path / "work"
    lines = cdnow.FILE.read_text(encoding="ascii").splitlines(keepends=True)
    file.write_text("".join(lines[:LINES]), encoding="ascii")
    money = sum(one.minor for _, one in zip(range(LINES), cdnow.purchases(), strict=False))
    first = guitai("--lang", "en", "replay", file, "--work", work, "--chaos", SEED)
    assert first.code == 0, first.out + first.err
    for said in ("Till 1 was killed", "Till 2 was killed", "The network was cut", "The network is back"):
        assert said in first.out
    assert " requests were disturbed: " in first.out
    assert "lost_answer" in first.out
    assert f"Head office: {LINES} sales, {money // 100}.{money % 100:02d} in all" in first.out
    assert "0 differ\n" in first.out
    assert "head office: 0 differences" in first.out
    before = events(work)
    again = guitai("--lang", "en", "replay", file, "--work", work)
    assert again.code == 0, again.out + again.err
    assert f"{LINES} of {LINES} purchases were there already" in again.out
    assert "killed" not in again.out
    assert "disturbed" not in again.out
    assert events(work) == before
    file.write_text("".join(lines[1:LINES]), encoding="ascii")
    other = guitai("--lang", "en", "replay", file, "--work", work)
    assert (other.code, "S-61" in other.err) == (4, True)


def test_production_commands_have_no_way_to_the_clock(tmp_path: Path) -> None:
    by_hand = guitai("--lang", "en", "replay-till", "--data", tmp_path, given="{}\n")
    assert (by_hand.code, "S-62" in by_hand.err) == (4, True)
    assert "replay-till" not in guitai("--help").out
    assert guitai("till", "--clock", "0").code == 2
