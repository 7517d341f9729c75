"""A real till against all that can stand where head office should: said in words, nothing lost, nothing doubled."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import zstandard

from app.i18n import ENGLISH, load
from app.resources import resources
from app.services.link_problems import NEEDS_CODE
from tests.support.chain_of_tills import RunningTill, Served, enrolled
from tests.support.commands import guitai, open_till_db
from tests.support.loopback import Asked, Loopback, Said, certificate, said_json
from tests.support.meddler import Meddler, Rule, nothing
from ui.presenters.head_office import HeadOfficeState, Link, sentence, state_of

CHINESE = load(resources() / "locale", "zh_CN")
HTML = {"Content-Type": "text/html"}
BOMB = zstandard.ZstdCompressor(level=19).compress(bytes(1 << 28))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One head office; every test has a till and a member of its own."""
    served = Served(tmp_path_factory.mktemp("office") / "hq").make()
    served.start()
    yield served
    served.verify()
    served.kill()


@pytest.fixture
def between(office: Served) -> Iterator[Meddler]:
    with Meddler(office.address) as meddler:
        yield meddler


@dataclass
class Counter:
    """A till with a member of 50 points, in step with head office; `earned` is what the member must have."""

    till: RunningTill
    office: Served
    phone: str
    earned: int = 0

    def sell(self, times: int = 3) -> None:
        for _ in range(times):
            self.earned += self.till.sell(5_000, self.phone)

    def state(self) -> HeadOfficeState:
        """What the status screen is told."""
        return state_of(self.till.do(do="status")["sync"])

    def pending(self) -> int:
        found: int = self.till.do(do="status")["pending"]
        return found

    def till_id(self) -> str:
        db = open_till_db(self.till.data)
        try:
            found: str = db.execute("SELECT till_id FROM meta").fetchone()[0]
            return found
        finally:
            db.close()

    def not_synced(self) -> None:
        late = self.till.ask(do="wait_synced", timeout_s=3)
        assert not late["ok"]
        assert late["code"] in ("not_synced", *NEEDS_CODE.values()), late

    def ends_in_step(self, code: int = 3) -> None:
        """Everything arrived once: the till's figures, head office's and the event list agree."""
        self.till.synced()
        found = self.till.do(do="find", text=self.phone, pick=0)
        assert (found["points"], found["pending_points"]) == (self.earned, 0)
        assert self.till.stop() == code
        assert self.office.differences(self.till.data) == []


PHONES = iter(range(13_900_000_000, 13_900_001_000))


@pytest.fixture
def counter(office: Served, between: Meddler, tmp_path: Path) -> Iterator[Counter]:
    made = at_counter(office, between, tmp_path / "till")
    yield made
    if made.till.process is not None:
        made.till.kill()


def at_counter(office: Served, between: Meddler, folder: Path) -> Counter:
    till = enrolled(folder, office, between.server.address).start()
    till.synced()
    made = Counter(till, office, str(next(PHONES)))
    till.do(do="enrol", phone=made.phone, name="王小明")
    made.sell(1)
    till.synced()
    return made


def forged(meddler: Meddler) -> Rule:
    """Every signature is another one."""

    def rule(asked: Asked) -> Said | None:
        headers = {**asked.headers}
        name = next(name for name in headers if name.lower() == "signature")
        headers[name] = "sig1=:" + "A" * 86 + "==:"
        return meddler.passed_on(replace(asked, headers=headers))

    return rule


def always(said: Said) -> Callable[[Meddler], Rule]:
    return lambda _meddler: lambda _asked: said


TROUBLES: dict[str, tuple[Callable[[Meddler], Rule], str, str]] = {
    "500 in JSON": (always(said_json(500, {"type": "/problems/internal", "title": "x", "status": 500})),
                    "Head office could not take it (http_500)", "总部暂时无法接收（http_500）"),
    "502 in HTML": (always(Said(502, b"<html></html>", HTML)), "Head office could not take it (http_502)",
                    "总部暂时无法接收（http_502）"),
    "captive portal": (always(Said(200, b"<html>Welcome</html>", HTML)), "perhaps a sign-in page", "登录页面"),
    "redirect": (always(Said(302, b"", {"Location": "http://portal.example/"})), "perhaps a sign-in page", "登录页面"),
    "zstd bomb": (always(Said(200, BOMB, {"Content-Type": "application/json", "Content-Encoding": "zstd"})),
                  "Something else answers", "回应的不是总部"),
    "oversized body": (always(Said(200, b" " * (17 << 20), {"Content-Type": "application/json"})),
                       "Something else answers", "回应的不是总部"),
    "cut in the middle": (always(Said(200, b"{", {"Content-Type": "application/json"}, cut=True)), "Offline", "离线"),
    "forged signature": (forged, "does not accept what this till signs", "不认可本机的签名"),
}  # fmt: skip


@pytest.mark.parametrize("name", TROUBLES)
def test_whatever_answers_instead_nothing_is_lost_or_doubled(counter: Counter, between: Meddler, name: str) -> None:
    make, english, chinese = TROUBLES[name]
    between.rule = make(between)
    counter.sell()
    counter.not_synced()
    assert counter.pending() == 3
    state = counter.state()
    assert state.link in (Link.ATTENTION, Link.OFFLINE)
    assert english in sentence(state, ENGLISH)
    assert chinese in sentence(state, CHINESE)
    between.rule = nothing
    counter.ends_in_step()


def test_a_batch_sent_again_and_again_counts_once(counter: Counter, between: Meddler) -> None:
    answers: list[dict[str, Any]] = []

    def thrice(asked: Asked) -> Said | None:
        if not asked.target.startswith("/v1/push"):
            return None
        said = between.passed_on(asked)
        for _ in range(2):
            again = between.passed_on(asked)
            answers.append(json.loads(_plain(again)))
        return said

    between.rule = thrice
    counter.sell()
    counter.ends_in_step(0)
    outcomes = {result["outcome"] for answer in answers for result in answer["results"]}
    assert outcomes == {"duplicate"}


def test_an_answer_that_never_arrives_doubles_nothing(counter: Counter, between: Meddler) -> None:
    lost = iter(range(2))

    def swallowed(asked: Asked) -> Said | None:
        if asked.target.startswith("/v1/push") and next(lost, None) is not None:
            between.passed_on(asked)
            return Said(200, b"{", {"Content-Type": "application/json"}, cut=True)
        return None

    between.rule = swallowed
    counter.sell()
    counter.ends_in_step(0)
    assert next(lost, None) is None, "both answers were swallowed"


def test_a_batch_that_is_too_large_is_halved_until_it_passes(counter: Counter, between: Meddler) -> None:
    sizes: list[int] = []

    def narrow(asked: Asked) -> Said | None:
        if not asked.target.startswith("/v1/push"):
            return None
        count = len(json.loads(_plain(Said(200, asked.body, asked.headers)))["events"])
        sizes.append(count)
        if count <= 2:
            return None
        known = json.loads(_plain(between.passed_on(Asked("GET", "/v1/nothing", {}, b""))))
        version = {name: value for name, value in known.items() if name not in ("type", "title", "status")}
        limits = {"events_max": 2, "bytes_max": 1_000}
        return said_json(413, {**version, **limits, "type": "/problems/too_large", "title": "x", "status": 413})

    counter.till.do(do="online", on=False)
    counter.sell(9)
    between.rule = narrow
    counter.till.do(do="online", on=True)
    counter.ends_in_step(0)
    assert sizes[0] == 9
    assert 2 in sizes


def test_a_revoked_till_says_so_and_gives_everything_to_its_new_identity(counter: Counter, between: Meddler) -> None:
    till_id = counter.till_id()
    assert guitai("hq", "till", "revoke", till_id, "--data", counter.office.folder).code == 0
    counter.sell()
    counter.not_synced()
    state = counter.state()
    assert "wants this till enrolled again" in sentence(state, ENGLISH)
    assert "重新接入" in sentence(state, CHINESE)
    assert counter.till.stop() == 3
    again(counter, till_id)
    counter.till.start()
    counter.ends_in_step(0)


@pytest.mark.parametrize(
    ("ahead", "english", "chinese"),
    [
        (True, "Another device uses this till's name", "另一台设备"),
        (False, "wants this till enrolled again", "重新接入"),
    ],
    ids=["both went on", "an older copy"],
)
def test_two_devices_of_one_name_are_told_apart_and_both_keep_their_sales(
    counter: Counter, between: Meddler, tmp_path: Path, ahead: bool, english: str, chinese: str
) -> None:
    till_id = counter.till_id()
    assert counter.till.stop() == 0
    copy = RunningTill(Path(shutil.copytree(counter.till.data, tmp_path / "copy")))
    counter.till.start()
    counter.sell(2)
    counter.till.synced()
    between.rule = lambda _: Said(502, b"", HTML)
    twin = replace(counter, till=copy.start())
    try:
        if ahead:
            twin.sell(3)
        between.rule = nothing
        twin.not_synced()
        assert english in sentence(twin.state(), ENGLISH)
        assert chinese in sentence(twin.state(), CHINESE)
        twin.sell(1)
    finally:
        copy.stop()
    again(twin, till_id)
    copy.start()
    copy.synced()
    assert copy.stop() == 0
    counter.earned = twin.earned
    counter.sell(1)
    counter.not_synced()
    assert counter.till.stop() == 3
    again(counter, till_id)
    counter.till.start()
    counter.ends_in_step(0)


def again(counter: Counter, till_id: str) -> None:
    """A new code for the same till, and the closed till enrolled with it."""
    made = guitai("hq", "till", "add", "--data", counter.office.folder, "--till", till_id, "--json")
    code = json.loads(made.out)["code"]
    done = guitai("enrol", "--data", counter.till.data, "--url", counter.office.address, "--code", code)
    assert done.code == 0, done.err


def _plain(said: Said) -> bytes:
    """The body as text, compressed or not."""
    encoding = next((value for name, value in said.headers.items() if name.lower() == "content-encoding"), "")
    return zstandard.ZstdDecompressor().decompress(said.body, 1 << 24) if encoding == "zstd" else said.body


def test_somebody_else_s_certificate_gets_nothing(office: Served, tmp_path: Path) -> None:
    ours, authority = certificate(tmp_path, "ours")
    theirs, _ = certificate(tmp_path, "theirs")
    (tmp_path / "ca.pem").write_text(authority, encoding="ascii")
    with Meddler(office.address, ours) as between:
        till = enrolled(tmp_path / "till", office, between.server.address, authority=tmp_path / "ca.pem").start()
        counter = Counter(till, office, str(next(PHONES)))
        try:
            till.synced()
            till.do(do="enrol", phone=counter.phone, name="王小明")
            till.synced()
            port = between.server.port
            between.server.stop()
            with Loopback(lambda _: said_json(200, {}), theirs, port) as thief:
                counter.sell()
                counter.not_synced()
                state = counter.state()
                assert "Somebody else's certificate" in sentence(state, ENGLISH)
                assert "证书" in sentence(state, CHINESE)
                assert thief.asked == []
            with Meddler(office.address, ours, port):
                counter.ends_in_step()
        finally:
            if till.process is not None:
                till.kill()
