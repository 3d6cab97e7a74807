"""`/trends`."""

from flask import Blueprint

import webapp.trends.models  # noqa: F401
from webapp.schools.access import enter
from webapp.schools.models import School
from webapp.schools.permissions import May

pages = Blueprint("trends", __name__)


@pages.get("/trends")
@enter(May.SEE_TRENDS)
def show(school: School) -> str:
    return school.name
