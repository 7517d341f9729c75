"""`make prove`: all 6,919 real purchases through two tills and head office; everything as the file has it."""

from __future__ import annotations

from pathlib import Path

from tests.support import cdnow
from tests.support.commands import guitai


def test_real_purchases_add_up_to_the_cent_and_to_the_point_at_head_office(tmp_path: Path) -> None:
    rung = list(cdnow.purchases())
    totals = cdnow.totals(rung).values()
    money, points = sum(minor for _, minor, _ in totals), sum(earned for _, _, earned in totals)
    assert (len(rung), len(totals)) == (6_919, 2_357)
    done = guitai("--lang", "en", "replay", cdnow.FILE, "--work", tmp_path / "work")
    assert done.code == 0, done.out + done.err
    sums = f"Head office: 6919 sales, {money // 100}.{money % 100:02d} in all, {points} points; "
    assert sums + "2357 customers compared, 0 differ\n" in done.out
    assert done.out.endswith("head office: 0 differences\n")
    for till in ("till-1", "till-2"):
        verified = guitai("--lang", "en", "verify", "--data", tmp_path / "work" / till)
        assert (verified.code, "intact" in verified.out) == (0, True)
