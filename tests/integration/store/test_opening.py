"""Opening a till: whatever is wrong has its words, and nothing is ever created over what is there."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.clock import ManualClock
from app.errors import StoreError
from app.messages.store import EXIT_CODES
from app.store import connect, keys
from app.store import folder as data_folder
from app.store.files import TillFiles, open_till
from app.store.folder import TILL_FILE, FolderLock, cache_file
from app.store.install import create_till
from app.store.keys import KEYS_FILE
from app.store.pins import FLOOR
from app.store.vault import KEY_FILE
from tests.support import tills
from tests.support.facts import SHIFT

ROOT = Path(__file__).parents[3]
POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows has other permissions and no resource limits")


def digest(folder: Path) -> dict[str, str]:
    """What the folder holds, to prove that nothing in it was touched."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.suffix != ".lock"
    }


def refused(folder: Path) -> StoreError:
    """The error of opening; the folder is byte for byte what it was, and the command has an exit code for it."""
    before = digest(folder)
    with pytest.raises(StoreError) as caught:
        tills.opened(folder)
    assert digest(folder) == before
    assert caught.value.code in EXIT_CODES
    return caught.value


def rewrap(folder: Path, file: str) -> None:
    """Put another key of the same device under the file's name: wrapped right, but not the one it was written with."""
    ring = keys.load(folder, os.environ)
    (folder / file).rename(folder / "aside")
    ring.with_new_key(file)
    (folder / "aside").rename(folder / file)


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def test_a_till_opens_with_what_it_was_given(files: TillFiles) -> None:
    assert files.cache_problem is None
    assert files.identity.store_id == "s027"
    assert files.members.count() == 0
    assert [person.name for person in files.essentials.staff()] == ["李静", "赵敏"]
    assert files.pins.verify(files.essentials.staff()[0].pin_hash, tills.PIN)
    assert files.book.pending_count() == 0


def test_a_folder_without_a_till_says_so(tmp_path: Path) -> None:
    assert refused(tmp_path).code == "till_missing"
    with pytest.raises(StoreError, match="till_missing"):
        FolderLock(tmp_path / "nowhere")


def test_missing_keys_leave_the_files_alone(folder: Path) -> None:
    (folder / KEYS_FILE).unlink()
    assert refused(folder).code == "keys_missing"
    assert not (folder / KEYS_FILE).exists()


def test_a_missing_till_file_is_not_made_again(folder: Path) -> None:
    (folder / TILL_FILE).unlink()
    assert refused(folder).code == "file_missing"
    assert not (folder / TILL_FILE).exists()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"format":2}',
        '{"format":1,"device":"d","vault":{"kind":"cloud","name":"x"},"keys":{}}',
        '{"format":1,"device":"d","vault":{"kind":"file","name":"device.key"},"keys":{"till.db":{"version":1}}}',
        '{"format":1,"device":"d","vault":{"kind":"file","name":"device.key"},"keys":[]}',
    ],
)
def test_a_damaged_list_of_keys_says_so(folder: Path, text: str) -> None:
    (folder / KEYS_FILE).write_text(text, encoding="utf-8")
    assert refused(folder).code == "keys_damaged"


def test_a_list_without_the_file_s_key_says_so(folder: Path) -> None:
    held = json.loads((folder / KEYS_FILE).read_text(encoding="utf-8"))
    del held["keys"][TILL_FILE]
    (folder / KEYS_FILE).write_text(json.dumps(held), encoding="utf-8")
    assert refused(folder).code == "key_wrong"


def test_a_wrap_that_was_tampered_with_does_not_open(folder: Path) -> None:
    held = json.loads((folder / KEYS_FILE).read_text(encoding="utf-8"))
    wrapped = bytearray(base64.b64decode(held["keys"][TILL_FILE]["wrapped"]))
    wrapped[-1] ^= 1
    held["keys"][TILL_FILE]["wrapped"] = base64.b64encode(wrapped).decode()
    (folder / KEYS_FILE).write_text(json.dumps(held), encoding="utf-8")
    assert refused(folder).code == "key_wrong"


def test_a_key_wrapped_for_another_file_does_not_open(folder: Path) -> None:
    held = json.loads((folder / KEYS_FILE).read_text(encoding="utf-8"))
    held["keys"][TILL_FILE] = held["keys"][cache_file(1)]
    (folder / KEYS_FILE).write_text(json.dumps(held), encoding="utf-8")
    assert refused(folder).code == "key_wrong"


