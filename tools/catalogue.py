"""Reading for the words check: what the source says (with ast) and what a .po file translates."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import read_po

from tools.files import ROOT, python_files, text, tree

LAYERS = {"core": ("app",), "ui": ("ui",), "devices": ("devices",)}
ERRORS = {"GuitaiError", "Refusal", "ConfigError", "StoreError", "SyncError", "DeviceError"}
SPEAKERS = {"tr", "_tr", "mark"}


@dataclass(frozen=True, slots=True)
class Said:
    """One place where the source says a text: the facts it passes, or None when they cannot be read off."""

    text: str
    place: str
    facts: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Raised:
    """One place where the source makes an error with a literal code."""

    code: str
    place: str
    facts: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of app.messages: its code, short reference and English sentence."""

    code: str
    ref: str
    text: str
    place: str


def fields(sentence: str) -> frozenset[str]:
    """Names in braces; raises ValueError on broken braces."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None)


def _name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _constants(node: ast.expr) -> Iterator[str]:
    """The texts an argument can be: a literal, or either side of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


def _facts(call: ast.Call) -> frozenset[str] | None:
    if any(keyword.arg is None for keyword in call.keywords):
        return None
    return frozenset(keyword.arg for keyword in call.keywords if keyword.arg is not None)


def _calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and node.args)


def said(layer: str) -> list[Said]:
    """Every text this layer gives to a translator, and every sentence of app.messages (core)."""
    found = []
    for path in python_files(*LAYERS[layer]):
        for call in _calls(path):
            if _name(call) in SPEAKERS:
                facts = None if _name(call) == "mark" else _facts(call)
                found += [Said(words, f"{path}:{call.lineno}", facts) for words in _constants(call.args[0])]
    if layer == "core":
        found += [Said(entry.text, entry.place, None) for entry in entries()]
    return found


def literals(layer: str) -> set[str]:
    """Every string in this layer's source: a text said through a table or a variable is among them."""
    return {
        node.value
        for path in python_files(*LAYERS[layer])
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def raised() -> list[Raised]:
    """Every error made with a literal code."""
    found = []
    for path in python_files("app", "ui", "sync", "devices"):
        for call in _calls(path):
            if _name(call) in ERRORS:
                found += [Raised(code, f"{path}:{call.lineno}", _facts(call)) for code in _constants(call.args[0])]
    return found


def entries() -> list[Entry]:
    """Every `"code": Words("ref", "text")` and `WORDS["code"] = Words(…)` of app/messages."""
    found = []
    for path in python_files("app"):
        if path.parts[:2] != ("app", "messages"):
            continue
        pairs: list[tuple[ast.expr | None, ast.expr]] = []
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Dict):
                pairs += list(zip(node.keys, node.values, strict=True))
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
                pairs.append((node.targets[0].slice, node.value))
        for key, value in pairs:
            if isinstance(key, ast.Constant) and isinstance(value, ast.Call) and _name(value) == "Words":
                ref, sentence = (ast.literal_eval(argument) for argument in value.args)
                found.append(Entry(str(key.value), ref, sentence, f"{path}:{key.lineno}"))
    return found


def po_path(layer: str) -> Path:
    return Path("resources/locale/zh_CN/LC_MESSAGES") / f"{layer}.po"


def translations(layer: str) -> dict[str, str]:
    """msgid → msgstr, the header left out."""
    with (ROOT / po_path(layer)).open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    return {str(message.id): str(message.string) for message in catalogue if message.id}


def repeated(layer: str) -> list[str]:
    """msgids that stand in the file more than once (the reader would keep only one)."""
    seen: set[str] = set()
    twice = []
    current: list[str] | None = None
    for line in [*text(po_path(layer)).splitlines(), "msgid"]:
        if line.startswith("msgid"):
            current = [line.removeprefix("msgid").strip()] if line != "msgid" else None
        elif line.startswith("msgstr") and current is not None:
            whole = "".join(ast.literal_eval(part) for part in current if part)
            if whole in seen:
                twice.append(whole)
            seen.add(whole)
            current = None
        elif current is not None and line.startswith('"'):
            current.append(line)
    return twice
