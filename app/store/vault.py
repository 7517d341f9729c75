"""Where the till's two secrets live: the OS keyring, or a key file chosen explicitly for a kiosk (security.md).

The device key wraps the files' keys (keys.py); the PIN pepper goes into every PIN hash (pins.py). A keyring that would
write them in plain text is refused; nothing is ever chosen silently. Any thread; importing keyring takes
up to 200 ms.
"""

from __future__ import annotations

import importlib
import json
import os
import secrets
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from app.errors import StoreError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SECRET_BYTES: Final = 32
SERVICE: Final = "guitai"
KEY_FILE: Final = "device.key"
BACKEND_VARIABLE: Final = "PYTHON_KEYRING_BACKEND"

PLATFORM_BACKENDS: Final[Mapping[str, tuple[str, ...]]] = {
    "linux": (
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
    ),
    "darwin": ("keyring.backends.macOS.Keyring",),
    "win32": ("keyring.backends.Windows.WinVaultKeyring",),
}
"""Named, not discovered: a frozen program has no entry points, and a package installed later must not slip in."""

_UNSAFE_MODULES: Final = ("keyrings.alt", "keyring.backends.null", "keyring.backends.fail", "keyring.backends.chainer")


@dataclass(frozen=True, slots=True)
class Secrets:
    """The device key and the PIN pepper, 32 bytes each. Never logged, never in argv or environment."""

    device_key: bytes = field(repr=False)
    pepper: bytes = field(repr=False)

    @staticmethod
    def fresh() -> Secrets:
        return Secrets(secrets.token_bytes(SECRET_BYTES), secrets.token_bytes(SECRET_BYTES))


class Vault(Protocol):
    """A place for the secrets. `kind` and `name` are recorded in keys.json."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    def read(self, device: str) -> Secrets: ...
    def write(self, device: str, found: Secrets) -> None: ...


class KeyringVault:
    """The OS keyring. StoreError `keyring_none`, `keyring_plaintext`, `keyring_locked`, `device_key_missing`."""

    kind = "keyring"

    def __init__(self, environment: Mapping[str, str], recorded: str | None = None) -> None:
        self._backend = _choose(environment, recorded)
        self.name = _class_name(self._backend)

    def read(self, device: str) -> Secrets:
        from keyring.errors import KeyringError

        try:
            key = self._backend.get_password(SERVICE, f"device/{device}")
            pepper = self._backend.get_password(SERVICE, f"pepper/{device}")
        except KeyringError as error:
            raise StoreError("keyring_locked") from error
        if key is None or pepper is None:
            raise StoreError("device_key_missing")
        return _secrets(key, pepper)

    def write(self, device: str, found: Secrets) -> None:
        from keyring.errors import KeyringError

        try:
            self._backend.set_password(SERVICE, f"device/{device}", found.device_key.hex())
            self._backend.set_password(SERVICE, f"pepper/{device}", found.pepper.hex())
        except KeyringError as error:
            raise StoreError("keyring_locked") from error


class FileVault:
    """A key file only its owner can read: for kiosks without a keyring, chosen with `--key-store file`.

    StoreError `key_file_missing`, `key_file_open` (others may read it), `device_key_damaged`, `device_key_missing`.
    """

    kind = "file"

    def __init__(self, folder: Path, name: str = KEY_FILE) -> None:
        self._path = folder / name
        self.name = name

    def read(self, device: str) -> Secrets:
        try:
            mode = self._path.stat().st_mode
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise StoreError("key_file_missing", file=self._path.name) from error
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError("device_key_damaged") from error
        if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
            raise StoreError("key_file_open", file=self._path.name)
        try:
            held = json.loads(text)
            if held["device"] != device:
                raise StoreError("device_key_missing")
            return _secrets(held["device_key"], held["pepper"])
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError("device_key_damaged") from error

    def write(self, device: str, found: Secrets) -> None:
        held = {"device": device, "device_key": found.device_key.hex(), "pepper": found.pepper.hex()}
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(held, file)
            file.flush()
            os.fsync(file.fileno())


@dataclass(frozen=True, slots=True)
class HandedVault:
    """Secrets another process of this till has read already and handed over; the vault itself is not asked again."""

    kind: str
    name: str
    handed: Secrets = field(repr=False)

    def read(self, device: str) -> Secrets:  # noqa: ARG002  whoever handed them knows the device
        return self.handed

    def write(self, device: str, found: Secrets) -> None:  # noqa: ARG002  see above
        raise ValueError("secrets that were handed over are not written")


def _secrets(key: str, pepper: str) -> Secrets:
    try:
        found = Secrets(bytes.fromhex(key), bytes.fromhex(pepper))
    except (ValueError, TypeError) as error:
        raise StoreError("device_key_damaged") from error
    if len(found.device_key) != SECRET_BYTES or len(found.pepper) != SECRET_BYTES:
        raise StoreError("device_key_damaged")
    return found


def _choose(environment: Mapping[str, str], recorded: str | None) -> KeyringBackend:
    """The recorded backend, else the one named by the environment, else the platform's first that answers."""
    named = environment.get(BACKEND_VARIABLE)
    offered = (named,) if named else PLATFORM_BACKENDS.get(sys.platform, ())
    if recorded is not None and recorded not in offered:
        raise StoreError("keyring_changed", recorded=recorded)
    for name in (recorded,) if recorded is not None else offered:
        backend = _load(name)
        if backend is not None:
            return backend
    raise StoreError("keyring_none") if recorded is None else StoreError("keyring_changed", recorded=recorded)


def _load(name: str) -> KeyringBackend | None:
    """An instance of the backend class, None when it cannot work here. StoreError `keyring_plaintext`."""
    if name.startswith(_UNSAFE_MODULES):
        raise StoreError("keyring_plaintext", backend=name)
    module, _, class_name = name.rpartition(".")
    try:
        kind: type[KeyringBackend] = getattr(importlib.import_module(module), class_name)
        _ = kind.priority  # raises RuntimeError where the backend cannot work
    except (ImportError, AttributeError, RuntimeError, ValueError):
        return None
    for ancestor in kind.__mro__:
        if ancestor.__module__.startswith(_UNSAFE_MODULES):
            raise StoreError("keyring_plaintext", backend=name)
    return kind()


def _class_name(backend: KeyringBackend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"
