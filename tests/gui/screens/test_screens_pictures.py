"""docs/screens holds every picture of the registered screens, and no other."""

from __future__ import annotations

from pathlib import Path

from tools.screenshots import FOLDER, index
from ui.views.screens import LANGUAGES, SCREENS, THEMES, pictures

BYTES_MAX = 8 << 20


def test_every_screen_is_pictured_in_both_languages_and_themes() -> None:
    assert {path.stem for path in FOLDER.glob("*.png")} == set(pictures())
    assert len(pictures()) >= len(SCREENS) * len(LANGUAGES) * len(THEMES)


def test_the_index_shows_every_picture() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert text == index()
    assert all(f"({name}.png)" in text for name in pictures())


def test_the_pictures_stay_small() -> None:
    assert sum(Path(path).stat().st_size for path in FOLDER.glob("*.png")) < BYTES_MAX
