"""The way between a phone and the server, on which anything may happen to a call.

A proxy in a thread. It passes calls on, one connection each, until a test says what becomes of the next ones:
`between.will(answer_lost, passed)` is about the next two calls for `/api/v1/sync`.
"""

import json
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from select import select
from typing import Any

SYNC = "/api/v1/sync"
PATIENCE = 60.0
"""How long a test waits for what must come, in seconds."""


class Between:
    """Listens on a port of its own; `to` is the port of the server, and may be changed meanwhile."""

    def __init__(self, to: int) -> None:
        self.to = to
        self.calls: list[Call] = []
        self._script: list[tuple[str, Behaviour]] = []
        self._meanwhile: Behaviour | None = None
        self._shut: str | None = None
        self._shut_after = False
        self._on_their_way = 0
        self._lock = threading.Lock()
        self._server = _Listening(("127.0.0.1", 0), _Connection)
        self._server.between = self
        self.port = self._server.server_address[1]
        self.url = f"http://localhost:{self.port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def __repr__(self) -> str:
        calls = [(call.path, call.status) for call in self.calls]
        return f"{calls[-12:]}, {self._on_their_way} on their way, {len(self._script)} planned, shut: {self._shut}"

    def will(self, *behaviours: "Behaviour", on: str = SYNC) -> None:
        """What becomes of the next calls for an address that begins so, one each; all others pass."""
        with self._lock:
            self._script += [(on, behaviour) for behaviour in behaviours]

    def will_only(self, *behaviours: "Behaviour") -> None:
        """The same; and after these there is no network until the way is opened."""
        self.will(*behaviours)
        self._shut_after = True

    def meanwhile(self, behaviour: "Behaviour | None") -> None:
        """What becomes of every call, to whatever address, from now on; None: they pass."""
        self._meanwhile = behaviour

    def shut(self, to: str = "/") -> None:
        """From now on there is no network; or none to addresses that begin so, whoever on the phone asks."""
        self._shut = to

    def open(self) -> None:
        self._shut = None
        self._shut_after = self._shut_after and bool(self._script)

    def close(self) -> None:
        self.shut()
        self._server.shutdown()
        self._server.server_close()

    def sent(self, to: str = SYNC) -> list[Any]:
        """What the phone said in each of its calls so far, read as JSON."""
        return [json.loads(call.body) for call in self.calls if call.path == to]

    def statuses(self, to: str = SYNC) -> list[int]:
        """What was answered to each of its calls so far that were answered."""
        return [call.status for call in self.calls if call.path == to and call.status is not None]

    @property
    def all_began(self) -> bool:
        """Whether everything that was planned has begun to happen."""
        return not self._script

    @property
    def all_happened(self) -> bool:
        """Whether everything that was planned has happened."""
        return self.all_began and self.idle

    @property
    def idle(self) -> bool:
        """Whether no call is on its way."""
        return self._on_their_way == 0

    def carry(self, call: "Call") -> None:
        """Lets happen to a call what is planned for it."""
        with self._lock:
            self._on_their_way += 1
        try:
            self._take(call)(call)
        finally:
            with self._lock:
                self._on_their_way -= 1

    def _take(self, call: "Call") -> "Behaviour":
        with self._lock:
            if self._shut is not None and call.path.startswith(self._shut):
                return request_lost
            self.calls.append(call)
            if self._meanwhile is not None:
                return self._meanwhile
            for index, (address, behaviour) in enumerate(self._script):
                if call.path.startswith(address):
                    del self._script[index]
                    if self._shut_after and not self._script:
                        self._shut = "/"
                    return behaviour
        return passed


