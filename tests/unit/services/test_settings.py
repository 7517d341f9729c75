"""Settings are read with their defaults; a bad row never stops a sale."""

from __future__ import annotations

from app.services import settings
from tests.support.fakes import fake_till


def test_settings_have_defaults() -> None:
    fake = fake_till()
    fake.essentials.values.clear()
    read = settings.read(fake.till)
    assert (read.brand, read.receipt_host, read.receipt_key) == ("静安寺店", "", b"")
    assert (read.amount_max_minor, read.enrolments_goal, read.notice_version) == (9_999_999, 0, 1)


def test_values_of_the_wrong_kind_count_as_absent() -> None:
    fake = fake_till()
    fake.essentials.values.update(
        {"receipt.brand": 7, "checkout.amount_max_minor": "lots", "shift.enrolments_goal": True, "receipt.key": "zz"}
    )
    read = settings.read(fake.till)
    assert (read.brand, read.amount_max_minor, read.enrolments_goal) == ("静安寺店", 9_999_999, 0)
    assert read.receipt_key == b""
    fake.essentials.values.update({"receipt.key": "00", "privacy.notice_version": -1})
    assert (settings.read(fake.till).receipt_key, settings.read(fake.till).notice_version) == (b"", 1)


def test_a_tier_without_a_name_shows_its_id() -> None:
    fake = fake_till()
    assert settings.tier_name(fake.till, "platinum") == "platinum"
    assert settings.tier_name(fake.till, None) == ""
