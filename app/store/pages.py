"""The pages of an encrypted file and of its write-ahead logs, read without SQLite: for files that it will not read.

SQLite stops at the first page or frame that is wrong. Here every page is opened and checked by itself, and of each the
newest whole version is taken, frames behind a torn one too. Form of a page: SQLCipher 4 with a raw key, AES-256-CBC,
HMAC-SHA512 over text, IV and page number (zetetic.net/sqlcipher/design); of a log: sqlite.org/fileformat2.html.
Nothing decrypted is ever written to a disk.
"""

from __future__ import annotations

import hmac
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import pbkdf2_hmac
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from app.store.connect import PAGE_BYTES
from app.store.keys import FileKey

SALT_BYTES: Final = 16
IV_BYTES: Final = 16
HMAC_BYTES: Final = 64
RESERVED: Final = IV_BYTES + HMAC_BYTES
HMAC_SALT_MASK: Final = 0x3A
HMAC_ROUNDS: Final = 2
LOG_HEAD_BYTES: Final = 32
FRAME_HEAD_BYTES: Final = 24
HEAD_BYTES: Final = 100
SCHEMA_FORMAT, UTF_8 = 4, 1
PLAIN_HEAD: Final = b"SQLite format 3\0"
SAMPLE_PAGES: Final = 6
PAGES_MAX: Final = 1 << 22
PROGRESS_PAGES: Final = 1_000

Progress = Callable[[int, int], None]
"""Told (pages opened, pages there are)."""


@dataclass(frozen=True, slots=True)
class Image:
    """A database as far as it can be read: page number → its 4,096 bytes, in clear, the newest whole version.

    `damaged`: pages of which no version is whole; `proven` False: the file's salt is lost, so no page can be checked.
    `first`: the first page, where the tables are named, whole or not; empty where there is none.
    """

    pages: dict[int, bytes]
    damaged: tuple[int, ...]
    proven: bool
    first: bytes

    @property
    def names_proven(self) -> bool:
        """The page that names the tables is whole; else each table's own text has to be the one it should be."""
        return self.proven and 1 in self.pages

    def plain(self) -> bytes | None:
        """The whole as SQLite's own file, damaged pages empty, the head as all of ours; None without its first page."""
        first = self.first
        if not first:
            return None
        last = max((*self.pages, *self.damaged))
        head = PLAIN_HEAD + struct.pack(">HBBBBBB", PAGE_BYTES, 1, 1, RESERVED, 64, 32, 32) + bytes(4)
        head += struct.pack(">I", last) + bytes(12) + struct.pack(">IIIII", SCHEMA_FORMAT, 0, 0, UTF_8, 0)
        whole = [head.ljust(HEAD_BYTES, b"\0") + first[HEAD_BYTES:]]
        whole += [self.pages.get(number, bytes(PAGE_BYTES)) for number in range(2, last + 1)]
        return b"".join(whole)


