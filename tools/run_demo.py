"""`make demo`: head office, an enrolled till and its window; where there is no screen, a scripted day with pictures.

Files live in .run/demo-chain (remove it for a new chain); receipts and screenshots in demo-output.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tools.files import ROOT

CHAIN = Path(".run/demo-chain")
OUTPUT = Path("demo-output")


def main(arguments: list[str]) -> int:
    (ROOT / ".run").mkdir(exist_ok=True)
    guitai = [sys.executable, "-m", "app", "demo", "--data", str(CHAIN), "--output", str(OUTPUT), *arguments]
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return subprocess.call([*guitai, "--window"], cwd=ROOT)
    print("No screen here, so the day is played without one.", flush=True)
    code = subprocess.call(guitai, cwd=ROOT)
    pictures = [sys.executable, "-m", "tools.demo_pictures", str(CHAIN), str(OUTPUT)]
    return subprocess.call(pictures, cwd=ROOT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}) or code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
