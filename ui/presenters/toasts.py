"""Short news above the key strip: what was done, never what was refused."""

from __future__ import annotations

from dataclasses import dataclass

from ui.presenters.base import Presenter


@dataclass(frozen=True, slots=True)
class ToastState:
    """The latest toast; `number` counts them, so that the same words twice are shown twice. 0: none yet."""

    number: int = 0
    text: str = ""


class ToastPresenter(Presenter[ToastState]):
    """The view hides a toast after its time; a newer one takes its place at once."""

    def __init__(self) -> None:
        super().__init__(ToastState())

    def show(self, text: str) -> None:
        """Show `text` for a few seconds."""
        self._become(ToastState(self.state.number + 1, text))