@dataclass
class Call:
    """One call of a phone, and what may be done with it."""

    head: bytes
    body: bytes
    between: Between
    phone: socket.socket = field(repr=False)
    status: int | None = None

    @property
    def path(self) -> str:
        return self.head.split(b" ", 2)[1].decode()

    def forward(self, to: int | None = None) -> bytes:
        """The server's answer; what came of it, where it broke off; nothing, where no server was."""
        answer = b""
        with suppress(OSError), socket.create_connection(("127.0.0.1", to or self.between.to), PATIENCE) as server:
            lines = [line for line in self.head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
            server.sendall(b"\r\n".join([*lines[:-2], b"Connection: close", b"", b""]) + self.body)
            while some := server.recv(65_536):
                answer += some
        return answer

    def say(self, answer: bytes) -> None:
        if answer.startswith(b"HTTP/"):
            self.status = int(answer.split(b" ", 2)[1])
        # A phone that waits no longer hears nothing.
        with suppress(OSError):
            self.phone.sendall(answer)

    def break_off(self) -> None:
        """Ends the connection so that the phone hears it broke, not that it ended."""
        with suppress(OSError):
            self.phone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.phone.close()

    def given_up(self, within: float) -> bool:
        """Whether the phone has let go of the connection, or does so in a moment."""
        readable, _, _ = select([self.phone], [], [], within)
        try:
            return bool(readable) and not self.phone.recv(1, socket.MSG_PEEK)
        except OSError:
            return True


Behaviour = Callable[[Call], None]


def passed(call: Call) -> None:
    """As on a good day."""
    answer = call.forward()
    call.say(answer)
    if not answer:
        call.break_off()


def request_lost(call: Call) -> None:
    """The server never hears of it."""
    call.break_off()


def request_cut(call: Call) -> None:
    """The server hears half of it, and then nobody."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", call.between.to), PATIENCE) as server:
        server.sendall(call.head + call.body[: len(call.body) // 2])
    call.break_off()


def answer_lost(call: Call) -> None:
    """The server does as asked, and the phone never hears of it."""
    call.forward()
    call.break_off()


def twice(call: Call) -> None:
    """The same call arrives a second time; the phone hears the second answer."""
    call.forward()
    call.say(call.forward())


def twice_at_once(call: Call) -> None:
    """The same call arrives over two ways at the same moment, at the same server or at two."""
    both_ways(call, call.between.to)


def both_ways(call: Call, other: int) -> None:
    with ThreadPoolExecutor(2) as ways:
        first, _ = ways.map(call.forward, (call.between.to, other))
    call.say(first)


def answer_cut(call: Call) -> None:
    """Half of the answer's body arrives, and then the connection ends as if that were all."""
    head, _, body = call.forward().partition(b"\r\n\r\n")
    call.say(head + b"\r\n\r\n" + body[: len(body) // 2])


def answer_shortened(call: Call) -> None:
    """Half of the answer's body arrives, and somebody on the way made its length fit."""
    _, _, body = call.forward().partition(b"\r\n\r\n")
    call.say(_answer(200, body[: len(body) // 2], {"Content-Type": "application/json"}))


def at_most(size: int) -> Behaviour:
    """Somebody on the way lets no larger call pass, and says so with a page of theirs."""

    def limit(call: Call) -> None:
        (passed if len(call.body) <= size else answered(413, b"<h1>Too large</h1>", content_type="text/html"))(call)

    return limit


def answered(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    """Somebody on the way answers, and the server never hears of it; `retry_after="5"` is a header."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}

    def answer(call: Call) -> None:
        call.say(_answer(status, body, named))

    return answer


def problem(status: int, kind: str, **headers: str) -> Behaviour:
    """The answer that the server itself gives when it cannot or must not."""
    body = json.dumps({"type": f"/problems/{kind}", "title": HTTPStatus(status).phrase, "status": status})
    return answered(status, body.encode(), content_type="application/problem+json", **headers)


class Dripping:
    """The answer comes byte by byte, and comes to no end before the phone gives up."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.given_up = threading.Event()

    def __call__(self, call: Call) -> None:
        head, _, body = call.forward().partition(b"\r\n\r\n")
        call.say(head + b"\r\n\r\n" + body[:1])
        self.began.set()
        for byte in body[1:-1]:
            if call.given_up(0.02):
                break
            call.say(bytes([byte]))
        while not call.given_up(PATIENCE):
            pass
        self.given_up.set()


class Held:
    """A call that stays on the way until it is let go: `hold = Held(); between.will(hold)`."""

    def __init__(self, then: Behaviour = passed, *, answer: bool = False) -> None:
        """With `answer` the server has heard it; its answer is held, and then lost."""
        self._then = then
        self._answer = answer
        self._here = threading.Event()
        self._free = threading.Event()
        self._done = threading.Event()

    def __call__(self, call: Call) -> None:
        if self._answer:
            call.forward()
        self._here.set()
        self._free.wait(PATIENCE)
        (request_lost if self._answer else self._then)(call)
        self._done.set()

    def wait(self) -> None:
        """Until the call has come this far."""
        assert self._here.wait(PATIENCE), "The call never came"

    def let_go(self) -> None:
        """Returns when it has gone its way to the end."""
        self._free.set()
        assert self._done.wait(PATIENCE), "The call never ended"


def _answer(status: int, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {said}" for name, said in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "Connection: close", "", ""]).encode() + body


class _Listening(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128
    between: Between


class _Connection(socketserver.StreamRequestHandler):
    server: _Listening
    # A browser opens connections that it may never use.
    timeout = PATIENCE

    def handle(self) -> None:
        with suppress(OSError):
            head = b""
            while line := self.rfile.readline():
                head += line
                if line == b"\r\n":
                    break
            if not head.endswith(b"\r\n\r\n"):
                return
            call = Call(head, self.rfile.read(_length(head)), self.server.between, self.connection)
            self.server.between.carry(call)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, said = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(said)
    return 0
