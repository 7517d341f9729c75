"""The one exception tree of Guitai; words for every code live in app.messages.

GuitaiError
├── Refusal        expected: a rule or a person's input says no; nothing changed
├── ConfigError    the till's set-up, programme document or command line is wrong
├── StoreError     the encrypted files: key, damage, disk, lock
├── SyncError      head office and the wire
└── DeviceError    scanner, printer, drawer, display
"""

from __future__ import annotations

Fact = str | int


class GuitaiError(Exception):
    """An error with a message code and the facts its words need.

    `code` is a key of `app.messages`; `facts` fill its placeholders. Facts never hold a name, phone, key or token.
    """

    def __init__(self, code: str, /, **facts: Fact) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts: dict[str, Fact] = facts

    def __str__(self) -> str:
        facts = " ".join(f"{name}={value!r}" for name, value in sorted(self.facts.items()))
        return f"{self.code} {facts}".rstrip()


class Refusal(GuitaiError):
    """A rule says no. Nothing was changed; the words say what to do."""


class ConfigError(GuitaiError):
    """The set-up, a document or the command line is wrong."""


class StoreError(GuitaiError):
    """An encrypted file cannot be opened, read or written."""


class SyncError(GuitaiError):
    """Head office or the way to it."""


class DeviceError(GuitaiError):
    """A device or the way to it."""
