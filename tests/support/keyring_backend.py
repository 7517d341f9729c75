"""A keyring for tests: one JSON file named by GUITAI_TEST_KEYRING, so that a restarted till finds its key again."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class TestKeyring(KeyringBackend):
    """Secrets by service and user name; without the variable they live in this process only."""

    __test__ = False  # a helper, not a group of tests
    priority = 1

    def __init__(self) -> None:
        super().__init__()
        name = os.environ.get("GUITAI_TEST_KEYRING")
        self._path = Path(name) if name else None
        self._held: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._read().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write({**self._read(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        secrets = self._read()
        if secrets.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError(f"{service}/{username}")
        self._write(secrets)

    def _read(self) -> dict[str, str]:
        if self._path is None:
            return dict(self._held)
        try:
            secrets: dict[str, str] = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return secrets

    def _write(self, secrets: dict[str, str]) -> None:
        if self._path is None:
            self._held = secrets
            return
        draft = self._path.with_suffix(f".{os.getpid()}.new")
        draft.write_text(json.dumps(secrets), encoding="utf-8")
        draft.replace(self._path)
