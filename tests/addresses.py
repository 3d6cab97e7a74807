"""For whom each address is open, in one table, and an example of each: for tests that go through all of them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.observing import rows
from webapp.culture.vocabulary import Setting, Trait
from webapp.observing import imports, uploads
from webapp.observing.import_columns import Columns, Kind
from webapp.observing.importing import Line
from webapp.observing.models import Upload
from webapp.people import links
from webapp.people.models import Person, SignIn
from webapp.schools import drawings, floor_plans
from webapp.schools.models import Membership, NextStep, Place, School, SchoolYear

PLAN = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 200"><rect width="400" height="200" fill="none"/></svg>'
)
PEOPLE = ("teacher", "coach", "principal", "director", "neighbour", "stranger")
NOBODY = "nobody"
ABOUT_A_TERM = timedelta(weeks=10)


@dataclass(frozen=True)
class Door:
    """For whom an address is open. For some others nothing seems to be there; the rest are told that they may not."""

    to: tuple[str, ...]
    hidden_from: tuple[str, ...] = ("neighbour", "stranger")
    query: Mapping[str, str] = field(default_factory=dict)

    def refusal(self, who: str) -> int | None:
        """The status for this person; None for those to whom it is open. A page leads to sign-in instead of 401."""
        if who in self.to:
            return None
        if who == NOBODY:
            return 401
        return 404 if who in self.hidden_from else 403


ALL = Door((*PEOPLE, NOBODY))
SIGNED_IN = Door(PEOPLE)
MEMBERS = Door(("teacher", "coach", "principal", "director"))
RECORDERS = Door(("coach", "principal"))
MANAGERS = Door(("principal",))
COACHS_LISTEN_IN = Door(("coach",), hidden_from=("principal", "neighbour", "stranger"))

DOORS: dict[str, Door] = {
    "GET /": ALL,
    "GET /about": ALL,
    "GET /account": SIGNED_IN,
    "POST /account/language": SIGNED_IN,
    "GET /account/password": SIGNED_IN,
    "POST /account/password": SIGNED_IN,
    # Somebody else’s is left as it is, and the answer is the same as for one that has ended.
    "POST /account/sign-ins/<sign_in>/end": SIGNED_IN,
    "GET /api/v1/changes": RECORDERS,
    "GET /api/v1/openapi.json": ALL,
    "GET /api/v1/schools/<school>/coverage": RECORDERS,
    "GET /api/v1/schools/<school>/heatmap": Door(RECORDERS.to, query={"rows": "place"}),
    "GET /api/v1/schools/<school>/setup": RECORDERS,
    "GET /api/v1/schools/<school>/trends": MEMBERS,
    "DELETE /api/v1/session": ALL,
    "GET /api/v1/session": SIGNED_IN,
    "POST /api/v1/session": ALL,
    "POST /api/v1/sync": SIGNED_IN,
    "GET /district": Door(("director",), hidden_from=("teacher", "coach", "principal", "neighbour", "stranger")),
    "GET /healthz": ALL,
    "GET /heatmap": RECORDERS,
    "GET /heatmap/building": RECORDERS,
    "GET /heatmap/change": MANAGERS,
    "GET /heatmap/coverage": RECORDERS,
    "GET /heatmap/report": RECORDERS,
    "GET /heatmap/report.pdf": RECORDERS,
    "GET /heatmap.csv": RECORDERS,
    "GET /heatmap.png": RECORDERS,
    "GET /heatmap.xlsx": RECORDERS,
    "GET /manifest.webmanifest": ALL,
    "GET /metrics": ALL,
    "GET /next-steps": RECORDERS,
    "GET /next-steps/<step>": MANAGERS,
    "POST /next-steps/<step>": MANAGERS,
    "GET /next-steps/<step>/deletion": MANAGERS,
    "POST /next-steps/<step>/deletion": MANAGERS,
    "GET /next-steps/<step>/outcome": MANAGERS,
    "POST /next-steps/<step>/outcome": MANAGERS,
    "GET /next-steps/new": MANAGERS,
    "POST /next-steps/new": MANAGERS,
    "GET /offline": ALL,
    "GET /outbox": ALL,
    "GET /readyz": ALL,
    "GET /record": RECORDERS,
    "POST /record": RECORDERS,
    "GET /record/<id>": COACHS_LISTEN_IN,
    "POST /record/<id>": COACHS_LISTEN_IN,
    "POST /record/<id>/deletion": COACHS_LISTEN_IN,
    "GET /school": MANAGERS,
    "GET /school/floor-plans": MANAGERS,
    "GET /school/floor-plans/<floor>": MANAGERS,
    "POST /school/floor-plans/<floor>": MANAGERS,
    "GET /school/floor-plans/<floor>/picture": MANAGERS,
    "POST /school/floor-plans/<floor>/picture": MANAGERS,
    "GET /school/floor-plans/<floor>/removal": MANAGERS,
    "POST /school/floor-plans/<floor>/removal": MANAGERS,
    "GET /schools/<school>/floor-plans/<floor>": RECORDERS,
    "GET /schools/<school>/floor-plans/zones.css": RECORDERS,
    "GET /school/listening-plan": MANAGERS,
    "POST /school/listening-plan": MANAGERS,
    "GET /school/listen-ins": MANAGERS,
    "GET /school/listen-ins/import": MANAGERS,
    "POST /school/listen-ins/import": MANAGERS,
    "GET /school/listen-ins/import/<upload>/columns": MANAGERS,
    "POST /school/listen-ins/import/<upload>/columns": MANAGERS,
    "POST /school/listen-ins/import/<upload>/discard": MANAGERS,
    "GET /school/listen-ins/import/<upload>/preview": MANAGERS,
    "POST /school/listen-ins/import/<upload>/preview": MANAGERS,
    "GET /school/listen-ins/import/<upload>/words": MANAGERS,
    "POST /school/listen-ins/import/<upload>/words": MANAGERS,
    "GET /school/listen-ins/import/done/<past>": MANAGERS,
    "POST /school/listen-ins/import/done/<past>/undo": MANAGERS,
    "GET /school/listen-ins.csv": MANAGERS,
    "GET /school/listen-ins.json": MANAGERS,
    "GET /school/listen-ins.xlsx": MANAGERS,
    "GET /school/people": MANAGERS,
    "GET /school/people/<person>": MANAGERS,
    "GET /school/people/<person>/removal": MANAGERS,
    "POST /school/people/<person>/removal": MANAGERS,
    "POST /school/people/<person>/role": MANAGERS,
    "POST /school/people/<person>/sign-in-link": MANAGERS,
    "GET /school/people/new": MANAGERS,
    "POST /school/people/new": MANAGERS,
    "GET /school/places": MANAGERS,
    "GET /school/places/<place>": MANAGERS,
    "POST /school/places/<place>": MANAGERS,
    "POST /school/places/<place>/archive": MANAGERS,
    "POST /school/places/<place>/down": MANAGERS,
    "GET /school/places/<place>/merger": MANAGERS,
    "POST /school/places/<place>/merger": MANAGERS,
    "POST /school/places/<place>/return": MANAGERS,
    "POST /school/places/<place>/up": MANAGERS,
    "GET /school/places/door-signs": MANAGERS,
    "GET /school/places/new": MANAGERS,
    "POST /school/places/new": MANAGERS,
    "GET /school/settings": MANAGERS,
    "POST /school/settings": MANAGERS,
    "GET /school/years/<year>": MANAGERS,
    "POST /school/years/<year>": MANAGERS,
    "GET /school/years/new": MANAGERS,
    "POST /school/years/new": MANAGERS,
    "GET /sign-in": ALL,
    "POST /sign-in": ALL,
    "GET /sign-in/<secret>": ALL,
    "POST /sign-in/<secret>": ALL,
    "POST /sign-out": ALL,
    "GET /sw.js": ALL,
    "GET /trends": MEMBERS,
    "GET /trends/report": MEMBERS,
    "GET /trends/report.pdf": MEMBERS,
}

# These take away what the others are asked of, or end or change the sign-in with which they are asked.
LAST = (
    "POST /next-steps/<step>/deletion",
    "POST /school/people/<person>/removal",
    "POST /account/password",
    "POST /account/sign-ins/<sign_in>/end",
    "POST /sign-in/<secret>",
    "POST /sign-out",
    "DELETE /api/v1/session",
)


@dataclass(frozen=True)
class Examples:
    """One thing of each kind in our school; what is somebody's own is the coach's."""

    values: Mapping[str, str]

    def address(self, rule: str, query: Mapping[str, str] | None = None) -> str:
        """The address of a rule as it stands in DOORS, in our school."""
        for name, value in self.values.items():
            rule = rule.replace(f"<{name}>", value)
        return f"{rule}?{urlencode({'school': self.values['school'], **(query or {})})}"


def examples(session: Session, school: School, *, coach: Person, teacher: Person) -> Examples:
    """Adds what is wanted to a school that has places and a year; committed."""
    now = datetime.now(UTC)
    place = session.scalars(select(Place).where(Place.school_id == school.id).order_by(Place.position)).first()
    year = session.scalars(select(SchoolYear).where(SchoolYear.school_id == school.id)).first()
    assert place is not None
    assert year is not None
    sign_in = SignIn(
        person_id=coach.id,
        secret_hash=secrets.token_bytes(32),
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(days=1),
    )
    session.add(sign_in)
    observation = rows.heard(session, school, place, coach, now - timedelta(hours=1), Trait.EVIDENCE)[0]
    step = NextStep(
        school_id=school.id, trait_bit=int(Trait.EVIDENCE), what="Bring student work", begins=now.date() - ABOUT_A_TERM
    )
    session.add(step)
    upload, past = _imports(session, school, place, now)
    secret = links.make(session, coach, now)
    assert place.floor is not None
    floor_plans.put(session, school, place.floor, drawings.drawn(PLAN))
    session.commit()
    things = {
        "school": school.id,
        "place": place.id,
        "person": teacher.id,
        "year": year.id,
        "sign_in": sign_in.id,
        "step": step.id,
        "id": observation.id,
        "upload": upload,
        "past": past,
        "floor": place.floor,
    }
    return Examples({name: str(value) for name, value in things.items()} | {"secret": secret})


def _imports(session: Session, school: School, place: Place, now: datetime) -> tuple[UUID, UUID]:
    """A file that an administrator is about to import, with all said of it that has to be; and one that came in."""
    principal = session.scalars(
        select(Person).where(
            Person.id.in_(select(Membership.person_id).where(Membership.school_id == school.id)),
            Person.email.like("%principal%"),
        )
    ).one()
    table = f"when,where,heard\n2026-01-05 9:15,{place.name},evidence\n2026-01-06 9:15,Attic,evidence\n".encode()
    upload = uploads.keep(session, school, principal, name="form.csv", data=table, now=now)
    kept = session.get_one(Upload, upload)
    uploads.say(session, kept, columns=Columns(time=0, place=1, heard=2))
    uploads.say(session, kept, words={Kind.PLACE: {place.name: str(place.id)}, Kind.TRAIT: {"evidence": "evidence"}})
    line = Line(2, now - timedelta(days=90), place.id, Setting.BREAK, Trait.EVIDENCE, None)
    past = imports.bring_in(session, school, [line], file_name="before.csv", now=now).id
    assert past is not None
    return upload, past
