"""What all presenters share: one frozen state shown by a passive view, and the desk they work at.

Presenters live on the UI thread and never import Qt. Whatever touches the till's files is a job for `Tasks`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from app.clock import Clock
from app.errors import GuitaiError
from app.i18n import ENGLISH, Translator
from app.messages import words
from app.services.till import Session, Till, Topic
from ui.theme.names import Role

T = TypeVar("T")
S = TypeVar("S")
S_contra = TypeVar("S_contra", contravariant=True)


class View(Protocol[S_contra]):
    """A screen or panel: shows a state, decides nothing. UI thread."""

    def render(self, state: S_contra) -> None: ...


class Tasks(Protocol):
    """The one way off the UI thread (ui/tasks.py; a synchronous one in tests)."""

    def run(self, job: Callable[[], T], done: Callable[[T], None], refused: Callable[[GuitaiError], None]) -> None:
        """Run `job` on the store thread, in the order given; `done` or `refused` follows on the UI thread."""
        ...

    def away(self, job: Callable[[], T], done: Callable[[T], None], refused: Callable[[GuitaiError], None]) -> None:
        """The same for a job that may wait for the network: on a thread that keeps no scan waiting."""
        ...


class Sounds(Protocol):
    """The two sounds of the counter. Returns at once."""

    def ok(self) -> None: ...
    def refused(self) -> None: ...


class Speech:
    """The language now in use; one object for all presenters, so that a switch reaches them all."""

    def __init__(self, tr: Translator = ENGLISH) -> None:
        self.tr = tr

    def words(self, error: GuitaiError) -> str:
        """The sentence for an error, with its reference."""
        return words(error, self.tr)


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence in the flow of a screen: ERROR was refused, ATTENTION asks a person, PLAIN tells, INFO: network."""

    text: str
    role: Role = Role.ERROR


@dataclass(frozen=True, slots=True)
class Desk:
    """What the presenters of an open till work with. `till` is used inside jobs only."""

    till: Till
    tasks: Tasks
    sounds: Sounds
    clock: Clock
    speech: Speech
    toast: Callable[[str], None]
    session: Callable[[], Session]
    changed: Callable[[frozenset[Topic]], None]
    """Told what a use case changed, so that screens showing it refresh and new print jobs are fetched."""

    def say(self, text: str, role: Role = Role.PLAIN, /, **facts: str | int) -> Notice:
        """A notice in the language of the till."""
        return Notice(self.speech.tr(text, **facts), role)

    def refuse(self, error: GuitaiError) -> Notice:
        """The notice for an error, and the sound that goes with it."""
        self.sounds.refused()
        return Notice(self.speech.words(error), Role.ERROR)


class Presenter(Generic[S]):
    """Holds one frozen state; every change is shown at once by the attached view, if there is one."""

    def __init__(self, state: S) -> None:
        self.state = state
        self._view: View[S] | None = None

    def attach(self, view: View[S]) -> None:
        """Show this and every later state in `view`, instead of any earlier one."""
        self._view = view
        view.render(self.state)

    def detach(self) -> None:
        """Show nothing until the next attach: the view is about to be deleted."""
        self._view = None

    def _become(self, state: S) -> None:
        self.state = state
        if self._view is not None:
            self._view.render(state)
