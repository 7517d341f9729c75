"""Provide tests/node: the packages package.json pins, and refuse them when a hash is not the one written there."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

from tools.files import ROOT

FOLDER = ROOT / "tests" / "node"
INSTALL = ("npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")


def wrong() -> list[str]:
    """Installed packages whose version or hash differs from package.json, and packages it does not name."""
    wanted = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
    installed = json.loads((FOLDER / "node_modules" / ".package-lock.json").read_text(encoding="utf-8"))["packages"]
    given = {name.removeprefix("node_modules/"): facts for name, facts in installed.items()}
    names = wanted["dependencies"].keys() | given.keys()
    return sorted(
        name
        for name in names
        if given.get(name, {}).get("version") != wanted["dependencies"].get(name)
        or given.get(name, {}).get("integrity") != wanted["integrity"].get(name)
    )


def main() -> int:
    shutil.rmtree(FOLDER / "node_modules", ignore_errors=True)
    done = subprocess.run(INSTALL, cwd=FOLDER, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"npm could not install tests/node/package.json:\n{done.stdout}{done.stderr}", file=sys.stderr)
        return 1
    if names := wrong():
        shutil.rmtree(FOLDER / "node_modules")
        print(f"tests/node: not what package.json pins, removed: {', '.join(names)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