def test_another_key_than_the_file_was_written_with_says_so(folder: Path) -> None:
    rewrap(folder, TILL_FILE)
    error = refused(folder)
    assert (error.code, error.facts["file"]) == ("key_wrong", TILL_FILE)


def test_a_missing_key_file_says_so(folder: Path) -> None:
    (folder / KEY_FILE).unlink()
    assert refused(folder).code == "key_file_missing"


def test_damage_on_the_first_page_is_told_from_a_wrong_key(folder: Path) -> None:
    flip(folder / TILL_FILE, 200)
    error = refused(folder)
    assert (error.code, error.facts) == ("file_damaged", {"file": TILL_FILE, "page": 1})


def test_an_emptied_file_is_damaged_not_new(folder: Path) -> None:
    (folder / TILL_FILE).write_bytes(b"")
    assert refused(folder).code == "file_damaged"
    assert (folder / TILL_FILE).stat().st_size == 0


def test_damage_in_a_later_page_is_found_when_it_is_read(folder: Path) -> None:
    size = (folder / TILL_FILE).stat().st_size
    for page in range(1, size // connect.PAGE_BYTES):
        flip(folder / TILL_FILE, page * connect.PAGE_BYTES + 100)
    with pytest.raises(StoreError, match="file_damaged"):
        tills.opened(folder)


def test_every_damaged_page_is_named(folder: Path) -> None:
    flip(folder / TILL_FILE, 7 * connect.PAGE_BYTES + 9)
    ring = keys.load(folder, os.environ)
    db = connect.connect(folder / TILL_FILE, ring.key(TILL_FILE), connect.TILL)
    assert connect.damaged_pages(db) == ("HMAC verification failed for page 8",)
    db.close()


@pytest.mark.parametrize("spoil", ["unlink", "key", "first_page", "no_generation"])
def test_a_lost_cache_never_stops_the_till(folder: Path, spoil: str) -> None:
    cache = folder / cache_file(1)
    expected = {"unlink": "file_missing", "key": "key_wrong", "first_page": "file_damaged"}.get(spoil, "cache_missing")
    if spoil == "unlink":
        cache.unlink()
    elif spoil == "key":
        rewrap(folder, cache.name)
    elif spoil == "first_page":
        flip(cache, 200)
    else:
        ring = keys.load(folder, os.environ)
        db = connect.connect(folder / TILL_FILE, ring.key(TILL_FILE), connect.TILL)
        db.execute("UPDATE meta SET cache_no = 0")
        db.close()
    opened = tills.opened(folder)
    try:
        assert opened.cache_problem is not None
        assert opened.cache_problem.code == expected
        assert opened.members.count() is None
        assert opened.members.by_card("8800000000005") is None
        assert opened.members.find("张", 5).hits == ()
        assert opened.essentials.product("6901234567892") is not None
        with opened.book.begin() as write:
            assert write.next_number("receipt") == 1
            write.commit()
    finally:
        opened.close()


def test_a_second_process_does_not_get_the_folder(folder: Path) -> None:
    script = "import sys, pathlib, app.store.folder\napp.store.folder.FolderLock(pathlib.Path(sys.argv[1]))"
    with FolderLock(folder):
        other = subprocess.run(
            [sys.executable, "-c", script, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert "till_in_use" in other.stderr
        with FolderLock(folder, "sync"):
            pass  # the sync process has a lock of its own
    again = subprocess.run([sys.executable, "-c", script, str(folder)], cwd=ROOT, capture_output=True, check=False)
    assert again.returncode == 0


def test_a_lock_has_one_of_the_known_names(folder: Path) -> None:
    with pytest.raises(ValueError, match="third"):
        FolderLock(folder, "third")


@POSIX
def test_the_folder_becomes_its_owner_s_alone(folder: Path) -> None:
    folder.chmod(0o755)
    tills.opened(folder).close()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / TILL_FILE).stat().st_mode & 0o777 == 0o600


def without_root_powers(*command: str) -> list[str]:
    """The command without root's right to write where the permission bits say no (setpriv of util-linux)."""
    if os.geteuid() != 0:
        return list(command)
    drop = "-dac_override,-dac_read_search,-fowner"
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("root, and no setpriv to give its powers up")
    return [setpriv, f"--bounding-set={drop}", f"--inh-caps={drop}", *command]


OPEN_SCRIPT = """
import os, sys
from pathlib import Path
from app.errors import StoreError
from tests.support import tills
try:
    tills.opened(Path(sys.argv[1]))
except StoreError as error:
    print(error.code)
"""


@POSIX
def test_a_read_only_folder_says_so(folder: Path) -> None:
    before = digest(folder)
    folder.chmod(0o500)
    try:
        done = subprocess.run(
            without_root_powers(sys.executable, "-c", OPEN_SCRIPT, str(folder)),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        folder.chmod(0o700)
    assert done.stdout.strip() == "folder_read_only", done.stderr
    assert digest(folder) == before


SELL_SCRIPT = """
import resource, sys
from pathlib import Path
from app.errors import StoreError
from tests.support import facts, tills
files = tills.opened(Path(sys.argv[1]))
facts.open_shift(files)
facts.sell(files)
size = max(path.stat().st_size for path in Path(sys.argv[1]).iterdir())
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
done = 1
try:
    while done < 2000:
        facts.sell(files)
        done += 1
except StoreError as error:
    print(error.code, done, files.book.head().seq)
"""


@POSIX
def test_a_full_disk_refuses_the_sale_and_keeps_all_before_it(
    folder: Path, open_files: Callable[[], TillFiles]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SELL_SCRIPT, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    code, sold, seq = done.stdout.split()
    assert code == "disk_full", done.stderr
    assert sold == seq
    files = open_files()
    assert files.book.head().seq == int(sold)
    assert files.book.shift_figures(SHIFT.shift_id).sales == int(sold)


@POSIX
def test_a_full_disk_is_told_from_one_that_failed(folder: Path) -> None:
    script = (
        "import resource, sys\nfrom pathlib import Path\nfrom app.store.folder import is_full\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\nprint(is_full(Path(sys.argv[1])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "True", done.stderr
    assert not data_folder.is_full(folder)


def test_a_keyring_till_opens_through_its_keyring(tmp_path: Path) -> None:
    folder = tills.make(tmp_path / "till", key_store="keyring")
    tills.opened(folder).close()
    held = json.loads((folder / KEYS_FILE).read_text(encoding="utf-8"))
    assert held["vault"] == {"kind": "keyring", "name": "tests.support.keyring_backend.TestKeyring"}
    with pytest.raises(StoreError, match="keyring_changed"):
        open_till(folder, {"PYTHON_KEYRING_BACKEND": "other.Keyring"}, ManualClock(tills.NOW_MS), pin_cost=FLOOR)


@pytest.mark.parametrize("name", ["note.txt", TILL_FILE])
def test_a_till_is_made_in_an_empty_folder_only(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match="folder_not_empty"):
        tills.make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"


def test_a_till_that_could_not_be_made_leaves_the_folder_empty(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="keyring_plaintext"):
        create_till(
            tmp_path,
            tills.SETUP,
            ManualClock(tills.NOW_MS),
            environment={"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
        )
    assert list(tmp_path.iterdir()) == []


def test_keys_are_never_made_for_files_that_are_there(folder: Path) -> None:
    ring = keys.load(folder, os.environ)
    with pytest.raises(StoreError, match="folder_not_empty"):
        ring.with_new_key(TILL_FILE)
    with pytest.raises(StoreError, match="folder_not_empty"):
        keys.create(folder, ring.vault)
    with pytest.raises(StoreError, match="folder_not_empty"):
        connect.create(folder / TILL_FILE, ring.key(TILL_FILE), connect.TILL)


def test_a_forgotten_key_no_longer_opens(folder: Path) -> None:
    keys.load(folder, os.environ).without_key(cache_file(1))
    with pytest.raises(StoreError, match="key_wrong"):
        keys.load(folder, os.environ).key(cache_file(1))


def test_opening_imports_neither_sqlalchemy_nor_alembic_nor_keyring(folder: Path) -> None:
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom app.clock import SystemClock\n"
        "from app.store.files import open_till\nopen_till(Path(sys.argv[1]), os.environ, SystemClock()).close()\n"
        "print(sorted({'sqlalchemy', 'alembic', 'keyring', 'pypinyin', 'phonenumbers'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr
