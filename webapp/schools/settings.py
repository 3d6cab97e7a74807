"""The school's own settings: its name, clock and week, how large it is, and whether notes are kept."""

from sqlalchemy.orm import Session

from webapp.schools.models import School


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
    """Sets them, in the caller's transaction; phones learn of another time zone, and of notes turned on or off."""
    school.name, school.timezone, school.week_start = name, timezone, week_start
    school.staff_size, school.notes_days = staff_size, notes_days
    school.changed_for_phones()
    session.flush()
