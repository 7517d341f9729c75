"""`guitai hq import`: members and products come from files once, corrections come again, tills read the feed."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from app.domain.card import luhn_digit
from tests.support.commands import guitai


def live_rows(folder: Path, kind: str) -> list[dict[str, object]]:
    """The live rows of a kind, as their raw says."""
    database = sqlite3.connect(folder / "hq.db")
    try:
        found = database.execute("SELECT raw FROM feed_row WHERE kind = ? AND raw IS NOT NULL ORDER BY id", (kind,))
        return [json.loads(raw) for (raw,) in found]
    finally:
        database.close()


def member_file(path: Path, count: int, name: str = "张小凡") -> Path:
    lines = ["会员号,姓名,手机,卡号,积分,等级,入会日期"]
    for number in range(count):
        card = f"88{number:010d}"
        card += luhn_digit(card)
        lines.append(f"M{number:06d},{name},138{number:08d},{card},{number},gold,2024-01-0{number % 9 + 1}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_members_come_once_and_are_corrected_by_a_later_file(tmp_path: Path) -> None:
    folder, path = tmp_path / "hq", tmp_path / "members.csv"
    guitai("hq", "init", "--data", folder, "--store", "s027")
    take = ("--lang", "en", "hq", "import", "members", path, "--data", folder, "--store", "s027")
    member_file(path, 1_200)
    first = guitai(*take)
    assert (first.code, first.out.strip()) == (0, "Added 1200, changed 0, unchanged 0, refused 0")
    again = guitai(*take)
    assert again.out.strip() == "Added 0, changed 0, unchanged 1200, refused 0"
    member_file(path, 3, "李四")
    later = guitai(*take)
    assert later.out.strip() == "Added 0, changed 3, unchanged 0, refused 0"
    accounts = live_rows(folder, "account")
    assert len(live_rows(folder, "member")) == len(live_rows(folder, "card")) == len(accounts) == 1_200
    assert sum(int(str(one["balance"])) for one in accounts) == sum(range(1_200))
    assert {one["tier"] for one in accounts} == {"gold"}
    assert guitai("hq", "verify", "--data", folder).code == 0


def test_products_go_to_every_store(tmp_path: Path) -> None:
    folder, path = tmp_path / "hq", tmp_path / "products.csv"
    path.write_text("货号,品名,价格,条码\nA1,茶,12.50,\nA2,杯,9.00,\nA3,碗,x,\n", encoding="utf-8")
    guitai("hq", "init", "--data", folder, "--store", "s027", "--store", "s028")
    done = guitai("--lang", "en", "hq", "import", "products", path, "--data", folder)
    assert (done.code, done.out.strip()) == (3, "2 lines read, 1 refused")
    assert [(one["id"], one["unit_minor"]) for one in live_rows(folder, "product")] == [
        ("A1", 1_250), ("A1", 1_250), ("A2", 900), ("A2", 900),
    ]  # fmt: skip
    assert guitai("hq", "import", "products", path, "--data", folder, "--store", "nowhere").code == 4
