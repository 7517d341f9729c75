"""The devices of a till before its files are open: jobs come from the till once there is one."""

from __future__ import annotations

from app.clock import Clock
from app.config import TillConfig
from app.domain.card import CardScheme
from app.failpoints import Failpoints
from app.wiring.device_set import Surroundings
from app.wiring.late_jobs import LateJobs
from app.wiring.till_devices import TillDevices
from app.workers import Worker


def make_devices(
    config: TillConfig, store: Worker, clock: Clock, failpoints: Failpoints
) -> tuple[TillDevices, LateJobs]:
    """The devices of the set-up, and the outbox to be told when the till is open.

    ConfigError `device_address`, `printer_profile`.
    """
    jobs = LateJobs()
    return TillDevices(config, Surroundings(CardScheme(), jobs, store, clock, failpoints)), jobs
