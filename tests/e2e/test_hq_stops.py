"""Head office is told to stop while tills wait for news: everybody is answered, nothing is said, the exit code is 0."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import httpx
import pytest

from tests.support.chain_of_tills import Served
from tests.support.wire_client import WireTill


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_a_waiting_poll_is_answered_and_nothing_is_said(tmp_path: Path, number: signal.Signals) -> None:
    office = Served(tmp_path / "hq").make()
    said = tmp_path / "said.txt"
    with said.open("wb") as errors, httpx.Client(timeout=60, trust_env=False) as http:
        office.start(errors)
        try:
            till = WireTill(office.address, http)
            assert till.enrol(office.code()).status == 200
            heads = till.call("GET", "heads").value["heads"]
            since = ",".join(f"{head['id']}.{head['seq']}" for head in heads)
            with socket.create_connection(("127.0.0.1", office.port), timeout=60) as waiting:
                waiting.sendall(till.signed_request("GET", f"heads?since={since}&wait=25"))
                assert till.call("GET", "heads").status == 200  # taken in order: the poll before it is being served
                assert office.process is not None
                office.process.send_signal(number)
                answer = b"".join(iter(lambda: waiting.recv(65536), b""))
            assert answer.startswith(b"HTTP/1.1 200 ")
            assert office.process.wait(30) == 0
        finally:
            office.kill()
    assert said.read_text(encoding="utf-8") == ""
