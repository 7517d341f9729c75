"""Dependencies stand once, are used, and have their reason written down."""

from __future__ import annotations

import ast
import re
import sys

import pytest

from tools.files import ROOT, SOURCE, python_files, text, tree

# Package → the module it is imported by, where the names differ.
MODULES = {
    "PySide6-Essentials": "PySide6",
    "SQLAlchemy": "sqlalchemy",
    "Pillow": "PIL",
    "argon2-cffi": "argon2",
    "hidapi": "hid",
    "pyserial": "serial",
    "phonenumberslite": "phonenumbers",
    "python-barcode": "barcode",
    "python-escpos": "escpos",
}
COMES_WITH_QT = {"shiboken6"}
BY_PLATFORM = {"tzdata"}  # data read by the standard library
WANTED = re.findall(r"^([A-Za-z][\w.-]*)", (ROOT / "requirements/runtime.in").read_text(encoding="utf-8"), re.MULTILINE)


def imported() -> set[str]:
    """Top names of everything the program and its migrations import."""
    names = set()
    for path in python_files(*SOURCE, "migrations"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("package", sorted(set(WANTED) - BY_PLATFORM))
def test_a_runtime_package_is_imported_by_the_program(package: str) -> None:
    assert MODULES.get(package, package.lower()) in imported()


def test_every_foreign_import_is_a_declared_package() -> None:
    declared = {MODULES.get(package, package.lower()) for package in WANTED}
    ours = {*SOURCE, "tests", "tools"}
    assert imported() - declared - COMES_WITH_QT - ours - set(sys.stdlib_module_names) == set()


@pytest.mark.parametrize("package", sorted(WANTED))
def test_a_runtime_package_has_its_line_in_the_decision(package: str) -> None:
    assert re.search(rf"\b{re.escape(package)}\b", text(ROOT / "docs/adr/0004-dependencies.md"))


def test_qt_stays_below_the_release_that_loses_references() -> None:
    assert "PySide6-Essentials>=6.8,<6.12" in text(ROOT / "requirements/runtime.in")


def test_true_and_none_keep_their_references_through_qt() -> None:
    """The canary of the fault that PySide6 6.12.0 had on CPython 3.11."""
    from PySide6.QtCore import QObject

    def spend() -> None:
        for _ in range(1000):
            probe = QObject()
            probe.blockSignals(True)
            probe.setProperty("x", None)
            probe.property("x")

    spend()
    before = sys.getrefcount(None), sys.getrefcount(True)
    spend()
    after = sys.getrefcount(None), sys.getrefcount(True)
    assert min(now - then for now, then in zip(after, before, strict=True)) > -500
