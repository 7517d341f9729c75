"""The till's own set-up: resources/default.toml, then till.toml in the data folder, devices.toml, GUITAI_… variables.

till.toml is written by people; devices.toml by the till itself, when somebody set up a device on its screen: it has
the same keys, those of devices only, and goes before till.toml.

Strict: an unknown key, a wrong type or a value outside its range is refused with its path; nothing is guessed.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from app.errors import ConfigError

CONFIG_FILE = "till.toml"
DEVICES_FILE = "devices.toml"
DEVICE_SECTIONS = frozenset(("printer", "scanner", "drawer", "display"))
CONFIG_BYTES_MAX = 64 * 1024
TEXT_CHARS_MAX = 512
ENVIRONMENT_PREFIX = "GUITAI_"

Value = str | int | bool
Check = Callable[[object], Value | None]


@dataclass(frozen=True, slots=True)
class Look:
    """`scale_percent` 0: chosen from the screen."""

    language: str
    theme: str
    scale_percent: int
    sound_percent: int


@dataclass(frozen=True, slots=True)
class PrinterConfig:
    """`address` empty: no printer. `chinese`: `text` in the printer's own font, or `dots` drawn by us."""

    address: str
    profile: str
    chinese: str = "text"


@dataclass(frozen=True, slots=True)
class ScannerConfig:
    """`address` empty: no scanner of its own. `wedge`: one that types like a keyboard.

    `wedge_gap_ms`, `wedge_hold_ms`, `wedge_flush_ms`: what the till learned of it (devices.scanner.wedge.Timing).
    """

    address: str
    wedge: bool
    wedge_gap_ms: int = 40
    wedge_hold_ms: int = 40
    wedge_flush_ms: int = 150


@dataclass(frozen=True, slots=True)
class DisplayConfig:
    """What the customer looks at. `address` empty: no pole display.

    `screen`: none, second (the second monitor, when there is one) or window (a window where there is only one).
    """

    address: str = ""
    screen: str = "none"


@dataclass(frozen=True, slots=True)
class TillConfig:
    """The whole set-up of a till."""

    look: Look
    receipt_language: str
    printer: PrinterConfig
    scanner: ScannerConfig
    drawer_kick: bool
    display: DisplayConfig = DisplayConfig()


def load(defaults: Path, folder: Path | None, environment: Mapping[str, str]) -> TillConfig:
    """The set-up. ConfigError `config_unreadable`, `config_key`, `config_value` name the file and the path."""
    values = _read(defaults)
    missing = CHECKS.keys() - values.keys()
    if missing:
        raise ConfigError("config_key", file=defaults.name, path=min(missing))
    for own in (folder / CONFIG_FILE, folder / DEVICES_FILE) if folder is not None else ():
        if own.exists():
            values |= _read(own)
    values |= _from_environment(environment)
    return _config(values)


def save_devices(folder: Path, changes: Mapping[str, Value]) -> None:
    """Keep the device set-up `changes` (`printer.address` → value …) in devices.toml, beside what was kept before.

    The file is whole or as it was, whatever happens. ConfigError `config_key`, `config_value` when a change is not
    allowed, `config_unreadable`, `file_unreadable_here` when what is there is broken, `folder_unwritable_here`.
    """
    file = folder / DEVICES_FILE
    values = _read(file) if file.exists() else {}
    for path, value in changes.items():
        if path.partition(".")[0] not in DEVICE_SECTIONS:
            raise ConfigError("config_key", file=DEVICES_FILE, path=path)
        values[path] = _checked(path, value, DEVICES_FILE)
    fresh = folder / f".{DEVICES_FILE}"
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
            opened.write(_as_toml(values))
            opened.flush()
            os.fsync(opened.fileno())
        fresh.replace(file)
    except OSError as error:
        raise ConfigError("folder_unwritable_here", folder=folder.name) from error


def _as_toml(values: Mapping[str, Value]) -> str:
    """TOML with the sections in order. Text as JSON writes it is text as TOML reads it, but for DEL."""
    lines: list[str] = []
    for section, paths in groupby(sorted(values), key=lambda path: path.partition(".")[0]):
        lines.append(f"[{section}]")
        for path in paths:
            text = json.dumps(values[path], ensure_ascii=False).replace("\x7f", "\\u007f")
            lines.append(f"{path.partition('.')[2]} = {text}")
    return "\n".join(("# Written by the till when its devices were set up.", *lines, ""))


