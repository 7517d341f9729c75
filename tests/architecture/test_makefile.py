"""`make help` tells the truth: every target is listed, and everything a target calls exists."""

from __future__ import annotations

import re
import subprocess

from tools.files import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_help_lists_exactly_the_targets_that_can_be_asked_for() -> None:
    phony = set(re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)[0].split())
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    listed = set(re.findall(r"^  make ([a-z-]+) ", shown.stdout, re.MULTILINE))
    assert listed == phony


def test_everything_a_target_calls_exists() -> None:
    called = [ROOT / (name.replace(".", "/") + ".py") for name in re.findall(r"-m ((?:tools|tests)\.[\w.]+)", MAKEFILE)]
    called += [ROOT / name for name in re.findall(r"\btools/[\w.]+\.(?:sh|py)\b|\bbuild\.spec\b", MAKEFILE)]
    assert [str(path.relative_to(ROOT)) for path in called if not path.is_file()] == []


def test_the_readme_names_the_two_commands() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "make run" in text
        assert "make test" in text
