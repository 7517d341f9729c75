"""`python -m tests.benchmarks.readme`: puts the table of the last run (bench.json) into both READMEs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks.harness import ROOT, Row, table

START, END = "<!-- bench -->", "<!-- /bench -->"
WORDS = {
    "README.md": "Measured {date} on {cores} cores ({machine}, Python {python}) at load {load:.1f}, in {seconds} s:",
    "README.zh-CN.md": "{date} 测于 {cores} 核（{machine}，Python {python}），负载 {load:.1f}，用时 {seconds} 秒：",
}


def between(text: str, block: str) -> str:
    """`text` with `block` between the two marks. ValueError when there are none."""
    head, _, rest = text.partition(START)
    _, mark, tail = rest.partition(END)
    if not mark:
        raise ValueError(f"no {START} … {END}")
    return f"{head}{START}\n{block.strip()}\n{END}{tail}"


def block(found: dict[str, Any], words: str) -> str:
    """When and where, and the table with its notes."""
    rows = [Row(**{name: value for name, value in row.items() if name != "holds"}) for row in found["rows"]]
    lines, _, notes = table(rows).partition("\n\n")
    return "\n\n".join((words.format(**found["facts"]), lines, "\n".join(f"- {note}" for note in notes.splitlines())))


def main(root: Path = ROOT) -> int:
    """Write both."""
    found = json.loads((root / "bench.json").read_text(encoding="utf-8"))
    for name, words in WORDS.items():
        path = root / name
        path.write_text(between(path.read_text(encoding="utf-8"), block(found, words)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
