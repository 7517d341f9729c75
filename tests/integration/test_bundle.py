"""The frozen program: built once, it proves itself where it stands, and says what is missing when something is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import COMMANDS
from app.version import VERSION
from tools.files import ROOT

BUILD_S = 900
RUN_S = 120
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The one-folder program, built from this tree; its folder is removed afterwards (over 200 MB)."""
    work = tmp_path_factory.mktemp("bundle")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(work / "dist"), "--workpath", str(work / "work"), "build.spec"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    environment |= {"PYINSTALLER_CONFIG_DIR": str(work / "config")}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=BUILD_S, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    yield work / "dist" / "guitai"
    shutil.rmtree(work)


def run(bundle: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the frozen program as on a till: no Python path, no keyring chosen, no screen."""
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment |= {"HOME": str(bundle.parent), "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [bundle / "guitai", *arguments],
        cwd=bundle.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=RUN_S,
        check=False,
    )


@pytest.mark.bundle
def test_the_frozen_program_passes_its_self_test_and_names_what_is_missing(bundle: Path) -> None:
    whole = run(bundle, "--self-test")
    assert whole.returncode == 0, whole.stdout + whole.stderr
    assert "self-test (frozen):" in whole.stdout
    assert "FAILED" not in whole.stdout

    scripts = bundle / "_internal" / "migrations"
    scripts.rename(scripts.with_name("elsewhere"))
    broken = run(bundle, "--self-test")
    scripts.with_name("elsewhere").rename(scripts)
    assert broken.returncode == 1
    assert "FAILED  store" in broken.stdout


@pytest.mark.bundle
def test_the_frozen_program_knows_its_version_and_every_command(bundle: Path) -> None:
    assert run(bundle, "--version").stdout == f"guitai {VERSION}\n"
    for command in COMMANDS:
        asked = run(bundle, command, "--help")
        assert (asked.returncode, asked.stderr) == (0, ""), command


@pytest.mark.bundle
def test_the_frozen_program_carries_what_it_shows_and_what_its_licence_asks(bundle: Path) -> None:
    inside = bundle / "_internal"
    assert (inside / "resources" / "locale" / "zh_CN" / "LC_MESSAGES" / "ui.mo").is_file()
    assert (inside / "LICENSE").is_file()
    assert (inside / "docs" / "licences.md").is_file()
    assert list(inside.rglob("libQt6Widgets*")) or list(inside.rglob("Qt6Widgets*"))
    assert not list(inside.rglob("*QtCharts*"))
