"""What /schema promises holds: requests made from it get answers that fit it, and none breaks head office."""

from __future__ import annotations

from tests.support.head_office import HeadOffice
from tests.support.schema_fuzz import fuzz_of

EXAMPLES = 6
SEED = 5
REACHED = {
    "POST /v1/enrol 200", "POST /v1/push 200", "GET /v1/heads 200", "GET /v1/pull 200", "GET /v1/verify 200",
    "DELETE /v1/holds/{id} 200", "POST /v1/members/find 200", "POST /v1/progress 200",
}  # fmt: skip


def test_every_call_answers_what_the_schema_says(hq: HeadOffice) -> None:
    with fuzz_of(hq) as fuzz:
        fuzz.run(EXAMPLES, SEED)
    assert fuzz.told.keys() >= REACHED
    assert not [one for one in fuzz.told if one.rpartition(" ")[2] >= "500"]
    assert fuzz.faults() == []


def test_a_snapshot_file_is_what_the_schema_says(hq: HeadOffice) -> None:
    with fuzz_of(hq) as fuzz:
        assert fuzz.file_answers() == [200, 206, 304, 416]
