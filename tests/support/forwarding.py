"""A way to head office that a test may bend: every answer passes through its hands."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from tests.support.loopback import Asked, Said

HOP = ("connection", "host", "content-length", "transfer-encoding", "date", "server")


def through(address: str, bend: Callable[[Asked, Said], Said]) -> Callable[[Asked], Said]:
    """What a Loopback answers: head office's own answer, bytes as sent, after `bend` saw it."""

    def answer(asked: Asked) -> Said:
        headers = {name: value for name, value in asked.headers.items() if name.lower() not in HOP}
        url = f"{address}{asked.target}"
        with (
            httpx.Client(timeout=60, trust_env=False) as http,
            http.stream(asked.method, url, content=asked.body, headers=headers) as response,
        ):
            kept = {name: value for name, value in response.headers.items() if name.lower() not in HOP}
            return bend(asked, Said(response.status_code, b"".join(response.iter_raw()), kept))

    return answer
