"""`python -m tests.benchmarks.run [--quick] [metric …]`: runs every metric, prints one table, writes bench.json.

Exit 0 when everything was measured: a missed target is a figure in the table, not a failure of the bench, and a busy
machine misses some. A metric is a module of this folder with `measure(*, quick) -> rows`.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from tests.benchmarks.harness import ROOT, Row, table, write_json

METRICS = (
    "lookup",
    "paint",
    "pull_paint",
    "pull",
    "first_load",
    "peers",
    "ingest",
    "start",
    "sale",
    "search",
    "earning",
    "link",
    "heartbeat",
    "receipt",
    "outage",
)
LOAD_MAX = 1.5
"""Our own work alone keeps one core busy."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer calls; under three minutes")
    parser.add_argument("metrics", nargs="*", choices=[*METRICS, []], help="only these")
    given = parser.parse_args(arguments)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    rows: list[Row] = []
    begun_s = time.monotonic()
    for name in given.metrics or METRICS:
        started_s = time.monotonic()
        rows.extend(importlib.import_module(f"tests.benchmarks.{name}").measure(quick=given.quick))
        print(f"{name}: {time.monotonic() - started_s:.0f} s", file=sys.stderr)
    print(table(rows))
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if load > LOAD_MAX:
        print(f"\nThe machine was busy (load {load:.1f}): times include waiting for others.")
    facts = {
        "machine": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count() or 0,
        "load": load,
        "date": datetime.now(UTC).date().isoformat(),
        "seconds": round(time.monotonic() - begun_s),
    }
    write_json(rows, ROOT / "bench.json", facts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
