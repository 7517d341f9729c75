"""Somebody between a till and head office: passes requests on, or does with them what a test says."""

from __future__ import annotations

import ssl
from collections.abc import Callable

import httpx

from tests.support.loopback import Asked, Loopback, Said

Rule = Callable[[Asked], Said | None]
DROPPED = frozenset(("host", "content-length", "connection", "transfer-encoding"))
ANSWER_TIMEOUT_S = 60


def nothing(_asked: Asked) -> Said | None:
    """Everything passes."""
    return None


class Meddler:
    """A loopback server before head office at `target`. `rule` answers in its place, or None lets a request pass."""

    def __init__(self, target: str, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.target = target
        self.rule: Rule = nothing
        self._http = httpx.Client(timeout=ANSWER_TIMEOUT_S, trust_env=False)
        self.server = Loopback(self._answer, tls, port)

    def __enter__(self) -> Meddler:
        self.server.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.__exit__(None, None, None)
        self._http.close()

    def passed_on(self, asked: Asked) -> Said:
        """Head office's own answer, byte by byte."""
        headers = {name: value for name, value in asked.headers.items() if name.lower() not in DROPPED}
        try:
            with self._http.stream(
                asked.method, self.target + asked.target, content=asked.body, headers=headers
            ) as found:
                body = b"".join(found.iter_raw())
                kept = {name: value for name, value in found.headers.items() if name.lower() not in DROPPED}
                return Said(found.status_code, body, kept)
        except httpx.TransportError:
            return Said(502, b"<html>bad gateway</html>", {"Content-Type": "text/html"})

    def _answer(self, asked: Asked) -> Said:
        said = self.rule(asked)
        return self.passed_on(asked) if said is None else said
