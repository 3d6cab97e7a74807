"""A port at which a database server is reached for as long as it is there."""

import socket
import threading
from contextlib import suppress

from sqlalchemy import URL, make_url

STANDARD_PORT = 5432


class Relay:
    """Passes bytes on to the PostgreSQL server of a database, until it goes down."""

    def __init__(self, database_url: str) -> None:
        self._url = make_url(database_url)
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listening = socket.socket()
        self._listening.bind(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]

    def go_up(self) -> None:
        """Until then whoever comes is refused."""
        self._listening.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def go_down(self) -> None:
        """Every connection breaks, and nobody is let in again."""
        # A thread that waits for the next one would still let it in.
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for pair in self._pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = self._reach()
                self._pairs.append((near, far))
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()

    def _reach(self) -> socket.socket:
        folder = self._url.query.get("host")
        if folder is None:
            return socket.create_connection((self._url.host or "localhost", self._url.port or STANDARD_PORT))
        reached = socket.socket(socket.AF_UNIX)
        reached.connect(f"{folder}/.s.PGSQL.{self._url.port or STANDARD_PORT}")
        return reached


def either(database_url: str, *relays: Relay) -> str:
    """The address of a database that is reached at the first of several ports that answers."""
    hosts = tuple(f"127.0.0.1:{relay.port}" for relay in relays)
    url: URL = make_url(database_url).set(host=None, port=None).set(query={"host": hosts})
    return url.render_as_string(hide_password=False)


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while some := one.recv(65_536):
            other.sendall(some)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