def read_image(path: Path, key: FileKey, logs: Sequence[Path], progress: Progress = lambda _, __: None) -> Image:
    """What can be read of the file and of its logs, the last log the newest. Missing files are empty ones."""
    main = path.read_bytes() if path.exists() else b""
    count = -(-len(main) // PAGE_BYTES)
    held = [(number + 1, main[number * PAGE_BYTES : (number + 1) * PAGE_BYTES]) for number in range(count)]
    for log in logs:
        held += frames(log.read_bytes()) if log.exists() else []
    opener = _opener(key, main[:SALT_BYTES], held)
    # a torn frame may name any page: one beyond all there are has to prove itself
    held = [(number, page) for number, page in held if number <= len(held) or opener.is_whole(number, page)]
    pages: dict[int, bytes] = {}
    for done, (number, page) in enumerate(held):
        if done % PROGRESS_PAGES == 0:
            progress(done, len(held))
        clear = opener.clear(number, page)
        if clear is not None:
            pages[number] = clear
    progress(len(held), len(held))
    last = max(min(_size(pages, proven=opener.proven), PAGES_MAX), *(number for number, _ in held), 0)
    known = range(1, last + 1)
    first = pages.get(1) or (opener.opened(1, main[:PAGE_BYTES]) if count else b"")
    return Image(pages, tuple(number for number in known if number not in pages), opener.proven, first)


def frames(log: bytes) -> list[tuple[int, bytes]]:
    """(page number, page) of each frame of the log's last writing, up to the last commit; torn ones among them."""
    size = FRAME_HEAD_BYTES + PAGE_BYTES
    starts = range(LOG_HEAD_BYTES, len(log) - size + 1, size)
    salts = [log[start + 8 : start + 16] for start in starts]
    ours = {log[16:24], *salts[:1]}  # the head or the first frame may be what is torn
    current = [place for place, salt in enumerate(salts) if salt in ours]
    found = []
    for start in starts[: current[-1] + 1 if current else 0]:
        number, pages_after_commit = struct.unpack_from(">II", log, start)
        found.append((number, log[start + FRAME_HEAD_BYTES : start + size], pages_after_commit != 0))
    commits = [place for place, (_, _, is_commit) in enumerate(found) if is_commit]
    return [(number, page) for number, page, _ in found[: commits[-1] + 1 if commits else 0]]


@dataclass(frozen=True, slots=True)
class _Opener:
    """Opens one page; `mac_key` None where no salt is known, and nothing can be checked."""

    key: bytes
    mac_key: bytes | None

    @property
    def proven(self) -> bool:
        return self.mac_key is not None

    def is_whole(self, number: int, page: bytes) -> bool:
        if self.mac_key is None or len(page) < PAGE_BYTES:
            return False
        start = SALT_BYTES if number == 1 else 0
        text = page[start : PAGE_BYTES - HMAC_BYTES] + struct.pack("<I", number)
        return hmac.compare_digest(hmac.digest(self.mac_key, text, "sha512"), page[PAGE_BYTES - HMAC_BYTES :])

    def clear(self, number: int, page: bytes) -> bytes | None:
        """The page in clear, its reserved end empty; None for one that is not whole."""
        if len(page) < PAGE_BYTES or (self.proven and not self.is_whole(number, page)):
            return None
        return self.opened(number, page)

    def opened(self, number: int, page: bytes) -> bytes:
        """The page in clear, unchecked: where its text was altered, sixteen bytes and one bit are other ones."""
        page = page.ljust(PAGE_BYTES, b"\0")
        start = SALT_BYTES if number == 1 else 0
        text, rest = page[start : PAGE_BYTES - RESERVED], page[PAGE_BYTES - RESERVED :]
        opened = Cipher(algorithms.AES(self.key), modes.CBC(rest[:IV_BYTES])).decryptor()
        return bytes(start) + opened.update(text) + opened.finalize() + bytes(RESERVED)


def _opener(key: FileKey, salt: bytes, held: Sequence[tuple[int, bytes]]) -> _Opener:
    """With the salt that fits: the file's own, one that stands in a log, or the file's with one bit turned back."""
    sample = [(number, page) for number, page in held if number != 1][:SAMPLE_PAGES]
    for candidate in _salts(salt, held):
        masked = bytes(byte ^ HMAC_SALT_MASK for byte in candidate)
        opener = _Opener(key.raw, pbkdf2_hmac("sha512", key.raw, masked, HMAC_ROUNDS, len(key.raw)))
        if any(opener.is_whole(number, page) for number, page in sample):
            return opener
    return _Opener(key.raw, None)


def _salts(salt: bytes, held: Sequence[tuple[int, bytes]]) -> Iterator[bytes]:
    yield salt
    yield from {page[:SALT_BYTES] for number, page in held if number == 1}
    for bit in range(len(salt) * 8):
        turned = bytearray(salt)
        turned[bit // 8] ^= 1 << bit % 8
        yield bytes(turned)


def _size(pages: dict[int, bytes], *, proven: bool) -> int:
    """How many pages the file says it has; 0 where that cannot be believed."""
    size: int = struct.unpack_from(">I", pages[1], 28)[0] if proven and 1 in pages else 0
    return size
