"""What the kit's tests share: a theme applied to the application, and one per name and scale."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.resources import resources
from ui.theme.apply import apply_theme
from ui.theme.theme import Theme, open_theme


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    made = open_theme(resources())
    apply_theme(qapp, made)
    return made


@pytest.fixture
def themed(qapp: QApplication, qtbot: QtBot) -> Callable[..., Theme]:
    def make(name: str = "light", scale: float = 1.0) -> Theme:
        made = open_theme(resources(), name, scale)
        apply_theme(qapp, made)
        return made

    return make
