"""The bad network itself: what each fault does to a request and its answer, over real sockets."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.wiring.chaos import Chaos
from app.wiring.chaos_plan import WEIGHTS, Fault, Meets, always, calm, drawn
from app.wiring.relay import HOST
from tests.support.loopback import Asked, Loopback, Said, certificate

TIMEOUT_S = 10
ANSWER = b'{"answer": "of head office"}'


@pytest.fixture
def office() -> Iterator[Loopback]:
    """Answers everything, and counts what it was asked."""

    def answer(_: Asked) -> Said:
        return Said(200, ANSWER, {"Content-Type": "application/json"})

    with Loopback(answer) as served:
        yield served


@pytest.fixture
def chaos(office: Loopback) -> Iterator[Chaos]:
    made = Chaos(office.port)
    yield made
    made.close()


def ask(chaos: Chaos, body: str = "x", tls: ssl.SSLContext | None = None) -> tuple[int, bytes]:
    """A POST and its answer, over a connection of its own."""
    if tls is None:
        connection = http.client.HTTPConnection(HOST, chaos.port, timeout=TIMEOUT_S)
    else:
        connection = http.client.HTTPSConnection(HOST, chaos.port, timeout=TIMEOUT_S, context=tls)
    try:
        connection.request("POST", "/v1/push", body=body.encode(), headers={"X-Kept": "as it is"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def bodies(office: Loopback) -> list[str]:
    return [asked.body.decode() for asked in office.asked]


def test_a_calm_network_changes_nothing_and_keeps_the_connection(chaos: Chaos, office: Loopback) -> None:
    connection = http.client.HTTPConnection(HOST, chaos.port, timeout=TIMEOUT_S)
    for _ in range(2):
        connection.request("POST", "/v1/push", body=b"events", headers={"X-Kept": "as it is"})
        answer = connection.getresponse()
        assert (answer.status, answer.read(), answer.getheader("Content-Type")) == (200, ANSWER, "application/json")
    connection.close()
    assert [(asked.target, asked.body) for asked in office.asked] == [("/v1/push", b"events")] * 2
    assert office.asked[0].headers["X-Kept"] == "as it is"
    assert chaos.met == {Fault.NONE: 2}


@pytest.mark.parametrize(
    ("fault", "error", "delivered"),
    [
        (Fault.LOST_REQUEST, http.client.RemoteDisconnected, 0),
        (Fault.LOST_ANSWER, http.client.RemoteDisconnected, 1),
        (Fault.RESET_REQUEST, ConnectionResetError, 0),
        (Fault.RESET_ANSWER, (ConnectionResetError, http.client.IncompleteRead), 1),
    ],
)
def test_an_ended_connection_says_nothing_of_what_was_delivered(
    chaos: Chaos, office: Loopback, fault: Fault, error: type[Exception], delivered: int
) -> None:
    chaos.plan = always(Meets(fault, at=20))
    with pytest.raises(error):
        ask(chaos)
    assert len(office.asked) == delivered
    chaos.plan = calm
    assert ask(chaos) == (200, ANSWER)


def test_a_truncated_answer_misses_its_end_and_a_shortened_one_claims_to_be_whole(chaos: Chaos) -> None:
    chaos.plan = always(Meets(Fault.TRUNCATED, at=1 << 20))
    with pytest.raises(http.client.IncompleteRead):
        ask(chaos)
    chaos.plan = always(Meets(Fault.SHORTENED, at=7))
    assert ask(chaos) == (200, ANSWER[:7])
    chaos.plan = always(Meets(Fault.SHORTENED, at=1 << 20))
    assert ask(chaos) == (200, ANSWER[:-1])


def test_a_doubled_request_arrives_twice_and_is_answered_once(chaos: Chaos, office: Loopback) -> None:
    chaos.plan = always(Meets(Fault.DOUBLED))
    assert ask(chaos) == (200, ANSWER)
    chaos.close()
    for thread in threading.enumerate():
        if thread.name == "chaos":
            thread.join(TIMEOUT_S)
    assert bodies(office) == ["x", "x"]


def test_a_late_copy_and_an_overtaken_request_arrive_after_a_later_one(chaos: Chaos, office: Loopback) -> None:
    chaos.plan = always(Meets(Fault.LATE_COPY))
    assert ask(chaos, "one") == (200, ANSWER)
    chaos.plan = calm
    ask(chaos, "two")
    assert bodies(office) == ["one", "two", "one"]
    chaos.plan = always(Meets(Fault.OVERTAKEN))
    with pytest.raises(http.client.RemoteDisconnected):
        ask(chaos, "three")
    chaos.plan = calm
    ask(chaos, "four")
    assert bodies(office)[3:] == ["four", "three"]


def test_a_half_open_connection_says_nothing_until_somebody_gives_up(chaos: Chaos, office: Loopback) -> None:
    chaos.plan = always(Meets(Fault.HALF_OPEN))
    with socket.create_connection((HOST, chaos.port), TIMEOUT_S) as one:
        one.sendall(b"GET /v1/heads HTTP/1.1\r\nHost: hq\r\n\r\n")
        assert chaos.wait(lambda seen: seen.met[Fault.HALF_OPEN] == 1, TIMEOUT_S)
        one.settimeout(0.05)
        with pytest.raises(TimeoutError):
            one.recv(1)
        one.settimeout(TIMEOUT_S)
        chaos.hang_up()
        assert one.recv(1) == b""
    assert office.asked == []


def test_a_trickle_is_whole_in_the_end_and_ends_with_the_network(chaos: Chaos) -> None:
    chaos.plan = always(Meets(Fault.TRICKLE))
    assert ask(chaos) == (200, ANSWER)
    chaos.plan = always(Meets(Fault.TRICKLE, wait_s=60))
    with socket.create_connection((HOST, chaos.port), TIMEOUT_S) as one:
        one.sendall(b"GET /v1/heads HTTP/1.1\r\nHost: hq\r\n\r\n")
        assert one.recv(100) == b"H"
        chaos.close()
        assert one.recv(100) == b""


@pytest.mark.parametrize(
    ("fault", "status"), [(Fault.PORTAL_PAGE, 200), (Fault.PORTAL_MOVED, 302), (Fault.GATEWAY, 502)]
)
def test_a_page_of_somebody_else_never_reaches_head_office(
    chaos: Chaos, office: Loopback, fault: Fault, status: int
) -> None:
    chaos.plan = always(Meets(fault))
    found, page = ask(chaos)
    assert (found, page.startswith(b"<html>"), office.asked) == (status, True, [])


def test_the_certificate_is_the_one_of_the_moment(office: Loopback, tmp_path: Path) -> None:
    own, authority = certificate(tmp_path, "own")
    other, _ = certificate(tmp_path, "other")
    trust = ssl.create_default_context(cadata=authority)
    chaos = Chaos(office.port, tls=own)
    assert ask(chaos, tls=trust) == (200, ANSWER)
    assert chaos.address == f"https://{HOST}:{chaos.port}"
    chaos.tls = other
    with pytest.raises(ssl.SSLCertVerificationError):
        ask(chaos, tls=trust)
    chaos.close()


def test_nobody_behind_it_ends_the_connection_and_a_delay_ends_with_the_network(office: Loopback) -> None:
    office.stop()
    chaos = Chaos(office.port, always(Meets(Fault.DOUBLED)))
    with pytest.raises(http.client.RemoteDisconnected):
        ask(chaos)
    chaos.plan = always(Meets(Fault.DELAYED, wait_s=60))
    with socket.create_connection((HOST, chaos.port), TIMEOUT_S) as one:
        one.sendall(b"GET /v1/heads HTTP/1.1\r\nHost: hq\r\n\r\n")
        assert chaos.wait(lambda seen: seen.met[Fault.DELAYED] == 1, TIMEOUT_S)
        chaos.close()
        assert one.recv(1) == b""


def test_a_seed_draws_the_same_plan_each_time_and_every_fault_in_it() -> None:
    assert sum(WEIGHTS.values()) == 1_000
    assert set(WEIGHTS) == set(Fault)
    plan, again, other = drawn(7), drawn(7), drawn(8)
    first = [plan(number) for number in range(1, 4_000)]
    assert [again(number) for number in reversed(range(1, 4_000))] == first[::-1]
    assert [other(number) for number in range(1, 4_000)] != first
    assert {meets.fault for meets in first} == set(Fault)
    disturbed = sum(meets.fault is not Fault.NONE for meets in first)
    assert 0.28 < disturbed / len(first) < 0.36
