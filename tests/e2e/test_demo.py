"""`guitai demo`: a day in the shop runs to its end, every receipt is kept, and till and head office agree."""

from __future__ import annotations

from pathlib import Path

from tests.support.commands import guitai

CUT = b"\x1dVB\x00"
TOLD = (
    "300 of 300 members", "The till is enrolled", "A new member is enrolled", "identified by card",
    "The network is cut", "Offline:", "kill -9 in the middle of a sale", "The interrupted sale left nothing",
    "The network is back",
    "points held at head office pay", "used a coupon worth 11.88", "taken back", "to the point: 0 differences",
)  # fmt: skip


def test_a_day_in_the_shop_twice_on_the_same_chain(tmp_path: Path) -> None:
    command = ("--lang", "en", "demo", "--data", tmp_path / "chain", "--output", tmp_path / "out", "--members", "300")
    first = guitai(*command)
    assert first.code == 0, first.out + first.err
    places = [first.out.find(one) for one in TOLD]
    assert places == sorted(places)
    assert places[0] >= 0
    second = guitai(*command)
    assert second.code == 0, second.out + second.err
    assert "of 300 members" not in second.out
    assert "0 differences" in second.out
    pictures = sorted((tmp_path / "out").glob("receipt-*.png"))
    assert len(pictures) == 14
    for one in pictures:
        assert one.with_suffix(".bin").read_bytes().endswith(CUT)
        assert one.with_suffix(".txt").read_text(encoding="utf-8").strip()
