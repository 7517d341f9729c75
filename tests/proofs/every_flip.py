"""`make prove`: a bit flipped at twelve places of every page of a till's files, a log torn or flipped at every frame.

Every page of till.db is rescued, too. Ends with 1 when one was not noticed, or what could be read was lost.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from app.store.connect import PAGE_BYTES
from app.store.folder import TILL_FILE, cache_file
from tests.support import tills
from tests.support.damage import event_ids, flip, fresh, pages, past, saved, torn
from tests.support.flips import after, every_flip, every_tear, noticed

SALES = 40
SALES_IN_LOG = 4
PLACE_IN_PAGE = 1_700


def main() -> int:
    """Run the matrix and say the counts."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        sold = past(tills.make(work / "till"), SALES)
        wrong = _flips(sold) + _pages(sold, work) + _tears(sold, work)
    return 1 if wrong else 0


def _flips(sold: Path) -> int:
    wrong = 0
    for file in (TILL_FILE, cache_file(1)):
        tried = [noticed(sold, one) for one in every_flip(sold, file)]
        print(f"flipped bits of {file}: {sum(tried)} of {len(tried)} noticed", flush=True)
        wrong += tried.count(False)
    return wrong


def _pages(sold: Path, work: Path) -> int:
    """One flip on each page of till.db: what is saved and what is named as lost are all there was."""
    ids = event_ids(sold)
    wrong = lost = whole = 0
    count = pages(sold / TILL_FILE)
    for page in range(count):
        folder = fresh(sold, work / "flipped")
        flip(folder / TILL_FILE, page * PAGE_BYTES + PLACE_IN_PAGE)
        found = saved(folder)
        named = sum(last - first + 1 for first, last in found.missing)
        kept = event_ids(folder)
        wrong += kept != [event for event in ids if event in kept] or found.events + named != len(ids)
        lost += named
        whole += not named
    print(f"till.db rescued with a page flipped: {count - wrong} of {count}; no event lost in {whole}, {lost} in all")
    return wrong


def _tears(sold: Path, work: Path) -> int:
    files = torn(sold, SALES_IN_LOG)
    ids = event_ids(sold)
    found = [(how, after(sold, files, ids, how, work / "torn")) for how in every_tear(files[1])]
    right = [
        one.kept_order and one.saved + one.lost == len(ids) and (one.noticed or one.saved == len(ids))
        for _, one in found
    ]
    cuts = [one for how, one in found if how.cut is not None]
    flips = [one for how, one in found if how.flipped is not None]
    print(f"{sum(one.lost > 0 for one in flips)} of {len(flips)} flips in a log lost an event, each named")
    print(
        f"logs torn or flipped: {sum(right)} of {len(right)} right; {sum(one.noticed for one in cuts)} of"
        f" {len(cuts)} cuts and {sum(one.noticed for one in flips)} of {len(flips)} flips noticed"
    )
    for (how, one), good in zip(found, right, strict=True):
        if not good:
            print(f"  wrong: {how} {one}")
    return right.count(False)


if __name__ == "__main__":
    sys.exit(main())
