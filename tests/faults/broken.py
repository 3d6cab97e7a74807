"""Programs that break a promise, each in a way that somebody could write by mistake: the random machine finds each.

A broken server is the real one with something done wrong around it; a broken phone is the phone of the machine.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from tests.faults.phone import Phone, Row
from tests.faults.server import Cookie, Refusal, Server
from webapp.observing.changes import Change, Outcome, Put, Recorded
from webapp.observing.feed import Page
from webapp.observing.models import AcceptedChange, Observation, Tombstone
from webapp.people.models import Person
from webapp.schools.models import School


class ForgetsWhatItAccepted(Server):
    """It compares with what it holds now instead of remembering."""

    def record(self, person: Person, changes: Sequence[Change], skew: timedelta) -> list[Recorded]:
        results = super().record(person, changes, skew)
        self.session.execute(delete(AcceptedChange))
        self.session.execute(update(Observation).values(digest=None))
        self.session.commit()
        return results


class AnswersBeforeTheCommit(Server):
    def record(self, person: Person, changes: Sequence[Change], skew: timedelta) -> list[Recorded]:
        # The fault itself: for this call a method is another.
        commit, self.session.commit = self.session.commit, self.session.flush  # type: ignore[method-assign]
        try:
            return super().record(person, changes, skew)
        finally:
            self.session.commit = commit  # type: ignore[method-assign]


class LetsTheLastOneWin(Server):
    """It never asks what an edit began from."""

    def record(self, person: Person, changes: Sequence[Change], skew: timedelta) -> list[Recorded]:
        latest = {id_: revision for id_, revision in self.session.execute(select(Observation.id, Observation.revision))}
        return super().record(person, [replace(said, base=latest.get(said.id, said.base)) for said in changes], skew)


class LetsEditsWinOverDeletions(Server):
    def record(self, person: Person, changes: Sequence[Change], skew: timedelta) -> list[Recorded]:
        gone = {id_: revision for id_, revision in self.session.execute(select(Tombstone.id, Tombstone.revision))}
        known = [
            replace(said, base=gone.get(said.id, said.base)) if isinstance(said, Put) else said for said in changes
        ]
        return super().record(person, known, skew)


class RemembersNoDeletions(Server):
    def record(self, person: Person, changes: Sequence[Change], skew: timedelta) -> list[Recorded]:
        results = super().record(person, changes, skew)
        self.session.execute(delete(Tombstone))
        self.session.commit()
        return results


class NumbersBeforeItLocks(Server):
    """A slow writer appears behind the cursor: a reader is told of the newer one first, and never of the other."""

    hidden: UUID | None = None

    def record(self, person: Person, changes: Sequence[Change], skew: timedelta) -> list[Recorded]:
        results = super().record(person, changes, skew)
        self.hidden = next((became.id for became in results if became.status is Outcome.APPLIED), None)
        return results

    def changes(self, person: Person, cursor: str | None, limit: int) -> Page | Refusal:
        page, self.hidden, hidden = super().changes(person, cursor, limit), None, self.hidden
        if isinstance(page, Refusal):
            return page
        return replace(page, changes=[state for state in page.changes if state.id != hidden])


class LetsColleaguesMend(Server):
    def record(self, person: Person, changes: Sequence[Change], skew: timedelta) -> list[Recorded]:
        [*observers] = self.session.scalars(
            select(Observation.observer_id).where(Observation.id.in_([said.id for said in changes])).distinct()
        )
        whose = self.people[observers[0]] if len(observers) == 1 and observers[0] else person
        return super().record(whose, changes, skew)


class NeverAsksWhoseCallItIs(Server):
    """It records under whoever is signed in, whatever account the call names."""

    def sync(
        self, cookie: Cookie, account: UUID, changes: Sequence[Change], skew: timedelta
    ) -> list[Recorded] | Refusal:
        return super().sync(cookie, cookie.person.id, changes, skew)


class TakesARevisionToForget(Server):
    def daily(self) -> None:
        super().daily()
        self.session.execute(update(School).where(School.id == self.school).values(revision=School.revision + 1))
        self.session.commit()


class FilesUnderMergedPlaces(Server):
    """What comes later for a place that was merged stays there."""

    def record(self, person: Person, changes: Sequence[Change], skew: timedelta) -> list[Recorded]:
        results = super().record(person, changes, skew)
        for said, became in zip(changes, results, strict=True):
            if isinstance(said, Put) and became.status is Outcome.APPLIED:
                filed = update(Observation).where(Observation.id == said.id).values(place_id=said.place)
                self.session.execute(filed)
        self.session.commit()
        return results


class BelievesEveryClock(Server):
    def record(self, person: Person, changes: Sequence[Change], skew: timedelta) -> list[Recorded]:
        return super().record(person, changes, timedelta(0))


class DropsOn500(Phone):
    def failed(self, sent: Sequence[Row]) -> None:
        for row in sent:
            self.disk.rows.pop(row.seq, None)


class DropsWhatTheAnswerLeavesOut(Phone):
    def settle(self, sent: Sequence[Row], results: Iterable[Recorded]) -> None:
        super().settle(sent, results)
        for row in sent:
            here = self.disk.rows.get(row.seq)
            if here is not None and not here.needs_you:
                del self.disk.rows[row.seq]


SERVERS: tuple[type[Server], ...] = (
    ForgetsWhatItAccepted, AnswersBeforeTheCommit, LetsTheLastOneWin, LetsEditsWinOverDeletions, RemembersNoDeletions,
    NumbersBeforeItLocks, LetsColleaguesMend, NeverAsksWhoseCallItIs, TakesARevisionToForget,
    FilesUnderMergedPlaces, BelievesEveryClock,
)  # fmt: skip
PHONES: tuple[type[Phone], ...] = (DropsOn500, DropsWhatTheAnswerLeavesOut)
