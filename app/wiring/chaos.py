"""A bad network before a head office on this machine: each request meets what the plan says (chaos_plan.py).

For `guitai replay --chaos`, `guitai dev chaos` and the tests. One thread per connection; what is asked does not matter.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable
from typing import BinaryIO, Final

from app.errors import ConfigError
from app.wiring.chaos_http import Asked, Said, deliver, page, read_request, reset, shortened
from app.wiring.chaos_plan import Fault, Meets, Plan, calm
from app.wiring.relay import CONNECT_TIMEOUT_S, HOST, LISTEN_MAX

PORTAL: Final = "http://portal.example/sign-in"
PAGES: Final = {
    Fault.PORTAL_PAGE: page(200, "OK"),
    Fault.PORTAL_MOVED: page(302, "Found", ("Location", PORTAL)),
    Fault.GATEWAY: page(502, "Bad Gateway"),
}


class Chaos:
    """Listens on `port` (0: a free one) and passes requests on to `target`, a port here. `plan` may change at any time.

    ConfigError `port_in_use`. `tls`: the certificate shown to each new connection; None for plain HTTP.
    """

    def __init__(self, target: int, plan: Plan = calm, *, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.target, self.plan, self.tls = target, plan, tls
        self.met: Counter[Fault] = Counter()
        self.refused = 0
        """Connections that ended over the certificate."""
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._kept: list[Asked] = []
        try:
            self._listener = socket.create_server((HOST, port), backlog=LISTEN_MAX)
        except OSError as error:
            raise ConfigError("port_in_use", port=port) from error
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name="chaos", daemon=True).start()

    @property
    def address(self) -> str:
        """What tills are told head office's address is."""
        return f"{'http' if self.tls is None else 'https'}://{HOST}:{self.port}"

    def close(self) -> None:
        """Nobody listens here any more."""
        self._closing.set()
        with contextlib.suppress(OSError):  # it is a listener: there may be nothing to shut down
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()

    def hang_up(self) -> None:
        """End every connection there is."""
        with self._changed:
            ending, self._open = self._open, set()
        for one in ending:
            _end(one)

    def wait(self, condition: Callable[[Chaos], bool], timeout_s: float) -> bool:
        """Until `condition` holds of `met` and `refused`; False when it did not in time."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self), timeout_s)

    # ---- one connection

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._connection, args=(near, self.tls), name="chaos", daemon=True).start()

    def _connection(self, near: socket.socket, tls: ssl.SSLContext | None) -> None:
        try:
            if tls is not None:
                near = self._shown(near, tls)
            with self._changed:
                self._open.add(near)
            with near.makefile("rb") as stream:
                while (asked := read_request(stream)) is not None and self._answered(asked, near, stream):
                    pass
        except (OSError, ValueError, http.client.HTTPException):
            return  # an end is gone, the certificate was not liked, or head office is not there
        finally:
            with self._changed:
                self._open.discard(near)
            _end(near)

    def _shown(self, near: socket.socket, tls: ssl.SSLContext) -> socket.socket:
        """Show the certificate. OSError: it was not liked."""
        near.settimeout(CONNECT_TIMEOUT_S)
        try:
            shown = tls.wrap_socket(near, server_side=True)
            shown.settimeout(None)
        except OSError:
            with self._changed:
                self.refused += 1
                self._changed.notify_all()
            raise
        return shown

    def _answered(self, asked: Asked, near: socket.socket, stream: BinaryIO) -> bool:
        """Let the request meet its fault; whether the connection may be used again."""
        with self._changed:
            number = self.met.total() + 1
            meets = self.plan(number)
            self.met[meets.fault] += 1
            self._changed.notify_all()
        if meets.fault in PAGES:
            near.sendall(PAGES[meets.fault].raw())
            return False
        match meets.fault:
            case Fault.LOST_REQUEST:
                return False
            case Fault.OVERTAKEN:
                self._keep(asked)
                return False
            case Fault.HALF_OPEN:
                stream.read(1)  # until the other end gives up
                return False
            case Fault.RESET_REQUEST:
                self._reset_request(asked, meets.at)
                reset(near)
                return False
            case Fault.DELAYED:
                self._closing.wait(meets.wait_s)
        if meets.fault is Fault.DOUBLED:
            threading.Thread(target=self._once_more, args=(asked,), name="chaos", daemon=True).start()
        answer = self._delivered(asked)
        if meets.fault is Fault.LATE_COPY:
            self._keep(asked)
        return self._said(answer, meets, near)

    def _said(self, answer: Said, meets: Meets, near: socket.socket) -> bool:
        """Send the answer as the fault lets it through; whether the connection may be used again."""
        raw = answer.raw()
        cut = max(1, min(meets.at, len(raw) - 1))
        match meets.fault:
            case Fault.LOST_ANSWER:
                return False
            case Fault.RESET_ANSWER:
                near.sendall(raw[:cut])
                reset(near)
                return False
            case Fault.TRUNCATED:
                near.sendall(raw[:cut])
                return False
            case Fault.SHORTENED:
                near.sendall(shortened(answer, meets.at).raw())
                return True
            case Fault.TRICKLE:
                for place in range(len(raw)):
                    near.sendall(raw[place : place + 1])
                    if self._closing.wait(meets.wait_s):
                        return False
                return True
            case _:
                near.sendall(raw)
                return True

    # ---- towards head office

    def _delivered(self, asked: Asked) -> Said:
        """The answer to the request; what was kept for later is delivered after it."""
        answer = deliver(asked, (HOST, self.target))
        with self._changed:
            kept, self._kept = self._kept, []
        for one in kept:
            self._once_more(one)
        return answer

    def _keep(self, asked: Asked) -> None:
        with self._changed:
            self._kept.append(asked)

    def _once_more(self, asked: Asked) -> None:
        """Deliver a request nobody waits for."""
        with contextlib.suppress(OSError, http.client.HTTPException):  # head office is not there: it is lost
            deliver(asked, (HOST, self.target))

    def _reset_request(self, asked: Asked, at: int) -> None:
        raw = asked.raw()
        far = socket.create_connection((HOST, self.target), CONNECT_TIMEOUT_S)
        far.sendall(raw[: max(1, min(at, len(raw) - 1))])
        reset(far)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it was not connected any more
        one.shutdown(socket.SHUT_RDWR)
    one.close()
