"""The API of a school: what a phone needs offline."""

from uuid import UUID

from flask import Blueprint, Response, request
from pydantic import Field

from webapp.culture.vocabulary import TRAITS, PlaceKind, Setting
from webapp.extensions import db
from webapp.schools import places
from webapp.schools.access import enter
from webapp.schools.models import School
from webapp.schools.permissions import May
from webapp.web.endpoint import Shape, endpoint

api = Blueprint("schools_api", __name__, url_prefix="/api/v1")


class SetupPlace(Shape):
    """A place; archived ones are told too, for what was heard there before.

    `merged_into` is the place that it is part of now, which the sign on its door leads to; left out otherwise.
    """

    id: UUID
    name: str
    kind: PlaceKind
    floor: int | None
    archived: bool
    merged_into: UUID | None = Field(default=None, exclude_if=lambda place: place is None)


class Setup(Shape):
    """All that a phone needs offline; `settings` and `traits` are the words of the wire in their order."""

    timezone: str
    places: list[SetupPlace]
    settings: list[Setting]
    traits: list[str]
    notes: bool
    revision: int


@endpoint(api, "GET", "/schools/<uuid:school>/setup", answer=Setup)
@enter(May.READ_SETUP)
def show_setup(school: School) -> Response:
    """Places, settings, traits, time zone and revision: all that a phone needs offline."""
    # Read before the places: a change between the two is then told at the next call, never missed.
    revision = school.setup_revision
    answer = Response(content_type="application/json")
    answer.set_etag(f"setup-{revision}")
    if not request.if_none_match.contains(f"setup-{revision}"):
        answer.set_data(_setup(school).model_dump_json())
    # A phone asks each time, and is told only what it does not have.
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.make_conditional(request.environ)
    return answer


def _setup(school: School) -> Setup:
    survivors = places.survivors(db.session, [school.id])
    return Setup(
        timezone=school.timezone,
        places=[
            SetupPlace(
                id=place.id,
                name=place.name,
                kind=place.kind,
                floor=place.floor,
                archived=place.archived,
                merged_into=survivors.get(place.id),
            )
            for place in places.all_of(db.session, school)
        ],
        settings=list(Setting),
        traits=[trait.word for trait in TRAITS],
        notes=school.notes_days is not None,
        revision=school.setup_revision,
    )
