"""Which licences we ship: every pinned runtime package is on the allow list, and docs/licences.md says so."""

from __future__ import annotations

import email
import re
import sys
from importlib import metadata

from tools.files import ROOT, report

PINS = ROOT / "requirements" / "runtime.txt"
PAGE = ROOT / "docs" / "licences.md"
ALLOWED = {"MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "MPL-2.0", "PSF-2.0", "Zlib", "HPND",
           "MIT-CMU", "Unlicense"}  # fmt: skip
# LGPL is taken where the library stays one that the user can replace: Qt in the one-folder bundle, and the PostgreSQL
# driver that head office alone imports (ADR 0004).
LGPL_ALLOWED = {"pyside6-essentials", "shiboken6", "psycopg", "psycopg-binary"}
# Packages whose metadata is not a licence expression, or which this platform or Python does not install.
STATED = {
    "backports-tarfile": "MIT",
    "colorama": "BSD-3-Clause",
    "hidapi": "BSD-3-Clause",  # one of the three it may be had under
    "importlib-metadata": "Apache-2.0",
    "jeepney": "MIT",
    "lazy-importer": "MIT",
    "pyserial": "BSD-3-Clause",
    "pyside6-essentials": "LGPL-3.0-only",
    "pywin32-ctypes": "BSD-3-Clause",
    "secretstorage": "BSD-3-Clause",
    "shiboken6": "LGPL-3.0-only",
    "sqlcipher3": "Zlib AND BSD-3-Clause AND Apache-2.0",  # the driver, SQLCipher, and the OpenSSL inside
    "tzdata": "Apache-2.0",
    "zipp": "MIT",
}
CLASSIFIERS = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "ISC License (ISCL)": "ISC",
}


def pinned() -> dict[str, str]:
    """Name → version, as runtime.txt pins them."""
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s\\;]+)", PINS.read_text(encoding="utf-8"), re.MULTILINE))


def licence_of(name: str) -> str:
    """An SPDX expression, or the raw words when nothing better is known; empty when not installed here."""
    if name in STATED:
        return STATED[name]
    try:
        facts = email.message_from_string(metadata.distribution(name).read_text("METADATA") or "")
    except metadata.PackageNotFoundError:
        return ""
    if expression := facts["License-Expression"]:
        return str(expression)
    for line in facts.get_all("Classifier") or []:
        if line.startswith("License ::") and (short := CLASSIFIERS.get(line.rpartition(" :: ")[2])):
            return short
    return str(facts["License"] or "").partition("\n")[0]


def refused(name: str, licence: str) -> bool:
    if licence.startswith("LGPL"):
        return name not in LGPL_ALLOWED
    parts = [part for part in re.split(r"\s+(?:OR|AND)\s+|[()]", licence) if part]
    wanted = any if " OR " in licence else all
    return not parts or not wanted(part in ALLOWED for part in parts)


def page(licences: dict[str, str]) -> str:
    versions = pinned()
    rows = "\n".join(f"| {name} | {versions[name]} | {licence} |" for name, licence in sorted(licences.items()))
    return (
        "# Licences of what we ship\n\n"
        "Written by `make licences` from requirements/runtime.txt; `make check` refuses what is not on the list in\n"
        "tools/check_licences.py. Qt is used under the LGPL: it stays a replaceable shared library in the bundle,\n"
        "and only PySide6-Essentials is used (QtCharts, QtGraphs and other GPL modules are not in it).\n"
        "The PostgreSQL driver is LGPL too: head office alone imports it, and it stays replaceable in the folder.\n"
        "Guitai itself is Apache-2.0.\n\n"
        f"| package | version | licence |\n|---|---|---|\n{rows}\n"
    )


def main(write: bool) -> int:
    licences = {name: licence_of(name) for name in pinned()}
    problems = [f"{name}: licence {licence or 'unknown'} is not on the list" for name, licence in licences.items()
                if refused(name, licence)]  # fmt: skip
    wanted = page(licences)
    if write:
        PAGE.write_text(wanted, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != wanted:
        problems.append("docs/licences.md is not what the pins say")
    return report(problems, "Run make licences; a licence that is not on the list needs an ADR, not an exception here.")


if __name__ == "__main__":
    sys.exit(main("--write" in sys.argv[1:]))
