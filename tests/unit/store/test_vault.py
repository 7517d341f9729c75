"""Where secrets live: the keyring's class is checked, a key file must be the owner's alone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.compat.properties import classproperty
from keyring.errors import KeyringLocked

from app.errors import StoreError
from app.store import vault
from app.store.vault import BACKEND_VARIABLE, FileVault, KeyringVault, Secrets

HERE = __name__
GOOD = "tests.support.keyring_backend.TestKeyring"


class LockedKeyring(KeyringBackend):
    """A keyring nobody has unlocked."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("locked")

    def delete_password(self, service: str, username: str) -> None:
        raise KeyringLocked("locked")


class DeadKeyring(LockedKeyring):
    """A keyring whose service is not there."""

    @classproperty
    def priority(cls) -> float:  # noqa: N805  keyring names it so
        raise RuntimeError("no service")


class DisguisedPlaintext(null.Keyring):
    """A class of its own over one that keeps nothing safe."""


def code_of(environment: dict[str, str], recorded: str | None = None) -> str:
    with pytest.raises(StoreError) as caught:
        KeyringVault(environment, recorded)
    return caught.value.code


def named(kind: str) -> dict[str, str]:
    return {BACKEND_VARIABLE: kind}


def here(kind: type) -> str:
    """The dotted name under which this module can be imported by name."""
    import sys
    import types

    module = types.ModuleType("guitai_test_backends")
    module.__dict__[kind.__name__] = kind
    sys.modules["guitai_test_backends"] = module
    return f"guitai_test_backends.{kind.__name__}"


@pytest.mark.parametrize(
    "backend",
    [
        "keyrings.alt.file.PlaintextKeyring",
        "keyring.backends.null.Keyring",
        "keyring.backends.fail.Keyring",
        "keyring.backends.chainer.ChainerBackend",
    ],
)
def test_a_keyring_that_keeps_nothing_safe_is_refused(backend: str) -> None:
    assert code_of(named(backend)) == "keyring_plaintext"


def test_a_disguised_one_is_refused_too() -> None:
    assert issubclass(fail.Keyring, KeyringBackend)
    assert code_of(named(here(DisguisedPlaintext))) == "keyring_plaintext"


@pytest.mark.parametrize("backend", ["no.such.module.Keyring", "json.NoSuchClass"])
def test_a_keyring_that_cannot_be_loaded_is_none(backend: str) -> None:
    assert code_of(named(backend)) == "keyring_none"


def test_a_keyring_that_does_not_answer_is_none() -> None:
    assert code_of(named(here(DeadKeyring))) == "keyring_none"


def test_a_platform_without_known_keyrings_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "PLATFORM_BACKENDS", {})
    assert code_of({}) == "keyring_none"


def test_the_recorded_keyring_must_be_the_one_at_hand() -> None:
    assert code_of(named(GOOD), "keyring.backends.macOS.Keyring") == "keyring_changed"


def test_a_recorded_keyring_that_is_gone_says_so() -> None:
    assert code_of(named("no.such.module.Keyring"), "no.such.module.Keyring") == "keyring_changed"


def test_secrets_come_back_from_the_keyring() -> None:
    kept = KeyringVault(named(GOOD))
    secrets = Secrets.fresh()
    kept.write("till-1", secrets)
    assert KeyringVault(named(GOOD), kept.name).read("till-1") == secrets
    assert (kept.kind, kept.name) == ("keyring", GOOD)


def test_a_keyring_without_this_till_s_key_says_so() -> None:
    with pytest.raises(StoreError, match="device_key_missing"):
        KeyringVault(named(GOOD)).read("nobody")


def test_a_locked_keyring_says_so() -> None:
    locked = KeyringVault(named(here(LockedKeyring)))
    with pytest.raises(StoreError, match="keyring_locked"):
        locked.read("till-1")
    with pytest.raises(StoreError, match="keyring_locked"):
        locked.write("till-1", Secrets.fresh())


def test_secrets_are_not_shown_by_repr() -> None:
    secrets = Secrets.fresh()
    assert secrets.device_key.hex() not in repr(secrets)
    assert "device_key" not in repr(secrets)


def test_a_key_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    kept = FileVault(tmp_path)
    secrets = Secrets.fresh()
    kept.write("till-1", secrets)
    assert FileVault(tmp_path).read("till-1") == secrets
    if os.name == "posix":
        assert (tmp_path / kept.name).stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name != "posix", reason="Windows has no permission bits")
def test_a_key_file_others_can_read_is_refused(tmp_path: Path) -> None:
    FileVault(tmp_path).write("till-1", Secrets.fresh())
    (tmp_path / vault.KEY_FILE).chmod(0o640)
    with pytest.raises(StoreError, match="key_file_open"):
        FileVault(tmp_path).read("till-1")


def test_a_missing_key_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="key_file_missing"):
        FileVault(tmp_path).read("till-1")


def test_a_key_file_is_never_written_over(tmp_path: Path) -> None:
    FileVault(tmp_path).write("till-1", Secrets.fresh())
    with pytest.raises(FileExistsError):
        FileVault(tmp_path).write("till-2", Secrets.fresh())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not json", "device_key_damaged"),
        ("[]", "device_key_damaged"),
        (json.dumps({"device": "till-1", "device_key": "zz", "pepper": "00"}), "device_key_damaged"),
        (json.dumps({"device": "till-1", "device_key": "00", "pepper": "00"}), "device_key_damaged"),
        (json.dumps({"device": "till-1"}), "device_key_damaged"),
        (json.dumps({"device": "other", "device_key": "00", "pepper": "00"}), "device_key_missing"),
    ],
)
def test_a_damaged_key_file_says_so(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / vault.KEY_FILE
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(StoreError, match=code):
        FileVault(tmp_path).read("till-1")


def test_a_key_file_that_is_no_text_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / vault.KEY_FILE
    path.write_bytes(b"\xff\xfe\xff")
    path.chmod(0o600)
    with pytest.raises(StoreError, match="device_key_damaged"):
        FileVault(tmp_path).read("till-1")
