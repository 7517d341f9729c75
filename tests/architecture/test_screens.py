"""docs/screens shows every screen the till has, and nothing else."""

from __future__ import annotations

import re

from tools.files import ROOT
from ui.views.screens import LANGUAGES, SCREENS, THEMES, pictures

FOLDER = ROOT / "docs" / "screens"


def test_every_screen_has_its_pictures_and_every_picture_its_screen() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.png")) == sorted(pictures())


def test_a_screen_is_drawn_in_both_languages_and_themes() -> None:
    drawn = set(pictures())
    assert {f"{entry.name}-{lang}-{theme}" for entry in SCREENS for lang in LANGUAGES for theme in THEMES} <= drawn
    assert (set(LANGUAGES), set(THEMES)) == ({"zh", "en"}, {"light", "dark"})


def test_the_index_shows_every_picture() -> None:
    shown = re.findall(r"\(([\w-]+)\.png\)", (FOLDER / "README.md").read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(pictures())


def test_pictures_and_pages_linked_from_the_readme_exist() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        links = re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", (ROOT / name).read_text(encoding="utf-8"))
        assert [link for link in links if not (ROOT / link).exists()] == []
