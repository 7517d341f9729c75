"""The job outbox: one at a time, in order, and honest after a crash."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.receipt import JobState
from app.errors import StoreError
from app.services.ports import NewJob
from app.store.files import TillFiles
from app.store.jobs import OPEN
from tests.support.tills import NOW_MS

JOB = NewJob(None, "test", b"\x1b@paper", '{"blocks":[]}', copy_no=2)


def queue(files: TillFiles, times: int = 1) -> list[int]:
    with files.book.begin() as write:
        made = [write.add_job(JOB) for _ in range(times)]
        write.commit()
    return made


def next_id(files: TillFiles) -> int | None:
    job = files.jobs.next_job()
    return None if job is None else job.job_id


def test_a_queued_job_comes_back_whole(files: TillFiles) -> None:
    (job_id,) = queue(files)
    job = files.jobs.next_job()
    assert job is not None
    assert (job.job_id, job.event_id, job.kind, job.state) == (job_id, None, "test", JobState.QUEUED)
    assert (job.payload, job.model, job.copy_no, job.queued_ms, job.detail) == (b"\x1b@paper", JOB.model, 2, NOW_MS, "")
    assert files.jobs.job(job_id) == job
    assert files.jobs.job(99) is None


def test_jobs_come_in_the_order_they_were_queued(files: TillFiles) -> None:
    first, second = queue(files, 2)
    assert next_id(files) == first
    files.jobs.mark(first, JobState.SENDING)
    assert next_id(files) is None
    files.jobs.mark(first, JobState.SENT)
    assert next_id(files) is None
    files.jobs.mark(first, JobState.CONFIRMED, "by id")
    assert next_id(files) == second
    assert files.jobs.job(first) == replace_state(files, first, JobState.CONFIRMED, "by id")


def replace_state(files: TillFiles, job_id: int, state: JobState, detail: str) -> object:
    job = files.jobs.job(job_id)
    assert job is not None
    return replace(job, state=state, detail=detail)


def test_a_job_of_unknown_fate_holds_the_others_until_a_person_says(files: TillFiles) -> None:
    first, second = queue(files, 2)
    files.jobs.mark(first, JobState.SENDING)
    assert files.jobs.recover() == 1
    assert files.jobs.recover() == 0
    assert [job.job_id for job in files.jobs.unknown()] == [first]
    assert next_id(files) is None
    files.jobs.mark(first, JobState.CANCELLED)
    assert files.jobs.unknown() == ()
    assert next_id(files) == second


def test_a_clean_failure_can_be_tried_again(files: TillFiles) -> None:
    first, second = queue(files, 2)
    files.jobs.mark(first, JobState.FAILED_CLEAN)
    files.jobs.mark(second, JobState.SPOOLED)
    assert next_id(files) is None
    files.jobs.mark(first, JobState.QUEUED)
    assert next_id(files) == first


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(JobState)), max_size=12))
def test_the_next_job_is_what_reading_all_of_them_says(files: TillFiles, marks: list[tuple[int, JobState]]) -> None:
    made = queue(files, 5)
    for job_id in range(1, made[0]):
        files.jobs.mark(job_id, JobState.CANCELLED)
    for place, state in marks:
        files.jobs.mark(made[place], state)
    open_jobs = [job for job in (files.jobs.job(one) for one in made) if job is not None and job.state in OPEN]
    held = any(job.state is not JobState.QUEUED for job in open_jobs)
    queued = [job.job_id for job in open_jobs if job.state is JobState.QUEUED]
    assert next_id(files) == (None if held or not queued else queued[0])
    assert [job.job_id for job in files.jobs.unknown()] == [
        job.job_id for job in open_jobs if job.state is JobState.UNKNOWN
    ]


def test_a_state_no_version_wrote_is_said(files: TillFiles) -> None:
    (job_id,) = queue(files)
    files.book.connection.execute("UPDATE print_job SET state = 'eaten'")
    with pytest.raises(StoreError, match="store_io"):
        files.jobs.job(job_id)


def test_a_table_that_cannot_be_read_is_said_and_nothing_stays_open(files: TillFiles) -> None:
    files.book.connection.execute("DROP TABLE print_job")
    for work in (files.jobs.next_job, files.jobs.recover, lambda: files.jobs.mark(1, JobState.SENT)):
        with pytest.raises(StoreError, match="store_io"):
            work()
    assert not files.book.connection.in_transaction
