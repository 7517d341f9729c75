"""`make prove`: every scenario of the repository through a real till and a real head office, not only a sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.hq.test_hq_pair import OTHERS, assert_kept


@pytest.mark.parametrize("file", OTHERS, ids=lambda file: file.stem)
def test_a_till_and_head_office_keep_every_promise(file: Path) -> None:
    assert_kept(file)
