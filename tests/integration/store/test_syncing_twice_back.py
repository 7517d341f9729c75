"""Head office that goes back twice before the till has a whole generation: what is shown stays what it was."""

from __future__ import annotations

from pathlib import Path

from app.services.sync_ports import SeenHeadOffice
from app.store.enrolled import Given, HeadOffice, take_identity
from app.store.files import TillFiles
from app.store.syncing import TillSync
from tests.integration.store.test_syncing import earn, shown, sync, till
from tests.support.feed import account, card, member, page, result

__all__ = ["sync", "till"]


def test_results_of_an_incarnation_that_was_never_shown_change_nothing(files: TillFiles, sync: TillSync) -> None:
    earn(files, 40)
    sync.store_results((result(1, 2),), 1, 1)
    sync.apply_page(page(account(140, 2, 4), after=3, live=(member(), card(), account(140, 2, 4))))
    assert shown(files) == (140, 0)
    for number in (2, 3, 4):
        sync.start_incarnation(SeenHeadOffice(number, f"i{number}", "l"))
        assert shown(files) == (140, 0)
        sync.store_results((result(1, 7),), 1, number)
        assert shown(files) == (140, 0)


def test_what_came_since_is_shown_on_top_throughout(files: TillFiles, sync: TillSync) -> None:
    sync.start_incarnation(SeenHeadOffice(2, "i2", "l"))
    earn(files, 40)
    sync.store_results((result(1, 5),), 1, 2)
    assert shown(files) == (100, 40)
    sync.start_incarnation(SeenHeadOffice(3, "i3", "l"))
    assert shown(files) == (100, 40)
    sync.store_results((result(1, 5),), 1, 3)
    assert shown(files) == (100, 40)


def test_so_do_those_of_one_during_which_the_till_was_enrolled_again(
    folder: Path, files: TillFiles, sync: TillSync
) -> None:
    earn(files, 40)
    sync.store_results((result(1, 2),), 1, 1)
    sync.apply_page(page(account(140, 2, 4), after=3, live=(member(), card(), account(140, 2, 4))))
    sync.start_incarnation(SeenHeadOffice(2, "i2", "l"))
    sync.store_results((result(1, 7),), 1, 2)
    given = Given(files.identity.till_id, files.identity.epoch, "s028", "sh")
    take_identity(files.book.connection, folder, given, HeadOffice("x", "", "signing-1"))
    assert shown(files) == (140, 0)
    sync.start_incarnation(SeenHeadOffice(3, "i3", "l"))
    sync.store_results((result(1, 7),), 1, 3)
    assert shown(files) == (140, 0)
