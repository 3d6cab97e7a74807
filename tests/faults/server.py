"""The server of a test that has no network in it: its real verbs on its real database, behind a door of few lines."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import delete, event, select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from tests.faults.books import Said
from tests.world import Cast
from webapp.culture.vocabulary import Role, Setting, Trait, trait_words
from webapp.observing import feed, fresh, retention
from webapp.observing.changes import Change, Outcome, Put, Recorded
from webapp.observing.feed import Page
from webapp.observing.fresh import Fresh
from webapp.observing.models import AcceptedChange, Observation, SchoolWeek, Tombstone
from webapp.observing.recording import record
from webapp.people.models import Person
from webapp.schools import merging
from webapp.schools.models import Membership, MergedPlace, Place, School
from webapp.web.problems import CursorExpiredError

BEGINS = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
NOTES_DAYS = 20


class Refusal(StrEnum):
    """Answers in which nothing is said of any change."""

    SIGNED_OUT = "401"
    WRONG_ACCOUNT = "409"
    CURSOR_EXPIRED = "410"
    BROKEN = "500, a portal's page, half an answer, or nothing"


@dataclass
class Cookie:
    """What a phone shows of itself; worth nothing once its person signed out or it ran out."""

    person: Person
    valid: bool = True


class DiedError(Exception):
    """The server was killed before its commit."""


class Server:
    """The school of the cast, from its first day on in every example."""

    def __init__(self, session: Session, cast: Cast) -> None:
        self.session = session
        self.cast = cast
        self.engine = engine_of(session)
        self.people = {each.id: each for each in (cast.coach, cast.teacher, cast.principal)}
        self.places = [place.id for place in cast.places]
        for each in (*self.people.values(), cast.school, *cast.places):
            # What was read stays read: these rows never change in what is asked of them here.
            session.refresh(each)
            session.expunge(each)
        self.school: UUID = cast.school.id
        self.now = BEGINS

    def begin(self) -> None:
        """As on the first day. The teacher observes too."""
        self.now = BEGINS
        self.session.rollback()
        for table in (AcceptedChange, Observation, Tombstone, SchoolWeek, MergedPlace):
            self.session.execute(delete(table))
        first = {"revision": 0, "pruned_to": 0, "notes_days": NOTES_DAYS}
        self.session.execute(update(School).where(School.id == self.school).values(first))
        self.session.execute(update(Place).values(archived=False))
        self.session.commit()
        for person in (self.cast.coach, self.cast.teacher):
            self.set_role(person, Role.OBSERVER)

    # --- What a phone asks ---

    def sync(
        self, cookie: Cookie, account: UUID, changes: Sequence[Change], skew: timedelta
    ) -> list[Recorded] | Refusal:
        if not cookie.valid:
            return Refusal.SIGNED_OUT
        if cookie.person.id != account:
            return Refusal.WRONG_ACCOUNT
        return self.record(cookie.person, changes, skew)

    def record(self, person: Person, changes: Sequence[Change], skew: timedelta) -> list[Recorded]:
        """As the door does it: all at once where all are new, one by one where they are not."""
        plain = [on_the_wire(said) for said in changes if isinstance(said, Put) and said.base is None]
        if plain and len(plain) == len(changes):
            first = fresh.record(self.session, person, Fresh(plain), skew=skew, now=self.now)
            if first is not None:
                return [
                    Recorded(id=said.id, status=Outcome.APPLIED, revision=revision)
                    for revision, said in enumerate(changes, first)
                ]
        return record(self.session, person, changes, skew=skew, now=self.now)

    def changes(self, person: Person, cursor: str | None, limit: int) -> Page | Refusal:
        try:
            return feed.since(self.session, self.cast.school, cursor=cursor, limit=limit, observer=person.id)
        except CursorExpiredError:
            return Refusal.CURSOR_EXPIRED
        finally:
            self.session.rollback()

    # --- What happens to it ---

    def killed_before_commit(self, person: Person, changes: Sequence[Change], skew: timedelta) -> None:
        with dying(self.engine), suppress(DiedError):
            self.record(person, changes, skew)
        self.restart()

    def restart(self) -> None:
        """What is on disk is what it goes on from."""
        self.session.rollback()
        self.session.close()
        self.engine.dispose()

    def daily(self) -> None:
        retention.forget(self.session, self.now)

    def merge(self, place: UUID, into: UUID) -> dict[UUID, int]:
        """The observations that moved, each with the revision that it got."""
        before = self.latest()
        school = self.session.get_one(School, self.school)
        of, to = self.session.get_one(Place, place), self.session.get_one(Place, into)
        merging.merge(self.session, school, of, to, now=self.now)
        self.session.commit()
        moved = select(Observation.id, Observation.revision).where(Observation.revision > before)
        return {id_: revision for id_, revision in self.session.execute(moved)}

    def set_role(self, person: Person, role: Role) -> None:
        self.session.execute(update(Membership).where(Membership.person_id == person.id).values(role_word=role))
        self.session.commit()

    # --- What is on disk ---

    def latest(self) -> int:
        return self.session.execute(select(School.revision).where(School.id == self.school)).scalar_one()

    def held(self) -> dict[UUID, Said]:
        """All that is stored, in the words of books.Entry.facts."""
        of_puts = select(
            Observation.id, Observation.observer_id, Observation.revision, Observation.place_id,
            Observation.setting_code, Observation.heard, Observation.observed_at, Observation.said_at, Observation.note,
        )  # fmt: skip
        found: dict[UUID, Said] = {
            id_: (observer, revision, place, SETTINGS[setting], Trait(heard), *rest)
            for id_, observer, revision, place, setting, heard, *rest in self.session.execute(of_puts)
        }
        of_tombs = select(Tombstone.id, Tombstone.observer_id, Tombstone.revision)
        for id_, observer, revision in self.session.execute(of_tombs):
            assert id_ not in found, "deleted, and still there"
            found[id_] = (observer, revision, None)
        return found


SETTINGS = tuple(Setting)


def on_the_wire(said: Put) -> dict[str, Any]:
    return {
        "id": str(said.id), "school": str(said.school), "place": str(said.place), "setting": str(said.setting),
        "heard": trait_words(said.heard), "observed_at": said.said_at, "note": said.note,
    }  # fmt: skip


def engine_of(session: Session) -> Engine:
    bound = session.get_bind()
    assert isinstance(bound, Engine)
    return bound


@contextmanager
def dying(engine: Engine) -> Iterator[None]:
    """Whoever has written something within dies at the commit."""
    wrote = False

    def note(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal wrote
        wrote = wrote or not statement.lstrip().upper().startswith(("SELECT", "BEGIN", "SET", "PRAGMA"))

    def die(_connection: Connection) -> None:
        if wrote:
            raise DiedError

    event.listen(engine, "before_cursor_execute", note)
    event.listen(engine, "commit", die)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)
        event.remove(engine, "commit", die)
