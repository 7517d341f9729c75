"""Compile every resources/locale/*/LC_MESSAGES/*.po to the .mo the program reads; write only what changed."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def main(root: Path) -> int:
    for source in sorted((root / "resources" / "locale").glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        target = source.with_suffix(".mo")
        if not target.exists() or target.read_bytes() != compiled.getvalue():
            target.write_bytes(compiled.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).parents[1]))
