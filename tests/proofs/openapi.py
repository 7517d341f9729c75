"""`python -m tests.proofs.openapi`: requests by the thousand from head office's own OpenAPI document (make prove)."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.support.head_office import HeadOffice
from tests.support.schema_fuzz import fuzz_of


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=1_000, help="of each call, of either kind")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="guitai-openapi-") as name:
        hq = HeadOffice(Path(name), f"sqlite:///{Path(name) / 'hq.db'}")
        try:
            with fuzz_of(hq) as fuzz:
                fuzz.run(given.examples, given.seed)
            wrong = fuzz.faults()
        finally:
            hq.close()
    for label, count in sorted(fuzz.told.items()):
        print(f"{label}: {count}")
    print("\n".join(wrong) or f"{fuzz.told.total()} requests, every answer as the schema says")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
