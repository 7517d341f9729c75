"""Nothing in the project names one machine, a package host, or work left undone."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tools.files import ROOT, SOURCE, report, tracked

# Written with brackets so that this file does not find itself.
MACHINE = re.compile(
    r"(?<![\w.])/(wor[k]|far[m]|roo[t]|home/[a-z]\w*)/|[A-Z]:\\Users\\|"
    r"pypi\.or[g]|pythonhoste[d]|registry\.npmj[s]|deb\.debia[n]"
)
UNDONE = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|NotImplementedErro[r])\b|\bfor no[w]\b")
UNDONE_IN = (*SOURCE, "tools", "migrations", "docs")
BINARY = {".png", ".ico", ".wav", ".ttc", ".gz", ".zst", ".jpg"}


def problems_in(path: Path) -> list[str]:
    if path.suffix in BINARY:
        return []
    try:
        lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []
    found = []
    for number, line in enumerate(lines, 1):
        if MACHINE.search(line):
            found.append(f"{path}:{number}: names one machine or a package host: {line.strip()[:90]}")
        if path.parts[0] in UNDONE_IN and UNDONE.search(line):
            found.append(f"{path}:{number}: a mark of unfinished work: {line.strip()[:90]}")
    return found


def main() -> int:
    problems = [line for path in tracked() for line in problems_in(path)]
    return report(problems, "Use a path relative to the project, or finish the work the mark speaks of.")


if __name__ == "__main__":
    sys.exit(main())
