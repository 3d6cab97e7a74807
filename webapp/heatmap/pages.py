"""`/heatmap`."""

from flask import Blueprint

from webapp.schools.access import enter
from webapp.schools.models import School
from webapp.schools.permissions import May

pages = Blueprint("heatmap", __name__)


@pages.get("/heatmap")
@enter(May.SEE_HEATMAP)
def show(school: School) -> str:
    return school.name
