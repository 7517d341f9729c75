"""The measured table in the READMEs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.benchmarks import readme
from tests.benchmarks.harness import Row, write_json


def test_the_last_run_replaces_the_table_of_both_readmes(tmp_path: Path) -> None:
    facts = {"date": "2026-11-22", "cores": 2, "machine": "m", "python": "3.11", "load": 1.25, "seconds": 99}
    row = Row("1", "card", 100.0, 50.0, 2.0, 1.9, 2.1, 2.0, note="in processor time 1.50")
    write_json([row], tmp_path / "bench.json", facts)
    for name in readme.WORDS:
        (tmp_path / name).write_text(f"before\n{readme.START}\nold\n{readme.END}\nafter\n", encoding="utf-8")
    readme.main(tmp_path)
    for name in readme.WORDS:
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert text.startswith(f"before\n{readme.START}\n")
        assert text.endswith(f"{readme.END}\nafter\n")
        assert "old" not in text
        assert "| 1 | card | 100 µs | 50 µs | 2.00 | 1.90 – 2.10 | ≤ 2 | reached |" in text
        assert "- 1 card: in processor time 1.50" in text
    assert json.loads((tmp_path / "bench.json").read_text())["rows"][0]["holds"]


def test_a_readme_without_a_place_for_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="bench"):
        readme.between("text", "table")
