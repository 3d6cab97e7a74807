"""The program as people get it: `python -m scripts.serve` on a port of its own, with a database of its own.

A test may stop it, start it again on the same port and data, and serve a copy of the project in which something is
different.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scripts.serve import WORKERS
from tests import databases, world
from tests.browser.loop import set_aside
from tests.conftest import SECRET, new_app
from webapp.culture.vocabulary import Role
from webapp.extensions import alembic, db
from webapp.observing.models import Observation
from webapp.people.models import Person
from webapp.schools.models import Place, School

ROOT = Path(__file__).resolve().parents[2]
SERVED = ("webapp", "templates", "static/dist", "migrations", "scripts")
STARTS_WITHIN = 30.0
ARRIVES_WITHIN = 30.0
OURS = "Our School"


class Server:
    """One installation. `url` is what a browser opens; localhost, for which browsers allow a worker without TLS."""

    def __init__(
        self, kind: str = "sqlite", *, root: Path = ROOT, development: bool = False, database_url: str | None = None
    ) -> None:
        self.port = _free_port()
        self.url = f"http://localhost:{self.port}"
        self.root = root
        self.development = development
        self.database_url = database_url or databases.new_url(kind)
        self.log = Path(os.environ[databases.FOLDER]) / f"server-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None
        with set_aside():
            self._app = new_app(self.database_url)
            with self._app.app_context():
                alembic.upgrade()

    @contextmanager
    def data(self) -> Iterator[Session]:
        """A session on the server's database, for a moment."""
        with set_aside(), self._app.app_context():
            yield db.session
            db.session.rollback()

    def fill(self) -> None:
        """Puts our school and its neighbour into the database."""
        with self.data() as session:
            world.build(session)

    def start(self, *, root: Path | None = None) -> None:
        """Returns when it answers; from now on it serves `root`, if that is given."""
        self.root = root or self.root
        self._forget_connections()
        with self.log.open("ab") as log:
            self._process = self._begin(log)
        deadline = time.monotonic() + STARTS_WITHIN
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"The server did not start:\n{self.log.read_text(errors='replace')[-3000:]}")
            # Between two looks at a server that is starting; nothing is asserted of how long it takes.
            time.sleep(0.02)

    @property
    def pid(self) -> int:
        """The process that began the others."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        """As an operator stops it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a power cut stops it."""
        self._end(signal.SIGKILL)

    def workers(self) -> list[int]:
        """The processes among which it shares its work."""
        assert self._process is not None
        began = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        return sorted(map(int, began.read_text(encoding="ascii").split()))

    def all_workers(self) -> list[int]:
        """The same, once all are there: the first of them answers before the others were begun."""
        deadline = time.monotonic() + STARTS_WITHIN
        while len(found := self.workers()) < WORKERS:
            assert time.monotonic() < deadline, f"Of {WORKERS} workers {len(found)} are there"
            # Between two looks at a server that is starting.
            time.sleep(0.02)
        return found

    def newcomer(self, role: Role = Role.OBSERVER) -> str:
        """The e-mail address of somebody new in our school, whose listen-ins are no other test's."""
        email = f"{role}-{uuid4().hex[:8]}@ours.example"
        with self.data() as session:
            ours = session.scalars(select(School).where(School.name == OURS)).one()
            world.member(session, ours, role, email)
            session.commit()
        return email

    def place(self, name: str, school: str = OURS) -> UUID:
        """The id of a place by its name."""
        with self.data() as session:
            found = session.scalars(select(Place.id).join(School).where(Place.name == name, School.name == school))
            return found.one()

    def person(self, email: str) -> UUID:
        with self.data() as session:
            return session.scalars(select(Person.id).where(Person.email == email)).one()

    def school(self, name: str = OURS) -> UUID:
        with self.data() as session:
            return session.scalars(select(School.id).where(School.name == name)).one()

    def observations(self, email: str) -> int:
        """How many listen-ins of this person are stored."""
        with self.data() as session:
            mine = (
                select(func.count())
                .select_from(Observation)
                .join(Person, Person.id == Observation.observer_id)
                .where(Person.email == email)
            )
            return session.scalar(mine) or 0

    def comes_to(self, email: str, count: int) -> None:
        """Waits until so many listen-ins of this person are stored: what a page says may still be from before."""
        deadline = time.monotonic() + ARRIVES_WITHIN
        while (stored := self.observations(email)) != count:
            assert time.monotonic() < deadline, f"{stored} listen-ins of {email} are stored, not {count}"
            # Between two looks into a database that nobody tells of.
            time.sleep(0.05)

    def environment(self) -> dict[str, str]:
        """What its process finds there."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("LISTENIN_")},
            "DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            "SECRET_KEY": SECRET,
            "PYTHONPATH": str(self.root),
            **({"LISTENIN_DEVELOPMENT": "true"} if self.development else {}),
        }

    def _begin(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "scripts.serve"], cwd=self.root, env=self.environment(),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip

    def _answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/about", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, ConnectionError, TimeoutError):
            return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            # Started in a session of its own, so that its workers go with it.
            os.killpg(self._process.pid, how)
        self._process.wait(timeout=STARTS_WITHIN)
        self._process = None

    def _forget_connections(self) -> None:
        with set_aside(), self._app.app_context():
            db.engine.dispose()


def copy_of_the_project(folder: Path) -> Path:
    """What is served, once more, for a test that changes it."""
    for name in SERVED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.map"))
    return folder


def _free_port() -> int:
    """Below the ports that systems give out by themselves, so that it is still free at the second start."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
