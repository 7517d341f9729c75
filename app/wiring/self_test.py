"""`guitai --self-test`: what a copy of the program must prove before it may replace the running one, frozen or not.

Every part is tried, in a folder of its own, without the till's files, keyring, screen or network. One line each; the
exit code is 0 only when all of them passed, and the failing ones are named.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.domain.card import CardScheme, CodeKind, luhn_digit
from app.domain.receipt import Align, Columns, Cut, QrCode, Receipt, Rule, Text
from app.i18n import ENGLISH, load
from app.messages import ALL
from app.resources import resources

PACKAGES = ("app", "ui", "sync", "devices")
BACKENDS = (
    "alembic.command",
    "argon2",
    "cryptography.hazmat.primitives.ciphers.aead",
    "hidraw" if sys.platform == "linux" else "hid",
    "keyring.backends.SecretService",
    "keyring.backends.Windows",
    "phonenumbers",
    "pypinyin",
    "qrcode",
    "serial.tools.list_ports",
    "serial.urlhandler.protocol_socket",
    "sqlalchemy.dialects.sqlite",
)
CARD_SCHEME = CardScheme()
SECRET = "积分 10,000"


class SelfTestError(Exception):
    """A part answered, but not what it should."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the program: its name, and a check that returns what it found in a few words."""

    name: str
    check: Callable[[], str]


def _store() -> str:
    """New encrypted files, moved through every step of both lines, closed, opened again; nothing readable on disk."""
    from app.store import connect, keys, migrate
    from app.store.vault import FileVault

    steps = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ring = keys.create(folder, FileVault(folder))
        for line in (migrate.TILL_LINE, migrate.CACHE_LINE):
            path = folder / f"{line.name}.db"
            ring = ring.with_new_key(path.name)
            connect.create(path, ring.key(path.name), line.tuning).close()
            migrate.upgrade(path, ring.key(path.name), line, to=line.revisions[0])
            db = migrate.open_current(path, ring.key(path.name), line)
            db.execute("CREATE TABLE self_test (words TEXT)")
            db.execute("INSERT INTO self_test VALUES (?)", (SECRET,))
            db.close()
            again = connect.connect(path, keys.load(folder, {}).key(path.name), line.tuning)
            if again.execute("SELECT words FROM self_test").fetchone()[0] != SECRET:
                raise SelfTestError(f"{path.name} lost a row")
            again.close()
            steps += len(line.revisions)
        readable = [path.name for path in folder.rglob("*.db*") if SECRET.encode() in path.read_bytes()]
        readable += [path.name for path in folder.rglob("*.db") if path.read_bytes().startswith(b"SQLite format")]
    if readable:
        raise SelfTestError(f"not encrypted: {', '.join(readable)}")
    return f"2 encrypted files, {steps} migrations"


def _words() -> str:
    """The Chinese lists are here, whole, and every message speaks both languages."""
    chinese = load(resources() / "locale", "zh_CN")
    silent = [code for code, entry in ALL.items() if chinese(entry.text) == ENGLISH(entry.text)]
    if silent:
        raise SelfTestError(f"no Chinese for {', '.join(silent)}")
    return f"{len(ALL)} messages in zh_CN and en"


def _receipt() -> str:
    """A Chinese receipt, rendered, and read back from its bytes by the simulated printer."""
    from devices.printer.escpos import EscPosRenderer
    from devices.printer.glyphs import Glyphs, find_fonts, folders
    from devices.printer.profiles import profile
    from devices.simulated.decoder import Decoder
    from devices.simulated.paper import Paper, QrOnPaper

    link = "https://example.invalid/r/1?e=1&t=1250&p=12&m=0123456789abcdef"
    lines = (Text("柜台 自检", Align.CENTRE, double=True), Rule(), Columns("应付", "￥12.50", bold=True))
    glyphs = Glyphs(find_fonts(folders()))
    data = EscPosRenderer(profile("escpos-80"), glyphs).render(Receipt((*lines, QrCode(link), Cut())))
    paper = Paper()
    Decoder(paper, lambda _: b"").feed(data)
    codes = [item.data.decode() for item in paper.items if isinstance(item, QrOnPaper)]
    if "自检" not in paper.text or "￥12.50" not in paper.text or codes != [link] or paper.unknown:
        raise SelfTestError(f"the paper says {paper.text!r}")
    return f"{len(data)} bytes, read back"


def _code() -> str:
    """A scanner's bytes become a member card; the same with another check digit does not."""
    from devices.scanner.framing import Framer
    from devices.scanner.router import route_frame

    body = CARD_SCHEME.prefix + "1234567890123456789"[: CARD_SCHEME.digits - len(CARD_SCHEME.prefix) - 1]
    right = int(luhn_digit(body))
    frames = Framer().feed(f"]C0{body}{right}\r\n]C0{body}{(right + 1) % 10}\r\n".encode(), 0.0)
    kinds = [route_frame(frame, CARD_SCHEME).kind for frame in frames]
    if kinds[0] is not CodeKind.MEMBER_CARD or kinds[1] is CodeKind.MEMBER_CARD:
        raise SelfTestError(f"read as {', '.join(kinds)}")
    return "a member card, its check digit checked"


def _screen() -> str:
    """Themes, icons and Chinese words are drawn, without a screen when there is none."""
    if "PySide6.QtWidgets" not in sys.modules and not (os.environ.get("DISPLAY") or os.name == "nt"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from ui.self_check import draw

    return draw(resources())


def _backends() -> str:
    """What is found by name at run time, and every module of ours."""
    names = list(BACKENDS)
    for package in PACKAGES:
        found = pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
        names += [module.name for module in found if module.name != "app.__main__"]
    for name in names:
        importlib.import_module(name)
    return f"{len(names)} modules"


PARTS = (
    Part("store", _store),
    Part("words", _words),
    Part("receipt", _receipt),
    Part("code", _code),
    Part("screen", _screen),
    Part("backends", _backends),
)


def self_test(write: Callable[[str], None], parts: tuple[Part, ...] = PARTS) -> int:
    """Try every part; `write` gets one line each. 0 when all passed, else 1."""
    failed = []
    for part in parts:
        try:
            write(f"ok      {part.name}: {part.check()}")
        except Exception as error:  # noqa: BLE001  top of this command: whatever a part raises is its finding
            failed.append(part.name)
            write(f"FAILED  {part.name}: {type(error).__name__}: {error}")
    kind = "frozen" if hasattr(sys, "_MEIPASS") else "source"
    write(f"self-test ({kind}): {len(parts) - len(failed)} of {len(parts)} passed")
    return 1 if failed else 0
