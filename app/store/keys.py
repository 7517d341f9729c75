"""keys.json: a random raw key per file, wrapped AES-256-GCM by the device key of the vault (security.md, "Keys").

Additional data of each wrap: device, file, version. The list is replaced as a whole: written, fsynced, renamed, and the
folder fsynced. A key is never made for a file that exists; a list that exists is never written anew.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.errors import StoreError
from app.store.folder import TILL_FILE
from app.store.vault import FileVault, HandedVault, KeyringVault, Secrets, Vault

KEYS_FILE: Final = "keys.json"
FORMAT: Final = 1
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class FileKey:
    """The raw 256-bit key of one file."""

    file: str
    raw: bytes = field(repr=False)

    @property
    def pragma(self) -> str:
        """SQLCipher's raw-key literal, for PRAGMA key and ATTACH … KEY."""
        return f"x'{self.raw.hex()}'"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The opened keys of one data folder."""

    folder: Path
    device: str
    vault: Vault
    secrets: Secrets = field(repr=False)
    wrapped: Mapping[str, tuple[int, bytes]] = field(repr=False)
    """file → (version, nonce ‖ ciphertext)."""

    def key(self, file: str) -> FileKey:
        """The file's key. StoreError `key_wrong` when the wrap does not open or there is none for this file."""
        if file not in self.wrapped:
            raise StoreError("key_wrong", file=file)
        version, blob = self.wrapped[file]
        aad = _aad(self.device, file, version)
        try:
            raw = AESGCM(self.secrets.device_key).decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], aad)
        except InvalidTag as error:
            raise StoreError("key_wrong", file=file) from error
        return FileKey(file, raw)

    def with_new_key(self, file: str) -> KeyRing:
        """The ring with a fresh key for `file`, durable in keys.json before it returns."""
        if (self.folder / file).exists():
            raise StoreError("folder_not_empty", folder=str(self.folder))
        return self.with_key(file, secrets.token_bytes(KEY_BYTES))

    def with_key(self, file: str, raw: bytes) -> KeyRing:
        """The ring with 32 given bytes under a name, durable in keys.json before it returns."""
        version = self.wrapped.get(file, (0, b""))[0] + 1
        nonce = secrets.token_bytes(NONCE_BYTES)
        blob = nonce + AESGCM(self.secrets.device_key).encrypt(nonce, raw, _aad(self.device, file, version))
        return self._saved({**self.wrapped, file: (version, blob)})

    def without_key(self, file: str) -> KeyRing:
        """The ring after the key of a discarded cache generation is forgotten: its pages are noise from then on."""
        return self._saved({name: held for name, held in self.wrapped.items() if name != file})

    def _saved(self, wrapped: Mapping[str, tuple[int, bytes]]) -> KeyRing:
        ring = KeyRing(self.folder, self.device, self.vault, self.secrets, wrapped)
        _replace(self.folder / KEYS_FILE, _text(ring))
        return ring


def create(folder: Path, vault: Vault) -> KeyRing:
    """New secrets in the vault and an empty keys.json. The folder must not have one."""
    if (folder / KEYS_FILE).exists():
        raise StoreError("folder_not_empty", folder=str(folder))
    ring = KeyRing(folder, str(uuid.uuid4()), vault, Secrets.fresh(), {})
    vault.write(ring.device, ring.secrets)
    _replace(folder / KEYS_FILE, _text(ring))
    return ring


def load(folder: Path, environment: Mapping[str, str], handed: Secrets | None = None) -> KeyRing:
    """The keys of a data folder, through the vault recorded there, or with secrets `handed` over by another process.

    StoreError `till_missing` (neither keys nor till.db), `keys_missing`, `keys_damaged` and those of the vault.
    """
    try:
        held = json.loads((folder / KEYS_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        if not (folder / TILL_FILE).exists():
            raise StoreError("till_missing", folder=str(folder)) from error
        raise StoreError("keys_missing") from error
    except (OSError, ValueError) as error:
        raise StoreError("keys_damaged") from error
    try:
        device, kind, name = held["device"], held["vault"]["kind"], held["vault"]["name"]
        if held["format"] != FORMAT or not isinstance(device, str) or kind not in ("keyring", "file"):
            raise StoreError("keys_damaged")
        wrapped = {
            file: (int(entry["version"]), base64.b64decode(entry["wrapped"], validate=True))
            for file, entry in held["keys"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError("keys_damaged") from error
    if handed is not None:
        return KeyRing(folder, device, HandedVault(kind, name, handed), handed, wrapped)
    vault: Vault = KeyringVault(environment, name) if kind == "keyring" else FileVault(folder, name)
    return KeyRing(folder, device, vault, vault.read(device), wrapped)


def _aad(device: str, file: str, version: int) -> bytes:
    return f"guitai file key\n{device}\n{file}\n{version}".encode()


def _text(ring: KeyRing) -> str:
    keys = {
        file: {"version": version, "wrapped": base64.b64encode(blob).decode()}
        for file, (version, blob) in sorted(ring.wrapped.items())
    }
    vault = {"kind": ring.vault.kind, "name": ring.vault.name}
    return json.dumps({"format": FORMAT, "device": ring.device, "vault": vault, "keys": keys}, indent=1)


def _replace(path: Path, text: str) -> None:
    """Write beside, fsync, rename over, fsync the folder: after a crash the old or the new list is there, whole."""
    draft = path.with_name(path.name + ".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in the folder durable; where folders cannot be opened (Windows) the rename itself is."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
