"""`make prove`: all 6,919 real purchases over a bad network to head office on PostgreSQL; all as the file has it."""

from __future__ import annotations

from pathlib import Path

from tests.support import cdnow
from tests.support.commands import guitai
from tests.support.postgres import postgres

SEED = "20261122"
TAKES_S_MAX = 3_000


def test_a_bad_network_loses_and_doubles_no_purchase(tmp_path: Path) -> None:
    totals = cdnow.totals(list(cdnow.purchases())).values()
    points = sum(earned for _, _, earned in totals)
    with postgres() as server:
        options = ("--work", tmp_path / "work", "--database", server.database(), "--chaos", SEED)
        done = guitai("--lang", "en", "replay", cdnow.FILE, *options, within_s=TAKES_S_MAX)
    assert done.code == 0, done.out + done.err
    assert (
        f"Head office: 6919 sales, 244091.94 in all, {points} points; 2357 customers compared, 0 differ\n" in done.out
    )
    assert " requests were disturbed: " in done.out
    assert done.out.endswith("head office: 0 differences\n")
