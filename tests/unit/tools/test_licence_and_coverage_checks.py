"""The licence list refuses what we may not ship; the coverage floors are computed by layer."""

from __future__ import annotations

import pytest

from tools import check_coverage, check_licences


@pytest.mark.parametrize("licence", ["MIT", "Apache-2.0 OR BSD-3-Clause", "GPL-3.0-only OR MIT", "Zlib AND MIT"])
def test_a_permissive_licence_passes(licence: str) -> None:
    assert not check_licences.refused("some-package", licence)


@pytest.mark.parametrize("licence", ["", "GPL-3.0-only", "GPL-3.0-only AND MIT", "LGPL-3.0-only", "Proprietary"])
def test_any_other_licence_is_refused(licence: str) -> None:
    assert check_licences.refused("some-package", licence)


def test_the_lesser_licence_is_taken_for_qt_alone() -> None:
    assert not check_licences.refused("pyside6-essentials", "LGPL-3.0-only")


def test_every_pin_of_the_program_has_a_licence() -> None:
    assert [name for name in check_licences.pinned() if not check_licences.licence_of(name)] == []


def test_a_layer_is_measured_by_lines_and_branches_of_its_files() -> None:
    summary = {"covered_lines": 8, "covered_branches": 1, "num_statements": 10, "num_branches": 2}
    found = check_coverage.shares({"app/domain/a.py": {"summary": summary}, "ui/b.py": {"summary": summary}})
    assert found["app/domain/"].percent == 75.0
    assert found["devices/"].percent == 100.0
    assert found[""].all == 24
