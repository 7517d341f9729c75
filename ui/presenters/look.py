"""How the till looks, speaks and sounds: language, theme, size, volume. Switched on the sign-on screen, and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.i18n import LANGUAGES
from ui.presenters.base import Presenter
from ui.theme.names import THEMES

SCALES_PERCENT = (100, 125, 150, 175, 200)
VOLUMES = (0, 30, 60, 100)


@dataclass(frozen=True, slots=True)
class Look:
    """The choices; `scale_percent` multiplies every size, `volume` is 0–100."""

    language: str = "zh_CN"
    theme: str = "light"
    scale_percent: int = 100
    volume: int = 60


def after(value: str, values: tuple[str, ...]) -> str:
    """The value after `value`, round and round."""
    return values[(values.index(value) + 1) % len(values)]


class LookPresenter(Presenter[Look]):
    """`changed` rebuilds the screens and keeps the choice."""

    def __init__(self, look: Look, changed: Callable[[Look], None]) -> None:
        super().__init__(look)
        self._changed = changed

    def next_language(self) -> None:
        """The other language."""
        self._choose(replace(self.state, language=after(self.state.language, LANGUAGES)))

    def next_theme(self) -> None:
        """Light, dark, high contrast."""
        self._choose(replace(self.state, theme=after(self.state.theme, THEMES)))

    def next_scale(self) -> None:
        """The next size, after 200 % the smallest again."""
        bigger = [scale for scale in SCALES_PERCENT if scale > self.state.scale_percent]
        self._choose(replace(self.state, scale_percent=bigger[0] if bigger else SCALES_PERCENT[0]))

    def next_volume(self) -> None:
        """The next loudness, after the loudest silence (the flash lasts longer then)."""
        louder = [volume for volume in VOLUMES if volume > self.state.volume]
        self._choose(replace(self.state, volume=louder[0] if louder else VOLUMES[0]))

    def _choose(self, look: Look) -> None:
        self._become(look)
        self._changed(look)
