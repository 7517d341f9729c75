"""Draws every screen of ui/views/screens.py offscreen into docs/screens, in both languages and themes.

The people and goods are those of the design pictures. `python -m tools.screenshots [NAME…]` draws only those.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "screens"


def main(wanted: list[str]) -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from tools.screens_stage import Drawer
    from ui.views.screens import pictures

    app = QApplication.instance() or QApplication(["screenshots"])
    assert isinstance(app, QApplication)
    FOLDER.mkdir(parents=True, exist_ok=True)
    drawer = Drawer(app, ROOT / "resources")
    for name in pictures():
        if not wanted or any(name.startswith(part) for part in wanted):
            drawer.draw(name, FOLDER / f"{name}.png")
    if not wanted:
        known = {f"{name}.png" for name in pictures()}
        for old in FOLDER.glob("*.png"):
            if old.name not in known:
                old.unlink()
        (FOLDER / "README.md").write_text(index(), encoding="utf-8")
    return 0


def index() -> str:
    """docs/screens/README.md: every screen with its pictures."""
    from ui.views.screens import LANGUAGES, SCREENS, SIZES, THEMES

    lines = [
        "# Screens",
        "",
        "Drawn by `make screenshots`; a test compares this folder with `ui/views/screens.py`. The people and goods are",
        "invented. Letters name the design picture each was compared with.",
        "",
    ]
    for entry in SCREENS:
        beside = f" (design picture {', '.join(entry.look.split())})" if entry.look else ""
        lines += [f"## {entry.title}{beside}", "", "| 简体中文 | English |", "|---|---|"]
        kinds = list(THEMES)
        if entry.everywhere:
            kinds += ["contrast", *(f"light-{size}" for size in SIZES if size)]
        for kind in kinds:
            cells = (f"![{entry.title}]({entry.name}-{lang}-{kind}.png)" for lang in LANGUAGES)
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
