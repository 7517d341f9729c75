"""Setting up devices: the machine is searched without waiting, and only what the next start can open is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import DEVICES_FILE, DisplayConfig, load
from app.errors import ConfigError
from app.resources import resources
from app.wiring import device_setup


def test_the_search_names_what_is_plugged_in_by_what_it_is() -> None:
    assert all(found.address and found.wire != "tcp" for found in device_setup.search())


def test_a_variable_of_the_environment_is_not_silently_overruled(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        device_setup.keep(tmp_path, {"scanner.wedge": False}, {"GUITAI_SCANNER_WEDGE": "true"})
    assert (refused.value.code, refused.value.facts) == ("device_overruled", {"variable": "GUITAI_SCANNER_WEDGE"})
    assert not (tmp_path / DEVICES_FILE).exists()


def test_what_was_chosen_is_what_the_next_start_reads(tmp_path: Path) -> None:
    device_setup.keep(tmp_path, {"printer.address": "tcp://10.0.0.9:9100", "printer.profile": "epson-80"}, {})
    device_setup.keep(tmp_path, {"scanner.address": "hid:05e0:1701", "scanner.wedge": False}, {})
    config = load(resources() / "default.toml", tmp_path, {})
    assert (config.printer.address, config.printer.profile) == ("tcp://10.0.0.9:9100", "epson-80")
    assert (config.scanner.address, config.scanner.wedge) == ("hid:05e0:1701", False)
    device_setup.keep(tmp_path, {"display.address": "tcp://10.0.0.9:9101", "display.screen": "second"}, {})
    assert load(resources() / "default.toml", tmp_path, {}).display == DisplayConfig("tcp://10.0.0.9:9101", "second")
    device_setup.keep(tmp_path, {"scanner.address": "", "printer.address": ""}, {})
    assert load(resources() / "default.toml", tmp_path, {}).scanner.address == ""


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("printer.address", "nowhere", "device_address"),
        ("printer.address", "hid:05e0:1701", "device_address"),
        ("printer.address", "tcp://127.0.0.1:99999", "device_port"),
        ("printer.address", "tcp://127.0.0.1:123456", "device_port"),
        ("display.address", "hid:05e0:1701", "device_address"),
        ("display.screen", "third", "config_value"),
        ("scanner.address", "usb:1", "device_address"),
        ("printer.profile", "laser", "printer_profile"),
        ("printer.address", 7, "config_value"),
    ],
)
def test_what_the_next_start_could_not_open_is_not_kept(tmp_path: Path, path: str, value: str | int, code: str) -> None:
    with pytest.raises(ConfigError) as refused:
        device_setup.keep(tmp_path, {path: value}, {})
    assert refused.value.code == code
    assert not (tmp_path / DEVICES_FILE).exists()


def test_a_serial_scanner_is_kept_as_well(tmp_path: Path) -> None:
    device_setup.keep(tmp_path, {"scanner.address": "usb:05e0:1701#1-2.3"}, {})
    assert load(resources() / "default.toml", tmp_path, {}).scanner.address == "usb:05e0:1701#1-2.3"
