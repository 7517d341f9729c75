"""The till's set-up: defaults, its own file, the environment; every mistake with its path."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import CONFIG_BYTES_MAX, CONFIG_FILE, DEVICES_FILE, PrinterConfig, TillConfig, load, save_devices
from app.errors import ConfigError
from app.resources import resources

DEFAULTS = resources() / "default.toml"


def read(folder: Path | None = None, **environment: str) -> TillConfig:
    return load(DEFAULTS, folder, environment)


def written(folder: Path, text: str) -> Path:
    (folder / CONFIG_FILE).write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_defaults_are_a_whole_set_up() -> None:
    config = read()
    assert (config.look.language, config.look.theme, config.receipt_language) == ("zh_CN", "light", "zh_CN")
    assert (config.printer, config.scanner.wedge, config.drawer_kick) == (PrinterConfig("", "escpos-80"), True, True)


def test_a_tills_own_file_wins_and_the_environment_wins_over_it(tmp_path: Path) -> None:
    folder = written(tmp_path, '[printer]\naddress = "tcp://10.0.0.9:9100"\n[look]\nscale_percent = 125\n')
    config = read(folder, GUITAI_LOOK_THEME="dark", GUITAI_SCANNER_WEDGE="false", GUITAI_LOOK_SOUND_PERCENT="0")
    assert (config.printer.address, config.look.scale_percent) == ("tcp://10.0.0.9:9100", 125)
    assert (config.look.theme, config.scanner.wedge, config.look.sound_percent) == ("dark", False, 0)


def test_a_folder_without_a_file_has_the_defaults(tmp_path: Path) -> None:
    assert read(tmp_path) == read()


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("[printer]\nadress = 'x'", "config_key", "printer.adress"),
        ("printer = 1", "config_key", "printer"),
        ("[look]\nlanguage = 'fr'", "config_value", "look.language"),
        ("[look]\nscale_percent = 99", "config_value", "look.scale_percent"),
        ("[look]\nscale_percent = true", "config_value", "look.scale_percent"),
        ("[look]\nsound_percent = 101", "config_value", "look.sound_percent"),
        ("[scanner]\nwedge = 'yes'", "config_value", "scanner.wedge"),
        ("[printer]\naddress = 7", "config_value", "printer.address"),
    ],
)
def test_every_mistake_is_named_by_its_path(tmp_path: Path, text: str, code: str, path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(written(tmp_path, text))
    assert (caught.value.code, caught.value.facts) == (code, {"file": CONFIG_FILE, "path": path})


@pytest.mark.parametrize(
    "environment",
    [
        {"GUITAI_LOOK_THEME": "pink"},
        {"GUITAI_SCANNER_WEDGE": "perhaps"},
        {"GUITAI_LOOK_SCALE_PERCENT": "big"},
    ],
)
def test_a_wrong_variable_is_named_too(environment: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="config_value") as caught:
        read(None, **environment)
    assert caught.value.facts["file"] == next(iter(environment))


def test_a_file_that_cannot_be_read_says_where(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read(written(tmp_path, "[look]\ntheme = light\n"))
    assert caught.value.facts == {"file": CONFIG_FILE, "line": 2}
    (tmp_path / CONFIG_FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="config_unreadable"):
        read(tmp_path)
    written(tmp_path, "#" * (CONFIG_BYTES_MAX + 1))
    with pytest.raises(ConfigError, match="config_unreadable"):
        read(tmp_path)


def test_defaults_must_be_complete(tmp_path: Path) -> None:
    part = tmp_path / "part.toml"
    part.write_text("[drawer]\nkick = true\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(part, None, {})
    assert caught.value.facts == {"file": "part.toml", "path": "display.address"}


@pytest.mark.parametrize(
    ("data", "line"),
    [(b"[look]\ntheme = \n", 2), (b"[look]\n\ntheme = '''x\n", 3), (b"[look]\ntheme = '\xff'\n", 2), (b"[look\n", 1)],
)
def test_a_mistake_in_the_set_up_is_named_by_its_line(tmp_path: Path, data: bytes, line: int) -> None:
    (tmp_path / "till.toml").write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        load(resources() / "default.toml", tmp_path, {})
    assert (caught.value.code, caught.value.facts["line"]) == ("config_unreadable", line)


def test_what_was_set_up_on_screen_goes_before_the_tills_own_file(tmp_path: Path) -> None:
    written(tmp_path, '[printer]\naddress = "tcp://10.0.0.9:9100"\nprofile = "epson-80"\n')
    save_devices(tmp_path, {"printer.address": 'usb:04b8:0202:"A\\#1', "scanner.wedge": False})
    save_devices(tmp_path, {"scanner.address": "serial:柜台\x7f"})
    config = read(tmp_path)
    assert config.printer == PrinterConfig('usb:04b8:0202:"A\\#1', "epson-80")
    assert (config.scanner.address, config.scanner.wedge) == ("serial:柜台\x7f", False)
    assert (tmp_path / DEVICES_FILE).stat().st_mode & 0o777 == 0o600
    assert read(tmp_path, GUITAI_PRINTER_ADDRESS="file:x").printer.address == "file:x"


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("look.theme", "dark", "config_key"),
        ("printer.speed", 1, "config_key"),
        ("printer.address", 7, "config_value"),
    ],
)
def test_only_right_device_settings_are_kept(tmp_path: Path, path: str, value: str | int, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        save_devices(tmp_path, {path: value})
    assert (caught.value.code, caught.value.facts) == (code, {"file": DEVICES_FILE, "path": path})
    assert not (tmp_path / DEVICES_FILE).exists()


def test_the_devices_file_holds_nothing_but_devices(tmp_path: Path) -> None:
    (tmp_path / DEVICES_FILE).write_text('[look]\ntheme = "dark"\n', encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read(tmp_path)
    assert caught.value.facts == {"file": DEVICES_FILE, "path": "look"}


def test_a_folder_that_cannot_be_written_keeps_what_was(tmp_path: Path) -> None:
    save_devices(tmp_path, {"printer.address": "file:a"})
    (tmp_path / f".{DEVICES_FILE}").mkdir()
    with pytest.raises(ConfigError) as caught:
        save_devices(tmp_path, {"printer.address": "file:b"})
    assert caught.value.code == "folder_unwritable_here"
    assert read(tmp_path).printer.address == "file:a"
