"""The API of what is published to staff."""

from datetime import date
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import Field

from webapp.extensions import db
from webapp.schools.access import enter
from webapp.schools.models import School
from webapp.schools.permissions import May
from webapp.trends import published
from webapp.web.endpoint import Shape, endpoint

api = Blueprint("trends_api", __name__, url_prefix="/api/v1")

BandNumber = Annotated[int, Field(ge=0, le=9)]


class Bands(Shape):
    """For each trait the j of its band: the share lies between j/of and (j + 1)/of."""

    substantive: BandNumber
    evidence: BandNumber
    inquiry: BandNumber
    nondefensive: BandNumber
    personal: BandNumber
    knowledge: BandNumber
    action: BandNumber


class TrendWindow(Shape):
    """A window as it was published; its days are the school's own, `end` included."""

    start: date
    end: date
    of: Literal[3, 5, 10]
    bands: Bands


class Trends(Shape):
    """What is published to staff, oldest first."""

    windows: list[TrendWindow]


@endpoint(api, "GET", "/schools/<uuid:school>/trends", answer=Trends)
@enter(May.SEE_TRENDS)
def show(school: School) -> Trends:
    """What is published to staff, and nothing else."""
    windows = published.windows(db.session, school)
    return Trends.model_validate({"windows": [window.as_wire() for window in windows]})
