"""docs/devices.md says what was seen: every fault on every device, run here, against the document's table."""

from __future__ import annotations

import sys

import pytest

from tests.support.fault_subjects import Subject
from tests.support.fault_table import FAULTS, SUBJECTS, documented, observe, table

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", SUBJECTS, ids=lambda kind: kind.name)
def test_a_device_says_of_a_fault_what_the_document_says(kind: type[Subject], fault: str) -> None:
    assert observe(kind, fault) == _cells()[kind.name, fault], "run python -m tests.support.fault_table and read it"


def test_the_document_has_the_table_and_its_words_as_they_are() -> None:
    assert table(_cells()) == documented()


def _cells() -> dict[tuple[str, str], str]:
    head, _, *rows = documented().partition("\n\n")[0].splitlines()
    names = [name.strip() for name in head.split("|")[2:-1]]
    found = {}
    for row in rows:
        fault, *cells = (cell.strip() for cell in row.split("|")[1:-1])
        found |= {(name, fault): cell for name, cell in zip(names, cells, strict=True)}
    return found
