"""Devices of a till that is still being opened, and of one without a printer."""

from __future__ import annotations

from app.clock import SystemClock
from app.config import TillConfig, load
from app.domain.receipt import JobState
from app.domain.sale import Tender, TenderKind
from app.failpoints import NO_FAILPOINTS
from app.resources import resources
from app.services import checkout
from app.wiring.devices import make_devices
from app.wiring.headless import News
from app.wiring.late_jobs import LateJobs
from app.workers import Worker
from tests.support.fakes import FakeTill, fake_till


def config(**environment: str) -> TillConfig:
    return load(resources() / "default.toml", None, environment)


def sold() -> FakeTill:
    fake = fake_till()
    cart = checkout.with_amount(fake.till, checkout.Cart(), 100)
    checkout.complete(fake.till, fake.sign_on(), cart, (Tender(TenderKind.QR),))
    return fake


def test_until_the_till_is_open_there_is_nothing_to_print() -> None:
    late = LateJobs()
    late.mark(1, JobState.CONFIRMED)
    assert (late.next_job(), late.job(1), late.recover(), late.unknown()) == (None, None, 0, ())


def test_then_the_jobs_are_those_of_the_till() -> None:
    fake, late = sold(), LateJobs()
    late.opened(fake.jobs)
    job = late.next_job()
    assert job is not None
    late.mark(job.job_id, JobState.SENDING)
    assert late.recover() == 1
    assert [one.job_id for one in late.unknown()] == [job.job_id]
    found = late.job(job.job_id)
    assert found is not None
    assert found.state is JobState.UNKNOWN


def test_without_a_printer_jobs_are_closed_and_the_screens_are_told() -> None:
    fake, news, store = sold(), News(), Worker("store")
    devices, late = make_devices(config(GUITAI_SCANNER_WEDGE="false"), store, SystemClock(), NO_FAILPOINTS)
    late.opened(fake.jobs)
    try:
        devices.start(news)
        assert news.jobs.get(timeout=10) == (1, JobState.CANCELLED)
        assert [job.state for job in fake.truth.jobs] == [JobState.CANCELLED]
        assert not devices.wedge().key("8", "8", 0).swallow
    finally:
        devices.close()
        store.close()
    news.devices_changed()
    news.raise_window()
    assert news.scans.empty()


def test_with_a_printer_jobs_wait_for_it() -> None:
    store = Worker("store")
    try:
        devices, _ = make_devices(
            config(GUITAI_PRINTER_ADDRESS="tcp://127.0.0.1:9"), store, SystemClock(), NO_FAILPOINTS
        )
        devices.print_waiting()
        assert devices.wedge().key("8", "8", 0).swallow
    finally:
        store.close()
