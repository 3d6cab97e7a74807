"""The school's own settings: its name, clock and week, how large it is, and whether notes are kept."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from webapp.schools.models import School

Recount = Callable[[Session, School], object]
_recounts: list[Recount] = []


def when_weeks_move(recount: Recount) -> None:
    """What a higher floor does when the weeks of a school begin at another instant, in the same transaction."""
    if recount not in _recounts:
        _recounts.append(recount)


def change(
    session: Session,
    school: School,
    *,
    name: str,
    timezone: str,
    week_start: int,
    staff_size: int | None,
    notes_days: int | None,
) -> None:
    """Sets them, in the caller's transaction, in which nobody else records in the school.

    Phones learn of another time zone, and of notes turned on or off.
    """
    weeks_move = (school.timezone, school.week_start) != (timezone, week_start)
    school.name, school.timezone, school.week_start = name, timezone, week_start
    school.staff_size, school.notes_days = staff_size, notes_days
    school.changed_for_phones()
    session.flush()
    if weeks_move:
        for recount in _recounts:
            recount(session, school)