def _config(values: Mapping[str, Value]) -> TillConfig:
    def text(path: str) -> str:
        return str(values[path])

    return TillConfig(
        look=Look(
            language=text("look.language"),
            theme=text("look.theme"),
            scale_percent=int(values["look.scale_percent"]),
            sound_percent=int(values["look.sound_percent"]),
        ),
        receipt_language=text("receipt.language"),
        printer=PrinterConfig(text("printer.address"), text("printer.profile"), text("printer.chinese")),
        scanner=ScannerConfig(
            text("scanner.address"),
            bool(values["scanner.wedge"]),
            *(int(values[f"scanner.wedge_{name}_ms"]) for name in ("gap", "hold", "flush")),
        ),
        drawer_kick=bool(values["drawer.kick"]),
        display=DisplayConfig(text("display.address"), text("display.screen")),
    )


def _read(file: Path) -> dict[str, Value]:
    try:
        with file.open("rb") as opened:
            data = opened.read(CONFIG_BYTES_MAX + 1)
        if len(data) > CONFIG_BYTES_MAX:
            raise ConfigError("config_unreadable", file=file.name, line=data.count(b"\n") + 1)
        tables = tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise ConfigError("file_unreadable_here", file=file.name) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError("config_unreadable", file=file.name, line=_line_of(error, data)) from error
    found: dict[str, Value] = {}
    for section, table in tables.items():
        if file.name == DEVICES_FILE and section not in DEVICE_SECTIONS:
            raise ConfigError("config_key", file=file.name, path=section)
        if not isinstance(table, Mapping):
            raise ConfigError("config_key", file=file.name, path=section)
        for key, raw in table.items():
            found[f"{section}.{key}"] = _checked(f"{section}.{key}", raw, file.name)
    return found


def _line_of(error: UnicodeDecodeError | tomllib.TOMLDecodeError, data: bytes) -> int:
    """The line a mistake is on; the last one for what is missing at the end."""
    if isinstance(error, UnicodeDecodeError):
        return data.count(b"\n", 0, error.start) + 1
    words = re.search(r"\(at line (\d+),", str(error))
    return int(words[1]) if words else data.rstrip().count(b"\n") + 1


def variable_of(path: str) -> str:
    """The variable of the environment that goes before this key."""
    return ENVIRONMENT_PREFIX + path.replace(".", "_").upper()


def _from_environment(environment: Mapping[str, str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for path, check in CHECKS.items():
        name = variable_of(path)
        if name in environment:
            found[path] = _checked(path, _as_typed(environment[name], check), name)
    return found


def _as_typed(text: str, check: Check) -> object:
    """Text of the environment in the type its key has."""
    if check is _flag:
        return {"true": True, "false": False}.get(text.lower(), text)
    if check in (_share, _scale, _gap):
        return int(text) if text.isdecimal() else text
    return text


def _checked(path: str, raw: object, where: str) -> Value:
    if path not in CHECKS:
        raise ConfigError("config_key", file=where, path=path)
    value = CHECKS[path](raw)
    if value is None:
        raise ConfigError("config_value", file=where, path=path)
    return value


def _flag(raw: object) -> bool | None:
    return raw if isinstance(raw, bool) else None


def _text(raw: object) -> str | None:
    return raw if isinstance(raw, str) and len(raw) <= TEXT_CHARS_MAX else None


def _share(raw: object) -> int | None:
    return raw if type(raw) is int and 0 <= raw <= 100 else None


def _scale(raw: object) -> int | None:
    return raw if type(raw) is int and (raw == 0 or 100 <= raw <= 200) else None


def _gap(raw: object) -> int | None:
    return raw if type(raw) is int and 5 <= raw <= 500 else None


def _one_of(*names: str) -> Check:
    return lambda raw: raw if isinstance(raw, str) and raw in names else None


CHECKS: Mapping[str, Check] = {
    "look.language": _one_of("zh_CN", "en"),
    "look.theme": _one_of("light", "dark", "contrast"),
    "look.scale_percent": _scale,
    "look.sound_percent": _share,
    "receipt.language": _one_of("zh_CN", "en"),
    "printer.address": _text,
    "printer.profile": _text,
    "printer.chinese": _one_of("text", "dots"),
    "scanner.address": _text,
    "scanner.wedge": _flag,
    "scanner.wedge_gap_ms": _gap,
    "scanner.wedge_hold_ms": _gap,
    "scanner.wedge_flush_ms": _gap,
    "drawer.kick": _flag,
    "display.address": _text,
    "display.screen": _one_of("none", "second", "window"),
}
