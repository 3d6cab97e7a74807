"""`/record` and `/outbox`."""

from flask import Blueprint

import webapp.observing.models  # noqa: F401
from webapp.schools.access import enter
from webapp.schools.models import School
from webapp.schools.permissions import May

pages = Blueprint("observing", __name__)


@pages.get("/record")
@enter(May.RECORD)
def record(school: School) -> str:
    return school.name
