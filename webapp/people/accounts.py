"""Close an account, and open it again. In the caller's transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.people import links
from webapp.people.models import Person


def close(session: Session, person: Person, now: datetime) -> None:
    """From now on nobody comes in with it; its links end. Sign-ins stay, so that each device can be told why."""
    person.deactivated_at = person.deactivated_at or now
    links.end(session, person)


def open_again(person: Person) -> None:
    """Whoever was signed in is so again, and what waits on their phone is sent."""
    person.deactivated_at = None
