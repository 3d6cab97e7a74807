"""A real server that is quickly there again, for tests that kill it; with faults inside, if they are armed."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from uuid import UUID

from sqlalchemy import select as query
from sqlalchemy import update

from tests import databases
from tests.browser.server import STARTS_WITHIN, Server
from tests.faults import inside
from tests.faults.inside import Inside
from tests.observing.rows import check_weeks
from webapp.observing.models import AcceptedChange, Observation, Tombstone
from webapp.schools.models import School

MEANT = AcceptedChange.observation_id


class WarmServer(Server):
    """Started from a process that has done the importing once. Kill it as often as you like."""

    def __init__(self, kind: str, *, database_url: str | None = None) -> None:
        super().__init__(kind, database_url=database_url)
        self.kind = kind
        self.folder = Path(os.environ[databases.FOLDER]) / f"inside-{self.port}"
        self.folder.mkdir()
        self._zygote: subprocess.Popen[bytes] | None = None
        self._pid: int | None = None
        self._others: list[WarmServer] = []

    def environment(self) -> dict[str, str]:
        return {**super().environment(), inside.FOLDER: str(self.folder)}

    def fill(self) -> None:
        """Our school keeps notes, so that they can get lost."""
        super().fill()
        with self.data() as session:
            session.execute(update(School).values(notes_days=30))
            session.commit()

    def another(self, database_url: str | None = None) -> "WarmServer":
        """One more on the same database, by its address or by another that leads there; it runs until this one ends."""
        beside = WarmServer(self.kind, database_url=database_url or self.database_url)
        beside.start()
        self._others.append(beside)
        return beside

    def arm(self, fault: Inside) -> None:
        (self.folder / fault).touch()

    def disarm(self, fault: Inside) -> None:
        (self.folder / fault).unlink(missing_ok=True)

    def start(self, *, root: Path | None = None) -> None:
        """Returns when it listens; what is asked from then on is answered."""
        if self._pid is not None:
            return
        self.root = root or self.root
        zygote = self._zygote or self._warm_up()
        assert zygote.stdin is not None
        zygote.stdin.write(b"\n")
        zygote.stdin.flush()
        self._pid = int(self._hear())
        deadline = time.monotonic() + STARTS_WITHIN
        while not self._listens():
            assert time.monotonic() < deadline, self.log.read_text(errors="replace")[-3000:]
            # Between two looks at a server that is starting.
            time.sleep(0.005)

    def died(self) -> None:
        """Waits for the server to be gone that a fault inside kills."""
        self._hear()
        self._pid = None

    def close(self) -> None:
        for other in self._others:
            other.close()
        self.kill()
        if self._zygote is not None and self._zygote.stdin is not None:
            self._zygote.stdin.close()
            self._zygote.wait(STARTS_WITHIN)

    def books_balance(self) -> None:
        """Every revision of every school, from the first to the last, is one change of one observation; weeks agree."""
        with self.data() as session:
            check_weeks(session)
            for school, latest in session.execute(query(School.id, School.revision)).all():
                used: dict[int, set[UUID]] = defaultdict(set)
                for table, id_ in ((Observation, Observation.id), (Tombstone, Tombstone.id), (AcceptedChange, MEANT)):
                    for revision, meant in session.execute(query(table.revision, id_).where(table.school_id == school)):
                        used[revision].add(meant)
                assert sorted(used) == list(range(1, latest + 1))
                assert [revision for revision, ids in used.items() if len(ids) > 1] == []

    def _end(self, how: signal.Signals) -> None:
        if self._pid is not None:
            os.killpg(self._pid, how)
            self.died()

    def _warm_up(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            self._zygote = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.zygote"], cwd=self.root, env=self.environment(),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip
        return self._zygote

    def _hear(self) -> bytes:
        """The next line of the zygote; others are what `scripts.serve` tells whoever starts it."""
        assert self._zygote is not None
        assert self._zygote.stdout is not None
        ready, _, _ = select.select([self._zygote.stdout], [], [], STARTS_WITHIN)
        line = self._zygote.stdout.readline() if ready else b""
        assert line, self.log.read_text(errors="replace")[-3000:]
        return line

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
