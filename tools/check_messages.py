"""Words: every text on a screen, on paper or in an error is translated, with its facts; nothing is left over."""

from __future__ import annotations

import re
import sys
from collections import Counter

from tools.catalogue import LAYERS, Entry, entries, fields, literals, po_path, raised, repeated, said, translations
from tools.files import python_files, report, text

ADVICE = "Words live in app/messages and resources/locale; CONTRIBUTING.md, 'Words', says how."
REF = re.compile(r"[A-Z]-\d{2,3}")
CHINESE = re.compile(r"[㐀-鿿]")


def _same_fields(english: str, chinese: str, place: str) -> list[str]:
    try:
        wanted, given = fields(english), fields(chinese)
    except ValueError as error:
        return [f"{place}: broken braces in {english!r}: {error}"]
    return (
        []
        if wanted == given
        else [f"{place}: {english!r} has the facts {sorted(wanted)}, its translation {sorted(given)}"]
    )


def untranslated(layer: str) -> list[str]:
    """Texts without a translation, facts that a sentence needs and the call does not pass."""
    known = translations(layer)
    problems = []
    for item in said(layer):
        if item.text not in known:
            problems.append(f"{item.place}: not in {po_path(layer).name}: {item.text!r}")
        if item.facts is not None and not fields(item.text) <= item.facts:
            problems.append(f"{item.place}: {item.text!r} needs {sorted(fields(item.text) - item.facts)}")
    return problems


def wrong_entries(layer: str) -> list[str]:
    """Entries of a .po that are empty, repeated, left over, or whose facts differ."""
    place = po_path(layer).name
    used = {item.text for item in said(layer)} | literals(layer)
    problems = [f"{place}: stands twice: {words!r}" for words in repeated(layer)]
    for english, chinese in translations(layer).items():
        if not chinese:
            problems.append(f"{place}: no translation of {english!r}")
        elif english not in used:
            problems.append(f"{place}: nothing says {english!r} any more")
        else:
            problems += _same_fields(english, chinese, place)
    return problems


def wrong_codes(found: list[Entry]) -> list[str]:
    """Codes and references: unique, well formed, raised with the facts their words need, and used at all."""
    by_code = {entry.code: entry for entry in found}
    problems = [f"code {code!r} has words twice" for code, count in Counter(e.code for e in found).items() if count > 1]
    refs = Counter(entry.ref for entry in found if entry.ref)
    problems += [f"reference {ref} is given twice" for ref, count in refs.items() if count > 1]
    problems += [
        f"{e.place}: reference {e.ref!r} is not like M-04" for e in found if e.ref and not REF.fullmatch(e.ref)
    ]
    for item in raised():
        entry = by_code.get(item.code)
        if entry is None:
            problems.append(f"{item.place}: code {item.code!r} has no words in app/messages")
        elif item.facts is not None and not fields(entry.text) <= item.facts:
            problems.append(f"{item.place}: {item.code!r} needs the facts {sorted(fields(entry.text) - item.facts)}")
    source = "\n".join(text(path) for path in python_files("app", "ui", "sync", "devices")
                       if path.parts[:2] != ("app", "messages"))  # fmt: skip
    quoted = set(re.findall(r"[\"']([a-z0-9_]+)[\"']", source))
    problems += [f"{e.place}: nothing uses the code {e.code!r}" for e in found if e.code not in quoted]
    return problems


def chinese_in_source() -> list[str]:
    """Chinese texts given to a translator: the source language is English."""
    return [f"{item.place}: say it in English; the .po translates: {item.text!r}"
            for layer in LAYERS for item in said(layer) if CHINESE.search(item.text)]  # fmt: skip


def main() -> int:
    problems = wrong_codes(entries()) + chinese_in_source()
    for layer in LAYERS:
        problems += untranslated(layer) + wrong_entries(layer)
    return report(problems, ADVICE)


if __name__ == "__main__":
    sys.exit(main())
