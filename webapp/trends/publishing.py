"""Publishes what staff may be shown: each window once, when it has closed; run by a timer.

    windows that closed → in the order in which they did → gathered as they had arrived by then → decided → written

What was published is never worked out again, so nothing that arrives, is mended or deleted later can change it.
Run late, it does what it would have done had it run at each closing: the windows, their order and what had arrived are
those of that instant. Only edits and deletions have no history: they count as of the run.
"""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.culture import disclosure
from webapp.culture.disclosure import CLOSES_AFTER, Gathered, Rhythm, closes_at, due, next_publication, periods, rhythm
from webapp.culture.school_time import DAY, Period, SchoolYear, local_date
from webapp.extensions import begin_writing
from webapp.observing import conversations
from webapp.schools.models import School
from webapp.schools.years import year_at
from webapp.trends.models import Closing, Publication
from webapp.trends.published import NONE_BEFORE, hash_of, written

PUBLISHED, WAITS = "published", "waits"


def publish_due(session: Session, school: School, now: datetime) -> list[Publication]:
    """Decides every window of the school that has closed by now and is undecided; commits and returns what is new.

    Run twice, or two at once, it does no more than once. A clock that goes back changes nothing.
    """
    begin_writing(session)
    # Two at once: the second waits here, and then finds everything decided.
    locked = select(School).where(School.id == school.id).with_for_update().execution_options(populate_existing=True)
    session.scalars(locked).one()
    began = _began(session, school)
    published: list[Publication] = []
    if began is not None:
        for year in _years(session, school, began, now):
            published += _publish_year(session, school, year, began=began, now=now)
    session.commit()
    return published


def _began(session: Session, school: School) -> date | None:
    """The first day of which anything had arrived before a window with it closed; windows before are none of ours."""
    return min(
        (
            max(local_date(heard, school.zone), local_date(received, school.zone) - CLOSES_AFTER)
            for heard, received in conversations.first(session, school)
        ),
        default=None,
    )


def _years(session: Session, school: School, began: date, now: datetime) -> list[SchoolYear]:
    """The school years that may have undecided windows, oldest first."""
    decided = _decided(session, school)
    since = began if decided is None else max(began, decided + DAY)
    found = [year_at(session, school, local_date(now, school.zone))]
    while found[0].first > since:
        before = year_at(session, school, found[0].first - DAY)
        if before.last >= found[0].first:
            # No year of the school's own, but the usual one, which lies across its first.
            break
        found.insert(0, before)
    return found


def _publish_year(
    session: Session, school: School, year: SchoolYear, *, began: date, now: datetime
) -> list[Publication]:
    """Goes through the instants at which the year's windows or terms closed, as if it ran at each."""
    whole = Period(year.first, year.last)
    published = []
    for instant in _closings(session, school, year, began=began, now=now):
        observers = conversations.observers(session, school, whole, received_before=instant)
        by = rhythm(school.staff_size, observers)
        closed = due(year, by, decided=_decided(session, school), zone=school.zone, now=instant)
        for window in (each for each in closed if each.last >= began):
            publication = _decide(session, school, window, by=by, cut=periods(year, by), observers=observers)
            published += [publication] if publication else []
    return published


def _closings(session: Session, school: School, year: SchoolYear, *, began: date, now: datetime) -> list[datetime]:
    """When windows or terms of the year closed of which none is decided, in order."""
    decided = _decided(session, school)
    closed = {
        closes_at(period, school.zone)
        for by in (Rhythm.BY_WINDOW, Rhythm.BY_TERM)
        for period in periods(year, by)
        if period.last >= began and (decided is None or period.first > decided)
    }
    return sorted(instant for instant in closed if instant <= now)


def _decide(
    session: Session, school: School, window: Period, *, by: Rhythm, cut: list[Period], observers: int
) -> Publication | None:
    """Decides this window, for ever: it is published with those that wait before it, or it waits too."""
    waiting = [_gathered(session, school, each) for each in _waiting(session, school, cut, window)]
    told = next_publication(waiting, _gathered(session, school, window), observers=observers)
    session.add(
        Closing(
            school_id=school.id,
            first_day=window.first,
            last_day=window.last,
            closed_at=closes_at(window, school.zone),
            outcome=WAITS if told is None else PUBLISHED,
        )
    )
    publication = None if told is None else _next_in_chain(session, school, told, by)
    session.flush()
    return publication


def _waiting(session: Session, school: School, cut: list[Period], window: Period) -> list[Period]:
    """The windows directly before this one that wait, in order.

    Only those of the same year, cut alike (`cut`), without a gap: so what waits at the year's end is never published,
    nor what waited before the school changed its windows or its rhythm.
    """
    asked = select(Closing.first_day, Closing.last_day).where(Closing.school_id == school.id, Closing.outcome == WAITS)
    waits = {Period(first, last) for first, last in session.execute(asked)}
    found: list[Period] = []
    for before in reversed([each for each in cut if each.last < window.first]):
        if before not in waits:
            break
        found.insert(0, before)
    return found


def _gathered(session: Session, school: School, window: Period) -> Gathered:
    """What had arrived when the window closed."""
    closed = closes_at(window, school.zone)
    return Gathered(window, conversations.within(session, school, window, received_before=closed))


def _next_in_chain(session: Session, school: School, told: disclosure.Publication, by: Rhythm) -> Publication:
    last = session.scalars(
        select(Publication).where(Publication.school_id == school.id).order_by(Publication.number.desc()).limit(1)
    ).first()
    number, before = (last.number + 1, last.hash) if last else (1, NONE_BEFORE)
    content = written(told, by)
    publication = Publication(
        school_id=school.id,
        number=number,
        first_day=told.period.first,
        last_day=told.period.last,
        content=content,
        hash_before=before,
        hash=hash_of(before, school.id, number, content),
    )
    session.add(publication)
    return publication


def _decided(session: Session, school: School) -> date | None:
    """The last day of the latest window ever decided."""
    return session.scalars(select(func.max(Closing.last_day)).where(Closing.school_id == school.id)).one()
